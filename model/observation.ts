/** What a run saw of one server and its application, and of what it could not see. */
import type { HostObservation } from "./host-protocol";
import type { Problem } from "./problem";

/** A key credential of an application, as Entra holds it. */
export interface ObservedKey {
  keyId: string;
  /** Hash of the certificate, null where Entra shows no key bytes. */
  sha256: string | null;
  /** Subject of the certificate, else the credential's display name. */
  subject: string;
  startDateTime: string;
  endDateTime: string;
}

/** The application that carries a server's marker. */
export interface ObservedApplication {
  objectId: string;
  appId: string;
  displayName: string;
  keys: ObservedKey[];
}

/** One observation of one server: host and tenant, each seen or not seen with the reason. */
export interface Observation {
  host: { facts: HostObservation; problem: null } | { facts: null; problem: Problem };
  /** `application` is null where Entra holds none with the server's marker. */
  tenant: { application: ObservedApplication | null; problem: null } | { application: null; problem: Problem };
}
