/** What policies allow of a certificate, and where a run stops because of them. */
import assert from "node:assert/strict";
import { nextState, type ServerInputs } from "../../../model/server/server-state";
import type { ServerState } from "../../../model/server/server-facts";
import { uploadRefused, type KeyRule } from "../../../model/tenant/key-rules";
import { healthy, observation, serverInputs, untouched } from "../../helpers/observations";

const NINETY: KeyRule = { policy: "p", property: "asymmetricKeyLifetime", days: 90 };
const ISSUER: KeyRule = { policy: "p", property: "trustedCertificateAuthority", days: null };

const withRules = (inputs: ServerInputs, keyRules: readonly KeyRule[] | null): ServerInputs => ({
  ...inputs,
  observation: { ...inputs.observation, keyRules },
});
/** A server whose certificate is on the host only, as after an upload that was refused. */
async function notTaken(lifetime: ServerInputs["certificate"]["lifetime"]): Promise<[ServerState, ServerInputs]> {
  const { facts, application } = await healthy();
  Object.assign(facts.connector, { identityType: "ServiceAccount", appId: null, certificateSha256: null });
  application.keys = [];
  const inputs = serverInputs(observation(facts, application));
  const old = nextState(undefined, inputs);
  return [old, { ...inputs, certificate: { ...inputs.certificate, lifetime, rotateBefore: "30 days" } }];
}

describe("a policy for certificates", () => {
  it("a certificate must be refused only if it is valid for longer than allowed, or if authorities are prescribed", () => {
    const code = (rules: KeyRule[] | null, days: number) =>
      uploadRefused("s", rules, { lifetime: `${days} days` })?.code;
    assert.equal(code([NINETY], 90), undefined);
    assert.equal(code([NINETY], 91), "CERTIFICATE_LIFETIME_REFUSED");
    assert.equal(code([NINETY, ISSUER], 90), "CERTIFICATE_ISSUER_REFUSED");
    for (const none of [[], null]) assert.equal(code(none, 365), undefined);
    const made = { notBefore: "2026-01-01T00:00:00Z", notAfter: "2026-04-01T00:10:00Z" };
    assert.equal(uploadRefused("s", [NINETY], made)?.code, "CERTIFICATE_LIFETIME_REFUSED");
  });

  it("a new server must stop before its key is made, and rules that could not be read must stop nothing", async () => {
    const inputs = serverInputs(observation(await untouched(), null));
    assert.match(
      nextState(undefined, withRules(inputs, [NINETY])).problem,
      /at most 90 days.*\[CERTIFICATE_LIFETIME_REFUSED\]$/,
    );
    assert.match(nextState(undefined, withRules(inputs, [ISSUER])).problem, /\[CERTIFICATE_ISSUER_REFUSED\]$/);
    for (const rules of [null, []]) assert.equal(nextState(undefined, withRules(inputs, rules)).problem, "");
  });

  it("a server whose certificate is in use must go on, until a rotation is due", async () => {
    const { facts, application } = await healthy();
    const inputs = withRules(serverInputs(observation(facts, application)), [NINETY]);
    const old = nextState(undefined, serverInputs(observation(facts, application)));
    assert.equal(nextState(old, inputs).problem, "");
    const rotated = nextState(old, { ...inputs, rotate: "now" });
    assert.match(rotated.problem, /\[CERTIFICATE_LIFETIME_REFUSED\]$/);
    assert.equal(rotated.certificateGeneration, old.certificateGeneration);
  });

  it("a certificate that Entra never took must be made again once another lifetime is declared, and not before", async () => {
    const [old, shorter] = await notTaken("90 days");
    const next = nextState(old, withRules(shorter, [NINETY]));
    assert.deepEqual([next.problem, next.certificateGeneration], ["", old.certificateGeneration + 1]);
    assert.match(next.findings.join("\n"), /certificate-not-taken/);
    const [, same] = await notTaken("365 days");
    assert.equal(nextState(old, same).certificateGeneration, old.certificateGeneration);
  });

  it("an upload that would be refused again must stop the run", async () => {
    const [old, same] = await notTaken("365 days");
    assert.match(nextState(old, withRules(same, [NINETY])).problem, /\[CERTIFICATE_LIFETIME_REFUSED\]$/);
  });
});
