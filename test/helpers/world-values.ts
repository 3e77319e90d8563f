/**
 * What differs from one sandbox to the next: ids, ports, host keys, certificates. A state that an older version wrote is
 * kept with names in their places, so that a test can put it into a sandbox of its own, and no key or id of any machine is
 * in the repository.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { fingerprint, parseHostKey } from "../../model/server/host-key";
import { applicationMarker, generationOf } from "../../model/server/labels";

/** By name: `tenantId`, `sync01.appId`. */
export type WorldValues = Record<string, string | number>;

interface Tenant {
  applications: { id: string; appId: string; properties: { tags?: string[] }; keyCredentials: { keyId: string }[] }[];
  principals: { id: string; appId: string }[];
  assignments: { id: string; principalId: string }[];
}

interface Machine {
  certificates: Record<"sha256" | "thumbprint" | "label" | "notBefore" | "notAfter" | "certificate", string>[];
}

const SYNC_SERVICE = "6bf85cfa-ac8a-4be5-b5de-425a0d0dc016";
const DAY = 24 * 60 * 60 * 1000;
/** As the sandbox's stack declares it. */
const ROTATE_BEFORE_DAYS = 180;

const only = <T>(found: T[], what: string): T => {
  assert.equal(found.length, 1, `${found.length} of ${what}`);
  return found[0];
};

function certificateValues(machine: Machine, identity: { stack: string; server: string }): WorldValues {
  const own = machine.certificates.filter(({ label }) => generationOf(identity, label) !== null);
  const { sha256, thumbprint, certificate, notBefore, notAfter } = only(own, `certificates of ${identity.server}`);
  const seconds = (instant: string) => instant.replace(/\.\d+Z$/, "Z");
  return {
    sha256,
    sha256UpperCase: sha256.toUpperCase(),
    thumbprint,
    certificate,
    certificateLines: certificate.replace(/(.{64})(?!$)/g, "$1\n"),
    notBefore: seconds(notBefore),
    notAfter: seconds(notAfter),
    notBeforeExactly: notBefore,
    notAfterExactly: notAfter,
    rotationDue: new Date(Date.parse(notAfter) - ROTATE_BEFORE_DAYS * DAY).toISOString().slice(0, 10),
  };
}

/** Reads a sandbox whose servers are onboarded, from what lies in its folder. */
export function worldValues(folder: string): WorldValues {
  const text = (...parts: string[]) => fs.readFileSync(path.join(folder, ...parts), "utf8");
  const read = <T>(...parts: string[]) => JSON.parse(text(...parts)) as T;
  const { tenantId, ports, pipeline } = read<{
    tenantId: string;
    ports: { tenant: number; servers: Record<string, number> };
    pipeline: { appId: string };
  }>("settings.json");
  const tenant = read<Tenant>("tenant", "state.json");
  const principalOf = (appId: string) =>
    only(
      tenant.principals.filter((each) => each.appId === appId),
      appId,
    ).id;
  const values: WorldValues = {
    tenantId,
    tenantAuthority: `localhost:${ports.tenant}`,
    pipelineObjectId: principalOf(pipeline.appId),
    syncServiceObjectId: principalOf(SYNC_SERVICE),
  };
  for (const [server, port] of Object.entries(ports.servers)) {
    const identity = { stack: "dev", server };
    const marked = tenant.applications.filter(({ properties: { tags } }) =>
      tags?.includes(applicationMarker(identity)),
    );
    const { id, appId, keyCredentials } = only(marked, `applications of ${server}`);
    const principalId = principalOf(appId);
    const hostKey = text("keys", `${server}-host.pub`).trim().split(" ").slice(0, 2).join(" ");
    const own: WorldValues = {
      port,
      hostKey,
      hostKeyFingerprint: fingerprint(parseHostKey(hostKey)!.blob),
      appId,
      applicationObjectId: id,
      principalObjectId: principalId,
      assignmentId: only(
        tenant.assignments.filter((each) => each.principalId === principalId),
        "assignments",
      ).id,
      keyId: only(keyCredentials, `keys of ${server}`).keyId,
      ...certificateValues(read<Machine>("servers", server, "machine.json"), identity),
    };
    for (const [name, value] of Object.entries(own)) values[`${server}.${name}`] = value;
  }
  return values;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What makes another text of each text and number of a state; secrets in plain text hold JSON of their own. */
function walk(value: Json, change: (leaf: string | number, server: string) => Json, server = ""): Json {
  if (typeof value === "string" || typeof value === "number") return change(value, server);
  if (Array.isArray(value)) return value.map((each) => walk(each, change, server));
  if (value === null || typeof value !== "object") return value;
  const named = typeof value.urn === "string" ? /::(sync\d\d)[^:]*$/.exec(value.urn)?.[1] : undefined;
  const of = (key: string) => (/^sync\d\d$/.test(key) ? key : (named ?? server));
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      if (key !== "plaintext") return [key, walk(each, change, of(key))];
      return [key, JSON.stringify(walk(JSON.parse(each as string) as Json, change, of(key)))];
    }),
  );
}

/**
 * Puts names in place of what belongs to one sandbox.
 *
 * @param state what `pulumi stack export --show-secrets` printed
 */
export function withNames(state: string, values: WorldValues): string {
  const longestFirst = Object.entries(values).sort(([, a], [, b]) => String(b).length - String(a).length);
  const named = walk(JSON.parse(state) as Json, (leaf, server) => {
    const own = longestFirst.filter(([name]) => name.startsWith(`${server}.`));
    // Two servers may share a date: a resource's own server comes first.
    const candidates = [...own, ...longestFirst];
    if (typeof leaf === "number") {
      const [name] = candidates.find(([, value]) => value === leaf) ?? [];
      return name ? `{{${name}}}` : leaf;
    }
    const texts = candidates.filter(([, value]) => typeof value === "string") as [string, string][];
    return texts.reduce((text, [name, value]) => text.replaceAll(value, `{{${name}}}`), leaf);
  });
  return `${JSON.stringify(named, null, 2)}\n`;
}

/** The reverse: the state as it would be had it been written in the sandbox that the values are of. */
export function withValues(state: string, values: WorldValues): string {
  const valueOf = (name: string) => values[name] ?? assert.fail(`no value for ${name}`);
  const filled = walk(JSON.parse(state) as Json, (leaf) => {
    if (typeof leaf === "number") return leaf;
    const whole = /^\{\{([\w.]+)\}\}$/.exec(leaf);
    if (whole) return valueOf(whole[1]);
    return leaf.replace(/\{\{([\w.]+)\}\}/g, (_, name: string) => String(valueOf(name)));
  });
  return JSON.stringify(filled);
}
