/** Exit codes of every command. Commands, `--help` and docs/commands.md take them from here. */

export const EXIT = { ok: 0, failed: 1, usage: 2, locked: 3, timedOut: 124 } as const;

/** What each exit code means, as `--help` and the documentation show it. */
export const EXIT_MEANINGS: readonly { code: string; meaning: string }[] = [
  { code: "0", meaning: "done; a check found nothing" },
  { code: "1", meaning: "failed, or a check found something" },
  { code: "2", meaning: "wrong use; nothing was started" },
  { code: "3", meaning: "another command is using the sandbox" },
  { code: "124", meaning: "a program did not end within its time limit" },
  { code: "128+n", meaning: "ended by signal n: 130 after Ctrl-C" },
];
