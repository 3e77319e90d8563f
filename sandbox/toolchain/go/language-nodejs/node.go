package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// findNode looks for Node.js on PATH.
func findNode() (string, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return "", fmt.Errorf("Node.js is not on PATH (install it, or add its folder to PATH): %w", err)
	}
	return node, nil
}

// findEntryPoint looks for an entry point of @pulumi/pulumi ("run", "run-plugin", "run-policy-pack") the way Node.js
// resolves packages: in the node_modules of the folder, then of its parents.
func findEntryPoint(folder, name string) (string, error) {
	absolute, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	for current := absolute; ; current = filepath.Dir(current) {
		candidate := filepath.Join(current, "node_modules", "@pulumi", "pulumi", "cmd", name)
		if _, err := os.Stat(filepath.Join(candidate, "index.js")); err == nil {
			return candidate, nil
		}
		if current == filepath.Dir(current) {
			return "", fmt.Errorf("@pulumi/pulumi is not installed for %s: run `npm ci` there", absolute)
		}
	}
}

// options are the `runtime.options` of Pulumi.yaml that concern starting Node.js.
type options struct {
	typescript bool
	tsconfig   string
	nodeArgs   []string
}

func readOptions(info *pulumirpc.ProgramInfo) (options, error) {
	result := options{typescript: true}
	for key, value := range info.GetOptions().AsMap() {
		var fits bool
		switch key {
		case "typescript":
			result.typescript, fits = value.(bool)
		case "tsconfig":
			result.tsconfig, fits = value.(string)
		case "nodeargs":
			var line string
			line, fits = value.(string)
			result.nodeArgs = strings.Fields(line)
		default:
			// Options of the package manager, and of later hosts, do not change how Node.js is started.
			fits = true
		}
		if !fits {
			return options{}, fmt.Errorf("runtime option %s of Pulumi.yaml has a value of the wrong type: %v", key, value)
		}
	}
	return result, nil
}

// environment is what the SDK's entry points read to decide how TypeScript is compiled.
func (o options) environment() []string {
	var variables []string
	if o.typescript {
		variables = append(variables, "PULUMI_NODEJS_TYPESCRIPT=true")
	}
	if o.tsconfig != "" {
		variables = append(variables, "PULUMI_NODEJS_TSCONFIG_PATH="+o.tsconfig)
	}
	return variables
}
