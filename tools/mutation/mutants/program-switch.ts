/** The switch itself, what is remembered of it, and what it leaves in the program's folder. */
import { mutantsOf } from "../mutant";

const LINK = [{ pester: "Decisions-Switch.Tests.ps1", title: "A first link" }];
const ROTATION = [{ pester: "Decisions-Switch.Tests.ps1", title: "A rotation" }];
const SWITCH = [...LINK, ...ROTATION];

export const PROGRAM_SWITCH = [
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
      id: "never-links-without-parameters",
      before: "-or (Test-BlankParameter -Connector $Connector)) {\n        return $true",
      after: ") {\n        return $true",
      meaning: "a server whose parameters are blank cannot be rotated",
    },
    {
      id: "never-links-instead",
      before: "-not $reached -and $mayLink -and (Test-LostCredential",
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
    },
    {
      id: "repair-not-verified",
      before: "    }\n    if (Test-BlankParameter -Connector (Get-CsiConnector)) {\n        throw",
      after: "    }\n    if ($false) {\n        throw",
      meaning: "a repair that did nothing ends well",
    },
  ]),
  ...mutantsOf("host-program/Private/SwitchRecord.ps1", LINK, [
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
    },
  ]),
  ...mutantsOf("host-program/Private/ProgramFolder.ps1", LINK, [
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
  ...mutantsOf("host-program/Private/Certificate.ps1", ROTATION, [
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
