/** The settings of a rule, as a configuration file gives them to the engine. */
import { byNearness } from "../model/text/nearest";
import { defaultsOf, type Rule, type SettingsSchema } from "./rule";
import { SCOPE_SETTINGS } from "./scope";

/** All settings of a rule: its own and those of every rule. */
export function schemaOf({ settings = {} }: Pick<Rule, "settings">): SettingsSchema {
  return { ...settings, ...SCOPE_SETTINGS };
}

/** The setting that may have been meant by a name that is none. */
function unknownSetting(rule: Rule, name: string): string {
  const all = byNearness(name, ["enforcementLevel", ...Object.keys(schemaOf(rule))]);
  return `policy ${rule.name} has no setting "${name}"; there is ${all.join(", ")}`;
}

/** What is wrong with the names of settings. The engine checks the values, and takes any name. */
export function settingProblems(rule: Rule, names: readonly string[]): string[] {
  return names.filter((name) => !(name in schemaOf(rule))).map((name) => unknownSetting(rule, name));
}

/**
 * Settings with their defaults.
 * @throws Error in one line where a name is none: a limit that is misspelt would limit nothing
 */
export function settingsOf(rule: Rule, given: object): Record<string, unknown> {
  const [problem] = settingProblems(rule, Object.keys(given));
  if (problem === undefined) return { ...defaultsOf(rule), ...given };
  const error = new Error(problem);
  // The engine shows the stack trace of an error, which helps nobody who wrote a setting.
  error.stack = problem;
  throw error;
}
