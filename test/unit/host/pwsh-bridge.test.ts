/** The bridge by plain HTTP: what the PowerShell side sends and gets. */
import assert from "node:assert/strict";
import { startBridge, type Bridge } from "../../../sandbox/server/pwsh/bridge";
import { WINDOWS_FUNCTIONS } from "../../../sandbox/server/pwsh/functions";
import { WindowsError, type Windows } from "../../../sandbox/server/windows";

/** A model of which a test states the methods that it expects; any other call fails. */
function stub(methods: Partial<Windows>): Windows {
  return new Proxy(methods, {
    get: (target, name: string) =>
      target[name as keyof Windows] ??
      (() => {
        throw new Error(`${name} was not expected`);
      }),
  }) as Windows;
}

describe("Bridge between PowerShell and the model", () => {
  let bridge: Bridge | undefined;

  async function start(methods: Partial<Windows>) {
    bridge = await startBridge(stub(methods));
    const { url, token } = bridge;
    return async (method: string, args: unknown, bearer = token) => {
      const response = await fetch(`${url}/${method}`, {
        method: "POST",
        headers: { authorization: `Bearer ${bearer}` },
        body: typeof args === "string" ? args : JSON.stringify(args),
      });
      return { status: response.status, body: (await response.json()) as unknown };
    };
  }

  afterEach(async () => {
    await bridge?.close();
    bridge = undefined;
  });

  it("the bridge must listen on loopback only", async () => {
    await start({});
    assert.match(bridge!.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it("the bridge must pass arguments by position and return the value", async () => {
    const calls: unknown[] = [];
    const post = await start({
      verify: (...args: unknown[]) => {
        calls.push(args);
        return true;
      },
      getTpm: () => ({ present: true, ready: true, specVersion: null }),
    });
    assert.deepEqual(await post("verify", ["ab", "ZGF0YQ==", "c2ln"]), { status: 200, body: { value: true } });
    assert.deepEqual(calls, [["ab", "ZGF0YQ==", "c2ln"]]);
    const tpm = { present: true, ready: true, specVersion: null };
    assert.deepEqual(await post("getTpm", []), { status: 200, body: { value: tpm } });
  });

  it("the bridge must return null for a method without a result, and wait for a slow one", async () => {
    const post = await start({
      wait: () => new Promise((resolve) => setImmediate(resolve)),
      exitLock: () => undefined,
    });
    assert.deepEqual(await post("wait", [0]), { status: 200, body: { value: null } });
    assert.deepEqual(await post("exitLock", []), { status: 200, body: { value: null } });
  });

  it("the bridge must pass on the kind of a failure", async () => {
    const post = await start({
      writePauseRecord: () => {
        throw new WindowsError("disk-full", "pause.json: no space");
      },
    });
    const failure = { kind: "disk-full", hresult: null, message: "pause.json: no space" };
    assert.deepEqual(await post("writePauseRecord", [{}]), { status: 422, body: failure });
  });

  it("the bridge must not answer without its bearer token", async () => {
    const post = await start({ getTime: () => assert.fail("called") });
    assert.equal((await post("getTime", [], "guess")).status, 401);
    assert.equal((await post("getTime", [], "")).status, 401);
  });

  it("the bridge must have only routes for methods of the interface", async () => {
    const post = await start({});
    for (const method of ["constructor", "toString", "machine", ""]) assert.equal((await post(method, [])).status, 501);
    const response = await fetch(`${bridge!.url}/getTime`, { headers: { authorization: `Bearer ${bridge!.token}` } });
    assert.equal(response.status, 501);
  });

  it("the bridge must refuse anything but a JSON array", async () => {
    const post = await start({ getTime: () => assert.fail("called") });
    assert.equal((await post("getTime", "{}")).status, 422);
    assert.equal((await post("getTime", "[")).status, 422);
  });

  it("the bridge must know whether the run holds the lock", async () => {
    const answers = [
      { acquired: false, abandoned: false, holder: "another", foreign: false },
      { acquired: true, abandoned: false, holder: null, foreign: false },
    ];
    const post = await start({ enterLock: () => answers.shift()!, exitLock: () => undefined });
    await post("enterLock", ["register"]);
    assert.equal(bridge!.holdsLock, false);
    await post("enterLock", ["register"]);
    assert.equal(bridge!.holdsLock, true);
    await post("exitLock", []);
    assert.equal(bridge!.holdsLock, false);
  });

  it("the bridge must close while a method never ends: a killed program does not wait for its cmdlet", async () => {
    let called: () => void;
    const isCalled = new Promise<void>((resolve) => (called = resolve));
    const post = await start({ invokeRotation: () => (called(), new Promise(() => undefined)) });
    const pending = post("invokeRotation", ["ab", 1]).then(
      () => "answered",
      () => "cut",
    );
    await isCalled;
    await bridge!.close();
    assert.equal(await pending, "cut");
  });

  it("the bridge must have a function for each method, under its own name", () => {
    const names = Object.values(WINDOWS_FUNCTIONS).map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
  });
});
