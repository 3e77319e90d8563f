package hosting

import (
	"context"
	"io"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Install answers a request to install dependencies: its output goes to the engine, and it ends with the engine's Cancel.
func (host *Host) Install(
	request *pulumirpc.InstallDependenciesRequest,
	stream pulumirpc.LanguageRuntime_InstallDependenciesServer,
	into func(ctx context.Context, folder string, stdout, stderr io.Writer) error,
) error {
	closer, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(stream, request.GetIsTerminal())
	if err != nil {
		return err
	}
	defer closer.Close()
	ctx, cancel := host.Bound(stream.Context())
	defer cancel()
	if err := into(ctx, request.GetInfo().GetProgramDirectory(), stdout, stderr); err != nil {
		return err
	}
	return closer.Close()
}
