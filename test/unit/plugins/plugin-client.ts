/** A plugin as the engine drives it: over gRPC, with the SDK's own definitions. */
import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { EngineLogClient } from "../../../sandbox/plugins/engine-log";
import type { Provider } from "../../../sandbox/plugins/provider";
import { listen } from "../../../sandbox/plugins/provider-server";

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Properties = Record<string, any>;

export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function secret(value: unknown): Properties {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}

/** What a secret holds. */
export function revealed(value: Properties): Properties {
  return value.value;
}

export interface DiffAnswer {
  changed: string[];
  replaced: string[];
  paths: string[];
}

function struct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties as Parameters<typeof Struct.fromJavaScript>[0]);
}

function plain(value: Struct | undefined): Properties {
  return (value?.toJavaScript() ?? {}) as Properties;
}

function urnOf(type: string): string {
  return `urn:pulumi:test::test::${type}::resource`;
}

/** An engine that only listens: it keeps what plugins tell it. */
async function startEngine(): Promise<{ address: string; messages: LogRequest.AsObject[]; stop: () => void }> {
  const messages: LogRequest.AsObject[] = [];
  const server = new grpc.Server();
  server.addService(EngineService, {
    log: (call: grpc.ServerUnaryCall<LogRequest, Empty>, done: grpc.sendUnaryData<Empty>) => {
      messages.push(call.request.toObject());
      done(null, new Empty());
    },
  } as never);
  const credentials = grpc.ServerCredentials.createInsecure();
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", credentials, (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  return { address: `127.0.0.1:${port}`, messages, stop: () => server.forceShutdown() };
}

export class PluginClient {
  private constructor(
    private readonly client: ResourceProviderClient,
    /** What the plugin told the engine. */
    readonly messages: LogRequest.AsObject[],
    readonly stop: () => void,
  ) {}

  /** Serves a provider in this process and connects to it. */
  static async serve(provider: Provider): Promise<PluginClient> {
    const engine = await startEngine();
    const log = new EngineLogClient();
    const { server, port } = await listen(provider, log);
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    const plugin = new PluginClient(client, engine.messages, () => {
      client.close();
      log.close();
      server.forceShutdown();
      engine.stop();
    });
    await plugin.send("attach", new PluginAttach().setAddress(engine.address));
    return plugin;
  }

  async configure(config: Properties): Promise<rpc.ConfigureResponse.AsObject> {
    const answer = await this.send<rpc.ConfigureResponse>(
      "configure",
      new rpc.ConfigureRequest().setArgs(struct(config)),
    );
    return answer.toObject();
  }

  async checkConfig(config: Properties): Promise<Properties> {
    const request = new rpc.CheckRequest().setNews(struct(config)).setOlds(struct({}));
    return plain((await this.send<rpc.CheckResponse>("checkConfig", request)).getInputs());
  }

  async check(
    type: string,
    news: Properties,
    olds: Properties = {},
  ): Promise<{ inputs: Properties; failures: { property: string; reason: string }[] }> {
    const request = new rpc.CheckRequest().setUrn(urnOf(type)).setNews(struct(news)).setOlds(struct(olds));
    const answer = await this.send<rpc.CheckResponse>("check", request);
    return {
      inputs: plain(answer.getInputs()),
      failures: answer.getFailuresList().map((failure) => failure.toObject()),
    };
  }

  async diff(
    type: string,
    state: Properties,
    oldInputs: Properties,
    news: Properties,
    ignore: string[] = [],
  ): Promise<DiffAnswer> {
    const request = new rpc.DiffRequest().setUrn(urnOf(type)).setId("id");
    request.setOlds(struct(state)).setOldInputs(struct(oldInputs)).setNews(struct(news)).setIgnorechangesList(ignore);
    const answer = await this.send<rpc.DiffResponse>("diff", request);
    const paths = [...answer.getDetaileddiffMap().getEntryList()].map(([path]: [string, unknown]) => path);
    return { changed: answer.getDiffsList().sort(), replaced: answer.getReplacesList().sort(), paths: paths.sort() };
  }

  async create(type: string, inputs: Properties, preview = false): Promise<{ id: string; outputs: Properties }> {
    const request = new rpc.CreateRequest().setUrn(urnOf(type)).setProperties(struct(inputs)).setPreview(preview);
    const answer = await this.send<rpc.CreateResponse>("create", request);
    return { id: answer.getId(), outputs: plain(answer.getProperties()) };
  }

  async read(type: string, id: string, state: Properties = {}, inputs: Properties = {}) {
    const request = new rpc.ReadRequest().setUrn(urnOf(type)).setId(id);
    request.setProperties(struct(state)).setInputs(struct(inputs));
    const answer = await this.send<rpc.ReadResponse>("read", request);
    return { id: answer.getId(), outputs: plain(answer.getProperties()), inputs: plain(answer.getInputs()) };
  }

  async update(type: string, id: string, state: Properties, news: Properties, preview = false): Promise<Properties> {
    const request = new rpc.UpdateRequest().setUrn(urnOf(type)).setId(id).setPreview(preview);
    request.setOlds(struct(state)).setOldInputs(struct({})).setNews(struct(news));
    return plain((await this.send<rpc.UpdateResponse>("update", request)).getProperties());
  }

  async delete(type: string, id: string, state: Properties): Promise<void> {
    await this.send("delete", new rpc.DeleteRequest().setUrn(urnOf(type)).setId(id).setProperties(struct(state)));
  }

  async invoke(token: string, args: Properties): Promise<Properties> {
    const request = new rpc.InvokeRequest().setTok(token).setArgs(struct(args));
    return plain((await this.send<rpc.InvokeResponse>("invoke", request)).getReturn());
  }

  async cancel(): Promise<void> {
    await this.send("cancel", new Empty());
  }

  private send<Response>(method: string, request: object): Promise<Response> {
    const call = (this.client as unknown as Record<string, (...args: unknown[]) => void>)[method].bind(this.client);
    return new Promise((resolve, reject) =>
      call(request, (error: grpc.ServiceError | null, response: Response) =>
        error ? reject(error) : resolve(response),
      ),
    );
  }
}

/** The state that a failure leaves behind, undefined where it leaves none. */
export function partialState(error: unknown): { id: string; properties: Properties } | undefined {
  const [packed] = (error as grpc.ServiceError).metadata.get("grpc-status-details-bin");
  if (!packed) return undefined;
  const [detail] = Status.deserializeBinary(new Uint8Array(packed as Buffer)).getDetailsList();
  const failed = rpc.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
  return { id: failed.getId(), properties: plain(failed.getProperties()) };
}
