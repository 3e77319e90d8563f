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
  /** Application (client) id; empty if Entra Connect manages both; unknown until the application exists. */
  appId: string;
  /** Object id of the product's application that an own certificate is on; left out in every other mode. */
  applicationObjectId?: string;
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
  /**
   * Of a server with its own certificate on the product's application: the last certificate that its connector was seen to
   * use and that was not this project's; empty if there was none. Left out in every other mode.
   */
  formerSha256?: string;
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
  declaration: Omit<ServerDeclaration, "appId" | "applicationObjectId"> & {
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
