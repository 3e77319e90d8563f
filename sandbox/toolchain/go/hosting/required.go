package hosting

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// RequiredPackage is the plugin that a pulumi-plugin.json describes; nil if it needs none.
func RequiredPackage(file string) (*pulumirpc.PackageDependency, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var described plugin.PulumiPluginJSON
	if err := json.Unmarshal(content, &described); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if !described.Resource {
		return nil, nil
	}
	return &pulumirpc.PackageDependency{
		Name:    described.Name,
		Kind:    "resource",
		Version: "v" + strings.TrimPrefix(described.Version, "v"),
		Server:  described.Server,
	}, nil
}
