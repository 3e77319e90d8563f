# observe: reads, and changes nothing on the server.

function Get-InterruptedFact {
    <#
    .SYNOPSIS
        What an interrupted run left, null if nothing.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param()
    $record = Get-PauseRecord
    if ($null -eq $record) {
        return $null
    }
    return [ordered] @{
        operation        = $record.Operation
        startedAt        = $record.StartedAt
        syncCycleEnabled = $record.Enabled
        restoreTask      = Test-CsiRestoreTask
        problem          = $record.Problem
    }
}

function Get-SignInFact {
    <#
    .SYNOPSIS
        A registration that waits for an administrator; null if none does. What was done meanwhile no longer waits.
    .PARAMETER Connector
        Where the connector is.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $Connector)
    $record = Read-CsiSwitchRecord -Name 'sign-in'
    if ($null -eq $record -or (Test-OnTarget -Connector $Connector -RequestBody $record)) {
        return $null
    }
    return [ordered] @{
        since             = $record.since
        appId             = $record.appId
        certificateSha256 = $record.certificateSha256
        command           = "$($record.command)"
    }
}

function Get-UnverifiedFact {
    <#
    .SYNOPSIS
        A switch whose verification did not succeed; null if there is none.
    .PARAMETER Connector
        Where the connector is.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $Connector)
    $record = Read-CsiSwitchRecord -Name 'verification'
    if ($null -eq $record -or -not (Test-OnTarget -Connector $Connector -RequestBody $record)) {
        return $null
    }
    return [ordered] @{ since = $record.since; appId = $record.appId; certificateSha256 = $record.certificateSha256 }
}

function Test-ReportedEvent {
    <#
    .SYNOPSIS
        Whether an event is shown: one with a documented id, or an error whose text reads like a key of an earlier certificate
        that could not be removed. The documents name no id of that one.
    .PARAMETER Entry
        The event.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [object] $Entry)
    if ($script:EventIds -contains $Entry.id) {
        return $true
    }
    $options = [Text.RegularExpressions.RegexOptions] 'IgnoreCase, CultureInvariant'
    return @($script:OldKeyWords | Where-Object { -not [regex]::IsMatch($Entry.message, $_, $options) }).Count -eq 0
}

function Invoke-Observe {
    <#
    .SYNOPSIS
        observe: reads everything, changes nothing, takes no lock. Without the service, the connector or the scheduler nothing
        can be concluded; any other fact that cannot be read costs that fact.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $installation = Get-Installation
    Assert-Running -Service $installation.Service
    $state = Get-ConnectorState
    $hostFacts = Get-CsiHost
    $caller = Get-CsiCaller
    $named = @($state.Connector.certificateSha256)
    if ($null -ne $RequestBody.PSObject.Properties['issuedSha256']) {
        $named += $RequestBody.issuedSha256
    }
    $entries = @(Get-CsiCertificate | Where-Object {
            $_.label.StartsWith($RequestBody.labelPrefix, [StringComparison]::Ordinal) -or $named -contains $_.sha256
        })
    $lost = New-Object -TypeName Collections.ArrayList
    if ($null -eq $installation.Service.accountSid) {
        [void] $lost.Add([ordered] @{ field = 'service.accountSid'; reason = $installation.Service.accountProblem })
    }
    $hours = $RequestBody.eventHours
    return [ordered] @{
        takenAt           = Get-CsiTime
        computerName      = $hostFacts.computerName
        powershell        = [ordered] @{
            version       = $hostFacts.powershellVersion
            languageMode  = $hostFacts.languageMode
            dotnetRelease = $hostFacts.dotnetRelease
        }
        caller            = [ordered] @{ account = $caller.account; sid = $caller.sid; administrator = $caller.administrator }
        product           = [ordered] @{
            version = $installation.Product.version
            cmdlets = [ordered] @{
                $script:RegistrationCmdlet = @(Get-CsiCmdletParameter -Cmdlet $script:RegistrationCmdlet)
                $script:RotationCmdlet     = @(Get-CsiCmdletParameter -Cmdlet $script:RotationCmdlet)
            }
        }
        service           = [ordered] @{
            status     = $installation.Service.status
            account    = $installation.Service.account
            accountSid = $installation.Service.accountSid
        }
        tpm               = Read-OptionalFact -Field 'tpm' -Unreadable $lost -Read { Get-CsiTpm }
        certificates      = @($entries | ForEach-Object { Get-CertificateFact -Entry $_ })
        connector         = $state.Connector
        scheduler         = $state.Scheduler
        passwordWriteback = Read-OptionalFact -Field 'passwordWriteback' -Unreadable $lost -Read { Get-CsiPasswordWriteback }
        machineIdentifier = Read-OptionalFact -Field 'machineIdentifier' -Unreadable $lost -Read { Get-CsiMachineIdentifier }
        azureInstance     = Read-OptionalFact -Field 'azureInstance' -Unreadable $lost -Read { Get-CsiAzureInstance }
        serviceProxy      = Read-OptionalFact -Field 'serviceProxy' -Unreadable $lost -Read { Get-CsiServiceProxy }
        adSyncTools       = Read-OptionalFact -Field 'adSyncTools' -Unreadable $lost -Read { Get-CsiRepairModule }
        events            = @(Read-OptionalFact -Field 'events' -Unreadable $lost -Read { Get-CsiEvent -Hours $hours } |
                Where-Object { $null -ne $_ -and (Test-ReportedEvent -Entry $_) })
        changes           = @(Read-OptionalFact -Field 'changes' -Unreadable $lost -Read { Get-CsiChange -Hours $hours } |
                Where-Object { $null -ne $_ })
        interrupted       = Read-OptionalFact -Field 'interrupted' -Unreadable $lost -Read { Get-InterruptedFact }
        signIn            = Read-OptionalFact -Field 'signIn' -Unreadable $lost -Read { Get-SignInFact -Connector $state.Connector }
        unverified        = Read-OptionalFact -Field 'unverified' -Unreadable $lost -Read {
            Get-UnverifiedFact -Connector $state.Connector
        }
        legacyAccountName = Read-OptionalFact -Field 'legacyAccountName' -Unreadable $lost -Read { Get-LegacyAccountName }
        program           = Get-ProgramFact
        unreadable        = @($lost)
    }
}
