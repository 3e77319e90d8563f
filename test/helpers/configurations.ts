/** Builders of a stack's configuration, as the stack file contains it. */
import { hostKeyLine } from "./host-keys";

export type Raw = Record<string, unknown>;

/** One server with the required settings, and the changes of a test. */
export function rawServer(name = "sync01", changes: Raw = {}): Raw {
  return { role: "staging", connection: rawConnection(name), ...changes };
}

export function rawConnection(name = "sync01", changes: Raw = {}): Raw {
  return { host: `${name}.contoso.com`, user: "Administrator", hostKey: hostKeyLine(name), ...changes };
}

/** A stack of one server. */
export function rawStack(server: Raw = rawServer(), changes: Raw = {}): Raw {
  return { servers: { sync01: server }, ...changes };
}
