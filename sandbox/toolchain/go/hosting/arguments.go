package hosting

import (
	"strconv"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Spelling is how an SDK's entry point spells the flags of a run.
type Spelling struct {
	// Separator stands between the words of a flag.
	Separator string
	// DryRun are the arguments of a preview.
	DryRun []string
}

// RunArguments are the flags of an SDK's entry point, the program, and the program's own arguments.
func (host *Host) RunArguments(run *pulumirpc.RunRequest, spelling Spelling) []string {
	var arguments []string
	flag := func(name, value string) {
		if value != "" {
			arguments = append(arguments, "--"+strings.ReplaceAll(name, " ", spelling.Separator), value)
		}
	}
	flag("monitor", run.GetMonitorAddress())
	flag("engine", host.EngineAddress)
	flag("organization", run.GetOrganization())
	flag("project", run.GetProject())
	flag("root directory", run.GetInfo().GetRootDirectory())
	flag("stack", run.GetStack())
	flag("pwd", run.GetInfo().GetProgramDirectory())
	flag("parallel", strconv.Itoa(int(run.GetParallel())))
	flag("tracing", host.Tracing)
	if run.GetDryRun() {
		arguments = append(arguments, spelling.DryRun...)
	}
	arguments = append(arguments, run.GetInfo().GetEntryPoint())
	return append(arguments, run.GetArgs()...)
}
