/** Graph in a test: answers by path, splits batches, and refuses unknown requests. */
import type { TenantAccess } from "../../remote/tenant-access";
import { json, type Responder } from "./fetching";

export const GRAPH = "https://graph.example/v1.0/";

/** What a request is answered: a body, or a response as a function makes it. */
type Answer = object | ((request: { method: string; path: string; body: unknown }) => Response | object);

/** Answers by method and path below the version; a path ends at its query, unless the key contains one. */
export type Answers = Record<string, Answer>;

const failure = (code: string) => ({ error: { code, message: `because of ${code}` } });
export const refused = (status: number, code = "Authorization_RequestDenied", headers = {}) =>
  json(failure(code), status, headers);

function lookUp(answers: Answers, method: string, path: string): Answer | undefined {
  const decoded = decodeURIComponent(path);
  return answers[`${method} ${decoded}`] ?? answers[`${method} ${decoded.split("?")[0]}`];
}

async function answer(answers: Answers, method: string, path: string, body: unknown): Promise<Response> {
  const known = lookUp(answers, method, path);
  if (known === undefined) throw new Error(`an unexpected request: ${method} ${path} ${JSON.stringify(body)}`);
  const given =
    typeof known === "function" ? (known as (request: object) => Response | object)({ method, path, body }) : known;
  if (given instanceof Response) return given;
  return method === "GET" ? json(given) : new Response(null, { status: 204 });
}

interface BatchRequest {
  id: string;
  method: string;
  url: string;
}

/** A responder for these answers; `asked` collects every request, including each request of a batch. */
export function fakeGraph(answers: Answers, asked: string[] = []): Responder {
  return async ({ method, url, body }) => {
    if (!url.startsWith(GRAPH)) throw new Error(`a request to somewhere else: ${url}`);
    const path = url.slice(GRAPH.length);
    if (path !== "$batch") {
      asked.push(`${method} ${decodeURIComponent(path)}`);
      return answer(answers, method, path, body);
    }
    const { requests } = body as { requests: BatchRequest[] };
    const responses = await Promise.all(
      requests.map(async (request) => {
        asked.push(`${request.method} ${decodeURIComponent(request.url.slice(1))}`);
        const response = await answer(answers, request.method, request.url.slice(1), null);
        const headers = Object.fromEntries(response.headers.entries());
        return { id: request.id, status: response.status, headers, body: (await response.json()) as unknown };
      }),
    );
    // Graph does not keep the order of the requests either.
    return json({ responses: responses.reverse() });
  };
}

/** A token whose claims contain these application permissions. */
export const tokenWith = (claims: string[] | object) => {
  const body = Array.isArray(claims) ? { roles: claims } : claims;
  return `x.${Buffer.from(JSON.stringify(body)).toString("base64url")}.x`;
};

/** A tenant with this token; null for one that issues none. */
export const tenantWith = (token: string | null = "token"): TenantAccess => ({
  tenantId: "tenant",
  cloud: "global",
  connect: async () => ({
    endpoints: { login: "https://login.example/", graph: "https://graph.example/" },
    credential: { getToken: async () => (token === null ? null : { token, expiresOnTimestamp: 0 }) },
  }),
});
