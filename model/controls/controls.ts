/** Every control that a report is held against, in the order in which it shows them. */
import type { Control } from "./control";
import { MICROSOFT } from "./microsoft";
import { NIST } from "./nist";
import { SCUBA } from "./scuba";

export const CONTROLS: readonly Control[] = [...SCUBA, ...NIST, ...MICROSOFT];

/** The controls that a code is evidence for, as a finding or as a notice. */
export const controlsOf = (code: string): Control[] =>
  CONTROLS.filter(({ codes, notices = [] }) => [...codes, ...notices].some((one) => one === code));
