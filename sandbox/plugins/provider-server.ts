/** Serves a plugin: listens on loopback, prints its port on stdout, and ends with the engine that started it. */
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { EngineLogClient } from "./engine-log";
import type { Provider } from "./provider";
import { providerService } from "./provider-service";

/** The engine's own limit; assets and long outputs exceed gRPC's usual 4 MB. */
const MESSAGE_LIMIT = 400 * 1024 * 1024;
const PARENT_CHECK_MS = 1000;

/** @returns the port that the plugin listens on. */
export async function listen(provider: Provider, log: EngineLogClient): Promise<{ server: grpc.Server; port: number }> {
  const announcement = `${provider.name} stand-in: emulates the plugin ${provider.version} against the sandbox only`;
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MESSAGE_LIMIT,
    "grpc.max_send_message_length": MESSAGE_LIMIT,
  });
  // Methods that are not implemented answer UNIMPLEMENTED, which the engine treats as "not supported".
  server.addService(ResourceProviderService, providerService(provider, log, announcement) as never);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { server, port };
}

/** @param args as the engine passes them: flags, and last its own address, which newer engines send by Attach. */
export async function serve(provider: Provider, args: string[]): Promise<void> {
  const log = new EngineLogClient();
  const engine = args.filter((arg) => !arg.startsWith("-")).pop();
  if (engine) log.attach(engine);
  const { port } = await listen(provider, log);
  process.stdout.write(`${port}\n`);
  endWithParent();
}

/** A killed engine cannot end its plugins, and a remaining plugin would keep its connections. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(0);
  }, PARENT_CHECK_MS).unref();
}
