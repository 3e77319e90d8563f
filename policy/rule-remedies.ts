/** Remedies of rules that are commands: templates, so that each can be pasted and is held against its shell by a test. */
import { ANY_READER, fillRemedy, own, pulumi, renderRemedy } from "../model/diagnostics/remedy";
import type { RemedyTemplate, Values } from "../model/diagnostics/remedy";

export const RULE_REMEDIES = {
  setEnvironment: [
    "With this setting a stack refuses to abandon a server. To set it: ",
    pulumi("config", "set", "environment", "production"),
  ],
  declareAgain: [
    "Declare it again; if it has left for good, remove it from this policy's setting servers. If it was abandoned, import it: ",
    own("adopt", "{server}"),
  ],
} as const satisfies Record<string, RemedyTemplate>;

/** A remedy in words: a rule knows the stack that it judges. */
export const ruleRemedy = (name: keyof typeof RULE_REMEDIES, stack: string, values: Values = {}): string =>
  renderRemedy(fillRemedy(RULE_REMEDIES[name], values), { ...ANY_READER, stack });
