/** Application management policies that restrict certificates: refused before anything is made, and a refusal heals. */
import assert from "node:assert/strict";
import { TestSandbox } from "./support";

const SHORT = "certificate:\n        lifetime: 90 days\n        rotateBefore: 45 days\n      role:";

describe("a policy that restricts certificates", () => {
  let test: TestSandbox;
  before(async () => {
    test = await TestSandbox.open();
  });
  after(() => test?.close());

  const certificates = (name: string) => test.server(name).certificates.length;
  const short = () => test.configuration((text) => text.replaceAll("role:", SHORT));
  const permit = (allowed: boolean) => {
    const { store } = test.sandbox.tenant;
    const graph = store.data.principals.find(({ properties }) => properties.displayName === "Microsoft Graph")!;
    const role = graph.appRoles.find(({ value }) => value === "Policy.Read.All")!;
    const pipeline = store.data.assignments.find(({ resourceId }) => resourceId === graph.id)!.principalId;
    store.change((directory) => {
      directory.assignments = directory.assignments.filter(({ appRoleId }) => appRoleId !== role.id);
    });
    if (allowed) store.assign(pipeline, graph.id, role.id, new Date());
  };

  it("without the permission, the refusal must end the up, and a shorter lifetime must replace the refused certificate", async () => {
    await test.sandbox.break("tenant", "lifetime-policy");
    permit(false);
    const refused = await test.tryUp();
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, /CredentialInvalidLifetimeAsPerAppPolicy/);
    // The engine starts nothing more after the first refusal: which server meets it first is a race.
    assert.match(
      refused.output,
      /sync0[12]: credential: .* policy 0{8}-\S+ .*\(asymmetricKeyLifetime\).*REFUSED_BY_POLICY/,
    );
    const unread = refused.output.match(/^ *not all identities .*\bPolicy\.Read\.All/gm) ?? [];
    assert.equal(unread.length, 1, "the permission that is missing is named once");
    const shown = await test.preview([], { config: short() });
    assert.match(shown.output, /sync01: certificate-not-taken: .*90 days/);
    await test.up({ config: short() });
    for (const name of ["sync01", "sync02"]) {
      test.expectOnboarded(name);
      assert.equal(certificates(name), 1, "the refused certificate is gone");
    }
    await test.expectUnchanged({ config: short() });
  });

  it("with the permission, preview and up must refuse a rotation before a key is made, naming policy and property", async () => {
    permit(true);
    const config = test.configuration((text) => text.replaceAll("role:", "rotate: now\n      role:"));
    const { code, output } = await test.preview([], { config });
    assert.notEqual(code, 0);
    // Of two servers, the engine names the one that fails first.
    const problem =
      /sync0[12]: certificate\.lifetime: expected at most 90 days, as the .* policy 0{8}-\S+ limits it \(asymmetricKeyLifetime\), found 365 days/;
    assert.match(output, problem);
    const run = await test.tryUp({ config });
    assert.notEqual(run.code, 0);
    assert.match(run.output, problem);
    assert.deepEqual([certificates("sync01"), certificates("sync02")], [1, 1]);
  });

  it("a policy that allows no self-signed certificate must be named, and what is in use must go on", async () => {
    await test.sandbox.break("tenant", "issuer-policy");
    const healthy = await test.preview(["--expect-no-changes"], { config: short() });
    assert.equal(healthy.code, 0, healthy.output);
    assert.match(healthy.output, /sync01: policy-refuses-rotation: .*trustedCertificateAuthority/);
    const config = test.configuration((text) =>
      text.replaceAll("role:", `${SHORT.replace(/ {6}role:$/, "")}      rotate: now\n      role:`),
    );
    const { code, output } = await test.preview([], { config });
    assert.notEqual(code, 0);
    assert.match(
      output,
      /sync01: certificate: .*trustedCertificateAuthority.*a self-signed one.*CERTIFICATE_ISSUER_REFUSED/,
    );
  });
});
