/** Stack files of the documentation: a part of one is filled up to a whole, then checked as a run checks it. */
import { parse } from "yaml";
import { checkConfiguration } from "../../model/configuration/configuration";
import { formatDiagnostic } from "../../model/diagnostics/diagnostic";
import { makeHostKey } from "../helpers/host-keys";
import { schemaProblems } from "../helpers/stack-schema";

const PREFIX = "connect-sync-identity:";
type Values = Record<string, unknown>;
const isMap = (value: unknown): value is Values => value !== null && typeof value === "object" && !Array.isArray(value);
const isSecret = (value: unknown) => isMap(value) && Object.keys(value).join() === "secure";

/** An SSH server with a host key where the page has dots. */
function withKey(connection: Values): Values {
  const shown = typeof connection.hostKey === "string" && !connection.hostKey.includes("...");
  return shown ? connection : { ...connection, hostKey: makeHostKey().line };
}

/** A server as the page has it, with what the page leaves out. */
function wholeServer(name: string, given: unknown): unknown {
  if (!isMap(given)) return given;
  const connection = isMap(given.connection) ? given.connection : {};
  const whole: Values = { host: `${name}.contoso.com`, user: "svc-pulumi", ...withKey(connection) };
  if (isMap(whole.proxy)) whole.proxy = withKey(whole.proxy);
  return { role: "staging", ...given, connection: whole };
}

/** Variables that a file names, as if they were set. */
function environmentOf(text: string): NodeJS.ProcessEnv {
  return Object.fromEntries([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => [name, "22"]));
}

/** Settings of a stack file, or of a part of one, by their whole keys, with what the page leaves out. */
function wholeSettings(text: string): Values {
  const content = parse(text) as Values;
  const config = isMap(content.config) ? content.config : content;
  const key = Object.keys(config).find((name) => name.endsWith(":servers")) ?? `${PREFIX}servers`;
  const servers = isMap(config[key]) ? config[key] : { sync01: {} };
  const whole = Object.entries(servers).map(([name, server]) => [name, wholeServer(name, server)]);
  return { ...config, [key]: Object.fromEntries(whole) as unknown };
}

/** What the schema says of a stack file, or of a part of one; empty where it takes it. */
export const stackFileSchemaProblems = (text: string): string[] => schemaProblems({ config: wholeSettings(text) });

/** What a run would say of a stack file, or of a part of one; empty where it would take it. */
export function stackFileProblems(text: string): string[] {
  const config = wholeSettings(text);
  const foreign = Object.keys(config).filter((key) => !/^(connect-sync-identity|azuread|pulumi):/.test(key));
  if (foreign.length > 0) return [`of no known namespace: ${foreign.join(", ")}`];
  const own = Object.entries(config)
    .filter(([key, value]) => key.startsWith(PREFIX) && !isSecret(value))
    .map(([key, value]): [string, unknown] => [key.slice(PREFIX.length), value]);
  const { problems } = checkConfiguration(Object.fromEntries(own), environmentOf(text));
  return problems.map((problem) => formatDiagnostic(problem));
}
