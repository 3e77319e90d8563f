import type { Registrations } from "../registration";

export const HOST = {} as const satisfies Registrations;
