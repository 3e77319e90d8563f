# The server, its clock, the caller, accounts. Changes nothing on the server.

function Get-CsiTime {
    <#
    .SYNOPSIS
        The host's time.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    return ConvertTo-CsiTime -Value ([DateTime]::UtcNow)
}

function Wait-CsiTime {
    <#
    .SYNOPSIS
        Waits.
    .PARAMETER Seconds
        How long, in seconds.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [double] $Seconds)
    Start-Sleep -Milliseconds ([int] ($Seconds * 1000))
}

function Get-CsiDotnetRelease {
    <#
    .SYNOPSIS
        The release of .NET Framework 4, null where it is not known.
    .DESCRIPTION
        Documented: the value Release; 461808 and later is 4.7.2 or later.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param()
    $key = 'HKLM:\SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full'
    try {
        if (Test-Path -LiteralPath $key) {
            return Get-CsiMember -InputObject (Get-ItemProperty -LiteralPath $key) -Name 'Release'
        }
    } catch {
        Write-Verbose -Message "The release of .NET Framework cannot be read: $($_.Exception.Message)"
    }
    return $null
}

function Get-CsiHost {
    <#
    .SYNOPSIS
        Name of the computer, version of PowerShell, its language mode, and the release of .NET Framework.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    return [pscustomobject] @{
        computerName      = [Environment]::MachineName
        powershellVersion = $PSVersionTable.PSVersion.ToString()
        languageMode      = $ExecutionContext.SessionState.LanguageMode.ToString()
        dotnetRelease     = Get-CsiDotnetRelease
    }
}

function Get-CsiDefaultShell {
    <#
    .SYNOPSIS
        The shell that sshd starts for a session, null where none is set: it is cmd.exe then.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    $key = 'HKLM:\SOFTWARE\OpenSSH'
    if (-not (Test-Path -LiteralPath $key)) {
        return $null
    }
    $shell = [string] (Get-CsiMember -InputObject (Get-ItemProperty -LiteralPath $key) -Name 'DefaultShell')
    if ([string]::IsNullOrWhiteSpace($shell)) {
        return $null
    }
    return $shell
}

function Get-CsiCaller {
    <#
    .SYNOPSIS
        Who runs the program, and whether as an administrator with all rights.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $identity = [Security.Principal.WindowsIdentity]::GetCurrent()
    $principal = New-Object -TypeName Security.Principal.WindowsPrincipal -ArgumentList $identity
    return [pscustomobject] @{
        account       = $identity.Name
        sid           = $identity.User.Value
        administrator = $principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
    }
}

function Resolve-CsiAccount {
    <#
    .SYNOPSIS
        The SID of an account, null with the reason where the name does not resolve: there is no such account, or no domain
        controller answers.
    .PARAMETER Account
        DOMAIN\name, DOMAIN\gmsa$, NT SERVICE\name, .\name, a user principal name, LocalSystem, or a SID.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $Account)
    if ($Account -match '\AS-1-[0-9-]+\z') {
        return [pscustomobject] @{ sid = $Account; problem = $null }
    }
    if ($Account -eq 'LocalSystem') {
        return [pscustomobject] @{ sid = $script:CsiSystem; problem = $null }
    }
    $name = $Account
    if ($Account.StartsWith('.\')) {
        $name = [Environment]::MachineName + $Account.Substring(1)
    }
    try {
        return [pscustomobject] @{ sid = ConvertTo-CsiSid -Account $name; problem = $null }
    } catch {
        # IdentityNotMappedException, or a SystemException or COMException of a domain that cannot be asked.
        return [pscustomobject] @{ sid = $null; problem = "$name does not resolve: $(Get-CsiFailureText -Exception $_.Exception)" }
    }
}

function ConvertTo-CsiSid {
    <#
    .SYNOPSIS
        Asks Windows for the SID of an account.
    .PARAMETER Account
        DOMAIN\name or a user principal name.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Account)
    $ntAccount = New-Object -TypeName Security.Principal.NTAccount -ArgumentList $Account
    return $ntAccount.Translate([Security.Principal.SecurityIdentifier]).Value
}

function Get-CsiAccountName {
    <#
    .SYNOPSIS
        The name of an account; its SID where it has no name any more, or no domain controller could be asked.
    .PARAMETER Sid
        The SID.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Sid)
    try {
        return (New-CsiSid -Value $Sid).Translate([Security.Principal.NTAccount]).Value
    } catch {
        Write-Verbose -Message "$Sid has no name: $(Get-CsiFailureText -Exception $_.Exception)"
        return $Sid
    }
}
