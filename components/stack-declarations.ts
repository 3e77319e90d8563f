/** StackDeclarations: the servers that a program has declared for a tenant so far. */
import type { ServerConfiguration } from "../model/configuration/configuration";
import { sharedProblems } from "../model/configuration/declaration";
import type { Diagnostic } from "../model/diagnostics/diagnostic";
import type { ConnectSyncIdentity } from "./connect-sync-identity";

/** Holds the servers of a tenant against each other as they are declared, and knows which one switches last. */
export class StackDeclarations {
  private readonly servers: ServerConfiguration[] = [];
  private latest: ConnectSyncIdentity | undefined;

  /** Adds a server, unless two could not be what they are declared to be; what stands against it. */
  add(server: ServerConfiguration): Diagnostic[] {
    const problems = sharedProblems([...this.servers, server]);
    if (problems.length === 0) this.servers.push(server);
    return problems;
  }

  /** Notes an identity that was made: the next one switches after it. */
  made(identity: ConnectSyncIdentity): void {
    this.latest = identity;
  }

  /** What an identity switches after where it is not told: one switch at a time in a tenant. */
  get before(): ConnectSyncIdentity[] {
    return this.latest ? [this.latest] : [];
  }
}
