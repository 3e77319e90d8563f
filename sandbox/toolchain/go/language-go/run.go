package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"connect-sync-identity/sandbox/toolchain/hosting"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Run compiles the program, starts it, and waits for it.
func (host *languageHost) Run(request context.Context, run *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	failed := func(err error) (*pulumirpc.RunResponse, error) {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	if run.GetAttachDebugger() {
		return failed(hosting.ErrDebugger)
	}
	environment, err := host.programEnvironment(run)
	if err != nil {
		return failed(err)
	}
	folder, err := os.MkdirTemp("", "pulumi-go-")
	if err != nil {
		return failed(err)
	}
	defer os.RemoveAll(folder)
	ctx, cancel := host.Bound(request)
	defer cancel()
	program := filepath.Join(folder, "program")
	info := run.GetInfo()
	if _, err := goTool(ctx, info.GetProgramDirectory(), "build", "-o", program, info.GetEntryPoint()); err != nil {
		return failed(err)
	}
	command := hosting.Child(ctx, program, run.GetArgs()...)
	command.Env = append(os.Environ(), environment...)
	command.Dir = info.GetProgramDirectory()
	return hosting.RunProgram(command), nil
}

// programEnvironment is how Pulumi's SDK for Go learns of engine and stack.
func (host *languageHost) programEnvironment(run *pulumirpc.RunRequest) ([]string, error) {
	configuration, err := hosting.ConfigurationVariables(run, ":")
	if err != nil {
		return nil, err
	}
	return append(configuration,
		"PULUMI_ORGANIZATION="+run.GetOrganization(),
		"PULUMI_PROJECT="+run.GetProject(),
		"PULUMI_ROOT_DIRECTORY="+run.GetInfo().GetRootDirectory(),
		"PULUMI_STACK="+run.GetStack(),
		"PULUMI_DRY_RUN="+strconv.FormatBool(run.GetDryRun()),
		"PULUMI_PARALLEL="+strconv.Itoa(int(run.GetParallel())),
		"PULUMI_MONITOR="+run.GetMonitorAddress(),
		"PULUMI_ENGINE="+host.EngineAddress,
	), nil
}

// goTool runs the go command in a folder and returns its output; its messages are part of the error.
func goTool(ctx context.Context, folder string, arguments ...string) ([]byte, error) {
	command := hosting.Child(ctx, "go", arguments...)
	command.Dir = folder
	output, err := command.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, fmt.Errorf("Go is not on PATH: install it (https://go.dev/dl): %w", err)
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(arguments, " "), err, exit.Stderr)
	}
	return output, err
}
