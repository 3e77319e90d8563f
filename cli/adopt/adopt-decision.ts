/** Which application a server adopts, or why it must not. Pure. */
import { LABEL_PREFIX } from "../../model/protocol/host-protocol";
import { applicationMarker } from "../../model/server/labels";
import type { ObservedApplication } from "../../model/server/observation";
import { isManagedName } from "../../model/tenant/managed-application";
import { diagnose, ProblemError, type Diagnostic } from "../../model/diagnostics/diagnostic";
import { hasResource, isSame, resourceUrns } from "./adopt-resources";
import type { AdoptionFacts } from "./adopt-facts";

/** How the application was found: by our marker (state was lost), or by the connector (it was set up by hand). */
type AdoptionKind = "marked" | "hand-made";

export interface Decision {
  kind: AdoptionKind;
  application: ObservedApplication;
}

/** A marker of ours: the stack and server that an application belongs to. Other tags of ours have no slash. */
const MARKER = new RegExp(`^${LABEL_PREFIX}:([^/:]+)/([^/]+)$`);

const describe = ({ appId, displayName }: ObservedApplication) => `application ${appId} ("${displayName}")`;

function refuse(problem: Diagnostic): never {
  throw new ProblemError([problem]);
}

/** Application and credential in state are the server's already; with the application alone an import goes on. */
function refuseKnown(facts: AdoptionFacts): void {
  const urns = resourceUrns(facts);
  if (!hasResource(facts.state, urns.application) || !hasResource(facts.state, urns.credential)) return;
  refuse(diagnose("ADOPTION_IN_STATE", facts.server.name, { stack: facts.stack }));
}

/** Another application than the marked one is in use, and nothing says that it is the product's own. */
function refuseTwo(facts: AdoptionFacts, marked: ObservedApplication): void {
  const { used } = facts;
  if (!used || used.appId === marked.appId || isManagedName(used.displayName)) return;
  const { name: server } = facts.server;
  const marker = applicationMarker({ stack: facts.stack, server });
  refuse(diagnose("ADOPTION_AMBIGUOUS", server, { marked: describe(marked), used: describe(used), marker }));
}

function usedApplication(facts: AdoptionFacts): ObservedApplication {
  const { host, used, stack } = facts;
  const { name: server } = facts.server;
  const { identityType, userName, appId } = host.connector;
  if (identityType === "ServiceAccount") refuse(diagnose("ADOPTION_PASSWORD_ACCOUNT", server, { account: userName }));
  if (!used) refuse(diagnose("ADOPTION_APPLICATION_MISSING", server, { appId: appId ?? userName }));
  if (isManagedName(used.displayName)) {
    refuse(diagnose("ADOPTION_MANAGED_APPLICATION", server, { used: describe(used) }));
  }
  const foreign = used.tags.map((tag) => MARKER.exec(tag)).find((match) => match !== null);
  if (foreign) {
    const [, otherStack, otherServer] = foreign;
    const values = { used: describe(used), server, stack, otherServer, otherStack };
    refuse(diagnose("ADOPTION_OTHER_SERVER", server, values));
  }
  refuseShared(facts, used);
  return used;
}

function refuseShared(facts: AdoptionFacts, used: ObservedApplication): void {
  const users = Object.keys(facts.neighbours).filter((name) => facts.neighbours[name] === used.appId);
  const inState = facts.state.filter(
    ({ type, id }) => type.endsWith(":Application") && id?.endsWith(`/${used.objectId}`),
  );
  const urn = resourceUrns(facts).application;
  const holders = inState
    .filter((resource) => !isSame(resource.urn, urn))
    .map((resource) => resource.urn.split("::").at(-1));
  if (users.length === 0 && holders.length === 0) return;
  const others = [...users, ...holders.map((name) => `${name} in state`)].join(", ");
  refuse(diagnose("ADOPTION_SHARED", facts.server.name, { used: describe(used), others }));
}

/**
 * Decides by marker first, then by what the connector uses.
 * @throws ProblemError with the one reason for which nothing may be taken over
 */
export function decideAdoption(facts: AdoptionFacts): Decision {
  refuseKnown(facts);
  if (facts.marked) {
    refuseTwo(facts, facts.marked);
    return { kind: "marked", application: facts.marked };
  }
  return { kind: "hand-made", application: usedApplication(facts) };
}
