/** What servers of different stacks must not share, and that one of each tenant exports. Pure. */
import type { ServerRole } from "../configuration/configuration";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";

/** A server of a stack, with what it was seen to use. */
export interface ServerOfStack {
  stack: string;
  server: string;
  tenantId: string;
  role: ServerRole;
  /** Null if it was not observed. */
  exports: boolean | null;
  machineIdentifier: string | null;
  /** Its own, and the one that its connector uses. */
  appIds: readonly string[];
  /** Hashes of its own, and of the one that its connector uses. */
  certificates: readonly string[];
  /** The account of its connector; null if that is an application. */
  account: string | null;
}

/** Its name among all stacks. */
export const nameOf = ({ stack, server }: Pick<ServerOfStack, "stack" | "server">) => `${stack}/${server}`;

const SHARED = [
  ["machine", "machine identifier", ({ machineIdentifier }: ServerOfStack) => [machineIdentifier?.toLowerCase()]],
  ["application", "application", ({ appIds }: ServerOfStack) => appIds],
  ["certificate", "certificate", ({ certificates }: ServerOfStack) => certificates],
  ["account", "connector account", ({ account }: ServerOfStack) => [account?.toLowerCase()]],
] as const;

/** The first thing that each server shares with servers of other stacks; what it shares in its own, its own report shows. */
export function sharedOverStacks(servers: readonly ServerOfStack[]): Diagnostic[] {
  return servers.flatMap((own) => {
    for (const [remedy, what, valuesOf] of SHARED) {
      for (const value of valuesOf(own)) {
        if (!value) continue;
        const others = servers.filter((other) => {
          return other.stack !== own.stack && (valuesOf(other) as readonly unknown[]).includes(value);
        });
        if (others.length === 0) continue;
        const values = { what, value, others: others.map(nameOf).join(" and ") };
        return [diagnose("shared-over-stacks", nameOf(own), values, { remedy })];
      }
    }
    return [];
  });
}

/** Whether one server of a tenant exports, as far as no stack's own report says so already. */
export function exportingOverStacks(servers: readonly ServerOfStack[]): Diagnostic[] {
  const exporting = servers.filter(({ exports }) => exports === true);
  if (new Set(exporting.map(({ stack }) => stack)).size > 1) {
    return [diagnose("exports-over-stacks", null, { servers: exporting.map(nameOf).join(" and ") })];
  }
  const known = servers.every(({ exports, role }) => exports === false && role === "staging");
  if (servers.length === 0 || !known) return [];
  return [diagnose("exports-none", null, { servers: servers.map(nameOf).join(", ") })];
}
