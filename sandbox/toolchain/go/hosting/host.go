package hosting

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// Host answers what is the same for every language. What a language does not implement either is answered as
// unimplemented by the embedded type.
type Host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	// Ends with the host; every child is bound to it.
	life context.Context
	// Ends the host itself.
	stop context.CancelFunc
	// Ends the children only, when the engine cancels an operation.
	children       context.Context
	cancelChildren context.CancelFunc

	// EngineAddress is where the engine listens.
	EngineAddress string
	// Tracing is where the program sends its traces; empty for none.
	Tracing string
}

func newHost(life context.Context, stop context.CancelFunc, engineAddress, tracing string) *Host {
	children, cancel := context.WithCancel(life)
	return &Host{
		life: life, stop: stop, children: children, cancelChildren: cancel,
		EngineAddress: engineAddress, Tracing: tracing,
	}
}

func (host *Host) watchEngine(address string) error {
	if err := rpcutil.Healthcheck(host.life, address, engineCheckInterval, host.stop); err != nil {
		return fmt.Errorf("cannot watch the engine at %s: %w", address, err)
	}
	return nil
}

// Handshake gives a host that was started without an engine (to be attached to) the one it serves.
func (host *Host) Handshake(
	_ context.Context, request *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	host.EngineAddress = request.GetEngineAddress()
	if err := host.watchEngine(host.EngineAddress); err != nil {
		return nil, err
	}
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

// GetPluginInfo names the version of Pulumi that the host was built for.
func (host *Host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version.Version}, nil
}

// Cancel ends the programs and plugins that run; the host itself stays to answer them.
func (host *Host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	host.cancelChildren()
	return &emptypb.Empty{}, nil
}

// RuntimeOptionsPrompts has nothing to ask: the options of a project are in its Pulumi.yaml.
func (host *Host) RuntimeOptionsPrompts(
	context.Context, *pulumirpc.RuntimeOptionsRequest,
) (*pulumirpc.RuntimeOptionsResponse, error) {
	return &pulumirpc.RuntimeOptionsResponse{}, nil
}

// Template has nothing to adapt in a new project.
func (host *Host) Template(context.Context, *pulumirpc.TemplateRequest) (*pulumirpc.TemplateResponse, error) {
	return &pulumirpc.TemplateResponse{}, nil
}
