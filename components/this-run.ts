/** Identifies this run of the program among all others. */
import { construction, newRun } from "./construction";

const RUN_OF_PROGRAM = newRun();

/**
 * Findings travel through state. They are reported by the run that found them, not by a later run that finds nothing
 * and receives the last outputs again.
 */
export const thisRun = () => construction()?.run ?? RUN_OF_PROGRAM;
