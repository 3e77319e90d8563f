/**
 * Every change of a server's mode, at the level of a plan: the mode in which a connector is found against the declared one.
 * What an up then does is in test/end-to-end/modes.test.ts.
 */
import assert from "node:assert/strict";
import { checkConfiguration } from "../../../model/configuration/configuration";
import type { ServerMode } from "../../../model/configuration/configuration";
import type { Observation } from "../../../model/server/observation";
import type { ServerState } from "../../../model/server/server-facts";
import { nextState } from "../../../model/server/server-state";
import { formatDiagnostic } from "../../../model/diagnostics/diagnostic";
import { rawServer, rawStack } from "../../helpers/configurations";
import { application, healthy, observation, OTHER_APP_ID, serverInputs } from "../../helpers/observations";

const MODES = ["byoa", "managed", "byoc"] as const;
type Mode = (typeof MODES)[number];

const NAME = "ConnectSyncProvisioning_SYNC01_0123456789ab";
const MANAGED = { mode: "managed", appId: "", programSha256: "" } as const;

/** What a run sees of a server whose connector is in a mode, as it is declared now: that decides which application is read. */
async function seenIn(from: Mode, declared: ServerMode): Promise<Observation> {
  const { facts, application: own } = await healthy();
  if (from === "byoa") return observation(facts, own);
  const [used] = facts.certificates;
  if (from === "byoc") facts.certificates = [{ ...used, label: "made by hand" }];
  else facts.certificates = [];
  facts.connector.appId = OTHER_APP_ID;
  facts.connector.userName = `{${OTHER_APP_ID}}@contoso.onmicrosoft.com`;
  const product = { ...application(used), appId: OTHER_APP_ID, tags: [], displayName: NAME };
  return observation(facts, declared === "managed" ? product : null);
}

/** What the last run remembered: nothing of a server that a person set up. */
async function rememberedIn(from: Mode): Promise<ServerState | undefined> {
  if (from === "byoc") return undefined;
  return nextState(undefined, serverInputs(await seenIn(from, from), from === "managed" ? MANAGED : {}));
}

/** The codes that stand in the way of a mode, or that it is refused by the configuration. */
async function planned(from: Mode, to: Mode): Promise<string> {
  const { configuration, problems } = checkConfiguration(rawStack(rawServer("sync01", { mode: to })), {});
  if (!configuration) return problems.map(({ code, property }) => `${property} ${code}`).join();
  const { mode } = configuration.servers[0];
  const state = nextState(
    await rememberedIn(from),
    serverInputs(await seenIn(from, mode), mode === "managed" ? MANAGED : {}),
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
    byoc: "mode CONFIGURATION_INVALID",
  },
  managed: { byoa: "no obstacle", managed: "no obstacle", byoc: "mode CONFIGURATION_INVALID" },
  byoc: { byoa: "no obstacle", managed: "managed-identity-other", byoc: "mode CONFIGURATION_INVALID" },
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
    for (const problem of problems) assert.match(formatDiagnostic(problem), /Remove it: it belongs to mode byoa/);
    assert.deepEqual(ofServer({ mode: "managed", passwordWriteback: true }), []);
  });

  it("a mode that is not offered must be refused with what a person does", () => {
    const [problem] = ofServer({ mode: "byoc" });
    assert.match(formatDiagnostic(problem), /sync01: mode: expected "byoa" or "managed", found "byoc".*docs\/modes.md/);
  });
});
