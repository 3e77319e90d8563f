/** StackObservations: the observations of all servers of a stack, each released once all of them are there. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ServerIdentity } from "../model/server/labels";
import type { Observation } from "../model/server/observation";
import { inFleet } from "../model/fleet/shared-identities";

/** Holds the servers of a stack against each other: what two of them share stops both. */
export class StackObservations {
  private readonly servers: { identity: ServerIdentity; observation: Promise<Observation> }[] = [];

  /** Adds a server, in the turn in which the program makes all of them; the observation with what the others mean for it. */
  async add(identity: ServerIdentity, observation: Promise<Observation>): Promise<Observation> {
    this.servers.push({ identity, observation });
    await nextTurn();
    const seen = await Promise.all(
      this.servers.map(async (one) => ({ ...one.identity, observation: await one.observation })),
    );
    return inFleet(seen, identity.server);
  }
}
