/** For the log of a GitHub runner. Pure. */
import { encodeLines } from "./text";

/** Its lines are searched for `::name::` at their beginning and for `##[name]` anywhere. */
export const encodeForGitHubLog = (text: string): string => encodeLines(text);
