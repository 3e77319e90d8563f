<#
.SYNOPSIS
    Reads what a Microsoft Entra Connect Sync server looks like, and writes one report to send back. Changes nothing else.
.DESCRIPTION
    Run it once at the desktop, elevated, and once over SSH as the pipeline's user. It takes a few minutes. Each fact is a value,
    or null with the reason. Names of computers, domains, people, applications, certificates and files are masked: the same
    name has the same mask in all reports of one server. No key is exported, no password is read.

    The functions that read are those of the host program: Windows.ps1 beside this file, in host of a clone, or in the
    program's folder. Signing is tried with certificates of this project only, and with those that -CertificateHash names.

    Nothing here was run against a real server by its authors. Dot-sourcing this file defines its functions and does nothing
    else. Written for Windows PowerShell 5.1.
.PARAMETER Context
    Where it runs: desktop or ssh.
.PARAMETER OutFolder
    Where the report is written; the folder must exist.
.PARAMETER Endpoint
    What is asked over the network; no credential is sent.
.PARAMETER CertificateHash
    SHA-256 of further certificates whose keys are tried.
.PARAMETER EventDays
    How far back events are counted.
.PARAMETER ReadStdin
    Reads stdin to its end and reports its bytes: send one line without a secret.
.PARAMETER Functions
    Windows.ps1 of the host program.
.EXAMPLE
    powershell.exe -NoProfile -File .\Verify-OnServer.ps1 -Context desktop -OutFolder C:\Temp
#>
[CmdletBinding()]
[OutputType([string])]
param(
    [Parameter(Mandatory = $true)] [ValidateSet('desktop', 'ssh')] [string] $Context,
    [string] $OutFolder = '.',
    [string[]] $Endpoint = @('https://login.microsoftonline.com/', 'https://graph.microsoft.com/v1.0/'),
    [string[]] $CertificateHash = @(),
    [int] $EventDays = 30,
    [switch] $ReadStdin,
    [string] $Functions
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$script:Facts = [ordered] @{}
$script:Salt = [Guid]::NewGuid().ToString()
$script:Names = @([Environment]::MachineName, [Environment]::UserDomainName, [Environment]::UserName, $env:USERDNSDOMAIN)
# What is written as it is.
$script:Kept = @(
    'versions, builds and language settings', 'names of cmdlets, parameters, properties and types', 'names of well-known accounts'
    'ids and counts of events, AADSTS codes', 'names of key storage providers', 'the folder of a key file, not its name'
    'the scheduler, without names', 'addresses that -Endpoint names'
)
$script:Reading = @(
    'Get-ADSyncScheduler', 'Get-ADSyncEntraConnectorCredential', 'Get-ADSyncConnector', 'Get-ADSyncRunProfileResult'
    'Get-ADSyncAADPasswordResetConfiguration'
)
# Never called here: only their parameter sets are read.
$script:Changing = @(
    'Add-ADSyncApplicationRegistration', 'Invoke-ADSyncApplicationCredentialRotation', 'Add-ADSyncAADServiceAccount'
    'Remove-ADSyncAADServiceAccount', 'Remove-EntraApplicationKey', 'Set-ADSyncScheduler', 'Start-ADSyncSyncCycle'
    'Repair-ADSyncToolsEntraAppParameters'
)

function Get-Mask {
    <#
    .SYNOPSIS
        What is written in place of a name: the same for the same name.
    .PARAMETER Name
        The name.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [AllowNull()] [string] $Name)
    if ([string]::IsNullOrEmpty($Name)) {
        return ''
    }
    $algorithm = [Security.Cryptography.SHA256]::Create()
    try {
        $bytes = $algorithm.ComputeHash([Text.Encoding]::UTF8.GetBytes($script:Salt + $Name.ToLowerInvariant()))
    } finally {
        $algorithm.Dispose()
    }
    return 'masked-' + [BitConverter]::ToString($bytes, 0, 4).Replace('-', '').ToLowerInvariant()
}

function Hide-Text {
    <#
    .SYNOPSIS
        A text of Windows without names, ids, addresses and paths below a user.
    .PARAMETER Text
        The text.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [AllowNull()] [string] $Text)
    $hidden = [string] $Text
    foreach ($pattern in '[\w.+-]+@[\w.-]+', '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}', '\b[0-9A-Fa-f]{32,64}\b',
        'S-1-5-21(-\d+)+', '\b\d{1,3}(\.\d{1,3}){3}\b') {
        $hidden = [regex]::Replace($hidden, $pattern, { param($found) Get-Mask -Name $found.Value })
    }
    # Names of hosts and domains, but not of files and types.
    $hidden = [regex]::Replace($hidden, '(?i)\b(?!System\.|Microsoft\.)[\w-]+(\.[\w-]+)*\.(?!exe|dll|ps1|psm1|psd1|config)[a-z]{2,}\b', {
            param($found) Get-Mask -Name $found.Value
        })
    foreach ($name in $script:Names) {
        if (-not [string]::IsNullOrWhiteSpace($name)) {
            $hidden = [regex]::Replace($hidden, '(?i)\b' + [regex]::Escape($name) + '\b', (Get-Mask -Name $name))
        }
    }
    return $hidden
}

function Get-AccountText {
    <#
    .SYNOPSIS
        A well-known account as it is, any other one by its kind and mask.
    .PARAMETER Sid
        Its SID.
    .PARAMETER Account
        Its name, if it is known.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [AllowNull()] [string] $Sid,
        [AllowEmptyString()] [AllowNull()] [string] $Account
    )
    if ($Sid -notmatch '\AS-1-5-21-') {
        return $Sid
    }
    $kind = 'account'
    if ("$Account".EndsWith('$')) {
        $kind = 'managed or computer account'
    } elseif ($Sid -match '-(\d+)\z' -and [int64] $Matches[1] -lt 1000) {
        $kind = "built-in $($Matches[1])"
    }
    return "$kind $(Get-Mask -Name $Sid)"
}

function Read-Fact {
    <#
    .SYNOPSIS
        Reads one fact: its value, or null with the reason.
    .PARAMETER Name
        Its name in the report.
    .PARAMETER Read
        What reads it.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Name, [Parameter(Mandatory = $true)] [scriptblock] $Read)
    $value = $null
    $reason = $null
    try {
        $value = & $Read
        if ($null -eq $value) {
            $reason = 'the server says nothing'
        }
    } catch {
        $reason = Hide-Text -Text $_.Exception.Message
    }
    $script:Facts[$Name] = [ordered] @{ value = $value; reason = $reason }
}

function Get-Property {
    <#
    .SYNOPSIS
        The value of a property, null if the object has none.
    .PARAMETER InputObject
        The object.
    .PARAMETER Name
        The property.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [AllowNull()] [object] $InputObject, [Parameter(Mandatory = $true)] [string] $Name)
    if ($null -eq $InputObject -or $null -eq $InputObject.PSObject.Properties[$Name]) {
        return $null
    }
    return $InputObject.PSObject.Properties[$Name].Value
}

function Get-Shape {
    <#
    .SYNOPSIS
        The type of an object and of each property, without a value; two levels deep.
    .PARAMETER InputObject
        The object.
    .PARAMETER Depth
        How many levels are left.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [AllowNull()] [object] $InputObject, [int] $Depth = 2)
    if ($null -eq $InputObject) {
        return [ordered] @{ type = 'null'; members = @() }
    }
    $members = @()
    if ($Depth -gt 0 -and -not ($InputObject -is [string]) -and -not ($InputObject -is [ValueType])) {
        $members = @(foreach ($property in $InputObject.PSObject.Properties) {
                $inner = $null
                try {
                    $inner = $property.Value
                } catch {
                    Write-Verbose -Message "$($property.Name) does not answer: $($_.Exception.Message)"
                }
                $shape = Get-Shape -InputObject $inner -Depth ($Depth - 1)
                [ordered] @{ name = $property.Name; declared = $property.TypeNameOfValue; is = $shape }
            })
    }
    return [ordered] @{ type = $InputObject.GetType().FullName; members = $members }
}

function Get-CmdletFact {
    <#
    .SYNOPSIS
        The parameter sets of cmdlets, and whether each is there.
    .PARAMETER Name
        The cmdlets.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string[]] $Name)
    $common = @([Management.Automation.Cmdlet]::CommonParameters) + @([Management.Automation.Cmdlet]::OptionalCommonParameters)
    foreach ($one in $Name) {
        $command = Get-Command -Name $one -ErrorAction SilentlyContinue | Select-Object -First 1
        $sets = @()
        if ($null -ne $command) {
            $sets = @(foreach ($set in $command.ParameterSets) {
                    $parameters = @($set.Parameters | Where-Object { $common -notcontains $_.Name } | ForEach-Object {
                            [ordered] @{ name = $_.Name; type = $_.ParameterType.FullName; mandatory = $_.IsMandatory }
                        })
                    [ordered] @{ name = $set.Name; parameters = $parameters }
                })
        }
        $module = Get-Property -InputObject $command -Name 'ModuleName'
        [ordered] @{ name = $one; exists = $null -ne $command; module = $module; sets = $sets }
    }
}

function Get-ShapeFact {
    <#
    .SYNOPSIS
        The shapes of what the reading cmdlets return.
    #>
    [CmdletBinding()]
    param()
    foreach ($name in $script:Reading) {
        $shape = $null
        $problem = $null
        try {
            $arguments = @{}
            if ($name -eq 'Get-ADSyncRunProfileResult') {
                $arguments['NumberRequested'] = 3
            } elseif ($name -eq 'Get-ADSyncAADPasswordResetConfiguration') {
                $arguments['Connector'] = (Get-CsiEntraConnector).Name
            }
            $answer = @(& $name @arguments)
            $first = $answer | Select-Object -First 1
            $shape = [ordered] @{ count = $answer.Count; first = Get-Shape -InputObject $first }
        } catch {
            $problem = Hide-Text -Text $_.Exception.Message
        }
        [ordered] @{ cmdlet = $name; answer = $shape; reason = $problem }
    }
}

function Get-TokenFact {
    <#
    .SYNOPSIS
        How this session was logged on, and with which rights.
    #>
    [CmdletBinding()]
    param()
    $caller = Get-CsiCaller
    $groups = @([Security.Principal.WindowsIdentity]::GetCurrent().Groups | ForEach-Object { $_.Value })
    return [ordered] @{
        account            = Get-AccountText -Sid $caller.sid -Account $caller.account
        administrator      = $caller.administrator
        network            = $groups -contains 'S-1-5-2'
        interactive        = $groups -contains 'S-1-5-4'
        localAdministrator = $groups -contains 'S-1-5-114'
        domainAdmin        = @($groups | Where-Object { $_ -match '\AS-1-5-21-.*-512\z' }).Count -gt 0
    }
}

function Get-SshdFact {
    <#
    .SYNOPSIS
        sshd: service, version, shell, and which directives its configuration has.
    #>
    [CmdletBinding()]
    param()
    $service = Get-CimInstance -ClassName 'Win32_Service' -Filter "Name='sshd'"
    if ($null -eq $service) {
        throw 'There is no service sshd.'
    }
    $version = $null
    if ("$($service.PathName)" -match '\A"?([^"]+?\.exe)') {
        $version = [Diagnostics.FileVersionInfo]::GetVersionInfo($Matches[1]).FileVersion
    }
    $directives = @()
    $file = [IO.Path]::Combine("$env:ProgramData", 'ssh', 'sshd_config')
    if ([IO.File]::Exists($file)) {
        $directives = @(foreach ($line in [IO.File]::ReadAllLines($file)) {
                if ($line -match '\A\s*([A-Za-z]\w+)\s') {
                    $Matches[1]
                }
            })
    }
    return [ordered] @{
        state         = $service.State
        startMode     = $service.StartMode
        version       = $version
        inProgramFiles = "$($service.PathName)" -match 'Program Files'
        defaultShell  = Get-CsiDefaultShell
        directives    = @($directives | Sort-Object -Unique)
    }
}

function Get-ProductFact {
    <#
    .SYNOPSIS
        Version, service and its account.
    #>
    [CmdletBinding()]
    param()
    $service = Get-CsiService
    $product = Get-CsiProduct
    return [ordered] @{
        version = Get-Property -InputObject $product -Name 'version'
        status  = Get-Property -InputObject $service -Name 'status'
        account = Get-AccountText -Sid "$(Get-Property -InputObject $service -Name 'accountSid')" `
            -Account "$(Get-Property -InputObject $service -Name 'account')"
    }
}

function Get-ConnectorFact {
    <#
    .SYNOPSIS
        How the connector signs in, without a name: letters as a, digits as 0, a GUID as such.
    #>
    [CmdletBinding()]
    param()
    $connector = Get-CsiConnector
    $form = [regex]::Replace("$($connector.userName)", '[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}', '<guid>')
    $form = [regex]::Replace([regex]::Replace($form, '(?!<guid>)(?<!<|<g|<gu|<gui)\p{L}(?!uid>|id>|d>)', 'a'), '\d', '0')
    return [ordered] @{
        identityType = $connector.identityType
        userNameForm = $form
        parameters   = [ordered] @{
            ApplicationManagedBy = $connector.parameters.ApplicationManagedBy
            CertificateManagedBy = $connector.parameters.CertificateManagedBy
            CertificateId        = $null -ne $connector.parameters.CertificateId
        }
    }
}

function Get-KeyFact {
    <#
    .SYNOPSIS
        The private keys of LocalMachine\My: provider, folder, access rules, and a signature of ours that is verified.
    .PARAMETER Certificate
        An entry of Get-CsiCertificate.
    .PARAMETER Tried
        Whether its key may sign here.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [object] $Certificate, [Parameter(Mandatory = $true)] [bool] $Tried)
    $opened = Get-CsiKey -CertificateHash $Certificate.sha256
    $signature = [ordered] @{ made = $null; verified = $null; reason = 'not tried: a certificate of another purpose' }
    $access = @()
    $folder = $null
    if ($null -ne $opened.key) {
        if ($null -ne $opened.key.keyFile) {
            $folder = Hide-Text -Text ([IO.Path]::GetDirectoryName($opened.key.keyFile))
            $access = @(Get-CsiKeyAccess -KeyFile $opened.key.keyFile | Where-Object { $null -ne $_ } | ForEach-Object {
                    [ordered] @{ account = Get-AccountText -Sid $_.sid -Account $_.account; rights = $_.rights; allow = $_.allow }
                })
        }
        if ($Tried) {
            try {
                $data = [Convert]::ToBase64String([Text.Encoding]::ASCII.GetBytes('verify on server'))
                $made = New-CsiSignature -CertificateHash $Certificate.sha256 -Data $data
                $verified = Test-CsiSignature -CertificateHash $Certificate.sha256 -Data $data -Signature $made
                $signature = [ordered] @{ made = $true; verified = $verified; reason = $null }
            } catch {
                $code = $_.Exception.Data['CsiHResult']
                $signature = [ordered] @{ made = $false; verified = $null; reason = "$(Hide-Text -Text $_.Exception.Message) $code".Trim() }
            }
        }
    }
    return [ordered] @{
        certificate = Get-Mask -Name $Certificate.sha256
        ours        = $Tried
        notBefore   = $Certificate.notBefore
        notAfter    = $Certificate.notAfter
        provider    = Get-Property -InputObject $opened.key -Name 'keyProvider'
        inHardware  = Get-Property -InputObject $opened.key -Name 'keyInHardware'
        pssSaltSize = Get-Property -InputObject $opened.key -Name 'pssSaltSize'
        folder      = $folder
        access      = $access
        signature   = $signature
        reason      = Hide-Text -Text "$($opened.problem)"
        hresult     = $opened.hresult
    }
}

function Get-NetworkFact {
    <#
    .SYNOPSIS
        What answers this session, and whether the service has a proxy of its own in its configuration.
    .PARAMETER Uri
        What is asked.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string[]] $Uri)
    $session = @(foreach ($one in $Uri) {
            $answer = Test-CsiEndpoint -Uri $one
            [ordered] @{
                url     = $one
                reached = $answer.reached
                status  = $answer.status
                proxy   = $null -ne $answer.proxy
                reason  = Hide-Text -Text "$($answer.problem)"
            }
        })
    $service = 'not readable'
    $product = Get-CsiProduct
    if ($null -ne $product) {
        $file = [IO.Path]::Combine([IO.Path]::GetDirectoryName($product.modulePath), 'miiserver.exe.config')
        $service = 'no configuration of a proxy'
        if ([IO.File]::Exists($file) -and [IO.File]::ReadAllText($file) -match '<defaultProxy') {
            $service = 'defaultProxy is configured'
        }
    }
    return [ordered] @{ session = $session; service = $service }
}

function Get-EventFact {
    <#
    .SYNOPSIS
        Counts of events by source and id, and the AADSTS codes in those of the service.
    .PARAMETER Days
        How far back.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [int] $Days)
    $since = [DateTime]::UtcNow.AddDays(-$Days)
    $milliseconds = [int64] ([DateTime]::UtcNow - $since).TotalMilliseconds
    foreach ($source in 'Directory Synchronization', 'ADSync', 'ConnectSyncIdentity') {
        $query = "*[System[Provider[@Name='$source'] and TimeCreated[timediff(@SystemTime) <= $milliseconds]]]"
        $events = @()
        try {
            $events = @(Get-WinEvent -LogName 'Application' -FilterXPath $query -MaxEvents 5000)
        } catch {
            if ("$($_.FullyQualifiedErrorId)" -notmatch '^NoMatchingEventsFound') {
                throw
            }
        }
        foreach ($group in @($events | Group-Object -Property 'Id')) {
            $codes = @($group.Group | ForEach-Object { [regex]::Matches("$($_.Message)", 'AADSTS\d+') } | ForEach-Object { $_.Value })
            [ordered] @{ source = $source; id = [int] $group.Name; count = $group.Count; codes = @($codes | Sort-Object -Unique) }
        }
    }
}

function Get-StdinFact {
    <#
    .SYNOPSIS
        The first bytes of stdin as this session delivers them.
    #>
    [CmdletBinding()]
    param()
    $stream = [Console]::OpenStandardInput()
    $buffer = New-Object -TypeName 'byte[]' -ArgumentList 4096
    $count = $stream.Read($buffer, 0, 64)
    return [ordered] @{ redirected = [Console]::IsInputRedirected; bytes = [BitConverter]::ToString($buffer, 0, $count) }
}

function Read-Server {
    <#
    .SYNOPSIS
        Reads every fact, in the order of the report.
    #>
    [CmdletBinding()]
    param()
    Read-Fact -Name 'machineIdentifier' -Read {
        $found = Get-CsiMachineIdentifier
        if ($null -ne $found) {
            # The same masks in every report of this server; it is in none of them.
            $script:Salt = $found
            [ordered] @{ length = $found.Length; hexadecimal = $found -match '\A[0-9A-Fa-f]+\z' }
        }
    }
    Read-Fact -Name 'windows' -Read {
        $system = Get-CimInstance -ClassName 'Win32_OperatingSystem'
        [ordered] @{ caption = $system.Caption; build = $system.BuildNumber; domainController = $system.ProductType -eq 2 }
    }
    Read-Fact -Name 'powershell' -Read {
        $seen = Get-CsiHost
        [ordered] @{ version = $seen.powershellVersion; languageMode = $seen.languageMode; dotnetRelease = $seen.dotnetRelease }
    }
    Read-Fact -Name 'culture' -Read {
        [ordered] @{ name = [Globalization.CultureInfo]::CurrentCulture.Name; codePage = [Console]::OutputEncoding.CodePage }
    }
    Read-Fact -Name 'executionPolicy' -Read {
        @(Get-ExecutionPolicy -List | ForEach-Object { [ordered] @{ scope = "$($_.Scope)"; policy = "$($_.ExecutionPolicy)" } })
    }
    Read-Fact -Name 'token' -Read { Get-TokenFact }
    Read-Fact -Name 'sshd' -Read { Get-SshdFact }
    Read-Fact -Name 'product' -Read { Get-ProductFact }
    Read-Fact -Name 'module' -Read {
        Import-CsiModule
        [ordered] @{ loaded = $true; tools = @(Get-Module -ListAvailable -Name 'ADSyncTools' | ForEach-Object { "$($_.Version)" }) }
    }
    Read-Fact -Name 'cmdlets' -Read { , @(Get-CmdletFact -Name ($script:Reading + $script:Changing)) }
    Read-Fact -Name 'shapes' -Read { , @(Get-ShapeFact) }
    Read-Fact -Name 'scheduler' -Read { Get-CsiScheduler }
    Read-Fact -Name 'connector' -Read { Get-ConnectorFact }
    Read-Fact -Name 'passwordWriteback' -Read { Get-CsiPasswordWriteback }
    Read-Fact -Name 'cloud' -Read { [ordered] @{ azureInstance = Get-CsiAzureInstance } }
    Read-Fact -Name 'tpm' -Read { Get-CsiTpm }
    Read-Fact -Name 'privateKeys' -Read {
        $entries = @(Get-CsiCertificate)
        , @(foreach ($entry in $entries) {
                $tried = $entry.label.StartsWith('ConnectSyncIdentity ') -or $CertificateHash -contains $entry.sha256
                Get-KeyFact -Certificate $entry -Tried $tried
            })
    }
    Read-Fact -Name 'network' -Read { Get-NetworkFact -Uri $Endpoint }
    Read-Fact -Name 'events' -Read { , @(Get-EventFact -Days $EventDays) }
    if ($ReadStdin) {
        Read-Fact -Name 'stdin' -Read { Get-StdinFact }
    } else {
        $script:Facts['stdin'] = [ordered] @{ value = $null; reason = 'not asked for: -ReadStdin' }
    }
}

function ConvertTo-AsciiJson {
    <#
    .SYNOPSIS
        JSON in ASCII.
    .PARAMETER Value
        The value.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [object] $Value)
    $json = ConvertTo-Json -InputObject $Value -Depth 20
    return [regex]::Replace($json, '[^\x00-\x7F]', { param($found) '\u{0:x4}' -f [int] [char] $found.Value })
}

function Write-Report {
    <#
    .SYNOPSIS
        Writes the report as JSON and as text, and answers the paths.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    $report = [ordered] @{
        report  = 'connect-sync-identity/verify-on-server'
        version = 1
        context = $Context
        edition = "$($PSVersionTable.PSEdition)"
        takenAt = [DateTime]::UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", [Globalization.CultureInfo]::InvariantCulture)
        kept    = $script:Kept
        facts   = $script:Facts
    }
    $lines = @("Verify on server: $Context, $($report.takenAt)") + @(foreach ($name in @($script:Facts.Keys)) {
            $fact = $script:Facts[$name]
            if ($null -eq $fact.value) {
                "${name}: not read: $($fact.reason)"
            } else {
                "${name}: $(ConvertTo-Json -InputObject $fact.value -Depth 20 -Compress)"
            }
        })
    $folder = (Resolve-Path -LiteralPath $OutFolder).ProviderPath
    $json = [IO.Path]::Combine($folder, "verify-$Context.json")
    $text = [IO.Path]::Combine($folder, "verify-$Context.txt")
    [IO.File]::WriteAllText($json, (ConvertTo-AsciiJson -Value $report))
    [IO.File]::WriteAllLines($text, [string[]] $lines)
    return @($json, $text)
}

function Find-Function {
    <#
    .SYNOPSIS
        The path of Windows.ps1.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    $places = @(
        $Functions, [IO.Path]::Combine($PSScriptRoot, 'Windows.ps1'), [IO.Path]::Combine($PSScriptRoot, '..', '..', 'host', 'Windows.ps1')
        [IO.Path]::Combine("$env:ProgramFiles", 'ConnectSyncIdentity', 'Windows.ps1')
    )
    foreach ($place in $places) {
        if (-not [string]::IsNullOrWhiteSpace($place) -and [IO.File]::Exists($place)) {
            return [IO.Path]::GetFullPath($place)
        }
    }
    throw 'Windows.ps1 of the host program is missing: copy it beside this file.'
}

if ($MyInvocation.InvocationName -ne '.') {
    . (Find-Function)
    Read-Server
    Write-Report
}
