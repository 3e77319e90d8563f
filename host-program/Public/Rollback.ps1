# rollback: moves the connector to a service account, with the scheduler paused.

function Invoke-Rollback {
    <#
    .SYNOPSIS
        rollback: puts the connector from the application that the request names back on the service account of this
        server, with the scheduler paused. Finds itself done.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $installation = Get-Installation
    Assert-Running -Service $installation.Service
    $state = Get-ConnectorState
    if ($state.Scheduler.SchedulerSuspended) {
        throw (New-Refusal -Id 'SCHEDULER_SUSPENDED' -Expected 'SchedulerSuspended False' -Actual 'SchedulerSuspended True')
    }
    $restored = Restore-InterruptedPause
    Write-LateOutcome
    $account = $state.Connector.userName.Split('@')[0]
    $pausedSeconds = 0
    if ($state.Connector.identityType -ne 'ServiceAccount') {
        if ($state.Connector.appId -ne $RequestBody.appId) {
            throw (New-Refusal -Id 'CONNECTOR_UNEXPECTED' -Expected "application $($RequestBody.appId)" `
                -Actual "$($state.Connector.identityType) $($state.Connector.userName)")
        }
        $account = Get-LegacyAccountName
        if ($null -eq $account) {
            throw (New-Refusal -Id 'UNEXPECTED.identifier' -Expected 'a value SyncMachineIdentifier in the registry' -Actual 'none')
        }
        $pausedSeconds = Invoke-WhilePaused -RequestBody $RequestBody -Step {
            Switch-ServiceAccount -Connector $state.Connector -AccountName $account -RequestBody $RequestBody
        }
    }
    $after = Get-ConnectorState
    if ($after.Connector.identityType -ne 'ServiceAccount') {
        throw (New-Refusal -Id 'VERIFICATION_FAILED.rollback' -Expected "the account $account" `
            -Actual "$($after.Connector.identityType) $($after.Connector.userName)")
    }
    Remove-SwitchRecord -Name 'sign-in'
    Remove-SwitchRecord -Name 'verification'
    return [ordered] @{
        before                   = [ordered] @{ connector = $state.Connector; syncCycleEnabled = $state.Scheduler.SyncCycleEnabled }
        after                    = [ordered] @{ connector = $after.Connector; syncCycleEnabled = $after.Scheduler.SyncCycleEnabled }
        accountName              = $account
        restoredInterruptedPause = $restored
        pausedSeconds            = $pausedSeconds
        mayOnboardAgain          = [Version] $installation.Product.version -lt [Version] $script:OnboardingEnds
    }
}
