/** What an emulated server asks the organisation's CA for, by a template: certificates, and requests that wait. */
import { randomBytes, randomUUID } from "node:crypto";
import { SOFTWARE_PROVIDER, TPM_PROVIDER } from "../../model/protocol/host-protocol";
import type { Machine } from "./machine";
import { issue, type IssueOptions } from "./machine-authority";
import { describeCertificate } from "./machine-certificates";
import { createKey, removeKey } from "./machine-keys";
import type { EnrolmentOutcome } from "./windows";

interface Template extends IssueOptions {
  provider: string;
}

/** Templates that the CA offers. */
const TEMPLATES: Readonly<Record<string, Template>> = {
  EntraConnectSync: { provider: TPM_PROVIDER },
  EntraConnectSyncQuarter: { provider: TPM_PROVIDER, days: 90 },
  EntraConnectSyncSoftware: { provider: SOFTWARE_PROVIDER },
  /** As Windows has it: for the authentication of servers only. */
  WebServer: { provider: TPM_PROVIDER, purposes: ["1.3.6.1.5.5.7.3.1"] },
};

const UNSUPPORTED = "The requested certificate template is not supported by this CA (0x80094800)";
const NOT_PERMITTED =
  "The permissions on the certificate template do not allow the current user to enroll for this type of certificate (0x80094012)";
const DENIED = "The request was denied by a certificate manager or CA administrator (0x80094014)";

/** How the CA answers at the moment. */
export interface CaBehaviour {
  denies: boolean;
  wantsApproval: boolean;
}

const ISSUED: EnrolmentOutcome = { status: "issued", message: "" };
const PENDING: EnrolmentOutcome = { status: "pending", message: "" };

interface Key {
  keyName: string;
  keyProvider: string;
}

/** The certificate, in LocalMachine\My. */
async function install(machine: Machine, now: Date, key: Key, template: string, label: string): Promise<void> {
  const { privateKey } = await createKey(machine, key.keyName, key.keyProvider, 2048);
  const der = await issue(machine, now, privateKey, TEMPLATES[template]);
  machine.change((state) => {
    state.certificates.push({ ...describeCertificate(der, label), ...key });
  });
}

/** Windows makes the key before the CA is asked, and removes it if the CA issues nothing. */
export async function requestByTemplate(
  machine: Machine,
  now: Date,
  { template, label }: { template: string; label: string },
  { denies, wantsApproval }: CaBehaviour,
): Promise<EnrolmentOutcome> {
  if (!Object.hasOwn(TEMPLATES, template)) return { status: "failed", message: UNSUPPORTED };
  if (denies) return { status: "denied", message: NOT_PERMITTED };
  const key = { keyName: `te-${template}-${randomUUID()}`, keyProvider: TEMPLATES[template].provider };
  if (!wantsApproval) {
    await install(machine, now, key, template, label);
    return ISSUED;
  }
  await createKey(machine, key.keyName, key.keyProvider, 2048);
  const request = { sha256: randomBytes(32).toString("hex"), label, template, ...key };
  machine.change((state) => {
    state.requests = [...(state.requests ?? []), request];
  });
  return PENDING;
}

/** What became of a request that waits. */
export async function answerRequest(
  machine: Machine,
  now: Date,
  { sha256, label }: { sha256: string; label: string },
  { denies, wantsApproval }: CaBehaviour,
): Promise<EnrolmentOutcome> {
  const request = machine.state.requests?.find((entry) => entry.sha256 === sha256);
  if (!request) return { status: "failed", message: "Cannot find object or property (0x80092004)" };
  if (denies) return { status: "denied", message: DENIED };
  if (wantsApproval) return PENDING;
  const { template, keyName, keyProvider } = request;
  await install(machine, now, { keyName, keyProvider }, template, label);
  machine.change((state) => {
    state.requests = state.requests?.filter((entry) => entry !== request && entry.sha256 !== sha256);
  });
  return ISSUED;
}

/** Removes a request that waits, and its key. */
export function removeRequest(machine: Machine, sha256: string): void {
  const request = machine.state.requests?.find((entry) => entry.sha256 === sha256);
  if (!request) return;
  removeKey(machine, request.keyName, request.keyProvider);
  machine.change((state) => {
    state.requests = state.requests?.filter((entry) => entry.sha256 !== sha256);
  });
}
