/** What leaves a state with a server, what keeps a legacy account, and which generation is revoked: pure parts of commands. */
import assert from "node:assert/strict";
import { abandonRefusal, withoutServer } from "../../../cli/leave/leave-abandon";
import type { StackConfiguration } from "../../../model/configuration/configuration";
import { formatDiagnostic } from "../../../model/diagnostics/diagnostic";
import { accountRoom } from "../../../cli/leave/account-room";
import { obstacles } from "../../../cli/leave/remove-legacy-account";
import { newestKnown } from "../../../cli/revoke/revoke";
import { connectionIn, resourcesOf, serversIn } from "../../../cli/stack/stack-server";
import type { StateResource } from "../../../cli/stack/stack-context";
import { generationFacts } from "../../helpers/certificates";
import { formerAccounts } from "../../helpers/notice-cases";
import { hostFacts, IDENTITY, problem, tenantRoles } from "../../helpers/observations";
import { READER } from "../../helpers/remedies";

const COMPONENT = "connect-sync-identity:index:ConnectSyncIdentity";
const urn = (type: string, name: string) => `urn:pulumi:dev::connect-sync-identity::${type}::${name}`;
const root = (name: string): StateResource => ({ urn: urn(COMPONENT, name), type: COMPONENT, custom: false });
const child = (name: string, of: string, more: object = {}): StateResource => ({
  ...{ urn: urn(`${COMPONENT}$command:remote:Command`, name), type: "command:remote:Command", custom: true },
  ...{ parent: urn(COMPONENT, of), ...more },
});

const waiting = { dependencies: [urn(`${COMPONENT}$command:remote:Command`, "sync02-registration")] };
const STATE = [
  root("sync02"),
  child("sync02-registration", "sync02"),
  child("sync02-registration", "sync02", { delete: true }),
  root("sync01"),
  child("sync01-registration", "sync01", { ...waiting, propertyDependencies: { stdin: waiting.dependencies } }),
];

describe("a server in state", () => {
  it("a server in state must be its component and all resources below it, children first, including pending deletions", () => {
    const found = resourcesOf("sync02", STATE).map((resource) => resource.urn.split("::").at(-1));
    assert.deepEqual(found, ["sync02-registration", "sync02-registration", "sync02"]);
    assert.deepEqual(resourcesOf("sync0", STATE), []);
    assert.deepEqual(serversIn(STATE), ["sync02", "sync01"]);
  });

  it("removal of a server from state must leave no reference to it, and change nothing else", () => {
    const left = withoutServer("sync02", STATE);
    assert.ok(!JSON.stringify(left).includes("sync02"));
    assert.deepEqual(left, [
      root("sync01"),
      child("sync01-registration", "sync01", { dependencies: [], propertyDependencies: { stdin: [] } }),
    ]);
    assert.deepEqual(withoutServer("sync09", STATE), STATE);
  });

  it("the connection of a server must be read from state in plain or as a secret, and be empty if it is invalid", () => {
    const connection = { host: "127.0.0.1", port: 22, user: "Administrator", hostKey: "ssh-ed25519 AAAA" };
    const secret = { "4dabf18193072939515e22adb298388d": "x", plaintext: JSON.stringify(connection) };
    for (const given of [connection, secret]) {
      assert.deepEqual(connectionIn([child("a", "sync02", { inputs: { connection: given } })]), connection);
    }
    const proxied = { ...connection, proxy: { ...connection, host: "bastion", user: "jump" } };
    const plaintext = JSON.stringify({ ...proxied, proxy: { ...proxied.proxy, dialErrorLimit: 5, privateKey: "key" } });
    const behind = { inputs: { connection: { ...secret, plaintext } } };
    assert.deepEqual(connectionIn([child("a", "sync02", behind)]), proxied);
    assert.equal(connectionIn([child("a", "sync02", { inputs: { connection: { host: "a" } } })]), null);
    assert.equal(connectionIn(STATE), null);
  });
});

describe("abandoning a server", () => {
  const refusal = (environment: StackConfiguration["environment"]) =>
    abandonRefusal({ stack: "prod", configuration: { environment } as StackConfiguration }, "sync02");

  it("abandoning must be refused only on a production stack, with server and way back", () => {
    const text = formatDiagnostic(refusal("production")!, READER);
    assert.match(text, /^sync02: environment: .*"production" in the configuration of stack prod/);
    assert.match(text, /npx connect-sync-identity leave sync02 --rollback --stack prod.*\[ABANDON_REFUSED\]$/);
    assert.equal(refusal("test"), null);
    assert.equal(refusal(null), null);
  });
});

describe("room for an account", () => {
  const ACCOUNT = "Sync_SYNC01_0123456789ab";
  const room = (roles: ReturnType<typeof tenantRoles> | null, account: string | null = ACCOUNT) => {
    const seen = roles ? { roles, problem: null } : { roles, problem: problem() };
    const { refusal, ...rest } = accountRoom("sync01", account, seen);
    return refusal ? formatDiagnostic(refusal, READER) : "line" in rest ? rest.line : "";
  };

  it("a rollback must be refused before anything is paused if the tenant accepts no further account, with the way out", () => {
    const text = room(tenantRoles({ directoryRoles: formerAccounts(20) }));
    assert.match(
      text,
      /^sync01: account Sync_SYNC01_0123456789ab: expected fewer than 20 .*found 20\. Nothing was changed/,
    );
    assert.match(text, /legacy-account-left.*pulumi preview --stack .*\[SYNC_ACCOUNTS_FULL\]$/);
    assert.match(room(tenantRoles({ directoryRoles: formerAccounts(21) }), null), /SYNC_ACCOUNTS_FULL/);
  });

  it("a rollback must not be refused if there is room, the account exists already, or no one can count", () => {
    assert.match(room(tenantRoles({ directoryRoles: formerAccounts(19) })), /there are 19\./);
    const own = { ...formerAccounts(1)[0], id: "own", name: `${ACCOUNT.toUpperCase()}@contoso.onmicrosoft.com` };
    assert.match(room(tenantRoles({ directoryRoles: [...formerAccounts(19), own] })), /exists already/);
    assert.match(room(tenantRoles({ directoryRoles: formerAccounts(20), syncAccounts: [own] })), /exists already/);
    assert.match(room(tenantRoles({ directoryRoles: null, syncAccounts: null })), /could not be read/);
    assert.match(room(null), /could not be read/);
  });

  it("an account must be counted once, whichever roles it has, and a service principal not at all", () => {
    const [first, ...others] = formerAccounts(19);
    const again = { ...first, role: "On Premises Directory Sync Account" };
    const directoryRoles = [first, again, ...others, { ...first, id: "principal", appId: "1" }];
    assert.match(room(tenantRoles({ directoryRoles })), /there are 19\./);
  });
});

describe("a legacy account", () => {
  const ACCOUNT = "Sync_SYNC01_0123456789ab";
  const codes = async (changes: object, account = ACCOUNT) => {
    const facts = hostFacts(await generationFacts(IDENTITY, 1));
    const seen = { ...facts, connector: { ...facts.connector, ...changes } };
    return obstacles(account, "sync01", [{ server: "sync01", seen }]).map(({ code }) => code);
  };

  it("a legacy account may be removed if the connector uses something else and the name is the computer's", async () => {
    assert.deepEqual(await codes({}), []);
    const other = { identityType: "ServiceAccount", userName: "Sync_SYNC01_other@contoso.com" };
    assert.deepEqual(await codes(other), []);
  });

  it("a legacy account must stay if a connector uses it, regardless of case, or if it is another computer's", async () => {
    const used = { identityType: "ServiceAccount", userName: `${ACCOUNT.toLowerCase()}@contoso.com` };
    assert.deepEqual(await codes(used), ["ACCOUNT_IN_USE"]);
    assert.deepEqual(await codes({}, "Sync_SYNC011_0123456789ab"), ["ACCOUNT_UNEXPECTED"]);
  });
});

describe("the revoked generation", () => {
  const key = (subject: string) => ({ keyId: "k", sha256: null, subject, startDateTime: "", endDateTime: "" });

  it("the revoked generation must be the newest in state, in a key or in an earlier revocation", () => {
    const keys = [key("CN=ConnectSyncIdentity dev/sync01 g3"), key("CN=somebody else's")];
    const tags = ["ConnectSyncIdentity:revoked:g4:2026-11-21T03:00:00.000Z"];
    assert.equal(newestKnown(IDENTITY, 2, { keys, tags: [] }, false), 3);
    assert.equal(newestKnown(IDENTITY, 5, { keys, tags }, false), 5);
    assert.equal(newestKnown(IDENTITY, null, { keys, tags }, false), 4);
    assert.equal(newestKnown(IDENTITY, null, { keys: [], tags: [] }, false), 1);
  });

  it("without state, the revocation of a certificate that carries no generation must count for any that a run may be on", () => {
    const keys = [key("CN=sync01.contoso.com, O=Contoso")];
    const without = newestKnown(IDENTITY, null, { keys, tags: [] }, true);
    assert.ok(without > 500);
    const tags = [`ConnectSyncIdentity:revoked:g${without}:2026-11-21T03:00:00.000Z`];
    // The same command again finds itself done; after the way back it goes beyond once more.
    assert.equal(newestKnown(IDENTITY, null, { keys: [], tags }, true), without);
    assert.ok(newestKnown(IDENTITY, null, { keys, tags }, true) > without + 1);
    assert.equal(newestKnown(IDENTITY, 7, { keys, tags: [] }, true), 7);
  });
});
