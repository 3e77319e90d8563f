import type { Registrations } from "../registration";

export const CONNECTION = {} as const satisfies Registrations;
