# Pauses the scheduler: may switch it off and on, and keeps the record and task that end an interrupted pause.

function Set-SchedulerBack {
    <#
    .SYNOPSIS
        Puts SyncCycleEnabled back and reads it again; tries for three minutes, as the service may still be at work, or be
        restarting.
    .PARAMETER Enabled
        The value that it had.
    .PARAMETER Cause
        What went wrong before, reported with a failure.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [bool] $Enabled,
        [AllowEmptyString()] [string] $Cause = ''
    )
    $actual = ''
    foreach ($seconds in @(0) + $script:RestoreWaits) {
        Wait-CsiTime -Seconds $seconds
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
            $actual = Get-FailureText -Exception $_.Exception
        }
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
        Removes record and restore task of a pause that is over. The record first: should the task stay, it finds nothing to
        restore, and a scheduler that a person switches off from now on stays off.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    Remove-CsiPauseRecord
    if (Test-CsiRestoreTask) {
        Unregister-CsiRestoreTask
    }
}

function Get-PauseRecord {
    <#
    .SYNOPSIS
        What is to be put back after a pause, null if nothing is. A record that cannot be read means that the scheduler was
        on, as only one that is on is paused; Problem says why it cannot be read.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    try {
        $record = Read-CsiPauseRecord
    } catch {
        if ((Get-FailureKind -Exception $_.Exception) -ne 'broken-record') {
            throw
        }
        return [pscustomobject] @{
            Operation = 'unknown'; StartedAt = $null; Deadline = $null; Enabled = $true; Problem = Get-FailureText -Exception $_.Exception
        }
    }
    if ($null -eq $record) {
        return $null
    }
    return [pscustomobject] @{
        Operation = $record.operation; StartedAt = $record.startedAt; Deadline = $record.deadline
        Enabled = $record.syncCycleEnabled; Problem = $null
    }
}

function Move-BrokenRecord {
    <#
    .SYNOPSIS
        Moves a record that cannot be read aside, and reports it. One that cannot be moved stays, and costs nothing more.
    .PARAMETER Name
        pause, sign-in or verification.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [string] $Name)
    $script:Changed = $true
    Write-Step -Id 'movingRecord'
    try {
        [void] (Move-CsiBrokenRecord -Name $Name)
    } catch {
        Write-Verbose -Message (Get-FailureText -Exception $_.Exception)
    }
    Write-Change -Kind 'recordAside' -Line "The record $Name.json could not be read, and was moved aside."
}

function Restore-InterruptedPause {
    <#
    .SYNOPSIS
        Ends the pause of a run that did not come back. Answers whether there was one.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param()
    $record = Get-PauseRecord
    if ($null -eq $record) {
        return $false
    }
    $script:Changed = $true
    Write-Step -Id 'endingPause'
    Set-SchedulerBack -Enabled $record.Enabled
    Write-Change -Kind 'resumed' -Line "Scheduler: SyncCycleEnabled is $($record.Enabled) again, after an interrupted run."
    if ($null -ne $record.Problem) {
        Move-BrokenRecord -Name 'pause'
        if (Test-CsiRestoreTask) {
            Unregister-CsiRestoreTask
        }
        return $true
    }
    Remove-PauseTrace
    return $true
}

function Start-Pause {
    <#
    .SYNOPSIS
        Records what is to be put back, and registers and proves the task that does it, before anything is paused.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Enabled
        What SyncCycleEnabled is.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [bool] $Enabled
    )
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
            syncCycleEnabled = $Enabled
            note             = -join $script:PauseNote
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
    [OutputType([void])]
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

function Set-SchedulerOff {
    <#
    .SYNOPSIS
        Switches the scheduler off, and reads it again.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    Set-CsiSyncCycleEnabled -Enabled $false
    if ((Get-CsiScheduler).SyncCycleEnabled) {
        throw (New-Refusal -Id 'UNEXPECTED' -Expected 'SyncCycleEnabled False' -Actual 'SyncCycleEnabled True' `
            -Detail (Get-CsiHost).computerName)
    }
    Write-Change -Kind 'paused' -Line 'Scheduler: SyncCycleEnabled True became False for a change of the identity.'
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
    .PARAMETER Recorded
        Records the step even if the scheduler is off: it stops the service, which has to start again.
    #>
    [CmdletBinding()]
    [OutputType([double])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [scriptblock] $Step,
        [switch] $Recorded
    )
    $enabled = (Get-CsiScheduler).SyncCycleEnabled
    if (-not $enabled -and -not $Recorded) {
        Wait-CycleEnd -Seconds $RequestBody.bounds.cycleSeconds
        [void] (& $Step)
        return 0
    }
    Write-Step -Id 'pausing'
    Start-Pause -RequestBody $RequestBody -Enabled $enabled
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $cause = ''
    try {
        if ($enabled) {
            Set-SchedulerOff
        }
        Wait-CycleEnd -Seconds $RequestBody.bounds.cycleSeconds
        [void] (& $Step)
    } catch {
        $cause = Get-FailureText -Exception $_.Exception
        throw
    } finally {
        # Record and task stay where this fails: the task tries again.
        Write-Step -Id 'restoring'
        Set-SchedulerBack -Enabled $enabled -Cause $cause
        Remove-PauseTrace
        if ($enabled) {
            Write-Change -Kind 'resumed' -Line 'Scheduler: SyncCycleEnabled is True again.'
        }
    }
    if (-not $enabled) {
        return 0
    }
    return [Math]::Round($watch.Elapsed.TotalSeconds, 3)
}
