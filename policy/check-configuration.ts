/** Checks names and levels in a configuration file of the pack before the engine, which accepts any name, reads it. */
import { byNearness, isNear } from "../model/text/nearest";
import type { Rule } from "./rule";
import { settingProblems } from "./settings";

/** Levels that both the engine and this pack support. */
const LEVELS = ["mandatory", "advisory", "disabled"];

/** Keys that are not policies: a level for all policies, and Pulumi ESC's environments. */
const OTHER_KEYS = ["all", "environments"];

function levelProblems(name: string, level: unknown): string[] {
  if (level === undefined || LEVELS.includes(String(level))) return [];
  return [`policy ${name} has no level ${JSON.stringify(level)}; the levels are ${LEVELS.join(", ")}`];
}

/** Unknown names and levels, one line each. The engine itself checks the values of settings. */
export function configurationProblems(text: string, rules: readonly Rule[], others: readonly string[]): string[] {
  let configuration: unknown;
  try {
    configuration = JSON.parse(text);
  } catch (error) {
    return [`this is not JSON: ${(error as Error).message}`];
  }
  if (configuration === null || typeof configuration !== "object" || Array.isArray(configuration)) {
    return ["this is not a map of policies by name"];
  }
  const known = [...rules.map(({ name }) => name), ...others, ...OTHER_KEYS];
  return Object.entries(configuration).flatMap(([name, value]) => {
    if (name === "environments") return [];
    if (!known.includes(name)) {
      const [nearest] = byNearness(name, known);
      const meant = isNear(name, nearest) ? `"${nearest}" may be meant` : `the policies are ${known.join(", ")}`;
      return [`there is no policy "${name}"; ${meant}`];
    }
    if (typeof value === "string") return levelProblems(name, value);
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      return [`policy ${name} needs a level or a map of settings`];
    }
    const { enforcementLevel, ...settings } = value as Record<string, unknown>;
    const rule = rules.find((one) => one.name === name);
    const unknown = rule ? settingProblems(rule, Object.keys(settings)) : [];
    return [...levelProblems(name, enforcementLevel), ...unknown];
  });
}
