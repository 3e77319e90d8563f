<#
.SYNOPSIS
    The functions of host/Windows.ps1 on the sandbox's model of a server.
.DESCRIPTION
    Stands in the place of host/Windows.ps1 when the host program runs under PowerShell 7: each function is one POST to
    the bridge, whose address and bearer token are in the environment. Names and parameters are those of the real file.
    PowerShell 7 only.
#>
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$handler = [System.Net.Http.HttpClientHandler]::new()
$handler.UseProxy = $false
$script:CsiClient = [System.Net.Http.HttpClient]::new($handler)
# A cmdlet takes as long as it takes; the run as a whole has a limit.
$script:CsiClient.Timeout = [System.Threading.Timeout]::InfiniteTimeSpan

#region Bridge

function ConvertFrom-CsiElement {
    <#
    .SYNOPSIS
        A JSON value. ConvertFrom-Json would make dates of strings that look like one.
    .PARAMETER Element
        The parsed value.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [System.Text.Json.JsonElement] $Element)
    switch ($Element.ValueKind.ToString()) {
        'Object' {
            $object = [ordered] @{}
            foreach ($property in $Element.EnumerateObject()) {
                $object[$property.Name] = ConvertFrom-CsiElement -Element $property.Value
            }
            return [pscustomobject] $object
        }
        'Array' {
            $items = @(foreach ($item in $Element.EnumerateArray()) { ConvertFrom-CsiElement -Element $item })
            # The comma keeps the array whole.
            return , $items
        }
        'String' { return $Element.GetString() }
        'Number' {
            [long] $whole = 0
            if ($Element.TryGetInt64([ref] $whole)) {
                return $whole
            }
            return $Element.GetDouble()
        }
        'True' { return $true }
        'False' { return $false }
    }
    return $null
}

function Invoke-CsiBridge {
    <#
    .SYNOPSIS
        Calls a method of the model. An array is answered as one value.
    .PARAMETER Method
        The method's name.
    .PARAMETER Argument
        Its arguments by position.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Method,
        [AllowEmptyCollection()] [object[]] $Argument = @()
    )
    $message = [System.Net.Http.HttpRequestMessage]::new([System.Net.Http.HttpMethod]::Post, "$env:CSI_BRIDGE_URL/$Method")
    $message.Headers.Authorization = [System.Net.Http.Headers.AuthenticationHeaderValue]::new('Bearer', $env:CSI_BRIDGE_TOKEN)
    $json = ConvertTo-Json -InputObject $Argument -Depth 8 -Compress
    $message.Content = [System.Net.Http.StringContent]::new($json, [System.Text.Encoding]::UTF8, 'application/json')
    $response = $script:CsiClient.SendAsync($message).GetAwaiter().GetResult()
    $text = $response.Content.ReadAsStringAsync().GetAwaiter().GetResult()
    $root = [System.Text.Json.JsonDocument]::Parse($text, [System.Text.Json.JsonDocumentOptions]::new()).RootElement
    if ([int] $response.StatusCode -ne 200) {
        $failure = ConvertFrom-CsiElement -Element $root
        $exception = [System.InvalidOperationException]::new($failure.message)
        $exception.Data['CsiKind'] = $failure.kind
        $exception.Data['CsiHResult'] = $failure.hresult
        throw $exception
    }
    ConvertFrom-CsiElement -Element $root.GetProperty('value')
}

#endregion
#region Host, caller, time

function Get-CsiTime {
    <#
    .SYNOPSIS
        getTime of the model.
    #>
    [CmdletBinding()]
    param()
    Invoke-CsiBridge -Method 'getTime'
}

function Get-CsiHost {
    <#
    .SYNOPSIS
        getHost of the model.
    #>
    [CmdletBinding()]
    param()
    Invoke-CsiBridge -Method 'getHost'
}

function Get-CsiDefaultShell {
    <#
    .SYNOPSIS
        getDefaultShell of the model.
    #>
    [CmdletBinding()]
    param()
    Invoke-CsiBridge -Method 'getDefaultShell'
}

function Get-CsiCaller {
    <#
    .SYNOPSIS
        getCaller of the model.
    #>
    [CmdletBinding()]
    param()
    Invoke-CsiBridge -Method 'getCaller'
}

#endregion
#region Service, product, connector

function Get-CsiService {
    <#
    .SYNOPSIS
        getService of the model.
    #>
    [CmdletBinding()]
    param()
    Invoke-CsiBridge -Method 'getService'
}

function Get-CsiProduct {
    <#
    .SYNOPSIS
        getProduct of the model.
    #>
    [CmdletBinding()]
    param()
    Invoke-CsiBridge -Method 'getProduct'
}

function Get-CsiCmdletParameter {
    <#
    .SYNOPSIS
        getCmdletParameters of the model.
    .PARAMETER Cmdlet
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Cmdlet)
    $list = Invoke-CsiBridge -Method 'getCmdletParameters' -Argument @(, $Cmdlet)
    # Element by element, as the real function does.
    $list
}

function Get-CsiConnector {
    <#
    .SYNOPSIS
        getConnector of the model.
    #>
    [CmdletBinding()]
    param()
    Invoke-CsiBridge -Method 'getConnector'
}

function Get-CsiScheduler {
    <#
    .SYNOPSIS
        getScheduler of the model.
    #>
    [CmdletBinding()]
    param()
    Invoke-CsiBridge -Method 'getScheduler'
}

function Set-CsiSyncCycleEnabled {
    <#
    .SYNOPSIS
        setSyncCycleEnabled of the model.
    .PARAMETER Enabled
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [bool] $Enabled)
    [void] (Invoke-CsiBridge -Method 'setSyncCycleEnabled' -Argument @(, $Enabled))
}

function Get-CsiPasswordWriteback {
    <#
    .SYNOPSIS
        getPasswordWriteback of the model.
    #>
    [CmdletBinding()]
    param()
    Invoke-CsiBridge -Method 'getPasswordWriteback'
}

function Get-CsiMachineIdentifier {
    <#
    .SYNOPSIS
        getMachineIdentifier of the model.
    #>
    [CmdletBinding()]
    param()
    Invoke-CsiBridge -Method 'getMachineIdentifier'
}

function Get-CsiEvent {
    <#
    .SYNOPSIS
        getEvents of the model.
    .PARAMETER Hours
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [int] $Hours)
    $list = Invoke-CsiBridge -Method 'getEvents' -Argument @(, $Hours)
    # Element by element, as the real function does.
    $list
}

function Start-CsiSyncCycle {
    <#
    .SYNOPSIS
        startSyncCycle of the model.
    #>
    [CmdletBinding()]
    param()
    Invoke-CsiBridge -Method 'startSyncCycle'
}

function Get-CsiRunResult {
    <#
    .SYNOPSIS
        getRunResults of the model.
    .PARAMETER Since
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Since)
    $list = Invoke-CsiBridge -Method 'getRunResults' -Argument @(, $Since)
    # Element by element, as the real function does.
    $list
}

#endregion
#region Cmdlets that change the identity

function Invoke-CsiRegistration {
    <#
    .SYNOPSIS
        invokeRegistration of the model.
    .PARAMETER AppId
        See host/Windows.ps1.
    .PARAMETER CertificateHash
        See host/Windows.ps1.
    .PARAMETER Seconds
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[0-9a-fA-F-]{36}$')] [string] $AppId,
        [Parameter(Mandatory = $true)] [ValidatePattern('^[0-9a-fA-F]{64}$')] [string] $CertificateHash,
        [Parameter(Mandatory = $true)] [int] $Seconds
    )
    Invoke-CsiBridge -Method 'invokeRegistration' -Argument @($AppId, $CertificateHash, $Seconds)
}

function Invoke-CsiRotation {
    <#
    .SYNOPSIS
        invokeRotation of the model.
    .PARAMETER CertificateHash
        See host/Windows.ps1.
    .PARAMETER Seconds
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[0-9a-fA-F]{64}$')] [string] $CertificateHash,
        [Parameter(Mandatory = $true)] [int] $Seconds
    )
    Invoke-CsiBridge -Method 'invokeRotation' -Argument @($CertificateHash, $Seconds)
}

function ConvertTo-CsiAccountCredential {
    <#
    .SYNOPSIS
        A credential as the model takes it: what is emulated has to compare the password.
    .PARAMETER Credential
        The credential.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [System.Management.Automation.PSCredential] $Credential)
    return [ordered] @{ userName = $Credential.UserName; password = $Credential.GetNetworkCredential().Password }
}

function Invoke-CsiRollback {
    <#
    .SYNOPSIS
        invokeRollback of the model.
    .PARAMETER AccountName
        See host/Windows.ps1.
    .PARAMETER Credential
        See host/Windows.ps1.
    .PARAMETER Seconds
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[^@\s]+$')] [string] $AccountName,
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCredential] $Credential,
        [Parameter(Mandatory = $true)] [int] $Seconds
    )
    $account = ConvertTo-CsiAccountCredential -Credential $Credential
    Invoke-CsiBridge -Method 'invokeRollback' -Argument @($AccountName, $account, $Seconds)
}

function Invoke-CsiLegacyAccountRemoval {
    <#
    .SYNOPSIS
        invokeLegacyAccountRemoval of the model.
    .PARAMETER AccountName
        See host/Windows.ps1.
    .PARAMETER Credential
        See host/Windows.ps1.
    .PARAMETER Seconds
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('^[^@\s]+$')] [string] $AccountName,
        [Parameter(Mandatory = $true)] [System.Management.Automation.PSCredential] $Credential,
        [Parameter(Mandatory = $true)] [int] $Seconds
    )
    $account = ConvertTo-CsiAccountCredential -Credential $Credential
    Invoke-CsiBridge -Method 'invokeLegacyAccountRemoval' -Argument @($AccountName, $account, $Seconds)
}

function Repair-CsiConnectorParameter {
    <#
    .SYNOPSIS
        repairConnectorParameters of the model.
    #>
    [CmdletBinding()]
    param()
    [void] (Invoke-CsiBridge -Method 'repairConnectorParameters')
}

#endregion
#region TPM, certificates, keys

function Get-CsiTpm {
    <#
    .SYNOPSIS
        getTpm of the model.
    #>
    [CmdletBinding()]
    param()
    Invoke-CsiBridge -Method 'getTpm'
}

function Get-CsiCertificate {
    <#
    .SYNOPSIS
        getCertificates of the model.
    #>
    [CmdletBinding()]
    param()
    $list = Invoke-CsiBridge -Method 'getCertificates'
    # Element by element, as the real function does.
    $list
}

function Get-CsiKey {
    <#
    .SYNOPSIS
        getKey of the model.
    .PARAMETER CertificateHash
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $CertificateHash)
    Invoke-CsiBridge -Method 'getKey' -Argument @(, $CertificateHash)
}

function New-CsiCertificate {
    <#
    .SYNOPSIS
        newCertificate of the model.
    .PARAMETER Label
        See host/Windows.ps1.
    .PARAMETER KeyName
        See host/Windows.ps1.
    .PARAMETER Subject
        See host/Windows.ps1.
    .PARAMETER KeyProvider
        See host/Windows.ps1.
    .PARAMETER KeyLength
        See host/Windows.ps1.
    .PARAMETER LifetimeDays
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Label,
        [Parameter(Mandatory = $true)] [string] $KeyName,
        [Parameter(Mandatory = $true)] [string] $Subject,
        [Parameter(Mandatory = $true)] [string] $KeyProvider,
        [Parameter(Mandatory = $true)] [int] $KeyLength,
        [Parameter(Mandatory = $true)] [int] $LifetimeDays
    )
    $certificate = [ordered] @{
        label = $Label
        keyName = $KeyName
        subject = $Subject
        keyProvider = $KeyProvider
        keyLength = $KeyLength
        lifetimeDays = $LifetimeDays
    }
    Invoke-CsiBridge -Method 'newCertificate' -Argument @(, $certificate)
}

function New-CsiSignature {
    <#
    .SYNOPSIS
        sign of the model.
    .PARAMETER CertificateHash
        See host/Windows.ps1.
    .PARAMETER Data
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $CertificateHash,
        [Parameter(Mandatory = $true)] [string] $Data
    )
    Invoke-CsiBridge -Method 'sign' -Argument @($CertificateHash, $Data)
}

function Test-CsiSignature {
    <#
    .SYNOPSIS
        verify of the model.
    .PARAMETER CertificateHash
        See host/Windows.ps1.
    .PARAMETER Data
        See host/Windows.ps1.
    .PARAMETER Signature
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $CertificateHash,
        [Parameter(Mandatory = $true)] [string] $Data,
        [Parameter(Mandatory = $true)] [string] $Signature
    )
    Invoke-CsiBridge -Method 'verify' -Argument @($CertificateHash, $Data, $Signature)
}

function Remove-CsiCertificateByHash {
    <#
    .SYNOPSIS
        removeCertificateByHash of the model.
    .PARAMETER CertificateHash
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [ValidatePattern('^[0-9a-f]{64}$')] [string] $CertificateHash)
    Invoke-CsiBridge -Method 'removeCertificateByHash' -Argument @(, $CertificateHash)
}

function Test-CsiKey {
    <#
    .SYNOPSIS
        testKey of the model.
    .PARAMETER KeyName
        See host/Windows.ps1.
    .PARAMETER KeyProvider
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $KeyName,
        [Parameter(Mandatory = $true)] [string] $KeyProvider
    )
    Invoke-CsiBridge -Method 'testKey' -Argument @($KeyName, $KeyProvider)
}

function Get-CsiKeyHolder {
    <#
    .SYNOPSIS
        getKeyHolders of the model.
    .PARAMETER KeyName
        See host/Windows.ps1.
    .PARAMETER KeyProvider
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $KeyName,
        [Parameter(Mandatory = $true)] [string] $KeyProvider
    )
    $list = Invoke-CsiBridge -Method 'getKeyHolders' -Argument @($KeyName, $KeyProvider)
    # Element by element, as the real function does.
    $list
}

function Remove-CsiKey {
    <#
    .SYNOPSIS
        removeKey of the model.
    .PARAMETER KeyName
        See host/Windows.ps1.
    .PARAMETER KeyProvider
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $KeyName,
        [Parameter(Mandatory = $true)] [string] $KeyProvider
    )
    [void] (Invoke-CsiBridge -Method 'removeKey' -Argument @($KeyName, $KeyProvider))
}

function Get-CsiKeyAccess {
    <#
    .SYNOPSIS
        getKeyAccess of the model.
    .PARAMETER KeyFile
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $KeyFile)
    Invoke-CsiBridge -Method 'getKeyAccess' -Argument @(, $KeyFile)
}

function Set-CsiKeyAccess {
    <#
    .SYNOPSIS
        setKeyAccess of the model.
    .PARAMETER KeyFile
        See host/Windows.ps1.
    .PARAMETER ReaderSids
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $KeyFile,
        [Parameter(Mandatory = $true)] [string[]] $ReaderSids
    )
    [void] (Invoke-CsiBridge -Method 'setKeyAccess' -Argument @($KeyFile, @($ReaderSids)))
}

function Resolve-CsiAccount {
    <#
    .SYNOPSIS
        resolveAccount of the model.
    .PARAMETER Account
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Account)
    Invoke-CsiBridge -Method 'resolveAccount' -Argument @(, $Account)
}

#endregion
#region Lock and pause record

function Enter-CsiLock {
    <#
    .SYNOPSIS
        enterLock of the model.
    .PARAMETER Operation
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Operation)
    Invoke-CsiBridge -Method 'enterLock' -Argument @(, $Operation)
}

function Exit-CsiLock {
    <#
    .SYNOPSIS
        exitLock of the model.
    #>
    [CmdletBinding()]
    param()
    [void] (Invoke-CsiBridge -Method 'exitLock')
}

function Read-CsiPauseRecord {
    <#
    .SYNOPSIS
        readPauseRecord of the model.
    #>
    [CmdletBinding()]
    param()
    Invoke-CsiBridge -Method 'readPauseRecord'
}

function Write-CsiPauseRecord {
    <#
    .SYNOPSIS
        writePauseRecord of the model.
    .PARAMETER Record
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [object] $Record)
    [void] (Invoke-CsiBridge -Method 'writePauseRecord' -Argument @(, $Record))
}

function Remove-CsiPauseRecord {
    <#
    .SYNOPSIS
        removePauseRecord of the model.
    #>
    [CmdletBinding()]
    param()
    [void] (Invoke-CsiBridge -Method 'removePauseRecord')
}

function Move-CsiBrokenRecord {
    <#
    .SYNOPSIS
        moveBrokenRecord of the model.
    .PARAMETER Name
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [ValidateSet('pause', 'sign-in', 'verification')] [string] $Name)
    Invoke-CsiBridge -Method 'moveBrokenRecord' -Argument @(, $Name)
}

#endregion
#region Switch records

function Read-CsiSwitchRecord {
    <#
    .SYNOPSIS
        readSwitchRecord of the model.
    .PARAMETER Name
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [ValidateSet('sign-in', 'verification')] [string] $Name)
    Invoke-CsiBridge -Method 'readSwitchRecord' -Argument @(, $Name)
}

function Write-CsiSwitchRecord {
    <#
    .SYNOPSIS
        writeSwitchRecord of the model.
    .PARAMETER Name
        See host/Windows.ps1.
    .PARAMETER Record
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [ValidateSet('sign-in', 'verification')] [string] $Name,
        [Parameter(Mandatory = $true)] [object] $Record
    )
    [void] (Invoke-CsiBridge -Method 'writeSwitchRecord' -Argument @($Name, $Record))
}

function Remove-CsiSwitchRecord {
    <#
    .SYNOPSIS
        removeSwitchRecord of the model.
    .PARAMETER Name
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [ValidateSet('sign-in', 'verification')] [string] $Name)
    [void] (Invoke-CsiBridge -Method 'removeSwitchRecord' -Argument @(, $Name))
}

function Remove-CsiLeftOutcome {
    <#
    .SYNOPSIS
        removeLeftOutcomes of the model.
    #>
    [CmdletBinding()]
    param()
    $list = Invoke-CsiBridge -Method 'removeLeftOutcomes'
    # Element by element, as the real function does.
    $list
}

#endregion
#region Restore task

function Register-CsiRestoreTask {
    <#
    .SYNOPSIS
        registerRestoreTask of the model.
    .PARAMETER Deadline
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Deadline)
    [void] (Invoke-CsiBridge -Method 'registerRestoreTask' -Argument @(, $Deadline))
}

function Confirm-CsiRestoreTask {
    <#
    .SYNOPSIS
        proveRestoreTask of the model.
    #>
    [CmdletBinding()]
    param()
    Invoke-CsiBridge -Method 'proveRestoreTask'
}

function Test-CsiRestoreTask {
    <#
    .SYNOPSIS
        testRestoreTask of the model.
    #>
    [CmdletBinding()]
    param()
    Invoke-CsiBridge -Method 'testRestoreTask'
}

function Unregister-CsiRestoreTask {
    <#
    .SYNOPSIS
        unregisterRestoreTask of the model.
    #>
    [CmdletBinding()]
    param()
    [void] (Invoke-CsiBridge -Method 'unregisterRestoreTask')
}

function Read-CsiProofRequest {
    <#
    .SYNOPSIS
        readProofRequest of the model.
    #>
    [CmdletBinding()]
    param()
    Invoke-CsiBridge -Method 'readProofRequest'
}

function Write-CsiProof {
    <#
    .SYNOPSIS
        writeProof of the model.
    .PARAMETER Text
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Text)
    [void] (Invoke-CsiBridge -Method 'writeProof' -Argument @(, $Text))
}

function Write-CsiEvent {
    <#
    .SYNOPSIS
        writeEvent of the model.
    .PARAMETER Id
        See host/Windows.ps1.
    .PARAMETER Text
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [int] $Id,
        [Parameter(Mandatory = $true)] [string] $Text
    )
    [void] (Invoke-CsiBridge -Method 'writeEvent' -Argument @($Id, $Text))
}

function Get-CsiChange {
    <#
    .SYNOPSIS
        getChanges of the model.
    .PARAMETER Hours
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [int] $Hours)
    $list = Invoke-CsiBridge -Method 'getChanges' -Argument @(, $Hours)
    # Element by element, as the real function does.
    $list
}

#endregion
#region Installed program, network, waiting

function Get-CsiInstalledProgram {
    <#
    .SYNOPSIS
        getInstalledProgram of the model.
    #>
    [CmdletBinding()]
    param()
    Invoke-CsiBridge -Method 'getInstalledProgram'
}

function Get-CsiProgramFolder {
    <#
    .SYNOPSIS
        getProgramFolder of the model.
    #>
    [CmdletBinding()]
    param()
    $list = Invoke-CsiBridge -Method 'getProgramFolder'
    return , $list
}

function Remove-CsiProgramFile {
    <#
    .SYNOPSIS
        removeProgramFile of the model.
    .PARAMETER Name
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Name)
    [void] (Invoke-CsiBridge -Method 'removeProgramFile' -Argument @(, $Name))
}

function Send-CsiForm {
    <#
    .SYNOPSIS
        postForm of the model.
    .PARAMETER Uri
        See host/Windows.ps1.
    .PARAMETER Form
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Uri,
        [Parameter(Mandatory = $true)] [Collections.IDictionary] $Form
    )
    Invoke-CsiBridge -Method 'postForm' -Argument @($Uri, $Form)
}

function Test-CsiEndpoint {
    <#
    .SYNOPSIS
        testEndpoint of the model.
    .PARAMETER Uri
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Uri)
    Invoke-CsiBridge -Method 'testEndpoint' -Argument @(, $Uri)
}

function Wait-CsiTime {
    <#
    .SYNOPSIS
        wait of the model.
    .PARAMETER Seconds
        See host/Windows.ps1.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [double] $Seconds)
    [void] (Invoke-CsiBridge -Method 'wait' -Argument @(, $Seconds))
}

#endregion
