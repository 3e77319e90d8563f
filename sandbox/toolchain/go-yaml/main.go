// Command pulumi-language-yaml is the language host for YAML: Pulumi's own, from its Go module, and what that version
// does not answer yet, so that `pulumi package add` and `pulumi install` end well. A module of its own, because Pulumi's
// host is bound to an older version of Pulumi's packages than the CLI.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/pulumi/pulumi-yaml/pkg/server"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/logging"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// How often the host asks whether its engine still lives: an engine that was killed sends no interrupt.
const engineCheckInterval = 5 * time.Second

func main() {
	tracing := flag.String("tracing", "", "where the program sends its traces")
	// The engine passes it when it starts a plugin by its folder. Every request names its folders itself.
	flag.String("root", "", "the folder of the project or plugin; not used")
	flag.Parse()
	logging.InitLogging(false, 0, false)
	if err := serve(flag.Arg(0), *tracing); err != nil {
		fmt.Fprintf(os.Stderr, "language host: %v\n", err)
		os.Exit(1)
	}
}

// serve answers the engine until it is interrupted or the engine is gone.
func serve(engineAddress, tracing string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := rpcutil.Healthcheck(ctx, engineAddress, engineCheckInterval, stop); err != nil {
		return fmt.Errorf("cannot watch the engine at %s: %w", engineAddress, err)
	}
	cancel := make(chan bool)
	go func() {
		<-ctx.Done()
		close(cancel)
	}()
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(registrar *grpc.Server) error {
			host := languageHost{server.NewLanguageHost(engineAddress, tracing, false)}
			pulumirpc.RegisterLanguageRuntimeServer(registrar, host)
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Printf("%d\n", handle.Port)
	return <-handle.Done
}

// languageHost is Pulumi's host for YAML.
type languageHost struct {
	pulumirpc.LanguageRuntimeServer
}

// Link has nothing to do: a program finds the description of a package in the folder where it was generated.
func (languageHost) Link(context.Context, *pulumirpc.LinkRequest) (*pulumirpc.LinkResponse, error) {
	return &pulumirpc.LinkResponse{}, nil
}
