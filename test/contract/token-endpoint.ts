/**
 * The least of a token endpoint that a host needs: it really verifies client assertions, and nothing else of Entra.
 * The emulated tenant has its own tests; here the host must not depend on it.
 */
import { constants, createHash, verify, X509Certificate } from "node:crypto";
import * as https from "node:https";
import type { AddressInfo } from "node:net";

export interface TokenApplication {
  /** DER certificates by their SHA-256, base64url. */
  certificates: Map<string, Buffer>;
  /** Roles by resource application. */
  roles: Record<string, string[]>;
}

export class TokenEndpoint {
  readonly applications = new Map<string, TokenApplication>();
  /** Requests that are refused although they are good: what is not replicated yet. */
  unreplicated = 0;
  /** Answers this HTTP status instead of looking at the request. */
  failure: number | null = null;
  /** Requests seen. */
  requests = 0;
  url = "";
  private readonly seen = new Set<string>();
  private readonly server: https.Server;

  constructor(
    tls: { cert: string; key: string },
    private readonly now: () => Date,
  ) {
    this.server = https.createServer(tls, (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        this.requests += 1;
        const { status, body } = this.answer(new URLSearchParams(Buffer.concat(chunks).toString()));
        response.writeHead(status, { "content-type": "application/json", date: this.now().toUTCString() });
        response.end(JSON.stringify(body));
      });
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.url = `https://localhost:${(this.server.address() as AddressInfo).port}/tenant/oauth2/v2.0/token`;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  /** An application without certificates and roles. */
  add(appId: string, roles: Record<string, string[]>): TokenApplication {
    const application = { certificates: new Map<string, Buffer>(), roles };
    this.applications.set(appId, application);
    return application;
  }

  upload(appId: string, der: Buffer): void {
    const hash = createHash("sha256").update(der).digest("base64url");
    this.applications.get(appId)!.certificates.set(hash, der);
  }

  private answer(form: URLSearchParams): { status: number; body: unknown } {
    const refuse = (status: number, text: string) => ({
      status,
      body: { error: "invalid_client", error_description: `${text}\r\nTrace ID: 0` },
    });
    if (this.failure !== null) return { status: this.failure, body: { error: "temporarily_unavailable" } };
    const application = this.applications.get(form.get("client_id") ?? "");
    if (!application) return refuse(400, "AADSTS700016: Application was not found in the directory.");
    const [header, claims, signature] = (form.get("client_assertion") ?? "").split(".");
    const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
    const { alg, "x5t#S256": thumbprint } = read(header);
    const { aud, exp, nbf, jti, iss, sub } = read(claims);
    const der = application.certificates.get(String(thumbprint));
    const unknown =
      "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered.";
    if (!der || this.unreplicated > 0) {
      this.unreplicated = Math.max(0, this.unreplicated - 1);
      return refuse(401, unknown);
    }
    const key = {
      key: new X509Certificate(der).publicKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    };
    const data = Buffer.from(`${header}.${claims}`);
    if (alg !== "PS256" || !verify("sha256", data, key, Buffer.from(signature, "base64url"))) {
      return refuse(401, "AADSTS700027: The key was not found or the signature is not valid.");
    }
    const seconds = this.now().getTime() / 1000;
    if (aud !== this.url || iss !== form.get("client_id") || sub !== iss) {
      return refuse(401, "AADSTS700023: Client assertion audience claim does not match.");
    }
    if (Number(nbf) > seconds + 300 || Number(exp) < seconds || Number(exp) - Number(nbf) > 600) {
      return refuse(401, "AADSTS700024: Client assertion is not within its valid time range.");
    }
    if (this.seen.has(String(jti))) return refuse(401, "AADSTS7000215: the assertion was used before.");
    this.seen.add(String(jti));
    const resource = (form.get("scope") ?? "").replace(/\/\.default$/, "");
    const payload = Buffer.from(JSON.stringify({ roles: application.roles[resource] ?? [] })).toString("base64url");
    return { status: 200, body: { token_type: "Bearer", expires_in: 3599, access_token: `e30.${payload}.sig` } };
  }
}
