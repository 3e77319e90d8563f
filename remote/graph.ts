/** The one Graph read of an observation: the application that carries a server's marker, with its keys. */
import { setTimeout as sleep } from "node:timers/promises";
import { readCertificate } from "../model/certificate-policy";
import type { ObservedApplication, ObservedKey, ObservedSecret } from "../model/observation";
import { ProblemError, type Problem } from "../model/problem";
import type { TenantAccess } from "./tenant-access";

const ATTEMPTS = 4;
const REQUEST_SECONDS = 20;
/** Where the service does not say how long to wait, and the longest that is waited for one answer. */
const DEFAULT_WAIT_SECONDS = 1;
const LONGEST_WAIT_SECONDS = 20;

interface GraphKey {
  keyId: string;
  displayName: string | null;
  key: string | null;
  startDateTime: string;
  endDateTime: string;
}

interface GraphSecret {
  keyId: string;
  displayName: string | null;
  startDateTime?: string | null;
  endDateTime: string | null;
}

interface GraphApplication {
  id: string;
  appId: string;
  displayName: string;
  tags: string[];
  signInAudience: string;
  keyCredentials: GraphKey[];
  passwordCredentials: GraphSecret[];
  servicePrincipalLockConfiguration: { isEnabled?: boolean; allProperties?: boolean } | null;
}

const APPLICATION_PROPERTIES =
  "id,appId,displayName,tags,signInAudience,keyCredentials,passwordCredentials,servicePrincipalLockConfiguration";

function tenantProblem(server: string, code: string, actual: string, remedy: string): Problem {
  return { code, server, property: "application in Entra", actual, expected: "an answer of Microsoft Graph", remedy };
}

/** A key may hold DER or, as the azuread provider writes it, PEM text; both in base64. */
function certificateOfKey(key: string): ReturnType<typeof readCertificate> {
  const bytes = Buffer.from(key, "base64");
  const pem = /-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/.exec(bytes.toString("latin1"));
  return readCertificate(pem ? Buffer.from(pem[1], "base64") : bytes);
}

function observedKey(key: GraphKey): ObservedKey {
  const certificate = key.key ? certificateOfKey(key.key) : null;
  return {
    keyId: key.keyId,
    sha256: certificate?.sha256 ?? null,
    subject: certificate?.subject ?? key.displayName ?? "",
    startDateTime: key.startDateTime,
    endDateTime: key.endDateTime,
  };
}

function observedSecret({ keyId, displayName, startDateTime, endDateTime }: GraphSecret): ObservedSecret {
  return { keyId, displayName: displayName ?? "", startDateTime: startDateTime ?? null, endDateTime };
}

/** The application permissions in an access token; null where it is no JWT that tells them, or a user's own. */
function rolesIn(token: string): string[] | null {
  try {
    const { roles } = JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString("utf8")) as {
      roles?: string[];
    };
    return roles ?? null;
  } catch {
    return null;
  }
}

/**
 * Refuses applications without the pipeline among their owners where it may change only what it owns: the provider
 * makes them, takes the caller from the owners, and nobody in the pipeline can go on from there.
 */
function checkOwnership(server: string, token: string): void {
  const roles = rolesIn(token);
  if (!roles || roles.includes("Application.ReadWrite.All") || !roles.includes("Application.ReadWrite.OwnedBy")) return;
  const problem: Problem = {
    code: "OWNERS_LOCK_OUT",
    server,
    property: "owners",
    actual: "others or none, and a pipeline with Application.ReadWrite.OwnedBy only",
    expected: '"pipeline" among the owners, or a pipeline with Application.ReadWrite.All',
    remedy:
      'Add "pipeline" to owners, or grant Application.ReadWrite.All: else the pipeline locks itself out half-way.',
  };
  throw new ProblemError([problem]);
}

async function get(access: TenantAccess, server: string, path: string, ownsNothing: boolean): Promise<unknown> {
  const { endpoints, credential } = await access.connect();
  const token = await credential.getToken(`${endpoints.graph}.default`);
  if (!token) throw new Error("no token was issued");
  if (ownsNothing) checkOwnership(server, token.token);
  const url = `${endpoints.graph}v1.0/${path}`;
  for (let attempt = 1; ; attempt += 1) {
    const signal = AbortSignal.timeout(REQUEST_SECONDS * 1000);
    const response = await fetch(url, { headers: { authorization: `Bearer ${token.token}` }, signal });
    if (response.ok) return response.json();
    const body = (await response.json().catch(() => ({}))) as { error?: { code?: string; message?: string } };
    if (![429, 503, 504].includes(response.status) || attempt === ATTEMPTS) {
      const actual = `${response.status} ${body.error?.code ?? ""}: ${body.error?.message ?? "no reason given"}`;
      const forbidden = response.status === 401 || response.status === 403;
      const remedy = forbidden
        ? "Grant the pipeline's identity Application.Read.All (Microsoft Graph, application permission) with admin consent."
        : "Wait and run again.";
      throw new ProblemError([
        tenantProblem(server, forbidden ? "GRAPH_FORBIDDEN" : "GRAPH_UNAVAILABLE", actual, remedy),
      ]);
    }
    const wait = Number(response.headers.get("retry-after")) || DEFAULT_WAIT_SECONDS * attempt;
    await sleep(Math.min(wait, LONGEST_WAIT_SECONDS) * 1000);
  }
}

/**
 * Reads the application with this marker.
 * @param ownsNothing the pipeline is not to be among the owners; refused where it could not go on then
 * @returns null where Entra holds none
 * @throws ProblemError OWNERS_LOCK_OUT, GRAPH_FORBIDDEN, GRAPH_UNAVAILABLE, or APPLICATION_AMBIGUOUS where several carry the marker
 */
export async function observeApplication(
  access: TenantAccess,
  server: string,
  marker: string,
  ownsNothing = false,
): Promise<ObservedApplication | null> {
  const filter = encodeURIComponent(`tags/any(t:t eq '${marker.replace(/'/g, "''")}')`);
  const path = `applications?$filter=${filter}&$select=${APPLICATION_PROPERTIES}`;
  const { value } = (await get(access, server, path, ownsNothing)) as { value: GraphApplication[] };
  if (value.length > 1) {
    const ids = value.map((application) => application.appId).join(", ");
    const remedy = "Remove the tag from those that are not this server's.";
    throw new ProblemError([
      tenantProblem(server, "APPLICATION_AMBIGUOUS", `several with the tag ${marker}: ${ids}`, remedy),
    ]);
  }
  const [application] = value;
  if (!application) return null;
  const lock = application.servicePrincipalLockConfiguration;
  return {
    objectId: application.id,
    appId: application.appId,
    displayName: application.displayName,
    tags: application.tags,
    signInAudience: application.signInAudience,
    keys: application.keyCredentials.map(observedKey),
    secrets: application.passwordCredentials.map(observedSecret),
    federatedCredentials: [],
    owners: [],
    lock: lock?.isEnabled === true && lock.allProperties === true,
    principal: null,
  };
}
