import type { Registrations } from "../registration";

export const COMMANDS = {} as const satisfies Registrations;
