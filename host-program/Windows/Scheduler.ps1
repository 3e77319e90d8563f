# Scheduler, cycles, runs: may switch SyncCycleEnabled, and start a cycle.

function Get-CsiScheduler {
    <#
    .SYNOPSIS
        Get-ADSyncScheduler with its own names, times and intervals as text.
    #>
    [CmdletBinding()]
    param()
    Import-CsiModule
    $scheduler = Get-ADSyncScheduler
    $custom = Get-CsiMember -InputObject $scheduler -Name 'CustomizedSyncCycleInterval'
    $next = Get-CsiMember -InputObject $scheduler -Name 'NextSyncCycleStartTimeInUTC'
    $customText = $null
    if ($null -ne $custom) {
        $customText = [string] $custom
    }
    $nextText = $null
    if ($null -ne $next) {
        $nextText = ConvertTo-CsiTime -Value $next
    }
    return [pscustomobject] @{
        AllowedSyncCycleInterval            = [string] $scheduler.AllowedSyncCycleInterval
        CurrentlyEffectiveSyncCycleInterval = [string] $scheduler.CurrentlyEffectiveSyncCycleInterval
        CustomizedSyncCycleInterval         = $customText
        NextSyncCyclePolicyType             = [string] $scheduler.NextSyncCyclePolicyType
        NextSyncCycleStartTimeInUTC         = $nextText
        PurgeRunHistoryInterval             = [string] $scheduler.PurgeRunHistoryInterval
        SyncCycleEnabled                    = [bool] $scheduler.SyncCycleEnabled
        MaintenanceEnabled                  = [bool] $scheduler.MaintenanceEnabled
        StagingModeEnabled                  = [bool] $scheduler.StagingModeEnabled
        SchedulerSuspended                  = [bool] $scheduler.SchedulerSuspended
        SyncCycleInProgress                 = [bool] $scheduler.SyncCycleInProgress
    }
}

function Set-CsiSyncCycleEnabled {
    <#
    .SYNOPSIS
        Switches the scheduler's SyncCycleEnabled; nothing else of it is ever written.
    .PARAMETER Enabled
        The new value.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [bool] $Enabled)
    Import-CsiModule
    Set-ADSyncScheduler -SyncCycleEnabled $Enabled | Out-Null
}

function Start-CsiSyncCycle {
    <#
    .SYNOPSIS
        Starts a delta cycle, without waiting for its end, and answers whether that went well.
    .DESCRIPTION
        Documented: Start-ADSyncSyncCycle -PolicyType Delta, which returns an object with Result. Assumed: Result is
        Success where the cycle was started; a connector that is busy ends in an error.
    #>
    [CmdletBinding()]
    param()
    Import-CsiModule
    try {
        $answer = Start-ADSyncSyncCycle -PolicyType Delta -ErrorAction Stop
        $result = [string] (Get-CsiMember -InputObject $answer -Name 'Result')
    } catch {
        return [pscustomobject] @{ started = $false; problem = Get-CsiFailureText -Exception $_.Exception }
    }
    if ($result -ne '' -and $result -ne 'Success') {
        return [pscustomobject] @{ started = $false; problem = "Start-ADSyncSyncCycle answered $result." }
    }
    return [pscustomobject] @{ started = $true; problem = $null }
}

function Get-CsiRunResult {
    <#
    .SYNOPSIS
        The runs of all connectors that began since a time and have ended, newest last.
    .DESCRIPTION
        Documented: Get-ADSyncRunProfileResult -NumberRequested. Its objects have ConnectorName, RunProfileName, Result,
        IsRunComplete, StartDate and EndDate; the results are those of the synchronisation engine: success, completed-...,
        stopped-..., no-start-... Assumed: the newest runs come first, and dates without a time zone are UTC, as in the
        engine's own run history.
    .PARAMETER Since
        The time, ISO 8601.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Since)
    Import-CsiModule
    $from = ConvertTo-CsiTime -Value (ConvertFrom-CsiTime -Value $Since)
    $runs = @(foreach ($run in @(Get-ADSyncRunProfileResult -NumberRequested 200 -ErrorAction Stop)) {
            $begun = Get-CsiMember -InputObject $run -Name 'StartDate'
            $ended = Get-CsiMember -InputObject $run -Name 'EndDate'
            $complete = Get-CsiMember -InputObject $run -Name 'IsRunComplete'
            if ($null -eq $begun -or $null -eq $ended -or $complete -eq $false) {
                continue
            }
            $startedAt = ConvertTo-CsiTime -Value $begun
            # Times of this form sort as text.
            if ([string]::CompareOrdinal($startedAt, $from) -ge 0) {
                [pscustomobject] @{
                    connector  = [string] (Get-CsiMember -InputObject $run -Name 'ConnectorName')
                    runProfile = [string] (Get-CsiMember -InputObject $run -Name 'RunProfileName')
                    result     = [string] (Get-CsiMember -InputObject $run -Name 'Result')
                    startedAt  = $startedAt
                    endedAt    = ConvertTo-CsiTime -Value $ended
                }
            }
        })
    $runs | Sort-Object -Property 'startedAt', 'endedAt'
}
