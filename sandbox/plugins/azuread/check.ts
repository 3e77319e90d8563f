/** Checks inputs and fills in defaults, which are recorded in `__defaults` as the real plugin does. */
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

class Checker {
  readonly failures: CheckFailure[] = [];

  object(values: PropertyMap, fields: Fields, path: string): PropertyMap {
    const checked: PropertyMap = {};
    const defaulted: string[] = [];
    for (const [name, field] of Object.entries(fields)) {
      const property = path ? `${path}.${name}` : name;
      if (name in values && field.input) checked[name] = this.value(values[name], field, property);
      else if (field.input && field.default !== undefined) {
        checked[name] = field.default;
        defaulted.push(name);
      } else if (field.required) this.fail(property, `Missing required property '${name}'`);
    }
    const unknown = Object.keys(values).filter((name) => name !== DEFAULTS && !fields[name]?.input);
    for (const name of unknown) this.fail(path ? `${path}.${name}` : name, "the stand-in does not know this property");
    return { [DEFAULTS]: defaulted.sort(), ...checked };
  }

  private value(given: PropertyValue, field: Field, property: string): PropertyValue {
    if (given instanceof Unknown) return given;
    const value = coerced(given, field.kind);
    if (!SHAPES[field.kind](value)) {
      this.fail(property, `expected ${field.kind}, got ${JSON.stringify(value)}`);
      return value;
    }
    if (isMap(value) && field.fields) return this.object(value, field.fields, property);
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

export function checkResource(inputs: PropertyMap, fields: Fields): CheckAnswer {
  const checker = new Checker();
  return { inputs: checker.object(inputs, fields, ""), failures: checker.failures };
}

/** The inputs without the records of defaults. */
export function withoutDefaultsNote(value: PropertyValue): PropertyValue {
  if (Array.isArray(value)) return value.map(withoutDefaultsNote);
  if (!isMap(value)) return value;
  const entries = Object.entries(value).filter(([name]) => name !== DEFAULTS);
  return Object.fromEntries(entries.map(([name, nested]) => [name, withoutDefaultsNote(nested)]));
}
