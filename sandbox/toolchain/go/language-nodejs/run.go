package main

import (
	"context"
	"os"

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
	arguments := append(append(settings.nodeArgs, entryPoint), host.RunArguments(run, flags)...)
	command := hosting.Child(ctx, node, arguments...)
	command.Env = append(append(os.Environ(), settings.environment()...), configuration...)
	return hosting.RunProgram(command), nil
}

// flags as @pulumi/pulumi/cmd/run spells them.
var flags = hosting.Spelling{Separator: "-", DryRun: []string{"--dry-run"}}
