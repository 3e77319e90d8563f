/** What the scenarios make and see in tenant, servers and state, in a line each. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Result } from "./project";
import type { Situation } from "./situation";

/** The application that is declared for a server. */
export function applicationOf({ test }: Situation, server: string) {
  const name = `Entra Connect Sync - ${server}`;
  const found = test.sandbox.status().tenant.applications.find(({ displayName }) => displayName === name);
  return found ?? assert.fail(`no application ${name}`);
}

/** Locks the stack, as the file backend does for a run on another machine. */
export function lockedBySomeone({ test }: Situation): void {
  const folder = path.join(
    test.sandbox.folder.state,
    ".pulumi",
    "locks",
    "organization",
    "connect-sync-identity",
    "dev",
  );
  fs.mkdirSync(folder, { recursive: true });
  const lock = { pid: process.pid, username: "other", hostname: "elsewhere", timestamp: "2026-11-21T12:00:00Z" };
  fs.writeFileSync(path.join(folder, "11111111-2222-4333-8444-555555555555.json"), JSON.stringify(lock));
}

/** Takes a permission for Microsoft Graph from the pipeline. @returns gives it back */
export function forbid({ test }: Situation, permission: string): () => void {
  const { store } = test.sandbox.tenant;
  const graph = store.data.principals.find(({ properties }) => properties.displayName === "Microsoft Graph")!;
  const role = graph.appRoles.find(({ value }) => value === permission);
  assert.ok(role, permission);
  const { assignments } = store.data;
  store.change((directory) => {
    directory.assignments = assignments.filter(({ appRoleId }) => appRoleId !== role.id);
  });
  return () => store.change((directory) => void (directory.assignments = assignments));
}

/** Gives the pipeline's identity permissions for Microsoft Graph, as an administrator would do for this one command. */
export function permit({ test }: Situation, ...permissions: string[]): void {
  const { store } = test.sandbox.tenant;
  const graph = store.data.principals.find(({ properties }) => properties.displayName === "Microsoft Graph")!;
  const known = graph.appRoles.find(({ value }) => value === "RoleManagement.Read.Directory")!;
  const { principalId } = store.data.assignments.find(({ appRoleId }) => appRoleId === known.id)!;
  for (const permission of permissions) {
    const role = graph.appRoles.find(({ value }) => value === permission) ?? assert.fail(permission);
    store.assign(principalId, graph.id, role.id, new Date());
  }
}

/** Waits until something is so, while a run is under way. @throws AssertionError with its output if it ends before */
export async function when(isSo: () => boolean, run: Promise<Result>): Promise<void> {
  let ended: Result | undefined;
  void run.then((result) => (ended = result));
  while (!isSo()) {
    assert.equal(ended, undefined, `the run ended before:\n${ended?.output}`);
    await sleep(20);
  }
}
