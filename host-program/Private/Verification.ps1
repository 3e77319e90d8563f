# Whether the product works with the new identity: may start a synchronisation cycle.

function Test-RefusalText {
    <#
    .SYNOPSIS
        Whether a text of Entra proves that it does not take the credential of the connector. It may name the key that it
        refused: a refusal of another key, as of the one before, is none of this one.
    .PARAMETER Text
        The text.
    .PARAMETER CertificateHash
        SHA-256 of the connector's certificate.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text,
        [Parameter(Mandatory = $true)] [string] $CertificateHash
    )
    if ($Text -notmatch ('\b(' + ($script:RefusalCodes -join '|') + ')\b')) {
        return $false
    }
    if ($Text -notmatch "Thumbprint of key used by client: '([0-9A-Fa-f]+)'") {
        return $true
    }
    $named = $Matches[1]
    $own = @(Get-HashedCertificate -CertificateHash $CertificateHash | ForEach-Object { $_.thumbprint }) + $CertificateHash
    return $own -contains $named
}

function Get-FailedSignIn {
    <#
    .SYNOPSIS
        The sign-ins of the synchronisation service that failed from a time until now, oldest first: when, what Entra said,
        and whether that proves that it does not take the credential.
    .PARAMETER Since
        The time.
    .PARAMETER CertificateHash
        SHA-256 of the connector's certificate.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [string] $Since,
        [Parameter(Mandatory = $true)] [string] $CertificateHash
    )
    $from = ConvertTo-UtcTime -Text $Since
    $hours = [int] [Math]::Ceiling([Math]::Max(0.0, ((ConvertTo-UtcTime -Text (Get-CsiTime)) - $from).TotalHours)) + 1
    $entries = @(Get-CsiEvent -Hours $hours)
    # What was written before a clock that was ahead was set back is in the future now.
    $now = ConvertTo-UtcTime -Text (Get-CsiTime)
    foreach ($entry in $entries) {
        $time = ConvertTo-UtcTime -Text $entry.time
        if ($entry.id -eq 906 -and $entry.message -match 'AADSTS\d' -and $time -ge $from -and $time -le $now) {
            [pscustomobject] @{
                Time    = $time
                # Lines and columns of the event's text are of no use in a sentence.
                Text    = $entry.message -replace '\s+', ' '
                Refuses = Test-RefusalText -Text $entry.message -CertificateHash $CertificateHash
            }
        }
    }
}

function New-Verdict {
    <#
    .SYNOPSIS
        What a verification found. Only a refusal undoes a switch; what is neither proven nor refused stays.
    .PARAMETER State
        verified, refused or unverified.
    .PARAMETER Sentence
        What was wrong.
    .PARAMETER Expected
        What was expected.
    .PARAMETER Actual
        What was found.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [ValidateSet('verified', 'refused', 'unverified')] [string] $State,
        [AllowEmptyString()] [string] $Sentence = '',
        [AllowEmptyString()] [string] $Expected = '',
        [AllowEmptyString()] [string] $Actual = ''
    )
    return [pscustomobject] @{ State = $State; Sentence = $Sentence; Expected = $Expected; Actual = $Actual }
}

function New-RefusedVerdict {
    <#
    .SYNOPSIS
        The verdict of a switch to a credential that Entra does not take.
    .PARAMETER Actual
        What Entra said, and what became of the cycle.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $Actual)
    return New-Verdict -State 'refused' -Sentence 'Entra refused a sign-in of the synchronisation service.' `
        -Expected 'no event 906 since the switch that refuses the credential' -Actual $Actual
}

function Get-NewRun {
    <#
    .SYNOPSIS
        The runs that ended and were not in the history before. Their times may be local ones without saying so, or of a
        clock that was set back, so they do not decide.
    .PARAMETER Known
        The ids of the runs that were there before.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [AllowEmptyCollection()] [string[]] $Known)
    Get-CsiRunResult | Where-Object { $Known -notcontains $_.id -and $null -ne $_.endedAt }
}

function Wait-VerificationCycle {
    <#
    .SYNOPSIS
        Waits until no cycle runs and, if one was started, until its runs at the Entra connector are in the history: a
        cycle that was started does not run at once. Answers whether that came within the time.
    .PARAMETER Watch
        For how long the verification goes on.
    .PARAMETER Seconds
        How long it may.
    .PARAMETER Known
        The ids of the runs before a cycle was started, null if none was.
    .PARAMETER ConnectorName
        Name of the Entra connector.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [System.Diagnostics.Stopwatch] $Watch,
        [Parameter(Mandatory = $true)] [long] $Seconds,
        [AllowNull()] [object] $Known = $null,
        [AllowEmptyString()] [string] $ConnectorName = ''
    )
    $pause = 0.25
    $step = 'verifying'
    if ($null -eq $Known) {
        $step = 'awaitingCycle'
    }
    $seen = $null -eq $Known
    while ($true) {
        $running = (Get-CsiScheduler).SyncCycleInProgress
        $seen = $seen -or $running
        if (-not $running -and -not $seen) {
            $seen = @(Get-NewRun -Known $Known | Where-Object { $_.connector -eq $ConnectorName }).Count -gt 0
        }
        if (-not $running -and $seen) {
            return $true
        }
        if ($Watch.Elapsed.TotalSeconds + $pause -gt $Seconds) {
            # One that never showed is reported by its missing runs.
            return -not $running
        }
        Write-Step -Id $step -Elapsed $Watch.Elapsed.TotalSeconds -Seconds $Seconds
        Wait-CsiTime -Seconds $pause
        $pause = [Math]::Min($pause * 1.5, 5.0)
    }
}

function Start-VerificationCycle {
    <#
    .SYNOPSIS
        Starts a delta cycle, behind one that may be running: the scheduler may begin one of its own at any moment.
        Answers when and which runs were there before, or why there is none.
    .PARAMETER Watch
        For how long the verification goes on.
    .PARAMETER Seconds
        How long it may.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [System.Diagnostics.Stopwatch] $Watch,
        [Parameter(Mandatory = $true)] [long] $Seconds
    )
    while (Wait-VerificationCycle -Watch $Watch -Seconds $Seconds) {
        $known = @(Get-CsiRunResult | ForEach-Object { $_.id })
        $startedAt = Get-CsiTime
        $start = Start-CsiSyncCycle
        if ($start.started) {
            return [pscustomobject] @{ StartedAt = $startedAt; Known = $known; Verdict = $null }
        }
        if (-not (Get-CsiScheduler).SyncCycleInProgress) {
            $verdict = New-Verdict -State 'unverified' -Sentence 'A delta cycle could not be started after the switch.' `
                -Expected 'Start-ADSyncSyncCycle to start one' -Actual "$($start.problem)"
            return [pscustomobject] @{ StartedAt = ''; Known = @(); Verdict = $verdict }
        }
    }
    $verdict = New-Verdict -State 'unverified' `
        -Sentence 'A cycle that ran before the one that was to verify the switch did not end in time.' `
        -Expected "its end within $Seconds s" -Actual 'SyncCycleInProgress True'
    return [pscustomobject] @{ StartedAt = ''; Known = @(); Verdict = $verdict }
}

function Get-CycleVerdict {
    <#
    .SYNOPSIS
        Runs a delta cycle and judges its runs at the Entra connector, together with what Entra said since the switch.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Since
        When the switch began.
    .PARAMETER Verification
        Gets the cycle.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [string] $Since,
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Verification
    )
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $seconds = $RequestBody.bounds.verifySeconds
    $name = (Get-CsiConnector).name
    $start = Start-VerificationCycle -Watch $watch -Seconds $seconds
    if ($null -ne $start.Verdict) {
        return $start.Verdict
    }
    Write-Step -Id 'verifying' -Elapsed $watch.Elapsed.TotalSeconds -Seconds $seconds
    if (-not (Wait-VerificationCycle -Watch $watch -Seconds $seconds -Known $start.Known -ConnectorName $name)) {
        return New-Verdict -State 'unverified' -Sentence 'The delta cycle that was to verify the switch did not end in time.' `
            -Expected "its end within $seconds s" -Actual 'SyncCycleInProgress True'
    }
    $runs = @(Get-NewRun -Known $start.Known)
    $Verification.cycle = [ordered] @{
        startedAt = $start.StartedAt
        results   = @($runs | Select-Object -Property 'connector', 'runProfile', 'result', 'startedAt', 'endedAt')
    }
    $failures = @(Get-FailedSignIn -Since $Since -CertificateHash $RequestBody.certificateSha256)
    $runs = @($runs | Where-Object { $_.connector -eq $name })
    # The words of the synchronisation engine for a run that did not do its work; an error of single objects is completed-...
    $bad = @($runs | Where-Object { $_.result -match '^(stopped|no-start)-' })
    $refusals = @($failures | Where-Object { $_.Refuses })
    if ($runs.Count -gt 0 -and $bad.Count -eq 0) {
        # What Entra said before the cycle, the cycle has answered.
        $later = @($refusals | Where-Object { $_.Time -ge (ConvertTo-UtcTime -Text $start.StartedAt) })
        if ($later.Count -eq 0) {
            return New-Verdict -State 'verified'
        }
        return New-Verdict -State 'unverified' -Sentence 'The delta cycle after the switch went well, but Entra refused a sign-in since.' `
            -Expected 'no event 906 since the cycle that refuses the credential' -Actual $later[0].Text
    }
    $actual = 'no run in the history'
    if ($bad.Count -gt 0) {
        $actual = @($bad | ForEach-Object { "$($_.runProfile): $($_.result)" }) -join ', '
        if ($refusals.Count -gt 0) {
            return New-RefusedVerdict -Actual "$($refusals[0].Text) ($actual)"
        }
    }
    if ($failures.Count -gt 0) {
        $actual += "; $($failures[0].Text)"
    }
    return New-Verdict -State 'unverified' -Sentence "The delta cycle after the switch did not succeed at the connector `"$name`"." `
        -Expected 'runs that end with success' -Actual $actual
}

function Get-SwitchVerdict {
    <#
    .SYNOPSIS
        Looks whether synchronisation works on the identity that the connector was switched to.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Since
        When the switch began, empty where that was in an earlier run.
    .PARAMETER Verification
        Gets the cycle, or why there was none.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Since,
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Verification
    )
    if ($Since -eq '') {
        # What was refused before this run is what it is to find cured.
        $Since = Get-CsiTime
    } elseif (Test-BlankParameter -Connector (Get-CsiConnector)) {
        return New-Verdict -State 'unverified' -Sentence 'The connectivity parameters are blank after the switch.' `
            -Expected 'ApplicationManagedBy, CertificateManagedBy and CertificateId' -Actual 'blank'
    }
    if ($RequestBody.verify -eq 'switch') {
        $Verification.skipped = 'only the switch was to be verified (verify: "switch")'
    } elseif (-not (Get-CsiScheduler).SyncCycleEnabled) {
        $Verification.skipped = 'the scheduler is off (SyncCycleEnabled False)'
    } else {
        return Get-CycleVerdict -RequestBody $RequestBody -Since $Since -Verification $Verification
    }
    $refusals = @(Get-FailedSignIn -Since $Since -CertificateHash $RequestBody.certificateSha256 | Where-Object { $_.Refuses })
    if ($refusals.Count -gt 0) {
        return New-RefusedVerdict -Actual $refusals[0].Text
    }
    return New-Verdict -State 'verified'
}

function Get-SwitchVerdictOrReason {
    <#
    .SYNOPSIS
        The verdict; where something of it cannot be read, that is no evidence.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Since
        When the switch began, empty where that was in an earlier run.
    .PARAMETER Verification
        Gets the cycle, or why there was none.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Since,
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Verification
    )
    try {
        return Get-SwitchVerdict @PSBoundParameters
    } catch {
        $reason = $_.Exception.GetBaseException().Message
        return New-Verdict -State 'unverified' -Sentence 'What verifies the switch cannot be read.' `
            -Expected 'scheduler, run history and event log' -Actual $reason
    }
}
