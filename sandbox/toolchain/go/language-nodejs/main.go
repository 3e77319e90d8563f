// Command pulumi-language-nodejs is the language host that stands beside a Pulumi CLI built from Go modules, where the
// release's own host is missing. It runs TypeScript and JavaScript programs, plugins and policy packs through the entry
// points of @pulumi/pulumi that the project has installed; it generates no code.
package main

import (
	"connect-sync-identity/sandbox/toolchain/hosting"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func main() {
	hosting.Main(func(host *hosting.Host) pulumirpc.LanguageRuntimeServer { return &languageHost{Host: host} })
}
