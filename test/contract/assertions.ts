/** What contract tests assert again and again. */
import assert from "node:assert/strict";
import { HOST_ERRORS, type HostErrorCode, type HostOperation } from "../../model/protocol/host-protocol";
import type { ContractHost, Run } from "./contract-host";

type Good<O extends HostOperation> = Extract<Run<O>["answer"], { ok: true }>["result"];

/** The result of a run that must have gone well. */
export function result<O extends HostOperation>(run: Run<O>): Good<O> {
  assert.ok(run.answer.ok, JSON.stringify(run.answer.error));
  assert.equal(run.exitCode, 0);
  return run.answer.result as Good<O>;
}

/** The error of a run that must have been refused: code, exit code, the line on stderr, and a message that helps. */
export function refused(run: Run<HostOperation>, code: HostErrorCode) {
  assert.equal(run.answer.ok, false, `expected ${code}, but it went well`);
  const { error } = run.answer as Extract<typeof run.answer, { ok: false }>;
  assert.equal(error.code, code, JSON.stringify(error));
  assert.equal(run.exitCode, HOST_ERRORS[code]);
  for (const part of ["message", "expected", "actual", "remedy"] as const) assert.notEqual(error[part], "", part);
  const line = run.stderr.split(/\r?\n/).find((text) => text.includes(`${code}: `));
  assert.ok(line, `no line with ${code} on stderr: ${run.stderr}`);
  for (const part of [run.answer.server, error.expected, error.actual.slice(0, 300), error.remedy]) {
    assert.ok(line.includes(part.replace(/\s+/g, " ")), `${part} is missing in ${line}`);
  }
  return error;
}

/** Scheduler as it was, nothing of a pause left. */
export function schedulerAsBefore(host: ContractHost, enabled = true): void {
  assert.equal(host.state.scheduler.SyncCycleEnabled, enabled, "SyncCycleEnabled");
  assert.equal(host.pauseRecord, null, "a pause record is left");
  assert.equal(host.state.restoreTask, null, "a restore task is left");
  assert.equal(host.state.lockHolder, null, "the lock is left");
}

/** Everything but the event log, which a failed sign-in writes to, and the program. */
export function withoutEvents(host: ContractHost) {
  const { events: _events, changes: _changes, ...rest } = host.state;
  return rest;
}
