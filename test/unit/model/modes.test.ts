/**
 * Every change of a server's mode, at the level of a plan: the mode in which a connector is found against the declared one.
 * What an up then does is in test/end-to-end/modes.test.ts.
 */
import assert from "node:assert/strict";
import { checkConfiguration } from "../../../model/configuration/configuration";
import type { ServerMode } from "../../../model/configuration/configuration";
import type { Observation } from "../../../model/server/observation";
import { UNKNOWN, type ServerState } from "../../../model/server/server-facts";
import { nextState } from "../../../model/server/server-state";
import { formatDiagnostic } from "../../../model/diagnostics/diagnostic";
import { rawServer, rawStack } from "../../helpers/configurations";
import { application, healthy, OBJECT_ID, observation, OTHER_APP_ID, serverInputs } from "../../helpers/observations";

const MODES = ["byoa", "managed", "byoc"] as const;
type Mode = (typeof MODES)[number];

const NAME = "ConnectSyncProvisioning_SYNC01_0123456789ab";
const CHANGES = {
  byoa: {},
  managed: { mode: "managed", appId: "", programSha256: "" },
  byoc: { mode: "byoc", appId: OTHER_APP_ID, applicationObjectId: OBJECT_ID },
} as const;

/** What a run sees of a server whose connector is in a mode, as it is declared now: that decides which application is read. */
async function seenIn(from: Mode, declared: ServerMode): Promise<Observation> {
  const { facts, application: own } = await healthy();
  if (from === "byoa") return observation(facts, own);
  const [used] = facts.certificates;
  if (from === "managed") facts.certificates = [];
  facts.connector.appId = OTHER_APP_ID;
  facts.connector.userName = `{${OTHER_APP_ID}}@contoso.onmicrosoft.com`;
  const key = from === "managed" ? { ...used, subject: `CN=${NAME}` } : used;
  const product = { ...application(key), appId: OTHER_APP_ID, tags: [], displayName: NAME };
  return observation(facts, declared === "byoa" ? null : product);
}

/** What the last run remembered. */
async function rememberedIn(from: Mode): Promise<ServerState | undefined> {
  return nextState(undefined, serverInputs(await seenIn(from, from), CHANGES[from]));
}

/** The codes that stand in the way of a mode, or that it is refused by the configuration. */
async function planned(from: Mode, to: Mode): Promise<string> {
  const { configuration, problems } = checkConfiguration(rawStack(rawServer("sync01", { mode: to })), {});
  if (!configuration) return problems.map(({ code, property }) => `${property} ${code}`).join();
  const { mode } = configuration.servers[0];
  const state = nextState(
    await rememberedIn(from),
    serverInputs(await seenIn(from, mode), { ...CHANGES[mode], ...(mode === "byoa" ? { appId: UNKNOWN } : {}) }),
  );
  const found = state.findings.map((line) => line.split(": ")[1]);
  const problem = /\[(\w+)\]$/.exec(state.problem)?.[1];
  return [...(problem ? [problem] : []), ...found].join() || "no obstacle";
}

/** As docs/modes.md has them. */
const PAIRS: Record<Mode, Record<Mode, string>> = {
  byoa: {
    byoa: "no obstacle",
    managed: "MODE_NEEDS_A_PERSON,managed-identity-other",
    byoc: "MODE_NEEDS_A_PERSON",
  },
  managed: { byoa: "no obstacle", managed: "no obstacle", byoc: "no obstacle" },
  byoc: { byoa: "no obstacle", managed: "MODE_NEEDS_A_PERSON,managed-identity-other", byoc: "no obstacle" },
};

describe("changes of the mode", () => {
  for (const from of MODES) {
    for (const to of MODES) {
      it(`a server in ${from} that is declared as ${to} must meet: ${PAIRS[from][to]}`, async () => {
        assert.equal(await planned(from, to), PAIRS[from][to]);
      });
    }
  }
});

describe("settings of a mode", () => {
  const ofServer = (changes: object) => checkConfiguration(rawStack(rawServer("sync01", { ...changes })), {}).problems;

  it("a setting of another mode must be refused by name, and say to which mode it belongs", () => {
    const problems = ofServer({ mode: "managed", rotate: "now", certificate: { lifetime: "90 days" } });
    assert.deepEqual(problems.map(({ subject, property, code }) => `${subject} ${property} ${code}`).sort(), [
      "sync01 certificate CONFIGURATION_INVALID",
      "sync01 rotate CONFIGURATION_INVALID",
    ]);
    for (const problem of problems)
      assert.match(formatDiagnostic(problem), /Remove it: it belongs to mode byoa or byoc \(docs/);
    assert.deepEqual(ofServer({ mode: "managed", passwordWriteback: true }), []);
  });

  it("a server with its own certificate on the product's application must have no setting of an own application", () => {
    const problems = ofServer({ mode: "byoc", applicationName: "mine", adopt: { certificateSha256: "a".repeat(64) } });
    assert.deepEqual(problems.map(({ property }) => property).sort(), ["adopt", "applicationName"]);
    for (const problem of problems) assert.match(formatDiagnostic(problem), /it belongs to mode byoa \(docs/);
    const own = { certificate: { lifetime: "200 days", rotateBefore: "30 days" }, rotate: "now", verify: "switch" };
    assert.deepEqual(ofServer({ mode: "byoc", ...own }), []);
  });

  it("a mode that does not exist must be refused with those that do", () => {
    const [problem] = ofServer({ mode: "mine" });
    assert.match(formatDiagnostic(problem), /sync01: mode: expected "byoa", "managed" or "byoc", found "mine"/);
  });
});
