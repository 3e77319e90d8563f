# A certificate that a CA issued: its chain, its revocation, its usages. Changes nothing on the server.

function Test-CsiExportable {
    <#
    .SYNOPSIS
        Whether the private key of a certificate can be exported; null where it does not open.
    .PARAMETER Certificate
        The certificate.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [Security.Cryptography.X509Certificates.X509Certificate2] $Certificate)
    $rsa = $null
    try {
        $rsa = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($Certificate)
        if ($null -eq $rsa) {
            return $null
        }
        if ($rsa -isnot [Security.Cryptography.RSACng]) {
            return [bool] $rsa.CspKeyContainerInfo.Exportable
        }
        # AllowExport and AllowPlaintextExport
        return ([int] $rsa.Key.ExportPolicy -band 3) -ne 0
    } catch {
        Write-Verbose -Message "Whether the key can be exported is not known: $(Get-CsiFailureText -Exception $_.Exception)"
        return $null
    } finally {
        if ($null -ne $rsa) {
            $rsa.Dispose()
        }
    }
}

function Get-CsiChain {
    <#
    .SYNOPSIS
        Whether the chain of a certificate ends in a root that this computer trusts, and whether a certificate of it was revoked.
    .DESCRIPTION
        Built as the computer, with the lists and responders that the certificates name. What is not valid yet, or no longer,
        is judged by its dates and not here. One that answers nothing is no proof: the revocation is unchecked then.
    .PARAMETER Certificate
        The certificate.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [Security.Cryptography.X509Certificates.X509Certificate2] $Certificate)
    $chain = New-Object -TypeName Security.Cryptography.X509Certificates.X509Chain -ArgumentList $true
    $chain.ChainPolicy.RevocationMode = [Security.Cryptography.X509Certificates.X509RevocationMode]::Online
    $chain.ChainPolicy.RevocationFlag = [Security.Cryptography.X509Certificates.X509RevocationFlag]::ExcludeRoot
    $chain.ChainPolicy.UrlRetrievalTimeout = [TimeSpan]::FromSeconds(10)
    $problems = @()
    $unchecked = @()
    $revoked = $false
    try {
        [void] $chain.Build($Certificate)
        foreach ($status in $chain.ChainStatus) {
            switch ("$($status.Status)") {
                'NoError' { }
                'NotTimeValid' { }
                'Revoked' { $revoked = $true }
                { @('RevocationStatusUnknown', 'OfflineRevocation') -contains $_ } { $unchecked += $status.StatusInformation.Trim() }
                default { $problems += "$($status.Status): $($status.StatusInformation.Trim())" }
            }
        }
    } catch {
        $problems += "the chain cannot be built: $(Get-CsiFailureText -Exception $_.Exception)"
        $unchecked += 'the chain cannot be built'
    }
    $found = [pscustomobject] @{
        trusted = $problems.Count -eq 0; problem = $null; revocation = 'good'; revocationProblem = $null
    }
    if ($problems.Count -gt 0) {
        $found.problem = @($problems | Select-Object -Unique) -join '; '
    }
    if ($unchecked.Count -gt 0) {
        $found.revocation = 'unchecked'
        $found.revocationProblem = @($unchecked | Select-Object -Unique) -join '; '
    }
    if ($revoked) {
        $found.revocation = 'revoked'
        $found.revocationProblem = $null
    }
    return $found
}

function Get-CsiIssuance {
    <#
    .SYNOPSIS
        What can be said of a certificate because a CA issued it; null for one that signs itself.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $CertificateHash)
    $certificate = Find-CsiCertificate -CertificateHash $CertificateHash
    if ($certificate.Issuer -ceq $certificate.Subject) {
        return $null
    }
    $usages = $null
    $purposes = $null
    foreach ($extension in $certificate.Extensions) {
        if ($extension -is [Security.Cryptography.X509Certificates.X509KeyUsageExtension]) {
            $usages = @("$($extension.KeyUsages)" -split ', ')
        }
        if ($extension -is [Security.Cryptography.X509Certificates.X509EnhancedKeyUsageExtension]) {
            $purposes = @($extension.EnhancedKeyUsages | ForEach-Object { $_.Value })
        }
    }
    $length = 0
    $rsa = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPublicKey($certificate)
    if ($null -ne $rsa) {
        $length = 8 * $rsa.ExportParameters($false).Modulus.Length
        $rsa.Dispose()
    }
    $chain = Get-CsiChain -Certificate $certificate
    return [pscustomobject] @{
        issuer            = $certificate.Issuer
        trusted           = $chain.trusted
        problem           = $chain.problem
        revocation        = $chain.revocation
        revocationProblem = $chain.revocationProblem
        keyLength         = $length
        keyUsages         = $usages
        purposes          = $purposes
        exportable        = Test-CsiExportable -Certificate $certificate
    }
}
