/** Failures whose messages a test checks. */
import assert from "node:assert/strict";
import { ProblemError, type Diagnostic } from "../../model/diagnostics/diagnostic";

/** The first problem of work that must fail with problems. */
export async function problemOf(work: Promise<unknown>): Promise<Diagnostic> {
  const error = await work.then(
    () => assert.fail("it should have failed"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ProblemError, String(error));
  return error.problems[0];
}
