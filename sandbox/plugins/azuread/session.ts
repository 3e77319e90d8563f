/** A session at the sandbox's tenant: its endpoints, the caller's identity, and a token. */
import { loopbackAddress } from "../loopback";
import type { Configuration } from "./configuration";
import type { HttpsClient } from "./https-client";

const METADATA_PATH = "/metadata/endpoints?api-version=2022-09-01";
/** A token is renewed when it is valid for less than this, or after half of its lifetime. */
const RENEWAL_MS = 20 * 60_000;

interface Endpoints {
  /** Without a slash at the end. */
  graph: string;
  token: string;
}

interface Token {
  value: string;
  expires: number;
  issued: number;
}

interface Claims {
  oid?: string;
  appid?: string;
  tid?: string;
}

function claimsOf(token: string): Claims {
  try {
    return JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString("utf8")) as Claims;
  } catch {
    throw new Error("building client: unable to parse claims in access token");
  }
}

export class Session {
  private token: Token | undefined;
  private renewal: Promise<Token> | undefined;

  private constructor(
    private readonly http: HttpsClient,
    private readonly configuration: Configuration,
    private readonly endpoints: Endpoints,
  ) {}

  /** Reads the endpoints and signs in. @throws with upstream's words if either fails. */
  static async open(http: HttpsClient, configuration: Configuration): Promise<Session> {
    const session = new Session(http, configuration, await readEndpoints(http, configuration));
    await session.bearer();
    return session;
  }

  get graph(): string {
    return this.endpoints.graph;
  }

  /** Object id of the caller's service principal. */
  get callerId(): string {
    return claimsOf(this.token!.value).oid!;
  }

  get identity(): { clientId: string; tenantId: string; objectId: string } {
    return { clientId: this.configuration.clientId, tenantId: this.configuration.tenantId, objectId: this.callerId };
  }

  /** A token that remains valid for some time; one request for it, however many callers wait. */
  async bearer(): Promise<string> {
    if (this.token && !isDue(this.token)) return this.token.value;
    this.renewal ??= this.requestToken().finally(() => (this.renewal = undefined));
    this.token = await this.renewal;
    return this.token.value;
  }

  private async requestToken(): Promise<Token> {
    const { clientId, clientSecret } = this.configuration;
    const credential: Record<string, string> = clientSecret
      ? { client_secret: clientSecret }
      : {
          client_assertion: await this.assertion(),
          client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        };
    const form = new URLSearchParams({
      client_id: clientId,
      ...credential,
      grant_type: "client_credentials",
      scope: `${this.endpoints.graph}/.default`,
    });
    const answer = await this.http.send({
      method: "POST",
      url: this.endpoints.token,
      headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
      body: form.toString(),
    });
    const prefix = "building client: unable to obtain access token: clientCredentialsToken";
    if (answer.status < 200 || answer.status > 299) {
      throw new Error(`${prefix}: received HTTP status ${answer.status} with response: ${answer.body}`);
    }
    const { access_token: value, expires_in: seconds } = JSON.parse(answer.body) as Record<string, string>;
    if (!claimsOf(value).oid) throw new Error("building client: parsing claims in access token: oid claim is empty");
    const issued = Date.now();
    return { value, issued, expires: issued + Number(seconds) * 1000 };
  }

  /** The given assertion, or one from the pipeline's own token service. */
  private async assertion(): Promise<string> {
    const { token, requestUrl, requestToken } = this.configuration.oidc ?? {};
    if (token) return token;
    if (!requestUrl || !requestToken)
      throw new Error("useOidc needs oidcToken, or oidcRequestUrl and oidcRequestToken");
    const url = new URL(requestUrl);
    url.searchParams.set("audience", "api://AzureADTokenExchange");
    const headers = { Accept: "application/json", Authorization: `Bearer ${requestToken}` };
    const answer = await this.http.send({ method: "GET", url: url.href, headers });
    if (answer.status !== 200) throw new Error(`the OIDC token service answers ${answer.status}`);
    return (JSON.parse(answer.body) as { value: string }).value;
  }
}

function isDue(token: Token): boolean {
  const left = token.expires - Date.now();
  return left < Math.min(RENEWAL_MS, (token.expires - token.issued) / 2);
}

async function readEndpoints(http: HttpsClient, { metadataHost, tenantId }: Configuration): Promise<Endpoints> {
  const endpoint = `https://${metadataHost}`;
  const answer = await http.send({ method: "GET", url: endpoint + METADATA_PATH }).catch((error: Error) => {
    throw new Error(`retrieving metadata from endpoint "${endpoint}": performing request: ${error.message}`);
  });
  if (answer.status !== 200) {
    throw new Error(
      `retrieving metadata from endpoint "${endpoint}": performing request: expected 200 OK but got ${answer.status}`,
    );
  }
  const metadata = JSON.parse(answer.body) as {
    microsoftGraphResourceId?: string;
    authentication?: { loginEndpoint?: string };
  };
  const [graph, login] = [metadata.microsoftGraphResourceId, metadata.authentication?.loginEndpoint];
  if (!graph || !login) throw new Error(`the metadata of ${endpoint} lacks microsoftGraphResourceId or loginEndpoint`);
  // Each request checks again; checked here so that the error is the same before anything was sent.
  for (const url of [graph, login]) await loopbackAddress("azuread", new URL(url).hostname);
  return { graph: graph.replace(/\/+$/, ""), token: `${login}/${tenantId}/oauth2/v2.0/token` };
}
