/** Keys and certificates: what is made, what is left alone, what goes. */
import { mutantsOf } from "../mutant";

const of = (title: string) => [{ pester: "Decisions-Certificate.Tests.ps1", title }];
const REMOVAL = of("The removal of a certificate");
const RELEASE = of("A release");
const ACCESS = of("Access rules of a key");
const MAKING = of("A certificate that is asked for");
const IN_REGISTER = [{ pester: "Decisions-Preflight.Tests.ps1" }];

export const PROGRAM_CERTIFICATES = [
  ...mutantsOf("host-program/Private/Removal.ps1", REMOVAL, [
    {
      id: "in-use-first-only",
      before: "    if ($null -ne $used -and $hashes -contains $used) {",
      after: "    if ($null -ne $used -and $hashes.Count -eq 1 -and $hashes -contains $used) {",
      meaning: "of several certificates of a label the one in use goes too",
    },
    {
      id: "in-use-ignored",
      before: "    if ($null -ne $used -and $hashes -contains $used) {",
      after: "    if ($false) {",
      meaning: "the certificate in use goes",
    },
    {
      id: "shared-key-goes",
      before: "$entry.subject -cne $RequestBody.subject)) {",
      after: "$false)) {",
      meaning: "the key of another server's certificate goes",
    },
    {
      id: "shared-adopted-key-goes",
      before: "($null -ne $RequestBody.adoptSha256 -or $entry.subject",
      after: "($entry.subject",
      meaning: "the key that an adopted certificate shares goes",
    },
    {
      id: "unproven-key-goes",
      before: "@('dead', 'unlinked') -notcontains (Get-KeyFault",
      after: "@('dead', 'unlinked', 'passing') -notcontains (Get-KeyFault",
      meaning: "a certificate whose key does not answer for a moment goes",
    },
    {
      id: "adopted-fixed-key-goes",
      before: "    if ($null -eq $RequestBody.adoptSha256) {\n        $keys",
      after: "    if ($true) {\n        $keys",
      meaning: "the removal of an adopted certificate takes another key with it",
    },
    {
      id: "certificate-before-key",
      before:
        "    foreach ($key in $Plan.Keys) {\n        Remove-CsiKey -KeyName $key.Name -KeyProvider $key.Provider\n    }\n" +
        "    foreach ($entry in $Plan.Certificates) {\n        [void] (Remove-CsiCertificateByHash -CertificateHash $entry.sha256)\n    }",
      after:
        "    foreach ($entry in $Plan.Certificates) {\n        [void] (Remove-CsiCertificateByHash -CertificateHash $entry.sha256)\n    }\n" +
        "    foreach ($key in $Plan.Keys) {\n        Remove-CsiKey -KeyName $key.Name -KeyProvider $key.Provider\n    }",
      meaning: "a key stays behind that nothing names",
    },
    {
      id: "key-not-counted",
      before: "        keyFile      = $left.Count -gt 0",
      after: "        keyFile      = $false",
      meaning: "a key that stays is reported as gone",
    },
  ]),
  ...mutantsOf("host-program/Public/RemoveCertificate.ps1", REMOVAL, [
    {
      id: "removal-not-verified",
      before: "    if ($after.certificates -gt 0 -or $after.keyFile) {",
      after: "    if ($false) {",
      meaning: "a removal that did nothing ends well",
    },
    {
      id: "removal-always-changed",
      before: "    if ($before.certificates -gt 0 -or $before.keyFile) {",
      after: "    if ($true) {",
      meaning: "a second removal says that it changed something",
    },
  ]),
  ...mutantsOf("host-program/Public/Release.ps1", RELEASE, [
    {
      id: "release-in-use",
      before: "    if ($connector.appId -eq $RequestBody.appId -and $connector.certificateSha256",
      after: "    if ($false -and $connector.certificateSha256",
      meaning: "a destroy takes the identity in use",
    },
    {
      id: "release-any-application",
      before: "$connector.appId -eq $RequestBody.appId -and ",
      after: "",
      meaning: "a server that was moved to another application cannot be released",
    },
    {
      id: "release-any-certificate",
      before: " -and $connector.certificateSha256 -eq $RequestBody.certificateSha256",
      after: "",
      meaning: "an old certificate cannot be released after a rotation",
    },
  ]),
  ...mutantsOf("host-program/Private/KeyAccess.ps1", ACCESS, [
    {
      id: "deny-rules-ignored",
      before: "-not $rule.allow -or $expected",
      after: "$expected",
      meaning: "a rule that denies the service passes for exact",
    },
    {
      id: "foreign-rules-ignored",
      before: "        if (-not $rule.allow -or $expected -notcontains $rule.sid) {",
      after: "        if (-not $rule.allow) {",
      meaning: "anyone may use the key",
    },
    {
      id: "rights-ignored",
      before: "$_.sid -eq $sid -and $_.rights -match",
      after: "$_.sid -eq $sid -or $_.rights -match",
      meaning: "a rule without the right to read passes for exact",
    },
    {
      id: "service-rule-missing",
      before: "@($ServiceSid, 'S-1-5-18', 'S-1-5-32-544')",
      after: "@('S-1-5-18', 'S-1-5-32-544', $ServiceSid) | Select-Object -First 2",
      meaning: "rules without the service account pass for exact",
    },
    {
      id: "access-not-read-back",
      before: "    if (-not (Test-ExactAccess -Acl $acl -ServiceSid $Service.accountSid)) {",
      after: "    if ($false) {",
      meaning: "access rules that were not set are reported as set",
    },
    {
      id: "access-always-set",
      before: "    if (Test-ExactAccess -Acl (Get-CsiKeyAccess -KeyFile $file) -ServiceSid $Service.accountSid) {",
      after: "    if ($false) {",
      meaning: "each run reports a change",
    },
  ]),
  ...mutantsOf("host-program/Private/Certificate.ps1", MAKING, [
    {
      id: "several-of-a-label",
      before: '    if ($entries.Count -gt 1) {\n        $actual = "$($entries.Count): "',
      after: '    if ($false) {\n        $actual = "$($entries.Count): "',
      meaning: "one of several certificates is taken at random",
    },
  ]),
  ...mutantsOf("host-program/Private/Certificate.ps1", IN_REGISTER, [
    {
      id: "register-ambiguous",
      before: "    if ($entries.Count -gt 1) {\n        throw",
      after: "    if ($false) {\n        throw",
      meaning: "the product does not find the certificate exactly once",
    },
  ]),
  ...mutantsOf("host-program/Public/EnsureCertificate.ps1", MAKING, [
    {
      id: "dead-key-replaced",
      before: "        if (-not $before.keyUsable) {\n            # A dead one too",
      after: "        if ($false) {\n            # A dead one too",
      meaning: "a key that does not sign is replaced in its place, not by another generation beside it",
    },
    {
      id: "provider-in-use-replaced",
      before: "        if ($inUse -and $before.keyUsable) {",
      after: "        if ($false) {",
      meaning: "a change of the provider destroys the key in use",
      equivalent: "the removal plan refuses the certificate in use all the same",
    },
    {
      id: "made-key-stays",
      before: "        if (-not $HadKey -and (Test-CsiKey",
      after: "        if ($false -and (Test-CsiKey",
      meaning: "a key that does not sign stays and blocks its generation",
    },
    {
      id: "former-key-goes",
      before: "        if (-not $HadKey -and (Test-CsiKey",
      after: "        if ((Test-CsiKey",
      meaning: "a key that was there before goes with a failed attempt",
    },
    {
      id: "made-certificate-stays",
      before: "        foreach ($one in $made) {\n            [void] (Remove",
      after: "        foreach ($one in @()) {\n            [void] (Remove",
      meaning: "a certificate without use stays",
    },
    {
      id: "foreign-key-used",
      before: "    if ($hadKey) {\n        Assert-OwnKey",
      after: "    if ($false) {\n        Assert-OwnKey",
      meaning: "two servers share one key",
    },
    {
      id: "signature-unproven",
      before: "        if (-not $fact.keyUsable) {",
      after: "        if ($false) {",
      meaning: "a key that does not sign PS256 is handed to the product",
    },
    {
      id: "made-in-software",
      before: "        if (-not $fact.keyInHardware -and -not $RequestBody.allowSoftwareKey) {",
      after: "        if ($false) {",
      meaning: "a software key passes for one in hardware",
    },
    {
      id: "software-provider-allowed",
      before: "    if ($RequestBody.keyProvider -ne $script:TpmProvider -and -not $RequestBody.allowSoftwareKey) {",
      after: "    if ($false) {",
      meaning: "a software key is made before it is refused",
      equivalent: "what was made is refused for its provider and removed again",
    },
    {
      id: "adopted-unusable",
      before: "    if (-not $before.keyUsable) {\n        throw (New-KeyRefusal -Fact $before -Source 'adopted')",
      after: "    if ($false) {\n        throw (New-KeyRefusal -Fact $before -Source 'adopted')",
      meaning: "a certificate whose key is dead is adopted",
    },
    {
      id: "access-not-set",
      before:
        "        [void] (Set-ExactAccess -CertificateHash $entry.sha256 -Service $Service)\n        return $entry",
      after: "        return $entry",
      meaning: "the service cannot use the new key",
    },
    {
      id: "tpm-unknown-is-missing",
      before: "$null -ne $tpm -and -not $tpm.present",
      after: "$null -eq $tpm -or -not $tpm.present",
      meaning: "a TPM of which Windows does not say anything is refused",
    },
  ]),
  ...mutantsOf("host-program/Public/Register.ps1", IN_REGISTER, [
    {
      id: "register-unusable-key",
      before: "    if (-not $fact.keyUsable) {",
      after: "    if ($false) {",
      meaning: "the connector is moved to a key that does not sign",
    },
    {
      id: "register-software-key",
      before: "    if (-not $fact.keyInHardware -and -not $RequestBody.allowSoftwareKey) {",
      after: "    if ($false) {",
      meaning: "the connector is moved to a software key",
    },
    {
      id: "register-access-unset",
      before:
        "    if (Set-ExactAccess -CertificateHash $RequestBody.certificateSha256 -Service $installation.Service) {",
      after: "    if ($false) {",
      meaning: "a lost access rule is not healed",
    },
    {
      id: "register-stopped-service",
      before: "    Assert-Running -Service $installation.Service\n",
      after: "",
      meaning: "a stopped service is an unknown failure",
    },
    {
      id: "register-account-unchecked",
      before: "    Assert-ServiceAccount -Service $installation.Service -Declared $RequestBody.serviceAccount\n",
      after: "",
      meaning: "a service under another account is changed",
    },
    {
      id: "register-old-version",
      before: "    Assert-Version -Version $installation.Product.version -Minimum $RequestBody.minimumVersion\n",
      after: "",
      meaning: "a product that cannot do it is changed",
    },
    {
      id: "register-no-token",
      before: "        Assert-Token -RequestBody $RequestBody\n    }",
      after: "    }",
      meaning: "the connector is moved without a proof",
    },
  ]),
];
