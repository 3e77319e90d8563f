<#
    A server for tools/verify-on-server/Verify-OnServer.ps1, given as -Functions: what it reads, with names that must not be in
    its report. Nothing of it was seen on a real server. A cmdlet that changes something fails.
#>
$script:StubHash = 'ab' * 32
$script:StubOther = 'cd' * 32
$script:StubSid = 'S-1-5-21-1111111111-2222222222-3333333333-1104'

function Get-CsiMachineIdentifier { '0123456789abcdef0123456789abcdef' }
function Get-CsiHost {
    [pscustomobject] @{
        computerName = 'SYNC01'; powershellVersion = '5.1.20348.2031'; languageMode = 'FullLanguage'; dotnetRelease = 528449
    }
}
function Get-CsiCaller { [pscustomobject] @{ account = 'CONTOSO\operator'; sid = $script:StubSid; administrator = $true } }
function Get-CsiDefaultShell { 'C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe' }
function Get-CsiService {
    [pscustomobject] @{
        status = 'Running'; account = 'CONTOSO\gmsa-sync$'; accountSid = $script:StubSid; accountProblem = $null; imagePath = 'miiserver.exe'
    }
}
function Get-CsiProduct { [pscustomobject] @{ version = '2.6.84.0'; modulePath = 'C:\Program Files\Microsoft Azure AD Sync\Bin\ADSync' } }
function Import-CsiModule { }
function Get-CsiEntraConnector { [pscustomobject] @{ Name = 'contoso.onmicrosoft.com - AAD' } }
function Get-CsiConnector {
    [pscustomobject] @{
        identityType = 'Application'
        userName     = '{6d3b1c52-0f0e-4b5d-9a55-0c0f6a4d2f10}@contoso.onmicrosoft.com'
        parameters   = [pscustomobject] @{
            ApplicationManagedBy = 'Customer'; CertificateManagedBy = 'Customer'; CertificateId = '7d3b1c52-0f0e-4b5d-9a55-0c0f6a4d2f10'
        }
    }
}
function Get-CsiScheduler {
    [pscustomobject] @{
        AllowedSyncCycleInterval            = '00:30:00'
        CurrentlyEffectiveSyncCycleInterval = '00:30:00'
        CustomizedSyncCycleInterval         = $null
        NextSyncCyclePolicyType             = 'Delta'
        NextSyncCycleStartTimeInUTC         = '2026-11-28T12:30:00.000Z'
        PurgeRunHistoryInterval             = '7.00:00:00'
        SyncCycleEnabled                    = $true
        MaintenanceEnabled                  = $true
        StagingModeEnabled                  = $true
        SchedulerSuspended                  = $false
        SyncCycleInProgress                 = $false
    }
}
function Get-CsiPasswordWriteback { $false }
function Get-CsiAzureInstance { 4 }
function Get-CsiTpm { [pscustomobject] @{ present = $true; ready = $true; specVersion = '2.0, 0, 1.59' } }
function Get-CsiCertificate {
    foreach ($one in @($script:StubHash, 'ConnectSyncIdentity prod/sync01 g1'), @($script:StubOther, 'web.contoso.com')) {
        [pscustomobject] @{
            sha256 = $one[0]; label = $one[1]; subject = 'CN=SYNC01'; thumbprint = 'EF' * 20
            notBefore = '2026-11-01T00:00:00.000Z'; notAfter = '2027-11-01T00:00:00.000Z'; certificate = ''
        }
    }
}
function Get-CsiKey {
    param([string] $CertificateHash)
    $key = [pscustomobject] @{
        keyProvider   = 'Microsoft Platform Crypto Provider'
        keyName       = "ConnectSyncIdentity-$CertificateHash"
        keyFile       = '/ProgramData/Microsoft/Crypto/PCPKSP/0f1e2d/key.PCPKEY'
        keyInHardware = $true
        pssSaltSize   = 2
    }
    [pscustomobject] @{ key = $key; problem = $null; hresult = $null }
}
function Get-CsiKeyAccess {
    param([string] $KeyFile)
    Write-Verbose -Message $KeyFile
    foreach ($sid in 'S-1-5-18', 'S-1-5-32-544', $script:StubSid) {
        [pscustomobject] @{ sid = $sid; account = 'CONTOSO\gmsa-sync$'; rights = 'Read'; allow = $true }
    }
}
function New-CsiSignature {
    param([string] $CertificateHash, [string] $Data)
    if ($CertificateHash -ne $script:StubHash) {
        throw "not expected: a signature of $Data"
    }
    'AAAA'
}
function Test-CsiSignature { param([string] $CertificateHash, [string] $Data, [string] $Signature) "$CertificateHash$Data$Signature" -ne '' }
function Test-CsiEndpoint {
    param([string] $Uri)
    $problem = 'proxy.contoso.com refuses'
    [pscustomobject] @{ reached = $Uri -notmatch 'graph'; status = 200; date = $null; proxy = 'http://proxy.contoso.com:8080'; problem = $problem }
}
function Get-CimInstance {
    param([string] $ClassName, [string] $Filter)
    if ($ClassName -eq 'Win32_Service') {
        return [pscustomobject] @{ State = 'Running'; StartMode = "Auto$Filter".Substring(0, 4); PathName = 'sshd' }
    }
    [pscustomobject] @{ Caption = 'Microsoft Windows Server 2022 Standard'; BuildNumber = '20348'; ProductType = 3 }
}
function Get-WinEvent {
    [CmdletBinding()] param([string] $LogName, [string] $FilterXPath, [int] $MaxEvents)
    if ($FilterXPath -match 'Directory Synchronization' -and $LogName -eq 'Application' -and $MaxEvents -gt 0) {
        [pscustomobject] @{ Id = 906; Message = 'AADSTS700027: the key of 6d3b1c52-0f0e-4b5d-9a55-0c0f6a4d2f10 on SYNC01' }
        [pscustomobject] @{ Id = 1011; Message = 'contoso.onmicrosoft.com' }
    }
}
function Get-ADSyncScheduler { [CmdletBinding()] param() Get-CsiScheduler }
function Get-ADSyncEntraConnectorCredential {
    [CmdletBinding()] param([string] $ConnectorName)
    $certificate = [pscustomobject] @{ CertificateSHA256Hash = $script:StubHash.ToUpperInvariant(); ExpiryTime = [DateTime] '2027-11-01' }
    [pscustomobject] @{ ConnectorIdentityType = "Application$ConnectorName"; CertificateCredential = $certificate }
}
function Get-ADSyncConnector { [CmdletBinding()] param([string] $Name) [pscustomobject] @{ Name = "contoso.onmicrosoft.com - AAD$Name" } }
function Get-ADSyncRunProfileResult { [CmdletBinding()] param([int] $NumberRequested) throw "SYNC01.contoso.com: no $NumberRequested runs" }
function Add-ADSyncApplicationRegistration {
    [CmdletBinding()] param([string] $CertificateSHA256Hash, [string] $ApplicationAppId)
    throw "not expected: a link of $ApplicationAppId to $CertificateSHA256Hash"
}
function Set-ADSyncScheduler { [CmdletBinding()] param([Nullable[bool]] $SyncCycleEnabled) throw "not expected: $SyncCycleEnabled" }
