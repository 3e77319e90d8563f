/**
 * Numbers in a stack's file that mean something else than they look: YAML reads `022` as 18. Pulumi has read the file before
 * the program runs, so this can be seen in the file only. Pure.
 */
import type * as yaml from "yaml";
import type { Diagnostic } from "../diagnostics/diagnostic";
import { invalidSetting } from "./invalid-setting";

/** A port that is not written in plain digits; the file is parsed only if it has one. */
const SUSPECT = /\bport["']?\s*:\s*(?:[-+]|0[\d_xob]|\d+[_eE.])/i;
const PLAIN = /^(0|[1-9]\d*)$/;

/** The number that Pulumi makes of an unquoted one: base 8 after a leading zero, as YAML 1.1 has it. */
function asPulumiReads(source: string): number {
  const digits = source.replaceAll("_", "");
  const octal = /^([-+]?)0o?([0-7]+)$/i.exec(digits);
  return octal ? Number(`${octal[1]}${parseInt(octal[2], 8)}`) : Number(digits.replace(/^\+/, ""));
}

type Branch = Record<string, unknown>;
const isBranch = (value: unknown): value is Branch => value !== null && typeof value === "object";

function portOf(servers: unknown, name: string): unknown {
  const server = isBranch(servers) && Object.hasOwn(servers, name) ? servers[name] : undefined;
  const connection = isBranch(server) ? server.connection : undefined;
  return isBranch(connection) ? connection.port : undefined;
}

/**
 * Ports that are written in a way in which a person reads another number.
 *
 * @param file the text of the stack's file
 * @param key of the servers in it, with its namespace
 * @param read the servers as they were read, by any reader of the file; a file that says otherwise is another one
 */
export function misreadPorts(file: string, key: string, read: unknown): Diagnostic[] {
  if (!SUSPECT.test(file)) return [];
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only here, as loading it takes a twentieth of a second
  const { isMap, isScalar, parseDocument } = require("yaml") as typeof yaml;
  const servers = parseDocument(file).getIn(["config", key]);
  if (!isMap(servers)) return [];
  return servers.items.flatMap(({ key: name, value: server }): Diagnostic[] => {
    const port = isMap(server) ? server.getIn(["connection", "port"], true) : undefined;
    if (!isScalar(name) || !isScalar(port) || port.type !== "PLAIN" || PLAIN.test(port.source!)) return [];
    const meant = asPulumiReads(port.source!);
    if (![meant, port.value].includes(portOf(read, String(name.value)))) return [];
    const at = { server: String(name.value), property: "connection.port" };
    const actual = `${port.source}, which is ${meant} in YAML`;
    return [invalidSetting(at, "a port in plain digits", actual, `Write ${meant}, or the port that you mean.`)];
  });
}
