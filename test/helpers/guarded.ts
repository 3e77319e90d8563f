/** Builders for the guard's tests: what it sees of a server if everything is declared, and the undeclared objects of the tests. */
import type { CredentialDeclaration, CredentialView } from "../../model/guard/guard-view";
import type { CredentialGuardInputs } from "../../model/guard/guard-state";
import type { ObservedApplication, ObservedKey, ObservedSecret } from "../../model/server/observation";
import { generationFacts, NOW } from "./certificates";
import { application, hostFacts, IDENTITY, OBJECT_ID, PIPELINE_OBJECT_ID, SYNC_ROLE_ID } from "./observations";

export const STRANGER = "12345678-2222-4333-8444-555555555555";

export const foreignKey = (changes: Partial<ObservedKey> = {}): ObservedKey => ({
  keyId: STRANGER,
  sha256: "f".repeat(64),
  subject: "CN=backdoor",
  startDateTime: NOW.toISOString(),
  endDateTime: "2027-10-01T12:00:00Z",
  ...changes,
});

export const foreignSecret: ObservedSecret = {
  keyId: STRANGER,
  displayName: "backdoor",
  startDateTime: null,
  endDateTime: "2027-10-01T12:00:00Z",
};

/** A healthy view of generations of this server; the newest is in use. */
export async function viewOf(...generations: number[]): Promise<CredentialView & { application: ObservedApplication }> {
  const certificates = await Promise.all(generations.map((generation) => generationFacts(IDENTITY, generation)));
  const hashes = certificates.map(({ sha256 }) => sha256);
  return {
    application: structuredClone(application(...certificates)),
    host: { certificates: hashes },
    fleet: [{ server: IDENTITY.server, host: hostFacts(certificates.at(-1)!) }],
    audit: [],
  };
}

export const declaration = (changes: Partial<CredentialDeclaration> = {}): CredentialDeclaration => ({
  server: IDENTITY.server,
  policy: "report",
  identities: [IDENTITY],
  owners: [PIPELINE_OBJECT_ID],
  principalOwners: [PIPELINE_OBJECT_ID],
  roles: [SYNC_ROLE_ID],
  keys: [],
  ...changes,
});

/** What the program passes to `check` of a server's guard. */
export const guardInputs = (
  view: CredentialView,
  changes: Partial<CredentialGuardInputs> = {},
): CredentialGuardInputs => ({
  ...IDENTITY,
  application: OBJECT_ID,
  policy: "report",
  owners: [PIPELINE_OBJECT_ID],
  principalOwners: [PIPELINE_OBJECT_ID],
  roles: [SYNC_ROLE_ID],
  keys: [],
  renamedFrom: null,
  view,
  run: "run 1",
  ...changes,
});
