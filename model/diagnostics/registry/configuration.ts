import type { Registrations } from "../registration";

export const CONFIGURATION = {} as const satisfies Registrations;
