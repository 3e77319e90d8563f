<#
    A Windows of memory for the tests of Open-Ssh.ps1: the cmdlets that it calls, with their real parameters. They write
    errors as the real ones do: as functions of a module, which do not see the script's $ErrorActionPreference. A call
    that no test expects fails. One fault can be set: an effect is refused, does nothing and reports nothing, or is
    complete before its error arrives.

    It does not show that Windows behaves like this; only a run on Windows does.
#>
Set-StrictMode -Version Latest
# As for an administrator at a console, regardless of what the runner of these tests prefers.
$ErrorActionPreference = 'Continue'
$script:World = $null

function Reset-World {
    <# .SYNOPSIS A server without OpenSSH Server: one local administrator, the rights of a new installation. #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Folder)
    $script:World = @{
        Folder = $Folder; Elevated = $true; Build = 20348; Service = $null; Started = $null; Running = ''; Security = ''; Rules = @{}
        Profiles = @(@{ Name = 'Domain'; Enabled = 'True'; AllowLocalFirewallRules = 'NotConfigured' })
        Accounts = @{ 'svc-pulumi' = 'S-1-5-21-1-2-3-1001'; 'CORP\svc' = 'S-1-5-21-9-9-9-1107'; 'Guest' = 'S-1-5-21-1-2-3-501' }
        Local = @('S-1-5-21-1-2-3-1001', 'S-1-5-21-1-2-3-501'); DomainGroups = @('S-1-5-21-9-9-9-513'); Unreadable = @()
        Groups = @{ 'S-1-5-32-544' = @('S-1-5-21-1-2-3-500', 'S-1-5-21-1-2-3-1001'); 'S-1-5-32-545' = @() }
        Rights = "[Privilege Rights]`r`nSeNetworkLogonRight = *S-1-5-11,*S-1-5-32-544`r`nSeDenyNetworkLogonRight = Guest`r`n"
        Effective = @{}; PasswordsFrom = @(); Owners = @{}; DotNet = 528040; Fault = $null; Calls = @()
    }
    return $script:World
}

function Install-Server {
    <# .SYNOPSIS What the installation brings: a service that does not run yet, and a rule for everyone. #>
    [CmdletBinding()]
    param([string] $Program = (Join-Path -Path $script:World.Folder -ChildPath 'sshd.exe'))
    [IO.File]::WriteAllText($Program, '')
    $script:World.Service = @{ PathName = $Program; StartMode = 'Manual'; State = 'Stopped'; ProcessId = 0 }
    Add-Rule -Name 'OpenSSH-Server-In-TCP' -Address @('Any')
}

function Add-Rule {
    <# .SYNOPSIS A firewall rule. #>
    [CmdletBinding()]
    param([string] $Name, [string[]] $Address, [string[]] $Port = @('22'), [string] $Enabled = 'True')
    $script:World.Rules[$Name] = @{
        Enabled = $Enabled; Direction = 'Inbound'; Action = 'Allow'; Profile = 'Any'
        Protocol = 'TCP'; LocalPort = $Port; RemoteAddress = $Address
    }
}

function Start-Sshd {
    <# .SYNOPSIS sshd starts: makes what is missing, and reads its settings once. #>
    [CmdletBinding()]
    param()
    $folder = Join-Path -Path $script:World.Folder -ChildPath 'ssh'
    [void] [IO.Directory]::CreateDirectory($folder)
    $config = Join-Path -Path $folder -ChildPath 'sshd_config'
    if (-not [IO.File]::Exists($config)) {
        $match = "Match Group administrators`r`n  AuthorizedKeysFile __PROGRAMDATA__/ssh/administrators_authorized_keys`r`n"
        [IO.File]::WriteAllText($config, "AuthorizedKeysFile .ssh/authorized_keys`r`n$match")
        [IO.File]::WriteAllText((Join-Path -Path $folder -ChildPath 'ssh_host_ed25519_key.pub'), "ssh-ed25519 AAAAhost system@server`n")
    }
    $script:World.Running = [IO.File]::ReadAllText($config)
    $script:World.Service.State = 'Running'
    $script:World.Service.ProcessId = 4711
    # Later than the file's time by the clock of the file system.
    # It read what was written before, and what is written from now on is later, also on a clock with coarse steps.
    $written = [DateTime]::UtcNow.AddSeconds(-1)
    [IO.File]::SetLastWriteTimeUtc($config, $written)
    $script:World.Started = $written.AddMilliseconds(10).ToLocalTime()
}

function New-WindowsError {
    <# .SYNOPSIS The error that Windows gives for an effect. #>
    [CmdletBinding()]
    param([string] $Effect)
    $exception = New-Object -TypeName ComponentModel.Win32Exception -ArgumentList 5
    $id = 'WindowsError'
    if ($Effect -like '*-NetFirewallRule') {
        $exception = New-Object -TypeName Microsoft.Management.Infrastructure.CimException -ArgumentList 'Access is denied. '
        $id = "Windows System Error 5,$Effect"
    } elseif ($Effect -eq 'Add-WindowsCapability') {
        $exception = New-Object -TypeName Runtime.InteropServices.COMException -ArgumentList 'Add-WindowsCapability failed.', 0x800f0954
        $id = 'Microsoft.Dism.Commands.AddWindowsCapabilityCommand'
    } elseif ($Effect -like '*-Service') {
        $inner = $exception
        $text = "Service 'OpenSSH SSH Server (sshd)' cannot be started."
        $exception = New-Object -TypeName InvalidOperationException -ArgumentList $text, $inner
        $id = 'CouldNotStartService,Microsoft.PowerShell.Commands.StartServiceCommand'
    } elseif ($Effect -like 'Write *') {
        $exception = New-Object -TypeName IO.IOException -ArgumentList 'The process cannot access the file.', 0x80070020
        $id = 'IOException'
    } elseif ($Effect -eq 'Set-KeyFileSecurity') {
        $exception = New-Object -TypeName UnauthorizedAccessException -ArgumentList 'Attempted to perform an unauthorized operation.'
        $id = 'System.UnauthorizedAccessException,Microsoft.PowerShell.Commands.SetAclCommand'
    }
    return New-Object -TypeName Management.Automation.ErrorRecord -ArgumentList $exception, $id, 'NotSpecified', $null
}

function Invoke-Effect {
    <# .SYNOPSIS Does an effect, unless a fault is set for it; answers the error that the caller must write, or nothing. #>
    [CmdletBinding()]
    param([string] $Effect, [scriptblock] $Do)
    $script:World.Calls += $Effect
    $mode = ''
    if ($null -ne $script:World.Fault -and $script:World.Fault.Effect -eq $Effect) {
        $mode = $script:World.Fault.Mode
    }
    if ($mode -eq '' -or $mode -eq 'complete') {
        & $Do | Out-Null
    }
    if ($mode -eq 'refused' -or $mode -eq 'complete') {
        return New-WindowsError -Effect $Effect
    }
}

function New-NotFound {
    <# .SYNOPSIS What a CDXML cmdlet writes where its query finds nothing. #>
    [CmdletBinding()]
    param([string] $Text, [string] $Cmdlet)
    $exception = New-Object -TypeName Exception -ArgumentList "No MSFT_NetFirewallRule objects found with property $Text."
    return New-Object -TypeName Management.Automation.ErrorRecord -ArgumentList $exception,
        "CmdletizationQuery_NotFound_InstanceID,$Cmdlet", 'ObjectNotFound', $null
}

function Get-CimInstance {
    [CmdletBinding()]
    param([string] $ClassName, [string] $Filter)
    if ($ClassName -eq 'Win32_Service' -and $Filter -eq "Name='sshd'") {
        if ($null -ne $script:World.Service) { return [pscustomobject] $script:World.Service }
        return
    }
    if ($ClassName -eq 'Win32_Process' -and $Filter -eq 'ProcessId=4711') {
        return [pscustomobject] @{ CreationDate = $script:World.Started }
    }
    throw "not expected: Get-CimInstance $ClassName $Filter"
}

function Add-WindowsCapability {
    [CmdletBinding()]
    param([switch] $Online, [string] $Name)
    if (-not $Online -or $Name -ne 'OpenSSH.Server~~~~0.0.1.0') { throw "not expected: $Name" }
    $problem = Invoke-Effect -Effect 'Add-WindowsCapability' -Do { Install-Server }
    if ($null -ne $problem) { $PSCmdlet.WriteError($problem) }
}

function Set-Service {
    [CmdletBinding()]
    param([string] $Name, [string] $StartupType)
    if ($Name -ne 'sshd' -or $StartupType -ne 'Automatic') { throw "not expected: Set-Service $Name $StartupType" }
    $problem = Invoke-Effect -Effect 'Set-Service' -Do { $script:World.Service.StartMode = 'Auto' }
    if ($null -ne $problem) { $PSCmdlet.WriteError($problem) }
}

function Start-Service {
    [CmdletBinding()]
    param([string] $Name)
    if ($Name -ne 'sshd') { throw "not expected: Start-Service $Name" }
    $problem = Invoke-Effect -Effect 'Start-Service' -Do { if ($script:World.Service.State -ne 'Running') { Start-Sshd } }
    if ($null -ne $problem) { $PSCmdlet.WriteError($problem) }
}

function Restart-Service {
    [CmdletBinding()]
    param([string] $Name)
    if ($Name -ne 'sshd') { throw "not expected: Restart-Service $Name" }
    $problem = Invoke-Effect -Effect 'Restart-Service' -Do { Start-Sshd }
    if ($null -ne $problem) { $PSCmdlet.WriteError($problem) }
}

function Get-NetFirewallRule {
    [CmdletBinding()]
    param([string] $Name)
    if ($null -ne $script:World.Fault -and $script:World.Fault.Effect -eq 'Get-NetFirewallRule') {
        $PSCmdlet.WriteError((New-WindowsError -Effect 'Get-NetFirewallRule'))
        return
    }
    if (-not $script:World.Rules.ContainsKey($Name)) {
        $PSCmdlet.WriteError((New-NotFound -Text "'InstanceID' equal to '$Name'" -Cmdlet 'Get-NetFirewallRule'))
        return
    }
    $rule = $script:World.Rules[$Name]
    return [pscustomobject] @{
        Name = $Name; InstanceID = $Name; Enabled = $rule.Enabled; Direction = $rule.Direction; Action = $rule.Action
        Profile = $rule.Profile
    }
}

function Get-NetFirewallAddressFilter {
    [CmdletBinding()]
    param([psobject] $AssociatedNetFirewallRule)
    # Windows shows an IPv4 prefix as a mask.
    $shown = @($script:World.Rules[$AssociatedNetFirewallRule.Name].RemoteAddress | ForEach-Object {
            $_ -replace '/28\z', '/255.255.255.240' -replace '/24\z', '/255.255.255.0'
        })
    return [pscustomobject] @{ RemoteAddress = $shown }
}

function Get-NetFirewallPortFilter {
    [CmdletBinding()]
    param([psobject] $AssociatedNetFirewallRule, [string] $Protocol)
    $names = @($script:World.Rules.Keys)
    if ($null -ne $AssociatedNetFirewallRule) {
        $names = @($AssociatedNetFirewallRule.Name)
    } elseif ($names.Length -eq 0) {
        $PSCmdlet.WriteError((New-NotFound -Text "'Protocol' equal to 'TCP'" -Cmdlet 'Get-NetFirewallPortFilter'))
    }
    foreach ($name in $names) {
        $rule = $script:World.Rules[$name]
        [pscustomobject] @{ InstanceID = $name; Protocol = $rule.Protocol; LocalPort = $rule.LocalPort }
    }
}

function Get-NetFirewallProfile {
    [CmdletBinding()]
    param([string] $PolicyStore)
    if ($PolicyStore -ne 'ActiveStore') { throw "not expected: $PolicyStore" }
    $script:World.Profiles | ForEach-Object { [pscustomobject] $_ }
}

function New-NetFirewallRule {
    [CmdletBinding()]
    param(
        [string] $Name, [string] $DisplayName, [string] $Direction, [string] $Action, [string] $Enabled, [string] $Protocol,
        [string[]] $LocalPort, [string[]] $RemoteAddress, [string] $Profile
    )
    if ($script:World.Rules.ContainsKey($Name)) { throw "not expected: a second rule $Name" }
    $problem = Invoke-Effect -Effect 'New-NetFirewallRule' -Do { Add-Rule -Name $Name -Address $RemoteAddress -Port $LocalPort }
    if ($null -ne $problem) { $PSCmdlet.WriteError($problem) }
}

function Set-NetFirewallRule {
    [CmdletBinding()]
    param(
        [string] $Name, [string] $Direction, [string] $Action, [string] $Enabled, [string] $Protocol,
        [string[]] $LocalPort, [string[]] $RemoteAddress, [string] $Profile
    )
    $problem = Invoke-Effect -Effect 'Set-NetFirewallRule' -Do { Add-Rule -Name $Name -Address $RemoteAddress -Port $LocalPort }
    if ($null -ne $problem) { $PSCmdlet.WriteError($problem) }
}

function Disable-NetFirewallRule {
    [CmdletBinding()]
    param([string] $Name)
    $problem = Invoke-Effect -Effect 'Disable-NetFirewallRule' -Do { $script:World.Rules[$Name].Enabled = 'False' }
    if ($null -ne $problem) { $PSCmdlet.WriteError($problem) }
}

function Get-LocalUser {
    [CmdletBinding()]
    param([string] $SID)
    if ($script:World.Local -contains $SID) { return [pscustomobject] @{ SID = $SID } }
    $exception = New-Object -TypeName Exception -ArgumentList "User $SID was not found."
    $PSCmdlet.WriteError((New-Object -TypeName Management.Automation.ErrorRecord -ArgumentList $exception,
                'UserNotFound,Microsoft.PowerShell.Commands.GetLocalUserCommand', 'ObjectNotFound', $SID))
}

function Get-LocalGroup {
    [CmdletBinding()]
    param()
    $script:World.Groups.Keys | ForEach-Object { [pscustomobject] @{ SID = $_ } }
}

function Get-LocalGroupMember {
    [CmdletBinding()]
    param([string] $SID)
    if ($script:World.Unreadable -contains $SID) {
        # A member of a domain that is gone: the cmdlet ends, regardless of the preference.
        throw (New-Object -TypeName InvalidOperationException -ArgumentList 'Failed to compare two elements in the array.')
    }
    $script:World.Groups[$SID] | ForEach-Object { [pscustomobject] @{ SID = $_ } }
}

function Invoke-FakeSshd {
    <# .SYNOPSIS sshd -T: the settings that count for a user. The first value of a setting counts. #>
    [CmdletBinding()]
    param([string[]] $Argument)
    if ("$Argument" -notmatch '\A-T -f (\S+) -C user=[^,]+,host=[^,]+,addr=([^,/]+)\z') { throw "not expected: sshd $Argument" }
    $file, $address = $Matches[1], $Matches[2]
    if ($null -ne $script:World.Fault -and $script:World.Fault.Effect -eq 'sshd -T') {
        return [pscustomobject] @{ Code = 255; Lines = @("${file}: terminating, 1 bad configuration options") }
    }
    if (-not [IO.File]::Exists($file)) {
        return [pscustomobject] @{ Code = 1; Lines = @("${file}: No such file or directory") }
    }
    $text = [IO.File]::ReadAllText($file)
    $found = @{
        pubkeyauthentication = 'yes'; passwordauthentication = 'yes'; kbdinteractiveauthentication = 'yes'; port = '22'
        authorizedkeysfile = '.ssh/authorized_keys'; authenticationmethods = 'any'
    }
    foreach ($name in @($found.Keys)) {
        if (($text -replace '(?s)\r?\nMatch .*', '') -match "(?im)^$name[ \t]+([^\r\n]+)") { $found[$name] = $Matches[1] }
        if ($script:World.Effective.ContainsKey($name)) { $found[$name] = $script:World.Effective[$name] }
    }
    $given = $script:World.Effective.ContainsKey('authorizedkeysfile')
    if ($text -match '(?im)^Match Group administrators' -and -not $given) {
        $found.authorizedkeysfile = '__PROGRAMDATA__/ssh/administrators_authorized_keys'
    }
    if ($script:World.PasswordsFrom -contains $address) { $found.passwordauthentication = 'yes' }
    return [pscustomobject] @{ Code = 0; Lines = @($found.Keys | ForEach-Object { "$_ $($found[$_])" }) }
}

# What no test expects.
foreach ($name in 'Remove-NetFirewallRule', 'Enable-NetFirewallRule', 'Stop-Service', 'Set-Acl', 'Get-Acl', 'Get-Service') {
    Set-Item -Path "function:$name" -Value ([scriptblock]::Create("throw 'not expected: $name'"))
}

Export-ModuleMember -Function '*'
