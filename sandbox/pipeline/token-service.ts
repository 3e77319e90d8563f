/** GitHub's token service on loopback: a job's OIDC token, with the immutable subjects that repositories have since 2026. */
import { generateKeyPairSync, randomUUID, type KeyObject } from "node:crypto";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { SignJWT } from "jose";

export const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";

/** Lifetime of a token, in seconds. */
const TOKEN_SECONDS = 300;

export class TokenService {
  private readonly key: KeyObject;
  /** SPKI PEM, for services that trust this one. */
  readonly publicKey: string;
  private readonly server: https.Server;
  /** The token of the running job; null while no job may request one. */
  private job: { subject: string; bearer: string } | null = null;

  constructor(tls: { cert: string; key: string }) {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    this.key = privateKey;
    this.publicKey = publicKey.export({ type: "spki", format: "pem" }).toString();
    this.server = https.createServer(tls, (request, response) => {
      void this.answer(request.url ?? "/", request.headers.authorization).then(({ status, value }) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(value));
      });
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(0, "127.0.0.1", resolve);
    });
  }

  /** Lets one job request tokens, and returns the environment variables for it. */
  admit(subject: string): Record<string, string> {
    const bearer = randomUUID();
    this.job = { subject, bearer };
    const { port } = this.server.address() as AddressInfo;
    return {
      ACTIONS_ID_TOKEN_REQUEST_URL: `https://localhost:${port}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer,
    };
  }

  dismiss(): void {
    this.job = null;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(url: string, authorization: string | undefined): Promise<{ status: number; value: unknown }> {
    if (!this.job || authorization !== `Bearer ${this.job.bearer}`) return { status: 401, value: {} };
    const audience = new URL(url, "https://localhost").searchParams.get("audience") ?? "";
    const value = await new SignJWT({})
      .setProtectedHeader({ alg: "RS256", typ: "JWT" })
      .setIssuer(GITHUB_ISSUER)
      .setSubject(this.job.subject)
      .setAudience(audience)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(`${TOKEN_SECONDS}s`)
      .sign(this.key);
    return { status: 200, value: { value } };
  }
}
