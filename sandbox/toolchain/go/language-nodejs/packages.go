package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/logging"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// manifest is what concerns plugins in a package.json.
type manifest struct {
	Name    string                  `json:"name"`
	Version string                  `json:"version"`
	Pulumi  plugin.PulumiPluginJSON `json:"pulumi"`
}

// GetRequiredPackages tells the engine which plugins, in which versions, the installed packages bring along: those
// whose package.json has a `pulumi` stanza with `resource: true`.
func (host *languageHost) GetRequiredPackages(
	_ context.Context, request *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	search := packageSearch{visited: map[string]bool{}}
	search.nodeModules(filepath.Join(request.GetInfo().GetProgramDirectory(), "node_modules"))
	return &pulumirpc.GetRequiredPackagesResponse{Packages: search.found}, nil
}

// packageSearch walks installed packages and theirs. It looks at package folders only, never at the files inside, and
// at each real folder once: links between packages may form a circle.
type packageSearch struct {
	visited map[string]bool
	found   []*pulumirpc.PackageDependency
}

func (s *packageSearch) nodeModules(folder string) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return
	}
	for _, entry := range entries {
		path := filepath.Join(folder, entry.Name())
		switch {
		case entry.Name() == ".pnpm":
			// pnpm keeps the packages of packages here, each in a node_modules of its own.
			s.eachFolder(path, func(store string) { s.nodeModules(filepath.Join(store, "node_modules")) })
		case strings.HasPrefix(entry.Name(), "."):
		case strings.HasPrefix(entry.Name(), "@"):
			s.eachFolder(path, s.installedPackage)
		default:
			s.installedPackage(path)
		}
	}
}

func (s *packageSearch) eachFolder(folder string, visit func(string)) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return
	}
	for _, entry := range entries {
		visit(filepath.Join(folder, entry.Name()))
	}
}

func (s *packageSearch) installedPackage(folder string) {
	real, err := filepath.EvalSymlinks(folder)
	if err != nil || s.visited[real] {
		return
	}
	s.visited[real] = true
	content, err := os.ReadFile(filepath.Join(real, "package.json"))
	if err != nil {
		return
	}
	// A policy pack's plugins are not the program's.
	if _, err := os.Stat(filepath.Join(real, "PulumiPolicy.yaml")); err == nil {
		return
	}
	var parsed manifest
	if err := json.Unmarshal(content, &parsed); err != nil {
		logging.Warningf("%s is not readable as JSON: %v", filepath.Join(real, "package.json"), err)
	} else if dependency, err := parsed.dependency(); err != nil {
		logging.Warningf("%s: %v", filepath.Join(real, "package.json"), err)
	} else if dependency != nil {
		s.found = append(s.found, dependency)
	}
	s.nodeModules(filepath.Join(real, "node_modules"))
}

// dependency is the plugin of a package, nil when it has none. Name and version of the stanza count before those of
// the package; a package outside @pulumi has to name its plugin.
func (m manifest) dependency() (*pulumirpc.PackageDependency, error) {
	if !m.Pulumi.Resource {
		return nil, nil
	}
	name := m.Pulumi.Name
	if name == "" {
		short, official := strings.CutPrefix(m.Name, "@pulumi/")
		if !official {
			return nil, fmt.Errorf("package %q has a plugin, but its pulumi stanza does not name it", m.Name)
		}
		name = short
	}
	number := m.Pulumi.Version
	if number == "" {
		number = m.Version
	}
	if number == "" {
		return nil, fmt.Errorf("package %q has a plugin, but no version", m.Name)
	}
	return &pulumirpc.PackageDependency{
		Name:             name,
		Kind:             "resource",
		Version:          "v" + strings.TrimPrefix(number, "v"),
		Server:           m.Pulumi.Server,
		Parameterization: parameterization(m.Pulumi.Parameterization),
		Extension:        parameterization(m.Pulumi.ExtensionParameterization),
	}, nil
}

func parameterization(stanza *plugin.PulumiParameterizationJSON) *pulumirpc.PackageParameterization {
	if stanza == nil {
		return nil
	}
	return &pulumirpc.PackageParameterization{Name: stanza.Name, Version: stanza.Version, Value: stanza.Value}
}
