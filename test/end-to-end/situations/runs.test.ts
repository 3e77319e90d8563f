/** Pages about runs that were killed, hang, or wait for an administrator. */
import assert from "node:assert/strict";
import { when } from "./sights";
import type { Running } from "./project";
import { situations } from "./situation";

/** As often as a fault is met while it is set; so it shows that it was. */
const MANY = 1_000_000;

const SERVERS = ["sync01", "sync02"];

situations("pages about runs", {
  "run-killed": (page) => {
    const rotate = () => page.project.changeServers((servers) => (servers.sync02.rotate = "now"));

    /** Ends a run by force. */
    async function end(started: Running): Promise<void> {
      page.end("pkill -KILL pulumi", started);
      assert.notEqual((await started.result).code, 0);
    }

    /** Ends the run that is started once Entra has made one more of something, before the answer leaves. */
    async function endedDuringCreation(count: () => number): Promise<void> {
      const { store } = page.test.sandbox.tenant;
      const change = store.change.bind(store);
      const before = count();
      store.change = (act) => {
        const result = change(act);
        if (count() > before) {
          store.change = change;
          page.end("pkill -KILL pulumi", started);
        }
        return result;
      };
      const started = page.project.start("pulumi up --skip-preview");
      assert.notEqual((await started.result).code, 0);
      assert.equal(store.change, change, "nothing was made");
    }

    const finish = async () => {
      await page.run("pulumi cancel");
      assert.match(await page.run("pulumi preview"), /Resources:/);
      await page.run("pulumi up");
    };

    page.scenario("a run that was killed must be finished by the next one", "onboarded", async () => {
      rotate();
      const before = page.test.server("sync02").certificates.length;
      const started = page.project.start("pulumi up");
      await when(() => page.test.server("sync02").certificates.length > before, started.result);
      await end(started);
      const revoke = "npx connect-sync-identity revoke sync02 --stack dev --confirm sync02";
      page.leadsHere(await page.project.refused(revoke), "STACK_LOCKED");
      assert.match(await page.project.refused("pulumi up"), /currently locked/);
      page.again();
      await finish();
      await page.expectHealthy(...SERVERS);
    });

    page.scenario("what was cut off while it was made must be adopted, and cleared from state", "nothing", async () => {
      const { store } = page.test.sandbox.tenant;
      await endedDuringCreation(() => store.data.applications.length);
      page.again();
      await page.run("pulumi cancel");
      const refused = await page.fails("pulumi preview");
      assert.match(refused, /APPLICATION_UNKNOWN/);
      const commands = new Set(refused.match(/npx connect-sync-identity adopt sync0[12] --stack dev/g));
      assert.ok(commands.size > 0, refused);
      for (const command of commands) {
        const { code, output } = await page.project.start(`${command} --yes`).result;
        assert.equal(code, 0, output);
      }
      assert.match(await page.run("pulumi up"), /pending operations/);
      await page.run("pulumi refresh --clear-pending-creates");
      assert.doesNotMatch(await page.test.state(), /"pending_operations": \[\s*\{/);
      await page.expectHealthy(...SERVERS);
    });

    page.scenario(
      "a server that is silent must stop a run, and one that hangs must be ended by force",
      "onboarded",
      async () => {
        page.test.sandbox.faults.set("sync02", "ssh-silent", null);
        assert.match(await page.project.refused("pulumi preview"), /HOST_UNREACHABLE/);
        page.test.sandbox.faults.clear("sync02");
        rotate();
        const { journal } = page.test.server("sync02");
        const started = page.project.start("pulumi up --skip-preview");
        const seen = () =>
          page.test
            .server("sync02")
            .journal.slice(journal.length)
            .some((entry) => entry.startsWith("ensure-certificate"));
        await when(seen, started.result);
        const { faults } = page.test.sandbox;
        faults.set("sync02", "ssh-silent", MANY);
        // From here on the plugin waits for an answer that never comes.
        await when(() => faults.list().some(({ remaining }) => remaining! < MANY), started.result);
        await end(started);
        page.test.sandbox.faults.clear("sync02");
        page.again();
        await finish();
        await page.expectHealthy(...SERVERS);
      },
    );
  },

  "sign-in": (page) => {
    page.scenario("the command that is printed must be the one step that is missing", "nothing", async () => {
      page.test.sandbox.faults.set("sync02", "sign-in", null);
      page.leadsHere(await page.project.refused("pulumi up"), "SIGNIN_REQUIRED");
      page.leadsHere(await page.fails("pulumi preview --expect-no-changes"), "sign-in-awaited");
      page.again();
      const outputs = await page.run("pulumi stack output servers --json");
      const { linkCommand } = (JSON.parse(outputs) as Record<string, { linkCommand: string }>).sync02;
      await page.onServer(
        "Add-ADSyncApplicationRegistration -CertificateSHA256Hash <HASH> -ApplicationAppId <application id>",
      );
      const [, hash, appId] = /-CertificateSHA256Hash (\S+) -ApplicationAppId (\S+)/.exec(linkCommand)!;
      await page.test.sandbox.server("sync02").linkByHand(appId, hash.toLowerCase());
      await page.run("pulumi up");
      await page.expectHealthy(...SERVERS);
    });
  },
});
