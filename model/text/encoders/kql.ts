/** A text as a string literal of KQL, the query language of Azure Monitor and Defender; also within `dynamic()`. Pure. */
import { encodeText } from "./text";

/** With its quotes. Nothing invisible is in it, so only a quote and a backslash need an escape, as in JSON. */
export const encodeForKql = (text: string): string => JSON.stringify(encodeText(text));
