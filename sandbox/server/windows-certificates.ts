/** Keys and certificates in the model of Windows: TPM, LocalMachine\My, key files and their access rules. */
import {
  certificatesByHash,
  createCertificate,
  holdersOf,
  keyOf,
  removeCertificates,
  verifyWith,
} from "./machine-certificates";
import { accessList, createKey, findKey, isTpm, removeKey, signWith } from "./machine-keys";
import type { MachineKey } from "./machine-state";
import { readIssuance } from "./machine-issuance";
import { answerRequest, removeRequest, requestByTemplate, type CaBehaviour } from "./machine-enrolment";
import { WindowsError, type EnrolmentOutcome, type IssuanceFacts, type Windows } from "./windows";
import { WindowsProduct } from "./windows-product";

/** What the key storage provider answers, as HRESULT and text. */
const PROVIDER_ANSWERS = {
  noKeyset: ["0x80090016", "Keyset does not exist."],
  denied: ["0x80090010", "Access denied."],
  noTpm: ["0x8028400F", "A compatible Trusted Platform Module (TPM) Security Device cannot be found on this computer."],
  notReady: ["0x80090030", "The device that is required by this cryptographic provider is not ready for use."],
  noSalt: ["0x80070423", "Circular service dependency was specified."],
  noPss: ["0x80090029", "The requested operation is not supported."],
  failed: ["0x80090020", "An internal error occurred."],
  lockedOut: ["0x80280921", "Authorizations for objects subject to DA protection are not allowed at this time."],
} as const;

const refuses = (answer: keyof typeof PROVIDER_ANSWERS): WindowsError => {
  const [hresult, text] = PROVIDER_ANSWERS[answer];
  return new WindowsError("key", text, hresult);
};

/** The program's own words for a key that the older interface keeps. */
const withoutPss = (provider: string) =>
  new WindowsError(
    "key",
    `The key does not sign: the legacy CSP "${provider}" keeps it, which has no PSS`,
    "0x80090029",
  );

/** X.520's limit, which Windows holds a name against before it encodes it. */
const LONGEST_COMMON_NAME = 64;

export abstract class WindowsCertificates extends WindowsProduct {
  getTpm() {
    this.requireAnswer("Get-Tpm");
    return this.tpm();
  }

  private tpm() {
    if (this.strikes("no-tpm")) return { present: false, ready: false, specVersion: null };
    return { ...this.machine.state.tpm, ...(this.strikes("tpm-unready") ? { ready: false } : {}) };
  }

  getCertificates() {
    return this.machine.state.certificates.map(({ keyName: _name, keyProvider: _provider, ...entry }) => entry);
  }

  getKey(certificateSha256: string) {
    try {
      const { name: keyName, provider: keyProvider, file: keyFile } = this.openKey(certificateSha256);
      const inTpm = isTpm(keyProvider);
      const pssSaltSize = inTpm && this.strikes("pss-size") ? 1 : null;
      const key = { keyProvider, keyName, keyFile, keyInHardware: inTpm, pssSaltSize };
      return { key, problem: null, hresult: null };
    } catch (error) {
      if (!(error instanceof WindowsError)) throw error;
      return { key: null, problem: error.message, hresult: error.hresult };
    }
  }

  getIssuance(certificateSha256: string): IssuanceFacts | null {
    const [certificate] = certificatesByHash(this.machine, certificateSha256);
    if (!certificate)
      throw new WindowsError("not-found", `No certificate with SHA-256 ${certificateSha256} is in LocalMachine\\My.`);
    const key = keyOf(this.machine, certificate);
    const exportable = key && key.dead === null ? key.exportable === true : null;
    const facts = readIssuance(this.machine, certificate, this.strikes("crl-unreachable"));
    return facts && { ...facts, exportable };
  }

  /** The key of a certificate. Throws what the provider answers if it cannot be opened. */
  private openKey(certificateSha256: string): MachineKey {
    const [certificate] = certificatesByHash(this.machine, certificateSha256);
    const provider = certificate?.keyProvider ?? "";
    this.requireProvider(provider);
    const key = certificate && keyOf(this.machine, certificate);
    if (!key || key.dead) throw refuses("noKeyset");
    if (this.strikes("not-administrator")) throw refuses("denied");
    return key;
  }

  /** Throws what the provider answers if it does not work at all. */
  private requireProvider(provider: string): void {
    if (!isTpm(provider)) return;
    if (this.strikes("no-tpm")) throw refuses("noTpm");
    if (this.strikes("tpm-not-ready")) throw refuses("notReady");
  }

  async newCertificate(args: Parameters<Windows["newCertificate"]>[0]) {
    this.requireAdministrator("LocalMachine\\My");
    this.requireDisk("the key file");
    this.requireProvider(args.keyProvider);
    if (findKey(this.machine, args.keyName, args.keyProvider)?.mute) throw refuses("failed");
    if (this.lockedOut(args.keyProvider)) {
      // The key is made; the certificate's own signature fails.
      await createKey(this.machine, args.keyName, args.keyProvider, args.keyLength);
      throw refuses("lockedOut");
    }
    if (args.subject.replace(/^CN=/, "").length > LONGEST_COMMON_NAME) {
      // The key is made by then.
      await createKey(this.machine, args.keyName, args.keyProvider, args.keyLength);
      throw new WindowsError(
        "failed",
        "The string contains an invalid X500 name attribute key, oid, value or delimiter.",
      );
    }
    const {
      keyName: _name,
      keyProvider: _provider,
      ...entry
    } = await createCertificate(this.machine, this.now(), args);
    return entry;
  }

  async requestCertificate(template: string, label: string): Promise<EnrolmentOutcome> {
    this.requireAdministrator("LocalMachine\\My");
    return this.enrolment((ca) => requestByTemplate(this.machine, this.now(), { template, label }, ca));
  }

  getEnrolmentRequests(label: string): string[] {
    return (this.machine.state.requests ?? []).filter((entry) => entry.label === label).map(({ sha256 }) => sha256);
  }

  async receiveCertificate(requestSha256: string, label: string): Promise<EnrolmentOutcome> {
    return this.enrolment((ca) => answerRequest(this.machine, this.now(), { sha256: requestSha256, label }, ca));
  }

  removeEnrolmentRequest(requestSha256: string): void {
    this.requireAdministrator("LocalMachine\\REQUEST");
    removeRequest(this.machine, requestSha256);
  }

  private enrolment(ask: (ca: CaBehaviour) => Promise<EnrolmentOutcome>): Promise<EnrolmentOutcome> {
    if (this.strikes("ca-unreachable")) {
      return Promise.resolve({ status: "failed", message: "The RPC server is unavailable (0x800706BA)" });
    }
    return ask({ denies: this.strikes("ca-denies"), wantsApproval: this.strikes("ca-approval") });
  }

  private lockedOut(provider: string): boolean {
    return isTpm(provider) && this.strikes("tpm-locked");
  }

  sign(certificateSha256: string, data: string): string {
    const key = this.openKey(certificateSha256);
    if (key.legacy) throw withoutPss(key.provider);
    if (key.mute) throw refuses("failed");
    if (this.lockedOut(key.provider)) throw refuses("lockedOut");
    const inTpm = isTpm(key.provider);
    if (inTpm && this.strikes("pss-salt")) throw refuses("noSalt");
    if (inTpm && this.strikes("pss-none")) throw refuses("noPss");
    const wrongSalt = inTpm && this.strikes("pss-unverified");
    return signWith(key, Buffer.from(data, "base64"), wrongSalt).toString("base64");
  }

  verify(certificateSha256: string, data: string, signature: string): boolean {
    return verifyWith(this.machine, certificateSha256, Buffer.from(data, "base64"), Buffer.from(signature, "base64"));
  }

  removeCertificateByHash(certificateSha256: string): number {
    this.requireAdministrator("LocalMachine\\My");
    return removeCertificates(this.machine, (entry) => entry.sha256 === certificateSha256);
  }

  testKey(keyName: string, keyProvider: string): boolean {
    this.requireProvider(keyProvider);
    return findKey(this.machine, keyName, keyProvider)?.dead === null;
  }

  getKeyHolders(keyName: string, keyProvider: string): string[] {
    this.requireProvider(keyProvider);
    const key = findKey(this.machine, keyName, keyProvider);
    if (!key || key.dead) throw refuses("noKeyset");
    return holdersOf(this.machine, key);
  }

  removeKey(keyName: string, keyProvider: string): void {
    this.requireAdministrator(`key ${keyName}`);
    this.requireProvider(keyProvider);
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

  resolveAccount(account: string): { sid: string | null; problem: string | null } {
    if (/^S-1-[0-9-]+$/i.test(account)) return { sid: account, problem: null };
    const { accounts, computerName } = this.machine.state;
    const [name, suffix] = account.split("@");
    // A user principal name: here the suffix begins with the short name of the domain.
    if (suffix) return this.resolveAccount(`${suffix.split(".")[0]}\\${name}`);
    const wanted = account.replace(/^\.\\/, `${computerName}\\`).toLowerCase();
    if (wanted === "localsystem") return this.resolveAccount("NT AUTHORITY\\SYSTEM");
    const [domain] = wanted.split("\\");
    const local = ["nt authority", "nt service", "builtin", computerName.toLowerCase()].includes(domain);
    if (!local && this.strikes("no-domain-controller")) {
      const problem = "The trust relationship between this workstation and the primary domain failed (0x80131501)";
      return { sid: null, problem: `${account} does not resolve: ${problem}` };
    }
    const sid = accounts.find((entry) => entry.account.toLowerCase() === wanted)?.sid ?? null;
    const unmapped = "Some or all identity references could not be translated (0x80131534)";
    return { sid, problem: sid === null ? `${account} does not resolve: ${unmapped}` : null };
  }
}
