/** SSH_MSG_DISCONNECT with the text that an sshd sends; the library sends the reason's number alone. */
import type * as net from "node:net";
import type { Connection } from "ssh2";

/** The parts of the library's connection that write a packet. */
interface Internals {
  _protocol: {
    _packetRW: { write: { allocStart: number; alloc(size: number): Buffer; finalize(packet: Buffer): Buffer } };
    _cipher: { encrypt(packet: Buffer): void };
  };
  _sock: net.Socket;
}

const MESSAGE = 1;
/** SSH_DISCONNECT_PROTOCOL_ERROR (RFC 4253, section 11.1), with which OpenSSH ends a login of too many keys. */
const PROTOCOL_ERROR = 2;

/** Ends a connection with a text, as OpenSSH does. */
export function disconnect(connection: Connection, text: string): void {
  const { _protocol: protocol, _sock: socket } = connection as unknown as Internals;
  const description = Buffer.from(text, "utf8");
  const { write } = protocol._packetRW;
  let at = write.allocStart;
  const packet = write.alloc(1 + 4 + 4 + description.length + 4);
  packet[at] = MESSAGE;
  at = packet.writeUInt32BE(PROTOCOL_ERROR, at + 1);
  at = packet.writeUInt32BE(description.length, at);
  at += description.copy(packet, at);
  packet.writeUInt32BE(0, at);
  protocol._cipher.encrypt(write.finalize(packet));
  socket.end();
}
