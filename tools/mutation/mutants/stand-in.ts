/** The stand-in of the host program in TypeScript. */
import { mutantsOf, type Test } from "../mutant";

const RULES: Test[] = [{ unit: "host/stand-in-decisions.test.ts" }];
const FAULTS: Test[] = [{ unit: "host/fault-table.test.ts" }];
const both = [...RULES, ...FAULTS];
const of = (file: string, tests: Test[], changes: Parameters<typeof mutantsOf>[2]) =>
  mutantsOf(`sandbox/server/program/${file}`, tests, changes);

export const STAND_IN = [
  ...of("pause.ts", both, [
    {
      id: "twin-trace-removed-first",
      before: "    await putBack(windows, true, cause);\n    forget(windows);",
      after: "    forget(windows);\n    await putBack(windows, true, cause);",
      meaning: "record and task go before the scheduler is back",
    },
    {
      id: "twin-interrupted-trace-removed-first",
      before: "  await putBack(windows, record.syncCycleEnabled);\n  forget(windows);",
      after: "  forget(windows);\n  await putBack(windows, record.syncCycleEnabled);",
      meaning: "record and task of an interrupted run go before the scheduler is back",
    },
    {
      id: "twin-pause-not-read-back",
      before: "  if (!windows.getScheduler().SyncCycleEnabled) return;\n  throw",
      after: "  return;\n  throw",
      meaning: "a scheduler that stays on is taken for paused",
    },
    {
      id: "twin-proof-ignored",
      before: "    if (!proven) throw unproven",
      after: '    if (problem === "never") throw unproven',
      meaning: "a restore task that does not work is relied on",
    },
    {
      id: "twin-failed-task-record-stays",
      before: "  } catch (error) {\n    forget(windows);\n    throw error;",
      after: "  } catch (error) {\n    throw error;",
      meaning: "a record stays although nothing was paused",
    },
    {
      id: "twin-one-cmdlet",
      before: "const CMDLETS = 2;",
      after: "const CMDLETS = 1;",
      meaning: "the deadline leaves no time for a link after a failed rotation",
    },
    {
      id: "twin-restored-once",
      before: "const TRIES = 5;",
      after: "const TRIES = 1;",
      meaning: "one failure leaves the scheduler off",
    },
    {
      id: "twin-restored-not-read-back",
      before: "      windows.setSyncCycleEnabled(enabled);\n      if (isBack()) return;",
      after: "      windows.setSyncCycleEnabled(enabled);\n      return;",
      meaning: "a scheduler that stays off is taken for restored",
    },
    {
      id: "twin-record-says-off",
      before: "syncCycleEnabled: true });",
      after: "syncCycleEnabled: false });",
      meaning: "an interrupted pause is never ended",
    },
    {
      id: "twin-interrupted-record-value",
      before: "await putBack(windows, record.syncCycleEnabled);",
      after: "await putBack(windows, true);",
      meaning: "a scheduler that a person switched off comes on",
    },
    {
      id: "twin-person-off-ignored",
      before: "  if (!windows.getScheduler().SyncCycleEnabled) {\n    await waitForCycle(context);",
      after: '  if (windows.getTime() === "") {\n    await waitForCycle(context);',
      meaning: "a scheduler that a person switched off comes on after a switch",
    },
    {
      id: "twin-cycle-not-awaited",
      before: "    switchOff(windows);\n    await waitForCycle(context);",
      after: "    switchOff(windows);",
      meaning: "the connector changes in the middle of a cycle",
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
      before: "windows.resolveAccount(declared) === service.accountSid",
      after: "declared.toLowerCase() === service.account.toLowerCase()",
      meaning: "a translated name is refused, another account of that name accepted",
    },
  ]),
  ...of("token-proof.ts", RULES, [
    {
      id: "twin-clock-behind-accepted",
      before: "  if (Math.abs(skew) <= MAXIMUM_SKEW_SECONDS) return;",
      after: "  if (skew <= MAXIMUM_SKEW_SECONDS) return;",
      meaning: "a clock behind breaks the sign-in after the switch",
    },
  ]),
  ...of("switch-identity.ts", RULES, [
    {
      id: "twin-settles-at-once",
      before: "const EQUAL = 3;",
      after: "const EQUAL = 1;",
      meaning: "a connector that moves after a time-out is reported as failed",
    },
    {
      id: "twin-links-after-any-failure",
      before: "  return before.certificateSha256 === null || isLost(windows, before.certificateSha256);",
      after: "  return isLost !== undefined;",
      meaning: "a rotation that failed for any reason ends in a link",
    },
    {
      id: "twin-links-after-time-out",
      before: 'attempt.outcome.outcome === "failed"',
      after: 'attempt.outcome.outcome !== "completed"',
      meaning: "a link runs into a rotation that is still at work",
    },
    {
      id: "twin-switch-not-recorded",
      before: '  rememberSwitch(windows, "verification", request);\n',
      after: "",
      meaning: "a switch that was cut off is never verified",
    },
    {
      id: "twin-failed-switch-changed",
      before: "  context.changed = wasChanged || !sameConnector(attempt.connector, connector);\n",
      after: "  void wasChanged;\n",
      meaning: "a failed attempt is reported as a change",
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
      id: "twin-rights-ignored",
      before: "rule.sid === sid && READS.test(rule.rights)",
      after: "rule.sid === sid",
      meaning: "a rule without the right to read passes for exact",
    },
    {
      id: "twin-access-not-read-back",
      before: "  if (!isExact(acl, service.accountSid)) {",
      after: "  if (acl === undefined) {",
      meaning: "access rules that were not set are reported as set",
    },
    {
      id: "twin-unavailable-is-lost",
      before: 'probeKey(windows, sha256)?.fault === "dead";',
      after: "probeKey(windows, sha256) !== null;",
      meaning: "a key that does not answer for a moment counts as lost",
    },
  ]),
  ...of("remove-certificate.ts", both, [
    {
      id: "twin-in-use-first-only",
      before: "  if (isAmong(inUse)) throw",
      after: "  if (certificates[0]?.sha256 === inUse) throw",
      meaning: "of several certificates of a label the one in use goes too",
    },
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
  ...of("ensure-certificate.ts", RULES, [
    {
      id: "twin-alive-key-replaced",
      before: 'inUse || facts.keyFault !== "dead"',
      after: "inUse",
      meaning: "a passing error of the TPM destroys a good key",
    },
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
