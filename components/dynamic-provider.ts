/** How a dynamic resource of this project names its provider. */
import type { RulesName } from "./rules";

/**
 * What state stores of a dynamic provider: text that the SDK's dynamic provider process evaluates. It loads rules by
 * the package's name, from the program's folder. In a user's program that is the installed package; in this repository,
 * which has the same name, package.json maps it to components/rules-loader.js. The text is the same in both, so state
 * can move from one to the other.
 *
 * Written by hand rather than serialised from functions: a fifth of the length, twice in every resource's state, and no
 * TypeScript parser in every run. A change of the rules changes no resource, and neither does a change of this text:
 * the text of an older version remains in state as long as its resource is unchanged. Such texts load
 * `<program's folder>/components/<name>-rules` by ts-node, so those files must keep their names.
 */
export const providerText = (rules: RulesName) =>
  `exports.handler = () => require("module").createRequire(process.cwd() + "/")("connect-sync-identity/rules").provider("${rules}");`;
