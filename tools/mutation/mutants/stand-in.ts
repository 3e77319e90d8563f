/** The stand-in of the host program in TypeScript. */
import { mutantsOf, type Test } from "../mutant";

const RULES: Test[] = [{ unit: "host/stand-in-decisions.test.ts" }];
const FAULTS: Test[] = [{ unit: "host/fault-table.test.ts" }];
const HRESULTS: Test[] = [{ unit: "host/host-program.test.ts" }];
const DEAD_KEY: Test[] = [{ contract: "must not remove a dead key in the run that finds it", host: "model" }];
const both = [...RULES, ...FAULTS];
const of = (file: string, tests: Test[], changes: Parameters<typeof mutantsOf>[2]) =>
  mutantsOf(`sandbox/server/program/${file}`, tests, changes);

export const STAND_IN = [
  ...of("pause.ts", both, [
    {
      id: "twin-proof-ignored",
      before: "    if (!proven) throw unproven",
      after: '    if (problem === "never") throw unproven',
      meaning: "a restore task that does not work is relied on",
    },
    {
      id: "twin-failed-task-record-stays",
      before: "  } catch (error) {\n    forgetPause(windows);\n    throw error;",
      after: "  } catch (error) {\n    throw error;",
      meaning: "a record stays although nothing was paused",
    },
  ]),
  ...of("host-program.ts", RULES, [
    {
      id: "twin-lock-not-released",
      before: "  } finally {\n    windows.exitLock();\n  }",
      after: "  } finally {\n    void windows;\n  }",
      meaning: "the lock is held until the process ends",
    },
    {
      id: "twin-lock-ignored",
      before: "  if (!lock.acquired) {",
      after: '  if (lock.holder === "") {',
      meaning: "two operations at once",
    },
    {
      id: "twin-legacy-without-lock",
      before: '"remove-legacy-account": operation({ locks: true',
      after: '"remove-legacy-account": operation({ locks: false',
      meaning: "an account goes while another operation is at work",
    },
  ]),
  ...of("preflight.ts", RULES, [
    {
      id: "twin-account-by-name",
      before: "  if (sid === accountSid) return",
      after: "  if (declared.toLowerCase() === account.toLowerCase()) return",
      meaning: "a translated name is refused, another account of that name accepted",
    },
  ]),
  ...of("switch-identity.ts", RULES, [
    {
      id: "twin-links-after-any-failure",
      before:
        "  return before.certificateSha256 === null || isBlank(before) || (await isLost(windows, before.certificateSha256));",
      after: "  return isLost !== undefined;",
      meaning: "a rotation that failed for any reason ends in a link",
    },
    {
      id: "twin-does-not-link-without-parameters",
      before: "before.certificateSha256 === null || isBlank(before) ||",
      after: "before.certificateSha256 === null ||",
      meaning: "a server whose parameters are blank cannot be rotated",
    },
    {
      id: "twin-links-after-time-out",
      before: 'attempt.outcome.outcome === "failed"',
      after: 'attempt.outcome.outcome !== "completed"',
      meaning: "a link runs into a rotation that is still at work",
    },
    {
      id: "twin-switch-not-recorded",
      before: '  rememberSwitch(context, "verification");\n',
      after: "",
      meaning: "a switch that was cut off is never verified",
    },
  ]),
  ...of("certificates.ts", RULES, [
    {
      id: "twin-deny-rules-ignored",
      before: "rule.allow && expected.has(rule.sid)",
      after: "expected.has(rule.sid)",
      meaning: "a rule that denies the service passes for exact",
    },
    {
      id: "twin-access-not-read-back",
      before: "  if (!isExact(acl, service.accountSid)) {",
      after: "  if (acl === undefined) {",
      meaning: "access rules that were not set are reported as set",
    },
    {
      id: "twin-unavailable-is-lost",
      before: '(await probeKey(windows, sha256))?.fault === "dead";',
      after: "(await probeKey(windows, sha256)) !== null;",
      meaning: "a key that does not answer for a moment counts as lost",
    },
  ]),
  ...of("remove-certificate.ts", both, [
    {
      id: "twin-unproven-key-goes",
      before: '!["dead", "unlinked"].includes(keyFault(hresult))',
      after: '!["dead", "unlinked", "passing"].includes(keyFault(hresult))',
      meaning: "a certificate whose key does not answer for a moment goes",
    },
    {
      id: "twin-removal-not-verified",
      before: "  if (after.certificates > 0 || after.keyFile) {",
      after: "  if (after.certificates < 0) {",
      meaning: "a removal that did nothing ends well",
    },
    {
      id: "twin-certificate-before-key",
      before:
        "  for (const { keyName, keyProvider } of keys) windows.removeKey(keyName, keyProvider);\n" +
        "  for (const { sha256 } of certificates) windows.removeCertificateByHash(sha256);",
      after:
        "  for (const { sha256 } of certificates) windows.removeCertificateByHash(sha256);\n" +
        "  for (const { keyName, keyProvider } of keys) windows.removeKey(keyName, keyProvider);",
      meaning: "a key stays behind that nothing names",
    },
  ]),
  ...of("key-faults.ts", HRESULTS, [
    {
      id: "not-ready-is-dead",
      before: '  dead: ["0x80090016", "0x80090011"],',
      after: '  dead: ["0x80090016", "0x80090011", "0x80090030"],',
      meaning: "a key goes while the TPM is not ready",
    },
    {
      id: "not-found-not-dead",
      before: '  dead: ["0x80090016", "0x80090011"],',
      after: '  dead: ["0x80090016"],',
      meaning: "a server whose TPM was cleared cannot be healed",
    },
  ]),
  ...of("ensure-certificate.ts", DEAD_KEY, [
    {
      id: "twin-dead-key-replaced",
      before: "beside it.\n  if (!facts.keyUsable) throw keyRefusal(facts);\n",
      after: "beside it.\n",
      meaning: "a key that does not sign is replaced in its place, not by another generation beside it",
    },
  ]),
  ...of("ensure-certificate.ts", RULES, [
    {
      id: "twin-made-key-stays",
      before: "    if (!hadKey && windows.testKey",
      after: "    if (hadKey && windows.testKey",
      meaning: "a key that does not sign stays and blocks its generation",
    },
  ]),
  ...of("accounts.ts", RULES, [
    {
      id: "twin-rollback-any-application",
      before: "  if (connector.appId !== request.appId) {",
      after: "  if (connector.appId === null) {",
      meaning: "a server that was moved meanwhile is taken off its application",
    },
    {
      id: "twin-rollback-not-verified",
      before: '  if (after.connector.identityType !== "ServiceAccount") {',
      after: '  if (after.connector.userName === "") {',
      meaning: "a rollback that did nothing ends well",
    },
    {
      id: "twin-legacy-prefix-cut",
      before: "startsWith(`sync_${computerName.toLowerCase()}_`)",
      after: "startsWith(`sync_${computerName.toLowerCase()}`)",
      meaning: "the account of a server with a longer name goes",
    },
    {
      id: "twin-legacy-in-use",
      before: 'connector.userName.split("@")[0].toLowerCase() === accountName.toLowerCase()',
      after: 'connector.userName.split("@")[0] === accountName',
      meaning: "the account in use goes, if it is spelled otherwise",
    },
  ]),
];
