/** `sandbox status --json`: what tenant and servers hold, read from them. The names are a contract. */
import type {
  ConnectorFacts,
  HostObservation,
  KeyAccess,
  RunResult,
  SchedulerFacts,
} from "../../model/protocol/host-protocol";
import type { TenantDescription } from "../tenant/describe";

export interface CertificateStatus {
  sha256: string;
  friendlyName: string;
  notAfter: string;
  /** Full name of the key storage provider, null where there is no key. */
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
  /** Names of the operations that were run, newest last. */
  journal: string[];
}

export interface SandboxStatus {
  /** The sandbox's time, UTC. */
  now: string;
  cloud: "global";
  tenant: TenantDescription;
  servers: ServerStatus[];
}
