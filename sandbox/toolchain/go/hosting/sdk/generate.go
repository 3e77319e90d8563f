// Package sdk generates SDKs from a schema, for the hosts of languages that need one.
package sdk

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Generator makes the files of an SDK, by their path in it.
type Generator func(pkg *schema.Package, loader schema.ReferenceLoader) (map[string][]byte, error)

// GeneratePackage writes the SDK of the request's schema into the request's folder.
func GeneratePackage(
	request *pulumirpc.GeneratePackageRequest, generate Generator,
) (*pulumirpc.GeneratePackageResponse, error) {
	loader, err := schema.NewLoaderClient(request.GetLoaderTarget())
	if err != nil {
		return nil, err
	}
	var spec schema.PackageSpec
	if err := json.Unmarshal([]byte(request.GetSchema()), &spec); err != nil {
		return nil, fmt.Errorf("the schema is not readable: %w", err)
	}
	pkg, found, err := schema.BindSpec(spec, schema.NewCachedLoader(loader),
		schema.ValidationOptions{AllowDanglingReferences: true})
	if err != nil {
		return nil, err
	}
	diagnostics := plugin.HclDiagnosticsToRPCDiagnostics(found)
	if found.HasErrors() {
		return &pulumirpc.GeneratePackageResponse{Diagnostics: diagnostics}, nil
	}
	files, err := generate(pkg, loader)
	if err != nil {
		return nil, err
	}
	for name, content := range files {
		if err := write(filepath.Join(request.GetDirectory(), name), content); err != nil {
			return nil, err
		}
	}
	return &pulumirpc.GeneratePackageResponse{Diagnostics: diagnostics}, nil
}

func write(file string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o644)
}

// Linked is a package to be linked into a program: what its schema says, and the folder of its SDK.
type Linked struct {
	Package *schema.Package
	// As the engine gave it: relative to the project's folder.
	Path string
}

// Packages loads the schemas of the packages to be linked.
func Packages(ctx context.Context, request *pulumirpc.LinkRequest) ([]Linked, error) {
	loader, err := schema.NewLoaderClient(request.GetLoaderTarget())
	if err != nil {
		return nil, err
	}
	cached := schema.NewCachedLoader(loader)
	var linked []Linked
	for _, one := range request.GetPackages() {
		descriptor, err := descriptorOf(one.GetPackage())
		if err != nil {
			return nil, err
		}
		reference, err := schema.LoadPackageReferenceV2(ctx, cached, descriptor)
		if err != nil {
			return nil, err
		}
		definition, err := reference.Definition()
		if err != nil {
			return nil, err
		}
		linked = append(linked, Linked{Package: definition, Path: one.GetPath()})
	}
	return linked, nil
}

func descriptorOf(dependency *pulumirpc.PackageDependency) (*schema.PackageDescriptor, error) {
	descriptor := &schema.PackageDescriptor{Name: dependency.GetName(), DownloadURL: dependency.GetServer()}
	version, err := semver.ParseTolerant(dependency.GetVersion())
	if dependency.GetVersion() != "" && err != nil {
		return nil, fmt.Errorf("version %q of package %s: %w", dependency.GetVersion(), dependency.GetName(), err)
	}
	if dependency.GetVersion() != "" {
		descriptor.Version = &version
	}
	return descriptor, nil
}
