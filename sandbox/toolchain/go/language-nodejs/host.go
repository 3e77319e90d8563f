package main

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"

	"connect-sync-identity/sandbox/toolchain/hosting"

	"github.com/pulumi/pulumi/sdk/v3/nodejs/npm"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// languageHost answers the engine for programs, plugins and policy packs that Node.js runs.
type languageHost struct {
	*hosting.Host
}

// About names the Node.js that programs run with.
func (host *languageHost) About(ctx context.Context, _ *pulumirpc.AboutRequest) (*pulumirpc.AboutResponse, error) {
	node, err := findNode()
	if err != nil {
		return nil, err
	}
	// The version is information only: a Node.js that cannot tell it is still named.
	output, _ := exec.CommandContext(ctx, node, "--version").Output()
	return &pulumirpc.AboutResponse{Executable: node, Version: strings.TrimSpace(string(output))}, nil
}

func (host *languageHost) GetProgramDependencies(
	ctx context.Context, request *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	folder := request.GetInfo().GetProgramDirectory()
	manager, err := npm.ResolvePackageManager(npm.AutoPackageManager, folder)
	if err != nil {
		return nil, err
	}
	packages, err := manager.ListPackages(ctx, folder, request.GetTransitiveDependencies())
	if err != nil {
		return nil, fmt.Errorf("cannot list the packages of %s: %w", folder, err)
	}
	response := &pulumirpc.GetProgramDependenciesResponse{}
	for _, one := range packages {
		dependency := &pulumirpc.DependencyInfo{Name: one.Name, Version: one.Version}
		response.Dependencies = append(response.Dependencies, dependency)
	}
	return response, nil
}

// InstallDependencies runs the project's package manager (npm unless a lock file says otherwise).
func (host *languageHost) InstallDependencies(
	request *pulumirpc.InstallDependenciesRequest, stream pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	install := func(ctx context.Context, folder string, stdout, stderr io.Writer) error {
		if _, err := npm.Install(ctx, npm.AutoPackageManager, folder, false, stdout, stderr); err != nil {
			return fmt.Errorf("cannot install the dependencies of %s: %w", folder, err)
		}
		return nil
	}
	return host.Install(request, stream, install)
}
