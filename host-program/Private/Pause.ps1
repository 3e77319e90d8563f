# Pauses the scheduler: may switch it off and on, and keeps the record and task that end an interrupted pause.

function Set-SchedulerBack {
    <#
    .SYNOPSIS
        Puts SyncCycleEnabled back and reads it again; tries a few times, as the service may still be at work.
    .PARAMETER Enabled
        The value that it had.
    .PARAMETER Cause
        What went wrong before, reported with a failure.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [bool] $Enabled,
        [AllowEmptyString()] [string] $Cause = ''
    )
    $actual = ''
    for ($attempt = 1; $attempt -le 5; $attempt++) {
        try {
            if ((Get-CsiScheduler).SyncCycleEnabled -eq $Enabled) {
                return
            }
            Set-CsiSyncCycleEnabled -Enabled $Enabled
            if ((Get-CsiScheduler).SyncCycleEnabled -eq $Enabled) {
                return
            }
            $actual = "SyncCycleEnabled $(-not $Enabled)"
        } catch {
            $actual = $_.Exception.Message
        }
        Wait-CsiTime -Seconds $attempt
    }
    if ($Cause -ne '') {
        $actual += "; before that: $Cause"
    }
    $literal = $Enabled.ToString().ToLowerInvariant()
    throw (New-Refusal -Id 'SCHEDULER_NOT_RESTORED' -Expected "SyncCycleEnabled $Enabled" -Actual $actual -Detail $literal)
}

function Remove-PauseTrace {
    <#
    .SYNOPSIS
        Removes restore task and record of a pause that is over.
    #>
    [CmdletBinding()]
    param()
    if (Test-CsiRestoreTask) {
        Unregister-CsiRestoreTask
    }
    Remove-CsiPauseRecord
}

function Restore-InterruptedPause {
    <#
    .SYNOPSIS
        Ends the pause of a run that did not come back. Answers whether there was one.
    #>
    [CmdletBinding()]
    param()
    $record = Read-CsiPauseRecord
    if ($null -eq $record) {
        return $false
    }
    $script:Changed = $true
    Write-Step -Id 'endingPause'
    Set-SchedulerBack -Enabled $record.syncCycleEnabled
    Remove-PauseTrace
    return $true
}

function Start-Pause {
    <#
    .SYNOPSIS
        Records what is to be put back, and registers and proves the task that does it, before anything is paused.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $now = ConvertTo-UtcTime -Text (Get-CsiTime)
    # A rotation that fails without the old key is followed by a link: two cmdlets.
    $seconds = $RequestBody.bounds.cycleSeconds + 2 * $RequestBody.bounds.cmdletSeconds + $script:PauseMargin
    $format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"
    $culture = [System.Globalization.CultureInfo]::InvariantCulture
    $deadline = $now.AddSeconds($seconds).ToString($format, $culture)
    Write-CsiPauseRecord -Record ([ordered] @{
            operation        = $Operation
            server           = $RequestBody.server
            startedAt        = $now.ToString($format, $culture)
            deadline         = $deadline
            syncCycleEnabled = $true
        })
    try {
        Register-CsiRestoreTask -Deadline $deadline
        $proof = Confirm-CsiRestoreTask
    } catch {
        Remove-PauseTrace
        throw
    }
    if (-not $proof.proven) {
        Remove-PauseTrace
        throw (New-Refusal -Id 'RESTORE_TASK_UNPROVEN' -Expected 'a task that may call the ADSync module as SYSTEM' `
            -Actual "$($proof.problem)")
    }
}

function Wait-CycleEnd {
    <#
    .SYNOPSIS
        Waits until no synchronisation cycle runs, within bounds: the configuration cannot change while one does.
    .PARAMETER Seconds
        The bound.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [long] $Seconds)
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    while ((Get-CsiScheduler).SyncCycleInProgress) {
        if ($watch.Elapsed.TotalSeconds + 1 -gt $Seconds) {
            throw (New-Refusal -Id 'CYCLE_STILL_RUNNING' -Expected "its end within $Seconds s" -Actual 'SyncCycleInProgress True')
        }
        Write-Step -Id 'awaitingCycle' -Elapsed $watch.Elapsed.TotalSeconds -Seconds $Seconds
        Wait-CsiTime -Seconds 1
    }
}

function Invoke-WhilePaused {
    <#
    .SYNOPSIS
        Runs a step while the scheduler is off and no cycle runs, and puts the scheduler back whatever happens. A
        scheduler that a person has switched off stays off. Answers for how many seconds it was off.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Step
        What is done meanwhile.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [scriptblock] $Step
    )
    if (-not (Get-CsiScheduler).SyncCycleEnabled) {
        Wait-CycleEnd -Seconds $RequestBody.bounds.cycleSeconds
        [void] (& $Step)
        return 0
    }
    Write-Step -Id 'pausing'
    Start-Pause -RequestBody $RequestBody
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $cause = ''
    try {
        Set-CsiSyncCycleEnabled -Enabled $false
        if ((Get-CsiScheduler).SyncCycleEnabled) {
            throw (New-Refusal -Id 'UNEXPECTED' -Expected 'SyncCycleEnabled False' -Actual 'SyncCycleEnabled True' `
                -Detail (Get-CsiHost).computerName)
        }
        Wait-CycleEnd -Seconds $RequestBody.bounds.cycleSeconds
        [void] (& $Step)
    } catch {
        $cause = $_.Exception.Message
        throw
    } finally {
        # Record and task stay where this fails: the task tries again.
        Write-Step -Id 'restoring'
        Set-SchedulerBack -Enabled $true -Cause $cause
        Remove-PauseTrace
    }
    return [Math]::Round($watch.Elapsed.TotalSeconds, 3)
}
