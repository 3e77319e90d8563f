/** What is taken over, how it differs from the declaration, and the import file. Pure. */
import assert from "node:assert/strict";
import { decideAdoption } from "../../../cli/adopt/adopt-decision";
import { findDifferences } from "../../../cli/adopt/adopt-differences";
import type { AdoptionFacts } from "../../../cli/adopt/adopt-facts";
import { azureadVersion, makeImportFile } from "../../../cli/adopt/adopt-import-file";
import { planAdoption } from "../../../cli/adopt/adopt-plan";
import { resourceUrns } from "../../../cli/adopt/adopt-resources";
import { SOFTWARE_PROVIDER } from "../../../model/protocol/host-protocol";
import type { ObservedApplication } from "../../../model/server/observation";
import { generationFacts } from "../../helpers/certificates";
import { IDENTITY, OBJECT_ID, PRINCIPAL_OBJECT_ID, SYNC_SERVICE_OBJECT_ID } from "../../helpers/observations";
import { lostState, setUpByHand } from "./adoption-facts";

const planOf = (facts: AdoptionFacts) => planAdoption(facts, decideAdoption(facts));
const properties = (facts: AdoptionFacts) => findDifferences(facts, planOf(facts)).map(({ property }) => property);

/** The facts with another application, whichever way it is found. */
function withApplication(facts: AdoptionFacts, changes: Partial<ObservedApplication>): AdoptionFacts {
  const change = (application: ObservedApplication | null) => application && { ...application, ...changes };
  return { ...facts, marked: change(facts.marked), used: change(facts.used) };
}

describe("the plan of an adoption", () => {
  it("an adoption after lost state must import the project's certificate with its key credential, without a configuration", async () => {
    const plan = planOf(await lostState());
    assert.equal(plan.certificate?.facts.label, "ConnectSyncIdentity dev/sync01 g1");
    assert.equal(plan.key?.sha256, plan.certificate?.facts.sha256);
    assert.equal(plan.adoptSha256, null);
    assert.deepEqual(plan.missingRoles, []);
  });

  it("an adoption must import the newest of the project's certificates", async () => {
    const facts = await lostState({}, 2);
    const older = await generationFacts(IDENTITY, 1);
    facts.host.certificates = [older, ...facts.host.certificates];
    assert.equal(planOf(facts).certificate?.facts.label, "ConnectSyncIdentity dev/sync01 g2");
  });

  it("an adoption after a setup by hand must import the connector's certificate, declared as adopted", async () => {
    const facts = await setUpByHand();
    const plan = planOf(facts);
    assert.equal(plan.adoptSha256, facts.host.connector.certificateSha256);
    assert.equal(plan.key?.sha256, plan.adoptSha256);
  });

  it("an adoption must import no certificate if the connector's own is not in the machine's store", async () => {
    const facts = await setUpByHand();
    facts.host.certificates = [];
    const plan = planOf(facts);
    assert.deepEqual([plan.certificate, plan.key, plan.adoptSha256], [null, null, null]);
    assert.ok(properties(facts).includes("certificate"));
  });

  it("an adoption must not count a role of another resource or another role as the declared one", async () => {
    const facts = await lostState();
    const principal = facts.marked!.principal!;
    const [held] = principal.appRoles;
    for (const change of [{ resourceId: "other" }, { appRoleId: "other" }]) {
      const changed = withApplication(facts, { principal: { ...principal, appRoles: [{ ...held, ...change }] } });
      assert.deepEqual(planOf(changed).missingRoles, ["ADSynchronization.ReadWrite.All"]);
      assert.equal(properties(changed).filter((property) => property === "application roles").length, 2);
    }
  });
});

describe("differences from the declaration", () => {
  it("a healthy server whose state was lost must not differ from the declaration", async () => {
    assert.deepEqual(properties(await lostState()), []);
  });

  it("a server that was set up by hand must differ by name, marker, owners, lock and program", async () => {
    const facts = await setUpByHand();
    assert.deepEqual(properties(facts), ["name", "marker", "owners", "instance property lock", "host program"]);
    const onHost = findDifferences(facts, planOf(facts)).filter((difference) => difference.onHost);
    assert.deepEqual(
      onHost.map(({ property }) => property),
      ["host program"],
    );
  });

  it("an adoption must list the credentials beside the imported key, and what happens to them", async () => {
    const facts = await lostState();
    const [key] = facts.marked!.keys;
    const secret = { keyId: "s", displayName: "", startDateTime: null, endDateTime: null };
    const federated = { id: "f", name: "build", issuer: "i", subject: "s" };
    const changed = withApplication(facts, {
      keys: [key, { ...key, keyId: "foreign", sha256: "e".repeat(64), subject: "CN=somebody" }],
      secrets: [secret],
      federatedCredentials: [federated],
    });
    assert.deepEqual(properties(changed), ["key credentials", "secrets", "federated credentials"]);
    const [reported] = findDifferences(changed, planOf(changed));
    assert.match(reported.found, /foreign \(CN=somebody\)/);
    assert.match(reported.then, /reported/);
    const enforced = { ...changed, credentialPolicy: "enforce" as const };
    assert.match(findDifferences(enforced, planOf(enforced))[0].then, /removed/);
  });

  it("an adoption must report a missing or disabled service principal, and an audience beyond the tenant", async () => {
    const facts = await lostState();
    assert.deepEqual(properties(withApplication(facts, { principal: null })), ["service principal"]);
    const disabled = { ...facts.marked!.principal!, accountEnabled: false };
    assert.deepEqual(properties(withApplication(facts, { principal: disabled })), ["service principal"]);
    const wide = withApplication(facts, { signInAudience: "AzureADMultipleOrgs" });
    assert.deepEqual(properties(wide), ["sign-in audience"]);
  });

  it("an adoption must report a software key, a dead key, a certificate without key credential, and a connector elsewhere", async () => {
    const facts = await lostState();
    const [certificate] = facts.host.certificates;
    const withCertificate = (changes: object) => ({
      ...facts,
      host: { ...facts.host, certificates: [{ ...certificate, ...changes }] },
    });
    const software = withCertificate({ keyProvider: SOFTWARE_PROVIDER });
    assert.equal(findDifferences(software, planOf(software))[0].found, "in software");
    const dead = withCertificate({ keyUsable: false, keyProblem: "the TPM was cleared" });
    assert.match(findDifferences(dead, planOf(dead))[0].found, /the TPM was cleared/);
    assert.deepEqual(properties(withApplication(facts, { keys: [] })), ["key credential"]);
    const connector = { ...facts.host.connector, certificateSha256: "e".repeat(64) };
    assert.deepEqual(properties({ ...facts, host: { ...facts.host, connector } }), ["connector"]);
  });

  it("an adoption must compare owners as a set, the pipeline by its object id", async () => {
    const facts = await lostState();
    const owners = [{ id: "person", name: "person@contoso.com" }, ...facts.marked!.owners];
    const changed = withApplication(facts, { owners });
    assert.deepEqual(properties(changed), ["owners"]);
    assert.deepEqual(properties({ ...changed, owners: ["pipeline", "person"] }), []);
  });
});

describe("owners of a server that was set up by hand", () => {
  it("missing ownership must be reported first if the pipeline may change only what it owns", async () => {
    const facts = await setUpByHand({ ownsOnly: true });
    const owners = (facts: AdoptionFacts) =>
      findDifferences(facts, planOf(facts)).find(({ property }) => property === "owners");
    assert.match(owners(facts)!.then, /first make the pipeline an owner/);
    assert.doesNotMatch(owners({ ...facts, ownsOnly: false })!.then, /first/);
  });
});

describe("the import file", () => {
  const file = (facts: AdoptionFacts, known: (urn: string) => boolean = () => false) =>
    makeImportFile(planOf(facts), resourceUrns(facts), known, "6.9.1");

  it("the import file must contain each resource with the provider's form of id, below its component", async () => {
    const facts = await lostState();
    const { resources, nameTable } = file(facts);
    assert.deepEqual(nameTable, {});
    assert.deepEqual(
      resources.map(({ name, id, parent, component, version }) => ({ name, id, parent, component, version })),
      [
        { name: "sync01-identity", id: undefined, parent: undefined, component: true, version: undefined },
        { name: "sync01-entra", id: undefined, parent: "sync01-identity", component: true, version: undefined },
        ...[
          ["application", `/applications/${OBJECT_ID}`],
          ["principal", `/servicePrincipals/${PRINCIPAL_OBJECT_ID}`],
          [
            "role-adsynchronization-readwrite-all",
            `/servicePrincipals/${SYNC_SERVICE_OBJECT_ID}/appRoleAssignedTo/assignment`,
          ],
        ].map(([name, id]) => {
          const own = { name: `sync01-${name}`, id, parent: "sync01-entra" };
          return { ...own, component: undefined, version: "6.9.1" };
        }),
        {
          name: "sync01-credential",
          id: `${OBJECT_ID}/certificate/${facts.marked!.keys[0].keyId}`,
          parent: "sync01-identity",
          component: undefined,
          version: "6.9.1",
        },
      ],
    );
    assert.deepEqual(
      resources.slice(0, 2).map(({ logicalName }) => logicalName),
      ["sync01", "sync01"],
    );
  });

  it("the import file must contain the certificate that the provider never reads back, marked as a secret", async () => {
    const facts = await lostState();
    const credential = file(facts).resources.at(-1)!;
    const { pem, notBefore, notAfter } = planOf(facts).certificate!.public;
    const value = credential.inputs!.value as Record<string, string>;
    assert.equal(value["4dabf18193072939515e22adb298388d"], "1b47061264138c4ac30d75fd1eb44270");
    assert.equal(JSON.parse(value.plaintext), pem);
    assert.deepEqual([credential.inputs!.startDate, credential.inputs!.endDate], [notBefore, notAfter]);
    const own = { id: credential.id, keyId: facts.marked!.keys[0].keyId };
    assert.deepEqual(credential.outputs, { ...credential.inputs, ...own });
  });

  it("the import file must refer to components in state, and import no key credential that Entra does not have", async () => {
    const facts = withApplication(await lostState(), { keys: [] });
    const urns = resourceUrns(facts);
    const { nameTable, resources } = file(facts, (urn) => urn === urns.identity);
    assert.deepEqual(nameTable, { "sync01-identity": urns.identity });
    assert.deepEqual(
      resources.map(({ name }) => name),
      ["sync01-entra", "sync01-application", "sync01-principal", "sync01-role-adsynchronization-readwrite-all"],
    );
  });

  it("the import file must name the provider version of the program", () => {
    assert.match(azureadVersion(), /^\d+\.\d+\.\d+$/);
  });
});
