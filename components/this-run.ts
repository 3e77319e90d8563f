/** This run of the program, told from every other one. */
import { randomUUID } from "node:crypto";

/**
 * What was found travels through state. It is told by the run that found it, and not by a later one that finds nothing
 * and is handed the last outputs again.
 */
export const THIS_RUN = randomUUID().slice(0, 8);
