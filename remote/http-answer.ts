/** What was answered over HTTP, read within limits: its text, its status, and whether it is of the kind that was asked for. */
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { PipelineResponse } from "@azure/core-rest-pipeline";
import { encodeText } from "../model/text/encoders/text";

/** The largest answer, also after it was unpacked. Graph's largest page has less than a tenth of it. */
const LARGEST_ANSWER_BYTES = 16 * 1024 * 1024;

/** An answer that is not the service's own, or not of the kind that was asked for. */
export class InvalidAnswer extends Error {
  /** @param what is wrong with it, as a clause */
  constructor(
    readonly status: number,
    readonly what: string,
  ) {
    super(encodeText(`${status}: ${what}`));
    this.name = "InvalidAnswer";
  }
}

export interface HttpAnswer {
  status: number;
  header(name: string): string | undefined;
  text: string;
}

export const succeeded = ({ status }: { status: number }) => status >= 200 && status < 300;

const tooLarge = (status: number) => new InvalidAnswer(status, `an answer of more than ${LARGEST_ANSWER_BYTES} bytes`);

async function unpacked(packed: Buffer, encoding: string | undefined, status: number): Promise<Buffer> {
  if (encoding === undefined || encoding === "identity" || packed.length === 0) return packed;
  if (encoding !== "gzip") throw new InvalidAnswer(status, `an answer in the encoding ${encoding}`);
  return promisify(gunzip)(packed, { maxOutputLength: LARGEST_ANSWER_BYTES }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ERR_BUFFER_TOO_LARGE" ? tooLarge(status) : new InvalidAnswer(status, "a broken archive");
  });
}

/** Reads a streamed answer to its end, or to the limit. */
export async function readAnswer(response: PipelineResponse): Promise<HttpAnswer> {
  const { status, headers } = response;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response.readableStreamBody ?? []) {
    size += part.length;
    // Leaving the loop ends the connection.
    if (size > LARGEST_ANSWER_BYTES) throw tooLarge(status);
    parts.push(Buffer.from(part));
  }
  const body = await unpacked(Buffer.concat(parts), headers.get("content-encoding"), status);
  return { status, header: (name) => headers.get(name), text: body.toString("utf8") };
}

const isJson = (answer: HttpAnswer) => /\bjson\b/.test(answer.header("content-type") ?? "");

/** Whether this is a page for people, as gateways and proxies answer. */
export const isPage = (answer: HttpAnswer) =>
  !isJson(answer) && (/html/.test(answer.header("content-type") ?? "") || /^\s*</.test(answer.text));

const titleOf = (page: string) => /<title[^>]*>([^<]{1,200})/i.exec(page)?.[1].trim();

function describe(answer: HttpAnswer): string {
  const title = titleOf(answer.text);
  if (isPage(answer)) return `an HTML page${title ? ` ("${title}")` : ""} instead of JSON`;
  if (answer.text === "") return "an empty answer instead of JSON";
  return `${answer.header("content-type") ?? "something of no type"} instead of JSON`;
}

/**
 * The JSON of an answer.
 * @throws InvalidAnswer for anything else: a redirection, a page, an empty answer
 */
export function jsonOf(answer: HttpAnswer): unknown {
  const { status } = answer;
  if (status >= 300 && status < 400) {
    throw new InvalidAnswer(
      status,
      `a redirection to ${answer.header("location") ?? "nowhere"}, which is not followed`,
    );
  }
  if (status === 407) throw new InvalidAnswer(status, "the proxy requires a sign-in");
  if (!isJson(answer)) throw new InvalidAnswer(status, describe(answer));
  try {
    return JSON.parse(answer.text) as unknown;
  } catch {
    throw new InvalidAnswer(status, "JSON that cannot be read");
  }
}
