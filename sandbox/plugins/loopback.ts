/** Restricts a stand-in to this machine: it must never reach a real tenant or server. */
import * as dns from "node:dns/promises";
import * as net from "node:net";

const LOOPBACK = new net.BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

class NotLoopbackError extends Error {}

function isLoopbackAddress(address: string): boolean {
  const family = net.isIP(address);
  return family !== 0 && LOOPBACK.check(address, family === 6 ? "ipv6" : "ipv4");
}

/**
 * The address of a host of this machine.
 *
 * A name counts only if all of its addresses are loopback addresses, and the caller connects to the address that
 * was checked, so that a second lookup cannot lead elsewhere.
 *
 * @throws NotLoopbackError for any other host.
 */
export async function loopbackAddress(plugin: string, host: string): Promise<string> {
  const name = host.replace(/^\[(.*)\]$/, "$1");
  const refused = `the ${plugin} stand-in serves loopback endpoints only and refuses "${host}": use the real plugin`;
  if (net.isIP(name) !== 0) {
    if (!isLoopbackAddress(name)) throw new NotLoopbackError(refused);
    return name;
  }
  if (name.toLowerCase() === "localhost") return "127.0.0.1";
  const addresses = await dns.lookup(name, { all: true }).catch(() => []);
  if (addresses.length === 0 || !addresses.every((entry) => isLoopbackAddress(entry.address))) {
    throw new NotLoopbackError(refused);
  }
  return addresses[0].address;
}
