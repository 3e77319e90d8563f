/** StackDeclarations: the servers that a program has declared for a tenant so far. */
import type { ServerConfiguration } from "../model/configuration/configuration";
import { sharedProblems } from "../model/configuration/declaration";
import type { Diagnostic } from "../model/diagnostics/diagnostic";
import type { ConnectSyncIdentity } from "./connect-sync-identity";

/** Compares the declared servers of a tenant with each other, and knows which one switches last. */
export class StackDeclarations {
  private readonly servers: ServerConfiguration[] = [];
  private latest: ConnectSyncIdentity | undefined;

  /** Adds a server, unless two could not be what they are declared to be; what conflicts with it. */
  add(server: ServerConfiguration): Diagnostic[] {
    const problems = sharedProblems([...this.servers, server]);
    if (problems.length === 0) this.servers.push(server);
    return problems;
  }

  /** Records an identity that was created: the next one switches after it. */
  made(identity: ConnectSyncIdentity): void {
    this.latest = identity;
  }

  /** The predecessor of an identity that declares none: one switch at a time in a tenant. */
  get before(): ConnectSyncIdentity[] {
    return this.latest ? [this.latest] : [];
  }
}
