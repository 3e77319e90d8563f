package main

import (
	"context"
	"strings"

	"connect-sync-identity/sandbox/toolchain/hosting/sdk"

	python "github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// GeneratePackage generates a Python package.
func (host *languageHost) GeneratePackage(
	_ context.Context, request *pulumirpc.GeneratePackageRequest,
) (*pulumirpc.GeneratePackageResponse, error) {
	return sdk.GeneratePackage(request, func(pkg *schema.Package, loader schema.ReferenceLoader) (map[string][]byte, error) {
		return python.GeneratePackage("pulumi-language-python", pkg, request.GetExtraFiles(), loader)
	})
}

// Link adds generated packages to the project's requirements.
func (host *languageHost) Link(
	ctx context.Context, request *pulumirpc.LinkRequest,
) (*pulumirpc.LinkResponse, error) {
	toolchain, err := pythonOf(request.GetInfo())
	if err != nil {
		return nil, err
	}
	linked, err := sdk.Packages(ctx, request)
	if err != nil {
		return nil, err
	}
	paths := map[string]string{}
	lines := []string{"import the package with:", ""}
	for _, one := range linked {
		name := nameOf(one.Package)
		paths[name] = one.Path
		lines = append(lines, "  import "+name)
	}
	if err := toolchain.LinkPackages(ctx, paths); err != nil {
		return nil, err
	}
	return &pulumirpc.LinkResponse{ImportInstructions: strings.Join(append(lines, ""), "\n")}, nil
}

// nameOf is the name under which a program imports the generated package.
func nameOf(pkg *schema.Package) string {
	if err := pkg.ImportLanguages(map[string]schema.Language{"python": python.Importer}); err == nil {
		if info, ok := pkg.Language["python"].(python.PackageInfo); ok && info.PackageName != "" {
			return info.PackageName
		}
	}
	return python.PyPack(pkg.Namespace, pkg.Name)
}
