# Sourced by a step that prints what others wrote: from here on the runner reads no command out of the log, until the step
# ends, whichever way. The token is of this step alone. What the step itself has to say to the runner goes through its files
# (GITHUB_OUTPUT, GITHUB_ENV, GITHUB_STEP_SUMMARY), or comes after resume_commands.
stop_token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
resume_commands() {
  if [ -n "$stop_token" ]; then printf '\n::%s::\n' "$stop_token"; fi
  stop_token=
}
trap resume_commands EXIT
echo "::stop-commands::$stop_token"
