/** What the failure of a key proves, and what is done about it. */
import { mutantsOf } from "../mutant";

const HRESULTS = [{ pester: "KeyFault.Tests.ps1", title: "an HRESULT of a key" }];
const TRIED = [{ pester: "KeyFault.Tests.ps1", title: "a key that is tried" }];

export const PROGRAM_KEY_FAULTS = [
  ...mutantsOf("host-program/Private/KeyFault.ps1", HRESULTS, [
    {
      id: "not-supported-while-opening",
      before: "($HResult -eq '0x80090029' -and $SignedWith -eq '') -or ",
      after: "",
      meaning: "a provider that cannot open a key is taken for a TPM that cannot sign",
    },
    {
      id: "no-salt-of-any-provider",
      before: "($HResult -eq '0x80070423' -and -not $ofTpm)",
      after: "$false",
      meaning: "an error of another provider is taken for a TPM that cannot sign",
    },
    {
      id: "unlinked-is-dead",
      before: "        return 'unlinked'",
      after: "        return 'dead'",
      meaning: "a certificate without a key proves that a key is lost",
    },
    {
      id: "unknown-is-dead",
      before: "    return 'unknown'\n}\n\nfunction New-KeyProblem",
      after: "    return 'dead'\n}\n\nfunction New-KeyProblem",
      meaning: "any error destroys a good key",
    },
  ]),
  ...mutantsOf("host-program/Private/KeyFault.ps1", TRIED, [
    {
      id: "signature-not-tried-again",
      before: "            if ($null -eq $code -or (Get-KeyFault -HResult $code) -ne 'passing') {",
      after: "            if ($true) {",
      meaning: "a TPM that tests itself for a moment stops a change",
    },
    {
      id: "longest-salt-accepted",
      before: " -and $opened.key.pssSaltSize -eq $script:LongestSalt",
      after: " -and $false",
      meaning: "the connector is moved to a key whose signatures Entra refuses",
    },
    {
      id: "signature-not-verified",
      before: "    if (Test-CsiSignature -CertificateHash $CertificateHash -Data $data -Signature $signature) {",
      after: "    if ($true) {",
      meaning: "a signature that does not verify is handed to the product",
    },
  ]),
];
