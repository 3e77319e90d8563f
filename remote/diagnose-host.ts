/** Diagnoses a server in one SSH session: runs the installed program if it is current, else the program from stdin. */
import { PROTOCOL_VERSION, type DiagnoseRequest, type HostDiagnosis } from "../model/protocol/host-protocol";
import { runHostOperation } from "./host-operation";
import type { HostProgramFiles } from "./host-program-files";
import type { SshTarget } from "./ssh-target";

/** Maximum seconds of a diagnosis on the host: each endpoint has up to 15 s to answer. */
const DIAGNOSE_SECONDS = 120;

/**
 * Diagnoses one server. Changes and installs nothing there.
 *
 * @param endpoints URLs that the server has to reach
 * @throws ProblemError if the host cannot be reached or does not answer
 */
export async function diagnoseHost(
  target: SshTarget,
  endpoints: readonly string[],
  program: HostProgramFiles,
): Promise<HostDiagnosis> {
  const request: DiagnoseRequest = { protocol: PROTOCOL_VERSION, server: target.server, endpoints: [...endpoints] };
  const options = { property: "diagnosis", limitSeconds: DIAGNOSE_SECONDS, plugin: "with-sftp" } as const;
  return (await runHostOperation(target, "diagnose", request, program, options)).result;
}
