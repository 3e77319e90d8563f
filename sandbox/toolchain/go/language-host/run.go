package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// exitBail is the code with which the SDK says: this failed, and the user has already read why.
const exitBail = 32

// Run starts the program in a Node.js of its own and waits for it. A process of its own is what keeps resources safe:
// after an unhandled rejection it ends with a code other than 0, and the engine then deletes nothing of what the
// program did not get to register.
func (host *languageHost) Run(
	request context.Context, run *pulumirpc.RunRequest,
) (*pulumirpc.RunResponse, error) {
	failed := func(err error) (*pulumirpc.RunResponse, error) {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	if run.GetAttachDebugger() {
		return failed(fmt.Errorf("this language host cannot attach a debugger: install Pulumi and use its own"))
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
	environment, err := programEnvironment(run, settings)
	if err != nil {
		return failed(err)
	}

	ctx, cancel := host.bound(request)
	defer cancel()
	command := child(ctx, node, append(settings.nodeArgs, host.programArguments(run, entryPoint)...)...)
	command.Env = environment
	// Node.js may switch an inherited pipe to non-blocking, for the host too; behind a writer it gets a pipe of its own.
	command.Stdout = struct{ io.Writer }{os.Stdout}
	command.Stderr = struct{ io.Writer }{os.Stderr}
	return runResult(command.Run()), nil
}

// runResult turns the end of a program into the answer for the engine.
func runResult(err error) *pulumirpc.RunResponse {
	code, err := exitCode(err)
	switch {
	case err != nil:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program did not run to its end: %v", err)}
	case code == exitBail:
		return &pulumirpc.RunResponse{Bail: true}
	case code != 0:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program ended with exit code %d", code)}
	}
	return &pulumirpc.RunResponse{}
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
	flag("engine", host.engineAddress)
	flag("organization", run.GetOrganization())
	flag("project", run.GetProject())
	flag("root-directory", run.GetInfo().GetRootDirectory())
	flag("stack", run.GetStack())
	flag("pwd", run.GetInfo().GetProgramDirectory())
	flag("parallel", strconv.Itoa(int(run.GetParallel())))
	flag("tracing", host.tracing)
	if run.GetDryRun() {
		arguments = append(arguments, "--dry-run")
	}
	arguments = append(arguments, run.GetInfo().GetEntryPoint())
	return append(arguments, run.GetArgs()...)
}

// programEnvironment is the host's own environment with the stack's configuration, which may hold secrets and
// therefore is no argument.
func programEnvironment(run *pulumirpc.RunRequest, settings options) ([]string, error) {
	values := make(map[string]string, len(run.GetConfig()))
	for key, value := range run.GetConfig() {
		parsed, err := config.ParseKey(key)
		if err != nil {
			return nil, fmt.Errorf("configuration key %q: %w", key, err)
		}
		// The long form of a key is the one that every version of the SDK reads.
		values[parsed.Namespace()+":config:"+parsed.Name()] = value
	}
	secretKeys := run.GetConfigSecretKeys()
	if secretKeys == nil {
		secretKeys = []string{}
	}
	encodedValues, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	encodedKeys, err := json.Marshal(secretKeys)
	if err != nil {
		return nil, err
	}
	environment := append(os.Environ(), settings.environment()...)
	return append(environment,
		"PULUMI_CONFIG="+string(encodedValues),
		"PULUMI_CONFIG_SECRET_KEYS="+string(encodedKeys)), nil
}
