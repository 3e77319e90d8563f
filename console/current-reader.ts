/** Who reads what this process prints: known once the command knows its stack. */
import { readerOf } from "../model/diagnostics/reader";
import type { Reader } from "../model/diagnostics/remedy";

let known: string | null = process.env.PULUMI_STACK || null;

/** To be called by a command as soon as it knows its stack: from then on commands in messages name it. */
export function readingStack(stack: string): void {
  known = stack;
}

export const currentReader = (): Reader => readerOf(known, process.env, __dirname);
