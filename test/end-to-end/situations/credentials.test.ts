/** Pages about credentials that have to go, and about keys and certificates that are refused. */
import assert from "node:assert/strict";
import { applicationOf, lockedBySomeone } from "./sights";
import { situations } from "./situation";

const DAY = 86_400;

situations("pages about credentials", {
  revoke: (page) => {
    const revoke = "npx connect-sync-identity revoke sync02 --stack prod";

    page.scenario("a revoked credential must be gone at once, and come back by a rotation", "onboarded", async () => {
      lockedBySomeone(page);
      assert.match(await page.project.refused(`${revoke.replace("prod", "dev")} --confirm sync02`), /STACK_LOCKED/);
      await page.run("pulumi cancel");
      await page.run(revoke, { also: "--confirm sync02" });
      assert.deepEqual(applicationOf(page, "sync02").keyCredentials, []);
      page.leadsHere((await page.test.preview()).output, "credential-revoked");
      await page.run(`pulumi config set --path 'connect-sync-identity:servers.sync02.rotate' "after the revocation"`);
      await page.run("pulumi up");
      await page.expectHealthy("sync01", "sync02");
    });
  },

  "rotate-now": (page) => {
    page.scenario("a text in rotate must rotate the certificate once", "onboarded", async () => {
      page.test.sandbox.clock.advance(160 * DAY);
      page.leadsHere((await page.test.preview()).output, "expiry-ahead");
      const { certificateSha256 } = page.test.server("sync01").connector;
      page.configure();
      assert.match(await page.run("pulumi preview --diff"), /certificateGeneration *: 1 => 2/);
      await page.run("pulumi up");
      assert.notEqual(page.test.server("sync01").connector.certificateSha256, certificateSha256);
      await page.expectHealthy("sync01", "sync02");
    });
  },

  "somebody-added-a-key": (page) => {
    page.scenario("a secret must be removed under enforce, and revoke must remove every key", "onboarded", async () => {
      await page.test.sandbox.break("sync02", "foreign-secret");
      page.leadsHere(await page.fails("pulumi preview --expect-no-changes"), "secret-foreign");
      await page.run("pulumi config set credentialPolicy enforce");
      await page.run("pulumi up");
      await page.expectHealthy("sync01", "sync02");
      await page.run("npx connect-sync-identity revoke sync01 --stack prod", { also: "--confirm sync01" });
      assert.deepEqual(applicationOf(page, "sync01").keyCredentials, []);
    });

    page.scenario("a role holder must be accepted once it is allowed", "onboarded", async () => {
      await page.test.sandbox.break("tenant", "role-holder");
      const { output } = await page.test.preview();
      page.leadsHere(output, "role-holder-foreign");
      const [, id] = /role-holder-foreign: .*?([0-9a-f]{8}-[0-9a-f-]{27})/.exec(output) ?? assert.fail(output);
      await page.run("pulumi config set --path 'allowedRoleHolders[0].id' 0f3c...", { values: { "0f3c...": id } });
      await page.run(`pulumi config set --path 'allowedRoleHolders[0].reason' "cloud sync pilot, ticket 4711"`);
      await page.run("pulumi config set --path 'allowedRoleHolders[0].expires' 2027-01-31", {
        values: { "2027-01-31": "2099-01-31" },
      });
      await page.test.up();
      await page.expectHealthy("sync01", "sync02");
    });
  },

  "policy-refuses-certificate": (page) => {
    page.scenario("a certificate that the policy permits must be accepted", "nothing", async () => {
      await page.run("npx connect-sync-identity sandbox reset");
      await page.run("npx connect-sync-identity sandbox break tenant lifetime-policy");
      page.leadsHere(
        await page.fails("npx connect-sync-identity sandbox pulumi -- preview"),
        "CERTIFICATE_LIFETIME_REFUSED",
      );
      await page.run("npx connect-sync-identity sandbox reset");
      await page.test.sandbox.break("tenant", "lifetime-policy");
      page.again();
      page.configure((servers) => {
        servers.sync01 = servers.sync02;
      });
      await page.test.up();
      await page.expectHealthy("sync01", "sync02");
    });
  },

  "tpm-without-pss": (page) => {
    page.scenario(
      "a TPM with another salt must be refused, and a software key may replace it",
      "onboarded",
      async () => {
        await page.run("npx connect-sync-identity sandbox fault sync02 pss-salt");
        await page.run("npx connect-sync-identity sandbox break sync02 certificate");
        const { connector } = page.test.server("sync02");
        const up = "npx connect-sync-identity sandbox pulumi -- up --yes --skip-preview";
        page.leadsHere(await page.fails(up), "TPM_SIGNATURE_INVALID");
        assert.deepEqual(page.test.server("sync02").connector, connector);
        await page.run("npx connect-sync-identity sandbox fault sync02 clear");
        await page.run(up);
        await page.run("npx connect-sync-identity sandbox pulumi -- preview --expect-no-changes");

        page.again();
        page.test.sandbox.faults.set("sync02", "pss-salt", null);
        assert.match(
          (await page.attempt("npx connect-sync-identity doctor sync02 --stack prod")).output,
          /TPM.*revision/,
        );
        page.configure();
        await page.run("pulumi up");
        const { connector: now, certificates } = page.test.server("sync02");
        assert.deepEqual(
          certificates.map(({ sha256, keyProvider }) => ({ sha256, keyProvider })),
          [{ sha256: now.certificateSha256, keyProvider: "Microsoft Software Key Storage Provider" }],
        );
        await page.test.expectUnchanged();
      },
    );

    page.scenario("a TPM that is locked out must change nothing", "onboarded", async () => {
      page.test.sandbox.faults.set("sync02", "tpm-locked", null);
      page.leadsHere((await page.test.preview()).output, "key-unavailable");
      page.test.sandbox.faults.clear("sync02");
      await page.expectHealthy("sync01", "sync02");
    });
  },
});
