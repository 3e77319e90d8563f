/** What proves and what disproves a switch, and the way back after a refusal. */
import { mutantsOf, type Test } from "../mutant";

const EVIDENCE = [{ pester: "SwitchEvidence.Tests.ps1" }];
const cases = (...titles: string[]): Test[] => titles.map((contract) => ({ contract, host: "pwsh" }));

export const PROGRAM_VERIFICATION = [
  ...mutantsOf("host-program/Private/Verification.ps1", EVIDENCE, [
    {
      id: "refusal-by-any-code",
      before: "    if ($Text -notmatch ('\\b(' + ($script:RefusalCodes -join '|') + ')\\b')) {",
      after: "    if ($Text -notmatch 'AADSTS') {",
      meaning: "a passing error of Entra undoes a switch",
    },
    {
      id: "refusal-by-beginning",
      before: "($script:RefusalCodes -join '|') + ')\\b')",
      after: "($script:RefusalCodes -join '|') + ')')",
      meaning: "a code that begins like a refusal undoes a switch",
    },
    {
      id: "refusal-of-another-key",
      before: "    return $own -contains $named",
      after: "    return $true",
      meaning: "a refusal of the key before undoes the switch that cures it",
    },
    {
      id: "any-failed-sign-in-refuses",
      before: "    $refusals = @($failures | Where-Object { $_.Refuses })",
      after: "    $refusals = @($failures)",
      meaning: "a failed sign-in that says nothing about the key undoes a switch",
    },
    {
      id: "refusal-of-the-future",
      before: " -and $time -le $now",
      after: "",
      meaning: "an event of a clock that was ahead undoes a switch",
    },
    {
      id: "answered-refusal-counts",
      before: "@($refusals | Where-Object { $_.Time -ge (ConvertTo-UtcTime -Text $start.StartedAt) })",
      after: "@($refusals)",
      meaning: "a refusal that a good cycle has answered leaves the switch unverified",
    },
    {
      id: "later-refusal-ignored",
      before: "        if ($later.Count -eq 0) {",
      after: "        if ($true) {",
      meaning: "a switch counts as verified although Entra refuses it since",
    },
    {
      id: "earlier-runs-count",
      before: "$Known -notcontains $_.id -and ",
      after: "",
      meaning: "a run before the switch is evidence for or against it",
    },
    {
      id: "no-run-verifies",
      before: "    if ($runs.Count -gt 0 -and $bad.Count -eq 0) {",
      after: "    if ($bad.Count -eq 0) {",
      meaning: "a cycle that did nothing verifies a switch",
    },
    {
      id: "unreadable-refuses",
      before: "-State 'unverified' -Sentence 'What verifies the switch cannot be read.'",
      after: "-State 'refused' -Sentence 'What verifies the switch cannot be read.'",
      meaning: "an event log that cannot be read undoes a switch",
    },
  ]),
  ...mutantsOf(
    "host-program/Private/GoingBack.ps1",
    cases("a rotation without evidence must stay, and be reported as unverified"),
    [
      {
        id: "unverified-passes",
        before: "        if ($verdict.State -eq 'unverified') {",
        after: "        if ($false) {",
        meaning: "a switch without evidence counts as verified",
      },
      {
        id: "unverified-goes-back",
        before: "            return $verification\n        }\n        if ($verdict.State -eq 'refused') {",
        after: "        }\n        if ($verdict.State -ne 'verified') {",
        meaning: "a switch is undone that no one refused",
      },
    ],
  ),
  ...mutantsOf(
    "host-program/Private/GoingBack.ps1",
    cases("a switch that is not verified must go back to a certificate that works"),
    [
      {
        id: "refused-stays",
        before: "        if ($verdict.State -eq 'refused') {",
        after: "        if ($false) {",
        meaning: "a switch to a credential that Entra refuses ends well",
      },
      {
        id: "back-record-stays",
        before: "            Remove-SwitchRecord -Name 'verification'\n            throw",
        after: "            throw",
        meaning: "a switch that was undone is verified by the next run",
      },
    ],
  ),
  ...mutantsOf("host-program/Private/GoingBack.ps1", cases("the old certificate has expired"), [
    {
      id: "back-to-the-unusable",
      before: "    if ($null -ne $problem) {",
      after: "    if ($false) {",
      meaning: "the connector goes back to a certificate that is of no use",
    },
  ]),
  ...mutantsOf("host-program/Private/GoingBack.ps1", cases("Entra does not take the old certificate"), [
    {
      id: "back-without-token",
      before: "        Assert-Token -RequestBody $former\n",
      after: "",
      meaning: "the connector goes back to a certificate that Entra does not take",
    },
  ]),
  ...mutantsOf(
    "host-program/Private/GoingBack.ps1",
    cases("must not go back to another application whose certificate works"),
    [
      {
        id: "back-to-another-application",
        before: " -or $Connector.appId -ne $RequestBody.appId -or",
        after: " -or",
        meaning: "the way back ends on an application that the certificate is not of",
      },
    ],
  ),
  ...mutantsOf(
    "host-program/Private/GoingBack.ps1",
    cases("a scheduler that does not come back on the way back must be reported before the switch"),
    [
      {
        id: "back-hides-the-scheduler",
        before: "        if ($text.code -eq 'SCHEDULER_NOT_RESTORED') {",
        after: "        if ($false) {",
        meaning: "no one learns that the scheduler is off",
      },
    ],
  ),
  ...mutantsOf(
    "host-program/Public/Release.ps1",
    cases("release must refuse the old certificate until the switch away from it is verified"),
    [
      {
        id: "release-of-the-way-back",
        before: "    if (-not (Test-LostCertificate -CertificateHash",
        after: "    if ($false -and -not (Test-LostCertificate -CertificateHash",
        meaning: "the certificate that a switch may have to go back to is removed",
      },
    ],
  ),
];
