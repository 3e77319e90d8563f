<#
.SYNOPSIS
    Opens SSH on a Microsoft Entra Connect Sync server for one key, one user and the given addresses. Run it at the
    console, as an administrator.
.DESCRIPTION
    Checks everything first: input, account, logon rights, firewall, folders, the sshd that is installed. Then, in this
    order: installs OpenSSH Server if it is missing, switches off firewall rules that open port 22 to all addresses, makes
    the host program's data folder, starts the service, writes the key with its restrictions, allows login by key only and
    for this user only, restarts sshd, and opens the firewall last, for the given addresses. Each step reads, compares,
    changes the difference, and reads again.

    A run that fails names what it had changed, and how to undo it; the next run goes on from there. A second run changes
    nothing and prints what it verified. docs/open-ssh.md explains why it is restricted this far and not farther.

    Nothing here was run against a real Windows Server by its authors: run it with -WhatIf first.

    Dot-sourcing this file defines its functions and does nothing else. Functions that touch Windows come first and decide
    nothing.
.PARAMETER AuthorizedKey
    The public key of the pipeline, one line: ssh-ed25519 or ecdsa-sha2-nistp256/384/521, base64, optionally a comment.
.PARAMETER User
    The administrator that the pipeline logs in as. The script creates neither the account nor its membership.
.PARAMETER FromAddress
    Addresses of the machines that run the pipeline: IPv4 or IPv6, with or without a prefix length; a network by its first
    address.
.EXAMPLE
    .\Open-Ssh.ps1 -AuthorizedKey (Get-Content .\pipeline.pub) -User svc-pulumi -FromAddress 10.20.30.0/28 -WhatIf
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]
[OutputType([string])]
param(
    [Parameter(Mandatory = $true)] [string] $AuthorizedKey,
    [Parameter(Mandatory = $true)] [string] $User,
    [Parameter(Mandatory = $true)] [string[]] $FromAddress
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$script:SshFolder = Join-Path -Path $env:ProgramData -ChildPath 'ssh'
$script:KeyFile = Join-Path -Path $script:SshFolder -ChildPath 'administrators_authorized_keys'
$script:ConfigFile = Join-Path -Path $script:SshFolder -ChildPath 'sshd_config'
$script:KeptFile = "$script:ConfigFile.before-connect-sync-identity"
# Where the host program keeps its records: a folder that someone else made would stop its changes.
$script:DataFolder = Join-Path -Path $env:ProgramData -ChildPath 'ConnectSyncIdentity'
$script:DataFolderSecurity = 'O:BAD:PAI(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)'
# SYSTEM, Administrators, TrustedInstaller.
$script:Owners = 'S-1-5-18', 'S-1-5-32-544', 'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464'
# .NET Framework 4.7.2, which the host program needs.
$script:DotNetRelease = 461808
$script:Capability = 'OpenSSH.Server~~~~0.0.1.0'
# Windows has this capability from Server 2019 on.
$script:FirstBuild = 17763
$script:RuleName = 'ConnectSyncIdentity-SSH'
$script:Administrators = 'S-1-5-32-544'
$script:LocalAccount = 'S-1-5-113'
$script:LocalAdministrator = 'S-1-5-114'
# Everyone, NETWORK, Authenticated Users, Users: part of every network logon.
$script:EveryLogon = 'S-1-1-0', 'S-1-5-2', 'S-1-5-11', 'S-1-5-32-545'
# SYSTEM and Administrators, no one else, nothing inherited: sshd ignores the file otherwise.
$script:KeyFileSecurity = 'O:BAD:PAI(A;;FA;;;BA)(A;;FA;;;SY)'
# What follows the length of a type's name; a key that was cut off is shorter.
$script:KeyBytes = @{
    'ssh-ed25519' = 51; 'ecdsa-sha2-nistp256' = 104; 'ecdsa-sha2-nistp384' = 136; 'ecdsa-sha2-nistp521' = 172
}
$script:BlockBegin = '# BEGIN ConnectSyncIdentity'
$script:BlockEnd = '# END ConnectSyncIdentity'
$script:Changes = @()

# ---------------------------------------------------------------------------------------------------------------------
# Windows: effects, no decisions. Functions of a module do not see the preference above: each call says what an error does.

function Test-Elevated {
    <#
    .SYNOPSIS
        Whether the caller is an administrator with all rights.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param()
    $identity = [Security.Principal.WindowsIdentity]::GetCurrent()
    $principal = New-Object -TypeName Security.Principal.WindowsPrincipal -ArgumentList $identity
    return $principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
}

function Get-WindowsBuild {
    <#
    .SYNOPSIS
        The build number of Windows.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param()
    return [Environment]::OSVersion.Version.Build
}

function Resolve-AccountSid {
    <#
    .SYNOPSIS
        The SID of an account; empty if Windows knows none of this name.
    .PARAMETER Account
        The account's name.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Account)
    $ntAccount = New-Object -TypeName Security.Principal.NTAccount -ArgumentList $Account
    try {
        return $ntAccount.Translate([Security.Principal.SecurityIdentifier]).Value
    } catch [Security.Principal.IdentityNotMappedException] {
        return ''
    }
}

function Get-DomainGroupSid {
    <#
    .SYNOPSIS
        The SIDs of all groups that a domain account would log on with. Asks a domain controller.
    .PARAMETER Account
        The account as DOMAIN\name.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Account)
    $domain, $name = $Account -split '\\', 2
    $identity = New-Object -TypeName Security.Principal.WindowsIdentity -ArgumentList "$name@$domain"
    try {
        return @($identity.Groups | ForEach-Object { $_.Value })
    } finally {
        $identity.Dispose()
    }
}

function Test-LocalAccount {
    <#
    .SYNOPSIS
        Whether an account is one of this server.
    .PARAMETER Sid
        The account's SID.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [string] $Sid)
    try {
        return $null -ne (Get-LocalUser -SID $Sid -ErrorAction Stop)
    } catch {
        if ($_.CategoryInfo.Category -ne 'ObjectNotFound') {
            throw
        }
        return $false
    }
}

function Get-LocalGroupSid {
    <#
    .SYNOPSIS
        The SIDs of the local groups that have an account as a direct member, and the names of groups that Windows cannot list.
    .PARAMETER Sid
        The account's SID.
    #>
    [CmdletBinding()]
    [OutputType([psobject])]
    param([Parameter(Mandatory = $true)] [string] $Sid)
    $found = @()
    $unread = @()
    foreach ($group in @(Get-LocalGroup -ErrorAction Stop)) {
        try {
            $members = @(Get-LocalGroupMember -SID $group.SID -ErrorAction Stop | ForEach-Object { "$($_.SID)" })
            if ($members -contains $Sid) {
                $found += "$($group.SID)"
            }
        } catch {
            # A member whose domain is gone makes Windows refuse the whole list.
            $unread += "$($group.SID)"
        }
    }
    return [pscustomobject] @{ Found = $found; Unread = $unread }
}

function Invoke-Native {
    <#
    .SYNOPSIS
        Runs a program; its exit code, and what it printed.
    .PARAMETER Path
        The program.
    .PARAMETER Argument
        Its arguments, none with a space or a quote.
    #>
    [CmdletBinding()]
    [OutputType([psobject])]
    param([Parameter(Mandatory = $true)] [string] $Path, [Parameter(Mandatory = $true)] [string[]] $Argument)
    # Windows PowerShell turns a redirected line of stderr into an error.
    $ErrorActionPreference = 'Continue'
    try {
        $lines = @(& $Path @Argument 2>&1 | ForEach-Object { "$_" })
    } catch {
        # Without this, a program that does not start would end with the exit code of the one before.
        throw "$Path does not start: $($_.Exception.Message)"
    }
    return [pscustomobject] @{ Code = $LASTEXITCODE; Lines = $lines }
}

function Get-UserRightText {
    <#
    .SYNOPSIS
        The user rights of this server as secedit exports them.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    # A file that is there already decides about the encoding of the new text.
    $file = Join-Path -Path ([IO.Path]::GetTempPath()) -ChildPath "$([guid]::NewGuid()).inf"
    try {
        $secedit = Join-Path -Path $env:SystemRoot -ChildPath 'System32\secedit.exe'
        $run = Invoke-Native -Path $secedit -Argument '/export', '/areas', 'USER_RIGHTS', '/cfg', $file, '/quiet'
        $text = Get-FileText -Path $file
        if (-not $text.Contains('[Privilege Rights]')) {
            throw "The user rights cannot be read: secedit ended with $($run.Code). $($run.Lines -join ' ')"
        }
        return $text
    } finally {
        [IO.File]::Delete($file)
    }
}

function Get-SshService {
    <#
    .SYNOPSIS
        The service sshd: its program, start mode, state, and since when it runs (UTC). Nothing if there is no such service.
    #>
    [CmdletBinding()]
    [OutputType([psobject])]
    param()
    $service = Get-CimInstance -ClassName Win32_Service -Filter "Name='sshd'" -ErrorAction Stop
    if ($null -eq $service) {
        return
    }
    $since = $null
    if ($service.ProcessId -ne 0) {
        $process = Get-CimInstance -ClassName Win32_Process -Filter "ProcessId=$($service.ProcessId)" -ErrorAction Stop
        if ($null -ne $process) {
            $since = $process.CreationDate.ToUniversalTime()
        }
    }
    $image = ConvertFrom-ImagePath -ImagePath $service.PathName
    return [pscustomobject] @{
        Program = $image.Program; Arguments = $image.Arguments
        StartMode = "$($service.StartMode)"; State = "$($service.State)"; Since = $since
    }
}

function Get-FirewallRule {
    <#
    .SYNOPSIS
        A firewall rule with its addresses and ports. Nothing if there is no rule of this name.
    .PARAMETER Name
        The rule's name, not what Windows displays.
    #>
    [CmdletBinding()]
    [OutputType([psobject])]
    param([Parameter(Mandatory = $true)] [string] $Name)
    try {
        $rule = Get-NetFirewallRule -Name $Name -ErrorAction Stop
    } catch {
        if ($_.CategoryInfo.Category -ne 'ObjectNotFound') {
            throw
        }
        return
    }
    $address = Get-NetFirewallAddressFilter -AssociatedNetFirewallRule $rule -ErrorAction Stop
    $port = Get-NetFirewallPortFilter -AssociatedNetFirewallRule $rule -ErrorAction Stop
    return [pscustomobject] @{
        Name = $Name; Enabled = "$($rule.Enabled)"; Direction = "$($rule.Direction)"; Action = "$($rule.Action)"
        Profile = "$($rule.Profile)"; Protocol = "$($port.Protocol)"; LocalPort = @($port.LocalPort)
        RemoteAddress = @($address.RemoteAddress | ForEach-Object { ConvertTo-Prefix -Address $_ } | Sort-Object -Unique)
    }
}

function Get-PortRuleName {
    <#
    .SYNOPSIS
        The names of the rules that name TCP port 22, alone or within a range.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    try {
        $filters = @(Get-NetFirewallPortFilter -Protocol 'TCP' -ErrorAction Stop)
    } catch {
        if ($_.CategoryInfo.Category -ne 'ObjectNotFound') {
            throw
        }
        return
    }
    foreach ($filter in $filters) {
        if (@($filter.LocalPort | Where-Object { Test-PortRange -Range "$_" }).Length -gt 0) {
            Write-Output -InputObject "$($filter.InstanceID)"
        }
    }
}

function Get-KeyFileSecurity {
    <#
    .SYNOPSIS
        Owner and access rights of the key file, as SDDL; empty if there is no such file.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    if (-not [IO.File]::Exists($script:KeyFile)) {
        return ''
    }
    $sections = [Security.AccessControl.AccessControlSections] 'Owner, Access'
    return (Get-Acl -LiteralPath $script:KeyFile -ErrorAction Stop).GetSecurityDescriptorSddlForm($sections)
}

function Set-KeyFileSecurity {
    <#
    .SYNOPSIS
        Gives the key file to SYSTEM and Administrators only.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType([void])]
    param()
    if ($PSCmdlet.ShouldProcess($script:KeyFile, 'give access to SYSTEM and Administrators only')) {
        $security = New-Object -TypeName Security.AccessControl.FileSecurity
        # Owner and access rules only: to write audit rules takes another privilege.
        $security.SetSecurityDescriptorSddlForm($script:KeyFileSecurity, [Security.AccessControl.AccessControlSections] 'Owner, Access')
        Set-Acl -LiteralPath $script:KeyFile -AclObject $security -ErrorAction Stop
    }
}

function Get-FolderOwner {
    <#
    .SYNOPSIS
        The SID of a folder's owner; "link" for a link, empty if there is no such folder.
    .PARAMETER Path
        The folder.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Path)
    if (-not [IO.Directory]::Exists($Path)) {
        return ''
    }
    if (([IO.File]::GetAttributes($Path) -band [IO.FileAttributes]::ReparsePoint) -ne 0) {
        return 'link'
    }
    return (Get-Acl -LiteralPath $Path -ErrorAction Stop).GetOwner([Security.Principal.SecurityIdentifier]).Value
}

function Add-DataFolder {
    <#
    .SYNOPSIS
        Makes the host program's data folder, for SYSTEM and Administrators only from its first moment.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    $security = New-Object -TypeName Security.AccessControl.DirectorySecurity
    $security.SetSecurityDescriptorSddlForm($script:DataFolderSecurity, [Security.AccessControl.AccessControlSections] 'Owner, Access')
    if ($PSVersionTable.PSVersion.Major -gt 5) {
        [void] [IO.FileSystemAclExtensions]::CreateDirectory($security, $script:DataFolder)  # 5.1: a branch for 7
    } else {
        [void] [IO.Directory]::CreateDirectory($script:DataFolder, $security)
    }
}

function Get-DotNetRelease {
    <#
    .SYNOPSIS
        The release number of .NET Framework 4; 0 if there is none.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param()
    $key = 'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full'
    return [int] [Microsoft.Win32.Registry]::GetValue($key, 'Release', 0)
}

function Get-FileText {
    <#
    .SYNOPSIS
        The text of a file; empty if there is no such file.
    .PARAMETER Path
        The file.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Path)
    if (-not [IO.File]::Exists($Path)) {
        return ''
    }
    return [IO.File]::ReadAllText($Path)
}

function Test-FileText {
    <#
    .SYNOPSIS
        Whether a file has exactly this text, as UTF-8 without a byte order mark: sshd reads no other encoding.
    .PARAMETER Path
        The file.
    .PARAMETER Text
        The text.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [string] $Path, [Parameter(Mandatory = $true)] [string] $Text)
    if (-not [IO.File]::Exists($Path)) {
        return $false
    }
    $wanted = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($Text))
    return [Convert]::ToBase64String([IO.File]::ReadAllBytes($Path)) -ceq $wanted
}

function Write-FileText {
    <#
    .SYNOPSIS
        Writes a file as a whole or not at all. A file that exists keeps its access rights.
    .PARAMETER Path
        The file.
    .PARAMETER Text
        The text.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [string] $Path, [Parameter(Mandatory = $true)] [string] $Text)
    $next = "$Path.connect-sync-identity"
    try {
        [IO.File]::WriteAllText($next, $Text, (New-Object -TypeName Text.UTF8Encoding -ArgumentList $false))
        if ([IO.File]::Exists($Path)) {
            [IO.File]::Replace($next, $Path, [NullString]::Value)
        } else {
            [IO.File]::Move($next, $Path)
        }
    } finally {
        [IO.File]::Delete($next)
    }
}

# ---------------------------------------------------------------------------------------------------------------------
# Decisions: no Windows.

function ConvertFrom-ImagePath {
    <#
    .SYNOPSIS
        Program and arguments of a service's command line.
    .PARAMETER ImagePath
        The command line.
    #>
    [CmdletBinding()]
    [OutputType([psobject])]
    param([Parameter(Mandatory = $true)] [string] $ImagePath)
    $line = [Environment]::ExpandEnvironmentVariables($ImagePath).Trim()
    if ($line -notmatch '\A"([^"]+)"\s*(.*)\z' -and $line -notmatch '\A(.+?\.exe)(?:\s+(.*))?\z') {
        throw "The service sshd has a command line that cannot be read: $line"
    }
    $arguments = ''
    if ($Matches.ContainsKey(2)) {
        $arguments = $Matches[2]
    }
    return [pscustomobject] @{ Program = $Matches[1]; Arguments = $arguments }
}

function ConvertTo-Prefix {
    <#
    .SYNOPSIS
        An address in one spelling: Windows shows the prefix of IPv4 as a mask (10.0.0.0/255.255.255.240).
    .PARAMETER Address
        The address as the firewall shows it, or as it was given.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Address)
    $text, $length = $Address -split '/', 2
    $parsed = $null
    if (-not [Net.IPAddress]::TryParse($text, [ref] $parsed)) {
        return $Address
    }
    $all = 8 * $parsed.GetAddressBytes().Length
    if ($null -eq $length) {
        return "$parsed"
    }
    if ($length.Contains('.')) {
        $ones = 0
        foreach ($byte in [Net.IPAddress]::Parse($length).GetAddressBytes()) {
            $ones += ([Convert]::ToString($byte, 2) -replace '0', '').Length
        }
        $length = "$ones"
    }
    if ($length -eq "$all") {
        return "$parsed"
    }
    return "$parsed/$length"
}

function Test-PortRange {
    <#
    .SYNOPSIS
        Whether a firewall's port or range of ports includes 22. A rule for all ports does not count.
    .PARAMETER Range
        The port or range.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [string] $Range)
    if ($Range -notmatch '\A([0-9]+)(?:-([0-9]+))?\z') {
        return $false
    }
    $first = [int] $Matches[1]
    $last = $first
    if ($Matches.ContainsKey(2)) {
        $last = [int] $Matches[2]
    }
    return $first -le 22 -and 22 -le $last
}

function Read-PublicKey {
    <#
    .SYNOPSIS
        Type and base64 of a public key; refuses what is none, what was cut off, and options in front of it.
    .PARAMETER Line
        The line of the .pub file.
    #>
    [CmdletBinding()]
    [OutputType([psobject])]
    param([Parameter(Mandatory = $true)] [string] $Line)
    if ($Line -cmatch 'PRIVATE KEY') {
        throw 'AuthorizedKey: this is a private key. Give the line of the file that ends in .pub.'
    }
    if ($Line.Trim() -cnotmatch '\A(ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)) ([A-Za-z0-9+/]+={0,2})(?: [^\r\n"]*)?\z') {
        throw 'AuthorizedKey: expected one line "ssh-ed25519 AAAA... comment" (or ecdsa-sha2-nistp...), without options.'
    }
    $type = $Matches[1]
    $base64 = $Matches[2]
    $bytes = @()
    try {
        $bytes = [Convert]::FromBase64String($base64)
    } catch [FormatException] {
        throw 'AuthorizedKey: the key is no base64, or it was cut off.'
    }
    if ($bytes.Length -ne $script:KeyBytes[$type] -or [Text.Encoding]::ASCII.GetString($bytes, 4, $type.Length) -cne $type) {
        throw "AuthorizedKey: the key is not of type $type, or it was cut off."
    }
    return [pscustomobject] @{ Type = $type; Base64 = $base64 }
}

function Assert-Address {
    <#
    .SYNOPSIS
        Refuses what is no address, a prefix that is as good as everyone, and a network with host bits.
    .PARAMETER Address
        An address, with or without a prefix length.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [string] $Address)
    $expected = 'expected an IPv4 or IPv6 address such as 10.20.30.40 or 10.20.30.0/28, no names, at least /8 (IPv4) or /32 (IPv6)'
    if ($Address -cnotmatch '\A([0-9A-Fa-f:.]+)(?:/([0-9]{1,3}))?\z') {
        throw "FromAddress ${Address}: $expected."
    }
    $text = $Matches[1]
    $prefix = -1
    if ($Matches.ContainsKey(2)) {
        $prefix = [int] $Matches[2]
    }
    $parsed = $null
    if (-not [Net.IPAddress]::TryParse($text, [ref] $parsed)) {
        throw "FromAddress ${Address}: $expected."
    }
    $bytes = $parsed.GetAddressBytes()
    $least = 32
    if ($bytes.Length -eq 4) {
        $least = 8
        # A part with a leading zero is octal for some readers.
        if ("$parsed" -cne $text) {
            throw "FromAddress ${Address}: $expected."
        }
    }
    if ($prefix -eq -1) {
        return
    }
    if ($prefix -lt $least -or $prefix -gt 8 * $bytes.Length) {
        throw "FromAddress ${Address}: $expected."
    }
    for ($index = 0; $index -lt $bytes.Length; $index += 1) {
        $kept = [Math]::Min(8, [Math]::Max(0, $prefix - 8 * $index))
        $bytes[$index] = $bytes[$index] -band (256 - [Math]::Pow(2, 8 - $kept))
    }
    $network = [Net.IPAddress] $bytes
    if (-not $network.Equals($parsed)) {
        throw "FromAddress ${Address}: sshd refuses a network with host bits, and then the key. The network is $network/$prefix."
    }
}

function ConvertFrom-UserRight {
    <#
    .SYNOPSIS
        The SIDs that have a right, from secedit's export, which writes *SID or the name of an account.
    .PARAMETER Text
        The export.
    .PARAMETER Right
        The name of the right.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Text, [Parameter(Mandatory = $true)] [string] $Right)
    if ($Text -notmatch "(?m)^$Right\s*=[ \t]*([^\r\n]*)") {
        return
    }
    foreach ($entry in ($Matches[1] -split ',')) {
        $name = $entry.Trim()
        if ($name.StartsWith('*')) {
            Write-Output -InputObject $name.Substring(1)
        } elseif ($name -ne '') {
            Write-Output -InputObject (Resolve-AccountSid -Account $name)
        }
    }
}

function Get-LogonSid {
    <#
    .SYNOPSIS
        The SIDs that an account would log on with over the network, as far as they can be read; warns about the rest.
    .PARAMETER Account
        The account's name.
    .PARAMETER Sid
        The account's SID.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Account, [Parameter(Mandatory = $true)] [string] $Sid)
    $local = Test-LocalAccount -Sid $Sid
    $groups = Get-LocalGroupSid -Sid $Sid
    $sids = @($Sid) + @($groups.Found) + $script:EveryLogon
    if (@($groups.Unread).Length -gt 0) {
        Write-Warning -Message "The members of $($groups.Unread -join ', ') cannot be read; check whether $Account is one of them."
    }
    $administrator = $sids -contains $script:Administrators -or $groups.Unread -contains $script:Administrators
    if ($local) {
        $sids += $script:LocalAccount
        if (-not $administrator) {
            $command = "Add-LocalGroupMember -SID $script:Administrators -Member $Account"
            throw "User ${Account}: no member of Administrators, so sshd would not look for its key there. $command"
        }
        $sids += $script:LocalAdministrator
    } else {
        try {
            $sids += Get-DomainGroupSid -Account $Account
        } catch {
            Write-Warning -Message "The domain groups of $Account cannot be read ($($_.Exception.Message)); check its logon rights."
        }
        if ($sids -notcontains $script:Administrators) {
            Write-Warning -Message "$Account is no direct member of Administrators; a group of it must be one."
        }
    }
    return $sids
}

function Get-LogonFault {
    <#
    .SYNOPSIS
        Why Windows would refuse a network logon, which is what a login by key is; empty if it would not.
    .PARAMETER Text
        secedit's export of the user rights.
    .PARAMETER Sid
        The SIDs that the account would log on with.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Text, [Parameter(Mandatory = $true)] [string[]] $Sid)
    $denied = @(ConvertFrom-UserRight -Text $Text -Right 'SeDenyNetworkLogonRight' | Where-Object { $Sid -contains $_ })
    if ($denied.Length -gt 0) {
        $advice = "Use an account that is in none of them and is a member of this server's Administrators."
        if ($denied -contains $script:LocalAdministrator -or $denied -contains $script:LocalAccount) {
            $advice = 'This server denies it to local accounts: use a domain account of its own (DOMAIN\name) that is a member of ' +
                "this server's Administrators and of no other privileged group, such as Domain Admins."
        }
        return "Windows denies it network logon, so its key would be refused (SeDenyNetworkLogonRight: $($denied -join ', ')). $advice"
    }
    $allowed = @(ConvertFrom-UserRight -Text $Text -Right 'SeNetworkLogonRight' | Where-Object { $Sid -contains $_ })
    if ($allowed.Length -eq 0) {
        return 'neither it nor a group of it may log on over the network, so its key would be refused (SeNetworkLogonRight). ' +
            'Use an account that has this right, or give it to this one in the policy.'
    }
    return ''
}

function Assert-User {
    <#
    .SYNOPSIS
        Refuses an account that does not exist, is no administrator, or may not log on over the network.
    .PARAMETER Account
        The account's name.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [string] $Account)
    if ($Account -cnotmatch '\A[A-Za-z0-9._-]{1,64}(?:\\[A-Za-z0-9._-]{1,64})?\z') {
        throw "User ${Account}: expected a name of letters, digits, dots, dashes and underscores."
    }
    $sid = Resolve-AccountSid -Account $Account
    if ($sid -eq '') {
        throw "User ${Account}: there is no such account. Make it first (New-LocalUser), with a long random password that no one keeps."
    }
    $fault = Get-LogonFault -Text (Get-UserRightText) -Sid @(Get-LogonSid -Account $Account -Sid $sid)
    if ($fault -ne '') {
        throw "User ${Account}: $fault"
    }
}

function Assert-SshServer {
    <#
    .SYNOPSIS
        Refuses a server whose sshd is not where its service says, has settings elsewhere, or cannot be installed by Windows.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    $service = Get-SshService
    if ($null -eq $service) {
        if ((Get-WindowsBuild) -lt $script:FirstBuild) {
            throw 'This Windows has no OpenSSH Server to install. Install the package (MSI) of Win32-OpenSSH, then run this again.'
        }
        return
    }
    if (-not [IO.File]::Exists($service.Program)) {
        throw "The service sshd runs $($service.Program), which does not exist. Repair or remove OpenSSH Server first."
    }
    if ($service.Arguments -ne '') {
        throw "The service sshd runs with arguments ($($service.Arguments)): which settings count is unknown. Remove them first."
    }
}

function Assert-Firewall {
    <#
    .SYNOPSIS
        Refuses a server whose firewall cannot be read; warns where a local rule has no effect.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    Get-FirewallRule -Name $script:RuleName | Out-Null
    foreach ($rule in @(Get-OtherRule | Where-Object { $_.RemoteAddress -notcontains 'Any' })) {
        Write-Warning -Message "The firewall rule $($rule.Name) opens port 22 as well, to $($rule.RemoteAddress -join ', ')."
    }
    foreach ($one in @(Get-NetFirewallProfile -PolicyStore 'ActiveStore' -ErrorAction Stop)) {
        if ("$($one.Enabled)" -eq 'False') {
            Write-Warning -Message "The firewall is off in the profile $($one.Name): there, port 22 is open to every address."
        }
        if ("$($one.AllowLocalFirewallRules)" -eq 'False') {
            Write-Warning -Message "A policy ignores local rules in the profile $($one.Name): there, the policy must open port 22."
        }
    }
}

function Assert-Folder {
    <#
    .SYNOPSIS
        Refuses a folder that someone else made: every user may make folders in ProgramData, and its maker may change
        what is in it.
    .PARAMETER Path
        The folder.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [string] $Path)
    $owner = Get-FolderOwner -Path $Path
    if ($owner -ne '' -and $script:Owners -notcontains $owner) {
        throw "$Path is not the administrators' (owner: $owner). Look at what is in it, then remove it; Windows makes it again."
    }
}

function Get-WantedConfiguration {
    <#
    .SYNOPSIS
        sshd_config with our block at its top, where it counts: sshd takes the first value of each setting.
    .PARAMETER Text
        The file as it is.
    .PARAMETER Account
        The user who may log in.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text, [Parameter(Mandatory = $true)] [string] $Account)
    $pattern = '(?ms)^' + [regex]::Escape($script:BlockBegin) + '\r?\n.*?^' + [regex]::Escape($script:BlockEnd) + '\r?\n'
    $rest = [regex]::Replace($Text, $pattern, '')
    $block = @(
        $script:BlockBegin
        'PubkeyAuthentication yes'
        'PasswordAuthentication no'
        'KbdInteractiveAuthentication no'
        'GSSAPIAuthentication no'
        "AllowUsers $($Account.ToLowerInvariant())"
        'AllowTcpForwarding no'
        'AllowAgentForwarding no'
        'PermitTunnel no'
        'GatewayPorts no'
        # An agent with several keys offers each of them.
        'MaxAuthTries 6'
        # A session whose client is gone ends after two minutes.
        'ClientAliveInterval 30'
        'ClientAliveCountMax 4'
        $script:BlockEnd
    ) -join "`r`n"
    return "$block`r`n$rest"
}

function Get-EffectiveFault {
    <#
    .SYNOPSIS
        What is wrong with the settings that sshd itself says it would use for this user from these addresses.
    .PARAMETER Program
        The path of sshd.
    .PARAMETER File
        The file with the settings.
    .PARAMETER Account
        The user who must be able to log in.
    .PARAMETER Address
        The addresses of the pipeline.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [string] $Program, [Parameter(Mandatory = $true)] [string] $File,
        [Parameter(Mandatory = $true)] [string] $Account, [Parameter(Mandatory = $true)] [string[]] $Address
    )
    $name = $Account.ToLowerInvariant()
    foreach ($from in $Address) {
        $connection = "user=$name,host=$(@($from -split '/')[0]),addr=$(@($from -split '/')[0])"
        $run = Invoke-Native -Path $Program -Argument '-T', '-f', $File, '-C', $connection
        if ($run.Code -ne 0) {
            return "sshd refuses them: $($run.Lines -join ' ')"
        }
        $lines = @($run.Lines | ForEach-Object { $_.Trim() })
        foreach ($wanted in 'pubkeyauthentication yes', 'passwordauthentication no', 'kbdinteractiveauthentication no', 'port 22') {
            $setting = @($wanted -split ' ')[0]
            $actual = @($lines | Where-Object { $_ -like "$setting *" })
            if ($actual -notcontains $wanted) {
                return "from $from sshd would use `"$($actual -join ', ')`" instead of `"$wanted`"; look for a Match block or a Port"
            }
        }
        $keys = @($lines | Where-Object { $_ -like 'authorizedkeysfile *' })
        if (@($keys | Where-Object { $_ -like '*administrators_authorized_keys*' }).Length -eq 0) {
            return "sshd would look for the key of $name in `"$($keys -join ', ')`"; is it an administrator, and does the file still " +
                'have its block "Match Group administrators"?'
        }
        $methods = @($lines | Where-Object { $_ -like 'authenticationmethods *' })
        if (@($methods | Where-Object { $_ -notmatch '\A\S+ (?:any|publickey)\z' }).Length -gt 0) {
            return "a key alone would not suffice: $($methods -join ', ')"
        }
    }
    return ''
}

function Write-OtherSetting {
    <#
    .SYNOPSIS
        Warns of settings of the file that let others in or may keep the user out.
    .PARAMETER Text
        The file.
    .PARAMETER Account
        The user who may log in.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [string] $Text, [Parameter(Mandatory = $true)] [string] $Account)
    foreach ($match in [regex]::Matches($Text, '(?im)^[ \t]*(AllowUsers|AllowGroups|DenyUsers|DenyGroups)[ \t=]+([^\r\n]+)')) {
        if ($match.Groups[2].Value.Trim() -ne $Account.ToLowerInvariant()) {
            Write-Warning -Message "$script:ConfigFile also says `"$($match.Value.Trim())`": look whom it lets in or keeps out."
        }
    }
}

function Get-WantedKeyText {
    <#
    .SYNOPSIS
        administrators_authorized_keys with our key and its restrictions. Other keys stay.
    .PARAMETER Text
        The file as it is.
    .PARAMETER Key
        Type and base64 of the key.
    .PARAMETER Address
        The addresses that it may be used from.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text,
        [Parameter(Mandatory = $true)] [psobject] $Key, [Parameter(Mandatory = $true)] [string[]] $Address
    )
    $others = @(($Text -split '\r?\n') | Where-Object { $_.Trim() -ne '' -and -not $_.Contains($Key.Base64) })
    # No terminal, no forwarding of ports, agent or X11, no rc file: commands and SFTP are left, which is what is needed.
    $line = "restrict,from=`"$($Address -join ',')`" $($Key.Type) $($Key.Base64) ConnectSyncIdentity"
    return (@($others) + @($line) -join "`n") + "`n"
}

function ConvertTo-SecurityText {
    <#
    .SYNOPSIS
        An SDDL text in one spelling: the order of its entries and the flag of automatic inheritance do not matter.
    .PARAMETER Sddl
        The text.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Sddl)
    if ($Sddl -cnotmatch '\AO:([^:]+?)(?:G:[^:]+?)?D:(P?)(?:AI|AR)*((?:\([^)]*\))*)\z') {
        return $Sddl
    }
    $entries = @($Matches[3] -split '(?<=\))' | Where-Object { $_ -ne '' } | Sort-Object)
    return "O:$($Matches[1])D:$($Matches[2])$($entries -join '')"
}

# ---------------------------------------------------------------------------------------------------------------------
# Steps: Get-*Fault says what is wrong, empty if nothing is; Set-* puts it right.

function Get-InstallationFault {
    <#
    .SYNOPSIS
        What is wrong with the installation of OpenSSH Server.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    if ($null -eq (Get-SshService)) {
        return 'there is no service sshd'
    }
    return ''
}

function Add-SshServer {
    <#
    .SYNOPSIS
        Installs OpenSSH Server.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    Add-WindowsCapability -Online -Name $script:Capability -ErrorAction Stop | Out-Null
}

function Get-OtherRule {
    <#
    .SYNOPSIS
        The other rules that open port 22. The installation of OpenSSH Server makes one, for every address.
    #>
    [CmdletBinding()]
    [OutputType([psobject])]
    param()
    foreach ($name in @(Get-PortRuleName | Where-Object { $_ -ne $script:RuleName } | Sort-Object -Unique)) {
        Get-FirewallRule -Name $name | Where-Object { $_.Enabled -eq 'True' -and $_.Direction -eq 'Inbound' -and $_.Action -eq 'Allow' }
    }
}

function Get-OpenRuleName {
    <#
    .SYNOPSIS
        The names of the other rules that open port 22 to every address.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    Get-OtherRule | Where-Object { $_.RemoteAddress -contains 'Any' } | ForEach-Object { $_.Name }
}

function Test-SshCurrent {
    <#
    .SYNOPSIS
        Whether the running sshd was started after its settings were written. It reads them once.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param()
    $service = Get-SshService
    if ($null -eq $service -or $service.State -ne 'Running' -or $null -eq $service.Since) {
        return $false
    }
    return [IO.File]::Exists($script:ConfigFile) -and $service.Since -gt [IO.File]::GetLastWriteTimeUtc($script:ConfigFile)
}

function Get-OwnRuleFault {
    <#
    .SYNOPSIS
        What is wrong with our firewall rule.
    .PARAMETER Address
        The addresses that it must allow.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string[]] $Address)
    $rule = Get-FirewallRule -Name $script:RuleName
    if ($null -eq $rule) {
        return 'there is no such rule'
    }
    $actual = "Enabled=$($rule.Enabled) $($rule.Direction) $($rule.Action) $($rule.Profile) $($rule.Protocol) " +
        "$($rule.LocalPort -join ',') $($rule.RemoteAddress -join ',')"
    if ($actual -ne "Enabled=True Inbound Allow Any TCP 22 $(@($Address | Sort-Object -Unique) -join ',')") {
        return $actual
    }
    return ''
}

function Set-OwnRule {
    <#
    .SYNOPSIS
        Opens the port for the given addresses. A rule that exists is changed in place: one that is removed first is lost
        where the new one is refused.
    .PARAMETER Address
        The addresses.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [string[]] $Address)
    $wanted = @{
        Name = $script:RuleName; Direction = 'Inbound'; Action = 'Allow'; Enabled = 'True'
        Protocol = 'TCP'; LocalPort = 22; RemoteAddress = $Address; Profile = 'Any'
    }
    if (-not $PSCmdlet.ShouldProcess($script:RuleName, "allow TCP 22 from $($Address -join ', ')")) {
        return
    }
    if ($null -eq (Get-FirewallRule -Name $script:RuleName)) {
        New-NetFirewallRule @wanted -DisplayName 'SSH for ConnectSyncIdentity' -ErrorAction Stop | Out-Null
    } else {
        Set-NetFirewallRule @wanted -ErrorAction Stop
    }
}

function Get-ServiceFault {
    <#
    .SYNOPSIS
        What is wrong with the service sshd.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    $service = Get-SshService
    if ($null -eq $service) {
        return 'there is no service sshd'
    }
    if ($service.StartMode -ne 'Auto' -or $service.State -ne 'Running') {
        return "$($service.StartMode), $($service.State)"
    }
    return ''
}

function Set-SshService {
    <#
    .SYNOPSIS
        The service sshd starts with Windows and runs; its first start makes host keys and sshd_config.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType([void])]
    param()
    if ($PSCmdlet.ShouldProcess('sshd', 'start the service, now and with Windows')) {
        Set-Service -Name 'sshd' -StartupType 'Automatic' -ErrorAction Stop
        Start-Service -Name 'sshd' -ErrorAction Stop
    }
}

function Get-SettingFault {
    <#
    .SYNOPSIS
        What is wrong with sshd_config.
    .PARAMETER Account
        The user who may log in.
    .PARAMETER Address
        The addresses of the pipeline.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Account, [Parameter(Mandatory = $true)] [string[]] $Address)
    $wanted = Get-WantedConfiguration -Text (Get-FileText -Path $script:ConfigFile) -Account $Account
    if (-not (Test-FileText -Path $script:ConfigFile -Text $wanted)) {
        return 'other settings'
    }
    $service = Get-SshService
    if ($null -eq $service) {
        return ''
    }
    return Get-EffectiveFault -Program $service.Program -File $script:ConfigFile -Account $Account -Address $Address
}

function Set-SshSetting {
    <#
    .SYNOPSIS
        Login by key only and for one user only. sshd itself tries the new file before it takes the old one's place.
    .PARAMETER Account
        The user who may log in.
    .PARAMETER Address
        The addresses of the pipeline.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [string] $Account, [Parameter(Mandatory = $true)] [string[]] $Address)
    $wanted = Get-WantedConfiguration -Text (Get-FileText -Path $script:ConfigFile) -Account $Account
    if (-not $PSCmdlet.ShouldProcess($script:ConfigFile, "key login only, for $Account only")) {
        return
    }
    $tried = "$script:ConfigFile.tried"
    try {
        Write-FileText -Path $tried -Text $wanted
        $fault = Get-EffectiveFault -Program (Get-SshService).Program -File $tried -Account $Account -Address $Address
        if ($fault -ne '') {
            throw "The new settings would not do, and $script:ConfigFile was left as it was: $fault"
        }
    } finally {
        [IO.File]::Delete($tried)
    }
    if (-not [IO.File]::Exists($script:KeptFile)) {
        $before = Get-FileText -Path $script:ConfigFile
        Write-FileText -Path $script:KeptFile -Text $before
        if (-not (Test-FileText -Path $script:KeptFile -Text $before)) {
            throw "The settings before could not be kept as $script:KeptFile, so $script:ConfigFile was left as it was."
        }
    }
    Write-FileText -Path $script:ConfigFile -Text $wanted
}

function Invoke-Step {
    <#
    .SYNOPSIS
        Reads, compares, changes the difference, reads again. Says what it changed, or what it verified.
    .PARAMETER What
        What is true after the step.
    .PARAMETER Test
        Answers what is wrong, empty if nothing is.
    .PARAMETER Set
        Puts it right.
    .PARAMETER Undo
        How a person undoes it.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [string] $What, [Parameter(Mandatory = $true)] [scriptblock] $Test,
        [Parameter(Mandatory = $true)] [scriptblock] $Set, [Parameter(Mandatory = $true)] [string] $Undo
    )
    $was = "$(& $Test)"
    if ($was -eq '') {
        return "verified   $What"
    }
    if (-not $PSCmdlet.ShouldProcess($What, "change (now: $was)")) {
        return
    }
    # Entered first: a step that fails half-way may have changed something.
    $script:Changes += "$What (was: $was). To undo: $Undo"
    & $Set | Out-Null
    $is = "$(& $Test)"
    if ($is -ne '') {
        throw "${What}: Windows reported no error, but it is not so ($is)."
    }
    return "changed    $What (was: $was)"
}

function Invoke-Check {
    <#
    .SYNOPSIS
        Runs every check; all problems come in one error, before anything is changed.
    .PARAMETER Key
        The line of the public key.
    .PARAMETER Account
        The user who logs in.
    .PARAMETER Address
        The addresses of the pipeline.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [string] $Key, [Parameter(Mandatory = $true)] [string] $Account,
        [Parameter(Mandatory = $true)] [string[]] $Address
    )
    if (-not (Test-Elevated)) {
        throw 'Run this in an elevated Windows PowerShell: it changes services, firewall and files of this server.'
    }
    if (-not [Environment]::Is64BitProcess) {
        throw 'Run this in the 64-bit Windows PowerShell: the 32-bit one sees another System32.'
    }
    $checks = @(
        { Read-PublicKey -Line $Key | Out-Null }, { Assert-User -Account $Account }, { Assert-SshServer }, { Assert-Firewall }
        { Assert-Folder -Path $script:SshFolder }, { Assert-Folder -Path $script:DataFolder }
    )
    $problems = @(foreach ($one in $Address) {
            try { Assert-Address -Address $one } catch { $_.Exception.Message }
        })
    $problems += @(foreach ($check in $checks) {
            try { & $check } catch { $_.Exception.Message }
        })
    if ($problems.Length -gt 0) {
        throw "Nothing was changed.`n$($problems -join "`n")"
    }
    if ((Get-DotNetRelease) -lt $script:DotNetRelease) {
        Write-Warning -Message 'The host program needs .NET Framework 4.7.2 or later; install it before the first "pulumi up".'
    }
}

function Invoke-Plan {
    <#
    .SYNOPSIS
        The steps in their order: the port stays closed until sshd takes the key and nothing else.
    .PARAMETER Key
        Type and base64 of the key.
    .PARAMETER Account
        The user who logs in.
    .PARAMETER Address
        The addresses of the pipeline.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [psobject] $Key, [Parameter(Mandatory = $true)] [string] $Account,
        [Parameter(Mandatory = $true)] [string[]] $Address
    )
    $from = $Address -join ', '
    Invoke-Step -What 'OpenSSH Server is installed' -Test { Get-InstallationFault } -Set { Add-SshServer } `
        -Undo "Remove-WindowsCapability -Online -Name $script:Capability"

    $open = @(Get-OpenRuleName)
    Invoke-Step -What 'no other firewall rule opens port 22 to every address' -Test { @(Get-OpenRuleName) -join ', ' } `
        -Set { foreach ($name in $open) { Disable-NetFirewallRule -Name $name -ErrorAction Stop } } `
        -Undo "Enable-NetFirewallRule -Name '$($open -join "', '")'"

    $keyOnly = (Get-SettingFault -Account $Account -Address $Address) -eq '' -and (Test-SshCurrent)
    $closedFault = {
        $rule = Get-FirewallRule -Name $script:RuleName
        if ($null -ne $rule -and $rule.Enabled -eq 'True') { "open to $($rule.RemoteAddress -join ', ')" }
    }
    if (-not $keyOnly) {
        Invoke-Step -What "the firewall rule $script:RuleName is closed while sshd is not yet limited to the key" -Test $closedFault `
            -Set { Disable-NetFirewallRule -Name $script:RuleName -ErrorAction Stop } `
            -Undo "Enable-NetFirewallRule -Name $script:RuleName"
    }
    Invoke-Step -What "$script:DataFolder is there, for administrators only" -Set { Add-DataFolder } `
        -Test { if ((Get-FolderOwner -Path $script:DataFolder) -eq '') { 'there is no such folder' } } `
        -Undo "Remove-Item -LiteralPath $script:DataFolder -Recurse, if the server is no longer declared"

    Invoke-Step -What 'the service sshd starts with Windows and runs' -Test { Get-ServiceFault } -Set { Set-SshService } `
        -Undo 'Stop-Service -Name sshd; Set-Service -Name sshd -StartupType Disabled'

    $keyFault = {
        $wanted = Get-WantedKeyText -Text (Get-FileText -Path $script:KeyFile) -Key $Key -Address $Address
        if (-not (Test-FileText -Path $script:KeyFile -Text $wanted)) { 'without the key in this form' }
    }
    $setKey = {
        $wanted = Get-WantedKeyText -Text (Get-FileText -Path $script:KeyFile) -Key $Key -Address $Address
        Write-FileText -Path $script:KeyFile -Text $wanted
    }
    Invoke-Step -What "$script:KeyFile has the key, restricted to $from" -Test $keyFault -Set $setKey `
        -Undo "remove the line that ends in ConnectSyncIdentity from $script:KeyFile"

    $accessFault = {
        $sddl = Get-KeyFileSecurity
        if ((ConvertTo-SecurityText -Sddl $sddl) -cne (ConvertTo-SecurityText -Sddl $script:KeyFileSecurity)) { "access: $sddl" }
    }
    Invoke-Step -What "$script:KeyFile belongs to SYSTEM and Administrators only" -Test $accessFault -Set { Set-KeyFileSecurity } `
        -Undo "icacls $script:KeyFile /reset (sshd then ignores the file)"
    $others = @(@((Get-FileText -Path $script:KeyFile) -split '\r?\n') -notmatch '\A\s*(?:#.*)?\z' |
            Where-Object { -not $_.Contains($Key.Base64) })
    if ($others.Length -gt 0) {
        Write-Warning -Message "$($others.Length) other key(s) in $script:KeyFile log in as an administrator as well; look whose they are."
    }
    Invoke-Step -What "$script:ConfigFile allows login by key only, and only for $Account" `
        -Test { Get-SettingFault -Account $Account -Address $Address } -Set { Set-SshSetting -Account $Account -Address $Address } `
        -Undo "Copy-Item -LiteralPath $script:KeptFile -Destination $script:ConfigFile; Restart-Service -Name sshd"
    Write-OtherSetting -Text (Get-WantedConfiguration -Text (Get-FileText -Path $script:ConfigFile) -Account $Account) -Account $Account

    Invoke-Step -What 'sshd was started after its settings were written' `
        -Test { if (-not (Test-SshCurrent)) { 'it still uses earlier settings, or does not run' } } `
        -Set { Restart-Service -Name 'sshd' -ErrorAction Stop } -Undo 'nothing to undo'

    Invoke-Step -What "the firewall rule $script:RuleName opens TCP 22 to $from" -Test { Get-OwnRuleFault -Address $Address } `
        -Set { Set-OwnRule -Address $Address } -Undo "Disable-NetFirewallRule -Name $script:RuleName"
}

function Get-PinLine {
    <#
    .SYNOPSIS
        The host key as it is pinned in the stack's file.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    $file = Join-Path -Path $script:SshFolder -ChildPath 'ssh_host_ed25519_key.pub'
    if (-not [IO.File]::Exists($file)) {
        Write-Warning -Message "$file does not exist; sshd makes it when it starts for the first time."
        return
    }
    $parts = [IO.File]::ReadAllText($file).Trim() -split '\s+'
    Write-Output -InputObject '', 'Pin this line in the file of the stack, as connection.hostKey of this server:'
    Write-Output -InputObject "$($parts[0]) $($parts[1])"
}

function Invoke-OpenSsh {
    <#
    .SYNOPSIS
        Checks, changes, verifies; names what it changed if it fails.
    .PARAMETER AuthorizedKey
        The line of the public key.
    .PARAMETER User
        The user who logs in.
    .PARAMETER FromAddress
        The addresses of the pipeline.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [string] $AuthorizedKey, [Parameter(Mandatory = $true)] [string] $User,
        [Parameter(Mandatory = $true)] [string[]] $FromAddress
    )
    $script:Changes = @()
    Invoke-Check -Key $AuthorizedKey -Account $User -Address $FromAddress
    $addresses = @($FromAddress | ForEach-Object { ConvertTo-Prefix -Address $_ } | Select-Object -Unique)
    try {
        Invoke-Plan -Key (Read-PublicKey -Line $AuthorizedKey) -Account $User -Address $addresses
    } catch {
        foreach ($change in $script:Changes) {
            Write-Warning -Message "Changed before the failure: $change"
        }
        Write-Warning -Message 'This run did not end well. Run it again with the same parameters: it goes on from here.'
        throw
    }
    Get-PinLine
}

if ($MyInvocation.InvocationName -ne '.') {
    Invoke-OpenSsh @PSBoundParameters
}
