/** Exit codes of every command. Commands, `--help` and docs/commands.md take them from here. */

export const EXIT = { ok: 0, failed: 1, usage: 2, locked: 3, timedOut: 124 } as const;

/** What each exit code means, as `--help` and the documentation show it. */
export const EXIT_MEANINGS: readonly { code: string; meaning: string }[] = [
  { code: "0", meaning: "success; a check found no problems" },
  { code: "1", meaning: "failure, or a check found problems" },
  { code: "2", meaning: "incorrect usage; nothing was started" },
  { code: "3", meaning: "another command is using the sandbox" },
  { code: "124", meaning: "a program exceeded its time limit" },
  { code: "128+n", meaning: "ended by signal n: 130 after Ctrl-C" },
];
