/** The documents that docs/coverage.md walks through. */
import { ACCOUNTS } from "./accounts";
import { HOW_TO } from "./how-to";
import { HOW_TO_LIFE } from "./how-to-life";
import { HOW_TO_ONBOARDING } from "./how-to-onboarding";
import { OLDER_HOW_TO } from "./older-how-to";
import type { Coverage } from "./row";
import { ARTICLE, TROUBLESHOOTING } from "./troubleshooting";

export const DOCUMENTS: readonly Coverage[] = [
  {
    number: "000",
    title: "How-to: application identity",
    form: "marked",
    sections: [...HOW_TO, ...HOW_TO_ONBOARDING, ...HOW_TO_LIFE],
  },
  { number: "001", title: "The older how-to", form: "plain", sections: OLDER_HOW_TO },
  { number: "002", title: "Troubleshooting", form: "marked", sections: TROUBLESHOOTING },
  { number: "003", title: "An article on TPM keys", form: "plain", sections: ARTICLE },
  { number: "004", title: "Accounts and permissions", form: "plain", sections: ACCOUNTS },
];
