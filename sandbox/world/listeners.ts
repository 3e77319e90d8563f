/** The ports on which tenant, servers and bastion listen: on this machine, or behind a slow link. */
import { CommandError } from "../../console/errors";
import { sandboxLine } from "../../console/own-command";
import { SlowLink } from "../surroundings/slow-link";

/** How far away tenant and servers are, and how slow a server is. */
export interface Distance {
  /** Round trip to each server and to the tenant. */
  roundTripMilliseconds: number;
  /** Seconds that PowerShell on a server needs before the program begins. */
  powershellSeconds: number;
}

export class Listeners {
  private readonly links: SlowLink[] = [];

  /** @param distance none if the parts are on this machine, and not slowed down */
  constructor(private readonly distance: Distance | undefined) {}

  /** Bytes between Pulumi and the parts; null without a distance, as nothing counts them then. */
  get bytes(): number | null {
    if (!this.distance) return null;
    return this.links.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /**
   * Lets a part listen on a port, or behind a slow link on that port.
   *
   * @param listen the part; port 0 chooses a free one
   * @throws CommandError if another program listens on the port that was chosen for this folder
   */
  async open(what: string, port: number, listen: (port: number) => Promise<number>): Promise<void> {
    try {
      if (!this.distance) await listen(port);
      else this.links.push(await SlowLink.open(port, await listen(0), this.distance.roundTripMilliseconds));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
      const remedy = `stop it, or choose new ports (and lose the data of the sandbox) with "${sandboxLine("reset")}"`;
      throw new CommandError(`another program listens on port ${port} of ${what}; ${remedy}`, { cause: error });
    }
  }

  /** Ends the links; the parts close themselves. */
  async close(): Promise<void> {
    await Promise.all(this.links.splice(0).map((link) => link.close()));
  }
}
