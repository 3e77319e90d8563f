# A certificate that a CA issued: judges it, and takes it as it is; only who may use its key is set right.

# Client authentication, and any purpose.
$script:ClientPurposes = '1.3.6.1.5.5.7.3.2', '2.5.29.37.0'

function Test-OptionalTruth {
    <#
    .SYNOPSIS
        Whether a request says yes to something that it may leave out.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Name
        Name of the property.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [string] $Name
    )
    $property = $RequestBody.PSObject.Properties[$Name]
    return $null -ne $property -and $property.Value -eq $true
}

function Get-IssuedProblem {
    <#
    .SYNOPSIS
        All that keeps a certificate of a CA from being used, each in a few words; nothing where it is good.
    .PARAMETER Entry
        The certificate.
    .PARAMETER Issuance
        What is known of it because a CA issued it; null if none did.
    .PARAMETER KeyLength
        Least length of its key in bits.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [object] $Entry,
        [Parameter(Mandatory = $true)] [AllowNull()] [object] $Issuance,
        [Parameter(Mandatory = $true)] [long] $KeyLength
    )
    $now = ConvertTo-UtcTime -Text (Get-CsiTime)
    if ($now -lt (ConvertTo-UtcTime -Text $Entry.notBefore)) {
        "it is not valid before $($Entry.notBefore)"
    }
    if ($now -gt (ConvertTo-UtcTime -Text $Entry.notAfter)) {
        "it expired on $($Entry.notAfter)"
    }
    if ($null -eq $Issuance) {
        'it signs itself: no CA issued it'
        return
    }
    if (-not $Issuance.trusted) {
        "its chain is not trusted: $($Issuance.problem)"
    }
    if ($Issuance.revocation -eq 'revoked') {
        'its CA revoked it'
    }
    if ($Issuance.keyLength -lt $KeyLength) {
        "its key is not RSA of $KeyLength bits or more: $($Issuance.keyLength)"
    }
    if ($null -ne $Issuance.keyUsages -and $Issuance.keyUsages -notcontains 'DigitalSignature') {
        "its key usage lacks DigitalSignature: $($Issuance.keyUsages -join ', ')"
    }
    if ($null -ne $Issuance.purposes -and @($Issuance.purposes | Where-Object { $script:ClientPurposes -contains $_ }).Count -eq 0) {
        "its extended key usage lacks client authentication: $($Issuance.purposes -join ', ')"
    }
    if ($Issuance.exportable -eq $true) {
        'its key can be exported'
    }
}

function New-UnsuitableRefusal {
    <#
    .SYNOPSIS
        The refusal of a certificate of a CA, with all that is wrong with it.
    .PARAMETER Id
        CERTIFICATE_UNSUITABLE, or the variant of a template.
    .PARAMETER Problem
        What is wrong, each in a few words.
    .PARAMETER Detail
        The subject, or the template.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)] [string] $Id,
        [Parameter(Mandatory = $true)] [string[]] $Problem,
        [Parameter(Mandatory = $true)] [string] $Detail
    )
    return New-Refusal -Id $Id -Expected 'a certificate that a connector may use' -Actual ($Problem -join '; ') -Detail $Detail
}

function Invoke-TakeIssuedCertificate {
    <#
    .SYNOPSIS
        Takes the certificate of a CA that a request names by its hash, if it is good for a connector.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Service
        The service.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [object] $Service
    )
    $hash = $RequestBody.adoptSha256
    $entry = Get-OnlyHashed -CertificateHash $hash -MissingId 'CERTIFICATE_MISSING.issued'
    $before = Get-CertificateFact -Entry $entry
    $issuance = Get-CsiIssuance -CertificateHash $hash
    $problems = @(Get-IssuedProblem -Entry $entry -Issuance $issuance -KeyLength $RequestBody.keyLength)
    if ($problems.Count -gt 0) {
        throw (New-UnsuitableRefusal -Id 'CERTIFICATE_UNSUITABLE' -Problem $problems -Detail $entry.subject)
    }
    if (-not $before.keyUsable) {
        throw (New-KeyRefusal -Fact $before -Source 'issued')
    }
    if (-not $before.keyInHardware -and -not $RequestBody.allowSoftwareKey) {
        throw (New-Refusal -Id 'KEY_NOT_IN_HARDWARE.issued' -Expected 'a key in the TPM' -Actual "$($before.keyProvider)" `
            -Detail $entry.thumbprint)
    }
    if (Set-ExactAccess -CertificateHash $hash -Service $Service) {
        $script:Changed = $true
    }
    return [ordered] @{ before = $before; after = Get-CertificateFact -Entry $entry }
}

function Invoke-KeepIssuedCertificate {
    <#
    .SYNOPSIS
        Removes nothing: what a CA issued by the organisation's own means is the organisation's to remove.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $entries = @(Get-RequestedCertificate -RequestBody $RequestBody)
    $keys = @($entries | Where-Object { $null -ne (Get-CsiKey -CertificateHash $_.sha256).key })
    if ($entries.Count -gt 0) {
        Write-Step -Id 'keepingIssued'
    }
    $found = [ordered] @{ certificates = $entries.Count; keyFile = $keys.Count -gt 0 }
    return [ordered] @{ before = $found; after = $found }
}
