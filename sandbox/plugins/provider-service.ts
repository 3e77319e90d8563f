/** The pulumirpc.ResourceProvider service over a Provider: protobuf in and out, cancellation, failures. */
import type * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { PluginInfo, type PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import type { EngineLogClient } from "./engine-log";
import { toServiceError } from "./service-error";
import { decodeMap, encodeMap, type PropertyMap } from "./property-values";
import type { Call, CheckAnswer, CheckFailure, Diff, Provider } from "./provider";

type Handler<Request, Response> = (request: Request, call: Call) => Promise<Response>;
interface Addressed {
  getUrn?(): string;
  getTimeout?(): number;
}

function read(struct: Struct | undefined): PropertyMap {
  return decodeMap(struct?.toJavaScript() as Record<string, unknown> | undefined);
}

function write(map: PropertyMap): Struct {
  return Struct.fromJavaScript(encodeMap(map) as Parameters<typeof Struct.fromJavaScript>[0]);
}

/** A resource's type: newer engines send it separately; it is always the last part of the URN's type. */
function typeOf(request: { getType(): string; getUrn(): string }): string {
  return request.getType() || (request.getUrn().split("::")[2] ?? "").split("$").pop()!;
}

function failures(list: CheckFailure[]): rpc.CheckFailure[] {
  return list.map(({ property, reason }) => new rpc.CheckFailure().setProperty(property).setReason(reason));
}

function checkResponse(answer: CheckAnswer): rpc.CheckResponse {
  return new rpc.CheckResponse().setInputs(write(answer.inputs)).setFailuresList(failures(answer.failures));
}

const KINDS = {
  add: [rpc.PropertyDiff.Kind.ADD, rpc.PropertyDiff.Kind.ADD_REPLACE],
  delete: [rpc.PropertyDiff.Kind.DELETE, rpc.PropertyDiff.Kind.DELETE_REPLACE],
  update: [rpc.PropertyDiff.Kind.UPDATE, rpc.PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

function diffResponse(diff: Diff): rpc.DiffResponse {
  const response = new rpc.DiffResponse();
  response.setChanges(diff.size > 0 ? rpc.DiffResponse.DiffChanges.DIFF_SOME : rpc.DiffResponse.DiffChanges.DIFF_NONE);
  response.setHasdetaileddiff(true);
  const changed = new Set<string>();
  const replaced = new Set<string>();
  for (const [path, { kind, replaces }] of diff) {
    const property = path.replace(/[.[].*$/s, "");
    changed.add(property);
    if (replaces) replaced.add(property);
    response.getDetaileddiffMap().set(path, new rpc.PropertyDiff().setKind(KINDS[kind][replaces ? 1 : 0]));
  }
  return response.setDiffsList([...changed]).setReplacesList([...replaced]);
}

/** Cancels current and future operations when the engine requests it. */
class Cancellation {
  private readonly controller = new AbortController();

  cancel(): void {
    this.controller.abort(new Error("the run was cancelled"));
  }

  /** @param seconds the resource's custom timeout, 0 for none. */
  signal(seconds: number): AbortSignal {
    if (!(seconds > 0)) return this.controller.signal;
    return AbortSignal.any([this.controller.signal, AbortSignal.timeout(seconds * 1000)]);
  }
}

/** @param announcement shown once per run, as soon as the plugin is configured. */
export function providerService(
  provider: Provider,
  log: EngineLogClient,
  announcement: string,
): Partial<IResourceProviderServer> {
  const cancellation = new Cancellation();
  const handle =
    <Request extends object, Response>(handler: Handler<Request, Response>): grpc.handleUnaryCall<Request, Response> =>
    (rpcCall, callback) => {
      const request = rpcCall.request as Request & Addressed;
      const signal = cancellation.signal(request.getTimeout?.() ?? 0);
      handler(request, { urn: request.getUrn?.() ?? "", log, signal }).then(
        (response) => callback(null, response),
        (error) => callback(toServiceError(error)),
      );
    };
  return {
    attach: handle(async (request: PluginAttach) => {
      log.attach(request.getAddress());
      return new Empty();
    }),
    getPluginInfo: handle(async (_: Empty) => new PluginInfo().setVersion(provider.version)),
    cancel: handle(async (_: Empty) => {
      cancellation.cancel();
      return new Empty();
    }),
    checkConfig: handle(async (request: rpc.CheckRequest, call) =>
      checkResponse(await provider.checkConfig(read(request.getNews()), call)),
    ),
    configure: handle(async (request: rpc.ConfigureRequest, call) => {
      log.message("info", announcement);
      await provider.configure(read(request.getArgs()), call);
      return new rpc.ConfigureResponse()
        .setSupportspreview(true)
        .setAcceptsecrets(provider.acceptSecrets)
        .setAcceptresources(provider.acceptResources);
    }),
    invoke: handle(async (request: rpc.InvokeRequest, call) => {
      const answer = await provider.invoke(request.getTok(), read(request.getArgs()), call);
      return new rpc.InvokeResponse().setReturn(write(answer.outputs)).setFailuresList(failures(answer.failures));
    }),
    check: handle(async (request: rpc.CheckRequest, call) =>
      checkResponse(await provider.check(typeOf(request), read(request.getNews()), read(request.getOlds()), call)),
    ),
    ...resourceOperations(provider, handle),
  };
}

type Handle = <Request extends object, Response>(
  handler: Handler<Request, Response>,
) => grpc.handleUnaryCall<Request, Response>;

function resourceOperations(provider: Provider, handle: Handle): Partial<IResourceProviderServer> {
  const diffRequest = (request: rpc.DiffRequest | rpc.UpdateRequest) => ({
    type: typeOf(request),
    id: request.getId(),
    state: read(request.getOlds()),
    oldInputs: read(request.getOldInputs()),
    inputs: read(request.getNews()),
    ignoreChanges: request.getIgnorechangesList(),
  });
  return {
    diff: handle(async (request: rpc.DiffRequest, call) =>
      diffResponse(await provider.diff(diffRequest(request), call)),
    ),
    create: handle(async (request: rpc.CreateRequest, call) => {
      const inputs = read(request.getProperties());
      const made = await provider.create({ type: typeOf(request), inputs, preview: request.getPreview() }, call);
      return new rpc.CreateResponse().setId(made.id).setProperties(write(made.outputs));
    }),
    read: handle(async (request: rpc.ReadRequest, call) => {
      const [state, inputs] = [read(request.getProperties()), read(request.getInputs())];
      const found = await provider.read({ type: typeOf(request), id: request.getId(), state, inputs }, call);
      if (!found) return new rpc.ReadResponse();
      return new rpc.ReadResponse().setId(found.id).setProperties(write(found.outputs)).setInputs(write(found.inputs));
    }),
    update: handle(async (request: rpc.UpdateRequest, call) => {
      const outputs = await provider.update({ ...diffRequest(request), preview: request.getPreview() }, call);
      return new rpc.UpdateResponse().setProperties(write(outputs));
    }),
    delete: handle(async (request: rpc.DeleteRequest, call) => {
      const state = read(request.getProperties());
      await provider.delete({ type: typeOf(request), id: request.getId(), state }, call);
      return new Empty();
    }),
  };
}
