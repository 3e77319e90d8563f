# What the failure of a key proves. Changes nothing on the server.

$script:TpmProvider = 'Microsoft Platform Crypto Provider'
$script:SoftwareProvider = 'Microsoft Software Key Storage Provider'
$script:InvalidSignature = 'its PS256 signature does not verify'
# The property PSS Salt Size of a key in the TPM: 0 is unknown, 1 the longest possible salt, 2 a salt as long as the hash.
$script:LongestSalt = 1
$script:LongestSaltProblem = 'its TPM salts PSS signatures to the maximum (PSS Salt Size 1), not to the length of the hash'
# How often, and with which waits in seconds, a signature is tried that fails for a passing reason.
$script:SignatureWaits = @(0.5, 1.0)
# What an HRESULT of a key storage provider proves about a key; any other proves nothing. Only a dead key may go.
$script:KeyFaults = @{
    # NTE_BAD_KEYSET, NTE_NOT_FOUND: what a cleared TPM answers.
    '0x80090016' = 'dead'; '0x80090011' = 'dead'
    # NTE_DEVICE_NOT_READY, TPM_E_PCP_DEVICE_NOT_READY
    '0x80090030' = 'passing'; '0x80290401' = 'passing'
    # TPM: yielded, cancelled, testing, NV_RATE, LOCKOUT, RETRY, NV_UNAVAILABLE
    '0x80280908' = 'passing'; '0x80280909' = 'passing'; '0x8028090A' = 'passing'; '0x80280920' = 'passing'
    '0x80280921' = 'passing'; '0x80280922' = 'passing'; '0x80280923' = 'passing'
    # TPM base services: internal error, not running, too many contexts, starting, cancelled, no TPM; RPC: no server
    '0x80284001' = 'passing'; '0x80284008' = 'passing'; '0x80284009' = 'passing'; '0x8028400B' = 'passing'
    '0x8028400D' = 'passing'; '0x8028400F' = 'passing'; '0x800706BA' = 'passing'
    # NTE_PERM, E_ACCESSDENIED
    '0x80090010' = 'denied'; '0x80070005' = 'denied'
    # Of a signature only. NTE_NOT_SUPPORTED: no PSS. TPM_E_PCP_UNSUPPORTED_PSS_SALT (0x40290423): .NET takes a code without
    # bit 31 for one of Win32, so that it becomes 0x80070423, which is ERROR_CIRCULAR_DEPENDENCY anywhere but in a TPM.
    '0x80090029' = 'unsupported'; '0x80070423' = 'unsupported'
}

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
