/**
 * The registry: every code of this project once, by what it is about. docs/diagnostics.md is generated from it, and a test
 * holds the sources against it.
 */
import type { Registration } from "./registration";
import { COMMANDS } from "./registry/commands";
import { CONFIGURATION } from "./registry/configuration";
import { CONNECTION } from "./registry/connection";
import { FINDINGS } from "./registry/findings";
import { GUARD_FINDINGS } from "./registry/guard";
import { HOST } from "./registry/host";
import { MANAGED } from "./registry/managed";
import { NOTICES } from "./registry/notices";
import { STACKS } from "./registry/stacks";
import { TENANT } from "./registry/tenant";

export { FINDINGS, GUARD_FINDINGS, NOTICES };

/** The parts of the registry, in the order of the documentation. */
export const AREAS = {
  findings: FINDINGS,
  guard: GUARD_FINDINGS,
  notices: NOTICES,
  managed: MANAGED,
  configuration: CONFIGURATION,
  connection: CONNECTION,
  host: HOST,
  tenant: TENANT,
  stacks: STACKS,
  commands: COMMANDS,
} as const;

/** Every code with all that is registered of it: title, why it matters, cure, sentence and remedy as templates. */
export const DIAGNOSTICS = {
  ...FINDINGS,
  ...GUARD_FINDINGS,
  ...NOTICES,
  ...MANAGED,
  ...CONFIGURATION,
  ...CONNECTION,
  ...HOST,
  ...TENANT,
  ...STACKS,
  ...COMMANDS,
} as const;

/** A code of the registry. */
export type DiagnosticCode = keyof typeof DIAGNOSTICS;
/** Code of a finding about a server and its application. */
export type FindingCode = keyof typeof FINDINGS;
/** Code of a finding, or the notice, about a server that Entra Connect manages. */
export type ManagedCode = keyof typeof MANAGED;
/** Code of a finding of the guard. */
export type GuardFindingCode = keyof typeof GUARD_FINDINGS;
/** Code of a notice. */
export type NoticeCode = keyof typeof NOTICES;

export function registrationOf(code: DiagnosticCode): Registration {
  return DIAGNOSTICS[code];
}

export function isDiagnosticCode(code: string): code is DiagnosticCode {
  return Object.hasOwn(DIAGNOSTICS, code);
}

/** The page and the place on it that explain a code. */
export function pageOf(code: DiagnosticCode): string {
  return `docs/diagnostics.md#${code.toLowerCase()}`;
}
