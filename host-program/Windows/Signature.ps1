# Signatures: signs with the key of a certificate. Changes nothing on the server.

function New-CsiSignature {
    <#
    .SYNOPSIS
        A PS256 signature made with a certificate's key, base64.
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
    $certificate = Find-CsiCertificate -CertificateHash $CertificateHash
    $rsa = $null
    try {
        $rsa = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($certificate)
        if ($rsa -is [Security.Cryptography.RSACryptoServiceProvider]) {
            # What .NET throws then has no code of a provider. This is NTE_NOT_SUPPORTED.
            $provider = $rsa.CspKeyContainerInfo.ProviderName
            $old = New-CsiException -Kind 'key' -Message "The key does not sign: the legacy CSP `"$provider`" keeps it, which has no PSS"
            $old.Data['CsiHResult'] = '0x80090029'
            throw $old
        }
        $signature = $rsa.SignData(
            [Convert]::FromBase64String($Data),
            [Security.Cryptography.HashAlgorithmName]::SHA256,
            [Security.Cryptography.RSASignaturePadding]::Pss
        )
        return [Convert]::ToBase64String($signature)
    } catch {
        if ($_.Exception.Data.Contains('CsiHResult')) {
            throw
        }
        throw (New-CsiKeyException -Exception $_.Exception -Message 'The key does not sign')
    } finally {
        if ($null -ne $rsa) {
            $rsa.Dispose()
        }
    }
}

function Test-CsiSignature {
    <#
    .SYNOPSIS
        Whether a PS256 signature verifies with the certificate's public key. The salt must be as long as the hash.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    .PARAMETER Data
        What was signed, base64.
    .PARAMETER Signature
        The signature, base64.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [string] $CertificateHash,
        [Parameter(Mandatory = $true)] [string] $Data,
        [Parameter(Mandatory = $true)] [string] $Signature
    )
    $certificate = Find-CsiCertificate -CertificateHash $CertificateHash
    $rsa = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPublicKey($certificate)
    try {
        return $rsa.VerifyData(
            [Convert]::FromBase64String($Data),
            [Convert]::FromBase64String($Signature),
            [Security.Cryptography.HashAlgorithmName]::SHA256,
            [Security.Cryptography.RSASignaturePadding]::Pss
        )
    } finally {
        $rsa.Dispose()
    }
}
