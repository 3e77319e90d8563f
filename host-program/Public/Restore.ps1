# restore, run by the task: switches the scheduler on after an interrupted pause.

# Tries of one run of the task, ten seconds apart and within two hours; then the task's next run goes on.
$script:RestoreTries = 720

function Write-RestoreProof {
    <#
    .SYNOPSIS
        What the restore task does if it is only to prove that it can: reads record and scheduler, writes the value that
        the scheduler has, and answers how that went.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    $text = 'proven'
    try {
        $record = Get-PauseRecord
        $enabled = (Get-CsiScheduler).SyncCycleEnabled
        Set-CsiSyncCycleEnabled -Enabled $enabled
        if ($null -eq $record -or $null -ne $record.Problem) {
            $text = 'the task does not find the record of the pause'
        } elseif ((Get-CsiScheduler).SyncCycleEnabled -ne $enabled) {
            $text = "SyncCycleEnabled is not $enabled after it was written"
        }
    } catch {
        $text = Get-FailureText -Exception $_.Exception
    }
    Write-CsiProof -Text $text
}

function Test-RestoreTurn {
    <#
    .SYNOPSIS
        Whether the pause may be ended now: the lock is held, or something foreign has its name, which is no run of this
        program, and the deadline of the pause is over.
    .PARAMETER Lock
        How the lock was taken.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [object] $Lock)
    if ($Lock.acquired -or -not $Lock.foreign) {
        return $Lock.acquired
    }
    $record = Get-PauseRecord
    return $null -eq $record -or $null -eq $record.Deadline -or
    (ConvertTo-UtcTime -Text $record.Deadline) -le (ConvertTo-UtcTime -Text (Get-CsiTime))
}

function Complete-Restore {
    <#
    .SYNOPSIS
        One try to end an interrupted pause. Answers whether nothing is left to be done.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param()
    $service = Get-CsiService
    if ($null -eq $service) {
        return $false
    }
    $lock = Enter-CsiLock -Operation 'restore'
    if (-not (Test-RestoreTurn -Lock $lock)) {
        return $false
    }
    try {
        # Under the lock, as a run that is at work has stopped the service for a moment.
        if ((Start-InterruptedService).status -ne 'Running') {
            return $false
        }
        if (Restore-InterruptedPause) {
            Write-Change -Kind 'restoredByTask' -Line 'The restore task ended an interrupted pause of the scheduler.'
        } else {
            Remove-PauseTrace
        }
    } finally {
        if ($lock.acquired) {
            Exit-CsiLock
        }
    }
    return $true
}

function Invoke-Restore {
    <#
    .SYNOPSIS
        restore, run by the task: ends an interrupted pause once nothing else is at work and the service runs. Answers
        the exit code. Where it does not succeed, the task runs again, also one that an older version registered to run once.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param()
    $toProve = $false
    try {
        $toProve = Read-CsiProofRequest
    } catch {
        # A request that cannot be read must not keep a scheduler off; the run that asked gives up by its own limit.
        Write-ErrorLine -Text (Get-FailureText -Exception $_.Exception)
    }
    if ($toProve) {
        Write-RestoreProof
        return 0
    }
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $exitCode = 4
    $problem = 'the service does not run, or another operation is at work'
    for ($try = 1; $try -le $script:RestoreTries -and $watch.Elapsed.TotalMinutes -lt 120; $try++) {
        try {
            if (Complete-Restore) {
                return 0
            }
        } catch {
            # After a start-up the service runs before it answers.
            $exitCode = 6
            $problem = Get-FailureText -Exception $_.Exception
            Write-ErrorLine -Text $problem
        }
        Wait-CsiTime -Seconds 10
    }
    Write-Change -Kind 'notRestored' -Line 'The restore task could not end an interrupted pause of the scheduler.', "Error: $problem"
    Register-CsiRestoreTask -Deadline (Get-CsiTime)
    return $exitCode
}
