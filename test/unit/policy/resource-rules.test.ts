/** The rules about single resources: each with what keeps it and what breaks it. What the engine does with them is shown end to end. */
import { RESOURCE_TYPES } from "../../../model/resources/resource-types";
import assert from "node:assert/strict";
import { formatDiagnostic } from "../../../model/diagnostics/diagnostic";
import type { GuardFindingCode } from "../../../model/diagnostics/registry";
import { type Resource } from "../../../policy/resource";
import { formatViolation, isStackRule, type Rule, type Stack } from "../../../policy/rule";
import { RULES } from "../../../policy/pack";
import { makeHostKey, makeRsaLine } from "../../helpers/host-keys";
import {
  command,
  connection,
  DEVELOPMENT,
  judged,
  PERSON,
  PIPELINE,
  PRODUCTION,
  resource,
  serverProps,
  UNKNOWN_TEXT,
} from "../../helpers/policy-resources";

interface Case {
  what: string;
  seen: Resource;
  settings?: Record<string, unknown>;
  stack?: Stack;
  /** Property and actual value of each violation; none where the rule is kept. */
  says?: [property: string, actual: string | RegExp][];
}

const server = (changes: Record<string, unknown> = {}) =>
  resource(RESOURCE_TYPES.server, "sync01-server", serverProps("sync01", changes));
const policy = (changes: Record<string, unknown>) =>
  server({ certificate: { ...(serverProps().certificate as object), ...changes } });
const credential = (props: Record<string, unknown>) => resource(RESOURCE_TYPES.credential, "sync01-credential", props);
const guard = (credentialPolicy: string) =>
  resource(RESOURCE_TYPES.guard, "sync01-guard", { server: "sync01", policy: credentialPolicy });
const roleGuard = (...findings: string[]) =>
  resource(RESOURCE_TYPES.roleGuard, "sync-role-guard", { stack: "prod", findings });
const found = (code: GuardFindingCode, actual: string) =>
  formatDiagnostic({
    ...{ code, severity: "finding", subject: null, property: "holders", expected: "the role for no other" },
    ...{ actual, cure: "nothing", remedy: ["Take it away. Or not."] },
  });
const owned = (...owners: string[]) => resource(RESOURCE_TYPES.application, "sync01-application", { owners });
const connected = (changes: Record<string, unknown>, type: string = RESOURCE_TYPES.command) =>
  resource(type, "sync01-program", { connection: connection(changes) });
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

const TPM = "Microsoft Platform Crypto Provider";
const SOFTWARE = "Microsoft Software Key Storage Provider";
const HSM = "Contoso Key Storage Provider";

const CASES: Record<string, Case[]> = {
  "key-in-tpm": [
    { what: "the key is in the TPM", seen: server() },
    { what: "the provider is written in another case", seen: policy({ keyProvider: TPM.toUpperCase() }) },
    { what: "a module was allowed", seen: policy({ keyProvider: HSM }), settings: { providers: [TPM, HSM] } },
    {
      what: "a module was not allowed",
      seen: policy({ keyProvider: HSM }),
      says: [["certificate.keyProvider", `"${HSM}"`]],
    },
    {
      what: "the TPM is not among the allowed ones",
      seen: server(),
      settings: { providers: [HSM] },
      says: [["certificate.keyProvider", `"${TPM}"`]],
    },
    {
      what: "no provider is told",
      seen: policy({ keyProvider: undefined }),
      says: [["certificate.keyProvider", "nothing"]],
    },
    { what: "the host is asked for the TPM", seen: command("certificate", { keyProvider: TPM }) },
    {
      what: "the host is asked for another provider than declared",
      seen: command("certificate", { keyProvider: SOFTWARE }),
      says: [["keyProvider in the request to the host", `"${SOFTWARE}"`]],
    },
    { what: "a request is about something else", seen: command("lease", {}) },
    { what: "a request is not known yet", seen: command("certificate", {}, { stdin: UNKNOWN_TEXT }) },
    { what: "a command's stdin is somebody else's", seen: command("other", {}, { stdin: "hello" }) },
  ],
  "no-software-key": [
    { what: "none is allowed", seen: server() },
    {
      what: "one is allowed",
      seen: policy({ allowSoftwareKey: true }),
      says: [["certificate.allowSoftwareKey", "true"]],
    },
    {
      what: "nothing is told of it",
      seen: policy({ allowSoftwareKey: undefined }),
      says: [["certificate.allowSoftwareKey", "nothing"]],
    },
    {
      what: "the provider is the software one, in whatever case",
      seen: policy({ keyProvider: SOFTWARE.toLowerCase() }),
      says: [["certificate.keyProvider", /software/]],
    },
    {
      what: "a registration would take one",
      seen: command("registration", { allowSoftwareKey: true }),
      says: [["allowSoftwareKey in the request to the host", "true"]],
    },
  ],
  "certificate-lifetime": [
    { what: "it is a year", seen: server() },
    { what: "it is just the maximum", seen: policy({ lifetime: "398 days" }) },
    {
      what: "it is a day longer",
      seen: policy({ lifetime: "399 days" }),
      says: [["certificate.lifetime", '"399 days"']],
    },
    { what: "the maximum is longer", seen: policy({ lifetime: "700 days" }), settings: { maximumDays: 700 } },
    {
      what: "the maximum is shorter",
      seen: server(),
      settings: { maximumDays: 180 },
      says: [["certificate.lifetime", '"365 days"']],
    },
    { what: "it cannot be read", seen: policy({ lifetime: 365 }), says: [["certificate.lifetime", "365"]] },
    {
      what: "the host is asked for more",
      seen: command("certificate", { lifetimeDays: 700 }),
      says: [["lifetimeDays in the request to the host", '"700 days"']],
    },
    {
      what: "a credential in Entra has minutes more, as validity begins in the past",
      seen: credential({ startDate: inDays(-0.01), endDate: inDays(398) }),
    },
    {
      what: "a credential in Entra ends later",
      seen: credential({ startDate: inDays(0), endDate: inDays(700) }),
      says: [["validity in Entra", "700 days"]],
    },
    {
      what: "a credential in Entra tells no beginning",
      seen: credential({ endDate: inDays(700) }),
      says: [["validity in Entra", "700 days"]],
    },
    {
      what: "a credential in Entra ends after so many hours",
      seen: credential({ endDateRelative: "16800h" }),
      says: [["validity in Entra", "700 days"]],
    },
    {
      what: "the dates come with the certificate, later",
      seen: credential({ startDate: UNKNOWN_TEXT, endDate: UNKNOWN_TEXT }),
    },
    { what: "an adopted credential was never read back", seen: credential({}) },
  ],
  "certificate-rotation": [
    { what: "it is the default", seen: server() },
    { what: "it is just early enough", seen: policy({ rotateBefore: "151 days" }) },
    {
      what: "it is when the product warns",
      seen: policy({ rotateBefore: "150 days" }),
      says: [["certificate.rotateBefore", "150 days before the end of 365"]],
    },
    {
      what: "most of a long lifetime has passed",
      seen: policy({ lifetime: "700 days", rotateBefore: "180 days" }),
      says: [["certificate.rotateBefore", "180 days before the end of 700"]],
    },
    {
      what: "it is every day",
      seen: policy({ rotateBefore: "364 days" }),
      says: [["certificate.rotateBefore", /in use for 1 days/]],
    },
    {
      what: "it would be due at once",
      seen: policy({ rotateBefore: "400 days" }),
      says: [["certificate.rotateBefore", /in use for 0 days/]],
    },
    {
      what: "the limits are others",
      seen: policy({ lifetime: "60 days", rotateBefore: "30 days" }),
      settings: { moreThanDaysBeforeEnd: 20, daysInUse: 30 },
    },
    {
      what: "it cannot be read",
      seen: policy({ rotateBefore: "soon" }),
      says: [["certificate", 'lifetime "365 days", rotateBefore "soon"']],
    },
  ],
  "owners-limited": [
    { what: "there is none", seen: owned() },
    { what: "there are as many as may be", seen: owned(PIPELINE, PERSON) },
    { what: "there are more", seen: owned(PIPELINE, PERSON, PERSON), says: [["owners of the application", "3"]] },
    {
      what: "one is more",
      seen: owned(PIPELINE),
      settings: { maximumOwners: 0 },
      says: [["owners of the application", "1"]],
    },
    {
      what: "a principal has more",
      seen: resource(RESOURCE_TYPES.principal, "sync01-principal", { owners: [PIPELINE, PERSON, PERSON] }),
      says: [["owners of the principal", "3"]],
    },
    { what: "one of them is not known yet", seen: owned(PIPELINE, UNKNOWN_TEXT) },
  ],
  "credential-policy-enforced": [
    { what: "it is enforced", seen: guard("enforce") },
    { what: "it is told only", seen: guard("report"), says: [["credentialPolicy", '"report"']] },
  ],
  "host-keys-pinned": [
    { what: "it is ed25519", seen: connected({}) },
    { what: "it is ecdsa, of a copy", seen: connected({ hostKey: makeHostKey("ecdsa").line }, RESOURCE_TYPES.copy) },
    { what: "it is rsa", seen: connected({ hostKey: makeRsaLine() }), says: [["connection.hostKey", /ssh-rsa/]] },
    { what: "there is none", seen: connected({ hostKey: undefined }), says: [["connection.hostKey", "nothing"]] },
    { what: "it is empty", seen: connected({ hostKey: "" }), says: [["connection.hostKey", "nothing"]] },
    {
      what: "it is none",
      seen: connected({ hostKey: "-----BEGIN OPENSSH PRIVATE KEY-----" }),
      says: [["connection.hostKey", "a private key"]],
    },
    { what: "a jump host's is pinned", seen: connected({ proxy: connection() }) },
    {
      what: "a jump host's is not",
      seen: connected({ proxy: { host: "jump" } }),
      says: [["connection.proxy.hostKey", "nothing"]],
    },
    {
      what: "the state is hidden",
      seen: resource(RESOURCE_TYPES.command, "sync01-lease", { connection: "[secret]" }),
      says: [["connection", "an encrypted value"]],
    },
  ],
  "ssh-key-in-agent": [
    { what: "the agent has it", seen: connected({}) },
    {
      what: "state would hold it",
      seen: connected({ privateKey: "-----BEGIN OPENSSH PRIVATE KEY-----" }),
      says: [["connection.privateKey", "a secret that is stored encrypted in state"]],
    },
    {
      what: "state would hold a password, or a jump host's key",
      seen: connected({ password: "hunter2", proxy: { privateKey: "secret" } }, RESOURCE_TYPES.copy),
      says: [
        ["connection.password", /^a secret/],
        ["connection.proxy.privateKey", /^a secret/],
      ],
    },
  ],
  "minimum-version": [
    { what: "it is the floor", seen: server() },
    { what: "it is newer", seen: server({ minimumVersion: "2.10.0.0" }) },
    {
      what: "the floor is higher",
      seen: server(),
      settings: { minimumVersion: "2.6.84.0" },
      says: [["minimumVersion", '"2.5.79.0"']],
    },
    { what: "it is none", seen: server({ minimumVersion: "latest" }), says: [["minimumVersion", '"latest"']] },
  ],
  "no-standing-repair": [
    { what: "it is not asked for", seen: server() },
    {
      what: "it is asked for",
      seen: server({ repairConnectivityParameters: true }),
      says: [["repairConnectivityParameters", "true"]],
    },
  ],
  "verified-by-sync": [
    { what: "it is by a cycle", seen: server() },
    { what: "it is by a look only", seen: server({ verify: "switch" }), says: [["verify", '"switch"']] },
  ],
  "synchronisers-declared": [
    { what: "nobody else is found", seen: roleGuard() },
    {
      what: "an abandoned server still synchronises",
      seen: roleGuard(found("role-holder-foreign", "Entra Connect Sync - sync02 (c0ffee00), added by bob")),
      says: [["role-holder-foreign", "Entra Connect Sync - sync02 (c0ffee00), added by bob"]],
    },
    {
      what: "an allowed one stayed for longer, and a person has the role",
      seen: roleGuard(found("role-holder-expired", "HR (1)"), found("directory-role-foreign", "bob (2)")),
      says: [
        ["role-holder-expired", "HR (1)"],
        ["directory-role-foreign", "bob (2)"],
      ],
    },
    { what: "the finding is another one", seen: roleGuard(found("lock-off", "off")) },
  ],
};

describe("a rule about single resources", () => {
  it("each rule must have a case that complies and one that violates it", () => {
    const names = RULES.filter((rule) => !isStackRule(rule)).map(({ name }) => name);
    assert.deepEqual(Object.keys(CASES).sort(), names.sort());
    for (const [name, cases] of Object.entries(CASES)) {
      assert.ok(cases.some(({ says }) => says) && cases.some(({ says }) => !says), name);
    }
  });

  for (const [name, cases] of Object.entries(CASES)) {
    const rule = RULES.find((one) => one.name === name) as Rule;
    for (const { what, seen, settings, stack = PRODUCTION, says = [] } of cases) {
      it(`a rule must ${says.length > 0 ? "report" : "accept"} ${name} if ${what}`, () => {
        const found = judged(rule, seen, settings, stack);
        assert.equal(found.length, says.length, found.map(formatViolation).join("\n"));
        for (const [index, [property, actual]] of says.entries()) {
          assert.equal(found[index].property, property);
          if (typeof actual === "string") assert.equal(found[index].actual, actual);
          else assert.match(found[index].actual, actual);
        }
      });
    }
  }

  it("a violation must name the server, the expectation and a remedy, in one line without a secret", () => {
    for (const [name, cases] of Object.entries(CASES)) {
      const rule = RULES.find((one) => one.name === name) as Rule;
      for (const { seen, settings } of cases) {
        for (const violation of judged(rule, seen, settings)) {
          assert.match(violation.subject, /^(sync01|tenant)$/, name);
          const line = formatViolation(violation);
          assert.match(line, /^\S+: .+: expected .+, found .+\. .+\.$/);
          assert.doesNotMatch(line, /\n|undefined|null|\[object|hunter2|BEGIN/);
        }
      }
    }
  });

  it("a rule must not accept a required value that is not known yet", () => {
    const unknown: [string, Resource][] = [
      ["key-in-tpm", policy({ keyProvider: UNKNOWN_TEXT })],
      ["no-software-key", server({ certificate: "dd056dcd-154b-4c76-9bd3-c8f88648b5ff" })],
      ["certificate-lifetime", policy({ lifetime: UNKNOWN_TEXT })],
      ["certificate-rotation", policy({ rotateBefore: UNKNOWN_TEXT })],
      ["owners-limited", resource(RESOURCE_TYPES.application, "sync01-application", { owners: UNKNOWN_TEXT })],
      ["credential-policy-enforced", guard(UNKNOWN_TEXT)],
      ["host-keys-pinned", connected({ hostKey: UNKNOWN_TEXT })],
      ["minimum-version", server({ minimumVersion: UNKNOWN_TEXT })],
      ["verified-by-sync", server({ verify: UNKNOWN_TEXT })],
    ];
    for (const [name, seen] of unknown) {
      const rule = RULES.find((one) => one.name === name) as Rule;
      assert.throws(() => judged(rule, seen, {}, DEVELOPMENT), /can't be known during preview/, name);
    }
  });
});
