/** Removes credentials that are not declared, and locks the service principal's own. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Removal } from "../model/guard/guard-findings";
import { diagnose, ProblemError } from "../model/diagnostics/diagnostic";
import { GraphClient } from "./graph-client";
import { GraphError } from "./graph-error";
import { FEDERATED_CREDENTIAL, isLocked, KEYS_TO_WRITE, LOCK, SECRET_IDS } from "./graph-objects";
import type { TenantAccess } from "./tenant-access";
import { signInProblem } from "./token-refusal";

/** A write may not be visible everywhere yet; what is still as it was after this time was not written. */
const READS = 3;
/** Attempts of a change that another writer interrupts. */
const WRITES = 4;
const SECONDS_BETWEEN_READS = 1;

/** The application whose credentials are guarded. */
export interface GuardedApplication {
  server: string;
  /** Object id. */
  application: string;
  /** Ids of the server's own key credentials, which must survive every write. */
  keys: readonly string[];
  /** The application is one of the product: its lock is not this project's. */
  ofProduct?: boolean;
}

const APPLICATION = KEYS_TO_WRITE.extend({ appId: z.string(), servicePrincipalLockConfiguration: LOCK });
type Application = z.infer<typeof APPLICATION>;
type Key = Application["keyCredentials"][number];

/** The application is in state, its principal was just read: what is not found is not visible yet. */
const EXISTING = { existing: true };

const idsOf = (keys: readonly Key[]) => keys.map(({ keyId }) => keyId);

/** One writer of an application's and its principal's credentials. */
class CredentialWriter {
  readonly removed: string[] = [];
  /** What Graph accepted to remove and still shows. */
  readonly unconfirmed: string[] = [];
  private readonly path: string;

  constructor(
    private readonly graph: GraphClient,
    private readonly guarded: GuardedApplication,
  ) {
    this.path = `applications/${guarded.application}`;
  }

  read(): Promise<Application> {
    const properties = "id,appId,keyCredentials,servicePrincipalLockConfiguration";
    return this.graph.get(`${this.path}?$select=${properties}`, APPLICATION, EXISTING);
  }

  async lock(on: boolean): Promise<void> {
    const servicePrincipalLockConfiguration = { isEnabled: on, allProperties: on };
    await this.graph.change("PATCH", this.path, { servicePrincipalLockConfiguration }, EXISTING);
  }

  /** What is there, as soon as it is what it should be; after some reads what it is. */
  private async settled<T>(read: () => Promise<T>, asExpected: (value: T) => boolean): Promise<T> {
    for (let count = 1; ; count += 1) {
      const value = await read();
      if (count === READS || asExpected(value)) return value;
      await sleep(SECONDS_BETWEEN_READS * 1000);
    }
  }

  private async keysOf(path: string): Promise<Key[]> {
    return (await this.graph.get(`${path}?$select=id,keyCredentials`, KEYS_TO_WRITE, EXISTING)).keyCredentials;
  }

  private async secretsOf(path: string): Promise<string[]> {
    const { passwordCredentials } = await this.graph.get(
      `${path}?$select=id,passwordCredentials`,
      SECRET_IDS,
      EXISTING,
    );
    return passwordCredentials.map(({ keyId }) => keyId);
  }

  private async federations(): Promise<string[]> {
    const first = await this.graph.first(`${this.path}/federatedIdentityCredentials`, FEDERATED_CREDENTIAL);
    return (await this.graph.rest(first, FEDERATED_CREDENTIAL)).map(({ id }) => id);
  }

  /**
   * What was to be removed counts as removed once it is no longer read.
   * @param what such as "secret"
   */
  private async confirm(what: string, ids: readonly string[], read: () => Promise<string[]>): Promise<void> {
    if (ids.length === 0) return;
    const stillThere = (present: string[]) => ids.filter((id) => present.includes(id));
    const left = stillThere(await this.settled(read, (present) => stillThere(present).length === 0));
    this.removed.push(...ids.filter((id) => !left.includes(id)).map((id) => `${what} ${id}`));
    this.unconfirmed.push(...left.map((id) => `${what} ${id}`));
  }

  /** Removes one after the other; what was removed before one fails is known as removed. */
  private async each(
    what: string,
    ids: readonly string[],
    read: () => Promise<string[]>,
    remove: (id: string) => Promise<void>,
  ): Promise<void> {
    const requested: string[] = [];
    try {
      for (const id of ids) {
        await remove(id);
        requested.push(id);
      }
    } finally {
      await this.confirm(what, requested, read);
    }
  }

  /**
   * Key credentials are written as a whole list, so another writer's key can be lost: read before and checked after.
   * @throws ProblemError KEY_CREDENTIAL_LOST if a key that had to remain is gone
   */
  async removeKeys(path: string, ids: readonly string[], own: readonly string[] = []): Promise<void> {
    for (let count = 1; ; count += 1) {
      try {
        return await this.removeKeysOnce(path, ids, own);
      } catch (error) {
        if (!(error instanceof GraphError) || !error.concurrent || count === WRITES) throw error;
        await sleep(count * SECONDS_BETWEEN_READS * 1000);
      }
    }
  }

  private async removeKeysOnce(path: string, ids: readonly string[], own: readonly string[]): Promise<void> {
    const holdsOwn = (keys: Key[]) => own.every((id) => keys.some(({ keyId }) => keyId === id));
    const before = await this.settled(() => this.keysOf(path), holdsOwn);
    const staying = before.filter(({ keyId }) => !ids.includes(keyId));
    if (staying.length === before.length) return;
    await this.graph.change("PATCH", path, { keyCredentials: staying }, { ...EXISTING, fromRead: true });
    const going = idsOf(before.filter((key) => !staying.includes(key)));
    let after: string[] = [];
    await this.confirm("key", going, async () => (after = idsOf(await this.keysOf(path))));
    const lost = staying.filter(({ keyId }) => !after.includes(keyId)).map(({ keyId }) => keyId);
    if (lost.length === 0) return;
    const whose = lost.some((keyId) => this.guarded.keys.includes(keyId)) ? "this server's own" : "another writer's";
    const values = { keys: lost.join(", "), whose };
    throw new ProblemError([diagnose("KEY_CREDENTIAL_LOST", this.guarded.server, values)]);
  }

  /**
   * Removes the other entries of certificates that are under this server's own ids as well: what uploads left that were cut
   * off. Nothing is removed of a certificate that is not under an own id, as just read.
   */
  async removeRepeated({ keyCredentials }: Application, own: readonly string[]): Promise<void> {
    const certificates = keyCredentials.filter(({ keyId, key }) => key && own.includes(keyId)).map(({ key }) => key);
    const repeated = keyCredentials.filter(({ keyId, key }) => certificates.includes(key) && !own.includes(keyId));
    if (repeated.length > 0) await this.removeKeys(this.path, idsOf(repeated), own);
  }

  async removeSecrets(path: string, ids: readonly string[]): Promise<void> {
    const present = ids.length === 0 ? [] : await this.secretsOf(path);
    const going = ids.filter((id) => present.includes(id));
    await this.each(
      "secret",
      going,
      () => this.secretsOf(path),
      (keyId) => this.graph.change("POST", `${path}/removePassword`, { keyId }),
    );
  }

  async removeFederations(ids: readonly string[]): Promise<void> {
    await this.each(
      "federated credential",
      ids,
      () => this.federations(),
      (id) => this.graph.change("DELETE", `${this.path}/federatedIdentityCredentials/${id}`),
    );
  }

  /** Locked properties cannot be removed either, so the lock is switched off while they are removed. */
  async removeOfPrincipal(
    application: Application,
    keys: readonly string[],
    secrets: readonly string[],
  ): Promise<void> {
    if (keys.length + secrets.length === 0) return;
    const { id } = await this.graph.get(
      `servicePrincipals(appId='${application.appId}')?$select=id`,
      z.object({ id: z.string() }),
    );
    const enabled = application.servicePrincipalLockConfiguration?.isEnabled === true;
    if (enabled) await this.lock(false);
    try {
      await this.removeKeys(`servicePrincipals/${id}`, keys);
      await this.removeSecrets(`servicePrincipals/${id}`, secrets);
    } finally {
      if (enabled) await this.lock(true);
    }
  }
}

/**
 * Removes what is named, if it is still there, and second entries of the server's own certificates, and switches the app
 * instance property lock on if it is off.
 *
 * @param removals as judged in this run; what came since then is left to the next one
 * @returns what was done, one clause each; none if nothing had to be
 * @throws ProblemError KEY_CREDENTIAL_LOST, GUARD_FORBIDDEN or GUARD_FAILED
 */
export async function applyGuard(
  access: TenantAccess,
  guarded: GuardedApplication,
  removals: readonly Removal[],
): Promise<string[]> {
  const writer = new CredentialWriter(new GraphClient(access), guarded);
  const ids = (kind: Removal["kind"]) => removals.filter((removal) => removal.kind === kind).map(({ id }) => id);
  const path = `applications/${guarded.application}`;
  try {
    const application = await writer.read();
    if (ids("key").length > 0) await writer.removeKeys(path, ids("key"), guarded.keys);
    await writer.removeRepeated(application, guarded.keys);
    await writer.removeSecrets(path, ids("secret"));
    await writer.removeFederations(ids("federated-credential"));
    await writer.removeOfPrincipal(application, ids("principal-key"), ids("principal-secret"));
    const done = [
      ...writer.removed.map((what) => `removed ${what}`),
      ...writer.unconfirmed.map((what) => `requested the removal of ${what}, which Entra still shows`),
    ];
    if (guarded.ofProduct || isLocked(application.servicePrincipalLockConfiguration)) return done;
    await writer.lock(true);
    return [...done, "switched the app instance property lock on"];
  } catch (error) {
    if (!(error instanceof GraphError)) throw signInProblem(error, guarded.server) ?? error;
    const code = error.forbidden ? "GUARD_FORBIDDEN" : "GUARD_FAILED";
    const actual = `${error.message}${writer.removed.length > 0 ? ` (after removing ${writer.removed.join(", ")})` : ""}`;
    throw new ProblemError([diagnose(code, guarded.server, { actual })]);
  }
}
