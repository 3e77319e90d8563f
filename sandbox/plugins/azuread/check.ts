/**
 * Checks inputs and fills in defaults, which are recorded in `__defaults` as the real plugin does.
 *
 * As there, the default of an undeclared property is the resource's former input: one that was a default itself, or any
 * former input after a refresh, which drops the record. So what a refresh read in Entra becomes the default.
 */
import type { CheckAnswer, CheckFailure } from "../provider";
import { isMap, Unknown, type PropertyMap, type PropertyValue } from "../property-values";
import type { Field, FieldKind, Fields } from "./field";

const DEFAULTS = "__defaults";

const SHAPES: Record<FieldKind, (value: PropertyValue) => boolean> = {
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  integer: (value) => Number.isInteger(value),
  strings: (value) => Array.isArray(value),
  objects: (value) => Array.isArray(value),
  map: isMap,
  object: isMap,
};

/** Numbers and booleans may be strings, for example from configuration. */
function coerced(value: PropertyValue, kind: FieldKind): PropertyValue {
  if (kind === "boolean" && (value === "true" || value === "false")) return value === "true";
  if (kind === "integer" && typeof value === "string" && /^-?\d+$/.test(value)) return Number(value);
  if (kind === "string" && (typeof value === "number" || typeof value === "boolean")) return String(value);
  return value;
}

/** Upstream fills in no default that is false, 0 or "", unless a former input has it. */
const isFalsy = (value: PropertyValue) => value === false || value === 0 || value === "";

/** The default of a property that is not declared, if there is one. */
function defaultOf(name: string, field: Field, former: PropertyMap): PropertyValue | undefined {
  if (field.default === undefined) return undefined;
  const { [DEFAULTS]: record } = former;
  const usable = !Array.isArray(record) || record.includes(name);
  if (usable && former[name] !== undefined) return former[name];
  return isFalsy(field.default) ? undefined : field.default;
}

class Checker {
  readonly failures: CheckFailure[] = [];

  object(values: PropertyMap, fields: Fields, path: string, former: PropertyMap = {}): PropertyMap {
    const checked: PropertyMap = {};
    const defaulted: string[] = [];
    for (const [name, field] of Object.entries(fields)) {
      const property = path ? `${path}.${name}` : name;
      if (name in values && field.input) checked[name] = this.value(values[name], field, property, former[name]);
      else if (field.required) this.fail(property, `Missing required property '${name}'`);
      else if (field.input) {
        const value = defaultOf(name, field, former);
        if (value === undefined) continue;
        checked[name] = value;
        defaulted.push(name);
      }
    }
    const unknown = Object.keys(values).filter((name) => name !== DEFAULTS && !fields[name]?.input);
    for (const name of unknown) this.fail(path ? `${path}.${name}` : name, "the stand-in does not know this property");
    return { [DEFAULTS]: defaulted.sort(), ...checked };
  }

  private value(given: PropertyValue, field: Field, property: string, former?: PropertyValue): PropertyValue {
    if (given instanceof Unknown) return given;
    const value = coerced(given, field.kind);
    if (!SHAPES[field.kind](value)) {
      this.fail(property, `expected ${field.kind}, got ${JSON.stringify(value)}`);
      return value;
    }
    if (isMap(value) && field.fields) return this.object(value, field.fields, property, isMap(former) ? former : {});
    if (Array.isArray(value)) return value.map((entry, index) => this.element(entry, field, `${property}[${index}]`));
    this.validate(value, field, property);
    return value;
  }

  private element(entry: PropertyValue, field: Field, property: string): PropertyValue {
    if (entry instanceof Unknown) return entry;
    if (isMap(entry) && field.fields) return this.object(entry, field.fields, property);
    this.validate(entry, field, property);
    return entry;
  }

  private validate(value: PropertyValue, field: Field, property: string): void {
    const problem = field.validate?.(value);
    if (problem) this.fail(property, `${problem}. Examine values at '${property}'.`);
  }

  private fail(property: string, reason: string): void {
    this.failures.push({ property, reason });
  }
}

/** @param former the resource's inputs in state; none for a new one. */
export function checkResource(inputs: PropertyMap, fields: Fields, former: PropertyMap = {}): CheckAnswer {
  const checker = new Checker();
  return { inputs: checker.object(inputs, fields, "", former), failures: checker.failures };
}

/** The inputs without the records of defaults. */
export function withoutDefaultsNote(value: PropertyValue): PropertyValue {
  if (Array.isArray(value)) return value.map(withoutDefaultsNote);
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([name]) => name !== DEFAULTS);
  return Object.fromEntries(entries.map(([name, nested]) => [name, withoutDefaultsNote(nested)]));
}
