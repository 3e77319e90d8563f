/** Requests to Microsoft Graph as the pipeline: single requests, paged collections, and batches of reads. */
import { normalised } from "../model/text/identifiers";
import { setTimeout as sleep } from "node:timers/promises";
import { encodeText } from "../model/text/encoders/text";
import type { TenantAccess } from "./tenant-access";

const ATTEMPTS = 4;
const REQUEST_SECONDS = 20;
/** The wait if the service does not state one, and the longest wait for one answer. */
const DEFAULT_WAIT_SECONDS = 1;
const LONGEST_WAIT_SECONDS = 20;
/** The maximum number of requests in a Graph batch. */
const LARGEST_BATCH = 20;
/** Maximum pages of one collection; more pages indicate a fault. */
const MOST_PAGES = 100;

/** Throttled or temporarily unavailable: the request may be repeated. */
const isTemporary = (status: number) => status === 429 || status === 503 || status === 504;

/** A refusal by Graph, with its own message. */
export class GraphError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    reason: string,
  ) {
    super(encodeText(`${status} ${code}: ${reason}`));
    this.name = "GraphError";
  }

  /** The pipeline lacks the permission, as opposed to: the request failed. */
  get forbidden(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

interface ErrorBody {
  error?: { code?: string; message?: string };
}

function errorOf(status: number, body: unknown): GraphError {
  const { error } = (body ?? {}) as ErrorBody;
  return new GraphError(status, error?.code ?? "", error?.message ?? "no reason given");
}

/** A page of a collection. */
export interface Collection<T> {
  value: T[];
  "@odata.nextLink"?: string;
}

/**
 * The body of an answer in a batch.
 * @throws GraphError if the request was refused
 */
export function answered<T>(answer: unknown): T {
  if (answer instanceof GraphError) throw answer;
  return answer as T;
}

export const isForbidden = (answer: unknown): boolean => answer instanceof GraphError && answer.forbidden;

/**
 * All items of the collection that a batch began.
 * @throws GraphError if a page was refused
 */
export function all<T>(graph: GraphClient, answer: unknown): Promise<T[]> {
  return graph.rest(answered<Collection<T>>(answer));
}

interface BatchAnswer {
  id: string;
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

const secondsIn = (value: string | null | undefined) => Number(value) || 0;

async function pause(wanted: number, attempt: number): Promise<void> {
  await sleep(Math.min(wanted || DEFAULT_WAIT_SECONDS * attempt, LONGEST_WAIT_SECONDS) * 1000);
}

/** Application permissions in an access token; null if it is not a JWT with roles, or is a user's token. */
function rolesIn(token: string): string[] | null {
  try {
    const claims = JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString("utf8")) as { roles?: string[] };
    return claims.roles ?? null;
  } catch {
    return null;
  }
}

/** Has no state except the access, whose token all clients share: creating several clients costs nothing. */
export class GraphClient {
  constructor(private readonly access: TenantAccess) {}

  private async connect(): Promise<{ base: string; token: string }> {
    const { endpoints, credential } = await this.access.connect();
    const token = await credential.getToken(`${endpoints.graph}.default`);
    if (!token) throw new Error("no token was issued");
    return { base: `${endpoints.graph}v1.0/`, token: token.token };
  }

  /** The pipeline's own application permissions; null if its token does not show them. */
  async permissions(): Promise<string[] | null> {
    return rolesIn((await this.connect()).token);
  }

  /**
   * Reads one object.
   * @param path below the version, without a leading slash
   * @throws GraphError if Graph refused the request, or throttled or did not answer every attempt
   */
  get<T>(path: string): Promise<T> {
    return this.request<T>("GET", path);
  }

  /** Sends a change. Removing an object that is already gone counts as success. */
  async change(method: "PATCH" | "POST" | "DELETE", path: string, body?: unknown): Promise<void> {
    await this.request(method, path, body);
  }

  /** All items of a collection whose first page was read already, including that page. */
  async rest<T>(first: Collection<T>): Promise<T[]> {
    const { base } = await this.connect();
    const items = [...first.value];
    let next = first["@odata.nextLink"];
    for (let page = 2; next !== undefined; page += 1) {
      // The token is sent to Graph only, whatever URL an answer contains.
      if (!next.startsWith(base) || page > MOST_PAGES)
        throw new GraphError(502, "", "an invalid link to the next page");
      const answer: Collection<T> = await this.get(next.slice(base.length));
      items.push(...answer.value);
      next = answer["@odata.nextLink"];
    }
    return items;
  }

  /**
   * Sends many reads as one request; repeats those that were throttled, together.
   * @param paths at most 20
   * @returns for each path its body or its error
   */
  async batch(paths: readonly string[]): Promise<unknown[]> {
    if (paths.length > LARGEST_BATCH) throw new Error(`a batch of ${paths.length} requests`);
    const results: unknown[] = paths.map(() => new GraphError(504, "", "no answer in the batch"));
    let open = paths.map((_path, index) => index);
    for (let attempt = 1; open.length > 0; attempt += 1) {
      const requests = open.map((index) => ({ id: String(index), method: "GET", url: `/${paths[index]}` }));
      const { responses } = await this.request<{ responses: BatchAnswer[] }>("POST", "$batch", { requests });
      for (const { id, status, body } of responses) {
        results[Number(id)] = status < 400 ? normalised(body) : errorOf(status, body);
      }
      const again = responses.filter(({ status }) => isTemporary(status));
      if (again.length === 0 || attempt === ATTEMPTS) break;
      open = again.map(({ id }) => Number(id));
      const waits = again.map(({ headers = {} }) => secondsIn(headers["Retry-After"] ?? headers["retry-after"]));
      await pause(Math.max(...waits), attempt);
    }
    return results;
  }

  private async request<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { base, token } = await this.connect();
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    for (let attempt = 1; ; attempt += 1) {
      const signal = AbortSignal.timeout(REQUEST_SECONDS * 1000);
      const content = body === undefined ? undefined : JSON.stringify(body);
      const response = await fetch(`${base}${path}`, { method, headers, body: content, signal });
      if (response.status === 204) return undefined as T;
      const answer: unknown = await response.json().catch(() => ({}));
      if (response.ok) return normalised(answer as T);
      if (method === "DELETE" && response.status === 404) return undefined as T;
      if (!isTemporary(response.status) || attempt === ATTEMPTS) throw errorOf(response.status, answer);
      await pause(secondsIn(response.headers.get("retry-after")), attempt);
    }
  }
}
