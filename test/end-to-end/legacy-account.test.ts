/** The password account that onboarding leaves behind goes where it is asked for by name, and never while it may be in use. */
import assert from "node:assert/strict";
import { parse } from "shell-quote";
import { renderCommand } from "../../model/diagnostics/remedy";
import { REMEDIES } from "../unit/diagnostics/samples";
import { administrator, runOperationAlone, runOperationOn } from "./operations";
import { TestSandbox } from "./support";

describe("a legacy account", () => {
  let test: TestSandbox;
  let account: string;
  before(async () => {
    test = await TestSandbox.open();
    // Makes the stack, and nothing in it yet.
    await test.pulumi(["config"]);
    account = test.server("sync02").legacyAccountName!;
  });
  after(() => test?.close());

  const remove = (server: string, name: string, stdin = "") =>
    runOperationOn(test, "remove-legacy-account", [server, "--name", name], stdin);
  const accounts = () =>
    test.sandbox.tenant.store.data.users
      .map(({ userPrincipalName }) => userPrincipalName.split("@")[0])
      .filter((name) => name.startsWith("Sync_"));

  it("remove-legacy-account must require a valid account name", async () => {
    for (const args of [["sync02"], ["sync02", "--name", "admin"], ["sync02", "--name", "Sync_X@contoso.com"], []]) {
      const { code, stdout, stderr } = await runOperationAlone("remove-legacy-account", args);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, "");
    }
    const unknown = await remove("sync09", account);
    assert.equal(unknown.code, 2, unknown.stderr);
    assert.match(unknown.stderr, /no server "sync09"/);
  });

  it("a legacy account must stay while a declared server's connector uses it", async () => {
    for (const server of ["sync01", "sync02"]) {
      const { code, stderr } = await remove(server, account, administrator(test).stdin);
      assert.equal(code, 1, stderr);
      assert.match(stderr, new RegExp(`sync02: account ${account}: .*ACCOUNT_IN_USE`));
    }
    assert.deepEqual(accounts(), [account]);
  });

  it("a legacy account must stay if a declared server cannot be observed, if it is another computer's, or if the password is wrong", async () => {
    await test.up();
    test.expectOnboarded("sync02");
    test.sandbox.faults.set("sync01", "unreachable", null);
    const unseen = await remove("sync02", account, administrator(test).stdin);
    test.sandbox.faults.clear("sync01");
    assert.equal(unseen.code, 1, unseen.stderr);
    assert.match(unseen.stderr, new RegExp(`sync01: account ${account}: .*SERVER_NOT_OBSERVED`));
    const other = await remove("sync01", account, administrator(test).stdin);
    assert.equal(other.code, 1, other.stderr);
    assert.match(other.stderr, /sync01: account .*ACCOUNT_UNEXPECTED/);
    const wrong = await remove("sync02", account, "nobody@contoso.com\nNot-The-Password-42\n");
    assert.equal(wrong.code, 1, wrong.stderr);
    assert.match(wrong.stderr, /CREDENTIAL_REFUSED/);
    assert.doesNotMatch(wrong.stdout + wrong.stderr, /Not-The-Password-42/);
    assert.deepEqual(accounts(), [account]);
  });

  it("each command of this project that a remedy names must run as it is printed", async () => {
    const reader = { stack: "dev", sandbox: true, folder: null };
    const commands = REMEDIES.flatMap(([, remedy]) => remedy).flatMap((part) =>
      typeof part === "string" || part.kind !== "own" || part.stack !== undefined ? [] : [renderCommand(part, reader)],
    );
    const lines = [...new Set(commands)];
    assert.ok(lines.length >= 3, lines.join("\n"));
    for (const line of lines) {
      const [npx, program, command, ...args] = parse(line) as string[];
      assert.deepEqual([npx, program], ["npx", "connect-sync-identity"]);
      const { code, stdout, stderr } = await runOperationOn(
        test,
        command,
        args,
        "nobody@contoso.com\nNot-The-Password-42\n",
      );
      // It may be refused, as nothing is wrong here and the password is; wrong use would be 2. Or it comes to its question.
      const asks = /^error: stdin is not a terminal, so no question can be asked/m.test(stderr);
      assert.ok(code === 0 || code === 1 || asks, `${line}: ${code}\n${stderr}`);
      assert.match(stdout + stderr, /sync02/, line);
      assert.doesNotMatch(stderr, /^ +at /m, line);
    }
    await test.expectUnchanged();
  });

  it("an unused legacy account must be removed on request, and the server must keep working", async () => {
    const { stdin, password } = administrator(test);
    const { code, stdout, stderr } = await remove("sync02", account, stdin);
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(`sync02: account ${account} removed`));
    assert.ok(!(stdout + stderr).includes(password));
    assert.deepEqual(accounts(), []);
    test.expectOnboarded("sync02");
    test.expectSchedulerOn("sync02");
    await test.expectUnchanged();
    const again = await remove("sync02", account, stdin);
    assert.equal(again.code, 1, again.stderr);
    assert.match(again.stderr, /does not exist/);
  });
});
