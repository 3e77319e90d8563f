package main

import (
	"context"
	"os"
	"strconv"

	"connect-sync-identity/sandbox/toolchain/hosting"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Run starts the program in a Node.js of its own and waits for it.
func (host *languageHost) Run(
	request context.Context, run *pulumirpc.RunRequest,
) (*pulumirpc.RunResponse, error) {
	failed := func(err error) (*pulumirpc.RunResponse, error) {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	if run.GetAttachDebugger() {
		return failed(hosting.ErrDebugger)
	}
	node, err := findNode()
	if err != nil {
		return failed(err)
	}
	entryPoint, err := findEntryPoint(run.GetInfo().GetProgramDirectory(), "run")
	if err != nil {
		return failed(err)
	}
	settings, err := readOptions(run.GetInfo())
	if err != nil {
		return failed(err)
	}
	configuration, err := hosting.ConfigurationVariables(run, ":config:")
	if err != nil {
		return failed(err)
	}

	ctx, cancel := host.Bound(request)
	defer cancel()
	command := hosting.Child(ctx, node, append(settings.nodeArgs, host.programArguments(run, entryPoint)...)...)
	command.Env = append(append(os.Environ(), settings.environment()...), configuration...)
	return hosting.RunProgram(command), nil
}

// programArguments are the flags of @pulumi/pulumi/cmd/run, the program, and the program's own arguments.
func (host *languageHost) programArguments(run *pulumirpc.RunRequest, entryPoint string) []string {
	arguments := []string{entryPoint}
	flag := func(name, value string) {
		if value != "" {
			arguments = append(arguments, "--"+name, value)
		}
	}
	flag("monitor", run.GetMonitorAddress())
	flag("engine", host.EngineAddress)
	flag("organization", run.GetOrganization())
	flag("project", run.GetProject())
	flag("root-directory", run.GetInfo().GetRootDirectory())
	flag("stack", run.GetStack())
	flag("pwd", run.GetInfo().GetProgramDirectory())
	flag("parallel", strconv.Itoa(int(run.GetParallel())))
	flag("tracing", host.Tracing)
	if run.GetDryRun() {
		arguments = append(arguments, "--dry-run")
	}
	arguments = append(arguments, run.GetInfo().GetEntryPoint())
	return append(arguments, run.GetArgs()...)
}
