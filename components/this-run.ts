/** Identifies this run of the program among all others. */
import { randomUUID } from "node:crypto";

/**
 * Findings travel through state. They are reported by the run that found them, not by a later run that finds nothing
 * and receives the last outputs again.
 */
export const THIS_RUN = randomUUID().slice(0, 8);
