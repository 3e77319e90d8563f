/** The table of facts against the facts themselves: each is in it, and each rule that it names has a case that changes the fact. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { z } from "zod";
import { isDiagnosticCode } from "../../../model/diagnostics/registry";
import { HostObservation } from "../../../model/protocol/host-protocol";
import { FACTS, HOST_FACTS, type FactUse } from "../../../model/server/fact-uses";
import { factsPage } from "../../../tools/diagnostics-docs";
import { FINDING_CASES } from "../../helpers/finding-cases";
import { NOTICE_CASES } from "../../helpers/notice-cases";
import { healthy } from "../../helpers/observations";

interface Definition {
  type: string;
  shape?: Record<string, z.ZodType>;
  element?: z.ZodType;
  innerType?: z.ZodType;
}

/** The paths of a schema's values. */
function pathsOf(schema: z.ZodType, path = ""): string[] {
  const { type, shape, element, innerType } = (schema as unknown as { def: Definition }).def;
  // What may be null, absent or have a default is what it wraps.
  if (innerType) return pathsOf(innerType, path);
  if (type === "array" && element) {
    return (element as unknown as { def: Definition }).def.type === "object" ? pathsOf(element, `${path}[]`) : [path];
  }
  if (type !== "object" || !shape) return [path];
  return Object.entries(shape).flatMap(([name, one]) => pathsOf(one, path === "" ? name : `${path}.${name}`));
}

/** The paths at which two values differ; what one of them lacks differs as a whole. */
function changed(before: unknown, after: unknown, path = ""): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const isObject = (value: unknown) => value !== null && typeof value === "object";
  if (Array.isArray(before) !== Array.isArray(after)) return changed(before ?? [], after ?? [], path);
  if (Array.isArray(before) && Array.isArray(after)) {
    const longest = Math.max(before.length, after.length);
    const names = (list: unknown[]) => list.some(isObject);
    if (!names(before) && !names(after)) return [path];
    return Array.from({ length: longest }, (_, at) => changed(before[at], after[at], `${path}[]`)).flat();
  }
  if (!isObject(before) && !isObject(after)) return [path];
  const [left, right] = [before ?? {}, after ?? {}] as Record<string, unknown>[];
  const all = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return all.flatMap((name) => changed(left[name], right[name], path === "" ? name : `${path}.${name}`));
}

/** By code, the facts of the host that its cases change. */
async function changesByCode(): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  const note = (code: string, paths: string[]) => found.set(code, new Set([...(found.get(code) ?? []), ...paths]));
  for (const [code, cases] of Object.entries(FINDING_CASES)) {
    for (const change of Object.values(cases)) {
      const [before, seen] = [await healthy(), await healthy()];
      change(seen);
      note(code, changed(before.facts, seen.facts));
    }
  }
  for (const [code, cases] of Object.entries(NOTICE_CASES)) {
    for (const { facts: change } of Object.values(cases)) {
      const [before, seen] = [await healthy(), await healthy()];
      change?.(seen.facts);
      note(code, changed(before.facts, seen.facts));
    }
  }
  return found;
}

/** Held against by what the case gives instead: the declaration, the tenant, or another fact beside it. */
const CHANGED_BESIDE = [
  ...["computerName", "service.account", "service.accountSid", "connector.userName", "legacyAccountName"],
  ...[
    "certificates[].notAfter",
    "certificates[].notBefore",
    "certificates[].thumbprint",
    "certificates[].keyInHardware",
  ],
  ...[
    "scheduler.CurrentlyEffectiveSyncCycleInterval",
    "scheduler.SyncCycleInProgress",
    "machineIdentifier",
    "azureInstance",
  ],
  ...[
    "certificates[].sha256",
    "certificates[].keyFault",
    "certificates[].certificate",
    "service.status",
    "tpm.present",
    "powershell.dotnetRelease",
  ],
];

describe("the facts of an observation", () => {
  it("each fact that the host program reports must be held against something, or have a reason", () => {
    assert.deepEqual(Object.keys(HOST_FACTS).sort(), pathsOf(HostObservation).sort());
  });

  it("each rule must be one of the registry, and each reason and comparison must be said", () => {
    for (const use of Object.values(FACTS).flatMap((part) => Object.values(part) as FactUse[])) {
      if ("notJudged" in use) assert.match(use.notJudged, /\w{3}/);
      else assert.ok(use.by.length > 0 && use.by.every(isDiagnosticCode) && use.heldAgainst !== "");
    }
  });

  it("each fact of a host must be changed by a case of a rule that it is said to be held against", async () => {
    const changes = await changesByCode();
    const silent = Object.entries(HOST_FACTS).flatMap(([fact, use]) => {
      if ("notJudged" in use || CHANGED_BESIDE.includes(fact)) return [];
      return use.by.some((code) => changes.get(code)?.has(fact)) ? [] : [fact];
    });
    assert.deepEqual(silent, []);
  });

  it("each code must be named by a fact that its cases change: a rule without a fact would be about nothing", async () => {
    const named = new Set(
      Object.values(FACTS)
        .flatMap((part) => Object.values(part) as FactUse[])
        .flatMap((use) => ("by" in use ? use.by : [])),
    );
    const codes = [...Object.keys(FINDING_CASES), ...Object.keys(NOTICE_CASES)];
    // Those that are made of the declaration alone.
    assert.deepEqual(
      codes.filter((code) => !named.has(code as never)),
      ["rotation-after-warning", "minimum-version-lowered"],
    );
  });

  it("the page of facts must be the one that is made from the table", async () => {
    const page = path.join(__dirname, "..", "..", "..", "docs", "observed-facts.md");
    assert.equal(fs.readFileSync(page, "utf8"), await factsPage());
  });
});
