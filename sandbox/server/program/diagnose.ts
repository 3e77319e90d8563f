/** `diagnose`: what a server must be able to do before any operation. Changes nothing, takes no lock. */
import type { DiagnoseRequest, EndpointFacts, HostDiagnosis } from "../../../model/protocol/host-protocol";
import type { Windows } from "../windows";
import { OptionalFacts } from "./optional-facts";
import { readProgram } from "./program-folder";
import type { Context } from "./context";

export async function diagnose({ windows, request }: Context<DiagnoseRequest>): Promise<HostDiagnosis> {
  const { computerName, powershellVersion, languageMode, dotnetRelease } = windows.getHost();
  const caller = windows.getCaller();
  const facts = new OptionalFacts();
  const service = windows.getService();
  if (service) facts.requireSid(service);
  const product = service && windows.getProduct();
  const endpoints: EndpointFacts[] = [];
  for (const url of request.endpoints) endpoints.push(await endpoint(windows, url));
  return {
    computerName,
    powershell: { version: powershellVersion, languageMode, dotnetRelease },
    caller,
    defaultShell: facts.read("defaultShell", () => windows.getDefaultShell(), null),
    service: service && { status: service.status, account: service.account, accountSid: service.accountSid },
    product: product && { version: product.version, modulePath: product.modulePath },
    tpm: facts.read("tpm", () => windows.getTpm(), null),
    endpoints,
    program: readProgram(windows),
    unreadable: facts.unreadable,
  };
}

async function endpoint(windows: Windows, url: string): Promise<EndpointFacts> {
  const { reached, status, date, proxy, problem } = await windows.testEndpoint(url);
  return { url, reached, status, date, takenAt: windows.getTime(), proxy, problem };
}
