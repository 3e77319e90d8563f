/** Values from the environment in a configuration: `${NAME}`, so that a tracked file holds what differs nowhere. */
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import type { SettingPlace } from "./invalid-setting";

const REFERENCE = /\$\{([A-Z_][A-Z0-9_]*)\}/g;

/** Whether a written value takes something from the environment. */
export function isReference(written: unknown): boolean {
  return typeof written === "string" && written.search(REFERENCE) >= 0;
}

/**
 * Replaces `${NAME}` in every string of a value.
 *
 * @param locate server and property of a path, for messages
 * @returns the value, and one problem for each variable that is not set
 */
export function expandEnvironment(
  root: unknown,
  environment: Record<string, string | undefined>,
  locate: (path: (string | number)[]) => SettingPlace,
): { value: unknown; problems: Diagnostic[] } {
  const problems: Diagnostic[] = [];
  const expandText = (text: string, path: (string | number)[]) =>
    text.replace(REFERENCE, (reference, name: string) => {
      const value = environment[name];
      if (value !== undefined && value !== "") return value;
      const { server, property } = locate(path);
      problems.push(diagnose("ENVIRONMENT_MISSING", server, { property, name, reference }));
      return reference;
    });
  const expand = (value: unknown, path: (string | number)[]): unknown => {
    if (typeof value === "string") return expandText(value, path);
    if (Array.isArray(value)) return value.map((entry, index) => expand(entry, [...path, index]));
    if (value !== null && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, expand(entry, [...path, key])]));
    }
    return value;
  };
  return { value: expand(root, []), problems };
}
