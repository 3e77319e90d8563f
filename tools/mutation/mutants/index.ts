/** All mutants. A decision that is added to the program or to its stand-in gets one here. */
import type { Mutant } from "../mutant";
import { ISSUED_CERTIFICATES } from "./issued-certificates";
import { PROGRAM_CERTIFICATES } from "./program-certificates";
import { PROGRAM_KEY_FAULTS } from "./program-key-faults";
import { PROGRAM_MACHINE } from "./program-machine";
import { PROGRAM_PAUSE } from "./program-pause";
import { PROGRAM_PREFLIGHT } from "./program-preflight";
import { PROGRAM_SWITCH } from "./program-switch";
import { PROGRAM_VERIFICATION } from "./program-verification";
import { STAND_IN } from "./stand-in";

export const MUTANTS: readonly Mutant[] = [
  ...PROGRAM_MACHINE,
  ...PROGRAM_PAUSE,
  ...PROGRAM_CERTIFICATES,
  ...ISSUED_CERTIFICATES,
  ...PROGRAM_PREFLIGHT,
  ...PROGRAM_SWITCH,
  ...PROGRAM_VERIFICATION,
  ...PROGRAM_KEY_FAULTS,
  ...STAND_IN,
];
