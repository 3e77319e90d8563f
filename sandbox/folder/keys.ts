/** The throw-away keys of one sandbox folder: certificate authority, TLS, SSH and the pipeline's client secret. */
import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as x509 from "@peculiar/x509";
import { utils } from "ssh2";
import { BASTION_NAME } from "../surroundings/faults";

/** An SSH key pair in OpenSSH's own formats. */
interface SshKeyPair {
  /** PEM text. */
  privateKey: string;
  /** One line in the format of authorized_keys, without a comment. */
  publicKey: string;
}

/** The host key, and the other one that the fault `host-key` presents. */
interface HostKeys {
  hostKey: SshKeyPair;
  otherHostKey: SshKeyPair;
}

export interface SandboxKeys {
  /** File of the authority's certificate, for SSL_CERT_FILE and NODE_EXTRA_CA_CERTS. */
  caFile: string;
  /** Certificate and key of the tenant's endpoint, PEM. */
  tls: { cert: string; key: string };
  /** The key that the agent holds and every server accepts. */
  user: SshKeyPair;
  /** By server: its host key, and the other one that the fault `host-key` presents. */
  hosts: Record<string, HostKeys>;
  /** Those of the bastion. */
  bastion: HostKeys;
  /** Of the pipeline's application. */
  clientSecret: string;
  /** Of the tenant's administrator, for cmdlets that take a password. */
  administratorPassword: string;
}

/** The authority uses real time, which the sandbox's clock does not move. */
const VALID_YEARS = 10;
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const KEY_ATTEMPTS = 10;

function write(file: string, content: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  fs.writeFileSync(file, content, { mode: 0o600 });
}

async function pem(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

/** Creates the authority and the certificate of `localhost` and other names; the authority's own key is discarded. */
export async function makeTls(names: readonly string[] = []): Promise<{ ca: string; cert: string; key: string }> {
  const notBefore = new Date(Date.now() - 24 * 3600 * 1000);
  const notAfter = new Date(notBefore);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + VALID_YEARS);
  const caKeys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const leafKeys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const caName = "CN=Connect Sync sandbox throw-away CA";
  const ca = await x509.X509CertificateGenerator.create({
    serialNumber: randomBytes(8).toString("hex"),
    subject: caName,
    issuer: caName,
    notBefore,
    notAfter,
    publicKey: caKeys.publicKey,
    signingKey: caKeys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  const leaf = await x509.X509CertificateGenerator.create({
    serialNumber: randomBytes(8).toString("hex"),
    subject: "CN=localhost",
    issuer: caName,
    notBefore,
    notAfter,
    publicKey: leafKeys.publicKey,
    signingKey: caKeys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...["localhost", ...names].map((value) => ({ type: "dns" as const, value })),
        { type: "ip", value: "127.0.0.1" },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  return {
    ca: `${ca.toString("pem")}\n`,
    cert: `${leaf.toString("pem")}\n`,
    key: `${await pem(leafKeys.privateKey)}\n`,
  };
}

/** An Ed25519 key pair that can be parsed: ssh2 sometimes writes one in a form that no parser reads. */
function makeSshKey(): SshKeyPair {
  for (let attempt = 0; attempt < KEY_ATTEMPTS; attempt += 1) {
    const pair = utils.generateKeyPairSync("ed25519");
    const readable = ![pair.private, pair.public].some((text) => utils.parseKey(text) instanceof Error);
    if (readable) return { privateKey: pair.private, publicKey: pair.public.trim().split(/\s+/).slice(0, 2).join(" ") };
  }
  throw new Error(`no readable Ed25519 key in ${KEY_ATTEMPTS} attempts`);
}

function writeSshKey(file: string): void {
  const pair = makeSshKey();
  write(file, pair.privateKey);
  write(`${file}.pub`, `${pair.publicKey}\n`);
}

function readSshKey(file: string): SshKeyPair {
  return { privateKey: fs.readFileSync(file, "utf8"), publicKey: fs.readFileSync(`${file}.pub`, "utf8").trim() };
}

/** Creates all keys of a sandbox. */
export async function makeKeys(folder: string, servers: readonly string[]): Promise<void> {
  const tls = await makeTls();
  write(path.join(folder, "ca.pem"), tls.ca);
  write(path.join(folder, "tenant.pem"), tls.cert);
  write(path.join(folder, "tenant.key"), tls.key);
  writeSshKey(path.join(folder, "ssh"));
  for (const server of [...servers, BASTION_NAME]) {
    writeSshKey(path.join(folder, `${server}-host`));
    writeSshKey(path.join(folder, `${server}-other-host`));
  }
  write(path.join(folder, "client-secret"), randomBytes(24).toString("base64url"));
  write(path.join(folder, "administrator-password"), randomBytes(18).toString("base64url"));
}

/** Reads the keys that {@link makeKeys} made. */
export function readKeys(folder: string, servers: readonly string[]): SandboxKeys {
  const text = (name: string) => fs.readFileSync(path.join(folder, name), "utf8");
  const hostKeys = (server: string): HostKeys => ({
    hostKey: readSshKey(path.join(folder, `${server}-host`)),
    otherHostKey: readSshKey(path.join(folder, `${server}-other-host`)),
  });
  return {
    caFile: path.join(folder, "ca.pem"),
    tls: { cert: text("tenant.pem"), key: text("tenant.key") },
    user: readSshKey(path.join(folder, "ssh")),
    hosts: Object.fromEntries(servers.map((server) => [server, hostKeys(server)])),
    bastion: hostKeys(BASTION_NAME),
    clientSecret: text("client-secret"),
    administratorPassword: text("administrator-password"),
  };
}
