# What the failure of a key proves. Changes nothing on the server.

$script:InvalidSignature = 'its PS256 signature does not verify'

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
