/**
 * Differences between what a program declares and what Entra holds, and what a change will lead to.
 *
 * Absent, empty, zero and default are one and the same here: Entra answers "" and [] where nothing was declared.
 */
import type { Diff, DiffKind, PropertyDiff } from "../provider";
import { containsUnknowns, isMap, UNKNOWN, type PropertyMap, type PropertyValue } from "../property-values";
import { withoutDefaultsNote } from "./check";
import type { Field, Fields } from "./field";

/** A value in a form in which equal means equal; undefined where it says nothing. */
function normalized(value: PropertyValue | undefined, field: Field): PropertyValue | undefined {
  if (value === undefined || value === null || value === "" || value === false || value === 0) {
    return value === false && field.default === true ? false : undefined;
  }
  if (value === field.default) return undefined;
  if (Array.isArray(value)) {
    const elements = value.map((entry) =>
      field.fields && isMap(entry) ? (normalizedObject(entry, field.fields) ?? {}) : entry,
    );
    if (elements.length === 0) return undefined;
    return field.unordered ? elements.map((entry) => JSON.stringify(entry)).sort() : elements;
  }
  if (isMap(value)) {
    if (field.fields) return normalizedObject(value, field.fields);
    return Object.keys(value).length > 0 ? Object.fromEntries(Object.entries(value).sort()) : undefined;
  }
  return value;
}

function normalizedObject(values: PropertyMap, fields: Fields): PropertyMap | undefined {
  const entries = Object.entries(fields)
    .filter(([, field]) => field.input)
    .map(([name, field]) => [name, normalized(values[name], field)] as const)
    .filter(([, value]) => value !== undefined);
  return entries.length > 0 ? (Object.fromEntries(entries) as PropertyMap) : undefined;
}

function kindOf(before: PropertyValue | undefined, now: PropertyValue | undefined): DiffKind {
  if (before === undefined) return "add";
  return now === undefined ? "delete" : "update";
}

/**
 * @param state what Entra was last seen to hold.
 * @param inputs checked inputs; what they leave out and Entra may decide itself is no difference.
 */
export function diffResource(
  state: PropertyMap,
  inputs: PropertyMap,
  fields: Fields,
  ignoreChanges: string[] = [],
): Diff {
  const ignored = new Set(ignoreChanges.map((path) => path.replace(/[.[].*$/s, "")));
  const diff = new Map<string, PropertyDiff>();
  for (const [name, field] of Object.entries(fields)) {
    if (!field.input || ignored.has(name) || (field.computed && !(name in inputs))) continue;
    const declared = inputs[name] === undefined ? undefined : withoutDefaultsNote(inputs[name]);
    const [before, now] = [normalized(state[name], field), normalized(declared, field)];
    const changed = containsUnknowns(declared) || JSON.stringify(before) !== JSON.stringify(now);
    if (changed) {
      diff.set(name, {
        kind: containsUnknowns(declared) ? "update" : kindOf(before, now),
        replaces: field.forceNew ?? false,
      });
    }
  }
  return diff;
}

/** What a creation will lead to: what is declared, and for the rest that Entra decides: not known yet. */
export function plannedCreation(inputs: PropertyMap, fields: Fields): PropertyMap {
  const outputs: PropertyMap = { id: UNKNOWN };
  for (const [name, field] of Object.entries(fields)) {
    if (name in inputs) outputs[name] = withoutDefaultsNote(inputs[name]);
    else if (field.computed) outputs[name] = UNKNOWN;
  }
  return outputs;
}

/** What an update will lead to. @param recomputed outputs that Entra will tell anew. */
export function plannedUpdate(
  state: PropertyMap,
  inputs: PropertyMap,
  fields: Fields,
  recomputed: string[] = [],
): PropertyMap {
  const outputs = { ...state };
  for (const [name, field] of Object.entries(fields).filter(([, candidate]) => candidate.input)) {
    if (name in inputs) outputs[name] = withoutDefaultsNote(inputs[name]);
    else if (!field.computed && normalized(state[name], field) !== undefined) delete outputs[name];
  }
  for (const name of recomputed) outputs[name] = UNKNOWN;
  return outputs;
}

/** A value as an input: what says nothing left out of objects, with the note that nothing was defaulted there. */
function asInput(value: PropertyValue, field: Field): PropertyValue {
  if (Array.isArray(value)) return value.map((entry) => asInput(entry, field));
  return isMap(value) && field.fields ? inputsOf(value, field.fields) : value;
}

/**
 * The inputs that a resource in Entra would have come from: what Entra holds beyond defaults, its own choices included;
 * what it never shows is left out.
 */
export function inputsOf(outputs: PropertyMap, fields: Fields): PropertyMap {
  const inputs: PropertyMap = { __defaults: [] };
  for (const [name, field] of Object.entries(fields)) {
    const value = outputs[name];
    if (!field.input || value === undefined || value === null || value === field.default) continue;
    if (normalized(value, field) !== undefined || field.required) inputs[name] = asInput(value, field);
  }
  return inputs;
}

/** After a refresh: each input that there was, as Entra holds it now where that is something else. */
export function refreshedInputs(inputs: PropertyMap, outputs: PropertyMap, fields: Fields): PropertyMap {
  const refreshed = { ...inputs };
  for (const [name, field] of Object.entries(fields)) {
    if (!(name in inputs) || !(name in outputs)) continue;
    const [before, now] = [normalized(withoutDefaultsNote(inputs[name]), field), normalized(outputs[name], field)];
    if (JSON.stringify(before) !== JSON.stringify(now)) refreshed[name] = outputs[name];
  }
  return refreshed;
}
