// Package hosting is what the language hosts of the sandbox share: how the engine starts and ends them, how they start and
// end children, and how a program gets the stack's configuration.
//
// The engine starts a host with its own address as the last argument, reads a port from the first line of stdout, and
// speaks pulumirpc.LanguageRuntime to that port. It ends the host with an interrupt.
package hosting

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

// Main is the main function of a host; `runtime` makes what answers the engine.
func Main(runtime func(*Host) pulumirpc.LanguageRuntimeServer) {
	// The logging package brings -v and -logtostderr, which the engine passes on; tracing is accepted and handed over.
	tracing := flag.String("tracing", "", "where the program sends its traces")
	// The engine passes it when it starts a plugin by its folder. Every request names its folders itself.
	flag.String("root", "", "the folder of the project or plugin; not used")
	showVersion := flag.Bool("version", false, "print the version and end")
	flag.Parse()
	if *showVersion {
		fmt.Println(version.Version)
		return
	}
	logging.InitLogging(false, 0, false)
	if err := serve(flag.Arg(0), *tracing, runtime); err != nil {
		fmt.Fprintf(os.Stderr, "language host: %v\n", err)
		os.Exit(1)
	}
}

// serve answers the engine until it is interrupted, the engine is gone, or the listener fails. Children that still run
// are ended first, because a graceful stop waits for the calls that started them.
func serve(engineAddress, tracing string, runtime func(*Host) pulumirpc.LanguageRuntimeServer) error {
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
			pulumirpc.RegisterLanguageRuntimeServer(server, runtime(host))
			return nil
		},
	})
	if err != nil {
		return err
	}
	fmt.Printf("%d\n", handle.Port)
	return <-handle.Done
}
