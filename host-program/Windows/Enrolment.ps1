# Asks a CA of the forest for a certificate by a template, and keeps requests that wait in LocalMachine\REQUEST.

function Find-CsiEnrolmentRequest {
    <#
    .SYNOPSIS
        The request with a SHA-256 in LocalMachine\REQUEST; null if there is none.
    .PARAMETER Store
        The open store.
    .PARAMETER RequestHash
        The hash.
    #>
    [CmdletBinding()]
    [OutputType([Security.Cryptography.X509Certificates.X509Certificate2])]
    param(
        [Parameter(Mandatory = $true)] [object] $Store,
        [Parameter(Mandatory = $true)] [string] $RequestHash
    )
    foreach ($request in $Store.Certificates) {
        if ((Get-CsiSha256 -Data $request.RawData) -eq $RequestHash) {
            return $request
        }
    }
    return $null
}

function Set-CsiStoredLabel {
    <#
    .SYNOPSIS
        Gives what has a thumbprint in a store its label, which Windows keeps with it.
    .PARAMETER Store
        The store, open for writing; it is closed.
    .PARAMETER Thumbprint
        The thumbprint.
    .PARAMETER Label
        The label.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [object] $Store,
        [Parameter(Mandatory = $true)] [string] $Thumbprint,
        [Parameter(Mandatory = $true)] [string] $Label
    )
    try {
        foreach ($certificate in $Store.Certificates) {
            if ($certificate.Thumbprint -eq $Thumbprint) {
                $certificate.FriendlyName = $Label
            }
        }
    } finally {
        $Store.Close()
    }
}

function Get-CsiEnrolment {
    <#
    .SYNOPSIS
        Asks, and labels what came of it: the certificate in LocalMachine\My, or the request that waits.
    .DESCRIPTION
        With the machine's store Windows enrols as the computer. The enrolment client makes the key as the template wants it,
        with attestation where that is asked for, and installs what the CA issues.
    .PARAMETER Argument
        What Get-Certificate is given.
    .PARAMETER Label
        The label.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [Collections.IDictionary] $Argument,
        [Parameter(Mandatory = $true)] [string] $Label
    )
    try {
        $result = Get-Certificate @Argument -ErrorAction Stop
    } catch {
        return [pscustomobject] @{ status = 'failed'; message = Get-CsiFailureText -Exception $_.Exception }
    }
    switch -Regex ("$($result.Status)") {
        '\A(Issued|Enrolled)\z' {
            Set-CsiStoredLabel -Store (Open-CsiStore -Writable) -Thumbprint $result.Certificate.Thumbprint -Label $Label
            return [pscustomobject] @{ status = 'issued'; message = '' }
        }
        'Pend' {
            Set-CsiStoredLabel -Store (Open-CsiStore -Name 'REQUEST' -Writable) -Thumbprint $result.Request.Thumbprint -Label $Label
            return [pscustomobject] @{ status = 'pending'; message = '' }
        }
        'Denied' {
            return [pscustomobject] @{ status = 'denied'; message = "the CA answered $($result.Status)" }
        }
    }
    return [pscustomobject] @{ status = 'failed'; message = "the enrolment ended with $($result.Status)" }
}

function Request-CsiCertificate {
    <#
    .SYNOPSIS
        Asks a CA of the forest for a certificate by a template, as the computer.
    .PARAMETER Template
        The name of the template, not its display name.
    .PARAMETER Label
        FriendlyName of the certificate.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [string] $Template,
        [Parameter(Mandatory = $true)] [string] $Label
    )
    $argument = @{ Template = $Template; CertStoreLocation = 'Cert:\LocalMachine\My' }
    return Get-CsiEnrolment -Argument $argument -Label $Label
}

function Get-CsiEnrolmentRequest {
    <#
    .SYNOPSIS
        SHA-256 of the requests with a label that wait in LocalMachine\REQUEST.
    .PARAMETER Label
        The label.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Label)
    $store = Open-CsiStore -Name 'REQUEST' -Writable
    try {
        foreach ($request in $store.Certificates) {
            if ($request.FriendlyName -ceq $Label) {
                Get-CsiSha256 -Data $request.RawData
            }
        }
    } finally {
        $store.Close()
    }
}

function Receive-CsiCertificate {
    <#
    .SYNOPSIS
        Fetches what the CA made of a request that waits.
    .PARAMETER RequestHash
        SHA-256 of the request.
    .PARAMETER Label
        FriendlyName of the certificate.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [string] $RequestHash,
        [Parameter(Mandatory = $true)] [string] $Label
    )
    $store = Open-CsiStore -Name 'REQUEST' -Writable
    try {
        $request = Find-CsiEnrolmentRequest -Store $store -RequestHash $RequestHash
    } finally {
        $store.Close()
    }
    if ($null -eq $request) {
        return [pscustomobject] @{ status = 'failed'; message = 'the request is no longer in LocalMachine\REQUEST' }
    }
    return Get-CsiEnrolment -Argument @{ Request = $request } -Label $Label
}

function Remove-CsiEnrolmentRequest {
    <#
    .SYNOPSIS
        Removes a request that waits, and its key.
    .PARAMETER RequestHash
        SHA-256 of the request.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [ValidatePattern('\A[0-9a-f]{64}\z')] [string] $RequestHash)
    $store = Open-CsiStore -Name 'REQUEST' -Writable
    try {
        $request = Find-CsiEnrolmentRequest -Store $store -RequestHash $RequestHash
        if ($null -eq $request) {
            return
        }
        # A key of the older interface stays: the template would have had to want it, and no connector can use it.
        $rsa = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($request) -as
        [Security.Cryptography.RSACng]
        if ($null -ne $rsa) {
            $rsa.Key.Delete()
            $rsa.Dispose()
        }
        $store.Remove($request)
    } catch [Security.Cryptography.CryptographicException] {
        throw (New-CsiKeyException -Exception $_.Exception -Message 'The key of the request cannot be removed')
    } finally {
        $store.Close()
    }
}
