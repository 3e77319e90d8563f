/** Keys and certificates in the model of Windows: TPM, LocalMachine\My, key files and their access rules. */
import { TPM_PROVIDER } from "../../model/protocol/host-protocol";
import { certificatesByHash, createCertificate, keyOf, removeCertificates, verifyWith } from "./machine-certificates";
import { accessList, findKey, removeKey, signWith } from "./machine-keys";
import type { MachineKey } from "./machine-state";
import { WindowsError, type Windows } from "./windows";
import { WindowsProduct } from "./windows-product";

export abstract class WindowsCertificates extends WindowsProduct {
  getTpm() {
    return this.strikes("no-tpm") ? { present: false, ready: false, specVersion: null } : { ...this.machine.state.tpm };
  }

  getCertificates() {
    return this.machine.state.certificates.map(({ keyName: _name, keyProvider: _provider, ...entry }) => entry);
  }

  getKey(certificateSha256: string) {
    const found = this.openKey(certificateSha256);
    if (typeof found === "string") return { key: null, problem: found };
    const { name: keyName, provider: keyProvider, file: keyFile } = found;
    return { key: { keyProvider, keyName, keyFile, keyInHardware: keyProvider === TPM_PROVIDER }, problem: null };
  }

  /** The key of a certificate, or why it cannot be opened. */
  private openKey(certificateSha256: string): MachineKey | string {
    const [certificate] = certificatesByHash(this.machine, certificateSha256);
    const key = certificate && keyOf(this.machine, certificate);
    if (!key) return "the key container does not exist";
    if (this.strikes("not-administrator")) return "access to the key is denied";
    if (key.provider === TPM_PROVIDER && this.strikes("no-tpm")) return "the TPM does not exist";
    return key.dead ?? key;
  }

  async newCertificate(args: Parameters<Windows["newCertificate"]>[0]) {
    this.requireAdministrator("LocalMachine\\My");
    this.requireDisk("the key file");
    if (args.keyProvider === TPM_PROVIDER && !this.getTpm().ready) {
      throw new WindowsError("failed", "The TPM is not ready for use.");
    }
    const {
      keyName: _name,
      keyProvider: _provider,
      ...entry
    } = await createCertificate(this.machine, this.now(), args);
    return entry;
  }

  sign(certificateSha256: string, data: string): string {
    const key = this.openKey(certificateSha256);
    if (typeof key === "string") throw new WindowsError("failed", key);
    const wrongSalt = key.provider === TPM_PROVIDER && this.strikes("pss-salt");
    return signWith(key, Buffer.from(data, "base64"), wrongSalt).toString("base64");
  }

  verify(certificateSha256: string, data: string, signature: string): boolean {
    return verifyWith(this.machine, certificateSha256, Buffer.from(data, "base64"), Buffer.from(signature, "base64"));
  }

  removeCertificates(label: string): number {
    this.requireAdministrator("LocalMachine\\My");
    return removeCertificates(this.machine, (entry) => entry.label === label);
  }

  removeCertificateByHash(certificateSha256: string): number {
    this.requireAdministrator("LocalMachine\\My");
    return removeCertificates(this.machine, (entry) => entry.sha256 === certificateSha256);
  }

  testKey(keyName: string, keyProvider: string): boolean {
    return findKey(this.machine, keyName, keyProvider)?.dead === null;
  }

  removeKey(keyName: string, keyProvider: string): void {
    this.requireAdministrator(`key ${keyName}`);
    removeKey(this.machine, keyName, keyProvider);
  }

  getKeyAccess(keyFile: string) {
    if (this.strikes("not-administrator")) return null;
    const key = this.machine.state.keys.find((entry) => entry.file === keyFile);
    return key ? structuredClone(key.access) : null;
  }

  setKeyAccess(keyFile: string, readerSids: string[]): void {
    this.requireAdministrator(keyFile);
    const access = accessList(this.machine, readerSids);
    this.machine.change((state) => {
      const key = state.keys.find((entry) => entry.file === keyFile);
      if (!key) throw new WindowsError("not-found", `${keyFile} does not exist.`);
      key.access = access;
    });
  }

  resolveAccount(account: string): string | null {
    const { accounts, computerName } = this.machine.state;
    const wanted = account.replace(/^\.\\/, `${computerName}\\`).toLowerCase();
    if (wanted === "localsystem") return this.resolveAccount("NT AUTHORITY\\SYSTEM");
    return accounts.find((entry) => entry.account.toLowerCase() === wanted)?.sid ?? null;
  }
}
