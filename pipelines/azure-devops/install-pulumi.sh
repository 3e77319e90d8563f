#!/usr/bin/env bash
# Installs one version of Pulumi for this agent, unless PATH has it, and puts it first on PATH for the later steps.
#
#   pipelines/azure-devops/install-pulumi.sh <version>
#
# The release is checked against the list of checksums that Pulumi publishes with it.
set -euo pipefail

version=$1
if [ "$(pulumi version 2> /dev/null || true)" = "v$version" ]; then
  echo "Pulumi $version is there"
  exit 0
fi

folder="$AGENT_TOOLSDIRECTORY/pulumi/$version"
if [ ! -x "$folder/pulumi/pulumi" ]; then
  work=$(mktemp -d "$AGENT_TEMPDIRECTORY/pulumi.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  archive="pulumi-v$version-linux-x64.tar.gz"
  for name in "$archive" "pulumi-$version-checksums.txt"; do
    curl --fail --silent --show-error --location --retry 3 --output "$work/$name" "https://get.pulumi.com/releases/sdk/$name"
  done
  (cd "$work" && grep -F " $archive" "pulumi-$version-checksums.txt" | sha256sum --check --strict -)
  mkdir "$work/unpacked"
  tar -xzf "$work/$archive" -C "$work/unpacked"
  mkdir -p "$folder"
  cp -r "$work/unpacked/pulumi" "$folder/"
fi
echo "##vso[task.prependpath]$folder/pulumi"
