/** Observes a server in one SSH session: runs the installed program if it is current, else the program from stdin. */
import { PROTOCOL_VERSION, type HostObservation, type ObserveRequest } from "../model/protocol/host-protocol";
import { labelPrefix, type ServerIdentity } from "../model/server/labels";
import { runHostOperation } from "./host-operation";
import type { HostProgramFiles } from "./host-program-files";
import type { SshTarget } from "./ssh-target";

/** Maximum seconds of an observation on the host; it reads an event log and opens keys in a TPM. */
const OBSERVE_SECONDS = 120;
/** How far back the event log is read. */
const EVENT_HOURS = 24;

/**
 * Observes one server. Changes and installs nothing there.
 * @param issuedSha256 a certificate that is declared by its hash
 * @throws ProblemError if the host cannot be reached or does not answer
 */
export async function observeHost(
  target: SshTarget,
  identity: ServerIdentity,
  program: HostProgramFiles,
  issuedSha256?: string,
): Promise<HostObservation> {
  const request: ObserveRequest = {
    protocol: PROTOCOL_VERSION,
    server: identity.server,
    labelPrefix: labelPrefix(identity),
    eventHours: EVENT_HOURS,
    ...(issuedSha256 === undefined ? {} : { issuedSha256 }),
  };
  const options = { property: "observation", limitSeconds: OBSERVE_SECONDS, plugin: "sftp-before-a-copy" } as const;
  return (await runHostOperation({ ...target, server: identity.server }, "observe", request, program, options)).result;
}
