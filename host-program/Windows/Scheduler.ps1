# Scheduler, cycles, runs: may switch SyncCycleEnabled, and start a cycle.

function Get-CsiScheduler {
    <#
    .SYNOPSIS
        Get-ADSyncScheduler with its own names, times and intervals as text.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
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
    [OutputType([void])]
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
    [OutputType([pscustomobject])]
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

function ConvertTo-CsiRunTime {
    <#
    .SYNOPSIS
        A time of the run history as ISO 8601 in UTC. One without a time zone is UTC or local: the one that is nearer to now,
        as the runs that count have just begun.
    .PARAMETER Value
        The time.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [DateTime] $Value)
    if ($Value.Kind -eq [DateTimeKind]::Unspecified) {
        $now = [DateTime]::UtcNow
        $local = [DateTime]::SpecifyKind($Value, [DateTimeKind]::Local).ToUniversalTime()
        if (($now - $local).Duration() -lt ($now - $Value).Duration()) {
            $Value = $local
        }
    }
    return ConvertTo-CsiTime -Value $Value
}

function Get-CsiRunResult {
    <#
    .SYNOPSIS
        The last runs of all connectors, newest last: an id that no other run has, and no end for one that goes on.
    .DESCRIPTION
        Documented: Get-ADSyncRunProfileResult -NumberRequested, which can be asked for a RunHistoryId and a RunNumber.
        Assumed: its objects have both, ConnectorName, RunProfileName, Result, IsRunComplete, StartDate and EndDate, and
        the newest runs come first; the results are those of the synchronisation engine: success, completed-..., stopped-...,
        no-start-...
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    Import-CsiModule
    $runs = @(foreach ($run in @(Get-ADSyncRunProfileResult -NumberRequested 200 -ErrorAction Stop)) {
            $begun = Get-CsiMember -InputObject $run -Name 'StartDate'
            if ($null -eq $begun) {
                continue
            }
            $connector = [string] (Get-CsiMember -InputObject $run -Name 'ConnectorName')
            $runProfile = [string] (Get-CsiMember -InputObject $run -Name 'RunProfileName')
            $id = [string] (Get-CsiMember -InputObject $run -Name 'RunHistoryId')
            if ([string]::IsNullOrWhiteSpace($id)) {
                $id = "$connector/$runProfile/$(([DateTime] $begun).Ticks)"
            }
            $ended = Get-CsiMember -InputObject $run -Name 'EndDate'
            $endedAt = $null
            if ($null -ne $ended -and (Get-CsiMember -InputObject $run -Name 'IsRunComplete') -ne $false) {
                $endedAt = ConvertTo-CsiRunTime -Value $ended
            }
            [pscustomobject] @{
                id         = $id
                connector  = $connector
                runProfile = $runProfile
                result     = [string] (Get-CsiMember -InputObject $run -Name 'Result')
                startedAt  = ConvertTo-CsiRunTime -Value $begun
                endedAt    = $endedAt
            }
        })
    $runs | Sort-Object -Property 'startedAt', 'endedAt'
}
