/**
 * The one place that decides who serves an own kind of resource: the SDK's dynamic provider in a TypeScript program, this
 * project's own provider if that constructs for a program in another language.
 */
import { RESOURCE_TYPES, SERVED_TYPES } from "../model/resources/resource-types";
import { construction } from "./construction";
import { providerText } from "./dynamic-provider";
import type { RulesName } from "./rules";

const TYPES = {
  "sync-server": RESOURCE_TYPES.server,
  "credential-guard": RESOURCE_TYPES.guard,
  "sync-role-guard": RESOURCE_TYPES.roleGuard,
} as const satisfies Record<RulesName, string>;

/** What registers a resource of an own kind. */
interface OwnKind {
  type: string;
  /** What the dynamic provider wants in addition to the inputs. */
  provided: { __provider?: string };
}

export function ownKind(rules: RulesName): OwnKind {
  if (!construction()) return { type: TYPES[rules], provided: { __provider: providerText(rules) } };
  return { type: SERVED_TYPES[TYPES[rules]], provided: {} };
}

/** The rules of a type that this project's provider serves; undefined for any other type. */
export function rulesOfServed(type: string): RulesName | undefined {
  const names = Object.keys(TYPES) as RulesName[];
  return names.find((name) => SERVED_TYPES[TYPES[name]] === type);
}
