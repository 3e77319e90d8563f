#!/usr/bin/env bash
# Runs Pulumi with an SSH agent that holds the key of the sync servers, and ends the agent afterwards.
#
#   pipelines/run-pulumi.sh [--to <file>] [--report <file>] <arguments of pulumi>
#
#   --to <file>   writes stdout to the file and Pulumi's exit code to <file>.code. This script then succeeds whatever that
#                 code is: later steps judge it. Only an interrupt makes it fail.
#
#   --report <file>  afterwards writes the short report of the stack to that file. The report observes the servers, so it
#                 needs the agent. If it cannot be created, the script says so and continues. The whole report, in every
#                 format, is in reports/<stack> or, if it is set, in the folder of the stack in REPORT_FOLDER.
#
#   SSH_KEY_VAULT, SSH_KEY_SECRET   where the key is stored; the Azure CLI is already signed in
#   RUN_LIMIT_SECONDS               after this time Pulumi is asked to stop, and killed two minutes later (3600)
#
# The key goes from the vault through a pipe into the agent: it is in no argument, no file and no log.
#
# All that is printed goes through cli/pipeline/encode-log (compiled in a package): Pulumi's plugins and the programs of servers print what others
# wrote, and an agent of Azure DevOps finds a command anywhere in a line. On GitHub the runner is asked not to look as well.
set -euo pipefail

limit=${RUN_LIMIT_SECONDS:-3600}
REPORT_LIMIT=240

if [ "${1:-}" != "--in-agent" ]; then
  : "${SSH_KEY_VAULT:?names the key vault that holds the SSH key}"
  : "${SSH_KEY_SECRET:?names the secret that is the SSH key}"
  for tool in az ssh-agent ssh-add timeout pulumi; do
    command -v "$tool" > /dev/null || { echo "run-pulumi: there is no $tool on PATH" >&2; exit 1; }
  done
  # The agent is a child of this process. It ends within seconds of its parent, even if the parent is killed.
  exec ssh-agent -t "$((limit + 300))" bash "$0" --in-agent "$@"
fi
shift

here=$(cd "$(dirname "$0")" && pwd)

# Nothing is printed but through the encoder; where that one fails, the rest is dropped, and Pulumi goes on.
stop_token=
if [ "${GITHUB_ACTIONS:-}" = true ]; then
  stop_token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  echo "::stop-commands::$stop_token"
fi
exec 3>&1
exec > >(
  exec >&3 2>&3
  cd "$here/.." && if [ -f cli/pipeline/encode-log.js ]; then
    node cli/pipeline/encode-log.js
  else
    node -r ts-node/register/transpile-only cli/pipeline/encode-log.ts
  fi || cat > /dev/null
) 2>&1
encoder=$!

# Waits for the last line to be through; for a while only, as what outlives Pulumi may hold the pipe open.
finish() {
  kill "$SSH_AGENT_PID" 2> /dev/null || true
  exec > /dev/null 2>&1
  for _ in $(seq 50); do
    kill -0 "$encoder" || break
    sleep 0.1
  done
  if [ -n "$stop_token" ]; then printf '\n::%s::\n' "$stop_token" >&3; fi
}
trap finish EXIT

target=/dev/stdout
report=
while true; do
  case "${1:-}" in
    --to) target=$2 ;;
    --report) report=$2 ;;
    *) break ;;
  esac
  shift 2
done

az keyvault secret show --vault-name "$SSH_KEY_VAULT" --name "$SSH_KEY_SECRET" --query value --output tsv |
  SSH_ASKPASS_REQUIRE=never ssh-add -q -

# A process group of its own: an interrupt reaches Pulumi once, through this script. A second one would stop it hard.
interrupted=
run=
pass_on() {
  if [ -z "$interrupted" ] && [ -n "$run" ]; then kill -INT "$run" 2> /dev/null || true; fi
  interrupted=yes
}
trap pass_on INT TERM HUP

# Runs a program in the background and waits for its end, even if interrupts break the wait; its exit code is $code.
run_through() {
  set -m
  "$@" < /dev/null 3>&- &
  run=$!
  set +m
  # An earlier interrupt had no process to reach yet.
  if [ -n "$interrupted" ]; then kill -INT "$run" 2> /dev/null || true; fi
  while kill -0 "$run" 2> /dev/null; do wait "$run" || true; done
  code=0
  wait "$run" || code=$?
}

if [ "$target" = /dev/stdout ]; then
  run_through timeout --foreground --signal=INT --kill-after=120 "$limit" pulumi "$@"
else
  run_through timeout --foreground --signal=INT --kill-after=120 "$limit" pulumi "$@" > "$target"
fi
ended=$code

if [ -n "$report" ] && [ -z "$interrupted" ]; then
  # Its exit code reports findings and is not the exit code of this run. Its output is not part of Pulumi's. An interrupt
  # goes to the command and all its children.
  arguments=(--stack "$PULUMI_STACK" --short "$report" --format sarif junit openmetrics icalendar)
  if [ -n "${REPORT_FOLDER:-}" ]; then arguments+=(--output "$REPORT_FOLDER/$PULUMI_STACK"); fi
  run_through timeout --signal=INT --kill-after=30 "$REPORT_LIMIT" \
    npx --no connect-sync-identity report "${arguments[@]}" >&2
  [ -s "$report" ] || echo "run-pulumi: there is no report of the stack" >&2
fi
if [ "$target" = /dev/stdout ]; then exit "$ended"; fi
echo "$ended" > "$target.code"
if [ -n "$interrupted" ]; then exit 130; fi
