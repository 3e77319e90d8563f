/** Listens on this machine only. */
import type * as net from "node:net";

/**
 * @param port 0 chooses a free one
 * @returns the port
 */
export function listenOnLoopback(server: net.Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve((server.address() as net.AddressInfo).port);
    });
  });
}
