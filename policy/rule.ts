/** What a rule of the policy pack is: a pure function over registered resources, with a name, a level and settings. */
import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";
import type { Resource } from "./resource";

/**
 * What a rule says of one thing that breaks it. No diagnostic: its code is the name of the rule, which the policy SDK prints,
 * and its remedy is in words at once, as the rule knows the stack.
 */
export interface Violation {
  /** Name of the server; the stack's where it is about no server. */
  subject: string;
  property: string;
  /** Never a secret. */
  actual: string;
  expected: string;
  remedy: string;
  /** The resource that is meant, where a rule looks at the whole stack. */
  urn?: string;
}

/** A rule's violation as it is before the rule's remedy and resource are added. */
export type Breach = Omit<Violation, "remedy" | "subject"> & { remedy?: string; subject?: string };

/** What a rule may know of the stack beside its resources. */
export interface Stack {
  name: string;
  /** The stack's setting `environment`; null where it says nothing. */
  environment: string | null;
  /** Whether the stack's configuration is at hand; it is not where a state alone is looked at. */
  configured: boolean;
}

/** `mandatory` makes a preview red and stops an up before the resource is touched; `advisory` is told only. */
export type Level = "mandatory" | "advisory";

/** The settings of a rule: for each its JSON schema, with a default. */
export type SettingsSchema = Record<string, PolicyConfigJSONSchema & { description: string }>;

interface RuleBase {
  /** Lower case with hyphens; the key of the rule in a configuration file. */
  name: string;
  /** One sentence: what must be. */
  description: string;
  level: Level;
  /** Where it is looked at unless its setting `stacks` says otherwise. */
  scope: "every stack" | "production";
  settings?: SettingsSchema;
}

/** A rule about single resources; an up is stopped before the resource is made or changed. */
export interface ResourceRule<Settings = object> extends RuleBase {
  /** Types of the resources that are looked at. */
  types: readonly string[];
  judge(resource: Resource, settings: Settings, stack: Stack): Violation[];
}

/** A rule about the stack as a whole; looked at when a preview or an up has seen all resources. */
export interface StackRule<Settings = object> extends RuleBase {
  judgeStack(resources: readonly Resource[], settings: Settings, stack: Stack): Violation[];
}

export type Rule = ResourceRule<never> | StackRule<never>;

export function isStackRule(rule: Rule): rule is StackRule<never> {
  return "judgeStack" in rule;
}

/** The settings of a rule where nobody set any. */
export function defaultsOf({ settings = {} }: Pick<RuleBase, "settings">): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).map(([name, schema]) => [name, schema.default]));
}

/** One line for one violation: server, property, expected, actual, remedy. */
export function formatViolation({ subject, property, actual, expected, remedy }: Violation): string {
  return `${subject}: ${property}: expected ${expected}, found ${actual}. ${remedy}`;
}
