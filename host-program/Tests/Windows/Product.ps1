<#
.SYNOPSIS
    A service ADSync at the product's path, and an ADSync module beside it, for a machine without the product.
.DESCRIPTION
    The module keeps its state in a file, so that a process of its own finds it. It has not run on Windows yet.
#>
[CmdletBinding()]
param()
. (Join-Path -Path $PSScriptRoot -ChildPath 'Common.ps1')
Assert-ThrownAway
$bin = 'C:\Program Files\Microsoft Azure AD Sync\Bin'
[void] (New-Item -ItemType Directory -Path "$bin\ADSync" -Force)
$source = @'
[assembly: System.Reflection.AssemblyFileVersion("2.5.79.0")]
[assembly: System.Reflection.AssemblyInformationalVersion("2.5.79.0")]
public class Service : System.ServiceProcess.ServiceBase {
    public static void Main() { Run(new Service { ServiceName = "ADSync" }); }
}
'@
Add-Type -TypeDefinition $source -ReferencedAssemblies 'System.ServiceProcess' -OutputType ConsoleApplication `
    -OutputAssembly "$bin\miiserver.exe"
New-Service -Name 'ADSync' -BinaryPathName "`"$bin\miiserver.exe`"" -StartupType Manual | Out-Null
Start-Service -Name 'ADSync'
Set-Content -LiteralPath "$bin\ADSync\ADSync.psm1" -Encoding Ascii -Value @'
$file = 'C:\ProgramData\csi-adsync.json'
function Read-State {
    if (-not (Test-Path -LiteralPath $file)) {
        return [pscustomobject] @{ enabled = $true; appId = ''; hash = ''; user = 'Sync_TEST_0123456789ab@contoso.onmicrosoft.com' }
    }
    return ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($file))
}
function Write-State($State) { [IO.File]::WriteAllText($file, (ConvertTo-Json -InputObject $State)) }
function Get-ADSyncScheduler {
    [pscustomobject] @{
        SyncCycleEnabled = (Read-State).enabled; SyncCycleInProgress = $false; SchedulerSuspended = $false; MaintenanceEnabled = $true
        StagingModeEnabled = $false; NextSyncCycleStartTimeInUTC = [DateTime]::UtcNow; NextSyncCyclePolicyType = 'Delta'
        CurrentlyEffectiveSyncCycleInterval = [TimeSpan]::FromMinutes(30)
    }
}
function Set-ADSyncScheduler { param([bool] $SyncCycleEnabled) $state = Read-State; $state.enabled = $SyncCycleEnabled; Write-State $state }
function Get-ADSyncConnector {
    [pscustomobject] @{
        Identifier = 'b891884f-051e-4a83-95af-2544101c9083'; Name = 'contoso.onmicrosoft.com - AAD'; ConnectivityParameters = @()
    }
}
function Get-ADSyncEntraConnectorCredential {
    $state = Read-State
    $type = 'ServiceAccount'
    if ($state.appId -ne '') { $type = 'Application' }
    [pscustomobject] @{
        ConnectorIdentityType = $type; UserName = $state.user
        CertificateCredential = [pscustomobject] @{ CertificateSHA256Hash = $state.hash }
    }
}
function Add-ADSyncApplicationRegistration {
    [CmdletBinding()] param([string] $CertificateSHA256Hash, [string] $ApplicationAppId)
    # An unset variable: the module must not see the program's strict mode.
    if ($unset) { return }
    $state = Read-State
    $state.appId = $ApplicationAppId; $state.hash = $CertificateSHA256Hash; $state.user = "$ApplicationAppId@contoso.onmicrosoft.com"
    Write-State $state
}
Export-ModuleMember -Function '*-ADSync*'
'@
Install-Program
Assert-True -Value ((Invoke-Observe) -eq 'ok') -What 'the program observes the service, the connector and the scheduler'
