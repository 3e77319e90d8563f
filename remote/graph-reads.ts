/** Reads of Microsoft Graph that are asked for at the same moment, by whichever part of a run, as one request. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { normalised } from "../model/text/identifiers";
import { GraphError, parsed, refusalOf } from "./graph-error";
import { reasonToRepeat, waitBeforeNext, type Attempt } from "./http-retry";
import { waits } from "./waiting";

/** The maximum number of requests in a Graph batch. */
const LARGEST_BATCH = 20;

/** One read: a path below the version, or one of an object that is known to exist. */
export type Read = string | { path: string; existing: true };

/** Sends one request, and returns the JSON of its answer; throws a GraphError if it has none. */
type Request = (
  asked: { method: "GET" | "POST"; repeatable?: true; existing?: boolean },
  path: string,
  body?: object,
) => Promise<unknown>;

interface Waiting {
  read: Read;
  resolve: (answer: unknown) => void;
  reject: (error: unknown) => void;
}

const BATCH = z.object({
  responses: z.array(
    z.object({
      id: z.string(),
      status: z.number().int(),
      headers: z.record(z.string(), z.string()).nullish(),
      body: z.unknown().optional(),
    }),
  ),
});

type BatchAnswer = z.infer<typeof BATCH>["responses"][number];

export class GraphReads {
  private waiting: Waiting[] = [];

  constructor(private readonly request: Request) {}

  /**
   * Reads together with all that is asked for before the next turn of the event loop.
   *
   * @returns the body, or the GraphError by which Graph refused this read
   * @throws GraphError if the request had no usable answer at all
   */
  read(read: Read): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) setImmediate(() => this.send());
      this.waiting.push({ read, resolve, reject });
    });
  }

  private send(): void {
    const all = this.waiting;
    this.waiting = [];
    for (let first = 0; first < all.length; first += LARGEST_BATCH) {
      const group = all.slice(first, first + LARGEST_BATCH);
      const sent = group.length === 1 ? this.single(group[0]) : this.batch(group);
      sent.catch((error: unknown) => group.forEach(({ reject }) => reject(error)));
    }
  }

  private async single({ read, resolve }: Waiting): Promise<void> {
    try {
      resolve(await this.request({ method: "GET", existing: isExisting(read) }, pathOf(read)));
    } catch (error) {
      if (!(error instanceof GraphError) || error.kind !== "refused") throw error;
      resolve(error);
    }
  }

  /** Sends many reads as one request; repeats those that failed for a passing reason, together. */
  private async batch(group: readonly Waiting[]): Promise<void> {
    const began = Date.now();
    let open = group.map((_one, index) => index);
    for (let count = 1; open.length > 0; count += 1) {
      const requests = open.map((index) => ({
        id: String(index),
        method: "GET",
        url: `/${pathOf(group[index].read)}`,
      }));
      // The reads of a batch change nothing, so it may be sent twice.
      const answer = await this.request({ method: "POST", repeatable: true }, "$batch", { requests });
      const responses = parsed(answer, BATCH).responses.filter(({ id }) => open.includes(Number(id)));
      const elapsedSeconds = (Date.now() - began) / 1000;
      const again: { index: number; attempt: Attempt; milliseconds: number }[] = [];
      for (const response of responses) {
        const index = Number(response.id);
        const { read, resolve } = group[index];
        const attempt = { ...partOf(response, read), count, elapsedSeconds };
        const milliseconds = response.status < 400 ? null : waitBeforeNext(attempt);
        if (milliseconds !== null) again.push({ index, attempt, milliseconds });
        else resolve(bodyOf(response));
      }
      const answered = responses.map(({ id }) => Number(id));
      open
        .filter((index) => !answered.includes(index))
        .forEach((index) => group[index].resolve(new GraphError(504, "", "no answer in the batch")));
      if (again.length === 0) return;
      open = again.map(({ index }) => index);
      const [longest] = again.toSorted((a, b) => b.milliseconds - a.milliseconds);
      waits("Microsoft Graph", reasonToRepeat(longest.attempt)!, longest.milliseconds);
      await sleep(longest.milliseconds);
    }
  }
}

const pathOf = (read: Read) => (typeof read === "string" ? read : read.path);
const isExisting = (read: Read) => typeof read !== "string";

const bodyOf = ({ status, body }: BatchAnswer) => (status < 400 ? normalised(body) : refusalOf(status, body));

/** A part of a batch as an attempt; the case of its headers does not matter. */
function partOf({ status, headers, body }: BatchAnswer, read: Read): Omit<Attempt, "count" | "elapsedSeconds"> {
  const { "retry-after": retryAfter, date } = Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const { code } = refusalOf(status, body);
  return { repeatable: true, existing: isExisting(read), status, code, retryAfter, date };
}
