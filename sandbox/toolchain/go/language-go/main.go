// Command pulumi-language-go is the language host for Go where the release's own host is missing. It compiles and runs
// programs, installs what they require, and generates SDKs. It starts no plugins that are written in Go.
package main

import (
	"connect-sync-identity/sandbox/toolchain/hosting"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func main() {
	hosting.Main(func(host *hosting.Host) pulumirpc.LanguageRuntimeServer { return &languageHost{Host: host} })
}

// languageHost answers the engine for programs that Go compiles.
type languageHost struct {
	*hosting.Host
}
