import assert from "node:assert/strict";
import * as net from "node:net";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { SlowLink } from "../../../sandbox/surroundings/slow-link";
import { listenOnLoopback } from "../../../sandbox/server/listen";

const ROUND_TRIP = 40;
/** A timer may be early by the rounding of its clock. */
const EARLY = 2;

describe("a slow link", () => {
  let server: net.Server;
  let link: SlowLink;

  async function start(serve: (socket: net.Socket) => void): Promise<void> {
    server = net.createServer({ allowHalfOpen: true }, serve);
    link = await SlowLink.open(0, await listenOnLoopback(server, 0), ROUND_TRIP);
  }
  const connect = () => net.connect({ port: link.port, host: "127.0.0.1", allowHalfOpen: true });

  afterEach(async () => {
    await link.close();
    server.close();
  });

  it("a first answer must take one round trip to connect and one to ask", async () => {
    await start((socket) => socket.on("data", (chunk) => socket.write(chunk)));
    const began = performance.now();
    const client = connect();
    client.write("question");
    await once(client, "data");
    assert.ok(performance.now() - began >= 2 * ROUND_TRIP - EARLY);
    client.destroy();
  });

  it("all must arrive in order, also after the sender has ended its side, and be counted", async () => {
    await start((socket) => void text(socket).then((all) => socket.end(`got ${all}`)));
    const client = connect();
    for (let number = 0; number < 100; number += 1) client.write(`${number},`);
    client.end();
    const sent = Array.from({ length: 100 }, (_, number) => `${number},`).join("");
    assert.equal(await text(client), `got ${sent}`);
    assert.equal(link.bytes, 2 * sent.length + "got ".length);
  });

  it("a connection that the server resets must be reset for the client", async () => {
    await start((socket) => socket.resetAndDestroy());
    const client = connect();
    const [error] = (await once(client, "error")) as [NodeJS.ErrnoException];
    assert.equal(error.code, "ECONNRESET");
  });
});
