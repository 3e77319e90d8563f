import type { Registrations } from "../registration";

export const TENANT = {} as const satisfies Registrations;
