# What the failure of a key proves. Changes nothing on the server.

$script:TpmProvider = 'Microsoft Platform Crypto Provider'
$script:SoftwareProvider = 'Microsoft Software Key Storage Provider'
$script:InvalidSignature = 'its PS256 signature does not verify'
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
    # NTE_NOT_SUPPORTED, and TPM_E_PCP_UNSUPPORTED_PSS_SALT as .NET reports it
    '0x80090029' = 'unsupported'; '0x80070423' = 'unsupported'
}

function Get-KeyFault {
    <#
    .SYNOPSIS
        What an HRESULT proves about a key: dead, passing, denied, unsupported or unknown; unlinked where a certificate
        refers to no key and so no provider was asked.
    .PARAMETER HResult
        0x and eight digits, or null.
    #>
    [CmdletBinding()]
    param([AllowNull()] [object] $HResult)
    if ($null -eq $HResult) {
        return 'unlinked'
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
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Text,
        [AllowNull()] [object] $HResult
    )
    $fault = Get-KeyFault -HResult $HResult
    if ($null -ne $HResult) {
        $Text = "$($Text.TrimEnd('.')) ($HResult)"
    }
    return [pscustomobject] @{ Text = $Text; Fault = $fault }
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
    $opened = Get-CsiKey -CertificateHash $CertificateHash
    if ($null -eq $opened.key) {
        return New-KeyProblem -Text $opened.problem -HResult $opened.hresult
    }
    $data = [Convert]::ToBase64String([Guid]::NewGuid().ToByteArray())
    try {
        $signature = New-CsiSignature -CertificateHash $CertificateHash -Data $data
    } catch {
        if ((Get-FailureKind -Exception $_.Exception) -ne 'key') {
            throw
        }
        return New-KeyProblem -Text $_.Exception.Message -HResult $_.Exception.Data['CsiHResult']
    }
    if (Test-CsiSignature -CertificateHash $CertificateHash -Data $data -Signature $signature) {
        return $null
    }
    return [pscustomobject] @{ Text = $script:InvalidSignature; Fault = 'unsupported' }
}
