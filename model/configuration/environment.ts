/**
 * Values from the environment in a configuration: `${NAME}`, so that a tracked file holds what differs nowhere. Only the
 * names of this project, and those that the stack lists, may be read; a name of a secret never, as no setting that may
 * hold a reference is kept secret.
 */
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import type { SettingPlace } from "./invalid-setting";

const REFERENCE = /\$\{([A-Z_][A-Z0-9_]*)\}/g;

/** What the names begin with that may be read without a list: this project's own, and those of its sandbox. */
const READABLE_PREFIXES = ["CONNECT_SYNC_", "SANDBOX_"] as const;

/** The setting that lists further names. */
export const LIST_SETTING = "environmentVariables";

/** Names under which systems keep secrets, regardless of what comes before and after. */
const SECRET_NAME = new RegExp(
  [
    ...["SECRET", "TOKEN", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "CONNECTION_?STRING"],
    ...["(PRIVATE|ACCESS|ACCOUNT|API|STORAGE|SHARED|SIGNING|SSH)_?KEY", "(^|_)(PAT|SAS|PWD|AUTH)(_|$)"],
    // The address of a webhook is what is to be known of it.
    "^NOTIFY_URL$",
  ].join("|"),
);

/** Whether a written value takes something from the environment. */
export function isReference(written: unknown): boolean {
  return typeof written === "string" && written.search(REFERENCE) >= 0;
}

/** Whether an environment variable is one that holds a secret, by its name. */
export function namesSecret(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** The names that a stack lists; what is no list of texts is the schema's matter. */
export function listedNames(written: unknown): string[] {
  return Array.isArray(written) ? written.filter((name): name is string => typeof name === "string") : [];
}

/** Why a variable gives no value, as a code; null if it gives one. */
function refusal(name: string, value: string | undefined, listed: readonly string[]) {
  if (namesSecret(name)) return "ENVIRONMENT_SECRET";
  const readable = listed.includes(name) || READABLE_PREFIXES.some((prefix) => name.startsWith(prefix));
  if (!readable) return "ENVIRONMENT_NOT_LISTED";
  return value === undefined || value === "" ? "ENVIRONMENT_MISSING" : null;
}

/**
 * Replaces `${NAME}` in every string of a value.
 *
 * @param listed names that may be read as well
 * @param locate server and property of a path, for messages
 * @returns the value, and one problem for each reference that gives none
 */
export function expandEnvironment(
  root: unknown,
  environment: Record<string, string | undefined>,
  listed: readonly string[],
  locate: (path: (string | number)[]) => SettingPlace,
): { value: unknown; problems: Diagnostic[] } {
  const problems: Diagnostic[] = [];
  const expandText = (text: string, path: (string | number)[]) =>
    text.replace(REFERENCE, (reference, name: string) => {
      const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
      const code = refusal(name, value, listed);
      if (code === null) return value!;
      const { server, property } = locate(path);
      problems.push(diagnose(code, server, { property, name, reference }));
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
