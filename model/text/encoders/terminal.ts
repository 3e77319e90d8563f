/** For a person at a terminal, or a file that one reads. Pure. */
import { encodeLines } from "./text";

/** Colours and cursor movements are shown, not done: nothing of ours uses them. */
export const encodeForTerminal = (text: string): string => encodeLines(text);
