import type { Registrations } from "../registration";

export const GUARD_FINDINGS = {} as const satisfies Registrations;
