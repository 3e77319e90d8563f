package hosting

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// ConfigurationVariables hold the stack's configuration for the program: in the environment, because it may hold secrets
// and must therefore be no argument. The separator stands between the namespace of a key and its name: ":config:" in the
// long form, which every version of the Node.js SDK reads, and ":" in the short one, which the other SDKs read.
func ConfigurationVariables(run *pulumirpc.RunRequest, separator string) ([]string, error) {
	values := make(map[string]string, len(run.GetConfig()))
	for key, value := range run.GetConfig() {
		parsed, err := config.ParseKey(key)
		if err != nil {
			return nil, fmt.Errorf("configuration key %q: %w", key, err)
		}
		values[parsed.Namespace()+separator+parsed.Name()] = value
	}
	secretKeys := run.GetConfigSecretKeys()
	if secretKeys == nil {
		secretKeys = []string{}
	}
	encodedValues, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	encodedKeys, err := json.Marshal(secretKeys)
	if err != nil {
		return nil, err
	}
	return []string{
		"PULUMI_CONFIG=" + string(encodedValues),
		"PULUMI_CONFIG_SECRET_KEYS=" + string(encodedKeys),
	}, nil
}
