<#
.SYNOPSIS
    Runs Open-Ssh.ps1 itself, on a Windows machine that is thrown away afterwards: ended after each of its steps, then
    to its end, then once more, then a login with the key and one without.
.DESCRIPTION
    Changes services, firewall, accounts and sshd's settings. It has not run on Windows yet.
#>
[CmdletBinding()]
param()
. (Join-Path -Path $PSScriptRoot -ChildPath 'Common.ps1')
Assert-ThrownAway

function New-RandomPassword {
    <#
    .SYNOPSIS
        A password that no one knows.
    #>
    [CmdletBinding()]
    param()
    $secure = New-Object -TypeName Security.SecureString
    foreach ($character in "Aa1!$([guid]::NewGuid())$([guid]::NewGuid())".ToCharArray()) {
        $secure.AppendChar($character)
    }
    return $secure
}

function Test-Login {
    <#
    .SYNOPSIS
        Whether a command runs over SSH on this machine.
    #>
    [CmdletBinding()]
    param([string[]] $Option)
    # Windows PowerShell takes what ssh writes to stderr for an error.
    $ErrorActionPreference = 'Continue'
    $options = @('-o', 'StrictHostKeyChecking=no', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=20', '-i', $private) + $Option
    & ssh.exe @options 'csi-pipeline@127.0.0.1' 'cmd.exe /c echo csi-logged-in' 2>&1 | Tee-Object -Variable said | Out-Null
    return "$said" -match 'csi-logged-in'
}

$script = Join-Path -Path $PSScriptRoot -ChildPath '../../Open-Ssh/Open-Ssh.ps1'
$private = Join-Path -Path $env:RUNNER_TEMP -ChildPath 'pipeline'
cmd.exe /c "ssh-keygen -q -t ed25519 -N `"`" -f `"$private`""
Assert-True -Value (Test-Path -LiteralPath "$private.pub") -What 'there is a key'
New-LocalUser -Name 'csi-pipeline' -Password (New-RandomPassword) -PasswordNeverExpires | Out-Null
Add-LocalGroupMember -SID 'S-1-5-32-544' -Member 'csi-pipeline'
$arguments = @{ AuthorizedKey = Get-Content -LiteralPath "$private.pub"; User = 'csi-pipeline'; FromAddress = @('127.0.0.1', '::1') }

& $script @arguments -WhatIf
$rule = Get-NetFirewallRule -Name 'ConnectSyncIdentity-SSH' -ErrorAction SilentlyContinue
Assert-True -Value ($null -eq $rule) -What '-WhatIf changes nothing'

# Ended after its first, second, ... change: the pipeline is stopped at that line, as Ctrl+C would.
foreach ($step in 1..10) {
    $lines = @(& $script @arguments | Where-Object { $_ -like 'changed *' } | Select-Object -First 1)
    if ($lines.Length -eq 0) {
        break
    }
    Write-Output -InputObject "ended after change ${step}: $($lines[0])"
    $sshd = Get-CimInstance -ClassName Win32_Service -Filter "Name='sshd'"
    $open = @(Get-NetFirewallRule -Name 'ConnectSyncIdentity-SSH', 'OpenSSH-Server-In-TCP' -ErrorAction SilentlyContinue |
            Where-Object { "$($_.Enabled)" -eq 'True' })
    $config = Join-Path -Path $env:ProgramData -ChildPath 'ssh\sshd_config'
    $off = (Test-Path -LiteralPath $config) -and (Get-Content -LiteralPath $config -Raw) -match '(?m)^PasswordAuthentication no'
    if ($null -ne $sshd -and $sshd.State -eq 'Running' -and -not $off) {
        Assert-True -Value ($open.Length -eq 0) -What 'while passwords are accepted, the port is closed'
    }
    if ($off) {
        Assert-True -Value (Test-Login) -What 'once passwords are off, the key works'
    }
}
$last = @(& $script @arguments)
$last
Assert-True -Value (@($last | Where-Object { $_ -like 'changed *' }).Length -eq 0) -What 'a further run changes nothing'
Assert-True -Value (@($last | Where-Object { $_ -like 'verified *' }).Length -eq 9) -What 'it says what it verified'
Assert-True -Value (Test-Login) -What 'the key logs in'
Assert-True -Value (-not (Test-Login -Option '-o', 'PubkeyAuthentication=no')) -What 'no login without the key'

# A hardened server: local administrators may not log on over the network.
$rights = Join-Path -Path $env:RUNNER_TEMP -ChildPath 'rights.inf'
$lines = '[Unicode]', 'Unicode=yes', '[Version]', 'signature="$CHICAGO$"', 'Revision=1', '[Privilege Rights]',
    'SeDenyNetworkLogonRight = *S-1-5-114'
[IO.File]::WriteAllLines($rights, [string[]] $lines, [Text.Encoding]::Unicode)
secedit.exe /configure /db "$rights.sdb" /cfg $rights /areas USER_RIGHTS /quiet
$refusal = ''
try { & $script @arguments | Out-Null } catch { $refusal = $_.Exception.Message }
Assert-True -Value ($refusal -like '*SeDenyNetworkLogonRight: S-1-5-114*') -What 'a denied logon is found before anything is changed'
Assert-True -Value (-not (Test-Login)) -What 'Windows does refuse the correct key there'
