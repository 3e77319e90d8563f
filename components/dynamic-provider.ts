/** How a dynamic resource of this project names its provider. */
import type { RulesName } from "./rules";

/**
 * What state holds of a dynamic provider, as text that the SDK's dynamic provider process evaluates: it loads the rules by
 * the package's name, from the program's folder. In an own program that is the installed package; in this repository,
 * which has the same name, package.json leads it to components/rules-loader.js. The text is the same in both, so state
 * moves from one to the other.
 *
 * Written by hand rather than serialised from functions: a fifth of the length, twice in every resource's state, and no
 * TypeScript parser in every run. A change of the rules changes no resource, and neither does a change of this text:
 * what an older version wrote stays in state for as long as its resource is unchanged. Such texts load
 * `<program's folder>/components/<name>-rules` by ts-node, so those files keep their names.
 */
export const providerText = (rules: RulesName) =>
  `exports.handler = () => require("module").createRequire(process.cwd() + "/")("connect-sync-identity/rules").provider("${rules}");`;
