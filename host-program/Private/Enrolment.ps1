# A certificate that a CA issues by a template: may ask for one, and removes what this run made where it cannot be used.

function Assert-Enrolled {
    <#
    .SYNOPSIS
        Refuses a certificate that a CA issued by a template unless a connector may use it.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Entry
        The certificate.
    .PARAMETER Fact
        What is known of certificate and key.
    .PARAMETER New
        Whether it was issued just now: then it has to be valid for long enough.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [object] $Entry,
        [Parameter(Mandatory = $true)] [object] $Fact,
        [switch] $New
    )
    $enrolment = $RequestBody.enrolment
    $issuance = Get-CsiIssuance -CertificateHash $Entry.sha256
    $problems = @(Get-IssuedProblem -Entry $Entry -Issuance $issuance -KeyLength $RequestBody.keyLength)
    $days = ((ConvertTo-UtcTime -Text $Entry.notAfter) - (ConvertTo-UtcTime -Text (Get-CsiTime))).TotalDays
    if ($New -and $days -le $enrolment.leastDays) {
        $problems += "it is valid for $([Math]::Floor($days)) days, and is to be replaced $($enrolment.leastDays) days before its end"
    }
    if ($problems.Count -gt 0) {
        throw (New-UnsuitableRefusal -Id 'CERTIFICATE_UNSUITABLE.template' -Problem $problems -Detail $enrolment.template)
    }
    if (-not $Fact.keyUsable) {
        throw (New-KeyRefusal -Fact $Fact)
    }
    if (-not $Fact.keyInHardware -and -not $RequestBody.allowSoftwareKey) {
        throw (New-Refusal -Id 'KEY_NOT_IN_HARDWARE.template' -Expected 'a key in the TPM' -Actual "$($Fact.keyProvider)" `
            -Detail $enrolment.template)
    }
}

function New-EnrolmentRefusal {
    <#
    .SYNOPSIS
        The refusal of a run to which the CA gave no certificate.
    .PARAMETER Outcome
        What the CA answered.
    .PARAMETER Template
        The name of the template.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)] [object] $Outcome,
        [Parameter(Mandatory = $true)] [string] $Template
    )
    $expected = 'a certificate that the CA issued'
    if ($Outcome.status -eq 'pending') {
        return New-Refusal -Id 'ENROLMENT_PENDING' -Expected $expected -Actual 'a request that waits' -Detail $Template
    }
    if ($Outcome.status -eq 'denied') {
        return New-Refusal -Id 'ENROLMENT_FAILED.denied' -Expected $expected -Actual $Outcome.message -Detail $Template
    }
    return New-Refusal -Id 'ENROLMENT_FAILED' -Expected $expected -Actual $Outcome.message -Detail $Template
}

function Request-Enrolment {
    <#
    .SYNOPSIS
        Asks a CA, or asks it again for a request that waits. Refuses unless the certificate was issued.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $label = $RequestBody.label
    $template = $RequestBody.enrolment.template
    $waiting = @(Get-CsiEnrolmentRequest -Label $label)
    if ($waiting.Count -eq 0) {
        Write-Step -Id 'enrolling'
        $outcome = Request-CsiCertificate -Template $template -Label $label
    } else {
        Write-Step -Id 'collecting'
        $outcome = Receive-CsiCertificate -RequestHash $waiting[0] -Label $label
    }
    if ($outcome.status -eq 'issued') {
        return
    }
    if ($outcome.status -eq 'denied') {
        Remove-Enrolment -RequestBody $RequestBody
    } elseif ($outcome.status -eq 'pending' -and $waiting.Count -eq 0) {
        $script:Changed = $true
    }
    throw (New-EnrolmentRefusal -Outcome $outcome -Template $template)
}

function Remove-Enrolment {
    <#
    .SYNOPSIS
        Removes the requests of a label that wait, with their keys.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    foreach ($hash in @(Get-CsiEnrolmentRequest -Label $RequestBody.label)) {
        $script:Changed = $true
        Remove-CsiEnrolmentRequest -RequestHash $hash
    }
}

function Invoke-Enrol {
    <#
    .SYNOPSIS
        The certificate of the label, which a CA is asked for if it is not there.
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
    $entry = Get-OnlyLabelled -Label $RequestBody.label
    if ($null -ne $entry) {
        $before = Get-CertificateFact -Entry $entry
        Assert-Enrolled -RequestBody $RequestBody -Entry $entry -Fact $before
        if (Set-ExactAccess -CertificateHash $entry.sha256 -Service $Service) {
            $script:Changed = $true
        }
        return [ordered] @{ before = $before; after = Get-CertificateFact -Entry $entry }
    }
    Request-Enrolment -RequestBody $RequestBody
    $wasChanged = $script:Changed
    $script:Changed = $true
    $entry = Get-OnlyLabelled -Label $RequestBody.label
    try {
        Assert-Enrolled -RequestBody $RequestBody -Entry $entry -Fact (Get-CertificateFact -Entry $entry) -New
        [void] (Set-ExactAccess -CertificateHash $entry.sha256 -Service $Service)
    } catch {
        $failure = $_
        # Nothing but this run knows it yet.
        Remove-Planned -Plan (Get-RemovalPlan -RequestBody $RequestBody)
        $script:Changed = $wasChanged
        throw $failure
    }
    return [ordered] @{ before = $null; after = Get-CertificateFact -Entry $entry }
}
