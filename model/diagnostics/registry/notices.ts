import type { Registrations } from "../registration";

export const NOTICES = {} as const satisfies Registrations;
