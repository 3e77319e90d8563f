/** A registered resource as the rules read it: plain data, in which a value that is not known yet is told as such. */
import { RESOURCE_TYPES } from "../model/resources/resource-types";

/** A value that a preview does not know yet. `told` is what the engine's SDK throws where it is needed all the same. */
export class Unknown {
  constructor(readonly told: Error) {}
}

export interface Resource {
  type: string;
  /** The last part of its URN. */
  name: string;
  urn: string;
  /** Inputs where single resources are looked at, outputs where the stack is. */
  props: Record<string, unknown>;
  /** URN of what it is a child of. */
  parent?: string;
  /** URNs of the resources that a property comes from. */
  sources: Record<string, string[]>;
}

/**
 * Plain data out of what the policy SDK hands over, which throws at the touch of a value that is not known.
 *
 * @param isUnknown whether an error says that a value is not known
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

/** What stands at a path of a value; undefined where there is nothing, {@link Unknown} where a part of it is not known. */
export function look(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((found, key) => {
    if (found instanceof Unknown || found === null || typeof found !== "object") {
      return found instanceof Unknown ? found : undefined;
    }
    return (found as Record<string, unknown>)[key];
  }, value);
}

/**
 * A property that a rule cannot do without.
 * @throws what the engine's SDK throws where it is not known yet: the engine then says so, and the up judges it
 */
export function need({ props }: Pick<Resource, "props">, path: string): unknown {
  const found = look(props, path);
  if (found instanceof Unknown) throw found.told;
  return found;
}

/** A property as far as it is known; undefined where it is not, so that the run that knows it judges it. */
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

/** What the host program of a server is asked for by a command; null where this is no such command or not known yet. */
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

/** What follows the server's name in the names of its resources. */
const PARTS =
  /-(application|principal|role-[a-z-]+|server|program|program-removal|certificate|credential|lease|registration|guard)$/;

/** The server that a resource belongs to, by what it says of itself or by its name. */
export function serverOf(resource: Resource): string {
  const said = known(resource, "server") ?? requestOf(resource)?.server;
  return typeof said === "string" ? said : resource.name.replace(PARTS, "");
}
