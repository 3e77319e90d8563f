/** Situations in which program and stand-in must do the same and say the same, each against one written expectation. */
import type { CurrentHost } from "./host-protocol.contract";
import { ACCOUNTS } from "./situations/accounts";
import { CERTIFICATES } from "./situations/certificates";
import { GOING_BACK } from "./situations/going-back";
import { MACHINES } from "./situations/machines";
import { MANAGED } from "./situations/managed";
import { OBSERVING } from "./situations/observing";
import { PAUSING } from "./situations/pausing";
import { PREFLIGHT } from "./situations/preflight";
import { play, type Situation } from "./situations/situation";
import { SWITCHING } from "./situations/switching";
import { TOKEN } from "./situations/token";
import { VERIFYING } from "./situations/verifying";

const TABLES: Record<string, Situation[]> = {
  "preflight of register": PREFLIGHT,
  "answers of the token endpoint": TOKEN,
  pausing: PAUSING,
  switching: SWITCHING,
  verifying: VERIFYING,
  "going back": GOING_BACK,
  certificates: CERTIFICATES,
  accounts: ACCOUNTS,
  "machine identifiers": MACHINES,
  observing: OBSERVING,
  "a managed host": MANAGED,
};

export function describeSituations(host: CurrentHost): void {
  describe("situations", () => {
    for (const [noun, table] of Object.entries(TABLES)) {
      describe(noun, () => {
        for (const situation of table) it(situation.title, () => play(host(), situation));
      });
    }
  });
}
