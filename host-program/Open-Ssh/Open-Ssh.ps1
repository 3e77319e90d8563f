<#
.SYNOPSIS
    Opens SSH on a Microsoft Entra Connect Sync server for one key, one user and the given addresses. Run once, at the
    console, by an administrator.
.DESCRIPTION
    Installs and starts OpenSSH Server, limits the firewall to the given addresses, writes the key with its restrictions
    to administrators_authorized_keys, allows login by key only and for the named user only, and prints the host key to
    pin. Each step reads, compares, changes the difference only and says what it changed: a second run changes nothing.
    docs/open-ssh.md explains why it is restricted this far and not farther.

    Nothing here was run against a real Windows Server by its authors: run it with -WhatIf first.
.PARAMETER AuthorizedKey
    The public key of the pipeline, one line: ssh-ed25519 or ecdsa-sha2-nistp256/384/521, base64, optionally a comment.
.PARAMETER User
    The local administrator that the pipeline logs in as. It must exist; it is neither made nor made an administrator.
.PARAMETER FromAddress
    Addresses of the machines that run the pipeline: IPv4 or IPv6, with or without a prefix length; a network by its first
    address.
.EXAMPLE
    .\Open-Ssh.ps1 -AuthorizedKey (Get-Content .\pipeline.pub) -User svc-pulumi -FromAddress 10.20.30.0/28 -WhatIf
#>
[CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'Medium')]
param(
    [Parameter(Mandatory = $true)] [string] $AuthorizedKey,
    [Parameter(Mandatory = $true)] [string] $User,
    [Parameter(Mandatory = $true)] [string[]] $FromAddress
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$script:SshFolder = Join-Path -Path $env:ProgramData -ChildPath 'ssh'
$script:Capability = 'OpenSSH.Server~~~~0.0.1.0'
$script:RuleName = 'ConnectSyncIdentity-SSH'
# Made by the installation of OpenSSH Server; opens the port to everyone.
$script:WideRuleName = 'OpenSSH-Server-In-TCP'
$script:Administrators = 'S-1-5-32-544'
# SYSTEM and Administrators, no one else, nothing inherited: sshd ignores the file otherwise.
$script:KeyFileSecurity = 'O:BAD:PAI(A;;FA;;;SY)(A;;FA;;;BA)'
$script:BlockBegin = '# BEGIN ConnectSyncIdentity'
$script:BlockEnd = '# END ConnectSyncIdentity'

function Test-Elevated {
    <#
    .SYNOPSIS
        Whether the caller is an administrator with all rights.
    #>
    [CmdletBinding()]
    param()
    $identity = [Security.Principal.WindowsIdentity]::GetCurrent()
    $principal = New-Object -TypeName Security.Principal.WindowsPrincipal -ArgumentList $identity
    return $principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
}

function Read-PublicKey {
    <#
    .SYNOPSIS
        Type and base64 of a public key; refuses what is none, and options in front of it.
    .PARAMETER Line
        The line of the .pub file.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Line)
    if ($Line -cmatch 'PRIVATE KEY') {
        throw 'AuthorizedKey: this is a private key. Give the line of the file that ends in .pub.'
    }
    if ($Line.Trim() -cnotmatch '^(ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)) ([A-Za-z0-9+/]+={0,2})(?: [^\r\n"]*)?$') {
        throw 'AuthorizedKey: expected one line "ssh-ed25519 AAAA... comment" (or ecdsa-sha2-nistp...), without options.'
    }
    $type = $Matches[1]
    $base64 = $Matches[2]
    $bytes = [Convert]::FromBase64String($base64)
    $length = $type.Length
    if ($bytes.Length -lt (4 + $length) -or [Text.Encoding]::ASCII.GetString($bytes, 4, $length) -cne $type) {
        throw "AuthorizedKey: the key is not of type $type, or it was cut off."
    }
    return [pscustomobject] @{ Type = $type; Base64 = $base64 }
}

function Assert-Address {
    <#
    .SYNOPSIS
        Refuses what is no address, and a prefix that is as good as everyone.
    .PARAMETER Address
        An address, with or without a prefix length.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Address)
    $expected = 'expected an IPv4 or IPv6 address such as 10.20.30.40 or 10.20.30.0/28, no names, at least /8 (IPv4) or /32 (IPv6)'
    if ($Address -cnotmatch '^([0-9A-Fa-f:.]+)(?:/([0-9]{1,3}))?$') {
        throw "FromAddress ${Address}: $expected."
    }
    $text = $Matches[1]
    $prefix = -1
    if ($Address.Contains('/')) {
        $prefix = [int] $Matches[2]
    }
    $parsed = $null
    if (-not [Net.IPAddress]::TryParse($text, [ref] $parsed)) {
        throw "FromAddress ${Address}: $expected."
    }
    $bits = 32
    $least = 8
    if ($parsed.AddressFamily -eq [Net.Sockets.AddressFamily]::InterNetworkV6) {
        $bits = 128
        $least = 32
    } elseif ($text -cnotmatch '^\d+\.\d+\.\d+\.\d+$') {
        throw "FromAddress ${Address}: $expected."
    }
    if ($prefix -ne -1 -and ($prefix -lt $least -or $prefix -gt $bits)) {
        throw "FromAddress ${Address}: $expected."
    }
}

function Assert-User {
    <#
    .SYNOPSIS
        Refuses an account that does not exist; warns where it may be no local administrator.
    .PARAMETER Account
        The account's name.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Account)
    if ($Account -cnotmatch '^[A-Za-z0-9._-]{1,64}(?:\\[A-Za-z0-9._-]{1,64})?$') {
        throw "User ${Account}: expected a name of letters, digits, dots, dashes and underscores."
    }
    $ntAccount = New-Object -TypeName Security.Principal.NTAccount -ArgumentList $Account
    try {
        $sid = $ntAccount.Translate([Security.Principal.SecurityIdentifier]).Value
    } catch [Security.Principal.IdentityNotMappedException] {
        throw "User ${Account}: there is no such account. Make it first (New-LocalUser), with a long random password that no one keeps."
    }
    $members = @(Get-LocalGroupMember -SID $script:Administrators -ErrorAction SilentlyContinue | ForEach-Object { $_.SID.Value })
    if ($members.Length -eq 0) {
        Write-Warning -Message "The members of Administrators cannot be read; check that $Account is one of them."
    } elseif ($members -notcontains $sid) {
        $command = "Add-LocalGroupMember -SID $script:Administrators -Member $Account"
        Write-Warning -Message "$Account is no direct member of Administrators; unless a group of it is, add it: $command"
    }
}

function Write-Change {
    <#
    .SYNOPSIS
        Says what was changed, or that nothing had to be.
    .PARAMETER Changed
        Whether something was changed.
    .PARAMETER What
        What it is about.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [bool] $Changed, [Parameter(Mandatory = $true)] [string] $What)
    if ($Changed) {
        Write-Output -InputObject "changed    $What"
    } else {
        Write-Output -InputObject "unchanged  $What"
    }
}

function Add-SshServer {
    <#
    .SYNOPSIS
        Installs OpenSSH Server where there is no service sshd.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    if ($null -ne (Get-Service -Name 'sshd' -ErrorAction SilentlyContinue)) {
        return Write-Change -Changed $false -What 'OpenSSH Server is installed'
    }
    if ($PSCmdlet.ShouldProcess($script:Capability, 'install OpenSSH Server')) {
        Add-WindowsCapability -Online -Name $script:Capability | Out-Null
        Write-Change -Changed $true -What 'OpenSSH Server installed'
    }
}

function Set-Firewall {
    <#
    .SYNOPSIS
        One rule for the given addresses; the rule of the installation, which is for everyone, is switched off.
    .PARAMETER Address
        The addresses.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([Parameter(Mandatory = $true)] [string[]] $Address)
    $wanted = ($Address | Sort-Object) -join ','
    $rule = Get-NetFirewallRule -Name $script:RuleName -ErrorAction SilentlyContinue
    $actual = ''
    if ($null -ne $rule) {
        $addresses = @(($rule | Get-NetFirewallAddressFilter).RemoteAddress | ForEach-Object { ConvertTo-Prefix -Address $_ } | Sort-Object)
        $port = $rule | Get-NetFirewallPortFilter
        $actual = "$($rule.Enabled) $($rule.Direction) $($rule.Action) $($port.Protocol) $($port.LocalPort) $($addresses -join ',')"
    }
    $same = $actual -eq "True Inbound Allow TCP 22 $wanted"
    if ($same) {
        Write-Change -Changed $false -What "firewall rule $script:RuleName for $wanted"
    } elseif ($PSCmdlet.ShouldProcess($script:RuleName, "allow TCP 22 from $wanted")) {
        $new = @{
            Name = $script:RuleName; Direction = 'Inbound'; Action = 'Allow'
            Protocol = 'TCP'; LocalPort = 22; RemoteAddress = $Address; Profile = 'Any'
        }
        # In place: a rule that is removed first is lost where the new one is refused. Functions of a module do not see
        # the preference above.
        if ($null -eq $rule) {
            New-NetFirewallRule @new -DisplayName 'SSH for ConnectSyncIdentity' -ErrorAction Stop | Out-Null
        } else {
            Set-NetFirewallRule @new -Enabled 'True' -ErrorAction Stop
        }
        Write-Change -Changed $true -What "firewall rule $script:RuleName for $wanted (was: $actual)"
    }
    $wide = Get-NetFirewallRule -Name $script:WideRuleName -ErrorAction SilentlyContinue
    if ($null -eq $wide -or "$($wide.Enabled)" -ne 'True') {
        Write-Change -Changed $false -What "firewall rule $script:WideRuleName is off"
    } elseif ($PSCmdlet.ShouldProcess($script:WideRuleName, 'switch off: it lets everyone in')) {
        Disable-NetFirewallRule -Name $script:WideRuleName -ErrorAction Stop
        Write-Change -Changed $true -What "firewall rule $script:WideRuleName switched off"
    }
}

function ConvertTo-Prefix {
    <#
    .SYNOPSIS
        An address as it was given: Windows shows the prefix of IPv4 as a mask (10.0.0.0/255.255.255.240).
    .PARAMETER Address
        The address as the firewall shows it.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Address)
    if ($Address -cnotmatch '^([0-9.]+)/([0-9]+\.[0-9]+\.[0-9]+\.[0-9]+)$') {
        return $Address
    }
    $network = $Matches[1]
    $ones = 0
    foreach ($byte in [Net.IPAddress]::Parse($Matches[2]).GetAddressBytes()) {
        $ones += ([Convert]::ToString($byte, 2) -replace '0', '').Length
    }
    return "$network/$ones"
}

function Set-AuthorizedKey {
    <#
    .SYNOPSIS
        The key with its restrictions in administrators_authorized_keys, and that file for SYSTEM and Administrators only.
        Other keys there stay.
    .PARAMETER Key
        Type and base64 of the key.
    .PARAMETER Address
        The addresses that it may be used from.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([Parameter(Mandatory = $true)] [object] $Key, [Parameter(Mandatory = $true)] [string[]] $Address)
    $file = Join-Path -Path $script:SshFolder -ChildPath 'administrators_authorized_keys'
    # No terminal, no forwarding of ports, agent or X11, no rc file: commands and SFTP are left, which is what is needed.
    $line = "restrict,from=`"$($Address -join ',')`" $($Key.Type) $($Key.Base64) ConnectSyncIdentity"
    $before = @()
    if (Test-Path -LiteralPath $file) {
        $before = @([IO.File]::ReadAllLines($file) | Where-Object { $_.Trim() -ne '' })
    }
    $others = @($before | Where-Object { -not $_.Contains($Key.Base64) })
    $after = @($others) + @($line)
    $same = ($before -join "`n") -ceq ($after -join "`n")
    if ($same) {
        Write-Change -Changed $false -What "the key in $file"
    } elseif ($PSCmdlet.ShouldProcess($file, "write $line")) {
        [IO.File]::WriteAllText($file, (($after -join "`n") + "`n"), (New-Object -TypeName Text.UTF8Encoding -ArgumentList $false))
        Write-Change -Changed $true -What "the key in ${file}: $line"
    }
    if ($others.Length -gt 0) {
        Write-Warning -Message "$($others.Length) other key(s) in $file may log in as an administrator as well; look whose they are."
    }
    $sddl = ''
    if (Test-Path -LiteralPath $file) {
        $sddl = (Get-Acl -LiteralPath $file).Sddl -replace 'G:[^:]*(?=D:)', '' -replace 'D:P(?:AI)?\(', 'D:PAI('
    }
    if ($sddl -eq $script:KeyFileSecurity) {
        Write-Change -Changed $false -What "access to $file"
    } elseif ($PSCmdlet.ShouldProcess($file, 'give access to SYSTEM and Administrators only')) {
        $security = New-Object -TypeName Security.AccessControl.FileSecurity
        # Owner and access rules only: to write audit rules takes another privilege.
        $security.SetSecurityDescriptorSddlForm($script:KeyFileSecurity, [Security.AccessControl.AccessControlSections] 'Owner, Access')
        Set-Acl -LiteralPath $file -AclObject $security
        Write-Change -Changed $true -What "access to ${file}: SYSTEM and Administrators only (was: $sddl)"
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

function Set-SshConfiguration {
    <#
    .SYNOPSIS
        Login by key only and for one user only. The new file is tried by sshd itself before it takes the old one's place.
    .PARAMETER Account
        The user who may log in.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([Parameter(Mandatory = $true)] [string] $Account)
    $file = Join-Path -Path $script:SshFolder -ChildPath 'sshd_config'
    $before = ''
    if (Test-Path -LiteralPath $file) {
        $before = [IO.File]::ReadAllText($file)
    }
    $after = Get-WantedConfiguration -Text $before -Account $Account
    if ($before -ceq $after) {
        return Write-Change -Changed $false -What "settings in $file"
    }
    if (-not $PSCmdlet.ShouldProcess($file, "key login only, for $Account only")) {
        return
    }
    $tried = "$file.connect-sync-identity"
    [IO.File]::WriteAllText($tried, $after, (New-Object -TypeName Text.UTF8Encoding -ArgumentList $false))
    $sshd = Join-Path -Path $env:SystemRoot -ChildPath 'System32\OpenSSH\sshd.exe'
    & $sshd -t -f $tried
    if ($LASTEXITCODE -ne 0) {
        Remove-Item -LiteralPath $tried
        throw "sshd refuses the new settings (see above); $file was left as it was."
    }
    $kept = "$file.before-connect-sync-identity"
    if (-not (Test-Path -LiteralPath $kept)) {
        Copy-Item -LiteralPath $file -Destination $kept
    }
    # The text goes into the file that is there, which keeps its access rules.
    [IO.File]::WriteAllText($file, $after, (New-Object -TypeName Text.UTF8Encoding -ArgumentList $false))
    Remove-Item -LiteralPath $tried
    Restart-Service -Name 'sshd'
    Write-Change -Changed $true -What "settings in $file (the file before: $kept); sshd restarted"
}

function Set-SshService {
    <#
    .SYNOPSIS
        The service sshd starts with Windows and runs; its first start makes host keys and sshd_config.
    #>
    [CmdletBinding(SupportsShouldProcess = $true)]
    param()
    $service = Get-Service -Name 'sshd' -ErrorAction SilentlyContinue
    if ($null -ne $service -and "$($service.StartType)" -eq 'Automatic' -and "$($service.Status)" -eq 'Running') {
        return Write-Change -Changed $false -What 'the service sshd starts by itself and runs'
    }
    if ($PSCmdlet.ShouldProcess('sshd', 'start the service, now and with Windows')) {
        Set-Service -Name 'sshd' -StartupType Automatic
        Start-Service -Name 'sshd'
        Write-Change -Changed $true -What 'the service sshd starts by itself and runs'
    }
}

function Write-PinLine {
    <#
    .SYNOPSIS
        Prints the host key as it is pinned in the stack's file.
    #>
    [CmdletBinding()]
    param()
    $file = Join-Path -Path $script:SshFolder -ChildPath 'ssh_host_ed25519_key.pub'
    if (-not (Test-Path -LiteralPath $file)) {
        Write-Warning -Message "$file does not exist yet; sshd makes it when it starts for the first time."
        return
    }
    $parts = [IO.File]::ReadAllText($file).Trim() -split '\s+'
    Write-Output -InputObject ''
    Write-Output -InputObject 'Pin this line in the file of the stack, as connection.hostKey of this server:'
    Write-Output -InputObject "$($parts[0]) $($parts[1])"
}

if (-not (Test-Elevated)) {
    throw 'Run this in an elevated Windows PowerShell: it changes services, firewall and files of this server.'
}
$publicKey = Read-PublicKey -Line $AuthorizedKey
foreach ($one in $FromAddress) {
    Assert-Address -Address $one
}
Assert-User -Account $User
# The port is closed to others before anything listens on it.
Set-Firewall -Address $FromAddress
Add-SshServer
# The installation brings the rule for everyone along.
Set-Firewall -Address $FromAddress
Set-SshService
Set-AuthorizedKey -Key $publicKey -Address $FromAddress
Set-SshConfiguration -Account $User
Write-PinLine
