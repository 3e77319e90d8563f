/** For the log of an Azure DevOps agent. Pure. */
import { encodeLines } from "./text";

/** Its lines are searched for `##vso[` anywhere, and coloured by `##[`; there is no way to switch that off. */
export const encodeForAzureLog = (text: string): string => encodeLines(text);
