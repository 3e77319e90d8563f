/** Who reads what this process prints: known once the command knows its folder and its stack. */
import { readerOf } from "../model/diagnostics/reader";
import type { Reader } from "../model/diagnostics/remedy";
import type { Cloud } from "../model/tenant/clouds";

let stackRead: string | null = process.env.PULUMI_STACK || null;
let folderTyped: string | null = null;
let cloudRead: Cloud | undefined;

/** To be called by a command as soon as it knows its stack: from then on commands in messages name it. */
export function readingStack(stack: string): void {
  stackRead = stack;
}

/** To be called where a person names another folder than the working directory: commands in messages name it too. */
export function readingFolder(folder: string): void {
  folderTyped = folder;
}

/** To be called by a command as soon as it knows the tenant's cloud: from then on commands in messages use its addresses. */
export function readingCloud(cloud: Cloud): void {
  cloudRead = cloud;
}

/** The reader of this process's output about a stack. @param stack @default the stack of the command */
export const currentReader = (stack: string | null = stackRead): Reader =>
  readerOf(stack, process.env, folderTyped, cloudRead);
