<#
    Cmdlets of Windows, ADSync and the task scheduler that host-program/Windows calls, with the parameters of the real ones
    that it uses, in its own scope: a test mocks those that it expects, and a call of any other fails.
#>
function Deny-Call {
    param([string] $Name, [Collections.IDictionary] $Given)
    throw "not expected: $Name $(@($Given.Keys | ForEach-Object { "-$_ $($Given[$_])" }) -join ' ')"
}

# ADSync
function Get-ADSyncScheduler { [CmdletBinding()] param() Deny-Call 'Get-ADSyncScheduler' $PSBoundParameters }
function Set-ADSyncScheduler {
    [CmdletBinding()] param([Nullable[bool]] $SyncCycleEnabled, [Nullable[bool]] $MaintenanceEnabled)
    Deny-Call 'Set-ADSyncScheduler' $PSBoundParameters
}
function Get-ADSyncConnector {
    [CmdletBinding()] param([string] $Name, [Guid] $Identifier)
    Deny-Call 'Get-ADSyncConnector' $PSBoundParameters
}
function Get-ADSyncEntraConnectorCredential {
    [CmdletBinding()] param([string] $ConnectorName) Deny-Call 'Get-ADSyncEntraConnectorCredential' $PSBoundParameters
}
function Get-ADSyncAADPasswordResetConfiguration {
    [CmdletBinding()] param([Parameter(Mandatory = $true)] [string] $Connector)
    Deny-Call 'Get-ADSyncAADPasswordResetConfiguration' $PSBoundParameters
}
function Start-ADSyncSyncCycle {
    [CmdletBinding()] param([Parameter(Mandatory = $true)] [ValidateSet('Delta', 'Initial')] [string] $PolicyType)
    Deny-Call 'Start-ADSyncSyncCycle' $PSBoundParameters
}
function Get-ADSyncRunProfileResult {
    [CmdletBinding()] param([int] $NumberRequested)
    Deny-Call 'Get-ADSyncRunProfileResult' $PSBoundParameters
}
function Add-ADSyncApplicationRegistration {
    [CmdletBinding()] param([string] $CertificateSHA256Hash, [string] $ApplicationAppId)
    Deny-Call 'Add-ADSyncApplicationRegistration' $PSBoundParameters
}
function Repair-ADSyncToolsEntraAppParameters {
    [CmdletBinding()] param()
    Deny-Call 'Repair-ADSyncToolsEntraAppParameters' $PSBoundParameters
}

# Windows
function Get-Service { [CmdletBinding()] param([string[]] $Name) Deny-Call 'Get-Service' $PSBoundParameters }
function Get-Certificate {
    [CmdletBinding()] param([string] $Template, [string] $CertStoreLocation, [object] $Request)
    Deny-Call 'Get-Certificate' $PSBoundParameters
}
function Get-Tpm { [CmdletBinding()] param() Deny-Call 'Get-Tpm' $PSBoundParameters }
function Get-CimInstance {
    [CmdletBinding()] param([string] $Namespace, [Parameter(Mandatory = $true)] [string] $ClassName, [string] $Filter)
    Deny-Call 'Get-CimInstance' $PSBoundParameters
}
function Get-WinEvent {
    [CmdletBinding()]
    param([string] $LogName, [Collections.Hashtable[]] $FilterHashtable, [string] $FilterXPath, [long] $MaxEvents, [switch] $Oldest)
    Deny-Call 'Get-WinEvent' $PSBoundParameters
}
function Test-Path { [CmdletBinding()] param([string[]] $LiteralPath) Deny-Call 'Test-Path' $PSBoundParameters }
function Get-ItemProperty { [CmdletBinding()] param([string[]] $LiteralPath) Deny-Call 'Get-ItemProperty' $PSBoundParameters }
function Start-Sleep { [CmdletBinding()] param([double] $Seconds, [int] $Milliseconds) Deny-Call 'Start-Sleep' $PSBoundParameters }
function Start-Process {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $FilePath, [string[]] $ArgumentList, [string] $WindowStyle, [switch] $PassThru)
    Deny-Call 'Start-Process' $PSBoundParameters
}
function Import-Module {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string[]] $Name, [switch] $Global, [switch] $UseWindowsPowerShell, [version] $MinimumVersion)
    Deny-Call 'Import-Module' $PSBoundParameters
}
function Get-Module { [CmdletBinding()] param([string[]] $Name, [switch] $ListAvailable) Deny-Call 'Get-Module' $PSBoundParameters }
function Get-Command { [CmdletBinding()] param([string[]] $Name, [string[]] $Module) Deny-Call 'Get-Command' $PSBoundParameters }

# The task scheduler
function New-ScheduledTaskAction {
    [CmdletBinding()] param([Parameter(Mandatory = $true)] [string] $Execute, [string] $Argument, [string] $WorkingDirectory)
    Deny-Call 'New-ScheduledTaskAction' $PSBoundParameters
}
function New-ScheduledTaskPrincipal {
    [CmdletBinding()] param([string] $UserId, [string] $LogonType, [string] $RunLevel)
    Deny-Call 'New-ScheduledTaskPrincipal' $PSBoundParameters
}
function New-ScheduledTaskSettingsSet {
    [CmdletBinding()]
    param(
        [switch] $StartWhenAvailable, [switch] $AllowStartIfOnBatteries, [switch] $DontStopIfGoingOnBatteries,
        [string] $MultipleInstances, [TimeSpan] $ExecutionTimeLimit
    )
    Deny-Call 'New-ScheduledTaskSettingsSet' $PSBoundParameters
}
function New-ScheduledTaskTrigger {
    [CmdletBinding()]
    param([switch] $Once, [DateTime] $At, [switch] $AtStartup, [TimeSpan] $RepetitionInterval, [TimeSpan] $RepetitionDuration)
    Deny-Call 'New-ScheduledTaskTrigger' $PSBoundParameters
}
function Register-ScheduledTask {
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $TaskName, [string] $Description, [object[]] $Action, [object] $Principal,
        [object] $Settings, [object[]] $Trigger, [switch] $Force
    )
    Deny-Call 'Register-ScheduledTask' $PSBoundParameters
}
function Start-ScheduledTask { [CmdletBinding()] param([string] $TaskName) Deny-Call 'Start-ScheduledTask' $PSBoundParameters }
function Get-ScheduledTask { [CmdletBinding()] param([string[]] $TaskName) Deny-Call 'Get-ScheduledTask' $PSBoundParameters }
function Get-ScheduledTaskInfo { [CmdletBinding()] param([string] $TaskName) Deny-Call 'Get-ScheduledTaskInfo' $PSBoundParameters }
function Unregister-ScheduledTask {
    [CmdletBinding(SupportsShouldProcess = $true)] param([string[]] $TaskName) Deny-Call 'Unregister-ScheduledTask' $PSBoundParameters
}
