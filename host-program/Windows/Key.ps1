# The key of a certificate: opens it and reads its properties. Changes nothing on the server.

function Get-CsiKeyFilePath {
    <#
    .SYNOPSIS
        Path of a key's file, null if it is not known.
    .PARAMETER UniqueName
        The key's unique name: a path for TPM keys, a file name for others.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [AllowNull()] [string] $UniqueName)
    if ([string]::IsNullOrWhiteSpace($UniqueName)) {
        return $null
    }
    if ([IO.Path]::IsPathRooted($UniqueName)) {
        return $UniqueName
    }
    $crypto = [IO.Path]::Combine([Environment]::GetFolderPath('CommonApplicationData'), 'Microsoft\Crypto')
    foreach ($folder in 'Keys', 'RSA\MachineKeys') {
        $path = [IO.Path]::Combine($crypto, $folder, $UniqueName)
        if ([IO.File]::Exists($path)) {
            return $path
        }
    }
    return $null
}

function Get-CsiPssSaltSize {
    <#
    .SYNOPSIS
        How a key in the TPM salts PSS signatures: 0 unknown, 1 as long as possible, 2 as long as the hash. Null where its
        provider does not say, as before Windows Server 2019.
    .DESCRIPTION
        NCRYPT_PCP_PSS_SALT_SIZE_PROPERTY of ncrypt.h, a DWORD of the key.
    .PARAMETER Key
        The key.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param([Parameter(Mandatory = $true)] [Security.Cryptography.CngKey] $Key)
    try {
        $value = $Key.GetProperty('PSS Salt Size', [Security.Cryptography.CngPropertyOptions]::None).GetValue()
        return [BitConverter]::ToInt32($value, 0)
    } catch {
        Write-Verbose -Message "$($Key.Provider.Provider) does not say how it salts: $($_.Exception.Message)"
        return $null
    }
}

function Get-CsiKey {
    <#
    .SYNOPSIS
        The private key of a certificate, or why there is none that opens, with the provider's HRESULT. That is null
        where the certificate itself refers to no key.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $CertificateHash)
    $certificate = Find-CsiCertificate -CertificateHash $CertificateHash
    if (-not $certificate.HasPrivateKey) {
        return [pscustomobject] @{ key = $null; problem = 'The certificate has no private key.'; hresult = $null }
    }
    $rsa = $null
    try {
        $rsa = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($certificate)
    } catch {
        return [pscustomobject] @{
            key     = $null
            problem = "The private key does not open: $(Get-CsiInnermostMessage -Exception $_.Exception)"
            hresult = Get-CsiHResult -Exception $_.Exception
        }
    }
    if ($null -eq $rsa) {
        return [pscustomobject] @{ key = $null; problem = 'The private key is no RSA key.'; hresult = $null }
    }
    try {
        if ($rsa -is [Security.Cryptography.RSACng]) {
            $facts = [pscustomobject] @{
                keyProvider   = $rsa.Key.Provider.Provider
                keyName       = [string] $rsa.Key.KeyName
                keyFile       = Get-CsiKeyFilePath -UniqueName $rsa.Key.UniqueName
                # Of another provider nothing proves it: Impl Type is a property of a provider, not of a key.
                keyInHardware = $rsa.Key.Provider.Provider -eq $script:CsiTpmProvider
                pssSaltSize   = Get-CsiPssSaltSize -Key $rsa.Key
            }
        } else {
            # A key of the older interface, which cannot sign PS256.
            $container = $rsa.CspKeyContainerInfo
            $facts = [pscustomobject] @{
                keyProvider   = $container.ProviderName
                keyName       = $container.KeyContainerName
                keyFile       = Get-CsiKeyFilePath -UniqueName $container.UniqueKeyContainerName
                keyInHardware = $false
                pssSaltSize   = $null
            }
        }
        return [pscustomobject] @{ key = $facts; problem = $null; hresult = $null }
    } catch {
        return [pscustomobject] @{
            key     = $null
            problem = "The private key cannot be read: $(Get-CsiInnermostMessage -Exception $_.Exception)"
            hresult = Get-CsiHResult -Exception $_.Exception
        }
    } finally {
        $rsa.Dispose()
    }
}

function Open-CsiMachineKey {
    <#
    .SYNOPSIS
        Opens a machine key by name and makes it where it is missing: signing only, never exportable.
    .PARAMETER KeyName
        Name of the key container.
    .PARAMETER KeyProvider
        Full name of the key storage provider.
    .PARAMETER KeyLength
        Length in bits of a key that is made.
    #>
    [CmdletBinding()]
    [OutputType([Security.Cryptography.CngKey])]
    param(
        [Parameter(Mandatory = $true)] [string] $KeyName,
        [Parameter(Mandatory = $true)] [string] $KeyProvider,
        [Parameter(Mandatory = $true)] [int] $KeyLength
    )
    $provider = New-Object -TypeName Security.Cryptography.CngProvider -ArgumentList $KeyProvider
    if (Test-CsiKey -KeyName $KeyName -KeyProvider $KeyProvider) {
        return [Security.Cryptography.CngKey]::Open($KeyName, $provider, [Security.Cryptography.CngKeyOpenOptions]::MachineKey)
    }
    $parameters = New-Object -TypeName Security.Cryptography.CngKeyCreationParameters
    $parameters.Provider = $provider
    # The file of one that the provider has lost is there still and would block its name.
    $parameters.KeyCreationOptions = [Security.Cryptography.CngKeyCreationOptions]::MachineKey -bor
        [Security.Cryptography.CngKeyCreationOptions]::OverwriteExistingKey
    $parameters.ExportPolicy = [Security.Cryptography.CngExportPolicies]::None
    $parameters.KeyUsage = [Security.Cryptography.CngKeyUsages]::Signing
    $length = New-Object -TypeName Security.Cryptography.CngProperty -ArgumentList @(
        'Length',
        [BitConverter]::GetBytes($KeyLength),
        [Security.Cryptography.CngPropertyOptions]::None
    )
    $parameters.Parameters.Add($length)
    return [Security.Cryptography.CngKey]::Create([Security.Cryptography.CngAlgorithm]::Rsa, $KeyName, $parameters)
}
