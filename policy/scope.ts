/** Which stacks a rule applies to, and which servers are exempt from it until when. */
import type { Rule, SettingsSchema, Stack, Violation } from "./rule";

/** Names of stacks that count as production, whatever their configuration says. */
export const PRODUCTION_STACKS = ["prod", "prod-*", "*-prod", "production", "production-*", "*-production"] as const;

/** An exception of a server from a rule, with its reason and its last day. */
export interface Exception {
  /** `<server>`, or `<stack>/<server>`. */
  server: string;
  reason: string;
  /** The last day on which the exception applies, `YYYY-MM-DD` in UTC. */
  expires: string;
}

export interface ScopeSettings {
  stacks?: readonly string[];
  exceptions?: readonly Exception[];
}

/** Settings that every rule has. */
export const SCOPE_SETTINGS: SettingsSchema = {
  stacks: {
    type: "array",
    items: { type: "string", minLength: 1 },
    description: "names of the stacks that the rule applies to; * matches any characters",
  },
  exceptions: {
    type: "array",
    items: {
      type: "object",
      required: ["server", "reason", "expires"],
      properties: {
        server: { type: "string", pattern: "^([^/]+/)?[a-z][a-z0-9-]*$" },
        reason: { type: "string", minLength: 1 },
        expires: { type: "string", pattern: "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$" },
      },
      additionalProperties: false,
    },
    description: "servers that are exempt from the rule: server, reason, and last day",
  },
};

/** Whether a name matches a pattern. */
export function matches(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "i").test(name);
}

export function isProduction({ name, environment }: Stack): boolean {
  return environment === "production" || PRODUCTION_STACKS.some((pattern) => matches(pattern, name));
}

/** Whether a rule applies to a stack. */
export function concerns({ scope }: Pick<Rule, "scope">, { stacks }: ScopeSettings, stack: Stack): boolean {
  if (stacks) return stacks.some((pattern) => matches(pattern, stack.name));
  return scope === "every stack" || isProduction(stack);
}

/** An exception that was used, in one line. */
export function formatException(rule: string, stack: Stack, { server, reason, expires }: Exception): string {
  return `${server} in stack ${stack.name} is exempt from ${rule} until ${expires}: ${reason}`;
}

/** The violation after exceptions: none while an exception applies; the remedy names an exception that has expired. */
export function excepted(
  violation: Violation,
  { exceptions = [] }: ScopeSettings,
  stack: Stack,
  today: string,
): { violation: Violation | null; exception: Exception | null } {
  const names = [violation.subject, `${stack.name}/${violation.subject}`];
  const own = exceptions.filter(({ server }) => names.includes(server));
  const valid = own.find(({ expires }) => expires >= today);
  if (valid) return { violation: null, exception: valid };
  if (own.length === 0) return { violation, exception: null };
  const [ended] = own
    .map(({ expires }) => expires)
    .sort()
    .reverse();
  const remedy = `${violation.remedy} Its exception ended on ${ended}.`;
  return { violation: { ...violation, remedy }, exception: null };
}
