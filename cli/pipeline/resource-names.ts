/** Which server a resource of a stack belongs to, and which part of it it is: its name is `<server>-<part>`. */
import { isComponentType, RESOURCE_TYPES } from "../../model/resources/resource-types";
import type { PreviewStep } from "./preview-output";

/** Parts of a server, as the component names them. */
const PARTS = [
  "application",
  "principal",
  "role",
  "server",
  "program",
  "program-removal",
  "certificate",
  "credential",
  "lease",
  "registration",
  "guard",
] as const;

export type Part = (typeof PARTS)[number];

const ROLE = /^(.+)-role-(?:adsynchronization|passwordwriteback)-[a-z-]+$/;

/**
 * The server of a step, null for what belongs to the stack as a whole; the part is null for what only holds others.
 */
export function partOf({ urn, type, name }: Pick<PreviewStep, "urn" | "type" | "name">): {
  server: string | null;
  part: Part | null;
} {
  const [, , chain = ""] = urn.split("::");
  if (!chain.split("$").includes(RESOURCE_TYPES.identity)) return { server: null, part: null };
  if (isComponentType(type)) return { server: name, part: null };
  const role = ROLE.exec(name);
  if (role) return { server: role[1], part: "role" };
  return lastPart(name) ?? { server: name, part: null };
}

/** The part at the very end, the longer names first: `program-removal` is a part, and `eu-server` may be a server. */
function lastPart(name: string): { server: string; part: Part } | null {
  const parts = [...PARTS].sort((left, right) => right.length - left.length);
  const part = parts.find((candidate) => name.endsWith(`-${candidate}`) && name.length > candidate.length + 1);
  return part === undefined ? null : { server: name.slice(0, -part.length - 1), part };
}
