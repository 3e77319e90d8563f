# Keys by their name: which certificates have one; may remove one.

function Test-CsiKey {
    <#
    .SYNOPSIS
        Whether the provider has a machine key of this name. Fails where the provider does not say: only
        NTE_BAD_KEYSET and NTE_NOT_FOUND (there is none, or its TPM was cleared) prove that it is gone.
    .PARAMETER KeyName
        Name of the key container.
    .PARAMETER KeyProvider
        Full name of the key storage provider.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [string] $KeyName,
        [Parameter(Mandatory = $true)] [string] $KeyProvider
    )
    $provider = New-Object -TypeName Security.Cryptography.CngProvider -ArgumentList $KeyProvider
    try {
        return [Security.Cryptography.CngKey]::Exists($KeyName, $provider, [Security.Cryptography.CngKeyOpenOptions]::MachineKey)
    } catch [Security.Cryptography.CryptographicException] {
        throw (New-CsiKeyException -Exception $_.Exception -Message "The key $KeyName does not open")
    }
}

function Get-CsiPublicModulus {
    <#
    .SYNOPSIS
        The modulus of a certificate's RSA key, empty where it has another kind of key or none that can be read.
    .PARAMETER Certificate
        The certificate.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [Security.Cryptography.X509Certificates.X509Certificate2] $Certificate)
    $rsa = $null
    try {
        $rsa = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPublicKey($Certificate)
        if ($null -eq $rsa) {
            return ''
        }
        return [Convert]::ToBase64String($rsa.ExportParameters($false).Modulus)
    } catch [Security.Cryptography.CryptographicException] {
        Write-Verbose -Message "The public key of $($Certificate.Thumbprint) cannot be read: $($_.Exception.Message)"
        return ''
    } finally {
        if ($null -ne $rsa) {
            $rsa.Dispose()
        }
    }
}

function Get-CsiKeyHolder {
    <#
    .SYNOPSIS
        SHA-256 of the certificates of LocalMachine\My that have the public key of a machine key, whatever container they
        name: a renamed certificate, or one that was renewed with the same key.
    .PARAMETER KeyName
        Name of the key container.
    .PARAMETER KeyProvider
        Full name of the key storage provider.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [string] $KeyName,
        [Parameter(Mandatory = $true)] [string] $KeyProvider
    )
    $provider = New-Object -TypeName Security.Cryptography.CngProvider -ArgumentList $KeyProvider
    try {
        $key = [Security.Cryptography.CngKey]::Open($KeyName, $provider, [Security.Cryptography.CngKeyOpenOptions]::MachineKey)
        $rsa = New-Object -TypeName Security.Cryptography.RSACng -ArgumentList $key
        try {
            $modulus = [Convert]::ToBase64String($rsa.ExportParameters($false).Modulus)
        } finally {
            $rsa.Dispose()
            $key.Dispose()
        }
    } catch [Security.Cryptography.CryptographicException] {
        throw (New-CsiKeyException -Exception $_.Exception -Message "The key $KeyName does not open")
    }
    $store = Open-CsiStore
    try {
        foreach ($certificate in $store.Certificates) {
            if ((Get-CsiPublicModulus -Certificate $certificate) -ceq $modulus) {
                Get-CsiSha256 -Data $certificate.RawData
            }
        }
    } finally {
        $store.Close()
    }
}

function Remove-CsiKey {
    <#
    .SYNOPSIS
        Deletes a machine key that exists.
    .PARAMETER KeyName
        Name of the key container.
    .PARAMETER KeyProvider
        Full name of the key storage provider.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [string] $KeyName,
        [Parameter(Mandatory = $true)] [string] $KeyProvider
    )
    $provider = New-Object -TypeName Security.Cryptography.CngProvider -ArgumentList $KeyProvider
    try {
        $key = [Security.Cryptography.CngKey]::Open($KeyName, $provider, [Security.Cryptography.CngKeyOpenOptions]::MachineKey)
        # Delete also closes the key.
        $key.Delete()
    } catch [Security.Cryptography.CryptographicException] {
        throw (New-CsiKeyException -Exception $_.Exception -Message "The key $KeyName cannot be deleted")
    }
}
