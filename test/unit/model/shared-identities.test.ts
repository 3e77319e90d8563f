import assert from "node:assert/strict";
import { sharedIdentities, type ObservedServer } from "../../../model/fleet/shared-identities";
import { generationFacts } from "../../helpers/certificates";
import {
  application,
  APP_ID,
  hostFacts,
  observation,
  OTHER_APP_ID,
  OTHER_SHA256,
  problem,
} from "../../helpers/observations";

/** A healthy server of its own machine, application and certificate. */
async function server(name: string, appId: string): Promise<ObservedServer> {
  const certificate = structuredClone(await generationFacts({ stack: "dev", server: name }, 1));
  const facts = hostFacts(certificate, { machineIdentifier: `machine of ${name}` });
  facts.connector.appId = appId;
  return { stack: "dev", server: name, observation: observation(facts, { ...application(certificate), appId }) };
}

const pair = async () => [await server("sync01", APP_ID), await server("sync02", OTHER_APP_ID)] as const;
const factsOf = ({ observation }: ObservedServer) => observation.host.facts!;
const codes = (servers: readonly ObservedServer[]) =>
  [...sharedIdentities(servers)].map(([name, { code, actual }]) => `${name} ${code} ${actual.split(", as ")[1]}`);

describe("two servers of a stack", () => {
  it("two servers with separate machines, applications and certificates must get no error", async () => {
    assert.deepEqual(codes(await pair()), []);
  });

  it("two servers must not be one machine, regardless of the case of its identifier", async () => {
    const [one, two] = await pair();
    factsOf(two).machineIdentifier = "MACHINE of sync01";
    assert.deepEqual(codes([one, two]), ["sync01 MACHINE_SHARED sync02", "sync02 MACHINE_SHARED sync01"]);
  });

  it("two servers without machine identifiers must not be taken for one machine", async () => {
    const [one, two] = await pair();
    factsOf(one).machineIdentifier = factsOf(two).machineIdentifier = null;
    assert.deepEqual(codes([one, two]), []);
  });

  it("two connectors must not use one server's application", async () => {
    const [one, two] = await pair();
    factsOf(two).connector.appId = APP_ID;
    assert.deepEqual(codes([one, two]), ["sync01 APPLICATION_SHARED sync02", "sync02 APPLICATION_SHARED sync01"]);
  });

  it("two servers on an application that is neither's must be allowed to move away from it", async () => {
    const [one, two] = await pair();
    for (const { connector } of [factsOf(one), factsOf(two)]) {
      Object.assign(connector, { appId: "77777777-2222-4333-8444-555555555555", certificateSha256: OTHER_SHA256 });
    }
    assert.deepEqual(codes([one, two]), []);
  });

  it("two connectors must not use one server's certificate", async () => {
    const [one, two] = await pair();
    factsOf(two).connector.certificateSha256 = factsOf(one).connector.certificateSha256;
    assert.deepEqual(codes([one, two]), ["sync01 CERTIFICATE_SHARED sync02", "sync02 CERTIFICATE_SHARED sync01"]);
  });

  it("each of three servers that share an identity must get the names of the others", async () => {
    const servers = [...(await pair()), await server("sync03", "77777777-2222-4333-8444-555555555555")];
    for (const one of servers) factsOf(one).machineIdentifier = "x";
    assert.deepEqual(codes(servers), [
      "sync01 MACHINE_SHARED sync02 and sync03",
      "sync02 MACHINE_SHARED sync01 and sync03",
      "sync03 MACHINE_SHARED sync01 and sync02",
    ]);
  });

  it("two servers on one machine must get one error, without a second one about a shared application", async () => {
    const [one, two] = await pair();
    Object.assign(factsOf(two), { machineIdentifier: factsOf(one).machineIdentifier });
    factsOf(two).connector.appId = APP_ID;
    assert.deepEqual(codes([one, two]), ["sync01 MACHINE_SHARED sync02", "sync02 MACHINE_SHARED sync01"]);
  });

  it("a server must not be compared with one that cannot be observed", async () => {
    const [one] = await pair();
    const dark: ObservedServer["observation"] = {
      host: { facts: null, problem: problem() },
      tenant: { application: null, problem: null },
    };
    assert.deepEqual(codes([one, { stack: "dev", server: "sync02", observation: dark }]), []);
  });
});
