package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"strconv"

	"connect-sync-identity/sandbox/toolchain/hosting"

	"github.com/pulumi/pulumi/sdk/v3"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// RunPlugin starts a plugin or a policy pack that is written in TypeScript or JavaScript, and streams its output.
func (host *languageHost) RunPlugin(
	request *pulumirpc.RunPluginRequest, stream pulumirpc.LanguageRuntime_RunPluginServer,
) error {
	closer, stdout, stderr, err := rpcutil.MakeRunPluginStreams(stream, false)
	if err != nil {
		return err
	}
	defer closer.Close()
	ctx, cancel := host.Bound(stream.Context())
	defer cancel()

	if request.GetAttachDebugger() {
		return hosting.ErrDebugger
	}
	if request.GetKind() == string(apitype.AnalyzerPlugin) {
		err = runPolicyPack(ctx, request, stdout, stderr)
	} else {
		err = runProvider(ctx, request, stdout, stderr)
	}
	if err != nil {
		return err
	}
	return closer.Close()
}

// runProvider starts a plugin in the working folder that the engine names, its own folder being an argument.
func runProvider(ctx context.Context, request *pulumirpc.RunPluginRequest, stdout, stderr io.Writer) error {
	folder := request.GetInfo().GetProgramDirectory()
	command, err := pluginCommand(ctx, request, "run-plugin", append([]string{folder}, request.GetArgs()...))
	if err != nil {
		return err
	}
	command.Dir = request.GetPwd()
	command.Stdout, command.Stderr = stdout, stderr
	return hosting.PluginResult(command.Run())
}

// runPolicyPack starts a policy pack in its own folder. Policy packs read the stack's configuration from the
// environment, but the engine sends it in a call, later: the SDK's proxy answers that call, then hands the connection
// over to the pack.
func runPolicyPack(ctx context.Context, request *pulumirpc.RunPluginRequest, stdout, stderr io.Writer) error {
	proxy, packOutput, err := sdk.NewPolicyProxy(ctx, stdout)
	if err != nil {
		return fmt.Errorf("cannot start the proxy of the policy pack: %w", err)
	}
	folder := request.GetInfo().GetProgramDirectory()
	command, err := pluginCommand(ctx, request, "run-policy-pack", append(request.GetArgs(), folder))
	if err != nil {
		return err
	}
	stack, err := proxy.AwaitConfiguration(ctx)
	if err != nil {
		return fmt.Errorf("the policy pack got no stack configuration: %w", err)
	}
	variables, err := stackEnvironment(stack)
	if err != nil {
		return err
	}
	command.Env = append(command.Env, variables...)
	command.Dir = folder
	command.Stdout, command.Stderr = packOutput, stderr
	if err := command.Start(); err != nil {
		return hosting.PluginResult(err)
	}
	return hosting.PluginResult(proxy.Attach(ctx, command))
}

func pluginCommand(
	ctx context.Context, request *pulumirpc.RunPluginRequest, entryPointName string, arguments []string,
) (*exec.Cmd, error) {
	node, err := findNode()
	if err != nil {
		return nil, err
	}
	entryPoint, err := findEntryPoint(request.GetInfo().GetProgramDirectory(), entryPointName)
	if err != nil {
		return nil, err
	}
	settings, err := readOptions(request.GetInfo())
	if err != nil {
		return nil, err
	}
	command := hosting.Child(ctx, node, append(append(settings.nodeArgs, entryPoint), arguments...)...)
	command.Env = append(request.GetEnv(), settings.environment()...)
	return command, nil
}

// stackEnvironment is what a policy pack knows about the stack; nothing where it runs without one (when published).
func stackEnvironment(stack *pulumirpc.AnalyzerStackConfigureRequest) ([]string, error) {
	if stack == nil {
		return nil, nil
	}
	variables := []string{
		"PULUMI_NODEJS_ORGANIZATION=" + stack.GetOrganization(),
		"PULUMI_NODEJS_PROJECT=" + stack.GetProject(),
		"PULUMI_NODEJS_STACK=" + stack.GetStack(),
		"PULUMI_NODEJS_DRY_RUN=" + strconv.FormatBool(stack.GetDryRun()),
	}
	if values := stack.GetConfig(); values != nil {
		encoded, err := json.Marshal(values)
		if err != nil {
			return nil, err
		}
		variables = append(variables, "PULUMI_CONFIG="+string(encoded))
	}
	return variables, nil
}
