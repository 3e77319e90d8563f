/** Differences between old and new inputs, by path, as the plugin framework of the real plugin computes them. */
import type { Diff, PropertyDiff } from "../provider";
import { isMap, identicalValue, signatureOf, type PropertyMap, type PropertyValue } from "../property-values";

function step(path: string, name: string): string {
  if (/^[A-Za-z_$][\w$]*$/.test(name)) return path ? `${path}.${name}` : name;
  return `${path}[${JSON.stringify(name)}]`;
}

function compare(
  path: string,
  before: PropertyValue | undefined,
  now: PropertyValue | undefined,
  into: Map<string, PropertyDiff>,
): void {
  if (before === undefined && now === undefined) return;
  if (before === undefined) into.set(path, { kind: "add", replaces: false });
  else if (now === undefined) into.set(path, { kind: "delete", replaces: false });
  else if (Array.isArray(before) && Array.isArray(now)) {
    const length = Math.max(before.length, now.length);
    for (let index = 0; index < length; index++) compare(`${path}[${index}]`, before[index], now[index], into);
  } else if (isMap(before) && isMap(now) && !signatureOf(before) && !signatureOf(now)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
      compare(step(path, name), before[name], now[name], into);
    }
  } else if (!identicalValue(before, now)) into.set(path, { kind: "update", replaces: false });
}

/** The same asset or archive has the same hash; the path of a file does not count. */
function comparable(value: PropertyValue | undefined): PropertyValue | undefined {
  return isMap(value) && signatureOf(value) && typeof value.hash === "string" ? value.hash : value;
}

/**
 * Only a trigger that is added or removed as a whole causes a replacement here. For a change inside the list the SDK
 * does, with `replaceOnChanges: ["triggers[*]"]` on each of the plugin's resources.
 */
export function diffInputs(before: PropertyMap, now: PropertyMap): Diff {
  const diff = new Map<string, PropertyDiff>();
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (name === "version" || name.startsWith("__")) continue;
    compare(step("", name), comparable(before[name]), comparable(now[name]), diff);
  }
  const triggers = diff.get("triggers");
  if (triggers) diff.set("triggers", { ...triggers, replaces: true });
  return diff;
}
