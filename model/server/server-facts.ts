/** The facts about one server: what is declared, what was observed, and what state remembers. */
import type { CertificateDeclaration, CertificateMemory } from "../certificate/certificate-state";
import type { CertificatePolicy } from "../certificate/certificate-policy";
import type { ServerMode, ServerRole, Verification } from "../configuration/configuration";
import type { Observation } from "./observation";

/** What is declared of a server; a change of any of it is a change of the resource. */
export interface ServerDeclaration extends CertificateDeclaration {
  /** Left out for an own application with an own certificate, as in a state of earlier releases. */
  mode?: ServerMode;
  role: ServerRole;
  /** Application (client) id; empty if it is the product's; unknown until the application exists. */
  appId: string;
  passwordWriteback: boolean;
  certificate: CertificatePolicy;
  repairConnectivityParameters: boolean;
  minimumVersion: string;
  verify: Verification;
  programSha256: string;
}

/** What state remembers of a server. */
export interface ServerState extends ServerDeclaration, CertificateMemory {
  registrationRevision: number;
  programRevision: number;
  /** One line per finding of this run; empty in the outputs once acted upon. */
  findings: string[];
  /** Why this server cannot be worked on; empty if it can. */
  problem: string;
}

/** The engine's sentinel for a string that is not known in a preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Everything that a server is judged by. */
export interface ServerFacts {
  /** The application's id comes from state if a reader does not run the program. */
  declaration: Omit<ServerDeclaration, "appId"> & {
    appId?: string;
    renamedFrom?: string | null;
    serviceAccount?: string | null;
    minimumVersionReason?: string | null;
  };
  observation: Observation;
  /**
   * The memory of the last run; null if state does not know the server, undefined if state is not at hand: then the
   * newest generation that host or Entra hold counts as the current one.
   */
  memory: ServerState | null | undefined;
}
