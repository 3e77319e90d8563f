# Whether the product works with the new identity: may start a synchronisation cycle.

function Get-RefusedSignIn {
    <#
    .SYNOPSIS
        The first event from a time until now in which Entra refused the synchronisation service, null where there is
        none.
    .PARAMETER Since
        The time.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Since)
    $from = ConvertTo-UtcTime -Text $Since
    $hours = [int] [Math]::Ceiling([Math]::Max(0.0, ((ConvertTo-UtcTime -Text (Get-CsiTime)) - $from).TotalHours)) + 1
    $entries = @(Get-CsiEvent -Hours $hours)
    # What was written before a clock that was ahead was set back is in the future now.
    $now = ConvertTo-UtcTime -Text (Get-CsiTime)
    foreach ($entry in $entries) {
        $time = ConvertTo-UtcTime -Text $entry.time
        if ($entry.id -eq 906 -and $entry.message -match 'AADSTS\d' -and $time -ge $from -and $time -le $now) {
            # Lines and columns of the event's text are of no use in a sentence.
            return $entry.message -replace '\s+', ' '
        }
    }
    return $null
}

function New-VerificationProblem {
    <#
    .SYNOPSIS
        What a verification found wrong.
    .PARAMETER Sentence
        What it is.
    .PARAMETER Expected
        What was expected.
    .PARAMETER Actual
        What was found.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Sentence,
        [Parameter(Mandatory = $true)] [string] $Expected,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Actual
    )
    return [pscustomobject] @{ Sentence = $Sentence; Expected = $Expected; Actual = $Actual }
}

function Get-PastRun {
    <#
    .SYNOPSIS
        The runs of the history that began from a time until now: what a clock that was ahead left is in the future.
    .PARAMETER Since
        The time.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Since)
    $runs = @(Get-CsiRunResult -Since $Since)
    $now = ConvertTo-UtcTime -Text (Get-CsiTime)
    return $runs | Where-Object { (ConvertTo-UtcTime -Text $_.startedAt) -le $now }
}

function Wait-VerificationCycle {
    <#
    .SYNOPSIS
        Waits until no cycle runs and, where one was started, until its runs at the Entra connector are in the history:
        a cycle that was started does not run at once. Answers whether that came within the time.
    .PARAMETER Watch
        For how long the verification goes on.
    .PARAMETER Seconds
        How long it may.
    .PARAMETER StartedAt
        When a cycle was started, empty where none was.
    .PARAMETER ConnectorName
        Name of the Entra connector.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Diagnostics.Stopwatch] $Watch,
        [Parameter(Mandatory = $true)] [long] $Seconds,
        [AllowEmptyString()] [string] $StartedAt = '',
        [AllowEmptyString()] [string] $ConnectorName = ''
    )
    $pause = 0.25
    $step = 'verifying'
    if ($StartedAt -eq '') {
        $step = 'awaitingCycle'
    }
    $seen = $StartedAt -eq ''
    while ($true) {
        $running = (Get-CsiScheduler).SyncCycleInProgress
        $seen = $seen -or $running
        if (-not $running -and -not $seen) {
            $seen = @(Get-PastRun -Since $StartedAt | Where-Object { $_.connector -eq $ConnectorName }).Count -gt 0
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
        Answers when, or the problem.
    .PARAMETER Watch
        For how long the verification goes on.
    .PARAMETER Seconds
        How long it may.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [System.Diagnostics.Stopwatch] $Watch,
        [Parameter(Mandatory = $true)] [long] $Seconds
    )
    while (Wait-VerificationCycle -Watch $Watch -Seconds $Seconds) {
        $startedAt = Get-CsiTime
        $start = Start-CsiSyncCycle
        if ($start.started) {
            return [pscustomobject] @{ StartedAt = $startedAt; Problem = $null }
        }
        if (-not (Get-CsiScheduler).SyncCycleInProgress) {
            $problem = New-VerificationProblem -Sentence 'A delta cycle could not be started after the switch.' `
                -Expected 'Start-ADSyncSyncCycle to start one' -Actual "$($start.problem)"
            return [pscustomobject] @{ StartedAt = ''; Problem = $problem }
        }
    }
    $problem = New-VerificationProblem -Sentence 'A cycle that ran before the one that was to verify the switch did not end in time.' `
        -Expected "its end within $Seconds s" -Actual 'SyncCycleInProgress True'
    return [pscustomobject] @{ StartedAt = ''; Problem = $problem }
}

function Invoke-VerificationCycle {
    <#
    .SYNOPSIS
        Runs a delta cycle and judges its runs at the Entra connector. Null where they went well, else the problem.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Verification
        Gets the cycle.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Verification
    )
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $seconds = $RequestBody.bounds.verifySeconds
    $name = (Get-CsiConnector).name
    $start = Start-VerificationCycle -Watch $watch -Seconds $seconds
    if ($null -ne $start.Problem) {
        return $start.Problem
    }
    $startedAt = $start.StartedAt
    Write-Step -Id 'verifying' -Elapsed $watch.Elapsed.TotalSeconds -Seconds $seconds
    if (-not (Wait-VerificationCycle -Watch $watch -Seconds $seconds -StartedAt $startedAt -ConnectorName $name)) {
        return New-VerificationProblem -Sentence 'The delta cycle that was to verify the switch did not end in time.' `
            -Expected "its end within $seconds s" -Actual 'SyncCycleInProgress True'
    }
    $results = @(Get-PastRun -Since $startedAt)
    $Verification.cycle = [ordered] @{ startedAt = $startedAt; results = $results }
    $runs = @($results | Where-Object { $_.connector -eq $name })
    # The words of the synchronisation engine for a run that did not do its work; an error of single objects is completed-...
    $bad = @($runs | Where-Object { $_.result -match '^(stopped|no-start)-' })
    if ($runs.Count -gt 0 -and $bad.Count -eq 0) {
        return $null
    }
    $actual = 'no run in the history'
    if ($bad.Count -gt 0) {
        $actual = @($bad | ForEach-Object { "$($_.runProfile): $($_.result)" }) -join ', '
    }
    return New-VerificationProblem -Sentence "The delta cycle after the switch failed at the connector `"$name`"." `
        -Expected 'runs that end with success' -Actual $actual
}

function Get-SwitchProblem {
    <#
    .SYNOPSIS
        Looks whether synchronisation works on the identity that the connector was switched to: null where it does.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Since
        When the switch began, empty where that was in an earlier run.
    .PARAMETER Verification
        Gets the cycle, or why there was none.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Since,
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Verification
    )
    if ($Since -eq '') {
        # What was refused before this run is what it is to find cured.
        $Since = Get-CsiTime
    } elseif (Test-BlankParameter -Connector (Get-CsiConnector)) {
        return New-VerificationProblem -Sentence 'The connectivity parameters are blank after the switch.' `
            -Expected 'ApplicationManagedBy, CertificateManagedBy and CertificateId' -Actual 'blank'
    }
    $refused = Get-RefusedSignIn -Since $Since
    if ($null -eq $refused) {
        if ($RequestBody.verify -eq 'switch') {
            $Verification.skipped = 'only the switch was to be verified (verify: "switch")'
        } elseif (-not (Get-CsiScheduler).SyncCycleEnabled) {
            $Verification.skipped = 'the scheduler is off (SyncCycleEnabled False)'
        } else {
            $problem = Invoke-VerificationCycle -RequestBody $RequestBody -Verification $Verification
            if ($null -ne $problem) {
                return $problem
            }
            $refused = Get-RefusedSignIn -Since $Since
        }
    }
    if ($null -eq $refused) {
        return $null
    }
    return New-VerificationProblem -Sentence 'Entra refused a sign-in of the synchronisation service.' `
        -Expected 'no event 906 with an error of Entra since the switch' -Actual $refused
}
