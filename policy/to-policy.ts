/** Converts a rule to a policy of the policy SDK. */
import * as pulumi from "@pulumi/pulumi";
import {
  UnknownValueError,
  type Policy,
  type PolicyResource,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from "@pulumi/policy";
import { expandEnvironment, LIST_SETTING, listedNames } from "../model/configuration/environment";
import { stackValue } from "../model/configuration/stack-value";
import { kindOf } from "../model/resources/resource-types";
import { plain, type Resource } from "./resource";
import {
  formatViolation,
  isStackRule,
  type ResourceRule,
  type Rule,
  type Stack,
  type StackRule,
  type Violation,
} from "./rule";
import { concerns, excepted, formatException, type ScopeSettings } from "./scope";
import { schemaOf, settingsOf } from "./settings";

const isUnknown = (error: unknown): error is Error => error instanceof UnknownValueError;

/** Stack and project of a URN: `urn:pulumi:<stack>::<project>::...`. */
function placeOf(urn: string): { stack: string; project: string } {
  const [prefix = "", project = ""] = urn.split("::");
  return { stack: prefix.replace(/^urn:pulumi:/, ""), project };
}

/** What is known about a resource's stack. The language host passes its configuration. */
export function stackOf(urn: string): Stack {
  const { stack, project } = placeOf(urn);
  const configured = process.env.PULUMI_CONFIG !== undefined;
  const all: Record<string, string | undefined> = configured ? pulumi.runtime.allConfig() : {};
  const written = all[`${project}:environment`];
  // As with every other setting, the environment variable may provide it.
  const listed = listedNames(stackValue(all[`${project}:${LIST_SETTING}`] ?? ""));
  const { value } = expandEnvironment({ environment: written ?? null }, process.env, listed, () => ({
    server: null,
    property: "environment",
  }));
  return { name: stack, ...(value as Pick<Stack, "environment">), configured };
}

function seen({ type, name, urn, props }: ResourceValidationArgs | PolicyResource): Omit<Resource, "sources"> {
  return { type: kindOf(type), name, urn, props: plain(props, isUnknown) as Record<string, unknown> };
}

function seenInStack(resource: PolicyResource): Resource {
  const sources = Object.entries(resource.propertyDependencies).map(([property, from]) => [
    property,
    from.map(({ urn }) => urn),
  ]);
  return { ...seen(resource), parent: resource.parent?.urn, sources: Object.fromEntries(sources) };
}

/** What one run of the pack has reported so far. */
export class ReportedSoFar {
  /** The exceptions that were used, one line each: a server under an exception must not look compliant. */
  readonly exceptions = new Set<string>();
  private readonly violations = new Map<string, string>();

  /**
   * Whether another resource of the same server has the same violation: a declared value is reported where it is
   * declared, not at each resource that repeats it.
   */
  repeats(rule: string, { subject, actual, expected }: Violation, urn: string): boolean {
    const what = JSON.stringify([rule, subject, actual, expected]);
    const first = this.violations.get(what) ?? urn;
    this.violations.set(what, first);
    return first !== urn;
  }
}

type Report = (message: string, urn?: string) => void;
type Judge = (settings: never, stack: Stack) => ReturnType<ResourceRule["judge"]>;

/** A rule at work: on which settings and resource, and where its violations go. */
interface Application {
  config: object;
  urn: string;
  judge: Judge;
  report: Report;
}

/** Applies the rule, and reports the violations that no exception covers. */
function apply(rule: Rule, { config, urn, judge, report }: Application, reported: ReportedSoFar): void {
  const stack = stackOf(urn);
  const settings = settingsOf(rule, config);
  if (!concerns(rule, settings as ScopeSettings, stack)) return;
  const today = new Date().toISOString().slice(0, 10);
  for (const found of judge(settings as never, stack)) {
    const { violation, exception } = excepted(found, settings as ScopeSettings, stack, today);
    if (exception) reported.exceptions.add(formatException(rule.name, stack, exception));
    if (!violation || reported.repeats(rule.name, violation, violation.urn ?? urn)) continue;
    report(formatViolation(violation), violation.urn);
  }
}

function describe(rule: Rule): Policy {
  const { name, description, level } = rule;
  return { name, description, enforcementLevel: level, configSchema: { properties: schemaOf(rule) } };
}

function resourcePolicy(rule: ResourceRule<never>, reported: ReportedSoFar): ResourceValidationPolicy {
  return {
    ...describe(rule),
    validateResource: (args, report) => {
      if (!rule.types.includes(kindOf(args.type))) return;
      const judge: Judge = (settings, stack) => rule.judge({ ...seen(args), sources: {} }, settings, stack);
      apply(rule, { config: args.getConfig(), urn: args.urn, judge, report }, reported);
    },
  };
}

function stackPolicy(rule: StackRule<never>, reported: ReportedSoFar): StackValidationPolicy {
  return {
    ...describe(rule),
    validateStack: (args, report) => {
      // A stack without resources is unknown to the engine, and is judged as soon as there is one.
      if (args.resources.length === 0) return;
      const judge: Judge = (settings, stack) => rule.judgeStack(args.resources.map(seenInStack), settings, stack);
      apply(rule, { config: args.getConfig(), urn: args.resources[0].urn, judge, report }, reported);
    },
  };
}

export function toPolicy(rule: Rule, reported: ReportedSoFar): ResourceValidationPolicy | StackValidationPolicy {
  return isStackRule(rule) ? stackPolicy(rule, reported) : resourcePolicy(rule, reported);
}

/** Reports the exceptions that were used, after all other rules have run. */
export function exceptionsPolicy(reported: ReportedSoFar): StackValidationPolicy {
  return {
    name: EXCEPTIONS_IN_USE.name,
    description: EXCEPTIONS_IN_USE.description,
    enforcementLevel: "advisory",
    validateStack: (_args, report) => [...reported.exceptions].sort().forEach((line) => report(line)),
  };
}

export const EXCEPTIONS_IN_USE = {
  name: "exceptions-in-use",
  description: "An exception that exempts a server from a rule is reported in every run.",
  level: "advisory",
  scope: "every stack",
} as const;
