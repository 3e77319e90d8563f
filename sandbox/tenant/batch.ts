/** POST /$batch of the emulated Graph: several reads in one request, each answered as a single request would be. */
import { z } from "zod";
import type { Properties } from "./directory";
import { graphErrors } from "./graph-error";

/** The maximum number of requests in a Graph batch. */
const LIMIT = 20;

const BATCH = z.object({
  requests: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        method: z.string(),
        url: z.string().min(1),
        headers: z.record(z.string(), z.string()).optional(),
      }),
    )
    .min(1),
});

export interface BatchedAnswer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/**
 * Answers a batch.
 *
 * @param text method and URL, for messages
 * @param read answers one GET; the path begins with a slash and has no version
 * @throws GraphError if it is too long, cannot be read, repeats an id, or contains anything other than reads
 */
export async function answerBatch(
  body: Properties,
  text: string,
  read: (path: string, headers: Record<string, string>) => Promise<BatchedAnswer>,
): Promise<{ responses: ({ id: string } & BatchedAnswer)[] }> {
  const { requests } = parse(body, text);
  const responses = await Promise.all(
    requests.map(async ({ id, url, headers = {} }) => ({
      id,
      ...(await read(`/${url.replace(/^\/+/, "")}`, headers)),
    })),
  );
  return { responses };
}

function parse(body: Properties, text: string): z.infer<typeof BATCH> {
  const parsed = BATCH.safeParse(body);
  if (!parsed.success) {
    const [{ path, code }] = parsed.error.issues;
    // Graph supports bodies and dependencies among requests; they are not emulated.
    if (code === "unrecognized_keys") throw graphErrors.unknown(`${text} with ${path.join(".")}: more than a read`);
    throw graphErrors.batchUnreadable(`Invalid batch payload format: ${path.join(".")}.`);
  }
  const { requests } = parsed.data;
  if (requests.length > LIMIT) throw graphErrors.batchTooLong(LIMIT);
  if (new Set(requests.map(({ id }) => id.toLowerCase())).size < requests.length) {
    throw graphErrors.batchUnreadable("Invalid batch payload: two requests have the same id.");
  }
  const other = requests.find(({ method }) => method.toUpperCase() !== "GET");
  if (other) throw graphErrors.unknown(`${text} with ${other.method} ${other.url}`);
  return parsed.data;
}
