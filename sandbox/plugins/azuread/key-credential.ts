/** A certificate as an entry of an application's keyCredentials. */
import { randomUUID } from "node:crypto";
import type { PropertyMap } from "../property-values";
import { Diagnostic } from "./diagnostic";
import type { GraphObject } from "./graph";
import { text } from "./values";

function pemOf(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

/** The value that Graph receives: base64 of the PEM text, whatever the encoding of the input. */
function encodedKey(value: string, encoding: string): string {
  if (encoding === "pem") return Buffer.from(value, "utf8").toString("base64");
  const trimmed = value.trim();
  const valid = encoding === "hex" ? /^([0-9a-f]{2})*$/i : /^[A-Za-z0-9+/]*={0,2}$/;
  if (!valid.test(trimmed)) {
    throw new Error(`failed to decode ${encoding === "hex" ? "hexadecimal" : encoding} certificate data`);
  }
  const der = Buffer.from(trimmed, encoding === "hex" ? "hex" : "base64");
  return Buffer.from(pemOf(der), "utf8").toString("base64");
}

/** Without fractions of a second, as upstream formats it. */
function timeOf(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

/** "240h30m" in milliseconds; the deprecated `endDateRelative`. */
function durationOf(duration: string): number {
  const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000 };
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)(h|m|s)/g)];
  if (parts.map(([part]) => part).join("") !== duration || parts.length === 0) {
    throw new Error(`Unable to parse \`end_date_relative\` ("${duration}") as a duration`);
  }
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * units[unit], 0);
}

/** Dates are sent as declared, without fractions of a second. */
function declaredTime(value: string): string {
  return value.replace(/\.\d+/, "");
}

export function expandKeyCredential(inputs: PropertyMap, application: string): GraphObject & { keyId: string } {
  try {
    const [start, end, relative] = [text(inputs.startDate), text(inputs.endDate), text(inputs.endDateRelative)];
    const from = start ? Date.parse(start) : Date.now();
    const until = relative && !end ? timeOf(new Date(from + durationOf(relative))) : declaredTime(end);
    return {
      ...(until && { endDateTime: until }),
      key: encodedKey(text(inputs.value), text(inputs.encoding)),
      keyId: text(inputs.keyId) || randomUUID(),
      ...(start && { startDateTime: declaredTime(start) }),
      type: text(inputs.type),
      usage: "Verify",
    };
  } catch (error) {
    throw new Diagnostic(`Generating certificate credentials for ${application}`, (error as Error).message);
  }
}
