/** StackObservations: the observations of all servers of a stack, released together when all are complete. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ServerIdentity } from "../model/server/labels";
import type { Observation } from "../model/server/observation";
import { sharedIdentities } from "../model/fleet/shared-identities";

/**
 * Compares the servers of a stack with each other: an identity that two of them share stops both, as if their hosts
 * could not be changed.
 */
export class StackObservations {
  private readonly servers: { identity: ServerIdentity; observation: Promise<Observation> }[] = [];

  /** Adds a server, in the event-loop turn in which the program creates all of them; returns its full observation. */
  async add(identity: ServerIdentity, observation: Promise<Observation>): Promise<Observation> {
    this.servers.push({ identity, observation });
    await nextTurn();
    const seen = await Promise.all(
      this.servers.map(async (one) => ({ ...one.identity, observation: await one.observation })),
    );
    const own = await observation;
    const problem = sharedIdentities(seen).get(identity.server);
    return own.host.facts && problem ? { ...own, host: { facts: null, problem } } : own;
  }
}
