package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"connect-sync-identity/sandbox/toolchain/hosting"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

// pythonOf resolves how a project's Python is started: by the `runtime.options` of its Pulumi.yaml.
func pythonOf(info *pulumirpc.ProgramInfo) (toolchain.Toolchain, error) {
	options := toolchain.PythonOptions{Root: info.GetRootDirectory(), ProgramDir: info.GetProgramDirectory()}
	for key, value := range info.GetOptions().AsMap() {
		text, isText := value.(string)
		switch key {
		case "virtualenv":
			options.Virtualenv = text
		case "toolchain":
			switch text {
			case "pip":
				options.Toolchain = toolchain.Pip
			case "poetry":
				options.Toolchain = toolchain.Poetry
			case "uv":
				options.Toolchain = toolchain.Uv
			default:
				return nil, fmt.Errorf("runtime option toolchain of Pulumi.yaml is %q; it must be pip, poetry or uv", text)
			}
		default:
			// The type checker and options of later hosts do not change how Python is started.
			continue
		}
		if !isText {
			return nil, fmt.Errorf("runtime option %s of Pulumi.yaml has a value of the wrong type: %v", key, value)
		}
	}
	return toolchain.ResolveToolchain(options)
}

// InstallDependencies makes the project's virtual environment and installs its requirements into it.
func (host *languageHost) InstallDependencies(
	request *pulumirpc.InstallDependenciesRequest, stream pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	install := func(ctx context.Context, folder string, stdout, stderr io.Writer) error {
		python, err := pythonOf(request.GetInfo())
		if err != nil {
			return err
		}
		if err := python.InstallDependencies(ctx, folder, false, true, stdout, stderr); err != nil {
			return fmt.Errorf("cannot install the dependencies of %s: %w", folder, err)
		}
		return nil
	}
	return host.Install(request, stream, install)
}

// GetRequiredPackages names the plugins that installed packages need: each has a pulumi-plugin.json beside its modules.
func (host *languageHost) GetRequiredPackages(
	ctx context.Context, request *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	python, err := pythonOf(request.GetInfo())
	if err != nil {
		return nil, err
	}
	environment, err := python.VirtualEnvPath(ctx)
	if err != nil {
		return nil, err
	}
	found, err := filepath.Glob(filepath.Join(environment, "lib", "python*", "site-packages", "*", "pulumi-plugin.json"))
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GetRequiredPackagesResponse{}
	for _, file := range found {
		required, err := hosting.RequiredPackage(file)
		if err != nil {
			return nil, err
		}
		if required != nil {
			response.Packages = append(response.Packages, required)
		}
	}
	return response, nil
}

// About names the Python that programs run with.
func (host *languageHost) About(
	ctx context.Context, request *pulumirpc.AboutRequest,
) (*pulumirpc.AboutResponse, error) {
	python, err := pythonOf(request.GetInfo())
	if err != nil {
		return nil, err
	}
	about, err := python.About(ctx)
	if err != nil {
		return nil, err
	}
	return &pulumirpc.AboutResponse{Executable: about.PythonExecutable, Version: about.PythonVersion.String()}, nil
}

// GetProgramDependencies lists the installed packages.
func (host *languageHost) GetProgramDependencies(
	ctx context.Context, request *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	python, err := pythonOf(request.GetInfo())
	if err != nil {
		return nil, err
	}
	packages, err := python.ListPackages(ctx, request.GetTransitiveDependencies())
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GetProgramDependenciesResponse{}
	for _, one := range packages {
		dependency := &pulumirpc.DependencyInfo{Name: one.Name, Version: one.Version}
		response.Dependencies = append(response.Dependencies, dependency)
	}
	return response, nil
}
