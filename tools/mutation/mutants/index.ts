/** All mutants. A decision that is added to the program or to its stand-in gets one here. */
import type { Mutant } from "../mutant";
import { PROGRAM_CERTIFICATES } from "./program-certificates";
import { PROGRAM_PAUSE } from "./program-pause";
import { PROGRAM_PREFLIGHT } from "./program-preflight";
import { PROGRAM_SWITCH } from "./program-switch";
import { STAND_IN } from "./stand-in";

export const MUTANTS: readonly Mutant[] = [
  ...PROGRAM_PAUSE,
  ...PROGRAM_CERTIFICATES,
  ...PROGRAM_PREFLIGHT,
  ...PROGRAM_SWITCH,
  ...STAND_IN,
];
