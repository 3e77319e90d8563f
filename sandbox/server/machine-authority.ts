/** A CA of the organisation, as an emulated server sees it: it issues certificates and says which it revoked. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  randomUUID,
  webcrypto,
  X509Certificate,
} from "node:crypto";
import { promisify } from "node:util";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { TPM_PROVIDER } from "../../model/protocol/host-protocol";
import type { Machine } from "./machine";
import { describeCertificate } from "./machine-certificates";
import { accessList, createKey } from "./machine-keys";
import type { MachineAuthority, StoredCertificate } from "./machine-state";

const AUTHORITY_SUBJECT = "CN=Contoso Issuing CA";
const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const DAY = 24 * 60 * 60_000;
const CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2";

/** What the CA writes into a certificate; each default is as a connector needs it. */
export interface IssueOptions {
  /** @default 365 */
  days?: number;
  /** @default signatures, and the wrapping of keys, as many templates have it */
  keyUsages?: x509.KeyUsageFlags;
  /** Object ids. @default client authentication */
  purposes?: string[];
}

/** The CA, which is made when it first issues. */
async function authorityOf(machine: Machine): Promise<MachineAuthority> {
  const { authority } = machine.state;
  if (authority) return authority;
  const pair = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const privateKey = pair.privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  const made: MachineAuthority = { privateKey, issued: 0, revoked: [] };
  machine.change((state) => {
    state.authority = made;
  });
  return made;
}

const signingKey = (pem: string) =>
  webcrypto.subtle.importKey(
    "pkcs8",
    createPrivateKey(pem).export({ type: "pkcs8", format: "der" }),
    ALGORITHM,
    false,
    ["sign"],
  );

/** A certificate for a public key. */
export async function issue(
  machine: Machine,
  now: Date,
  publicKeyPem: string,
  options: IssueOptions = {},
): Promise<Buffer> {
  const authority = await authorityOf(machine);
  const { computerName } = machine.state;
  const start = new Date(Math.floor(now.getTime() / 1000) * 1000 - 10 * 60_000);
  const spki = createPublicKey(publicKeyPem).export({ type: "spki", format: "der" });
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${computerName}.contoso.com`,
    issuer: AUTHORITY_SUBJECT,
    serialNumber: createHash("sha1").update(`${authority.issued} ${randomUUID()}`).digest("hex").slice(0, 30),
    notBefore: start,
    notAfter: new Date(start.getTime() + (options.days ?? 365) * DAY),
    signingAlgorithm: ALGORITHM,
    publicKey: await webcrypto.subtle.importKey("spki", spki, ALGORITHM, true, ["verify"]),
    signingKey: await signingKey(authority.privateKey),
    extensions: [
      new x509.KeyUsagesExtension(
        options.keyUsages ?? x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
        true,
      ),
      new x509.ExtendedKeyUsageExtension(options.purposes ?? [CLIENT_AUTHENTICATION]),
    ],
  });
  machine.change((state) => {
    state.authority!.issued += 1;
  });
  return Buffer.from(certificate.rawData);
}

/** How the organisation's own means bring a certificate of the CA onto the server. */
export interface IssuedByHand extends IssueOptions {
  /** @default that of the TPM */
  keyProvider?: string;
  /** @default 2048 */
  keyLength?: number;
  exportable?: true;
  /** The key is kept by the older interface of Windows (CSP). */
  legacy?: true;
}

/** A certificate of the CA with its key in LocalMachine\My, without this project. */
export async function issueByHand(machine: Machine, now: Date, options: IssuedByHand = {}): Promise<StoredCertificate> {
  const provider = options.keyProvider ?? TPM_PROVIDER;
  const key = await createKey(machine, `tq-${randomUUID()}`, provider, options.keyLength ?? 2048);
  const der = await issue(machine, now, key.privateKey, options);
  const entry = { ...describeCertificate(der, ""), keyName: key.name, keyProvider: key.provider };
  machine.change((state) => {
    const made = state.keys.find(({ name }) => name === key.name)!;
    made.access = accessList(machine, []);
    if (options.exportable) made.exportable = true;
    if (options.legacy) made.legacy = true;
    state.certificates.push(entry);
  });
  return entry;
}

/** Whether the CA of this server signed a certificate. */
export function isOfAuthority({ state: { authority } }: Machine, der: Buffer): boolean {
  return authority !== undefined && new X509Certificate(der).verify(createPublicKey(authority.privateKey));
}
