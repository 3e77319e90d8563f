package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"connect-sync-identity/sandbox/toolchain/hosting"
	"connect-sync-identity/sandbox/toolchain/hosting/sdk"

	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// InstallDependencies completes go.mod and go.sum, which downloads what is missing.
func (host *languageHost) InstallDependencies(
	request *pulumirpc.InstallDependenciesRequest, stream pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	install := func(ctx context.Context, folder string, stdout, _ io.Writer) error {
		fmt.Fprintln(stdout, "go mod tidy")
		_, err := goTool(ctx, folder, "mod", "tidy")
		return err
	}
	return host.Install(request, stream, install)
}

// module is what `go list -m` says of a module that the program requires.
type module struct {
	Path, Version, Dir string
	Main               bool
	Indirect           bool
}

func modules(ctx context.Context, folder string) ([]module, error) {
	output, err := goTool(ctx, folder, "list", "-m", "-mod=mod", "-json", "all")
	if err != nil {
		return nil, err
	}
	var found []module
	decoder := json.NewDecoder(bytes.NewReader(output))
	for {
		var one module
		switch err := decoder.Decode(&one); {
		case errors.Is(err, io.EOF):
			return found, nil
		case err != nil:
			return nil, err
		}
		if !one.Main {
			found = append(found, one)
		}
	}
}

// GetRequiredPackages names the plugins that the required modules need: each has a pulumi-plugin.json.
func (host *languageHost) GetRequiredPackages(
	ctx context.Context, request *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	required, err := modules(ctx, request.GetInfo().GetProgramDirectory())
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GetRequiredPackagesResponse{}
	for _, one := range required {
		found, err := requiredPackage(one)
		if err != nil {
			return nil, err
		}
		if found != nil {
			response.Packages = append(response.Packages, found)
		}
	}
	return response, nil
}

// requiredPackage is the plugin of a module, which describes it in its root or in the folder of its package.
func requiredPackage(of module) (*pulumirpc.PackageDependency, error) {
	if of.Dir == "" {
		return nil, nil
	}
	for _, pattern := range []string{"pulumi-plugin.json", "*/pulumi-plugin.json"} {
		files, err := filepath.Glob(filepath.Join(of.Dir, pattern))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			if required, err := hosting.RequiredPackage(file); required != nil || err != nil {
				return required, err
			}
		}
	}
	return nil, nil
}

// GetProgramDependencies lists the required modules.
func (host *languageHost) GetProgramDependencies(
	ctx context.Context, request *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	required, err := modules(ctx, request.GetInfo().GetProgramDirectory())
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GetProgramDependenciesResponse{}
	for _, one := range required {
		if request.GetTransitiveDependencies() || !one.Indirect {
			dependency := &pulumirpc.DependencyInfo{Name: one.Path, Version: one.Version}
			response.Dependencies = append(response.Dependencies, dependency)
		}
	}
	return response, nil
}

// About names the Go that compiles programs.
func (host *languageHost) About(ctx context.Context, _ *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	output, err := goTool(ctx, "", "env", "GOROOT", "GOVERSION")
	if err != nil {
		return nil, err
	}
	root, version, _ := strings.Cut(strings.TrimSpace(string(output)), "\n")
	return &pulumirpc.AboutResponse{Executable: filepath.Join(root, "bin", "go"), Version: version}, nil
}

// GeneratePackage generates a Go module.
func (host *languageHost) GeneratePackage(
	_ context.Context, request *pulumirpc.GeneratePackageRequest,
) (*pulumirpc.GeneratePackageResponse, error) {
	return sdk.GeneratePackage(request, func(pkg *schema.Package, _ schema.ReferenceLoader) (map[string][]byte, error) {
		return golang.GeneratePackage("pulumi-language-go", pkg, request.GetLocalDependencies())
	})
}

// Link points the program's go.mod to the generated modules.
func (host *languageHost) Link(
	ctx context.Context, request *pulumirpc.LinkRequest,
) (*pulumirpc.LinkResponse, error) {
	linked, err := sdk.Packages(ctx, request)
	if err != nil {
		return nil, err
	}
	lines := []string{"import the package with:", ""}
	for _, one := range linked {
		// As `package add` generates it: a module of its own.
		one.Package.SupportPack = true
		name, importPath, err := golang.ModuleAndImportPath(one.Package)
		if err != nil {
			return nil, err
		}
		replacement := "-replace=" + name + "=./" + filepath.ToSlash(one.Path)
		if _, err := goTool(ctx, request.GetInfo().GetProgramDirectory(), "mod", "edit", replacement); err != nil {
			return nil, err
		}
		lines = append(lines, fmt.Sprintf("  import %q", importPath))
	}
	return &pulumirpc.LinkResponse{ImportInstructions: strings.Join(append(lines, ""), "\n")}, nil
}
