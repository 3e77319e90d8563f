/** Removes credentials that are not declared, and locks the service principal's own. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Removal } from "../model/guard/guard-findings";
import { diagnose, ProblemError } from "../model/diagnostics/diagnostic";
import { GraphClient, GraphError } from "./graph-client";
import type { TenantAccess } from "./tenant-access";

/** A new key may not be visible everywhere yet; a key that is still not visible after this time is gone. */
const READS = 3;
const SECONDS_BETWEEN_READS = 1;

/** The application whose credentials are guarded. */
export interface GuardedApplication {
  server: string;
  /** Object id. */
  application: string;
  /** Ids of the server's own key credentials, which must survive every write. */
  keys: readonly string[];
}

interface Key {
  keyId: string;
  /** The certificate in base64; null if it was not asked for. */
  key?: string | null;
}

interface Lock {
  isEnabled?: boolean;
  allProperties?: boolean;
}

interface Application {
  appId: string;
  keyCredentials: Key[];
  servicePrincipalLockConfiguration: Lock | null;
}

interface Principal {
  id: string;
  keyCredentials: Key[];
}

const idsOf = (keys: readonly Key[]) => keys.map(({ keyId }) => keyId);
const isLocked = (lock: Lock | null) => lock?.isEnabled === true && lock.allProperties === true;

/** One writer of an application's and its principal's credentials. */
class CredentialWriter {
  readonly removed: string[] = [];
  private readonly path: string;

  constructor(
    private readonly graph: GraphClient,
    private readonly guarded: GuardedApplication,
  ) {
    this.path = `applications/${guarded.application}`;
  }

  read(): Promise<Application> {
    const properties = "id,appId,keyCredentials,servicePrincipalLockConfiguration";
    return this.graph.get<Application>(`${this.path}?$select=${properties}`);
  }

  async lock(on: boolean): Promise<void> {
    const servicePrincipalLockConfiguration = { isEnabled: on, allProperties: on };
    await this.graph.change("PATCH", this.path, { servicePrincipalLockConfiguration });
  }

  /** The current key credentials, as soon as this server's own are among them. */
  private async keysOf(path: string, own: readonly string[]): Promise<Key[]> {
    for (let read = 1; ; read += 1) {
      const { keyCredentials } = await this.graph.get<{ keyCredentials: Key[] }>(`${path}?$select=id,keyCredentials`);
      const seen = idsOf(keyCredentials);
      if (read === READS || own.every((keyId) => seen.includes(keyId))) return keyCredentials;
      await sleep(SECONDS_BETWEEN_READS * 1000);
    }
  }

  /**
   * Key credentials are written as a whole list, so another writer's key can be lost: read before and checked after.
   * @throws ProblemError KEY_CREDENTIAL_LOST if a key that had to remain is gone
   */
  async removeKeys(path: string, ids: readonly string[], own: readonly string[] = []): Promise<void> {
    const before = await this.keysOf(path, own);
    const staying = before.filter(({ keyId }) => !ids.includes(keyId));
    if (staying.length === before.length) return;
    await this.graph.change("PATCH", path, { keyCredentials: staying });
    const after = idsOf(await this.keysOf(path, []));
    this.removed.push(...ids.filter((id) => !after.includes(id)).map((id) => `key ${id}`));
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
    const read = () => this.graph.get<{ passwordCredentials: Key[] }>(`${path}?$select=id,passwordCredentials`);
    const present = ids.length === 0 ? [] : (await read()).passwordCredentials.map(({ keyId }) => keyId);
    for (const keyId of ids.filter((id) => present.includes(id))) {
      await this.graph.change("POST", `${path}/removePassword`, { keyId });
      this.removed.push(`secret ${keyId}`);
    }
  }

  async removeFederations(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await this.graph.change("DELETE", `${this.path}/federatedIdentityCredentials/${id}`);
      this.removed.push(`federated credential ${id}`);
    }
  }

  /** Locked properties cannot be removed either, so the lock is switched off while they are removed. */
  async removeOfPrincipal(
    application: Application,
    keys: readonly string[],
    secrets: readonly string[],
  ): Promise<void> {
    if (keys.length + secrets.length === 0) return;
    const { id } = await this.graph.get<Principal>(`servicePrincipals(appId='${application.appId}')?$select=id`);
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
    const done = writer.removed.map((what) => `removed ${what}`);
    if (isLocked(application.servicePrincipalLockConfiguration)) return done;
    await writer.lock(true);
    return [...done, "switched the app instance property lock on"];
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    const code = error.forbidden ? "GUARD_FORBIDDEN" : "GUARD_FAILED";
    const actual = `${error.message}${writer.removed.length > 0 ? ` (after removing ${writer.removed.join(", ")})` : ""}`;
    throw new ProblemError([diagnose(code, guarded.server, { actual })]);
  }
}
