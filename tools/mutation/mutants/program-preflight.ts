/** The preflight, the proof by a token, and the ways back to a service account. */
import { mutantsOf } from "../mutant";

const PRODUCT = [{ pester: "Decisions-Preflight.Tests.ps1", title: "Product and service" }];
const TOKEN = [{ pester: "Decisions-Preflight.Tests.ps1", title: "The proof by a token" }];
const BACK = [{ pester: "Decisions-Switch.Tests.ps1", title: "The way back" }];
const LEGACY = [{ pester: "Decisions-Switch.Tests.ps1", title: "The removal of a former" }];
const SWITCH = [{ pester: "Decisions-Switch.Tests.ps1", title: "A first link" }];
const PAUSE = [{ pester: "Decisions-Pause.Tests.ps1" }];
const RUN = [{ pester: "Decisions-Run.Tests.ps1", title: "A run" }];

export const PROGRAM_PREFLIGHT = [
  ...mutantsOf("model/protocol/host-constants.ts", TOKEN, [
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
  ...mutantsOf("host-program/Private/Preflight.ps1", PRODUCT, [
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
  ...mutantsOf("host-program/Private/Token.ps1", TOKEN, [
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
  ...mutantsOf("host-program/Private/Assertion.ps1", TOKEN, [
    {
      id: "assertion-other-subject",
      before: "        sub = $RequestBody.appId",
      after: "        sub = ''",
      meaning: "Entra refuses the assertion",
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
  ...mutantsOf("host-program/Public/Rollback.ps1", BACK, [
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
  ...mutantsOf("host-program/Public/RemoveLegacyAccount.ps1", LEGACY, [
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
  ...mutantsOf("host-program/Private/ServiceAccount.ps1", BACK, [
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
];
