/** A proxy on loopback that knows only CONNECT: it notes what is asked for, and leads every tunnel to one port. */
import * as http from "node:http";
import * as net from "node:net";
import type { Duplex } from "node:stream";

export class ConnectProxy {
  /** Host and port of each tunnel, in the order of the requests. */
  readonly tunnels: string[] = [];
  /** What a client signs in with, decoded; null for one that does not. */
  readonly callers: (string | null)[] = [];
  /** Answers with this status instead of a tunnel. */
  refuses: number | null = null;
  private readonly open = new Set<Duplex>();
  private readonly server = http.createServer((_request, response) => {
    response.writeHead(501).end();
  });

  private constructor(port: number) {
    this.server.on("connect", (request: http.IncomingMessage, client: Duplex) => {
      this.tunnels.push(request.url!);
      const [, credentials] = (request.headers["proxy-authorization"] ?? "").split(" ");
      this.callers.push(credentials ? Buffer.from(credentials, "base64").toString() : null);
      this.keep(client);
      if (this.refuses !== null) {
        const page = "<html><title>Proxy</title></html>";
        client.end(`HTTP/1.1 ${this.refuses} Refused\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n${page}`);
        return;
      }
      const target = net.connect(port, "127.0.0.1", () => {
        client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        target.pipe(client).pipe(target);
      });
      this.keep(target);
    });
  }

  private keep(socket: Duplex): void {
    this.open.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => this.open.delete(socket));
  }

  /** @param port of this machine that every tunnel leads to */
  static async start(port: number): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(port);
    await new Promise<void>((resolve) => proxy.server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as net.AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
