// Command pulumi-language-python is the language host for Python where the release's own host is missing. It runs
// programs through the script that Pulumi's SDK for Go brings along for its Python SDK, installs what a project requires,
// and generates SDKs. It starts no plugins and no policy packs that are written in Python.
package main

import (
	"connect-sync-identity/sandbox/toolchain/hosting"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func main() {
	hosting.Main(func(host *hosting.Host) pulumirpc.LanguageRuntimeServer { return &languageHost{Host: host} })
}

// languageHost answers the engine for programs that Python runs.
type languageHost struct {
	*hosting.Host
}
