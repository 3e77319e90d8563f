/** Names that are made of a stack's and a server's: each is held against its limit as a whole. */
import assert from "node:assert/strict";
import { COMPOSED_NAMES, composedNameProblems } from "../../../model/configuration/composed-names";
import { checkConfiguration } from "../../../model/configuration/configuration";
import { nextState } from "../../../model/server/server-state";
import { rawServer, rawStack } from "../../helpers/configurations";
import { application, hostFacts, observation, serverInputs } from "../../helpers/observations";
import { generationFacts } from "../../helpers/certificates";
import { words } from "../../helpers/remedies";

const SERVER = { name: "sync01", applicationName: "Entra Connect Sync - sync01" };
/** With sync01 and a generation of one digit the common name has 64 characters. */
const LONGEST = "s".repeat(34);

describe("composed names", () => {
  it("a common name must have 64 characters at most, together with stack, server and generation", () => {
    assert.deepEqual(composedNameProblems(LONGEST, [SERVER]), []);
    const [problem, ...others] = composedNameProblems(`${LONGEST}s`, [SERVER]);
    assert.deepEqual(others, []);
    assert.equal(problem.property, "servers.sync01");
    assert.match(problem.expected, /common name of the certificate of 64 characters/);
    assert.match(problem.actual, /^65: ConnectSyncIdentity s+\/sync01 g1$/);
    assert.match(words(problem.remedy), /shorter name/);
  });

  it("a configuration whose composed names are too long must be refused before anything is registered", () => {
    const { configuration, problems } = checkConfiguration(rawStack(rawServer()), {}, "s".repeat(100));
    assert.equal(configuration, undefined);
    assert.deepEqual(
      problems.map(({ code, property }) => [code, property]),
      [["CONFIGURATION_INVALID", "servers.sync01"]],
    );
    assert.ok(checkConfiguration(rawStack(rawServer()), {}, LONGEST).configuration);
  });

  it("a generation whose name is too long must not be begun, and what is there must stay", async () => {
    const certificate = await generationFacts({ stack: LONGEST, server: "sync01" }, 9);
    const inputs = { ...serverInputs(observation(hostFacts(certificate), application(certificate))), stack: LONGEST };
    const first = nextState(undefined, inputs);
    assert.deepEqual([first.problem, first.certificateGeneration], ["", 9]);
    const rotated = nextState(first, { ...inputs, rotate: "now" });
    assert.match(rotated.problem, /65: ConnectSyncIdentity s+\/sync01 g10/);
    assert.equal(rotated.certificateGeneration, 9);
  });

  it("no composed name but the common name must be able to pass its limit, regardless of the names of stack and server", () => {
    const server = { name: `s${"1".repeat(30)}`, applicationName: "a".repeat(120) };
    const identity = { stack: "s".repeat(100), server: server.name };
    const long = COMPOSED_NAMES.filter(({ compose, longest }) => compose(identity, server, 99_999).length > longest);
    assert.deepEqual(
      long.map(({ what }) => what),
      ["common name of the certificate"],
    );
  });
});
