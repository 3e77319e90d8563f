# restore, run by the task: switches the scheduler on after an interrupted pause.

function Invoke-Restore {
    <#
    .SYNOPSIS
        restore, run by the task: ends an interrupted pause once nothing else is at work and the service runs. Answers
        the exit code.
    #>
    [CmdletBinding()]
    param()
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $exitCode = 4
    while ($watch.Elapsed.TotalMinutes -lt 120) {
        try {
            $service = Get-CsiService
            if ($null -ne $service -and $service.status -eq 'Running') {
                $lock = Enter-CsiLock -Operation 'restore'
                if ($lock.acquired) {
                    try {
                        if (-not (Restore-InterruptedPause)) {
                            Remove-PauseTrace
                        }
                        return 0
                    } finally {
                        Exit-CsiLock
                    }
                }
            }
        } catch {
            # After a start-up the service runs before it answers, and nothing else would try again.
            $exitCode = 6
            Write-ErrorLine -Text $_.Exception.Message
        }
        Wait-CsiTime -Seconds 10
    }
    return $exitCode
}
