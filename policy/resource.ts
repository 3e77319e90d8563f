/** A registered resource as the rules read it: plain data, with a marker for each value that is not known yet. */
import { RESOURCE_TYPES } from "../model/resources/resource-types";

/** A value that a preview does not know yet. `error` is what the engine's SDK throws when such a value is used. */
export class Unknown {
  constructor(readonly error: Error) {}
}

export interface Resource {
  type: string;
  /** The last part of its URN. */
  name: string;
  urn: string;
  /** Inputs for a rule about single resources, outputs for a rule about the stack. */
  props: Record<string, unknown>;
  /** URN of the parent resource. */
  parent?: string;
  /** URNs of the resources that a property comes from. */
  sources: Record<string, string[]>;
}

/**
 * Converts what the policy SDK passes, which throws on access to an unknown value, to plain data.
 *
 * @param isUnknown whether an error means that a value is unknown
 */
export function plain(value: unknown, isUnknown: (error: unknown) => error is Error): unknown {
  if (value === null || typeof value !== "object") return value;
  const read = (key: string) => {
    try {
      return plain((value as Record<string, unknown>)[key], isUnknown);
    } catch (error) {
      if (isUnknown(error)) return new Unknown(error);
      throw error;
    }
  };
  const entries = Object.keys(value).map((key) => [key, read(key)] as const);
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

/** The value at a path: undefined if there is none, {@link Unknown} if a part of it is unknown. */
export function look(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((found, key) => {
    if (found instanceof Unknown || found === null || typeof found !== "object") {
      return found instanceof Unknown ? found : undefined;
    }
    return (found as Record<string, unknown>)[key];
  }, value);
}

/**
 * A property that a rule needs.
 * @throws the error of the engine's SDK if the property is unknown: the engine reports that, and `up` applies the rule
 */
export function need({ props }: Pick<Resource, "props">, path: string): unknown {
  const found = look(props, path);
  if (found instanceof Unknown) throw found.error;
  return found;
}

/** A property if it is known, else undefined: the run that knows it applies the rule. */
export function known({ props }: Pick<Resource, "props">, path: string): unknown {
  const found = look(props, path);
  return found instanceof Unknown ? undefined : found;
}

/** A value for a message. */
export function show(value: unknown): string {
  if (value === undefined || value === null || value === "") return "nothing";
  const json = JSON.stringify(value);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}

/** The request that a command sends to a server's host program; null if this is another command or not known yet. */
export function requestOf(resource: Resource): Record<string, unknown> | null {
  const stdin = resource.type === RESOURCE_TYPES.command ? known(resource, "stdin") : undefined;
  if (typeof stdin !== "string") return null;
  try {
    const request: unknown = JSON.parse(stdin);
    return request !== null && typeof request === "object" ? (request as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The suffixes that resource names add to the server's name. */
const PARTS =
  /-(application|principal|role-[a-z-]+|server|program|program-removal|certificate|credential|lease|registration|guard)$/;

/** The server that a resource belongs to, according to its inputs or its name. */
export function serverOf(resource: Resource): string {
  const said = known(resource, "server") ?? requestOf(resource)?.server;
  return typeof said === "string" ? said : resource.name.replace(PARTS, "");
}
