/**
 * Runs a Pulumi program against mocks that record every resource and call, and refuse unknown ones.
 *
 * `setMocks` is global to the process. Here it is called inside a store of its own (the SDK's AsyncLocalStorage, which
 * inline programs of the Automation API use as well), so that no other test in the process sees the mocks.
 */
import assert from "node:assert/strict";
import type { AsyncLocalStorage } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { Callback } from "@pulumi/pulumi/proto/callback_pb";
import { check, create } from "../../components/sync-server-rules";
import { kindOf } from "../../model/resources/resource-types";
import { SYNC_ROLE } from "../../model/tenant/clouds";
import type { CertificateRequest, RegisterRequest } from "../../model/protocol/host-protocol";
import {
  nextCredentialGuard,
  nextSyncRoleGuard,
  type CredentialGuardInputs,
  type SyncRoleGuardInputs,
} from "../../model/guard/guard-state";
import type { ServerState } from "../../model/server/server-facts";
import type { ServerInputs } from "../../model/server/server-state";
import { framed, success } from "./answers";
import { bootstrapOf } from "./commands";
import { factsOf, makeCertificate } from "./certificates";
import { APP_ID, healthy, KEY_ID, OBJECT_ID, PIPELINE_OBJECT_ID, SYNC_ROLE_ID } from "./observations";

/** A resource as it was registered. */
export interface Registered {
  urn: string;
  type: string;
  name: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- inputs have the shape of each resource's own
  inputs: Record<string, any>;
  /** Values that travel as secrets, as JSON. */
  secrets: string[];
  /** URNs under which a state may know it. */
  aliases: string[];
  /** The provider that serves it; "" for the engine's own choice. */
  provider: string;
  /** Name of the parent, "" for a resource of the stack. */
  parent: string;
  /** Names of the resources that must exist before, and are deleted after. */
  dependsOn: string[];
  /** Position among all registrations. */
  order: number;
}

interface LogLine {
  severity: "info" | "warning" | "error";
  message: string;
}

export interface Recording<T> {
  /** What the program returned, its outputs resolved; undefined for those that a preview does not know. */
  result: pulumi.Unwrap<T>;
  resources: Registered[];
  calls: { token: string; inputs: Record<string, unknown> }[];
  log: LogLine[];
  /** The hooks that the program registered, by name; a test calls them as the engine would. */
  hooks: Map<string, HookCallback>;
  /** The exit code that the program set for its process; undefined if none. */
  exitCode: typeof process.exitCode;
}

export interface RecordOptions {
  preview?: boolean;
  /** The stack's configuration, with the project's prefix. */
  config?: Record<string, string>;
  secretKeys?: string[];
  /** Filled while the program runs, for tests whose program fails. */
  into?: Pick<Recording<unknown>, "resources" | "calls" | "log">;
}

export const PROJECT = "connect-sync-identity";

/** The engine's stand-in for a value that a preview does not know. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SECRET = "4dabf18193072939515e22adb298388d";

const SEVERITIES: Record<number, LogLine["severity"]> = { 1: "info", 2: "warning", 3: "error" };

interface Store {
  settings: { monitor: Record<string, unknown>; engine: unknown };
  supportsTransforms: boolean;
  callbacks?: {
    registerResourceHook(hook: { name: string; callback: HookCallback }): Promise<void>;
    registerErrorHook(): Promise<void>;
    registerTransform(): Promise<Callback>;
    awaitStackRegistrations(): Promise<void>;
    shutdown(): void;
  };
}

type HookCallback = (args: object) => void | Promise<void>;

/** The operation of a host command, and what arrives on the host's stdin. */
export function commandOf(inputs: Record<string, unknown>, member: "create" | "delete"): string | null {
  const text = inputs[member];
  const bootstrap = typeof text === "string" ? bootstrapOf(text) : null;
  return bootstrap && (bootstrap.operation ?? bootstrap.kind);
}

/** The answer of a host that does what is requested. */
async function answerOf(inputs: Record<string, unknown>): Promise<string> {
  const operation = commandOf(inputs, "create");
  if (operation === null) return "";
  const request = JSON.parse(String(inputs.stdin)) as unknown;
  if (operation === "ensure-certificate") {
    const { subject, label, server } = request as CertificateRequest;
    const after = factsOf(await makeCertificate({ subject }), { label });
    return framed(success("ensure-certificate", { before: null, after }, true, server));
  }
  assert.equal(operation, "register", `no host command of this kind is known: ${operation}`);
  const { appId, certificateSha256, server } = request as RegisterRequest;
  const { facts } = await healthy();
  const connector = { ...facts.connector, appId, certificateSha256 };
  const state = { connector, syncCycleEnabled: true };
  const done = { restoredInterruptedPause: false, repairedParameters: false, pausedSeconds: 1, verification: null };
  return framed(success("register", { before: state, after: state, action: "linked", ...done }, true, server));
}

/** The ids of writeback roles are made from their names here. */
const roleOf = (value: string, id: string, allowed = "Application") => ({
  ...{ id, value, isEnabled: true, allowedMemberTypes: [allowed] },
});

/** The application roles of the services that a server may need, by application id. */
export const SERVICE_ROLES: Record<string, ReturnType<typeof roleOf>[]> = {
  "6bf85cfa-ac8a-4be5-b5de-425a0d0dc016": [
    roleOf(SYNC_ROLE, "00000000-0000-4000-8000-00000000dead", "User"),
    roleOf(SYNC_ROLE, SYNC_ROLE_ID),
  ],
  "93625bc8-bfe2-437a-97e0-3d0060024faa": [
    roleOf("PasswordWriteback.OffboardClient.All", "00000000-0000-4000-8000-000000000001"),
    roleOf("PasswordWriteback.RegisterClientVersion.All", "00000000-0000-4000-8000-000000000002"),
    roleOf("PasswordWriteback.RefreshClient.All", "00000000-0000-4000-8000-000000000003"),
  ],
};

function call({ token, inputs }: pulumi.runtime.MockCallArgs): Record<string, unknown> {
  if (token === "azuread:index/getClientConfig:getClientConfig") {
    return { clientId: "pipeline", objectId: PIPELINE_OBJECT_ID, tenantId: "tenant", id: "config" };
  }
  throw new Error(`an unexpected call: ${token} ${JSON.stringify(inputs)}`);
}

/** Creates a resource as the engine and its plugins would. */
export type Mock = (
  resource: pulumi.runtime.MockResourceArgs,
  preview: boolean,
) => Promise<pulumi.runtime.MockResourceResult>;

/** Mocks for a successful run; unknown types are refused. */
export const newResource: Mock = async ({ type, name, inputs }, preview) => {
  const made = (id: string, state: Record<string, unknown> = {}) => ({ id, state: { ...inputs, ...state } });
  switch (kindOf(type)) {
    case "connect-sync-identity:index:SyncIdentities":
    case "connect-sync-identity:index:ConnectSyncIdentity":
    case "connect-sync-identity:index:EntraApplication":
      return { id: undefined, state: {} };
    case "azuread:index/application:Application":
      return made(`/applications/${OBJECT_ID}`, preview ? {} : { clientId: APP_ID, objectId: OBJECT_ID });
    case "azuread:index/servicePrincipal:ServicePrincipal":
      return made(`/servicePrincipals/${name}`, preview ? {} : { objectId: `object of ${name}` });
    case "azuread:index/appRoleAssignment:AppRoleAssignment":
      return made(`id of ${name}`);
    case "azuread:index/applicationCertificate:ApplicationCertificate":
      return made(`id of ${name}`, preview ? {} : { keyId: KEY_ID });
    case "pulumi-nodejs:dynamic/connect-sync-identity:SyncServer": {
      const { __provider: _provider, ...news } = inputs as ServerInputs & { __provider: string };
      // In a preview the engine knows nothing of a resource that does not exist yet: here a server without application.
      if (preview && !news.observation.tenant.application) return made("");
      // An existing application represents one that is in state.
      const seen = news.observation.tenant.application?.appId;
      const state = check(undefined, {
        ...news,
        appId: typeof news.appId === "string" ? news.appId : (seen ?? UNKNOWN),
      }).inputs as ServerState;
      return made(`${news.stack}/${news.server}`, { ...(preview ? state : create(state).outs) });
    }
    case "pulumi-nodejs:dynamic/connect-sync-identity:CredentialGuard": {
      const { __provider: _provider, ...news } = inputs as CredentialGuardInputs & { __provider: string };
      const seen = news.view.application;
      if (preview && !seen) return made("");
      const application = typeof news.application === "string" ? news.application : (seen?.objectId ?? UNKNOWN);
      // The keys on an existing application represent those that are in state.
      const keys = news.keys.filter((keyId) => typeof keyId === "string");
      const known = { application, keys: keys.length > 0 ? keys : (seen?.keys ?? []).map(({ keyId }) => keyId) };
      return made(`${news.stack}/${news.server}`, { ...nextCredentialGuard(undefined, { ...news, ...known }) });
    }
    case "pulumi-nodejs:dynamic/connect-sync-identity:SyncRoleGuard": {
      const { __provider: _provider, ...news } = inputs as SyncRoleGuardInputs & { __provider: string };
      return made(news.stack, { ...nextSyncRoleGuard(undefined, news) });
    }
    case "command:remote:CopyToRemote":
      return made(`id of ${name}`);
    case "command:remote:Command":
      return made(`id of ${name}`, preview ? {} : { stdout: await answerOf(inputs as Record<string, unknown>) });
    default:
      throw new Error(`an unexpected resource: ${type} ${name}`);
  }
};

const nameOf = (urn: string) => urn.split("::").at(-1) ?? "";

/** Resolves what a program returns, unknown values to undefined. */
async function resolve<T>(value: T): Promise<pulumi.Unwrap<T>> {
  const members = value !== null && typeof value === "object" ? Object.entries(value) : [];
  const known = await Promise.all(
    members.map(async ([name, member]) => [name, await (pulumi.output(member) as unknown as Resolvable).promise()]),
  );
  return Object.fromEntries(known) as pulumi.Unwrap<T>;
}

interface Resolvable {
  promise(): Promise<unknown>;
}

/**
 * Runs a program with the recorder instead of the engine; one at a time, because the rejection listener is global.
 *
 * @throws the program's error, or the refusal of a mock
 */
export function record<T>(
  program: () => T | Promise<T>,
  options: RecordOptions = {},
  mock: Mock = newResource,
): Promise<Recording<T>> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the class is not among the SDK's types
  const { LocalStore } = require("@pulumi/pulumi/runtime/state") as { LocalStore: new () => Store };
  const store = new LocalStore();
  const { asyncLocalStorage } = globalThis as unknown as { asyncLocalStorage: AsyncLocalStorage<Store> };
  return asyncLocalStorage.run(store, async () => {
    const { preview = false } = options;
    const { resources, calls, log } = options.into ?? { resources: [], calls: [], log: [] };
    const failures: unknown[] = [];
    const noted = async <R>(work: Promise<R> | R): Promise<R> => {
      try {
        return await work;
      } catch (error) {
        failures.push(error);
        throw error;
      }
    };
    await pulumi.runtime.setMocks(
      {
        call: (args) => {
          // A recorded program has no state: what follows from it is shown with the engine.
          if (args.token === "pulumi:pulumi:readStackResourceOutputs") return Promise.reject(new Error("no state"));
          calls.push({ token: args.token, inputs: args.inputs as Record<string, unknown> });
          return noted(Promise.resolve().then(() => call(args)));
        },
        newResource: (args) => noted(mock(args, preview)),
      },
      PROJECT,
      "dev",
      preview,
    );
    pulumi.runtime.setAllConfig(options.config ?? {}, options.secretKeys);
    watch(store, resources, log);
    const hooks: Recording<T>["hooks"] = new Map();
    store.supportsTransforms = true;
    store.callbacks = {
      registerResourceHook: async ({ name, callback }) => void hooks.set(name, callback),
      // Only the engine calls these.
      registerErrorHook: async () => undefined,
      registerTransform: async () => new Callback(),
      awaitStackRegistrations: async () => undefined,
      shutdown: () => undefined,
    };
    // A failed registration rejects promises that have no handler; mocha would report each as a failure of its own.
    const { exitCode } = process;
    process.exitCode = undefined;
    const listeners = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    process.on("unhandledRejection", (error) => void failures.push(error));
    try {
      const returned = await program();
      const result = await resolve(returned);
      await settled();
      if (failures.length > 0) throw failures[0];
      return { result, resources, calls, log, hooks, exitCode: process.exitCode };
    } catch (error) {
      await settled();
      throw failures[0] ?? error;
    } finally {
      process.exitCode = exitCode;
      process.removeAllListeners("unhandledRejection");
      for (const listener of listeners) process.on("unhandledRejection", listener);
    }
  });
}

/** Waits until the SDK has no pending work, and until rejections were reported. */
async function settled(): Promise<void> {
  await (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs().catch(() => undefined);
  await new Promise((done) => setImmediate(done));
}

const isMap = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === "object";

/** Inputs as they travel to the engine, without the wrapping of secrets. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isMap(value)) return value;
  if (SECRET in value) return plain(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}

function secretsIn(value: unknown): string[] {
  if (!isMap(value)) return [];
  if (SECRET in value) return [JSON.stringify(plain(value.value))];
  return Object.values(value).flatMap(secretsIn);
}

/** Records what mocks cannot see: dependencies, parents and the log. */
function watch(store: Store, resources: Registered[], log: LogLine[]): void {
  const { monitor } = store.settings;
  const register = (monitor.registerResource as (request: unknown, callback: unknown) => unknown).bind(monitor);
  monitor.registerResource = (request: RegisterRequestMessage, callback: (error: unknown, reply: Reply) => void) =>
    register(request, (error: unknown, reply: Reply) => {
      const sent = request.getObject()?.toJavaScript() ?? {};
      resources.push({
        urn: reply?.getUrn() ?? "",
        type: request.getType(),
        name: request.getName(),
        inputs: plain(sent) as Registered["inputs"],
        secrets: secretsIn(sent),
        aliases: request.getAliasesList().map((alias) => alias.getUrn()),
        provider: request.getProvider(),
        parent: nameOf(request.getParent()),
        dependsOn: request.getDependenciesList().map(nameOf).sort(),
        order: resources.length,
      });
      callback(error, reply);
    });
  store.settings.engine = {
    log: (request: { getSeverity(): number; getMessage(): string }, done: () => void) => {
      // The SDK's own debug messages are not the program's.
      const severity = SEVERITIES[request.getSeverity()];
      if (severity) log.push({ severity, message: request.getMessage() });
      done();
    },
    close: () => undefined,
  };
}

interface Reply {
  getUrn(): string;
}

interface RegisterRequestMessage {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProvider(): string;
  getAliasesList(): { getUrn(): string }[];
  getObject(): { toJavaScript(): unknown } | undefined;
  getDependenciesList(): string[];
}
