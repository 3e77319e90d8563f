/** The content of one server in `sandbox status`. The names are a contract. */
import type {
  ConnectorFacts,
  HostObservation,
  KeyAccess,
  RunResult,
  SchedulerFacts,
} from "../../model/protocol/host-protocol";

interface CertificateStatus {
  sha256: string;
  friendlyName: string;
  notAfter: string;
  /** Full name of the key storage provider; null if there is no key. */
  keyProvider: string | null;
  keyUsable: boolean;
  acl: KeyAccess[] | null;
}

export interface ServerStatus {
  name: string;
  role: "active" | "staging";
  version: string;
  connector: Pick<ConnectorFacts, "identityType" | "appId" | "certificateSha256" | "parameters">;
  certificates: CertificateStatus[];
  scheduler: SchedulerFacts;
  program: { sha256: string | null };
  /** The last runs of the synchronisation, newest last. */
  runHistory: RunResult[];
  /** A registration that waits for an administrator's sign-in. */
  signIn: HostObservation["signIn"];
  /** A switch that is not verified. */
  unverified: HostObservation["unverified"];
  /** The name that the product gives this server's password account. */
  legacyAccountName: string | null;
  /** Names of the operations that ran, newest last. */
  journal: string[];
}
