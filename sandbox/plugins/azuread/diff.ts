/**
 * Differences between the declaration and Entra, and the result of a change.
 *
 * Absent, empty, zero and default are equal here: Entra answers "" and [] if nothing was declared.
 */
import type { Diff, DiffKind, PropertyDiff } from "../provider";
import { containsUnknowns, isMap, UNKNOWN, type PropertyMap, type PropertyValue } from "../property-values";
import { withoutDefaultsNote } from "./check";
import type { Field, Fields } from "./field";

/** A value in normal form, so that equal values compare equal; undefined if it is empty. */
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
 * @param state what Entra was last known to contain.
 * @param inputs checked inputs; an omitted value that Entra may choose itself is not a difference.
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

/** The result of a creation: the declared values, and unknown for the values that Entra chooses. */
export function plannedCreation(inputs: PropertyMap, fields: Fields): PropertyMap {
  const outputs: PropertyMap = { id: UNKNOWN };
  for (const [name, field] of Object.entries(fields)) {
    if (name in inputs) outputs[name] = withoutDefaultsNote(inputs[name]);
    else if (field.computed) outputs[name] = UNKNOWN;
  }
  return outputs;
}

/** The result of an update. @param recomputed outputs that Entra determines again. */
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

/** A value as an input: objects without empty members, with the record that nothing was defaulted there. */
function asInput(value: PropertyValue, field: Field): PropertyValue {
  if (Array.isArray(value)) return value.map((entry) => asInput(entry, field));
  return isMap(value) && field.fields ? inputsOf(value, field.fields) : value;
}

/**
 * The inputs that would produce a resource in Entra: its values other than defaults, including Entra's own choices;
 * values that Entra never shows are omitted.
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

/**
 * After a refresh: each former input, with Entra's current value if that differs. The real plugin drops the record of
 * defaults here, so a later check takes every one of these values as the default of a property that is not declared.
 */
export function refreshedInputs(inputs: PropertyMap, outputs: PropertyMap, fields: Fields): PropertyMap {
  const refreshed = withoutDefaultsNote(inputs) as PropertyMap;
  for (const [name, field] of Object.entries(fields)) {
    if (!(name in inputs) || !(name in outputs)) continue;
    const [before, now] = [normalized(withoutDefaultsNote(inputs[name]), field), normalized(outputs[name], field)];
    if (JSON.stringify(before) !== JSON.stringify(now)) refreshed[name] = outputs[name];
  }
  return refreshed;
}
