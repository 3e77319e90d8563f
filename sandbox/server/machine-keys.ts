/** Key containers of an emulated server: real RSA keys, their files and access rules. */
import { constants, createHash, createPrivateKey, generateKeyPair, randomUUID, sign } from "node:crypto";
import { promisify } from "node:util";
import { TPM_PROVIDER, type KeyAccess } from "../../model/protocol/host-protocol";
import { ADMINISTRATORS_SID, SYSTEM_SID } from "./identities";
import type { Machine } from "./machine";
import type { MachineKey } from "./machine-state";

const CRYPTO_FOLDER = "C:\\ProgramData\\Microsoft\\Crypto";

/** Windows compares names of keys and of providers without regard to case. */
const sameName = (left: string, right: string) => left.toLowerCase() === right.toLowerCase();

export const isTpm = (provider: string): boolean => sameName(provider, TPM_PROVIDER);

export function findKey(machine: Machine, name: string, provider: string): MachineKey | undefined {
  return machine.state.keys.find((key) => sameName(key.name, name) && sameName(key.provider, provider));
}

/** Where Windows stores a key: TPM keys in their own folder, software keys together in another. */
export function keyFilePath(name: string, provider: string): string {
  const digest = createHash("sha1").update(name.toLowerCase()).digest("hex");
  return isTpm(provider)
    ? `${CRYPTO_FOLDER}\\PCPKSP\\${digest}\\${digest}.PCPKEY`
    : `${CRYPTO_FOLDER}\\Keys\\${digest.slice(0, 32)}_${randomUUID()}`;
}

function accountName(machine: Machine, sid: string): string {
  return machine.state.accounts.find((account) => account.sid === sid)?.account ?? sid;
}

/** Read for these accounts, full control for SYSTEM and Administrators, nothing else. */
export function accessList(machine: Machine, readerSids: readonly string[]): KeyAccess[] {
  const full = [SYSTEM_SID, ADMINISTRATORS_SID];
  const readers = readerSids.filter((sid) => !full.includes(sid));
  const rule = (sid: string, rights: string) => ({ sid, account: accountName(machine, sid), rights, allow: true });
  return [
    ...full.map((sid) => rule(sid, "FullControl")),
    ...[...new Set(readers)].map((sid) => rule(sid, "Read, Synchronize")),
  ];
}

/** Creates a key, or finds the one with that name. One that cannot be opened is useless: it is overwritten. */
export async function createKey(
  machine: Machine,
  name: string,
  provider: string,
  keyLength: number,
): Promise<MachineKey> {
  const existing = findKey(machine, name, provider);
  if (existing && existing.dead === null) return existing;
  const pair = await promisify(generateKeyPair)("rsa", { modulusLength: keyLength });
  const key: MachineKey = {
    name,
    provider,
    file: keyFilePath(name, provider),
    privateKey: pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    dead: null,
    access: accessList(machine, []),
  };
  machine.change((state) => {
    state.keys = [...state.keys.filter((other) => other.file !== existing?.file), key];
  });
  return key;
}

export function removeKey(machine: Machine, name: string, provider: string): void {
  machine.change((state) => {
    state.keys = state.keys.filter((key) => !sameName(key.name, name) || !sameName(key.provider, provider));
  });
}

/** Rights that let an account read a file. */
const READS = /\b(Read|ReadAndExecute|Modify|FullControl)\b/;

/** Whether an account may sign with the key: read permission on its file decides. */
export function mayUse(key: MachineKey, sid: string): boolean {
  const rules = key.access.filter((rule) => rule.sid === sid);
  return rules.some(({ allow, rights }) => allow && READS.test(rights)) && !rules.some((rule) => !rule.allow);
}

/**
 * PS256 signature with the key.
 *
 * @param wrongSalt a key in the TPM signs as firmware of TPM 2.0 revision 1.16 does, with the maximum salt length
 */
export function signWith(key: MachineKey, data: Buffer, wrongSalt = false): Buffer {
  return sign("sha256", data, {
    key: createPrivateKey(key.privateKey),
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength:
      wrongSalt && isTpm(key.provider) ? constants.RSA_PSS_SALTLEN_MAX_SIGN : constants.RSA_PSS_SALTLEN_DIGEST,
  });
}
