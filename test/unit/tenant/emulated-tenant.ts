/** An emulated tenant for one test file, and raw HTTPS requests to it. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as https from "node:https";
import type { IncomingHttpHeaders } from "node:http";
import * as os from "node:os";
import * as path from "node:path";
import { SandboxFaults } from "../../../sandbox/surroundings/faults";
import { makeKeys, readKeys, type SandboxKeys } from "../../../sandbox/folder/keys";
import { seedTenant, type TenantSeed } from "../../../sandbox/tenant/seed";
import { Tenant } from "../../../sandbox/tenant/tenant";

export const SYNC_APP_ID = "6bf85cfa-ac8a-4be5-b5de-425a0d0dc016";
export const SYNC_ROLE_ID = "ab43b826-2c7a-4aff-9ecd-d0629d0ca6a9";
export const DOMAIN = "contoso.test";
export const USER = {
  id: "0d3f3a1c-9d1e-4d1f-8a50-6a1c5a1d0001",
  displayName: "Ada",
  userPrincipalName: "ada@contoso.test",
};

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = Record<string, any>;

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Json;
}

export interface Send {
  token?: string;
  json?: unknown;
  form?: Record<string, string>;
  headers?: Record<string, string>;
}

/** Holds an answer against Graph's form of an error. */
export function refused({ status, body }: Answer, expected: number, code: string): void {
  assert.deepEqual([status, body.error?.code], [expected, code], JSON.stringify(body));
  assert.ok(body.error.message && body.error.innerError["request-id"] && body.error.innerError.date);
}

/** How long a secret is good from now on, in seconds, for whoever adds one. */
export function lifetime(seconds: number): { displayName: string; startDateTime: string; endDateTime: string } {
  const at = (ahead: number) => new Date(Date.now() + ahead * 1000).toISOString();
  return { displayName: "secret", startDateTime: at(-86_400), endDateTime: at(seconds) };
}

/** A clock that stands where the test puts it, in seconds ahead of real time. */
class TestClock {
  ahead = 0;
  now(): Date {
    return new Date(Date.now() + this.ahead * 1000);
  }
}

export class EmulatedTenant {
  readonly tenantId = randomUUID();
  readonly appId = randomUUID();
  readonly clock = new TestClock();
  readonly faults: SandboxFaults;
  tenant: Tenant;
  origin = "";
  private token: string | undefined;

  private constructor(
    readonly folder: string,
    readonly keys: SandboxKeys,
    private readonly tls: SandboxKeys["tls"],
  ) {
    this.faults = new SandboxFaults(path.join(folder, "faults.json"));
    this.tenant = this.make();
  }

  /**
   * Starts a tenant with a pipeline, and Ada, a user.
   * @param tls for other names than localhost
   */
  static async start(seed: Partial<TenantSeed> = {}, tls?: SandboxKeys["tls"]): Promise<EmulatedTenant> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tenant-test-"));
    await makeKeys(folder, []);
    const keys = readKeys(folder, []);
    const started = new EmulatedTenant(folder, keys, tls ?? keys.tls);
    const pipeline = { appId: started.appId, secret: started.keys.clientSecret, displayName: "pipeline" };
    seedTenant(started.tenant.store, {
      tenantId: started.tenantId,
      domain: DOMAIN,
      pipeline,
      users: [USER],
      ...seed,
    });
    await started.listen();
    return started;
  }

  get file(): string {
    return path.join(this.folder, "tenant.json");
  }

  private make(): Tenant {
    return new Tenant({ file: this.file, clock: this.clock, faults: this.faults, tls: this.tls });
  }

  private async listen(port = 0): Promise<void> {
    this.origin = `https://localhost:${await this.tenant.listen(port)}`;
  }

  /** Closes the tenant and opens another one on the same file and port. */
  async restart(): Promise<void> {
    await this.tenant.close();
    this.tenant = this.make();
    await this.listen(Number(new URL(this.origin).port));
  }

  async stop(): Promise<void> {
    await this.tenant.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  send(method: string, url: string, { token, json, form, headers = {} }: Send = {}): Promise<Answer> {
    const payload = json !== undefined ? JSON.stringify(json) : form ? new URLSearchParams(form).toString() : undefined;
    const type = form ? "application/x-www-form-urlencoded" : "application/json; charset=utf-8";
    const options = {
      method,
      ca: fs.readFileSync(this.keys.caFile),
      agent: false,
      headers: { "content-type": type, ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
    };
    return new Promise((resolve, reject) => {
      const request = https.request(`${this.origin}${url}`, options, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () => {
          const text = Buffer.concat(parts).toString();
          const body = text ? (JSON.parse(text) as Json) : {};
          resolve({ status: response.statusCode!, headers: response.headers, body });
        });
      });
      request.on("error", reject);
      request.end(payload);
    });
  }

  /** A token request; what is given replaces the pipeline's own. */
  tokenRequest(form: Record<string, string> = {}, tenant: string = this.tenantId): Promise<Answer> {
    const own = { client_id: this.appId, client_secret: this.keys.clientSecret, scope: `${this.origin}/.default` };
    return this.send("POST", `/${tenant}/oauth2/v2.0/token`, {
      form: { grant_type: "client_credentials", ...own, ...form },
    });
  }

  /** A Graph request of the pipeline; spaces and quotes of the path may stand as they are. */
  async graph(method: string, url: string, json?: unknown): Promise<Answer> {
    this.token ??= (await this.tokenRequest()).body.access_token as string;
    const escaped = url.replaceAll(" ", "%20").replaceAll("'", "%27");
    return this.send(method, escaped, { token: this.token, json });
  }

  /** Object id of the service principal of an application. */
  principalId(appId: string): string {
    return this.tenant.store.principalByAppId(appId)!.id;
  }

  /** The claims of an access token. */
  static claims(token: string): Json {
    return JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString()) as Json;
  }
}
