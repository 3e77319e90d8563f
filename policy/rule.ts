/** What a rule of the policy pack is: a pure function over registered resources, with a name, a level and settings. */
import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";
import type { Resource } from "./resource";

/**
 * What a rule says of one thing that breaks it. No diagnostic: its code is the name of the rule, which the policy SDK prints,
 * and its remedy is in words at once, as the rule knows the stack.
 */
export interface Violation {
  /** Name of the server, or of the stack if no server is concerned. */
  subject: string;
  property: string;
  /** Never a secret. */
  actual: string;
  expected: string;
  remedy: string;
  /** The resource concerned, if the rule checks the whole stack. */
  urn?: string;
}

/** A rule's violation before the rule's remedy and resource are added. */
export type Breach = Omit<Violation, "remedy" | "subject"> & { remedy?: string; subject?: string };

/** What a rule knows about the stack apart from its resources. */
export interface Stack {
  name: string;
  /** The stack's setting `environment`; null if it is not set. */
  environment: string | null;
  /** Whether the stack's configuration is available; it is not if only a state is checked. */
  configured: boolean;
}

/** `mandatory` makes a preview red and stops an up before the resource is touched; `advisory` is only reported. */
type Level = "mandatory" | "advisory";

/** The settings of a rule: a JSON schema for each, with a default. */
export type SettingsSchema = Record<string, PolicyConfigJSONSchema & { description: string }>;

interface RuleBase {
  /** Lower case with hyphens; the key of the rule in a configuration file. */
  name: string;
  /** The rule in one sentence. */
  description: string;
  level: Level;
  /** The stacks that the rule applies to, unless its setting `stacks` names others. */
  scope: "every stack" | "production";
  settings?: SettingsSchema;
}

/** A rule about single resources; it stops an `up` before the resource is created or changed. */
export interface ResourceRule<Settings = object> extends RuleBase {
  /** Types of the resources that the rule checks. */
  types: readonly string[];
  judge(resource: Resource, settings: Settings, stack: Stack): Violation[];
}

/** A rule about the whole stack; checked after a preview or an `up` has seen all resources. */
export interface StackRule<Settings = object> extends RuleBase {
  judgeStack(resources: readonly Resource[], settings: Settings, stack: Stack): Violation[];
}

export type Rule = ResourceRule<never> | StackRule<never>;

export function isStackRule(rule: Rule): rule is StackRule<never> {
  return "judgeStack" in rule;
}

/** The default settings of a rule. */
export function defaultsOf({ settings = {} }: Pick<RuleBase, "settings">): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).map(([name, schema]) => [name, schema.default]));
}

/** One line for one violation: server, property, expected, actual, remedy. */
export function formatViolation({ subject, property, actual, expected, remedy }: Violation): string {
  return `${subject}: ${property}: expected ${expected}, found ${actual}. ${remedy}`;
}
