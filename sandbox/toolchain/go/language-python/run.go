package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"connect-sync-identity/sandbox/toolchain/hosting"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// The script of Pulumi's Python SDK that runs a program. It is beside the host, as in Pulumi's release.
const runScript = "pulumi-language-python-exec"

// Run starts the program in a Python of its own and waits for it.
func (host *languageHost) Run(request context.Context, run *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	failed := func(err error) (*pulumirpc.RunResponse, error) {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	if run.GetAttachDebugger() {
		return failed(hosting.ErrDebugger)
	}
	python, err := pythonOf(run.GetInfo())
	if err != nil {
		return failed(err)
	}
	if err := python.ValidateVenv(request); err != nil {
		return failed(fmt.Errorf("the project's virtual environment cannot be used, run `pulumi install`: %w", err))
	}
	configuration, err := hosting.ConfigurationVariables(run, ":")
	if err != nil {
		return failed(err)
	}
	arguments, err := host.programArguments(run)
	if err != nil {
		return failed(err)
	}
	ctx, cancel := host.Bound(request)
	defer cancel()
	command, err := python.Command(ctx, arguments...)
	if err != nil {
		return failed(err)
	}
	if command.Env == nil {
		command.Env = os.Environ()
	}
	// Output is passed on as it comes, and a copy of the compiled program in the project's folder helps no one.
	command.Env = append(command.Env, "PYTHONUNBUFFERED=1", "PYTHONDONTWRITEBYTECODE=1")
	command.Env = append(command.Env, configuration...)
	command.Dir = run.GetPwd()
	return hosting.RunProgram(hosting.Interruptible(command)), nil
}

// programArguments are the script, its flags, the program, and the program's own arguments.
func (host *languageHost) programArguments(run *pulumirpc.RunRequest) ([]string, error) {
	// The CLI starts a link that is beside it; the script is beside the host itself.
	own, err := os.Executable()
	if err != nil {
		return nil, err
	}
	own, err = filepath.EvalSymlinks(own)
	if err != nil {
		return nil, err
	}
	script := filepath.Join(filepath.Dir(own), runScript)
	return append([]string{script}, host.RunArguments(run, flags)...), nil
}

// flags as the script spells them.
var flags = hosting.Spelling{Separator: "_", DryRun: []string{"--dry_run", "true"}}
