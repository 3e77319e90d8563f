/** Differences between the adopted and the declared, and what the next `up` does about them. Pure. */
import { SINGLE_TENANT } from "../../model/tenant/clouds";
import { LABEL_PREFIX, SOFTWARE_PROVIDER } from "../../model/protocol/host-protocol";
import { applicationMarker } from "../../model/server/labels";
import type { AdoptionFacts } from "./adopt-facts";
import type { AdoptionPlan } from "./adopt-plan";

export interface Difference {
  property: string;
  found: string;
  declared: string;
  /** What the next `up` does, or a person has to. */
  then: string;
  /** Whether the difference is on the server, so that the server does not match state. */
  onHost: boolean;
}

type Row = [property: string, found: string, declared: string, then: string];

const list = (names: readonly string[]) => (names.length === 0 ? "none" : names.join(", "));
const short = (sha256: string) => `${sha256.slice(0, 12)}...`;

function applicationRows(facts: AdoptionFacts, { application }: AdoptionPlan): Row[] {
  const { server, stack, pipeline } = facts;
  const rows: Row[] = [];
  const { applicationName } = server;
  if (application.displayName !== applicationName) {
    rows.push(["name", `"${application.displayName}"`, `"${applicationName}"`, "renamed; its id stays"]);
  }
  const tags = [LABEL_PREFIX, applicationMarker({ stack, server: server.name })];
  const missing = tags.filter((tag) => !application.tags.includes(tag));
  if (missing.length > 0)
    rows.push(["marker", list(application.tags), list(tags), "tags are set to the declared ones"]);
  if (application.signInAudience !== SINGLE_TENANT) {
    rows.push(["sign-in audience", application.signInAudience, SINGLE_TENANT, "set to this tenant alone"]);
  }
  const owners = application.owners.map(({ id }) => id).sort();
  const declared = facts.owners.map((owner) => (owner === "pipeline" ? (pipeline ?? owner) : owner)).sort();
  if (owners.join() !== declared.join()) {
    const names = application.owners.map(({ name }) => name);
    const reach = facts.ownsOnly && pipeline !== null && !owners.includes(pipeline);
    const then = reach
      ? "first make the pipeline an owner of application and service principal: it can only change what it owns"
      : "set to the declared ones";
    rows.push(["owners", list(names), list(declared), then]);
  }
  if (!application.lock) rows.push(["instance property lock", "off", "on", "switched on"]);
  return rows;
}

function principalRows(plan: AdoptionPlan): Row[] {
  const { principal } = plan.application;
  if (!principal) return [["service principal", "none", "one", "made, with its roles"]];
  const rows: Row[] = [];
  if (!principal.accountEnabled) rows.push(["service principal", "disabled", "enabled", "enabled"]);
  if (plan.missingRoles.length > 0) {
    rows.push(["application roles", `without ${list(plan.missingRoles)}`, "assigned", "assigned"]);
  }
  const ours = new Set(plan.assignments.map(({ id }) => id));
  const other = principal.appRoles.filter(({ id }) => !ours.has(id));
  if (other.length > 0) {
    const names = other.map(({ resourceName, appRoleId }) => `${appRoleId} of ${resourceName}`);
    rows.push(["application roles", list(names), "none besides the declared", "remove or declare them by hand"]);
  }
  return rows;
}

/** Other credentials besides the adopted key credential. */
function credentialRows(facts: AdoptionFacts, { application, key, certificate }: AdoptionPlan): Row[] {
  const rows: Row[] = [];
  const others = application.keys.filter(({ keyId }) => keyId !== key?.keyId);
  const guard =
    facts.credentialPolicy === "enforce"
      ? "removed, as credentialPolicy is enforce"
      : "reported until a person removes it";
  if (others.length > 0) {
    const names = others.map(({ keyId, subject }) => `${keyId} (${subject})`);
    rows.push(["key credentials", `also ${list(names)}`, "the one in use", guard]);
  }
  if (certificate && !key) rows.push(["key credential", "none of this certificate", "uploaded", "uploaded"]);
  const { secrets, federatedCredentials } = application;
  if (secrets.length > 0) rows.push(["secrets", list(secrets.map(({ keyId }) => keyId)), "none", guard]);
  if (federatedCredentials.length > 0) {
    rows.push(["federated credentials", list(federatedCredentials.map(({ name }) => name)), "none", guard]);
  }
  return rows;
}

function certificateRows(facts: AdoptionFacts, { certificate }: AdoptionPlan): Row[] {
  const { connector } = facts.host;
  if (!certificate) {
    const found = connector.certificateSha256
      ? `${short(connector.certificateSha256)}, not in LocalMachine\\My`
      : "none";
    return [
      [
        "certificate",
        found,
        "in LocalMachine\\My",
        "a new key and certificate are created; the connector switches to them",
      ],
    ];
  }
  const { keyProvider, keyUsable, keyProblem, sha256 } = certificate.facts;
  const { keyProvider: wanted } = facts.server.certificate;
  const rotated = "replaced by a new key and certificate, once the server is taken over";
  const rows: Row[] = [];
  if (keyProvider !== wanted) {
    const found = keyProvider === SOFTWARE_PROVIDER ? "in software" : (keyProvider ?? "none");
    rows.push(["private key", found, wanted, rotated]);
  }
  if (!keyUsable)
    rows.push(["private key", `not usable: ${keyProblem ?? "no reason given"}`, "one that signs", rotated]);
  if (connector.certificateSha256 !== sha256) {
    const used = connector.certificateSha256 ? short(connector.certificateSha256) : connector.userName;
    rows.push(["connector", used, short(sha256), "the connector is switched"]);
  }
  return rows;
}

function programRows({ host, programSha256 }: AdoptionFacts): Row[] {
  if (host.program.sha256 === programSha256) return [];
  const found = host.program.sha256 ? `another version, ${short(host.program.sha256)}` : "not installed";
  return [["host program", found, `this version, ${short(programSha256)}`, "copied to the server"]];
}

/** Every difference, the tenant's first. */
export function findDifferences(facts: AdoptionFacts, plan: AdoptionPlan): Difference[] {
  const asDifference = (onHost: boolean) => (row: Row) => {
    const [property, found, declared, then] = row;
    return { property, found, declared, then, onHost };
  };
  const tenant = [...applicationRows(facts, plan), ...principalRows(plan), ...credentialRows(facts, plan)];
  const host = [...certificateRows(facts, plan), ...programRows(facts)];
  return [...tenant.map(asDifference(false)), ...host.map(asDifference(true))];
}
