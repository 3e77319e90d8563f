# What the failure of a key proves. Changes nothing on the server.

$script:InvalidSignature = 'its PS256 signature does not verify'
# The property PSS Salt Size of a key in the TPM: 0 is unknown, 1 the longest possible salt, 2 a salt as long as the hash.
$script:LongestSalt = 1
$script:LongestSaltProblem = 'its TPM salts PSS signatures to the maximum (PSS Salt Size 1), not to the length of the hash'

function Get-KeyFault {
    <#
    .SYNOPSIS
        What an HRESULT proves about a key: dead, passing, denied, unsupported or unknown; unlinked where a certificate
        refers to no key and so no provider was asked.
    .PARAMETER HResult
        0x and eight digits, or null.
    .PARAMETER SignedWith
        The provider that was to sign; empty where a key was to be opened, made or deleted.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [AllowNull()] [object] $HResult,
        [AllowEmptyString()] [string] $SignedWith = ''
    )
    if ($null -eq $HResult) {
        return 'unlinked'
    }
    $ofTpm = $SignedWith -eq $script:TpmProvider
    if (($HResult -eq '0x80090029' -and $SignedWith -eq '') -or ($HResult -eq '0x80070423' -and -not $ofTpm)) {
        return 'unknown'
    }
    if ($script:KeyFaults.ContainsKey($HResult)) {
        return $script:KeyFaults[$HResult]
    }
    return 'unknown'
}

function New-KeyProblem {
    <#
    .SYNOPSIS
        Why a key does not sign: a text with the HRESULT, and what that proves.
    .PARAMETER Text
        What the provider said.
    .PARAMETER HResult
        0x and eight digits, or null.
    .PARAMETER SignedWith
        The provider that was to sign; empty where a key was to be opened.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [string] $Text,
        [AllowNull()] [object] $HResult,
        [AllowEmptyString()] [string] $SignedWith = ''
    )
    $fault = Get-KeyFault -HResult $HResult -SignedWith $SignedWith
    if ($null -ne $HResult) {
        $Text = "$($Text.TrimEnd('.')) ($HResult)"
    }
    return [pscustomobject] @{ Text = $Text; Fault = $fault }
}

function Get-OpenedKey {
    <#
    .SYNOPSIS
        The key of a certificate, tried again where it does not open for a passing reason.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $CertificateHash)
    foreach ($seconds in $script:SignatureWaits) {
        $opened = Get-CsiKey -CertificateHash $CertificateHash
        if ($null -ne $opened.key -or (Get-KeyFault -HResult $opened.hresult) -ne 'passing') {
            return $opened
        }
        Wait-CsiTime -Seconds $seconds
    }
    return Get-CsiKey -CertificateHash $CertificateHash
}

function New-Signature {
    <#
    .SYNOPSIS
        A PS256 signature made with a certificate's key, base64; tried again where it fails for a passing reason: a TPM that
        is testing itself, or was interrupted.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    .PARAMETER Data
        What is signed, base64.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [string] $CertificateHash,
        [Parameter(Mandatory = $true)] [string] $Data
    )
    foreach ($seconds in $script:SignatureWaits) {
        try {
            return New-CsiSignature -CertificateHash $CertificateHash -Data $Data
        } catch {
            $code = $_.Exception.Data['CsiHResult']
            if ($null -eq $code -or (Get-KeyFault -HResult $code) -ne 'passing') {
                throw
            }
        }
        Wait-CsiTime -Seconds $seconds
    }
    return New-CsiSignature -CertificateHash $CertificateHash -Data $Data
}

function Get-KeyProblem {
    <#
    .SYNOPSIS
        Signs and verifies with PS256: null where the key is good, else why not.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $CertificateHash)
    $opened = Get-OpenedKey -CertificateHash $CertificateHash
    if ($null -eq $opened.key) {
        return New-KeyProblem -Text $opened.problem -HResult $opened.hresult
    }
    $provider = $opened.key.keyProvider
    if ($provider -eq $script:TpmProvider -and $opened.key.pssSaltSize -eq $script:LongestSalt) {
        return [pscustomobject] @{ Text = $script:LongestSaltProblem; Fault = 'unsupported' }
    }
    $data = [Convert]::ToBase64String([Guid]::NewGuid().ToByteArray())
    try {
        $signature = New-Signature -CertificateHash $CertificateHash -Data $data
    } catch {
        if ((Get-FailureKind -Exception $_.Exception) -ne 'key') {
            throw
        }
        return New-KeyProblem -Text $_.Exception.Message -HResult $_.Exception.Data['CsiHResult'] -SignedWith $provider
    }
    if (Test-CsiSignature -CertificateHash $CertificateHash -Data $data -Signature $signature) {
        return $null
    }
    return [pscustomobject] @{ Text = $script:InvalidSignature; Fault = 'unsupported' }
}
