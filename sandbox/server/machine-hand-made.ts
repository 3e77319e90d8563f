/** A certificate that an administrator creates with Microsoft's steps, without this project. */
import { randomUUID } from "node:crypto";
import { SOFTWARE_PROVIDER, TPM_PROVIDER } from "../../model/protocol/host-protocol";
import type { Machine } from "./machine";
import { createCertificate } from "./machine-certificates";
import { accessList } from "./machine-keys";
import type { StoredCertificate } from "./machine-state";

const LIFETIME_DAYS = 365;

/** @param hasTpm the key is created in the TPM, else by the software provider */
export async function makeCertificateByHand(machine: Machine, now: Date, hasTpm: boolean): Promise<StoredCertificate> {
  const { computerName, service } = machine.state;
  const keyName = `te-${randomUUID()}`;
  const made = await createCertificate(machine, now, {
    label: "Entra Connect application authentication",
    keyName,
    subject: `CN=Entra Connect ${computerName}`,
    keyProvider: hasTpm ? TPM_PROVIDER : SOFTWARE_PROVIDER,
    keyLength: 2048,
    lifetimeDays: LIFETIME_DAYS,
  });
  machine.change((state) => {
    for (const key of state.keys) if (key.name === keyName) key.access = accessList(machine, [service.accountSid]);
  });
  return made;
}
