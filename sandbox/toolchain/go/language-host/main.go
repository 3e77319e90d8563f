// Command pulumi-language-nodejs is the language host that stands beside a Pulumi CLI built from Go modules, where the
// release's own host is missing. It runs TypeScript and JavaScript programs, plugins and policy packs through the entry
// points of @pulumi/pulumi that the project has installed; it generates no code.
//
// The engine starts it with its own address as the last argument, reads a port from the first line of stdout, and
// speaks pulumirpc.LanguageRuntime to that port. It ends the host with an interrupt.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/logging"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// How often a host asks whether its engine still lives: an engine that was killed sends no interrupt.
const engineCheckInterval = 5 * time.Second

func main() {
	// The logging package brings -v and -logtostderr, which the engine passes on; tracing is accepted and handed over.
	tracing := flag.String("tracing", "", "where the program sends its traces")
	showVersion := flag.Bool("version", false, "print the version and end")
	flag.Parse()
	if *showVersion {
		fmt.Println(version.Version)
		return
	}
	logging.InitLogging(false, 0, false)
	if err := serve(flag.Arg(0), *tracing); err != nil {
		fmt.Fprintf(os.Stderr, "language host: %v\n", err)
		os.Exit(1)
	}
}

// serve answers the engine until it is interrupted, the engine is gone, or the listener fails. Children that still run
// are ended first, because a graceful stop waits for the calls that started them.
func serve(engineAddress, tracing string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	host := newHost(ctx, stop, engineAddress, tracing)
	if engineAddress != "" {
		if err := host.watchEngine(engineAddress); err != nil {
			return err
		}
	}

	cancel := make(chan bool)
	go func() {
		<-ctx.Done()
		close(cancel)
	}()
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, host)
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Printf("%d\n", handle.Port)
	return <-handle.Done
}
