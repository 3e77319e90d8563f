/** Certificates and client assertions for the tests of the emulated tenant. */
import "reflect-metadata";
import { constants, createHash, createPrivateKey, randomUUID, sign, webcrypto, type KeyObject } from "node:crypto";
import * as x509 from "@peculiar/x509";

const ALGORITHM = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: "SHA-256",
};
const DAY = 86_400_000;

export interface TestCertificate {
  der: Buffer;
  /** base64 of the PEM text, as the azuread provider sends it. */
  pem64: string;
  der64: string;
  sha256: string;
  /** UTC, whole seconds. */
  notBefore: string;
  notAfter: string;
  key: KeyObject;
}

const seconds = (time: Date) => time.toISOString().replace(/\.\d+Z$/, "Z");

/** A self-signed certificate, valid since yesterday. */
export async function makeCertificate(days = 365, subject = "CN=sync01"): Promise<TestCertificate> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const notBefore = new Date(Math.floor(Date.now() / 1000) * 1000 - DAY);
  const notAfter = new Date(notBefore.getTime() + days * DAY);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: subject,
    notBefore,
    notAfter,
    keys,
    signingAlgorithm: ALGORITHM,
  });
  const der = Buffer.from(certificate.rawData);
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  return {
    der,
    der64: der.toString("base64"),
    pem64: Buffer.from(`${certificate.toString("pem")}\n`).toString("base64"),
    sha256: createHash("sha256").update(der).digest("hex"),
    notBefore: seconds(notBefore),
    notAfter: seconds(notAfter),
    key: createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }),
  };
}

export interface AssertionChoice {
  appId: string;
  audience: string;
  certificate: TestCertificate;
  /** The signer's clock. */
  now: Date;
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  saltLength?: number;
}

/** A client assertion as Entra Connect makes it, but for what the test chooses. */
export function makeAssertion(choice: AssertionChoice): string {
  const { appId, audience, certificate, claims, saltLength = constants.RSA_PSS_SALTLEN_DIGEST } = choice;
  const nbf = Math.floor(choice.now.getTime() / 1000);
  const header = {
    alg: "PS256",
    typ: "JWT",
    "x5t#S256": Buffer.from(certificate.sha256, "hex").toString("base64url"),
    ...choice.header,
  };
  const body = { iss: appId, sub: appId, aud: audience, jti: randomUUID(), nbf, exp: nbf + 600, ...claims };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part(header)}.${part(body)}`;
  const padding = header.alg === "PS256" ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  const options = header.alg === "PS256" ? { padding, saltLength } : { padding };
  return `${text}.${sign("sha256", Buffer.from(text), { key: certificate.key, ...options }).toString("base64url")}`;
}
