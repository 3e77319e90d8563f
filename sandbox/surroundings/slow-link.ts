/**
 * A network of some length in front of a part of the sandbox. What is sent arrives half a round trip later, and a new
 * connection first takes a whole one. Bandwidth is unlimited.
 */
import * as net from "node:net";
import { listenOnLoopback } from "../server/listen";

export class SlowLink {
  /** Bytes that went through in both directions since the start. */
  bytes = 0;
  private readonly sockets = new Set<net.Socket>();
  private readonly listener: net.Server;

  private constructor(
    private readonly target: number,
    private readonly roundTripMilliseconds: number,
  ) {
    this.listener = net.createServer({ noDelay: true, allowHalfOpen: true }, (client) => this.connect(client));
  }

  /**
   * Listens on 127.0.0.1 in front of a port of this machine.
   *
   * @param port 0 chooses a free one
   */
  static async open(port: number, target: number, roundTripMilliseconds: number): Promise<SlowLink> {
    const link = new SlowLink(target, roundTripMilliseconds);
    await listenOnLoopback(link.listener, port);
    return link;
  }

  get port(): number {
    return (this.listener.address() as net.AddressInfo).port;
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.listener.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private connect(client: net.Socket): void {
    this.keep(client);
    client.pause();
    const connected = () => {
      if (client.destroyed) return;
      const options = { port: this.target, host: "127.0.0.1", noDelay: true, allowHalfOpen: true };
      const server = net.connect(options);
      this.keep(server);
      this.carry(client, server);
      this.carry(server, client);
    };
    setTimeout(connected, this.roundTripMilliseconds).unref();
  }

  /** Timers of the same length end in the order in which they began, so the order of the chunks stays. */
  private carry(from: net.Socket, to: net.Socket): void {
    const later = (work: () => void) => setTimeout(work, this.roundTripMilliseconds / 2).unref();
    from.on("data", (chunk: Buffer) => {
      this.bytes += chunk.length;
      later(() => to.writable && to.write(chunk));
    });
    from.on("end", () => later(() => to.end()));
    from.on("error", () => later(() => to.resetAndDestroy()));
    from.on("close", (failed) => !failed && later(() => to.end()));
    from.resume();
  }

  private keep(socket: net.Socket): void {
    this.sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => this.sockets.delete(socket));
  }
}
