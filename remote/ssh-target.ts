/** How a server and its bastion are reached. No type of the SSH library is named here: the package's public types lead here. */
import type { Proposals, SshPlace } from "./ssh-trouble";

/** What is to be offered to whom. */
export interface KeySource {
  user: string;
  privateKey?: string;
  /** Path of the agent's socket; used if `privateKey` is absent. */
  agentSocketPath?: string;
  /** The one key of the agent to offer, a line of authorized_keys form or a SHA-256 fingerprint. @default all of them */
  publicKey?: string | null;
}

/** Where to log in, and with which key. */
export interface LoginTarget extends SshPlace, KeySource {
  /** The pinned host key, one authorized_keys line. */
  hostKey: string;
  /** Whether the login is one that Pulumi's command plugin would make: words in messages are about it. @default false */
  asPlugin?: boolean;
}

/** How a bastion is reached; the server that it leads to names it in messages. */
export type BastionTarget = Omit<LoginTarget, "server">;

/** How to reach a server. */
export interface SshTarget extends LoginTarget {
  /** The bastion on the way. @default none */
  proxy?: BastionTarget | null;
}

/** What both sides of a login proposed for the key exchange. */
export interface Hop {
  place: SshPlace;
  proposals: Proposals;
}
