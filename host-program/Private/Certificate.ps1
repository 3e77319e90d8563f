# Finds certificates and judges them. Changes nothing on the server.

function Get-CertificateFact {
    <#
    .SYNOPSIS
        What is known of a certificate, its key and who may use it.
    .PARAMETER Entry
        The certificate.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [object] $Entry)
    $opened = Get-CsiKey -CertificateHash $Entry.sha256
    $problem = Get-KeyProblem -CertificateHash $Entry.sha256
    $text = $null
    $fault = $null
    if ($null -ne $problem) {
        $text = $problem.Text
        $fault = $problem.Fault
    }
    $provider = $null
    $inHardware = $false
    $acl = $null
    $issued = Get-CsiIssuance -CertificateHash $Entry.sha256
    $issuance = $null
    if ($null -ne $issued) {
        $issuance = [ordered] @{
            issuer            = $issued.issuer
            trusted           = $issued.trusted
            problem           = $issued.problem
            revocation        = $issued.revocation
            revocationProblem = $issued.revocationProblem
        }
    }
    if ($null -ne $opened.key) {
        $provider = $opened.key.keyProvider
        $inHardware = $opened.key.keyInHardware
        if ($null -ne $opened.key.keyFile) {
            $acl = Get-CsiKeyAccess -KeyFile $opened.key.keyFile
        }
    }
    return [pscustomobject] @{
        sha256        = $Entry.sha256
        thumbprint    = $Entry.thumbprint
        label         = $Entry.label
        subject       = $Entry.subject
        notBefore     = $Entry.notBefore
        notAfter      = $Entry.notAfter
        certificate   = $Entry.certificate
        keyProvider   = $provider
        keyUsable     = $null -eq $problem
        keyProblem    = $text
        keyFault      = $fault
        keyInHardware = $inHardware
        issuance      = $issuance
        acl           = $acl
    }
}

function Get-LabelledCertificate {
    <#
    .SYNOPSIS
        The certificates that carry a label.
    .PARAMETER Label
        The label.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [string] $Label)
    Get-CsiCertificate | Where-Object { $_.label -ceq $Label }
}

function Get-HashedCertificate {
    <#
    .SYNOPSIS
        The certificates with a hash.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [string] $CertificateHash)
    Get-CsiCertificate | Where-Object { $_.sha256 -eq $CertificateHash }
}

function Get-OnlyHashed {
    <#
    .SYNOPSIS
        The one certificate with a hash; refuses where there is none, or more than one.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    .PARAMETER MissingId
        The refusal where there is none.
    .PARAMETER Detail
        What that refusal names.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [string] $CertificateHash,
        [Parameter(Mandatory = $true)] [string] $MissingId,
        [string[]] $Detail = @()
    )
    $expected = "one certificate with SHA-256 $CertificateHash in LocalMachine\My"
    $entries = @(Get-HashedCertificate -CertificateHash $CertificateHash)
    if ($entries.Count -eq 0) {
        throw (New-Refusal -Id $MissingId -Expected $expected -Actual 'none' -Detail $Detail)
    }
    if ($entries.Count -gt 1) {
        throw (New-Refusal -Id 'CERTIFICATE_AMBIGUOUS' -Expected $expected -Actual "$($entries.Count)")
    }
    return $entries[0]
}

function Get-OnlyLabelled {
    <#
    .SYNOPSIS
        The certificate that carries a label, null where none does; refuses where several do.
    .PARAMETER Label
        The label.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $Label)
    $entries = @(Get-LabelledCertificate -Label $Label)
    if ($entries.Count -gt 1) {
        $actual = "$($entries.Count): " + (@($entries | ForEach-Object { $_.thumbprint }) -join ', ')
        throw (New-Refusal -Id 'CERTIFICATE_AMBIGUOUS.label' -Expected "one certificate labelled `"$Label`"" -Actual $actual)
    }
    if ($entries.Count -eq 0) {
        return $null
    }
    return $entries[0]
}

function Get-RequestedCertificate {
    <#
    .SYNOPSIS
        The certificates that a request is about: those of its label or, where one is adopted, that one alone, whose
        label may be anybody's.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    if ($null -ne $RequestBody.adoptSha256) {
        Get-HashedCertificate -CertificateHash $RequestBody.adoptSha256
    } else {
        Get-LabelledCertificate -Label $RequestBody.label
    }
}

function Get-CredentialProblem {
    <#
    .SYNOPSIS
        Why the connector cannot sign in with a certificate any more as far as this host can see, null if it can.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $CertificateHash)
    $entries = @(Get-HashedCertificate -CertificateHash $CertificateHash)
    if ($entries.Count -ne 1) {
        return "$($entries.Count) certificates with that hash in LocalMachine\My"
    }
    $now = ConvertTo-UtcTime -Text (Get-CsiTime)
    if ($now -lt (ConvertTo-UtcTime -Text $entries[0].notBefore)) {
        return "not valid before $($entries[0].notBefore)"
    }
    if ($now -gt (ConvertTo-UtcTime -Text $entries[0].notAfter)) {
        return "expired on $($entries[0].notAfter)"
    }
    $problem = Get-KeyProblem -CertificateHash $CertificateHash
    if ($null -ne $problem) {
        return $problem.Text
    }
    return $null
}

function Test-LostCertificate {
    <#
    .SYNOPSIS
        Whether a certificate is proven to be of no use any more: gone, expired or its key dead.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [string] $CertificateHash)
    $entries = @(Get-HashedCertificate -CertificateHash $CertificateHash)
    if ($entries.Count -eq 0) {
        return $true
    }
    if ((ConvertTo-UtcTime -Text (Get-CsiTime)) -gt (ConvertTo-UtcTime -Text $entries[0].notAfter)) {
        return $true
    }
    $problem = Get-KeyProblem -CertificateHash $CertificateHash
    return $null -ne $problem -and $problem.Fault -eq 'dead'
}

function New-KeyRefusal {
    <#
    .SYNOPSIS
        The refusal of a certificate whose key does not sign. Only what is proven of a key proposes another one.
    .PARAMETER Fact
        What is known of certificate and key.
    .PARAMETER Source
        Of one that was not made here: adopted, or issued by a CA.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)] [object] $Fact,
        [ValidateSet('adopted', 'issued')] [string] $Source
    )
    $expected = 'a key whose PS256 signature verifies'
    if ($Fact.keyFault -eq 'unsupported' -and $Fact.keyProvider -eq $script:TpmProvider) {
        # Another key in the same TPM would be no better.
        return New-Refusal -Id 'TPM_SIGNATURE_INVALID' -Expected 'a signature with salt length = hash length that verifies' `
            -Actual $Fact.keyProblem
    }
    if (@('dead', 'unlinked', 'unsupported') -notcontains $Fact.keyFault) {
        return New-KeyUnavailableRefusal -Problem $Fact.keyProblem
    }
    if ($Source -eq 'adopted') {
        return New-Refusal -Id 'KEY_UNUSABLE.adopted' -Expected $expected -Actual $Fact.keyProblem
    }
    if ($Source -eq 'issued') {
        return New-Refusal -Id 'KEY_UNUSABLE.issued' -Expected $expected -Actual $Fact.keyProblem
    }
    return New-Refusal -Id 'KEY_UNUSABLE' -Expected $expected -Actual $Fact.keyProblem -Detail $Fact.label
}
