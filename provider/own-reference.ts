/**
 * The reference by which the engine knows this process. What SyncIdentities makes has to be served by the same process, which
 * alone has read the stack's settings; a program may name a version for it or none, and each is another provider.
 */
import { createRequire } from "node:module";
import type * as grpc from "@grpc/grpc-js";

interface ConfigureRequest {
  getUrn(): string;
  getId(): string;
}

type Configure = (call: { request: ConfigureRequest }, callback: unknown) => unknown;

/**
 * Hears what the engine says when it configures the provider. The SDK's server drops it, and cannot be replaced from
 * outside: so the service is completed where the SDK hands it to gRPC. To be called before the SDK's `main`.
 *
 * @param listen is given the reference; an engine that is too old says none
 */
export function onConfigured(listen: (reference: string) => void): void {
  const { Server } = createRequire(require.resolve("@pulumi/pulumi"))("@grpc/grpc-js") as typeof grpc;
  const { addService } = Server.prototype;
  Server.prototype.addService = function (service, implementation) {
    const own = implementation as { configure?: Configure };
    const { configure } = own;
    if (configure) {
      own.configure = (call, callback) => {
        const [urn, id] = [call.request.getUrn(), call.request.getId()];
        if (urn && id) listen(`${urn}::${id}`);
        return configure.call(implementation, call, callback);
      };
    }
    addService.call(this, service, implementation);
  };
}
