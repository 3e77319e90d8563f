# Certificates of LocalMachine\My: may make one, and remove one by its hash.

function Open-CsiStore {
    <#
    .SYNOPSIS
        Opens a store of the computer. The caller closes it.
    .PARAMETER Name
        My, or REQUEST for what a CA has not answered yet.
    .PARAMETER Writable
        Opens it for writing.
    #>
    [CmdletBinding()]
    [OutputType([Security.Cryptography.X509Certificates.X509Store])]
    param(
        [ValidateSet('My', 'REQUEST')] [string] $Name = 'My',
        [switch] $Writable
    )
    $flags = [Security.Cryptography.X509Certificates.OpenFlags]::ReadOnly
    if ($Writable) {
        $flags = [Security.Cryptography.X509Certificates.OpenFlags]::ReadWrite
    }
    $store = New-Object -TypeName Security.Cryptography.X509Certificates.X509Store -ArgumentList @(
        $Name,
        [Security.Cryptography.X509Certificates.StoreLocation]::LocalMachine
    )
    $store.Open($flags)
    # The comma keeps PowerShell from looking for elements in it.
    return , $store
}

function ConvertTo-CsiCertificateEntry {
    <#
    .SYNOPSIS
        The facts of a certificate.
    .PARAMETER Certificate
        The certificate.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [Security.Cryptography.X509Certificates.X509Certificate2] $Certificate)
    return [pscustomobject] @{
        sha256      = Get-CsiSha256 -Data $Certificate.RawData
        thumbprint  = $Certificate.Thumbprint.ToUpperInvariant()
        label       = [string] $Certificate.FriendlyName
        subject     = $Certificate.Subject
        notBefore   = ConvertTo-CsiTime -Value $Certificate.NotBefore
        notAfter    = ConvertTo-CsiTime -Value $Certificate.NotAfter
        certificate = [Convert]::ToBase64String($Certificate.RawData)
    }
}

function Get-CsiCertificate {
    <#
    .SYNOPSIS
        All certificates of LocalMachine\My.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $store = Open-CsiStore
    try {
        foreach ($certificate in $store.Certificates) {
            ConvertTo-CsiCertificateEntry -Certificate $certificate
        }
    } finally {
        $store.Close()
    }
}

function Find-CsiCertificate {
    <#
    .SYNOPSIS
        The certificate with a SHA-256; fails where there is none.
    .PARAMETER CertificateHash
        The hash.
    #>
    [CmdletBinding()]
    [OutputType([Security.Cryptography.X509Certificates.X509Certificate2])]
    param([Parameter(Mandatory = $true)] [string] $CertificateHash)
    $store = Open-CsiStore
    try {
        foreach ($certificate in $store.Certificates) {
            if ((Get-CsiSha256 -Data $certificate.RawData) -eq $CertificateHash) {
                return $certificate
            }
        }
    } finally {
        $store.Close()
    }
    throw (New-CsiException -Kind 'not-found' -Message "No certificate with SHA-256 $CertificateHash is in LocalMachine\My.")
}

function New-CsiCertificate {
    <#
    .SYNOPSIS
        Makes (or finds by name) a key and a self-signed certificate for it in LocalMachine\My.
    .DESCRIPTION
        RSA with SHA-256, key usage DigitalSignature. The key is made first under a fixed name: one that an interrupted
        run left is found again and leaves no orphan. A persisted machine key is linked to the certificate by
        CreateSelfSigned itself, and the store keeps link and label.
    .PARAMETER Label
        FriendlyName of the certificate.
    .PARAMETER KeyName
        Name of the key container.
    .PARAMETER Subject
        X.500 name.
    .PARAMETER KeyProvider
        Full name of the key storage provider.
    .PARAMETER KeyLength
        Length of the key in bits.
    .PARAMETER LifetimeDays
        How long the certificate is valid, in days.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [string] $Label,
        [Parameter(Mandatory = $true)] [string] $KeyName,
        [Parameter(Mandatory = $true)] [string] $Subject,
        [Parameter(Mandatory = $true)] [string] $KeyProvider,
        [Parameter(Mandatory = $true)] [int] $KeyLength,
        [Parameter(Mandatory = $true)] [int] $LifetimeDays
    )
    $now = [DateTimeOffset]::UtcNow
    try {
        $key = Open-CsiMachineKey -KeyName $KeyName -KeyProvider $KeyProvider -KeyLength $KeyLength
    } catch [Security.Cryptography.CryptographicException] {
        throw (New-CsiKeyException -Exception $_.Exception -Message "The key $KeyName can be neither made nor opened")
    }
    $rsa = New-Object -TypeName Security.Cryptography.RSACng -ArgumentList $key
    try {
        $name = New-Object -TypeName Security.Cryptography.X509Certificates.X500DistinguishedName -ArgumentList $Subject
        $request = New-Object -TypeName Security.Cryptography.X509Certificates.CertificateRequest -ArgumentList @(
            $name,
            $rsa,
            [Security.Cryptography.HashAlgorithmName]::SHA256,
            [Security.Cryptography.RSASignaturePadding]::Pkcs1
        )
        $usage = New-Object -TypeName Security.Cryptography.X509Certificates.X509KeyUsageExtension -ArgumentList @(
            [Security.Cryptography.X509Certificates.X509KeyUsageFlags]::DigitalSignature,
            $true
        )
        $request.CertificateExtensions.Add($usage)
        # Ten minutes back, as New-SelfSignedCertificate does, for clocks that differ a little.
        try {
            $certificate = $request.CreateSelfSigned($now.AddMinutes(-10), $now.AddMinutes(-10).AddDays($LifetimeDays))
        } catch [Security.Cryptography.CryptographicException] {
            throw (New-CsiKeyException -Exception $_.Exception -Message "The key $KeyName does not sign its certificate")
        }
        $certificate.FriendlyName = $Label
        $store = Open-CsiStore -Writable
        try {
            $store.Add($certificate)
        } finally {
            $store.Close()
        }
        return ConvertTo-CsiCertificateEntry -Certificate $certificate
    } finally {
        $rsa.Dispose()
        $key.Dispose()
    }
}

function Remove-CsiCertificateByHash {
    <#
    .SYNOPSIS
        Removes the certificates with a SHA-256 from LocalMachine\My and answers how many there were.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param([Parameter(Mandatory = $true)] [ValidatePattern('\A[0-9a-f]{64}\z')] [string] $CertificateHash)
    $store = Open-CsiStore -Writable
    try {
        $certificates = @($store.Certificates | Where-Object { (Get-CsiSha256 -Data $_.RawData) -eq $CertificateHash })
        foreach ($certificate in $certificates) {
            $store.Remove($certificate)
        }
        return $certificates.Count
    } finally {
        $store.Close()
    }
}
