/** Pages about a tenant that refuses: permissions, sign-ins, and where to look when synchronisation has stopped. */
import assert from "node:assert/strict";
import { applicationOf, forbid } from "./sights";
import { situations } from "./situation";

/** A command of Pulumi in a message. */
const command = (message: string, form: RegExp) => `pulumi ${(form.exec(message) ?? assert.fail(message))[1]}`;

const SERVERS = ["sync01", "sync02"];

situations("pages about the tenant", {
  "tenant-permissions": (page) => {
    const doctor = "npx connect-sync-identity doctor --tenant --stack prod";

    page.scenario(
      "a permission that was removed must be named, and the preview work once it is back",
      "onboarded",
      async () => {
        const giveBack = forbid(page, "Application.Read.All");
        page.leadsHere(await page.project.refused("pulumi preview"), "GRAPH_FORBIDDEN");
        assert.match(await page.fails(doctor), /Application\.Read\.All/);
        giveBack();
        page.again();
        assert.match(await page.run(doctor), /ok +permission Application\.Read\.All: granted/);
        await page.expectHealthy(...SERVERS);
      },
    );

    page.scenario("a role that was removed must be shown by a refresh and made again", "onboarded", async () => {
      const { store } = page.test.sandbox.tenant;
      const { servicePrincipal } = applicationOf(page, "sync02");
      store.change((directory) => {
        directory.assignments = directory.assignments.filter(
          ({ principalId }) => principalId !== servicePrincipal!.objectId,
        );
      });
      assert.match((await page.test.preview(["--refresh"])).output, /sync02-role-adsynchronization-readwrite-all/);
      await page.project.succeeded("pulumi up --refresh");
      await page.expectHealthy(...SERVERS);
    });
  },

  "service-proxy": (page) => {
    page.scenario(
      "a service whose proxy does not answer must be named, and nothing be changed",
      "onboarded",
      async () => {
        await page.test.sandbox.break("sync01", "service-proxy");
        const before = page.test.server("sync01").connector;
        const output = await page.run("pulumi preview");
        page.leadsHere(output, "service-proxy-unreachable");
        assert.match(
          output,
          /http:\/\/old-proxy\.contoso\.com:3128, set by miiserver\.exe\.config, accepts no connection/,
        );
        assert.match(output, /this session goes directly/);
        await page.onServer(
          'Select-String -Path "$env:windir\\Microsoft.NET\\Framework64\\v4.0.30319\\Config\\machine.config" -Pattern "proxyaddress"',
        );
        await page.onServer("Restart-Service ADSync");
        assert.deepEqual(page.test.server("sync01").connector, before);
      },
    );
  },

  "sign-in-refused": (page) => {
    page.scenario(
      "a refused sign-in must be named by preview and doctor until Entra accepts it",
      "onboarded",
      async () => {
        page.test.sandbox.faults.set("tenant", "conditional-access", null);
        page.leadsHere(await page.project.refused("pulumi preview"), "SIGN_IN_REFUSED");
        const doctor = await page.fails("npx connect-sync-identity doctor --tenant --stack prod");
        assert.match(doctor, /AADSTS53003/);
        page.test.sandbox.faults.clear("tenant");
        await page.expectHealthy(...SERVERS);
      },
    );
  },

  "sync-stopped": (page) => {
    page.scenario("a refused sign-in of the server must be shown by preview and doctor", "onboarded", async () => {
      await page.test.sandbox.break("sync01", "sign-in-refused");
      page.leadsHere(await page.run("pulumi preview"), "sign-in-refused");
      const { output } = await page.attempt("npx connect-sync-identity doctor sync01 --stack prod");
      assert.match(output, /AADSTS7000222/);
      await page.test.sandbox.break("sync01", "sign-in-wrong-key");
      const { output: shared } = await page.test.preview();
      assert.match(shared, /AADSTS700027.*\(correlation id [0-9a-f-]{36}\)/);
      assert.match(shared, /another server uses the same application/);
      await page.onServer("Get-ADSyncScheduler");
      await page.onServer("Get-ADSyncEntraConnectorCredential");
      const { connector } = page.test.server("sync01");
      assert.match(await page.run("pulumi stack output servers"), new RegExp(connector.certificateSha256!));
    });

    page.scenario(
      "a scheduler that a run left off must be switched on, one that a person left off stay off",
      "onboarded",
      async () => {
        await page.test.sandbox.break("sync01", "scheduler");
        await page.test.sandbox.break("sync02", "scheduler-off");
        const { output } = await page.test.preview();
        assert.match(output, /sync01: scheduler-left-paused: /);
        page.leadsHere(output, "synchronisation-overdue");
        await page.run("pulumi up");
        page.test.expectSchedulerOn("sync01");
        assert.equal(page.test.server("sync02").scheduler.SyncCycleEnabled, false);
      },
    );

    page.scenario(
      "an application that is gone must be made again by the commands in its message",
      "onboarded",
      async () => {
        await page.test.sandbox.break("sync02", "application-missing");
        const refused = await page.project.refused("pulumi preview");
        const urns = await page.project.succeeded(command(refused, /pulumi -- (stack --show-urns[^;]*?) ;/));
        const [urn] = /\S+::sync02-credential/.exec(urns) ?? assert.fail(urns);
        const removal = command(refused, /pulumi -- (state delete [^;]*?) ;/).replace(/'<URN[^>]*>'/, `'${urn}'`);
        await page.project.succeeded(removal);
        await page.project.succeeded(command(refused, /pulumi -- (up --refresh)/));
        await page.expectHealthy(...SERVERS);
      },
    );
  },
});
