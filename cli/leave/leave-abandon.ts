/** `leave --abandon`: removes a server's resources from state; server and Entra remain unchanged. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { PROGRAM_FOLDER } from "../../model/protocol/host-protocol";
import { diagnose, ProblemError, type Diagnostic } from "../../model/diagnostics/diagnostic";
import { announce, during } from "../../console/progress";
import { CommandError } from "../../console/errors";
import { confirmServer } from "../../console/prompt";
import type { LeaveContext } from "./leave-rollback";
import { findInState, resourcesOf, type StackServer } from "../stack/stack-server";
import { operationLine, pulumiLine } from "../stack/next-steps";
import type { StateResource, StackContext } from "../stack/stack-context";

/** A stack's export, whole: what is not read here must reach the import unchanged. */
interface Exported {
  deployment: { resources?: StateResource[] } | null;
}

/** Properties of a resource in state that name others by URN, alone, in a list, or in lists by property. */
const REFERENCES = ["dependencies", "propertyDependencies", "deletedWith", "replaceWith"] as const;

function withoutReferences(resource: StateResource, gone: ReadonlySet<string>): StateResource {
  const keep = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.filter((urn) => !gone.has(String(urn)));
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([property, urns]) => [property, keep(urns)]));
    }
    return typeof value === "string" && gone.has(value) ? undefined : value;
  };
  const changed: Record<string, unknown> = { ...resource };
  for (const name of REFERENCES) if (changed[name] !== undefined) changed[name] = keep(changed[name]);
  return changed as unknown as StateResource;
}

/**
 * A state without a server. Other servers' switches wait for this one's, so what is left must not name it any more:
 * `pulumi state delete` refuses there, or takes the other servers' registrations along.
 */
export function withoutServer(server: string, resources: readonly StateResource[]): StateResource[] {
  const gone = new Set(resourcesOf(server, resources).map(({ urn }) => urn));
  return resources.filter(({ urn }) => !gone.has(urn)).map((resource) => withoutReferences(resource, gone));
}

/** Why a server of this stack is not abandoned; null if it may be. What is left would go on working, unmonitored. */
export function abandonRefusal(
  { stack, configuration: { environment } }: Pick<StackContext, "stack" | "configuration">,
  server: string,
): Diagnostic | null {
  if (environment !== "production") return null;
  return diagnose("ABANDON_REFUSED", server, { stack, server });
}

/** What remains, and how to adopt it again. */
function abandonPlan(stack: string, { identity, resources, appId }: StackServer): string[] {
  const { server } = identity;
  return [
    `${server}: ${resources.length} resources are removed from the state of stack ${stack}. Server and Entra are neither read nor changed.`,
    "These remain in use:",
    `  - in Entra: application ${appId ?? "(none yet)"}, its service principal, roles and key credential`,
    `  - on the server: the connector as it is, certificate and key, the program in ${PROGRAM_FOLDER}`,
    "The certificate is no longer rotated, and the credentials are no longer monitored or removed. The server may still",
    "synchronise, so previews report it as role-holder-foreign until allowedRoleHolders lists it.",
    `To adopt it again: ${operationLine(stack, "adopt", server)}`,
  ];
}

async function pulumi(context: StackContext, args: string[]): Promise<string> {
  const { code, stdout, stderr } = await context.pulumi([...args, "--non-interactive"]);
  if (code === 0) return stdout;
  throw new CommandError(`pulumi ${args.slice(0, 2).join(" ")} failed: ${(stderr || stdout).trim()}`);
}

const LEFT = "the server may or may not be in state; run the same command again, which reports the result";

/** Removes a server from state. @throws CommandError if Pulumi refuses, for instance because another run has locked the state */
async function removeFromState(context: StackContext, server: string): Promise<void> {
  const exported = JSON.parse(await pulumi(context, ["stack", "export"])) as Exported;
  const resources = withoutServer(server, exported.deployment?.resources ?? []);
  const changed = { ...exported, deployment: { ...exported.deployment, resources } };
  // State travels through a file that only this user can read; its secrets stay encrypted.
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-state-"));
  try {
    const file = path.join(folder, "state.json");
    fs.writeFileSync(file, JSON.stringify(changed), { mode: 0o600 });
    await pulumi(context, ["stack", "import", "--file", file]);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Removes a server's resources from state, and changes nothing else. Needs neither the server nor Entra.
 *
 * @throws UsageError, CommandError, or ProblemError if the stack is one of production or state holds nothing of the server
 */
export async function abandon(
  context: StackContext,
  name: string,
  { yes, terminal, result }: LeaveContext,
): Promise<void> {
  const refusal = abandonRefusal(context, name);
  if (refusal) throw new ProblemError([refusal]);
  const server = await findInState(context, name);
  const { stack } = context;
  abandonPlan(stack, server).forEach(announce);
  await confirmServer(name, { given: yes || undefined, option: "--yes", terminal });
  await during(`${name}: removing it from the state of stack ${stack}`, LEFT, () => removeFromState(context, name));
  const left = resourcesOf(name, await context.state());
  if (left.length > 0) throw new CommandError(`${name}: still in state: ${left.map(({ urn }) => urn).join(", ")}`);
  const next = server.declared
    ? [
        `Next: remove ${name} from connect-sync-identity:servers in the stack's configuration, before the next run.`,
        `  Until then a preview fails, as Entra has an application of ${name} that is not in state.`,
      ]
    : [`Next: ${pulumiLine(stack, "preview")} shows nothing of ${name} any more.`];
  result.lines(`${name}: removed from state`, ...next);
  result.object({ stack, server: name, changed: true, resources: server.resources.length });
}
