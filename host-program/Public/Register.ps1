# register: moves the connector to the declared application, with the scheduler paused.

function Assert-RegisterableCertificate {
    <#
    .SYNOPSIS
        Refuses unless exactly one certificate has the hash and its key signs and is in hardware.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $hash = $RequestBody.certificateSha256
    $entry = Get-OnlyHashed -CertificateHash $hash -MissingId 'CERTIFICATE_MISSING' -Detail $RequestBody.label
    $fact = Get-CertificateFact -Entry $entry
    if (-not $fact.keyUsable) {
        throw (New-KeyRefusal -Fact $fact)
    }
    if (-not $fact.keyInHardware -and -not $RequestBody.allowSoftwareKey) {
        throw (New-Refusal -Id 'KEY_NOT_IN_HARDWARE' -Expected 'a key in the TPM' -Actual "$($fact.keyProvider)" `
            -Detail $fact.label)
    }
}

function Invoke-Register {
    <#
    .SYNOPSIS
        register: preflight, then link or rotate with the scheduler paused, then verify. Finds itself done.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $installation = Get-Installation
    Assert-Version -Version $installation.Product.version -Minimum $RequestBody.minimumVersion
    Assert-Running -Service $installation.Service
    Assert-ServiceAccount -Service $installation.Service -Declared $RequestBody.serviceAccount
    $state = Get-ConnectorState
    if ($state.Scheduler.SchedulerSuspended) {
        throw (New-Refusal -Id 'SCHEDULER_SUSPENDED' -Expected 'SchedulerSuspended False' -Actual 'SchedulerSuspended True')
    }
    $restored = Restore-InterruptedPause
    Write-LateOutcome
    Remove-EarlierFile
    Assert-RegisterableCertificate -RequestBody $RequestBody
    if (Set-ExactAccess -CertificateHash $RequestBody.certificateSha256 -Service $installation.Service) {
        $script:Changed = $true
    }
    $done = Test-OnTarget -Connector $state.Connector -RequestBody $RequestBody
    if (-not $done) {
        Assert-RotatableApplication -Connector $state.Connector -RequestBody $RequestBody
        Assert-Token -RequestBody $RequestBody
    }
    $work = @{ Action = 'none'; Since = ''; Repaired = $false }
    $pausedSeconds = 0
    $wantsRepair = $RequestBody.repairConnectivityParameters -and (Test-BlankParameter -Connector $state.Connector)
    if (-not $done -or $wantsRepair) {
        $pausedSeconds = Invoke-WhilePaused -RequestBody $RequestBody -Step {
            if (-not $done -and (Test-OptionalTruth -RequestBody $RequestBody -Name 'rotateOnly')) {
                # The product rotates only if it knows who manages application and certificate.
                $work.Repaired = Repair-Parameter -RequestBody $RequestBody
            }
            if (-not $done) {
                $switched = Switch-Identity -Connector $state.Connector -RequestBody $RequestBody
                $work.Action = $switched.Action
                $work.Since = $switched.Since
            }
            $work.Repaired = (Repair-Parameter -RequestBody $RequestBody) -or $work.Repaired
        }
    }
    $after = Get-ConnectorState
    if (-not (Test-OnTarget -Connector $after.Connector -RequestBody $RequestBody)) {
        throw (New-SwitchRefusal -Outcome ([pscustomobject] @{ outcome = 'completed' }) -Connector $after.Connector `
            -Cmdlet $script:RegistrationCmdlet -RequestBody $RequestBody)
    }
    $verification = Confirm-Switch -Connector $state.Connector -RequestBody $RequestBody -Since $work.Since
    $after = Get-ConnectorState
    return [ordered] @{
        before                   = [ordered] @{ connector = $state.Connector; syncCycleEnabled = $state.Scheduler.SyncCycleEnabled }
        after                    = [ordered] @{ connector = $after.Connector; syncCycleEnabled = $after.Scheduler.SyncCycleEnabled }
        action                   = $work.Action
        restoredInterruptedPause = $restored
        repairedParameters       = $work.Repaired
        pausedSeconds            = $pausedSeconds
        verification             = $verification
    }
}
