/** The settings of a rule, as a configuration file passes them to the engine. */
import { byNearness } from "../model/text/nearest";
import { defaultsOf, type Rule, type SettingsSchema } from "./rule";
import { SCOPE_SETTINGS } from "./scope";

/** All settings of a rule: its own and the common ones. */
export function schemaOf({ settings = {} }: Pick<Rule, "settings">): SettingsSchema {
  return { ...settings, ...SCOPE_SETTINGS };
}

/** The setting that an unknown name may mean. */
function unknownSetting(rule: Rule, name: string): string {
  const all = byNearness(name, ["enforcementLevel", ...Object.keys(schemaOf(rule))]);
  return `policy ${rule.name} has no setting "${name}"; the settings are ${all.join(", ")}`;
}

/** Unknown names of settings. The engine checks the values but accepts any name. */
export function settingProblems(rule: Rule, names: readonly string[]): string[] {
  return names.filter((name) => !(name in schemaOf(rule))).map((name) => unknownSetting(rule, name));
}

/**
 * Settings with their defaults.
 * @throws Error in one line if a name is unknown: a misspelt limit would limit nothing
 */
export function settingsOf(rule: Rule, given: object): Record<string, unknown> {
  const [problem] = settingProblems(rule, Object.keys(given));
  if (problem === undefined) return { ...defaultsOf(rule), ...given };
  const error = new Error(problem);
  // The engine shows the stack trace of an error, which does not help the author of a setting.
  error.stack = problem;
  throw error;
}
