/** Pages about servers that cannot be reached, do not synchronise, were rebuilt, or leave; and about lost state. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { administrator } from "../operations";
import { applicationOf, permit } from "./sights";
import { situations } from "./situation";

situations("pages about servers", {
  leave: (page) => {
    const remove = (server: string) => page.project.changeServers((servers) => delete servers[server]);

    page.scenario(
      "a server must leave by a rollback, and a stack be destroyed once every one left",
      "onboarded",
      async () => {
        const yes = { also: "--yes", stdin: administrator(page.test).stdin };
        remove("sync02");
        page.leadsHere(await page.project.refused("pulumi up"), "CERTIFICATE_IN_USE");
        await page.run("npx connect-sync-identity leave sync02 --rollback --stack prod", yes);
        await page.run("pulumi up");
        assert.equal(page.test.server("sync02").connector.identityType, "ServiceAccount");
        assert.deepEqual(page.test.server("sync02").certificates, []);
        page.test.expectOnboarded("sync01");
        const left = await page.project.start(
          "npx connect-sync-identity leave sync01 --rollback --yes --stack dev",
          yes.stdin,
        ).result;
        assert.equal(left.code, 0, left.output);
        await page.run("pulumi destroy");
        page.test.expectSchedulerOn("sync01");
      },
    );

    page.scenario("an abandoned server must keep its identity, and be taken back by adopt", "onboarded", async () => {
      const { connector } = page.test.server("sync02");
      await page.run("npx connect-sync-identity leave sync02 --abandon --stack prod", { also: "--yes" });
      assert.match(await page.project.refused("pulumi preview"), /APPLICATION_UNKNOWN/);
      await page.run("npx connect-sync-identity adopt sync02 --yes --stack prod");
      assert.deepEqual(page.test.server("sync02").connector, connector);
      await page.expectHealthy("sync01", "sync02");
      page.project.change((config) => (config["connect-sync-identity:environment"] = "production"));
      const refused = await page.project.refused("npx connect-sync-identity leave sync02 --abandon --yes --stack dev");
      page.leadsHere(refused, "ABANDON_REFUSED");
    });

    page.scenario("the account that stays behind must be removed", "onboarded", async () => {
      const { output } = await page.test.preview();
      const [, name] = /legacy-account-present: .*--name (Sync_SYNC02_\w+)/.exec(output) ?? assert.fail(output);
      await page.run(
        "npx connect-sync-identity remove-legacy-account sync01 --name Sync_SYNC01_0123456789ab --stack prod",
        {
          stdin: administrator(page.test).stdin,
          values: { sync01: "sync02", Sync_SYNC01_0123456789ab: name },
        },
      );
      assert.doesNotMatch((await page.test.preview()).output, /legacy-account-present/);
    });
  },

  "connector-parameters": (page) => {
    const TLS =
      "[Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor " +
      "[Net.SecurityProtocolType]::Tls12";
    const COPY =
      "Copy-Item -Path .\\modules\\ADSyncTools -Destination '\\\\sync01\\C$\\Program Files\\WindowsPowerShell\\Modules' -Recurse";
    const REGISTER =
      "Register-PSRepository -Name Internal -SourceLocation https://packages.contoso.com/nuget -InstallationPolicy Trusted";

    page.scenario(
      "blank parameters must be repaired, once the module is there and the repair was asked for",
      "onboarded",
      async () => {
        await page.test.sandbox.break("sync01", "parameters");
        page.leadsHere((await page.test.preview()).output, "connector-parameters-blank");
        page.test.sandbox.faults.set("sync01", "no-adsync-tools", null);
        page.configure();
        assert.match(
          (await page.test.preview()).output,
          /needs ADSyncTools 2\.3\.0 or later, and this server has none/,
        );
        page.leadsHere(await page.fails("pulumi up"), "REPAIR_MODULE_MISSING");
        page.test.expectSchedulerOn("sync01");
        await page.onServer("Import-Module ADSyncTools");
        await page.onServer("Repair-ADSyncToolsEntraAppParameters");
        await page.onServer(TLS);
        await page.onServer("Install-Module -Name ADSyncTools -MinimumVersion 2.3.0 -Scope AllUsers");
        await page.onServer("Save-Module -Name ADSyncTools -MinimumVersion 2.3.0 -Path .\\modules");
        await page.onServer(COPY);
        await page.onServer(REGISTER);
        await page.onServer(
          "Install-Module -Name ADSyncTools -Repository Internal -MinimumVersion 2.3.0 -Scope AllUsers",
        );
        await page.onServer("Get-Module -ListAvailable -Name ADSyncTools");
        page.test.sandbox.faults.clear("sync01");
        await page.test.up();
        const { parameters } = page.test.server("sync01").connector;
        assert.ok(
          Object.values(parameters).every((value) => value !== null),
          JSON.stringify(parameters),
        );
        await page.expectHealthy("sync01", "sync02");
      },
    );
  },

  "connector-accounts": (page) => {
    const ACCOUNT = "svc-sync@contoso.com";
    const userNamed = (start: string) =>
      page.test.sandbox.tenant.store.data.users.find(({ userPrincipalName }) => userPrincipalName.startsWith(start))!
        .userPrincipalName;
    const usersNamed = (name: string) =>
      page.test.sandbox.tenant.store.describe().users.filter((user) => user.userPrincipalName === name);

    page.scenario(
      "an administrator's account must be no connector's after an up, and then lose its roles",
      "onboarded",
      async () => {
        await page.test.sandbox.break("sync01", "administrator-account");
        const userName = userNamed("svc-sync01");
        const { output: seen } = await page.test.preview();
        page.leadsHere(seen, "connector-account-administrator");
        assert.match(seen, /tenant: installer-role-left: /);
        const early = `npx connect-sync-identity deprivilege-account ${userName} --administrator --stack dev`;
        assert.match(await page.project.refused(early), /ACCOUNT_IN_USE/);
        await page.run("pulumi up");
        const deprivilege = `npx connect-sync-identity deprivilege-account ${ACCOUNT} --administrator --stack prod`;
        const doing = { values: { [ACCOUNT]: userName }, also: `--confirm ${userName}` };
        page.leadsHere(await page.fails(deprivilege, doing), "ACCOUNT_UNCHANGED");
        assert.equal(usersNamed(userName)[0].directoryRoles.length, 2);
        permit(page, "RoleManagement.ReadWrite.Directory");
        page.again();
        assert.match(
          await page.run(deprivilege, doing),
          /lost Global Administrator, Directory Synchronization Accounts/,
        );
        assert.deepEqual(usersNamed(userName)[0].directoryRoles, []);
        await page.expectHealthy("sync01", "sync02");
      },
    );

    page.scenario(
      "an account that was created by hand must lose its role, and an unused one be removed",
      "onboarded",
      async () => {
        await page.test.sandbox.break("tenant", "directory-role");
        await page.test.sandbox.break("tenant", "former-account");
        const [mallory, former] = ["mallory", "Sync_OLD"].map(userNamed);
        permit(page, "RoleManagement.ReadWrite.Directory", "User.ReadWrite.All");
        await page.run(`npx connect-sync-identity deprivilege-account ${ACCOUNT} --stack prod`, {
          values: { [ACCOUNT]: mallory },
          also: `--confirm ${mallory}`,
        });
        assert.deepEqual(usersNamed(mallory)[0].directoryRoles, []);
        const { output } = await page.test.preview();
        const [line] =
          /npx connect-sync-identity deprivilege-account Sync_OLD\S+ --delete/.exec(output) ?? assert.fail(output);
        const { code, output: done } = await page.project.start(`${line} --confirm ${former} --stack dev`).result;
        assert.equal(code, 0, done);
        assert.deepEqual(usersNamed(former), []);
        await page.expectHealthy("sync01", "sync02");
      },
    );
  },

  "server-rebuilt": (page) => {
    page.scenario(
      "a server with a new installation and a new host key must be onboarded again",
      "onboarded",
      async () => {
        const { appId, certificateSha256 } = page.test.server("sync01").connector;
        await page.test.sandbox.break("sync01", "rebuilt");
        page.test.sandbox.faults.set("sync01", "host-key", null);
        page.leadsHere(await page.project.refused("pulumi preview"), "HOST_KEY_MISMATCH");
        const doctor = await page.fails("npx connect-sync-identity doctor sync01 --stack prod");
        const [, hostKey] = /hostKey: (ssh-ed25519 [A-Za-z0-9+/=]+)/.exec(doctor) ?? assert.fail(doctor);
        page.configure(({ sync01 }) => Object.assign(sync01, { connection: { hostKey } }));
        const seen = await page.run("pulumi preview");
        for (const code of ["certificate-missing", "connector-password-account", "program-changed"]) {
          assert.match(seen, new RegExp(`sync01: ${code}: `));
        }
        await page.run("pulumi up");
        assert.equal(page.test.server("sync01").connector.appId, appId);
        assert.notEqual(page.test.server("sync01").connector.certificateSha256, certificateSha256);
        await page.expectHealthy("sync01", "sync02");
      },
    );

    page.scenario("a renamed server must keep its application", "onboarded", async () => {
      const { appId } = page.test.server("sync01").connector;
      page.project.changeServers((servers) => {
        servers["sync-fra"] = servers.sync01;
        delete servers.sync01;
      });
      page.configure();
      page.configure();
      page.project.changeServers((servers) => delete servers.sync01);
      await page.run("pulumi up");
      assert.equal(page.test.server("sync01").connector.appId, appId);
      page.test.expectOnboarded("sync01", "sync-fra");
      await page.test.expectUnchanged();
    });
  },

  "switch-over": (page) => {
    const swapped = (output: string, code: string) => {
      for (const server of ["sync01", "sync02"]) assert.match(output, new RegExp(`${server}: ${code}: `));
    };
    const credentials = () => ["sync01", "sync02"].map((name) => page.test.server(name).connector);

    page.scenario(
      "a declared swap must be recorded, change nothing else, and be shown until the wizards made it",
      "onboarded",
      async () => {
        const before = credentials();
        page.configure();
        const seen = await page.run("pulumi preview");
        swapped(seen, "role-changed");
        swapped(seen, "mode-undeclared");
        assert.match(seen, /sync02: mode-undeclared: .*sync01 exports: switch staging mode on there first/);
        page.leadsHere(seen, "role-changed", "mode-undeclared");
        assert.doesNotMatch(seen, /^ *(\+|-|\+-) .*(certificate|credential|application|registration)/m);
        await page.run("pulumi up");
        const waiting = await page.project.succeeded("pulumi preview");
        swapped(waiting, "mode-undeclared");
        assert.doesNotMatch(waiting, /role-changed/);
        await page.run("npx connect-sync-identity sandbox break sync01 staging");
        await page.run("npx connect-sync-identity sandbox break sync02 exports");
        page.again();
        await page.run("pulumi preview --expect-no-changes");
        assert.deepEqual(credentials(), before);
        await page.expectHealthy("sync01", "sync02");
      },
    );

    page.scenario("a swap by hand must be a finding until it is declared", "onboarded", async () => {
      const before = credentials();
      await page.run("pulumi preview --expect-no-changes");
      await page.test.sandbox.break("sync01", "staging");
      await page.test.sandbox.break("sync02", "exports");
      const seen = await page.run("pulumi preview");
      swapped(seen, "mode-undeclared");
      page.leadsHere(seen, "mode-undeclared");
      page.project.changeServers(({ sync01, sync02 }) => {
        Object.assign(sync01, { role: "staging" });
        Object.assign(sync02, { role: "active" });
      });
      const declared = await page.project.succeeded("pulumi preview");
      swapped(declared, "role-changed");
      assert.doesNotMatch(declared, /mode-undeclared/);
      await page.run("pulumi up");
      assert.deepEqual(credentials(), before);
      await page.expectHealthy("sync01", "sync02");
    });
  },

  "cloned-server": (page) => {
    const command = "npx connect-sync-identity reset-machine-identifier sync02";

    page.scenario("a clone must become a server of its own, also if the command was killed", "onboarded", async () => {
      const { connector } = page.test.server("sync01");
      const identifierOf = (name: string) => page.test.sandbox.server(name).productIdentifier;
      await page.test.sandbox.break("sync02", "clone");
      page.leadsHere(await page.project.refused("pulumi preview"), "MACHINE_SHARED");
      await page.run(`${command} --dry-run --stack prod`);
      assert.equal(identifierOf("sync02"), identifierOf("sync01"));
      const { stdin } = administrator(page.test);
      page.test.sandbox.faults.set("sync02", "killed-service-stopped", 1);
      const killed = await page.project.start(`${command} --confirm sync02 --stack dev`, stdin).result;
      assert.notEqual(killed.code, 0, killed.output);
      assert.equal(page.test.sandbox.server("sync02").serviceStatus, "Stopped", killed.output);
      await page.run(`${command} --confirm sync02 --stack prod`, { stdin });
      assert.notEqual(identifierOf("sync02"), identifierOf("sync01"));
      assert.equal(page.test.server("sync02").connector.identityType, "ServiceAccount");
      for (const name of ["sync01", "sync02"]) page.test.expectSchedulerOn(name);
      assert.deepEqual(page.test.server("sync01").connector, connector);
      await page.run("pulumi up");
      for (const name of ["sync01", "sync02"]) page.test.expectOnboarded(name);
      const { output } = await page.test.preview();
      assert.match(output, /legacy-account-left: .*Sync_SYNC02_/);
      assert.doesNotMatch(output, /MACHINE_SHARED|APPLICATION_SHARED/);
    });

    page.scenario(
      "a clone that never had the host program must get it for this, and lose it again",
      "nothing",
      async () => {
        const host = page.test.sandbox.server("sync02");
        await page.test.sandbox.break("sync02", "clone");
        const { stdin } = administrator(page.test);
        await page.run(`${command} --confirm sync02 --stack prod`, { stdin });
        assert.notEqual(host.productIdentifier, page.test.sandbox.server("sync01").productIdentifier);
        page.test.expectSchedulerOn("sync02");
        assert.equal(page.test.server("sync02").program.sha256, null);
        await page.run("pulumi up");
        for (const name of ["sync01", "sync02"]) page.test.expectOnboarded(name);
      },
    );
  },

  "shared-application": (page) => {
    page.scenario(
      "each server must get its own application, and the shared one remain while it is used",
      "onboarded",
      async () => {
        await page.test.sandbox.break("sync02", "shared-application");
        const { appId } = page.test.server("sync01").connector;
        const seen = await page.run("pulumi preview");
        for (const name of ["sync01", "sync02"]) {
          assert.match(seen, new RegExp(`${name}: application-in-common: .*${appId}`));
        }
        page.leadsHere(seen, "application-in-common");
        assert.match(seen, /sync01: application-in-common: .*Event 906 at .*AADSTS700027/);
        const removal = `az ad app delete --id ${appId}`;
        assert.ok(!seen.includes(removal), seen);
        await page.run("pulumi up");
        for (const name of ["sync01", "sync02"]) page.test.expectOnboarded(name);
        assert.ok((await page.test.preview()).output.includes(removal));
      },
    );

    page.scenario("servers on one password account must each get their own application", "onboarded", async () => {
      await page.test.sandbox.break("sync02", "shared-account");
      page.leadsHere(await page.run("pulumi preview"), "account-in-common");
      await page.run("pulumi up");
      for (const name of ["sync01", "sync02"]) page.test.expectOnboarded(name);
    });
  },

  "product-took-over": (page) => {
    page.scenario(
      "the declared application must be linked again, and the other one be shown",
      "onboarded",
      async () => {
        await page.test.sandbox.break("sync01", "onboarded");
        const { appId } = page.test.server("sync01").connector;
        const seen = await page.run("pulumi preview");
        page.leadsHere(seen, "product-took-over");
        assert.match(seen, /Build 2\.6\.79\.0: before 2\.6\.84\.0, Entra Connect onboards a server by itself/);
        assert.match(
          seen,
          /may synchronise since \d{4}-.* The account Sync_SYNC01_\w+@\S+, from which automatic onboarding starts/,
        );
        assert.match(seen, /sync01: connector-other-application: /);
        await page.run("pulumi up");
        for (const name of ["sync01", "sync02"]) page.test.expectOnboarded(name);
        const { output } = await page.test.preview();
        assert.ok(output.includes(`az ad app delete --id ${appId}`), output);
        assert.doesNotMatch(output, /product-took-over/);
      },
    );
  },

  "server-unreachable": (page) => {
    page.scenario("the other servers must continue, and the server itself once it answers", "onboarded", async () => {
      await page.test.sandbox.break("sync02", "certificate");
      page.test.sandbox.faults.set("sync01", "unreachable", null);
      page.leadsHere(await page.project.refused("pulumi preview"), "HOST_UNREACHABLE");
      await page.fails("npx connect-sync-identity doctor sync01 --stack prod");
      const { connector } = page.test.server("sync01");
      await page.fails("pulumi up --continue-on-error --skip-preview");
      assert.deepEqual(page.test.server("sync01").connector, connector);
      page.test.expectOnboarded("sync02");
      page.test.sandbox.faults.clear("sync01");
      assert.match(await page.run("ssh-add -l"), /ED25519/);
      await page.expectHealthy("sync01", "sync02");
    });
  },

  "state-lost": (page) => {
    page.scenario("servers of a lost state must be adopted as they are", "onboarded", async () => {
      const before = ["sync01", "sync02"].map((name) => page.test.server(name).connector);
      fs.rmSync(path.join(page.test.sandbox.folder.state, ".pulumi", "stacks"), { recursive: true });
      await page.run("pulumi stack init production", { values: { production: "dev" } });
      page.leadsHere(await page.project.refused("pulumi preview"), "APPLICATION_UNKNOWN");
      await page.run("npx connect-sync-identity adopt sync02 --stack production");
      assert.ok(fs.existsSync(path.join(page.project.folder, "adopt", "sync02.import.json")));
      await page.run("npx connect-sync-identity adopt sync02 --stack production --yes");
      const last = await page.project.start("npx connect-sync-identity adopt sync01 --stack dev --yes").result;
      assert.equal(last.code, 0, last.output);
      await page.run("pulumi preview --diff --stack production");
      page.test.removeLeftovers();
      await page.run("pulumi up --stack production");
      assert.deepEqual(
        ["sync01", "sync02"].map((name) => page.test.server(name).connector),
        before,
      );
      await page.expectHealthy("sync01", "sync02");
    });

    page.scenario("a server that was set up by hand must be adopted with its certificate", "nothing", async () => {
      await page.run("npx connect-sync-identity sandbox reset");
      await page.run("npx connect-sync-identity sandbox break sync02 hand-made");
      const { connector } = page.test.server("sync02");
      await page.run("npx connect-sync-identity adopt sync02 --stack dev --yes");
      await page.run("npx connect-sync-identity sandbox pulumi -- up --yes");
      assert.deepEqual(page.test.server("sync02").connector, connector);
      assert.equal(applicationOf(page, "sync02").appId, connector.appId);
      await page.test.expectUnchanged();
    });
  },
});
