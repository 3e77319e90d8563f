/** Certificates that a CA of the organisation issued: what is taken; that none goes, or only one that was asked for here. */
import { mutantsOf, type Test } from "../mutant";

const ISSUED: Test[] = [{ pester: "Decisions-Certificate.Tests.ps1", title: "A certificate of a CA" }];
const ENROLLED: Test[] = [{ pester: "Decisions-Enrolment.Tests.ps1", title: "A certificate by a template" }];
const CONTRACT: Test[] = [{ contract: "a certificate of a CA", host: "model" }];

export const ISSUED_CERTIFICATES = [
  ...mutantsOf("host-program/Public/RemoveCertificate.ps1", ISSUED, [
    {
      id: "issued-certificate-goes",
      before: "    if (Test-OptionalTruth -RequestBody $RequestBody -Name 'issued') {",
      after: "    if ($false) {",
      meaning: "a certificate and a key that the organisation's CA issued are deleted",
    },
  ]),
  ...mutantsOf("host-program/Private/Issued.ps1", ISSUED, [
    {
      id: "issued-untrusted",
      before: "    if (-not $Issuance.trusted) {",
      after: "    if ($false) {",
      meaning: "a certificate of any CA is taken",
    },
    {
      id: "issued-revoked",
      before: "$Issuance.revocation -eq 'revoked'",
      after: "$Issuance.revocation -eq 'never'",
      meaning: "a revoked certificate is taken",
    },
    {
      id: "issued-exportable",
      before: "    if ($Issuance.exportable -eq $true) {",
      after: "    if ($false) {",
      meaning: "a key that can be copied from the server is taken",
    },
    {
      id: "issued-outside-tpm",
      before: "-not $before.keyInHardware -and -not",
      after: "$false -and -not",
      meaning: "a software key is taken that no one allowed",
    },
    {
      id: "issued-purpose",
      before: "$script:ClientPurposes -contains $_ }).Count -eq 0",
      after: "$script:ClientPurposes -contains $_ }).Count -lt 0",
      meaning: "a certificate for servers is taken",
    },
  ]),
  ...mutantsOf("host-program/Private/Enrolment.ps1", ENROLLED, [
    {
      id: "enrolled-too-short",
      before: "    if ($New -and $days -le $enrolment.leastDays) {",
      after: "    if ($false) {",
      meaning: "a certificate is taken that is due on its first day, so each run asks for another one",
    },
    {
      id: "enrolled-asked-twice",
      before: "    if ($waiting.Count -eq 0) {",
      after: "    if ($true) {",
      meaning: "a CA is asked again while a request waits",
    },
    {
      id: "enrolled-unsuitable-left",
      before: "        Remove-Planned -Plan (Get-RemovalPlan -RequestBody $RequestBody)\n",
      after: "",
      meaning: "what the CA issued and no connector may use stays with its key",
    },
    {
      id: "enrolled-outside-tpm",
      before: "-not $Fact.keyInHardware -and -not",
      after: "$false -and -not",
      meaning: "a software key is taken that no one allowed",
    },
    {
      id: "enrolled-denied-left",
      before: "    if ($outcome.status -eq 'denied') {",
      after: "    if ($false) {",
      meaning: "a denied request and its key stay",
    },
  ]),
  ...mutantsOf("sandbox/server/program/remove-certificate.ts", CONTRACT, [
    {
      id: "twin-issued-certificate-goes",
      before: "  if (request.issued) return",
      after: '  if (request.server === "") return',
      meaning: "a certificate and a key that the organisation's CA issued are deleted",
    },
  ]),
  ...mutantsOf("sandbox/server/program/issued.ts", CONTRACT, [
    {
      id: "twin-issued-revoked",
      before: '  if (revocation === "revoked") problems',
      after: '  if (revocation === "good" && !trusted) problems',
      meaning: "a revoked certificate is taken",
    },
  ]),
];
