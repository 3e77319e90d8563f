package hosting

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// How long an interrupted child may take to end by itself. The engine gives the host 5 seconds in all.
const childGrace = 3 * time.Second

// exitBail is the code with which the SDKs say: this failed, and the user has already read why.
const exitBail = 32

// ErrDebugger is the answer to a run that a debugger is to be attached to.
var ErrDebugger = errors.New("this language host cannot attach a debugger: install Pulumi and use its own")

// Bound gives a context that ends with the request, with the engine's Cancel, and with the host.
func (host *Host) Bound(request context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(request)
	release := context.AfterFunc(host.children, cancel)
	return ctx, func() {
		release()
		cancel()
	}
}

// Child prepares a process that is interrupted when the context ends, and killed when it does not heed that.
func Child(ctx context.Context, name string, arguments ...string) *exec.Cmd {
	return Interruptible(exec.CommandContext(ctx, name, arguments...))
}

// Interruptible does the same to a command that was prepared with a context elsewhere.
func Interruptible(command *exec.Cmd) *exec.Cmd {
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = childGrace
	return command
}

// RunProgram runs a prepared program with the host's own output, and turns its end into the answer for the engine. A
// process of its own is what keeps resources safe: after an error that it did not handle it ends with a code other than
// 0, and the engine then deletes nothing of what the program did not get to register.
func RunProgram(command *exec.Cmd) *pulumirpc.RunResponse {
	// A child may switch an inherited pipe to non-blocking, for the host too; behind a writer it gets a pipe of its own.
	command.Stdout = struct{ io.Writer }{os.Stdout}
	command.Stderr = struct{ io.Writer }{os.Stderr}
	code, err := exitCode(command.Run())
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

// PluginResult turns the end of a plugin into an error, or none.
func PluginResult(err error) error {
	code, err := exitCode(err)
	if err != nil {
		return fmt.Errorf("the plugin did not run to its end: %w", err)
	}
	if code != 0 {
		return fmt.Errorf("the plugin ended with exit code %d", code)
	}
	return nil
}

// exitCode is the code that a child ended with; an error when it could not be started or was killed by a signal.
func exitCode(err error) (int, error) {
	if err == nil {
		return 0, nil
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Exited() {
		return exit.ExitCode(), nil
	}
	return 0, err
}
