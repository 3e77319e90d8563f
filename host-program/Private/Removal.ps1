# What a removal would take: may remove a certificate of the label and its key, if nothing uses them.

function Get-RequestedKey {
    <#
    .SYNOPSIS
        Container and provider of each key that a request is about and that exists: those that its certificates point to
        and, but for an adopted one, the fixed name. Refuses where one of them may be there but does not open.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Certificate
        The certificates that the request is about.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [object[]] $Certificate
    )
    $keys = [ordered] @{}
    foreach ($entry in $Certificate) {
        $opened = Get-CsiKey -CertificateHash $entry.sha256
        if ($null -ne $opened.key) {
            $keys["$($opened.key.keyProvider)/$($opened.key.keyName)"] = [pscustomobject] @{
                Name = $opened.key.keyName; Provider = $opened.key.keyProvider
            }
        } elseif (@('dead', 'unlinked') -notcontains (Get-KeyFault -HResult $opened.hresult)) {
            throw (New-KeyUnavailableRefusal -Problem $opened.problem -HResult $opened.hresult)
        }
    }
    if ($null -eq $RequestBody.adoptSha256) {
        $keys["$($RequestBody.keyProvider)/$($RequestBody.keyName)"] = [pscustomobject] @{
            Name = $RequestBody.keyName; Provider = $RequestBody.keyProvider
        }
    }
    foreach ($key in $keys.Values) {
        if (Test-CsiKey -KeyName $key.Name -KeyProvider $key.Provider) {
            $key
        }
    }
}

function Get-RemovalPlan {
    <#
    .SYNOPSIS
        The certificates and keys that go: those that the request is about, and a certificate of the same subject whose
        label was changed. Refuses where the connector's certificate, or another one, has a key that would go.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $used = (Get-CsiConnector).certificateSha256
    $certificates = @(Get-RequestedCertificate -RequestBody $RequestBody)
    $hashes = @($certificates | ForEach-Object { $_.sha256 })
    $keys = @()
    if ($null -eq $used -or $hashes -notcontains $used) {
        $keys = @(Get-RequestedKey -RequestBody $RequestBody -Certificate $certificates)
    }
    foreach ($key in $keys) {
        foreach ($holder in @(Get-CsiKeyHolder -KeyName $key.Name -KeyProvider $key.Provider)) {
            if ($hashes -contains $holder) {
                continue
            }
            $entry = @(Get-HashedCertificate -CertificateHash $holder)[0]
            if ($holder -ne $used -and ($null -ne $RequestBody.adoptSha256 -or $entry.subject -cne $RequestBody.subject)) {
                $actual = "certificate $($entry.thumbprint) `"$($entry.label)`""
                throw (New-Refusal -Id 'KEY_SHARED' -Expected 'a key that no other certificate has' -Actual $actual -Detail $key.Name)
            }
            $certificates += $entry
            $hashes += $holder
        }
    }
    if ($null -ne $used -and $hashes -contains $used) {
        throw (New-InUseRefusal -Label $RequestBody.label -CertificateHash $used -Server $RequestBody.server)
    }
    return [pscustomobject] @{ Certificates = $certificates; Keys = $keys }
}

function Measure-Planned {
    <#
    .SYNOPSIS
        How many certificates of a plan are there, and whether a key of it is.
    .PARAMETER Plan
        The plan.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $Plan)
    $hashes = @($Plan.Certificates | ForEach-Object { $_.sha256 })
    $left = @($Plan.Keys | Where-Object { Test-CsiKey -KeyName $_.Name -KeyProvider $_.Provider })
    return [ordered] @{
        certificates = @(Get-CsiCertificate | Where-Object { $hashes -contains $_.sha256 }).Count
        keyFile      = $left.Count -gt 0
    }
}

function Remove-Planned {
    <#
    .SYNOPSIS
        Removes what a plan names. The key goes first: a certificate whose key stays must not vanish and leave it behind
        unnamed.
    .PARAMETER Plan
        The plan.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [object] $Plan)
    foreach ($key in $Plan.Keys) {
        Remove-CsiKey -KeyName $key.Name -KeyProvider $key.Provider
    }
    foreach ($entry in $Plan.Certificates) {
        [void] (Remove-CsiCertificateByHash -CertificateHash $entry.sha256)
    }
}

function New-InUseRefusal {
    <#
    .SYNOPSIS
        The refusal to take away what the connector uses.
    .PARAMETER Label
        The certificate's label.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    .PARAMETER Server
        Name of the server in the declaration.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)] [string] $Label,
        [Parameter(Mandatory = $true)] [string] $CertificateHash,
        [Parameter(Mandatory = $true)] [string] $Server
    )
    return New-Refusal -Id 'CERTIFICATE_IN_USE' -Detail $Server -Expected "a connector that does not use `"$Label`"" `
        -Actual "a connector on certificate $CertificateHash"
}
