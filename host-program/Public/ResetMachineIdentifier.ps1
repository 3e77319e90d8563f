# reset-machine-identifier: gives a cloned server an identifier of its own.

function Set-MachineIdentifier {
    <#
    .SYNOPSIS
        Writes the identifier while the service is stopped, which reads it when it starts. The service starts again in
        any case.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $seconds = $RequestBody.bounds.cmdletSeconds
    $script:Changed = $true
    try {
        Write-Step -Id 'stoppingService' -Seconds $seconds
        Stop-CsiService -Seconds $seconds
        Set-CsiMachineIdentifier -Identifier $RequestBody.newIdentifier
    } finally {
        Start-ProductService -Seconds $seconds
    }
}

function Get-IdentifiedState {
    <#
    .SYNOPSIS
        The machine identifier and the scheduler.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param()
    $identifier = Get-CsiMachineIdentifier
    if ([string]::IsNullOrEmpty($identifier)) {
        throw (New-Refusal -Id 'UNEXPECTED.identifier' -Expected 'a value SyncMachineIdentifier in the registry' -Actual 'none')
    }
    return [ordered] @{ machineIdentifier = $identifier; syncCycleEnabled = (Get-CsiScheduler).SyncCycleEnabled }
}

function Invoke-ResetMachineIdentifier {
    <#
    .SYNOPSIS
        reset-machine-identifier: replaces the machine identifier that the request names by another one, with the scheduler
        paused and the service stopped. A server that has another identifier is done. Ends what an interrupted run left first.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    [void] (Get-Installation)
    Assert-Running -Service (Start-InterruptedService)
    if ((Get-ConnectorState).Scheduler.SchedulerSuspended) {
        throw (New-Refusal -Id 'SCHEDULER_SUSPENDED' -Expected 'SchedulerSuspended False' -Actual 'SchedulerSuspended True')
    }
    $restored = Restore-InterruptedPause
    Write-LateOutcome
    $before = Get-IdentifiedState
    $pausedSeconds = 0
    if ($before.machineIdentifier -eq $RequestBody.resetMachineIdentifier) {
        $pausedSeconds = Invoke-WhilePaused -RequestBody $RequestBody -Recorded -Step {
            Set-MachineIdentifier -RequestBody $RequestBody
        }
    }
    $after = Get-IdentifiedState
    if ($after.machineIdentifier -eq $RequestBody.resetMachineIdentifier) {
        throw (New-Refusal -Id 'VERIFICATION_FAILED.identifier' -Expected $RequestBody.newIdentifier -Actual $after.machineIdentifier)
    }
    return [ordered] @{
        before                   = $before
        after                    = $after
        restoredInterruptedPause = $restored
        pausedSeconds            = $pausedSeconds
    }
}
