/** What is said of a refused upload. That the engine calls the hook is shown by test/end-to-end/key-policy.test.ts. */
import assert from "node:assert/strict";
import { refusalIn } from "../../components/refused-by-policy";
import { formatDiagnostic } from "../../model/diagnostics/diagnostic";

const POLICY = "00000000-0000-0000-0000-000000000000";
const refusal = (code: string, text: string) =>
  refusalIn(
    "sync01",
    `Adding certificate: unexpected status 400 with error: ${code}: ${text} as per assigned policy '${POLICY}'.`,
  );

describe("a certificate that a policy refused", () => {
  it("the policy and its property must be named, with the remedy", () => {
    const found = refusal(
      "CredentialInvalidLifetimeAsPerAppPolicy",
      "Credential lifetime exceeds the max value allowed",
    );
    const text = formatDiagnostic(found!);
    for (const part of [POLICY, "asymmetricKeyLifetime", "certificate.lifetime", "Policy.Read.All"]) {
      assert.ok(text.includes(part), `${part} in ${text}`);
    }
    const other = refusal("CredentialTypeNotAllowedAsPerAppPolicy", "Credential type not allowed");
    assert.match(formatDiagnostic(other!), /type or issuer/);
  });

  it("another error must not be called a refusal by a policy", () => {
    assert.equal(refusalIn("sync01", "unexpected status 403: Authorization_RequestDenied"), null);
  });
});
