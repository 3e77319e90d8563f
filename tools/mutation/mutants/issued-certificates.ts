/** Certificates that a CA of the organisation issued: what is taken, and that none of them goes. */
import { mutantsOf, type Test } from "../mutant";

const ISSUED: Test[] = [{ pester: "Decisions-Certificate.Tests.ps1", title: "A certificate of a CA" }];
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
