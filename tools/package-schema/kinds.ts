/** The own kinds of resources. Programs see them in state and in a preview; SyncIdentities makes them. */
import { RESOURCE_TYPES, SERVED_TYPES } from "../../model/resources/resource-types";
import type { PropertySpec, ResourceSpec } from "./types";

const text = (description: string): PropertySpec => ({ type: "string", description });
const texts = (description: string): PropertySpec => ({ type: "array", items: { type: "string" }, description });

const STACK = text("Name of the stack.");
const SERVER = text("Name of the server.");
const FINDINGS = texts("One line for each finding of this run.");

const made = (description: string, properties: Record<string, PropertySpec>): ResourceSpec => ({
  description: `${description}\n\nMade by SyncIdentities only: it cannot be declared by itself, and not be imported.`,
  properties,
  required: Object.keys(properties),
  inputProperties: {},
});

export const KINDS: Record<string, ResourceSpec> = {
  [SERVED_TYPES[RESOURCE_TYPES.server]]: made("What Pulumi remembers of a server between runs.", {
    ...{ stack: STACK, server: SERVER },
    appId: text("Application (client) id of the server's application."),
    certificateGeneration: { type: "integer", description: "Raised when the server gets another key and certificate." },
    findings: FINDINGS,
    problem: text("Why this server cannot be changed; empty if it can."),
  }),
  [SERVED_TYPES[RESOURCE_TYPES.guard]]: made("Compares a server's application with what is declared of it.", {
    ...{ stack: STACK, server: SERVER },
    application: text("Object id of the application."),
    keys: texts("Ids of the key credentials that are this server's."),
    findings: FINDINGS,
  }),
  [SERVED_TYPES[RESOURCE_TYPES.roleGuard]]: made("Compares all who may synchronise with the declared servers.", {
    stack: STACK,
    principals: texts("Object ids of the declared servers' service principals."),
    findings: FINDINGS,
    problem: text("Why the tenant could not be read; empty if it could."),
  }),
};
