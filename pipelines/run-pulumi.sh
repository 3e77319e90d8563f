#!/usr/bin/env bash
# Runs Pulumi beside an SSH agent that holds the key of the sync servers, and ends the agent with it.
#
#   pipelines/run-pulumi.sh [--to <file>] <arguments of pulumi>
#
#   --to <file>   stdout goes to the file, Pulumi's exit code to <file>.code, and this script ends well whatever that
#                 code is: the steps after it judge. Only an interrupt makes it fail.
#
#   SSH_KEY_VAULT, SSH_KEY_SECRET   where the key lies; the Azure CLI is signed in already
#   RUN_LIMIT_SECONDS               after which Pulumi is asked to stop, and killed two minutes later (3600)
#
# The key goes from the vault through a pipe into the agent: it is in no argument, no file and no log.
set -euo pipefail

limit=${RUN_LIMIT_SECONDS:-3600}

if [ "${1:-}" != "--in-agent" ]; then
  : "${SSH_KEY_VAULT:?names the key vault that holds the SSH key}"
  : "${SSH_KEY_SECRET:?names the secret that is the SSH key}"
  for tool in az ssh-agent ssh-add timeout pulumi; do
    command -v "$tool" > /dev/null || { echo "run-pulumi: there is no $tool on PATH" >&2; exit 1; }
  done
  # The agent is a child of this process. It ends within seconds of it, also where this process is killed.
  exec ssh-agent -t "$((limit + 300))" bash "$0" --in-agent "$@"
fi
shift

trap 'kill "$SSH_AGENT_PID" 2> /dev/null || true' EXIT

target=/dev/stdout
if [ "${1:-}" = "--to" ]; then
  target=$2
  shift 2
fi

az keyvault secret show --vault-name "$SSH_KEY_VAULT" --name "$SSH_KEY_SECRET" --query value --output tsv |
  SSH_ASKPASS_REQUIRE=never ssh-add -q -

# A process group of its own: an interrupt reaches Pulumi once, through us. A second one would be its hard stop.
interrupted=
run=
pass_on() {
  if [ -z "$interrupted" ] && [ -n "$run" ]; then kill -INT "$run" 2> /dev/null || true; fi
  interrupted=yes
}
trap pass_on INT TERM HUP

set -m
if [ "$target" = /dev/stdout ]; then
  timeout --foreground --signal=INT --kill-after=120 "$limit" pulumi "$@" < /dev/null &
else
  timeout --foreground --signal=INT --kill-after=120 "$limit" pulumi "$@" < /dev/null > "$target" &
fi
run=$!
set +m
# An interrupt of the moment before had nobody to pass on to yet.
if [ -n "$interrupted" ]; then kill -INT "$run" 2> /dev/null || true; fi

while kill -0 "$run" 2> /dev/null; do wait "$run" || true; done
code=0
wait "$run" || code=$?

if [ "$target" = /dev/stdout ]; then exit "$code"; fi
echo "$code" > "$target.code"
if [ -n "$interrupted" ]; then exit 130; fi
