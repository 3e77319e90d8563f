/** Revocation: a server's key credential goes now, although the server stops synchronising. Needs no working server. */
import { issuedHash } from "../../model/certificate/certificate-source";
import { applicationMarker, generationOf, revocationOf, type ServerIdentity } from "../../model/server/labels";
import type { ObservedApplication, ObservedKey } from "../../model/server/observation";
import { diagnose, ProblemError } from "../../model/diagnostics/diagnostic";
import { observeApplication } from "../../remote/graph";
import { revokeCredentials } from "../../remote/revocation";
import { announce, during } from "../../console/progress";
import { confirmServer } from "../../console/prompt";
import type { Result } from "../../console/result";
import { identityOfServer } from "../stack/stack-server";
import { configurationLine, pulumiLine } from "../stack/next-steps";
import { holdingStack } from "../stack/stack-lock";
import type { StackContext } from "../stack/stack-context";

function keyLine({ keyId, sha256, subject, endDateTime }: ObservedKey): string {
  return `  key ${keyId}: ${subject || "without a name"}, certificate ${sha256 ?? "unknown"}, until ${endDateTime}`;
}

/** Other ways to sign in as the application, which a revocation of its keys leaves open. */
function others({ secrets, federatedCredentials, principal }: ObservedApplication): string[] {
  const count = (number: number, what: string) => (number === 0 ? [] : [`${number} ${what}`]);
  return [
    ...count(secrets.length, "client secret(s) of the application"),
    ...count(federatedCredentials.length, "federated credential(s) of the application"),
    ...count(principal?.keys.length ?? 0, "key(s) of the service principal"),
    ...count(principal?.secrets.length ?? 0, "client secret(s) of the service principal"),
  ];
}

/** Information before the name is typed. */
function revocationPlan(server: string, application: ObservedApplication): string[] {
  const open = others(application);
  return [
    `${server}: application "${application.displayName}" (${application.appId}) loses its key credentials:`,
    ...(application.keys.length > 0 ? application.keys.map(keyLine) : ["  none left; only the tag is written"]),
    "What stops working:",
    `  - Synchronisation by ${server}, password hash synchronisation and password writeback with it, until it gets a new credential.`,
    "  - Tokens that were issued already stay valid until they expire, up to about an hour and a half.",
    "  - No other server takes over by itself.",
    "A revocation on a CA does not do this: Entra is not documented to look at its list for an application.",
    ...(open.length > 0 ? [`NOT removed, and still a way to sign in as this application: ${open.join(", ")}.`] : []),
    "pulumi up does not undo this: it needs a rotation that you request in the configuration.",
  ];
}

/**
 * Beyond any number of rotations: what a later run is on must not be newer than the revocation, or it would upload the
 * certificate again. A rotation afterwards counts on from there.
 */
const BEYOND_ALL = 1000;

/**
 * The newest generation that state, a key or an earlier revocation contains; at least the first.
 *
 * @param named the certificate is declared by its hash: it carries no generation, so that only state knows it
 */
export function newestKnown(
  identity: ServerIdentity,
  remembered: number | null,
  { keys, tags }: Pick<ObservedApplication, "keys" | "tags">,
  named: boolean,
): number {
  const generations = keys.map(({ subject }) => generationOf(identity, subject) ?? 1);
  const revoked = revocationOf(tags)?.generation ?? 0;
  const known = Math.max(1, remembered ?? 1, revoked, ...generations);
  const isDone = keys.length === 0 && revoked > 0;
  return remembered === null && named && !isDone ? known + BEYOND_ALL : known;
}

function comeBack(stack: string, server: string, issued: boolean): string[] {
  if (issued) {
    return [
      "To resume synchronisation, after the cause is resolved: name another certificate of the CA in",
      `certificate.source.sha256 of ${server}, then`,
      `  ${pulumiLine(stack, "up")}`,
      `Until then every preview reports credential-revoked for ${server}.`,
    ];
  }
  const setting = configurationLine(stack, `connect-sync-identity:servers.${server}.rotate`, "after the revocation");
  return [
    "To resume synchronisation, after the cause is resolved: set rotate of the server to any new text, then",
    `  ${setting}`,
    `  ${pulumiLine(stack, "up")}`,
    `Until then every preview reports credential-revoked for ${server}.`,
  ];
}

async function find(context: StackContext, identity: ServerIdentity): Promise<ObservedApplication> {
  const { server, stack } = identity;
  const former = context.configuration.servers.find(({ name }) => name === server)?.renamedFrom;
  for (const name of [server, ...(former ? [former] : [])]) {
    const marker = applicationMarker({ stack, server: name });
    const application = await observeApplication(context.tenantAccess, server, marker);
    if (application) return application;
  }
  const expected = `an application with the tag ${applicationMarker(identity)}`;
  const values = { expected, actual: "none in Entra that carries this server's marker" };
  throw new ProblemError([diagnose("APPLICATION_MISSING", server, values, { remedy: "revoke" })]);
}

const LEFT = "some keys may be removed already; run the same command again to complete the revocation";

/** Removes the key credentials of a server's application. Does nothing if they are gone. */
export async function revoke(
  context: StackContext,
  name: string,
  given: string | undefined,
  result: Result,
): Promise<number> {
  const { stack } = context;
  const { identity, generation: remembered, appId: known } = await identityOfServer(context, name);
  const declared = context.configuration.servers.find((server) => server.name === name);
  if (declared && declared.mode !== "byoa") {
    const values = { mode: declared.mode, appId: known || "<applicationId of the outputs>", keyId: "<key id>" };
    throw new ProblemError([diagnose("REVOCATION_MODE", name, values)]);
  }
  const application = await find(context, identity);
  const issued = declared !== undefined && issuedHash(declared.certificate) !== undefined;
  const named = issued || (declared?.adopt ?? null) !== null;
  const generation = newestKnown(identity, remembered, application, named);
  const { objectId, appId } = application;
  const earlier = revocationOf(application.tags);
  if (application.keys.length === 0 && earlier && earlier.generation >= generation) {
    result.lines(`${name}: revoked already on ${earlier.at}; nothing was changed`, ...comeBack(stack, name, issued));
    result.object({ stack, server: name, appId, changed: false, removed: [], revokedAt: earlier.at });
    return 0;
  }
  revocationPlan(name, application).forEach(announce);
  await confirmServer(name, { given, option: "--confirm <name>" });
  const what = { server: name, objectId, appId, generation };
  const { removed, tag } = await during(`${name}: removing its key credentials`, LEFT, () =>
    // In an emergency only a run that is under way may stop it, not a Pulumi that cannot run.
    holdingStack(
      context,
      `revoke ${name}`,
      () => revokeCredentials(context.tenantAccess, what, new Date()),
      (problem) => announce(`without the stack's lock: ${problem}`),
    ),
  );
  result.lines(
    ...removed.map(
      ({ keyId, displayName }) => `${name}: removed key ${keyId}${displayName ? ` (${displayName})` : ""}`,
    ),
    `${name}: application ${appId} has no key credential left; tagged ${tag}`,
    ...comeBack(stack, name, issued),
  );
  const keys = removed.map(({ keyId }) => keyId);
  result.object({ stack, server: name, appId, changed: true, removed: keys, tag });
  return 0;
}
