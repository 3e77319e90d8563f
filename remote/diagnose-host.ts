/** Diagnoses a server: one SSH session, the installed program where it is ours, else the program over stdin. */
import { PROTOCOL_VERSION, type DiagnoseRequest, type HostDiagnosis } from "../model/protocol/host-protocol";
import { runHostOperation } from "./host-operation";
import type { HostProgramFiles } from "./host-program-files";
import type { SshTarget } from "./ssh";

/** Seconds that a diagnosis may take on the host: each endpoint is waited for up to 15 s. */
const DIAGNOSE_SECONDS = 120;

/**
 * Diagnoses one server. Changes nothing there and installs nothing.
 *
 * @param endpoints URLs that the server has to reach
 * @throws ProblemError where the host cannot be reached or does not answer
 */
export async function diagnoseHost(
  target: SshTarget,
  endpoints: readonly string[],
  program: HostProgramFiles,
): Promise<HostDiagnosis> {
  const request: DiagnoseRequest = { protocol: PROTOCOL_VERSION, server: target.server, endpoints: [...endpoints] };
  const options = { property: "diagnosis", limitSeconds: DIAGNOSE_SECONDS };
  return (await runHostOperation(target, "diagnose", request, program, options)).result;
}
