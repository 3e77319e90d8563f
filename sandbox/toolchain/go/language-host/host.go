package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	"github.com/pulumi/pulumi/sdk/v3/nodejs/npm"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// languageHost answers the engine. What it does not implement (code generation, packing, linking) is answered as
// unimplemented by the embedded type.
type languageHost struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	// Ends with the host; every child is bound to it.
	life context.Context
	// Ends the host itself.
	stop context.CancelFunc
	// Ends the children only, when the engine cancels an operation.
	children       context.Context
	cancelChildren context.CancelFunc

	engineAddress string
	tracing       string
}

func newHost(life context.Context, stop context.CancelFunc, engineAddress, tracing string) *languageHost {
	children, cancel := context.WithCancel(life)
	return &languageHost{
		life: life, stop: stop, children: children, cancelChildren: cancel,
		engineAddress: engineAddress, tracing: tracing,
	}
}

func (host *languageHost) watchEngine(address string) error {
	if err := rpcutil.Healthcheck(host.life, address, engineCheckInterval, host.stop); err != nil {
		return fmt.Errorf("cannot watch the engine at %s: %w", address, err)
	}
	return nil
}

// Handshake tells a host that was started without an engine (to be attached to) which one it serves.
func (host *languageHost) Handshake(
	_ context.Context, request *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	host.engineAddress = request.GetEngineAddress()
	if err := host.watchEngine(host.engineAddress); err != nil {
		return nil, err
	}
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (host *languageHost) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version.Version}, nil
}

// Cancel ends the programs and plugins that run; the host itself stays to answer them.
func (host *languageHost) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	host.cancelChildren()
	return &emptypb.Empty{}, nil
}

// RuntimeOptionsPrompts has nothing to ask: the options of a project are in its Pulumi.yaml.
func (host *languageHost) RuntimeOptionsPrompts(
	context.Context, *pulumirpc.RuntimeOptionsRequest,
) (*pulumirpc.RuntimeOptionsResponse, error) {
	return &pulumirpc.RuntimeOptionsResponse{}, nil
}

// Template has nothing to adapt in a new project.
func (host *languageHost) Template(
	context.Context, *pulumirpc.TemplateRequest,
) (*pulumirpc.TemplateResponse, error) {
	return &pulumirpc.TemplateResponse{}, nil
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
	closer, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(stream, request.GetIsTerminal())
	if err != nil {
		return err
	}
	defer closer.Close()
	ctx, cancel := host.bound(stream.Context())
	defer cancel()
	folder := request.GetInfo().GetProgramDirectory()
	if _, err := npm.Install(ctx, npm.AutoPackageManager, folder, false, stdout, stderr); err != nil {
		return fmt.Errorf("cannot install the dependencies of %s: %w", folder, err)
	}
	return closer.Close()
}
