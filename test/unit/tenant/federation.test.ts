/** Federated credentials: another service's token is taken where issuer, subject and audience are exactly those declared. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import { federatedCredential, SUBJECT_PREFIX } from "../../../sandbox/pipeline/identities";
import { GITHUB_ISSUER } from "../../../sandbox/pipeline/token-service";
import { checkFederated, isFederated } from "../../../sandbox/tenant/federation";
import { TenantStore } from "../../../sandbox/tenant/store";

describe("a federated credential", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  let folder: string;
  let store: TenantStore;

  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-federation-"));
    store = new TenantStore(path.join(folder, "state.json"));
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    store.change((directory) => (directory.workloadIssuers[GITHUB_ISSUER] = pem));
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  function application() {
    const made = store.addApplication({ displayName: "up" }, []);
    store.change(() => made.federatedIdentityCredentials.push(federatedCredential("github-production")));
    return made;
  }

  const token = (
    { subject = `${SUBJECT_PREFIX}:environment:production`, audience = "api://AzureADTokenExchange", life = 300 },
    key = privateKey,
  ) =>
    new SignJWT({})
      .setProtectedHeader({ alg: "RS256" })
      .setIssuer(GITHUB_ISSUER)
      .setSubject(subject)
      .setAudience(audience)
      .setJti(randomUUID())
      .setExpirationTime(Math.floor(Date.now() / 1000) + life)
      .sign(key);

  it("a federated credential must accept the job that it names", async () => {
    const assertion = await token({});
    assert.equal(isFederated(application(), assertion), true);
    await checkFederated({ store }, application(), assertion);
  });

  for (const [what, change] of [
    ["a pull request", { subject: `${SUBJECT_PREFIX}:pull_request` }],
    ["another environment", { subject: `${SUBJECT_PREFIX}:environment:preview` }],
    ["a repository that took the name over", { subject: "repo:contoso@1/sync-identities@2:environment:production" }],
    ["a repository without ids", { subject: "repo:contoso/sync-identities:environment:production" }],
    ["another audience", { audience: "sts.amazonaws.com" }],
  ] as const) {
    it(`a federated credential must not accept ${what}`, async () => {
      await assert.rejects(
        checkFederated({ store }, application(), await token(change)),
        /No matching federated identity/,
      );
    });
  }

  it("a federated credential must not accept a token that has expired, or that someone else signed", async () => {
    await assert.rejects(checkFederated({ store }, application(), await token({ life: -60 })), /exp/);
    await assert.rejects(checkFederated({ store }, application(), await token({}, stranger)), /signature/);
  });
});
