/** The provider as a plain object: what it serves, what it refuses, and by which rules. */
import assert from "node:assert/strict";
import { provider as rules } from "../../../components/rules";
import { SyncIdentitiesProvider } from "../../../provider/provider";
import { OneForEachStack } from "../../../provider/one-for-each-stack";

const WITHIN =
  "urn:pulumi:dev::p::connect-sync-identity:index:SyncIdentities$connect-sync-identity:index:ConnectSyncIdentity";
const SERVER = `${WITHIN}$connect-sync-identity:index:SyncServer::sync01-server`;
const ALONE = "urn:pulumi:dev::p::connect-sync-identity:index:SyncServer::mine";

const made = () => new SyncIdentitiesProvider("1.2.3", "{}");

describe("the package's own provider", () => {
  it("diff, create and update must be those of the rules that state of a TypeScript program names", async () => {
    const news = { server: "sync01", stack: "dev", problem: "", findings: ["x"], host: "a" };
    const provider = made();
    const own = rules("sync-server");
    assert.deepEqual(await provider.create(SERVER, news), await own.create(news));
    assert.deepEqual(await provider.update("id", SERVER, news, news), await own.update!("id", news, news));
    assert.deepEqual(await provider.diff("id", SERVER, news, news), await own.diff!("id", news, news));
  });

  it("a problem of a server must stop its creation, in the same words", async () => {
    await assert.rejects(made().create(SERVER, { problem: "sync01: cannot be changed" }), /^Error: sync01: cannot be/);
  });

  it("a resource that a program declares by itself must be refused by its name", async () => {
    await assert.rejects(made().check(ALONE, {}, {}), /^Error: mine: .*SyncServer is made by SyncIdentities only/);
  });

  it("a resource must not be checked by a process that has not read the stack's settings", async () => {
    await assert.rejects(made().check(SERVER, {}, {}), /^Error: sync01-server: its provider is not that of its/);
  });

  it("a refresh must get what state holds, and an import must be refused with what to do instead", async () => {
    const props = { server: "sync01" };
    assert.deepEqual(await made().read("dev/sync01", SERVER, props), { id: "dev/sync01", props });
    for (const nothing of [undefined, {}]) {
      await assert.rejects(
        made().read("x", SERVER, nothing),
        /sync01-server: .* cannot be imported, .* adopt takes over/,
      );
    }
  });

  it("types that the package does not have must be refused, as resources and as components", async () => {
    const foreign = SERVER.replace("SyncServer", "Other");
    await assert.rejects(made().diff("x", foreign, {}, {}), /the package has no resource .*:Other/);
    await assert.rejects(made().construct("a", "x:index:Y", {}, {}), /the package has no component x:index:Y/);
  });

  it("a second component for the servers of a stack must be refused; the same one may come again", async () => {
    const stacks = new OneForEachStack();
    await stacks.add("sync", undefined);
    await stacks.add("sync", undefined);
    await assert.rejects(stacks.add("other", undefined), /has a second SyncIdentities, other, in addition to sync/);
  });
});
