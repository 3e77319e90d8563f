# ensure-certificate: may make a key and its certificate, set access rules, and remove one with another provider that nothing uses.

function Remove-MadeCertificate {
    <#
    .SYNOPSIS
        Removes what this run made, and nothing that was there before. Answers whether that succeeded.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Entry
        The certificate, null where it was not made.
    .PARAMETER HadKey
        Whether the key was there before.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [AllowNull()] [object] $Entry,
        [Parameter(Mandatory = $true)] [bool] $HadKey
    )
    try {
        if (-not $HadKey -and (Test-CsiKey -KeyName $RequestBody.keyName -KeyProvider $RequestBody.keyProvider)) {
            Remove-CsiKey -KeyName $RequestBody.keyName -KeyProvider $RequestBody.keyProvider
        }
        # A step may fail behind its effect; before this run there was none of the label.
        $made = @(if ($null -ne $Entry) { $Entry } else { Get-LabelledCertificate -Label $RequestBody.label })
        foreach ($one in $made) {
            [void] (Remove-CsiCertificateByHash -CertificateHash $one.sha256)
        }
        return $true
    } catch {
        # The next run finds certificate and key by label and name; what went wrong first is what counts.
        Write-Verbose -Message $_.Exception.Message
        return $false
    }
}

function Assert-OwnKey {
    <#
    .SYNOPSIS
        Refuses a key under the fixed name that a certificate of another subject has: it is another server's.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    foreach ($holder in @(Get-CsiKeyHolder -KeyName $RequestBody.keyName -KeyProvider $RequestBody.keyProvider)) {
        $entry = @(Get-HashedCertificate -CertificateHash $holder)[0]
        if ($entry.subject -cne $RequestBody.subject) {
            throw (New-Refusal -Id 'KEY_SHARED.making' -Expected 'a key that no other certificate has' `
                -Actual "certificate $($entry.thumbprint) `"$($entry.label)`"" -Detail $RequestBody.keyName)
        }
    }
}

function Test-UselessKey {
    <#
    .SYNOPSIS
        Whether the key that is there under the fixed name is of no use to anyone: no certificate has it, and it does not sign
        for a reason that does not pass.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Exception
        How making its certificate failed.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [Exception] $Exception
    )
    if ((Get-FailureKind -Exception $Exception) -ne 'key') {
        return $false
    }
    $fault = Get-KeyFault -HResult $Exception.Data['CsiHResult'] -SignedWith $RequestBody.keyProvider
    if (@('dead', 'unsupported', 'unknown') -notcontains $fault) {
        return $false
    }
    return @(Get-CsiKeyHolder -KeyName $RequestBody.keyName -KeyProvider $RequestBody.keyProvider).Count -eq 0
}

function New-CheckedCertificate {
    <#
    .SYNOPSIS
        Makes key and certificate, sets the access rules, signs and verifies; removes what it made where that fails.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Service
        The service.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [object] $Service
    )
    Assert-Framework
    $hadKey = Test-CsiKey -KeyName $RequestBody.keyName -KeyProvider $RequestBody.keyProvider
    if ($hadKey) {
        Assert-OwnKey -RequestBody $RequestBody
    }
    $wasChanged = $script:Changed
    $script:Changed = $true
    $entry = $null
    Write-Step -Id 'makingKey'
    try {
        $wanted = @{
            Label = $RequestBody.label; KeyName = $RequestBody.keyName; Subject = $RequestBody.subject
            KeyProvider = $RequestBody.keyProvider; KeyLength = $RequestBody.keyLength; LifetimeDays = $RequestBody.lifetimeDays
        }
        try {
            $entry = New-CsiCertificate @wanted
        } catch {
            if (-not $hadKey -or -not (Test-UselessKey -RequestBody $RequestBody -Exception $_.Exception)) {
                throw
            }
            Remove-CsiKey -KeyName $RequestBody.keyName -KeyProvider $RequestBody.keyProvider
            $hadKey = $false
            $entry = New-CsiCertificate @wanted
        }
        $fact = Get-CertificateFact -Entry $entry
        if (-not $fact.keyUsable) {
            throw (New-KeyRefusal -Fact $fact)
        }
        if (-not $fact.keyInHardware -and -not $RequestBody.allowSoftwareKey) {
            throw (New-Refusal -Id 'KEY_NOT_IN_HARDWARE' -Expected 'a key in the TPM' -Actual "$($fact.keyProvider)" `
                -Detail $RequestBody.label)
        }
        [void] (Set-ExactAccess -CertificateHash $entry.sha256 -Service $Service)
        return $entry
    } catch {
        $failure = $_
        if (Remove-MadeCertificate -RequestBody $RequestBody -Entry $entry -HadKey $hadKey) {
            $script:Changed = $wasChanged
        }
        throw $failure
    }
}

function Invoke-AdoptCertificate {
    <#
    .SYNOPSIS
        Takes the certificate that a request adopts as it is; only who may use its key is set right.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Service
        The service.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [object] $Service
    )
    $hash = $RequestBody.adoptSha256
    $entry = Get-OnlyHashed -CertificateHash $hash -MissingId 'CERTIFICATE_MISSING.adopted'
    $before = Get-CertificateFact -Entry $entry
    if (-not $before.keyUsable) {
        throw (New-KeyRefusal -Fact $before -Source 'adopted')
    }
    if (Set-ExactAccess -CertificateHash $hash -Service $Service) {
        $script:Changed = $true
    }
    return [ordered] @{ before = $before; after = Get-CertificateFact -Entry $entry }
}

function Invoke-EnsureCertificate {
    <#
    .SYNOPSIS
        ensure-certificate: a certificate with this label whose key signs, is where it was asked for, and may be used
        by the service account; or the one that the request adopts, names as one of a CA, or asks a CA for.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $installation = Get-Installation
    $service = $installation.Service
    Assert-Version -Version $installation.Product.version -Minimum $RequestBody.minimumVersion
    Assert-ServiceAccount -Service $service -Declared $RequestBody.serviceAccount
    if (Test-OptionalTruth -RequestBody $RequestBody -Name 'issued') {
        return Invoke-TakeIssuedCertificate -RequestBody $RequestBody -Service $service
    }
    if ($null -ne $RequestBody.adoptSha256) {
        return Invoke-AdoptCertificate -RequestBody $RequestBody -Service $service
    }
    if ($null -ne $RequestBody.PSObject.Properties['enrolment']) {
        return Invoke-Enrol -RequestBody $RequestBody -Service $service
    }
    if ($RequestBody.keyProvider -ne $script:TpmProvider -and -not $RequestBody.allowSoftwareKey) {
        throw (New-Refusal -Id 'KEY_NOT_IN_HARDWARE.provider' -Expected 'the provider of the TPM, or allowSoftwareKey true' `
            -Actual $RequestBody.keyProvider)
    }
    if ($RequestBody.keyProvider -eq $script:TpmProvider) {
        # If Windows does not say, making the key and signing with it decide.
        $tpm = Read-OptionalFact -Field 'tpm' -Unreadable (New-Object -TypeName Collections.ArrayList) -Read { Get-CsiTpm }
        # So they do for one that is not ready: it may lack no more than its owner's authorisation.
        if ($null -ne $tpm -and -not $tpm.present) {
            throw (New-Refusal -Id 'TPM_MISSING' -Expected 'a TPM' -Actual 'none')
        }
    }
    $entry = Get-OnlyLabelled -Label $RequestBody.label
    $before = $null
    if ($null -ne $entry) {
        $before = Get-CertificateFact -Entry $entry
        if ($before.keyUsable -and $before.keyProvider -eq $RequestBody.keyProvider) {
            if (Set-ExactAccess -CertificateHash $before.sha256 -Service $service) {
                $script:Changed = $true
            }
            return [ordered] @{ before = $before; after = Get-CertificateFact -Entry $entry }
        }
        $inUse = (Get-CsiConnector).certificateSha256 -eq $before.sha256
        if ($inUse -and $before.keyUsable) {
            $expected = "the key of `"$($before.label)`" with $($RequestBody.keyProvider)"
            throw (New-Refusal -Id 'CERTIFICATE_IN_USE.provider' -Expected $expected -Actual "$($before.keyProvider)")
        }
        if (-not $before.keyUsable) {
            # A dead one too: the next run sees it, and makes another generation beside it.
            throw (New-KeyRefusal -Fact $before)
        }
        $plan = Get-RemovalPlan -RequestBody $RequestBody
        $script:Changed = $true
        Remove-Planned -Plan $plan
    }
    $entry = New-CheckedCertificate -RequestBody $RequestBody -Service $service
    return [ordered] @{ before = $before; after = Get-CertificateFact -Entry $entry }
}
