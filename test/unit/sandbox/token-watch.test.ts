/** The watch over sign-ins counts what it is told, and asks in time. */
import assert from "node:assert/strict";
import { watchTokens } from "../../../sandbox/engine/token-watch";

type Attempt = { certificateSha256: string; problem: string | null } | null;

const soon = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A sandbox of one server that answers so. */
const answering = (connectorSignIn: () => Promise<Attempt>) => ({ servers: { sync01: { connectorSignIn } } });

describe("token watch", () => {
  it("the token watch must sign in repeatedly, and stop when it is stopped", async () => {
    let asked = 0;
    const watch = watchTokens(
      answering(async () => ((asked += 1), { certificateSha256: "a", problem: null })),
      10,
    );
    await soon(200);
    const { sync01 } = await watch.stop();
    assert.ok(sync01.requests >= 3, `${sync01.requests} requests`);
    assert.deepEqual([sync01.requests, sync01.failures], [asked, 0]);
    await soon(50);
    assert.equal(asked, sync01.requests);
  });

  it("the token watch must count failures and keep the first messages", async () => {
    let asked = 0;
    const watch = watchTokens(
      answering(async () => ({ certificateSha256: "a", problem: `failure ${(asked += 1)}` })),
      1,
    );
    while (asked < 8) await soon(5);
    const { sync01 } = await watch.stop();
    assert.equal(sync01.failures, sync01.requests);
    assert.deepEqual(sync01.firstFailures, ["failure 1", "failure 2", "failure 3", "failure 4", "failure 5"]);
  });

  it("the token watch must count an aborted sign-in as a failure", async () => {
    const watch = watchTokens(answering(() => Promise.reject(new Error("broken"))));
    const { sync01 } = await watch.stop();
    assert.deepEqual([sync01.requests, sync01.failures, sync01.firstFailures], [1, 1, ["broken"]]);
  });

  it("the token watch must not count a server whose credential is unavailable", async () => {
    const watch = watchTokens(
      answering(async () => null),
      5,
    );
    await soon(30);
    assert.equal((await watch.stop()).sync01.requests, 0);
  });

  it("the token watch must list the certificates in order of use", async () => {
    const hashes = ["a", "a", "b", "b"];
    const watch = watchTokens(
      answering(async () => ({ certificateSha256: hashes.shift() ?? "b", problem: null })),
      5,
    );
    while (hashes.length > 0) await soon(5);
    const { sync01 } = await watch.stop();
    assert.deepEqual(
      sync01.certificates.map(({ certificateSha256 }) => certificateSha256),
      ["a", "b"],
    );
  });

  it("the token watch must not ask a server twice at once, and must wait for pending requests at its end", async () => {
    let open = 0;
    let most = 0;
    let ended = 0;
    const watch = watchTokens(
      answering(async () => {
        most = Math.max(most, (open += 1));
        await soon(40);
        open -= 1;
        ended += 1;
        return { certificateSha256: "a", problem: null };
      }),
      5,
    );
    await soon(100);
    const { sync01 } = await watch.stop();
    assert.deepEqual([most, open, sync01.requests], [1, 0, ended]);
  });
});
