/** Which application a server is to take over, or why it must not. Pure. */
import { LABEL_PREFIX } from "../../model/protocol/host-protocol";
import { applicationMarker } from "../../model/server/labels";
import type { ObservedApplication } from "../../model/server/observation";
import { ProblemError, type Problem } from "../../model/diagnostics/problem";
import { hasResource, resourceUrns } from "./adopt-resources";
import type { AdoptionFacts } from "./adopt-facts";

/** How the application was found: by our marker (state was lost), or by the connector (it was set up by hand). */
export type AdoptionKind = "marked" | "hand-made";

export interface Decision {
  kind: AdoptionKind;
  application: ObservedApplication;
}

/** What Entra Connect calls the applications that it makes by itself. */
const MANAGED_NAME = /^ConnectSyncProvisioning_/;

/** A marker of ours: the stack and server that an application belongs to. Other tags of ours have no slash. */
const MARKER = new RegExp(`^${LABEL_PREFIX}:([^/:]+)/([^/]+)$`);

const describe = ({ appId, displayName }: ObservedApplication) => `application ${appId} ("${displayName}")`;

function refuse(facts: AdoptionFacts, problem: Omit<Problem, "server">): never {
  throw new ProblemError([{ ...problem, server: facts.server.name }]);
}

/** Application and credential in state are the server's already; with the application alone an import goes on. */
function refuseKnown(facts: AdoptionFacts): void {
  const urns = resourceUrns(facts);
  if (!hasResource(facts.state, urns.application) || !hasResource(facts.state, urns.credential)) return;
  refuse(facts, {
    code: "ADOPTION_IN_STATE",
    property: "application",
    actual: `application and credential of this server in the state of stack ${facts.stack}`,
    expected: "a server that state does not know",
    remedy: "There is nothing to adopt. See what differs with: pulumi preview.",
  });
}

/** Another application than the marked one is in use, and nothing says that it is the product's own. */
function refuseTwo(facts: AdoptionFacts, marked: ObservedApplication): void {
  const { used } = facts;
  if (!used || used.appId === marked.appId || MANAGED_NAME.test(used.displayName)) return;
  refuse(facts, {
    code: "ADOPTION_AMBIGUOUS",
    property: "application",
    actual: `${describe(marked)} with this server's marker, and ${describe(used)} in use by the connector`,
    expected: "one application that may be this server's",
    remedy:
      `Take the tag ${applicationMarker({ stack: facts.stack, server: facts.server.name })} from the first one to adopt ` +
      "the second, or link the connector to the first one again.",
  });
}

function usedApplication(facts: AdoptionFacts): ObservedApplication {
  const { host, used, server, stack } = facts;
  const { connector } = host;
  if (connector.identityType === "ServiceAccount") {
    refuse(facts, {
      code: "ADOPTION_PASSWORD_ACCOUNT",
      property: "connector",
      actual: `the password account ${connector.userName}, and no application with this server's marker`,
      expected: "a connector that signs in as an application",
      remedy: "There is nothing to adopt: pulumi up makes the application and switches the connector to it.",
    });
  }
  if (!used) {
    refuse(facts, {
      code: "ADOPTION_APPLICATION_MISSING",
      property: "connector",
      actual: `application ${connector.appId ?? connector.userName}, which this tenant does not hold`,
      expected: "an application of this tenant",
      remedy: "Check that the stack's tenant is the one that this server synchronises into.",
    });
  }
  if (MANAGED_NAME.test(used.displayName)) {
    refuse(facts, {
      code: "ADOPTION_MANAGED_APPLICATION",
      property: "connector",
      actual: `${describe(used)}, which Entra Connect made and manages itself`,
      expected: "an application that an administrator made",
      remedy: "Do not adopt it: pulumi up makes an application of this stack's own and switches the connector to it.",
    });
  }
  const foreign = used.tags.map((tag) => MARKER.exec(tag)).find((match) => match !== null);
  if (foreign) {
    refuse(facts, {
      code: "ADOPTION_OTHER_SERVER",
      property: "application",
      actual: `${describe(used)} with the marker of server "${foreign[2]}" of stack "${foreign[1]}"`,
      expected: `no marker, or that of "${server.name}" of stack "${stack}"`,
      remedy:
        "It belongs to that declaration: adopt it there, or leave it there first (npx connect-sync-identity leave) and remove the tag.",
    });
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
  const holders = inState.filter((resource) => resource.urn !== urn).map((resource) => resource.urn.split("::").at(-1));
  if (users.length === 0 && holders.length === 0) return;
  const others = [...users, ...holders.map((name) => `${name} in state`)].join(", ");
  refuse(facts, {
    code: "ADOPTION_SHARED",
    property: "application",
    actual: `${describe(used)}, which is also used by ${others}`,
    expected: "an application of this server alone",
    remedy:
      "No two servers may share an application. Adopt it for one of them; pulumi up makes one of its own for the other.",
  });
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
