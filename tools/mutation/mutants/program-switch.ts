/** The preflight, the proof by a token, the switch and the ways back. */
import { mutantsOf } from "../mutant";

const PREFLIGHT = [{ pester: "Decisions-Preflight.Tests.ps1" }];
const SWITCH = [{ pester: "Decisions-Switch.Tests.ps1" }];
const PAUSE = [{ pester: "Decisions-Pause.Tests.ps1" }];
const RUN = [{ pester: "Decisions-Run.Tests.ps1" }];

export const PROGRAM_SWITCH = [
  ...mutantsOf("model/protocol/host-constants.ts", PREFLIGHT, [
    {
      id: "assertion-lives-longer",
      before: "ASSERTION_SECONDS = 600",
      after: "ASSERTION_SECONDS = 3600",
      meaning: "Entra refuses the assertion for its lifetime",
    },
    {
      id: "clock-bound-wider",
      before: "MAXIMUM_SKEW_SECONDS = 300",
      after: "MAXIMUM_SKEW_SECONDS = 600",
      meaning: "a clock that breaks the sign-in is accepted",
    },
  ]),
  ...mutantsOf("host-program/Private/Preflight.ps1", PREFLIGHT, [
    {
      id: "account-by-name",
      before: "    if ($sid -ne $Service.accountSid) {",
      after: "    if ($Declared -ne $Service.account) {",
      meaning: "a translated name is refused, another account of that name accepted",
    },
    {
      id: "version-by-text",
      before: "    if ([Version] $Version -lt [Version] $Minimum) {",
      after: "    if ($Version -lt $Minimum) {",
      meaning: "2.5.9.0 is newer than 2.5.79.0",
    },
    {
      id: "stopped-accepted",
      before: "    if ($Service.status -ne 'Running') {",
      after: "    if ($Service.status -eq 'Stopped') {",
      meaning: "a service that is stopping is taken for running",
    },
    {
      id: "module-missing-accepted",
      before: "    if ($null -eq $product) {",
      after: "    if ($false) {",
      meaning: "a service without its module is an unknown failure",
    },
  ]),
  ...mutantsOf("host-program/Private/Preflight.ps1", RUN, [
    {
      id: "language-mode-accepted",
      before: "    if ($mode -ne 'FullLanguage') {",
      after: "    if ($false) {",
      meaning: "a restricted PowerShell dies somewhere",
    },
    {
      id: "not-administrator-accepted",
      before: "    if (-not $caller.administrator) {",
      after: "    if ($false) {",
      meaning: "a user without rights gets half-way",
    },
  ]),
  ...mutantsOf("host-program/Private/Token.ps1", PREFLIGHT, [
    {
      id: "clock-behind-accepted",
      before: "    if ([Math]::Abs($skew) -gt $script:MaximumSkew) {",
      after: "    if ($skew -gt $script:MaximumSkew) {",
      meaning: "a clock behind breaks the sign-in after the switch",
    },
    {
      id: "clock-ahead-accepted",
      before: "    if ([Math]::Abs($skew) -gt $script:MaximumSkew) {",
      after: "    if (-$skew -gt $script:MaximumSkew) {",
      meaning: "a clock ahead breaks the sign-in after the switch",
    },
    {
      id: "clock-unchecked",
      before: "    Assert-Clock -Date $answer.date\n",
      after: "",
      meaning: "any clock is accepted",
    },
    {
      id: "roles-ignored",
      before: "    if ($missing.Count -eq 0) {",
      after: "    if ($true) {",
      meaning: "an application without its role is accepted",
    },
    {
      id: "roles-by-any-case",
      before: "$read.Roles -cnotcontains $_",
      after: "$read.Roles -notcontains $_",
      meaning: "a role of another spelling is accepted",
    },
    {
      id: "refusal-accepted",
      before: "    if ($read.Kind -eq 'refused') {",
      after: "    if ($read.Kind -eq 'never') {",
      meaning: "a refused key is reported as a missing role",
    },
    {
      id: "failing-endpoint-refuses",
      before: "$Answer.status -eq 429 -or $Answer.status -ge 500",
      after: "$false",
      meaning: "an endpoint that fails is taken for a refusal of the key",
    },
    {
      id: "unreachable-asked-again",
      before: '-Actual "$($answer.problem)"; Final = $true }',
      after: '-Actual "$($answer.problem)"; Final = $false }',
      meaning: "a blocked endpoint is asked for minutes",
    },
    {
      id: "replication-not-awaited",
      before: "$failure.Final -or $watch.Elapsed",
      after: "$true -or $watch.Elapsed",
      meaning: "a key that Entra has not replicated ends the run",
    },
    {
      id: "token-first-resource-only",
      before: "    foreach ($required in $RequestBody.requiredRoles) {",
      after: "    foreach ($required in @($RequestBody.requiredRoles)[0]) {",
      meaning: "the roles of password writeback are not proven",
    },
  ]),
  ...mutantsOf("host-program/Private/Assertion.ps1", PREFLIGHT, [
    {
      id: "assertion-other-subject",
      before: "        sub = $RequestBody.appId",
      after: "        sub = ''",
      meaning: "Entra refuses the assertion",
      equivalent: "seen by the contract suite only, which verifies each assertion",
    },
  ]),
  ...mutantsOf("host-program/Public/Register.ps1", PAUSE, [
    {
      id: "register-suspended",
      before: "    if ($state.Scheduler.SchedulerSuspended) {",
      after: "    if ($false) {",
      meaning: "the connector changes under an open wizard",
    },
    {
      id: "register-interrupted-left",
      before: "    $restored = Restore-InterruptedPause\n",
      after: "    $restored = $false\n",
      meaning: "an interrupted pause goes on",
    },
  ]),
  ...mutantsOf("host-program/Public/Register.ps1", SWITCH, [
    {
      id: "earlier-files-left",
      before: "    Remove-EarlierFile\n",
      after: "",
      meaning: "files of older versions stay in the program's folder",
    },
  ]),
  ...mutantsOf("host-program/Public/Rollback.ps1", PAUSE, [
    {
      id: "rollback-suspended",
      before: "    if ($state.Scheduler.SchedulerSuspended) {",
      after: "    if ($false) {",
      meaning: "the connector changes under an open wizard",
    },
    {
      id: "rollback-interrupted-left",
      before: "    $restored = Restore-InterruptedPause\n",
      after: "    $restored = $false\n",
      meaning: "an interrupted pause goes on",
    },
  ]),
  ...mutantsOf("host-program/Public/Rollback.ps1", SWITCH, [
    {
      id: "rollback-any-application",
      before: "        if ($state.Connector.appId -ne $RequestBody.appId) {",
      after: "        if ($false) {",
      meaning: "a server that was moved meanwhile is taken off its application",
    },
    {
      id: "rollback-not-verified",
      before: "    if ($after.Connector.identityType -ne 'ServiceAccount') {",
      after: "    if ($false) {",
      meaning: "a rollback that did nothing ends well",
    },
    {
      id: "rollback-record-stays",
      before: "    Remove-SwitchRecord -Name 'verification'\n",
      after: "",
      meaning: "the next link verifies a switch that was left",
    },
    {
      id: "rollback-onboards-again",
      before: "[Version] $installation.Product.version -lt [Version] $script:OnboardingEnds",
      after: "[Version] $installation.Product.version -le [Version] $script:OnboardingEnds",
      meaning: "a warning about an onboarding that this version does not do",
    },
  ]),
  ...mutantsOf("host-program/Public/RemoveLegacyAccount.ps1", SWITCH, [
    {
      id: "legacy-of-another-server",
      before: "    if (-not $account.StartsWith($prefix, [StringComparison]::OrdinalIgnoreCase)) {",
      after: "    if ($false) {",
      meaning: "the account of another server goes",
    },
    {
      id: "legacy-prefix-cut",
      before: 'Sync_$((Get-CsiHost).computerName)_"',
      after: 'Sync_$((Get-CsiHost).computerName)"',
      meaning: "the account of a server with a longer name goes",
    },
    {
      id: "legacy-in-use",
      before: "    if ($connector.userName.Split('@')[0] -eq $account) {",
      after: "    if ($connector.userName.Split('@')[0] -ceq $account) {",
      meaning: "the account in use goes, if it is spelled otherwise",
    },
    {
      id: "legacy-failure-ignored",
      before: "    if ($outcome.outcome -ne 'completed') {",
      after: "    if ($false) {",
      meaning: "an account that stays is reported as gone",
    },
  ]),
  ...mutantsOf("host-program/Private/ServiceAccount.ps1", SWITCH, [
    {
      id: "account-outcome-ignored",
      before: "    if ($outcome.outcome -ne 'completed' -and $now.identityType -ne 'ServiceAccount') {",
      after: "    if ($false) {",
      meaning: "why the cmdlet failed is not reported",
    },
    {
      id: "account-outcome-decides",
      before: "    if ($outcome.outcome -ne 'completed' -and $now.identityType -ne 'ServiceAccount') {",
      after: "    if ($outcome.outcome -ne 'completed') {",
      meaning: "a connector that moved is reported as failed",
    },
    {
      id: "account-name-longer",
      before: "[Math]::Min(12, $identifier.Length)",
      after: "[Math]::Min(13, $identifier.Length)",
      meaning: "the account is not the one that the product names",
    },
  ]),
  ...mutantsOf("host-program/Private/Switch.ps1", SWITCH, [
    {
      id: "blank-parameters-missed",
      before: "[string]::IsNullOrWhiteSpace($_) }).Count -gt 0",
      after: "[string]::IsNullOrWhiteSpace($_) }).Count -gt 2",
      meaning: "one blank parameter passes for none",
    },
    {
      id: "blank-parameters-null-only",
      before: "[string]::IsNullOrWhiteSpace($_)",
      after: "$null -eq $_",
      meaning: "a parameter of spaces passes for set",
    },
    {
      id: "settles-at-once",
      before: "$equal -lt 3",
      after: "$equal -lt 1",
      meaning: "a connector that moves after a time-out is reported as failed",
    },
    {
      id: "links-instead-of-rotating",
      before:
        "    if ($Connector.identityType -eq 'Application' -and $Connector.appId -eq $RequestBody.appId) {\n        $cmdlet",
      after: "    if ($false) {\n        $cmdlet",
      meaning: "each rotation wants the rights of a first link",
    },
    {
      id: "rotates-another-application",
      before:
        "    if ($Connector.identityType -eq 'Application' -and $Connector.appId -eq $RequestBody.appId) {\n        $cmdlet",
      after: "    if ($Connector.identityType -eq 'Application') {\n        $cmdlet",
      meaning: "a server stays on another application",
    },
    {
      id: "links-after-any-failure",
      before: "    return Test-LostCertificate -CertificateHash $Connector.certificateSha256",
      after: "    return $true",
      meaning: "a rotation that failed for any reason ends in a link",
    },
    {
      id: "links-after-time-out",
      before: "    if ($Attempt.Outcome.outcome -ne 'failed') {",
      after: "    if ($false) {",
      meaning: "a link runs into a rotation that is still at work",
    },
    {
      id: "links-after-a-move",
      before: "    if ((ConvertTo-AsciiJson -Value $Attempt.Connector) -cne (ConvertTo-AsciiJson -Value $Connector)) {",
      after: "    if ($false) {",
      meaning: "a link runs on a connector that has moved meanwhile",
    },
    {
      id: "never-links-instead",
      before: "$cmdlet -eq $script:RotationCmdlet -and (Test-LostCredential",
      after: "$false -and (Test-LostCredential",
      meaning: "a server whose key is lost cannot be healed",
    },
    {
      id: "switch-not-recorded",
      before: "    Write-SwitchRecord -Name 'verification' -RequestBody $RequestBody\n    $cmdlet",
      after: "    $cmdlet",
      meaning: "a switch that was cut off is never verified",
    },
    {
      id: "sign-in-not-recorded",
      before: "    if ($null -ne $command) {",
      after: "    if ($false) {",
      meaning: "no observation says that a sign-in is awaited",
    },
    {
      id: "failed-switch-changed",
      before:
        "    $script:Changed = $wasChanged -or (ConvertTo-AsciiJson -Value $attempt.Connector) -cne (ConvertTo-AsciiJson -Value $Connector)\n    $refusal",
      after: "    $refusal",
      meaning: "a failed attempt is reported as a change",
    },
    {
      id: "repair-without-request",
      before: "    if (-not $RequestBody.repairConnectivityParameters -or -not (Test-BlankParameter",
      after: "    if (-not (Test-BlankParameter",
      meaning: "a repair runs that no one asked for",
      equivalent: "without the request nothing pauses for it, unless a switch left blanks: found blank before",
    },
    {
      id: "repair-not-verified",
      before: "    Repair-CsiConnectorParameter\n    if (Test-BlankParameter -Connector (Get-CsiConnector)) {",
      after: "    Repair-CsiConnectorParameter\n    if ($false) {",
      meaning: "a repair that did nothing ends well",
    },
  ]),
  ...mutantsOf("host-program/Private/SwitchRecord.ps1", SWITCH, [
    {
      id: "sign-in-since-now",
      before: "        $since = $record.since\n",
      after: "",
      meaning: "a sign-in seems to be awaited since the last run only",
    },
    {
      id: "switch-record-any-certificate",
      before: "$Record.appId -eq $Identity.appId -and $Record.certificateSha256",
      after: "$Record.appId -eq $Identity.appId -or $Record.certificateSha256",
      meaning: "a record of another certificate counts",
      equivalent: "see the stand-in: a case with two generations in one record is in the contract suite",
    },
  ]),
  ...mutantsOf("host-program/Private/ProgramFolder.ps1", SWITCH, [
    {
      id: "earlier-file-by-name",
      before: " -and $script:EarlierFiles[$entry.name] -ceq $entry.firstLine",
      after: "",
      meaning: "a file of an administrator goes",
    },
    {
      id: "own-files-foreign",
      before: "$own -notcontains $_.name",
      after: "$true",
      meaning: "the program's own files are reported as foreign",
    },
  ]),
  ...mutantsOf("host-program/Private/Certificate.ps1", SWITCH, [
    {
      id: "expired-not-lost",
      before:
        "    if ((ConvertTo-UtcTime -Text (Get-CsiTime)) -gt (ConvertTo-UtcTime -Text $entries[0].notAfter)) {\n        return $true",
      after:
        "    if ((ConvertTo-UtcTime -Text (Get-CsiTime)) -gt (ConvertTo-UtcTime -Text $entries[0].notAfter)) {\n        return $false",
      meaning: "a server whose certificate has expired cannot be healed",
    },
    {
      id: "unavailable-is-lost",
      before: "$null -ne $problem -and $problem.Fault -eq 'dead'",
      after: "$null -ne $problem",
      meaning: "a key that does not answer for a moment counts as lost",
    },
    {
      id: "gone-not-lost",
      before: "    if ($entries.Count -eq 0) {\n        return $true",
      after: "    if ($entries.Count -eq 0) {\n        return $false",
      meaning: "a server whose certificate is gone cannot be healed",
    },
  ]),
];
