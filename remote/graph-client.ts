/** Requests to Microsoft Graph as the pipeline: single requests, paged collections, and batches of reads. */
import { normalised } from "../model/text/identifiers";
import type { TokenCredential } from "@azure/identity";
import { z } from "zod";
import { graphErrorOf, GraphError, parsed, refusalIn } from "./graph-error";
import { GraphReads, type Read } from "./graph-reads";
import { send, type HttpRequest } from "./http";
import { jsonOf, succeeded, type HttpAnswer } from "./http-answer";
import { claimsOf, type TokenClaims } from "./token-claims";
import type { TenantAccess } from "./tenant-access";

/** Maximum pages and entries of one collection; more indicate a fault. */
const MOST_PAGES = 100;
const MOST_ENTRIES = 100_000;

/** The credential's token, which must not be missing. */
async function tokenOf(credential: TokenCredential, ...asked: Parameters<TokenCredential["getToken"]>) {
  const token = await credential.getToken(...asked);
  if (!token) throw new Error("no token was issued");
  return token;
}

const collectionOf = <T>(entry: z.ZodType<T>) =>
  z.object({ value: z.array(entry), "@odata.nextLink": z.string().optional() });

/** A page of a collection. */
export interface Collection<T> {
  value: T[];
  "@odata.nextLink"?: string;
}

/**
 * The body of an answer in a batch.
 * @throws GraphError if the request was refused, or its answer is not of that form
 */
export function answered<T>(answer: unknown, schema: z.ZodType<T>): T {
  if (answer instanceof GraphError) throw answer;
  return parsed(answer, schema);
}

export const isForbidden = (answer: unknown): boolean => answer instanceof GraphError && answer.forbidden;

/**
 * All items of the collection that a batch began.
 * @throws GraphError if a page was refused, or is not of that form
 */
export function all<T>(graph: GraphClient, answer: unknown, entry: z.ZodType<T>): Promise<T[]> {
  return graph.rest(answered(answer, collectionOf(entry)), entry);
}

/** What a request says of its object and its content, beside its method and path. */
interface RequestOptions {
  /** The object is known to exist: that it is not found means that it is not visible everywhere yet. @default false */
  existing?: boolean;
  /** What is written was made out of what was read before, so it is not sent twice if that may have changed. @default false */
  fromRead?: boolean;
}

/** The reads that wait, of all clients with one access. */
const READS = new WeakMap<TenantAccess, GraphReads>();

/** Has no state except the access, whose token and reads all clients share: creating several clients costs nothing. */
export class GraphClient {
  private readonly reads: GraphReads;

  constructor(private readonly access: TenantAccess) {
    this.reads = READS.get(access) ?? new GraphReads((...asked) => this.request(...asked));
    READS.set(access, this.reads);
  }

  /** What the pipeline's token says of it. @throws the error of the credential, or if it issues none */
  async claims(): Promise<TokenClaims> {
    const { endpoints, credential } = await this.access.connect();
    const { token } = await tokenOf(credential, `${endpoints.graph}.default`);
    return claimsOf(token);
  }

  /** The pipeline's own application permissions; null if its token does not show them. */
  async permissions(): Promise<string[] | null> {
    return (await this.claims()).roles ?? null;
  }

  /**
   * Reads one object.
   * @param path below the version, without a leading slash
   * @throws GraphError if Graph refused the request, answered something else, or did not answer every attempt
   */
  async get<T>(path: string, schema: z.ZodType<T>, { existing }: RequestOptions = {}): Promise<T> {
    return answered(await this.reads.read(existing ? { path, existing } : path), schema);
  }

  /** The first page of a collection, or all of it if it fits on one. */
  first<T>(path: string, entry: z.ZodType<T>): Promise<Collection<T>> {
    return this.get(path, collectionOf(entry));
  }

  /** Sends a change. Removing an object that is already gone counts as success. */
  async change(
    method: "PATCH" | "POST" | "DELETE",
    path: string,
    body?: object,
    options: RequestOptions = {},
  ): Promise<void> {
    try {
      await this.request({ method, ...options }, path, body);
    } catch (error) {
      const gone = error instanceof GraphError && error.kind === "refused" && error.status === 404;
      if (method !== "DELETE" || !gone) throw error;
    }
  }

  /** All items of a collection whose first page was read already, including that page. */
  async rest<T>(first: Collection<T>, entry: z.ZodType<T>): Promise<T[]> {
    const base = await this.base();
    const items = [...first.value];
    let next = first["@odata.nextLink"];
    for (let page = 2; next !== undefined; page += 1) {
      // The token is sent to Graph only, whatever URL an answer contains.
      if (!next.startsWith(base) || page > MOST_PAGES || items.length > MOST_ENTRIES)
        throw new GraphError(200, "", "an invalid link to the next page", "invalid");
      const answer: Collection<T> = await this.first(next.slice(base.length), entry);
      items.push(...answer.value);
      next = answer["@odata.nextLink"];
    }
    return items;
  }

  /**
   * Sends many reads at once, together with what is asked for at the same moment.
   * @returns for each read its body or its error
   */
  batch(reads: readonly Read[]): Promise<unknown[]> {
    return Promise.all(reads.map((read) => this.reads.read(read)));
  }

  private async base(): Promise<string> {
    return `${(await this.access.connect()).endpoints.graph}v1.0/`;
  }

  /** @returns the JSON of the answer; null if Graph has nothing to say, which is how it answers a change */
  private async request(asked: Omit<HttpRequest, "url" | "sign">, path: string, body?: object): Promise<unknown> {
    const { endpoints, credential } = await this.access.connect();
    const answer: HttpAnswer = await send({
      ...asked,
      url: `${await this.base()}${path}`,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body && JSON.stringify(body),
      sign: {
        credential: { getToken: (...asked) => tokenOf(credential, ...asked) },
        scope: `${endpoints.graph}.default`,
      },
    }).catch((error: unknown) => {
      throw graphErrorOf(error);
    });
    if (answer.status === 204) return null;
    if (!succeeded(answer)) throw refusalIn(answer);
    try {
      return normalised(jsonOf(answer));
    } catch (error) {
      throw graphErrorOf(error);
    }
  }
}
