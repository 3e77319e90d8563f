<#
.SYNOPSIS
    A server in memory for the tests of decisions: every function of Windows/ is replaced by one with its real parameters
    that works on it.
.DESCRIPTION
    New-World loads the module ConnectSyncHost anew on a healthy server. A test changes the server's state, or one effect
    ($World.Do['Get-CsiScheduler'] = { param($World, $Argument) ... }); an effect that has no entry fails. Each call is in
    $World.Calls. $World.Before runs ahead of each effect and $World.After behind it: the table of faults uses them.
#>
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$script:AppId = '11111111-2222-4333-8444-555555555555'
$script:OtherAppId = '99999999-8888-4777-8666-555555555555'
$script:SyncResource = '6bf85cfa-ac8a-4be5-b5de-425a0d0dc016'
$script:SyncRole = 'ADSynchronization.ReadWrite.All'
$script:TpmProvider = 'Microsoft Platform Crypto Provider'
$script:ServiceSid = 'S-1-5-80-1'
$script:Administrators = 'S-1-5-32-544'
$script:System = 'S-1-5-18'

function New-WindowsFailure {
    <#
    .SYNOPSIS
        What a function of Windows/ throws.
    #>
    param([string] $Kind = 'failed', [string] $Message = 'it failed', [object] $HResult = $null)
    $exception = New-Object -TypeName InvalidOperationException -ArgumentList $Message
    $exception.Data['CsiKind'] = $Kind
    $exception.Data['CsiHResult'] = $HResult
    return $exception
}

function ConvertTo-Iso {
    <#
    .SYNOPSIS
        A time as the protocol writes it.
    #>
    param([DateTime] $Time)
    return $Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", [Globalization.CultureInfo]::InvariantCulture)
}

function Get-ExactRule {
    <#
    .SYNOPSIS
        Access rules of a key as they are to be.
    #>
    param([string] $Reader = $script:ServiceSid)
    foreach ($rule in @($Reader, 'Read, Synchronize'), @($script:System, 'FullControl'), @($script:Administrators, 'FullControl')) {
        [pscustomobject] @{ sid = $rule[0]; account = "account $($rule[0])"; rights = $rule[1]; allow = $true }
    }
}

function Add-WorldCertificate {
    <#
    .SYNOPSIS
        A certificate with its key on the server; answers its hash.
    #>
    param([hashtable] $World, [int] $Generation = 1, [hashtable] $Change = @{})
    $label = "ConnectSyncIdentity dev/sync01 g$Generation"
    $hash = ('{0:x2}' -f ($World.Certificates.Count + 161)) * 32
    $entry = @{
        sha256 = $hash; thumbprint = $hash.Substring(0, 40).ToUpperInvariant(); label = $label; subject = "CN=$label"
        notBefore = ConvertTo-Iso -Time $World.Time.AddDays(-1); notAfter = ConvertTo-Iso -Time $World.Time.AddDays(364)
        certificate = 'AAAA'; keyName = "ConnectSyncIdentity-dev-sync01-g$Generation"; keyProvider = $script:TpmProvider
    }
    foreach ($name in $Change.Keys) { $entry[$name] = $Change[$name] }
    $World.Certificates += [pscustomobject] $entry
    if (@($World.Keys | Where-Object { $_.name -eq $entry.keyName }).Count -eq 0) {
        $World.Keys += [pscustomobject] @{
            name = $entry.keyName; provider = $entry.keyProvider; file = "C:\Keys\$($entry.keyName)"; dead = $false
            access = @(Get-ExactRule)
        }
    }
    return $hash
}

function Step-WorldEnrolment {
    <#
    .SYNOPSIS
        What the CA answers: the certificate is there if it issued one.
    #>
    param([hashtable] $World, [string] $Label)
    if ($World.Enrolment -eq 'issued') {
        $World.Requests = @()
        $hash = Add-WorldCertificate -World $World -Change @{ label = $Label; subject = 'CN=SYNC01.contoso.com'; keyName = 'te-1' }
        $World.Issuance[$hash] = New-WorldIssuance
    }
    return [pscustomobject] @{ status = $World.Enrolment; message = "the CA: $($World.Enrolment)" }
}

function New-WorldIssuance {
    <#
    .SYNOPSIS
        A certificate of a CA that a connector may use.
    #>
    param()
    return [pscustomobject] @{
        issuer = 'CN=Contoso Issuing CA'; trusted = $true; problem = $null; revocation = 'good'; revocationProblem = $null
        keyLength = 2048; keyUsages = @('DigitalSignature', 'KeyEncipherment'); purposes = @('1.3.6.1.5.5.7.3.2'); exportable = $false
    }
}

function Get-WorldKey {
    <#
    .SYNOPSIS
        The key of a certificate, null where it is gone or dead.
    #>
    param([hashtable] $World, [string] $Hash)
    $entry = $World.Certificates | Where-Object { $_.sha256 -eq $Hash } | Select-Object -First 1
    return $World.Keys | Where-Object { $_.name -eq $entry.keyName -and $_.provider -eq $entry.keyProvider -and -not $_.dead }
}

function Set-WorldIdentity {
    <#
    .SYNOPSIS
        Moves the connector to an application, or to a service account where there is no hash.
    #>
    param([hashtable] $World, [AllowNull()] [object] $Hash, [string] $AppId = $script:AppId, [string] $Account = 'Sync_SYNC01_0123456789ab')
    $World.Connector = [pscustomobject] @{
        name = 'contoso.onmicrosoft.com - AAD'; identityType = 'ServiceAccount'; userName = "$Account@contoso.onmicrosoft.com"
        appId = $null; certificateSha256 = $null
        parameters = [pscustomobject] @{ ApplicationManagedBy = $null; CertificateManagedBy = $null; CertificateId = $null }
    }
    if ($null -ne $Hash) {
        $World.Connector.identityType = 'Application'
        $World.Connector.userName = "{$AppId}@contoso.onmicrosoft.com"
        $World.Connector.appId = $AppId
        $World.Connector.certificateSha256 = $Hash
        $World.Connector.parameters = [pscustomobject] @{
            ApplicationManagedBy = 'Customer'; CertificateManagedBy = 'Customer'; CertificateId = [Guid]::NewGuid().ToString()
        }
    }
}

function Copy-Plain {
    <#
    .SYNOPSIS
        A copy: the program must not change the server by changing what it read.
    #>
    param([AllowNull()] [object] $Value)
    if ($null -eq $Value) { return $null }
    $copy = [ordered] @{}
    foreach ($property in $Value.PSObject.Properties) {
        $copy[$property.Name] = if ($property.Value -is [pscustomobject]) { Copy-Plain -Value $property.Value } else { $property.Value }
    }
    return [pscustomobject] $copy
}

$script:Effects = @{
    'Get-CsiTime' = { ConvertTo-Iso -Time $World.Time }
    'Get-CsiHost' = { [pscustomobject] @{ computerName = 'SYNC01'; powershellVersion = '5.1'; languageMode = $World.LanguageMode; dotnetRelease = $World.DotnetRelease } }
    'Get-CsiCaller' = { [pscustomobject] @{ account = 'SYNC01\deploy'; sid = 'S-1-5-21-1-1001'; administrator = $World.Administrator } }
    'Get-CsiDefaultShell' = { $null }
    'Get-CsiService' = { Copy-Plain -Value $World.Service }
    'Get-CsiProduct' = { [pscustomobject] @{ version = $World.Version; modulePath = 'C:\ADSync' } }
    'Get-CsiCmdletParameter' = { 'CertificateSHA256Hash' }
    'Get-CsiConnector' = { Assert-WorldService -World $World; Copy-Plain -Value $World.Connector }
    'Get-CsiScheduler' = {
        Assert-WorldService -World $World
        [pscustomobject] @{
            SyncCycleEnabled = $World.Enabled; SchedulerSuspended = $World.Suspended; SyncCycleInProgress = $World.Time -lt $World.CycleEnds
        }
    }
    'Set-CsiSyncCycleEnabled' = {
        Assert-WorldService -World $World
        $World.Enabled = $Argument.Enabled
    }
    'Get-CsiPasswordWriteback' = { $false }
    'Get-CsiMachineIdentifier' = { $World.Identifier }
    'Get-CsiAzureInstance' = { }
    'Get-CsiServiceProxy' = { }
    'Get-CsiRepairModule' = { [pscustomobject] @{ version = '2.3.1' } }
    'Set-CsiMachineIdentifier' = { $World.Identifier = $Argument.Identifier }
    'Stop-CsiService' = { $World.Service.status = 'Stopped' }
    'Start-CsiService' = { $World.Service.status = 'Running' }
    'Get-CsiEvent' = { $World.Events }
    'Get-CsiTpm' = { [pscustomobject] @{ present = $true; ready = $true; specVersion = '2.0' } }
    'Get-CsiCertificate' = {
        foreach ($entry in $World.Certificates) { $entry | Select-Object -ExcludeProperty keyName, keyProvider }
    }
    'Get-CsiKey' = {
        $key = Get-WorldKey -World $World -Hash $Argument.CertificateHash
        if ($null -eq $key) { return [pscustomobject] @{ key = $null; problem = 'Keyset does not exist'; hresult = '0x80090016' } }
        $facts = [pscustomobject] @{
            keyProvider = $key.provider; keyName = $key.name; keyFile = $key.file; pssSaltSize = $World.PssSaltSize
            keyInHardware = $World.KeyInHardware -and $key.provider -eq $script:TpmProvider
        }
        return [pscustomobject] @{ key = $facts; problem = $null; hresult = $null }
    }
    'Get-CsiIssuance' = { $World.Issuance[$Argument.CertificateHash] }
    'New-CsiCertificate' = {
        $World.Keys = @($World.Keys | Where-Object { -not $_.dead -or $_.name -ne $Argument.KeyName })
        $change = @{ label = $Argument.Label; subject = $Argument.Subject; keyName = $Argument.KeyName; keyProvider = $Argument.KeyProvider }
        $hash = Add-WorldCertificate -World $World -Change $change
        $World.Certificates[-1] | Where-Object { $_.sha256 -eq $hash } | Select-Object -ExcludeProperty keyName, keyProvider
    }
    'Request-CsiCertificate' = {
        if ($World.Enrolment -eq 'pending') { $World.Requests += ('b{0}' -f $World.Requests.Count) * 32 }
        Step-WorldEnrolment -World $World -Label $Argument.Label
    }
    'Receive-CsiCertificate' = { Step-WorldEnrolment -World $World -Label $Argument.Label }
    'Get-CsiEnrolmentRequest' = { $World.Requests }
    'Remove-CsiEnrolmentRequest' = { $World.Requests = @($World.Requests | Where-Object { $_ -ne $Argument.RequestHash }) }
    'New-CsiSignature' = {
        if ($null -eq (Get-WorldKey -World $World -Hash $Argument.CertificateHash)) {
            throw (New-WindowsFailure -Kind 'key' -Message 'Keyset does not exist' -HResult '0x80090016')
        }
        [Convert]::ToBase64String([Text.Encoding]::ASCII.GetBytes("$($Argument.CertificateHash)/$($Argument.Data)"))
    }
    'Test-CsiSignature' = {
        $text = [Text.Encoding]::ASCII.GetString([Convert]::FromBase64String($Argument.Signature))
        $text -eq "$($Argument.CertificateHash)/$($Argument.Data)"
    }
    'Remove-CsiCertificateByHash' = {
        $left = @($World.Certificates | Where-Object { $_.sha256 -ne $Argument.CertificateHash })
        $removed = $World.Certificates.Count - $left.Count
        $World.Certificates = $left
        $removed
    }
    'Test-CsiKey' = { @($World.Keys | Where-Object { $_.name -eq $Argument.KeyName -and -not $_.dead }).Count -gt 0 }
    'Get-CsiKeyHolder' = { $World.Certificates | Where-Object { $_.keyName -eq $Argument.KeyName } | ForEach-Object { $_.sha256 } }
    'Remove-CsiKey' = { $World.Keys = @($World.Keys | Where-Object { $_.name -ne $Argument.KeyName }) }
    'Get-CsiKeyAccess' = {
        $key = $World.Keys | Where-Object { $_.file -eq $Argument.KeyFile }
        return , @($key.access | ForEach-Object { Copy-Plain -Value $_ })
    }
    'Set-CsiKeyAccess' = {
        $key = $World.Keys | Where-Object { $_.file -eq $Argument.KeyFile }
        $key.access = @(Get-ExactRule -Reader $Argument.ReaderSids[0])
    }
    'Resolve-CsiAccount' = { [pscustomobject] @{ sid = $World.Accounts[$Argument.Account]; problem = $null } }
    'Enter-CsiLock' = {
        if ($null -ne $World.Lock) { return [pscustomobject] @{ acquired = $false; abandoned = $false; foreign = $false; holder = $World.Lock } }
        $World.Lock = $Argument.Operation
        [pscustomobject] @{ acquired = $true; abandoned = $false; foreign = $false; holder = $null }
    }
    'Exit-CsiLock' = { $World.Lock = $null }
    'Read-CsiPauseRecord' = { Copy-Plain -Value $World.Pause }
    'Write-CsiPauseRecord' = { $World.Pause = [pscustomobject] $Argument.Record }
    'Remove-CsiPauseRecord' = { $World.Pause = $null }
    'Read-CsiSwitchRecord' = { Copy-Plain -Value $World.Records[$Argument.Name] }
    'Write-CsiSwitchRecord' = { $World.Records[$Argument.Name] = [pscustomobject] $Argument.Record }
    'Remove-CsiSwitchRecord' = { $World.Records.Remove($Argument.Name) }
    'Move-CsiBrokenRecord' = { if ($Argument.Name -eq 'pause') { $World.Pause = $null } else { $World.Records.Remove($Argument.Name) } }
    'Remove-CsiLeftOutcome' = { }
    'Read-CsiProofRequest' = { $false }
    'Write-CsiProof' = { $World.Proof = $Argument.Text }
    'Write-CsiEvent' = { $World.Written += $Argument.Text }
    'Get-CsiChange' = { }
    'Register-CsiRestoreTask' = { $World.Task = $Argument.Deadline }
    'Confirm-CsiRestoreTask' = { [pscustomobject] @{ proven = $World.Service.status -eq 'Running'; problem = $null } }
    'Test-CsiRestoreTask' = { $null -ne $World.Task }
    'Unregister-CsiRestoreTask' = { $World.Task = $null }
    'Get-CsiInstalledProgram' = { [pscustomobject] @{ sha256 = 'ab' * 32; problem = $null } }
    'Get-CsiProgramFolder' = { return , @($World.ProgramFolder) }
    'Remove-CsiProgramFile' = { $World.ProgramFolder = @($World.ProgramFolder | Where-Object { $_.name -ne $Argument.Name }) }
    'Send-CsiForm' = {
        $World.Tokens += 1
        $claims = ConvertTo-Json -Compress -InputObject @{ roles = @($World.Roles) }
        $payload = [Convert]::ToBase64String([Text.Encoding]::ASCII.GetBytes($claims)).TrimEnd('=').Replace('+', '-').Replace('/', '_')
        [pscustomobject] @{
            reached = $true; status = 200; body = "{`"access_token`":`"e30.$payload.x`"}"; date = ConvertTo-Iso -Time $World.Time
            problem = $null
        }
    }
    'Test-CsiEndpoint' = { [pscustomobject] @{ reached = $true; status = 200; date = $null; proxy = $null; problem = $null } }
    'Start-CsiSyncCycle' = {
        $World.Runs += [pscustomobject] @{
            id = "run $($World.Runs.Count + 1)"; endedAt = ConvertTo-Iso -Time $World.Time.AddSeconds(1)
            startedAt = ConvertTo-Iso -Time $World.Time; connector = $World.Connector.name; runProfile = 'Delta Import'; result = $World.RunResult
        }
        $World.CycleEnds = $World.Time.AddSeconds(2)
        [pscustomobject] @{ started = $true; problem = $null }
    }
    'Get-CsiRunResult' = { $World.Runs }
    'Invoke-CsiRegistration' = {
        Assert-WorldService -World $World
        Set-WorldIdentity -World $World -Hash $Argument.CertificateHash -AppId $Argument.AppId
        [pscustomobject] @{ outcome = 'completed'; message = '' }
    }
    'Invoke-CsiRotation' = {
        Assert-WorldService -World $World
        Set-WorldIdentity -World $World -Hash $Argument.CertificateHash -AppId $World.Connector.appId
        [pscustomobject] @{ outcome = 'completed'; message = '' }
    }
    'Invoke-CsiRollback' = {
        Assert-WorldService -World $World
        Set-WorldIdentity -World $World -Hash $null -Account $Argument.AccountName
        [pscustomobject] @{ outcome = 'completed'; message = '' }
    }
    'Invoke-CsiLegacyAccountRemoval' = {
        Assert-WorldService -World $World
        $World.Removed += $Argument.AccountName
        [pscustomobject] @{ outcome = 'completed'; message = '' }
    }
    'Repair-CsiConnectorParameter' = { $World.Connector.parameters.CertificateId = 'repaired' }
    'Wait-CsiTime' = { $World.Time = $World.Time.AddSeconds([Math]::Max(0.1, $Argument.Seconds)) }
}

function Assert-WorldService {
    <#
    .SYNOPSIS
        Fails where the service does not run, as the product's cmdlets do.
    #>
    param([hashtable] $World)
    if ($World.Service.status -ne 'Running') { throw (New-WindowsFailure -Message 'The ADSync service does not run.') }
}

function Invoke-WorldEffect {
    <#
    .SYNOPSIS
        One effect on the server.
    #>
    param([hashtable] $World, [string] $Name, [Collections.IDictionary] $Argument)
    [void] $World.Calls.Add($Name)
    if ($null -ne $World.Before) { [void] (& $World.Before $World $Name $Argument) }
    # Straight into the pipeline: a list of objects differs from one object that is a list.
    if ($World.Do.ContainsKey($Name)) {
        & $World.Do[$Name] $World $Argument
    } elseif ($script:Effects.ContainsKey($Name)) {
        & $script:Effects[$Name]
    } else {
        throw "no test expects $Name"
    }
    if ($null -ne $World.After) { [void] (& $World.After $World $Name $Argument) }
}

function Invoke-RealEffect {
    <#
    .SYNOPSIS
        What an effect does on a healthy server, for a test that only adds to it.
    #>
    param([hashtable] $World, [string] $Name, [Collections.IDictionary] $Argument)
    return & $script:Effects[$Name]
}

function Get-StubText {
    <#
    .SYNOPSIS
        The functions of Windows/ with their parameters, and the server in memory behind them. Read once.
    #>
    $folder = Join-Path -Path $PSScriptRoot -ChildPath '../Windows'
    $isFunction = { param($node) $node -is [Management.Automation.Language.FunctionDefinitionAst] }
    $texts = foreach ($file in Get-ChildItem -LiteralPath $folder -Filter '*.ps1') {
        $tree = [Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref] $null, [ref] $null)
        foreach ($function in $tree.FindAll($isFunction, $false)) {
            $block = $function.Body.ParamBlock
            $parameters = ''
            if ($null -ne $block) { $parameters = $block.Extent.Text }
            "function script:$($function.Name) { [CmdletBinding()] $parameters`n" +
            "    Invoke-WorldEffect -World `$script:World -Name '$($function.Name)' -Argument `$PSBoundParameters }"
        }
    }
    return $texts -join "`n"
}

$script:Stubs = Get-StubText

function New-World {
    <#
    .SYNOPSIS
        The module, loaded anew, on a healthy server with the connector on a service account.
    #>
    [OutputType([hashtable])]
    param()
    $world = @{
        Time = [DateTime]::SpecifyKind([DateTime] '2026-11-01T12:00:00', [DateTimeKind]::Utc)
        Calls = New-Object -TypeName Collections.ArrayList; Do = @{}; Before = $null; After = $null
        LanguageMode = 'FullLanguage'; Administrator = $true; Version = '2.6.84.0'; DotnetRelease = 528040; PssSaltSize = 2; KeyInHardware = $true
        Service = [pscustomobject] @{ status = 'Running'; account = 'NT SERVICE\ADSync'; accountSid = $script:ServiceSid; accountProblem = $null }
        Accounts = @{ 'NT SERVICE\ADSync' = $script:ServiceSid; 'CONTOSO\other' = 'S-1-5-21-9-1' }
        Connector = $null; Enabled = $true; Suspended = $false; CycleEnds = [DateTime]::MinValue
        Certificates = @(); Issuance = @{}; Requests = @(); Enrolment = 'issued'; Keys = @(); Events = @(); Runs = @(); RunResult = 'success'; Removed = @(); Written = @()
        Pause = $null; Records = @{}; Task = $null; Lock = $null; ProgramFolder = @(); Roles = @($script:SyncRole); Tokens = 0; Proof = $null
        Identifier = '0123456789abcdef0123456789abcdef'
    }
    Set-WorldIdentity -World $world -Hash $null
    Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath '../ConnectSyncHost.psd1') -Force -Global -DisableNameChecking
    $effect = ${function:Invoke-WorldEffect}
    & (Get-Module -Name ConnectSyncHost) {
        param($World, $Effect, $Stubs)
        $script:World = $World
        Set-Item -Path function:script:Invoke-WorldEffect -Value $Effect
        . ([scriptblock]::Create($Stubs))
        # Where a test looks at what was printed.
        $script:Printed = New-Object -TypeName Collections.ArrayList
        function script:Write-ErrorLine { param([string] $Text) [void] $script:Printed.Add($Text) }
    } $world $effect $script:Stubs
    return $world
}

function Get-WorldRequest {
    <#
    .SYNOPSIS
        A request of an operation that a healthy server fulfils, with changes.
    #>
    param([string] $Operation, [string] $Hash = ('a1' * 32), [hashtable] $Change = @{})
    $label = 'ConnectSyncIdentity dev/sync01 g1'
    $request = @{ protocol = 1; server = 'sync01' }
    $bounds = @{ replicationSeconds = 0; cycleSeconds = 60; cmdletSeconds = 10; verifySeconds = 30 }
    $own = switch ($Operation) {
        'observe' { @{ labelPrefix = 'ConnectSyncIdentity dev/sync01 '; eventHours = 24 } }
        { $_ -in 'ensure-certificate', 'remove-certificate' } {
            @{
                label = $label; keyName = 'ConnectSyncIdentity-dev-sync01-g1'; subject = "CN=$label"; keyProvider = $script:TpmProvider
                allowSoftwareKey = $false; keyLength = 2048; lifetimeDays = 365; serviceAccount = $null; minimumVersion = '2.5.79.0'
                adoptSha256 = $null
            }
        }
        'release' { @{ label = $label; appId = $script:AppId; certificateSha256 = $Hash } }
        'register' {
            @{
                label = $label; appId = $script:AppId; certificateSha256 = $Hash; revision = 1; tokenEndpoint = 'https://login.example/token'
                requiredRoles = @(, @{ resourceAppId = $script:SyncResource; roles = @($script:SyncRole) }); allowSoftwareKey = $false
                serviceAccount = $null; minimumVersion = '2.5.79.0'; repairConnectivityParameters = $false; verify = 'switch'
                bounds = $bounds
            }
        }
        'rollback' {
            @{
                rollback = 'to-service-account'; appId = $script:AppId; bounds = @{ cycleSeconds = 60; cmdletSeconds = 10 }
                credential = @{ userName = 'admin@contoso.com'; password = 'pa ss&word' }
            }
        }
        'reset-machine-identifier' {
            @{
                resetMachineIdentifier = '0123456789abcdef0123456789abcdef'; newIdentifier = 'fedcba9876543210fedcba9876543210'
                bounds = @{ cycleSeconds = 60; cmdletSeconds = 10 }
            }
        }
        'remove-legacy-account' {
            @{
                removeLegacyAccount = 'Sync_SYNC01_abcdefabcdef'; bounds = @{ cmdletSeconds = 10 }
                credential = @{ userName = 'admin@contoso.com'; password = 'pa ss&word' }
            }
        }
    }
    foreach ($part in $own, $Change) {
        foreach ($name in $part.Keys) { $request[$name] = $part[$name] }
    }
    return $request
}

function Invoke-WorldOperation {
    <#
    .SYNOPSIS
        Runs an operation as the program does. Answers result, error (null where it went well) and changed.
    #>
    param([string] $Operation, [hashtable] $Request)
    $json = ConvertTo-Json -Compress -Depth 9 -InputObject $Request
    return & (Get-Module -Name ConnectSyncHost) {
        param($Name, $Json)
        $script:Operation = $Name
        $script:Request = $Json
        $script:Changed = $false
        $script:Credential = $null
        $script:Step = @{ Lines = 0; Text = ''; Due = 0 }
        $answer = [pscustomobject] @{ Result = $null; Error = $null; Changed = $false; Line = '' }
        try {
            $answer.Result = [pscustomobject] (Invoke-Operation)
        } catch {
            $answer.Error = [pscustomobject] (ConvertTo-Refusal -Exception $_.Exception).Data['HostError']
            $answer.Line = $_.InvocationInfo.PositionMessage
        }
        $answer.Changed = $script:Changed
        return $answer
    } $Operation $json
}

Export-ModuleMember -Function New-World, New-WindowsFailure, Add-WorldCertificate, New-WorldIssuance, Set-WorldIdentity, Get-WorldRequest,
Invoke-WorldOperation, Invoke-RealEffect, Get-ExactRule, ConvertTo-Iso -Variable AppId, OtherAppId, ServiceSid, SyncRole
