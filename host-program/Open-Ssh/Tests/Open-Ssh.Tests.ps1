<#
    Open-Ssh.ps1 as a whole, against a Windows of memory (Windows.psm1). The files are real. It does not show that Windows
    behaves like that.
#>
BeforeAll {
    Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'Windows.psm1') -Force
    $Key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI' + ('A' * 43) + ' pipeline'
    $Given = @{ AuthorizedKey = $Key; User = 'svc-pulumi'; FromAddress = @('10.20.30.0/28', '2001:db8::1') }

    # The beginning of a test; each has a folder of its own.
    function New-Server {
        param([string] $Start)
        $folder = Join-Path -Path $TestDrive -ChildPath ([guid]::NewGuid())
        [void] [IO.Directory]::CreateDirectory($folder)
        $world = Reset-World -Folder $folder
        if ($Start -ne 'without OpenSSH') {
            Install-Server
        }
        if ($Start -like '*running*') {
            $world.Service.StartMode = 'Auto'
            Start-Sshd
        }
        if ($Start -like '*another rule of ours*') {
            Add-Rule -Name 'ConnectSyncIdentity-SSH' -Address @('192.0.2.0/24')
        }
        return $world
    }

    # One run; what it printed, warned and failed with.
    function Invoke-Run {
        param([hashtable] $With = @{})
        $arguments = $Given.Clone()
        foreach ($name in $With.Keys) { $arguments[$name] = $With[$name] }
        $World.Calls = @()
        $failure = ''
        $said = New-Object -TypeName Collections.ArrayList
        try {
            Invoke-OpenSsh @arguments -WarningAction Continue 3>&1 | ForEach-Object { [void] $said.Add($_) }
        } catch {
            $failure = $_.Exception.Message
        }
        return [pscustomobject] @{
            Lines = @($said | Where-Object { $_ -is [string] }); Failure = $failure
            Warnings = @($said | Where-Object { $_ -is [Management.Automation.WarningRecord] } | ForEach-Object { "$_" })
        }
    }

    function Test-KeyWorks {
        $text = Get-FileText -Path $script:KeyFile
        $line = "restrict,from=`"10.20.30.0/28,2001:db8::1`" $(@($Key -split ' ')[0]) $(@($Key -split ' ')[1]) ConnectSyncIdentity"
        return @($text -split "`n") -ccontains $line -and $World.Security -eq 'O:BAD:PAI(A;;FA;;;SY)(A;;FA;;;BA)'
    }

    function Test-PasswordsOff {
        param([AllowEmptyString()] [string] $Text)
        return $Text -match '(?m)\A# BEGIN ConnectSyncIdentity(?s:.*?)^PasswordAuthentication no'
    }

    # What must hold at any moment, however the run ended.
    function Assert-Safe {
        param([hashtable] $OpenBefore)
        $off = (Test-PasswordsOff -Text $World.Running) -or (Test-PasswordsOff -Text (Get-FileText -Path $script:ConfigFile))
        if ($off) {
            Test-KeyWorks | Should -BeTrue -Because 'passwords are off, so the key must work'
        }
        $running = $null -ne $World.Service -and $World.Service.State -eq 'Running'
        $open = @($World.Rules.Keys | Where-Object { $World.Rules[$_].Enabled -eq 'True' -and -not $OpenBefore.ContainsKey($_) })
        if ($running -and -not (Test-PasswordsOff -Text $World.Running)) {
            $open | Should -BeNullOrEmpty -Because 'sshd accepts passwords, so the port must be closed'
        }
    }

    function Assert-Complete {
        Test-PasswordsOff -Text $World.Running | Should -BeTrue
        Test-KeyWorks | Should -BeTrue
        $World.Service.StartMode | Should -Be 'Auto'
        @($World.Rules.Keys | Where-Object { $World.Rules[$_].Enabled -eq 'True' }) | Should -Be 'ConnectSyncIdentity-SSH'
        $World.Rules['ConnectSyncIdentity-SSH'].RemoteAddress | Should -Be @('10.20.30.0/28', '2001:db8::1')
    }
}

Describe 'Open-Ssh.ps1' {
    BeforeEach {
        $World = New-Server -Start 'without OpenSSH'
        . (Join-Path -Path $PSScriptRoot -ChildPath 'Effects.ps1')
    }

    It 'must open a server <start>, and change nothing and say what it verified in a second run' -ForEach @(
        @{ start = 'without OpenSSH' }, @{ start = 'with sshd' }, @{ start = 'with sshd running' }
        @{ start = 'with sshd running and another rule of ours' }
    ) {
        $World = New-Server -Start $start
        . (Join-Path -Path $PSScriptRoot -ChildPath 'Effects.ps1')
        $first = Invoke-Run
        $first.Failure | Should -Be ''
        Assert-Complete
        $second = Invoke-Run
        $second.Failure | Should -Be ''
        $World.Calls | Should -BeNullOrEmpty
        $verified = @($second.Lines | Where-Object { $_ -like 'verified   *' })
        $verified.Length | Should -Be 9
        $verified[-1] | Should -Be 'verified   the firewall rule ConnectSyncIdentity-SSH opens TCP 22 to 10.20.30.0/28, 2001:db8::1'
        @($second.Lines | Where-Object { $_ -like 'changed *' }) | Should -BeNullOrEmpty
        $second.Lines[-1] | Should -Be 'ssh-ed25519 AAAAhost'
    }

    It 'must change nothing with -WhatIf' {
        $World = New-Server -Start 'with sshd running'
        . (Join-Path -Path $PSScriptRoot -ChildPath 'Effects.ps1')
        (Invoke-Run -With @{ WhatIf = $true }).Failure | Should -Be ''
        $World.Calls | Should -BeNullOrEmpty
    }

    It 'must open the firewall last, and write the key before passwords go off' {
        [void] (Invoke-Run)
        $World.Calls | Should -Be @(
            'Add-WindowsCapability', 'Disable-NetFirewallRule', 'Add-DataFolder', 'Set-Service', 'Start-Service'
            'Write administrators_authorized_keys', 'Set-KeyFileSecurity', 'Write sshd_config.tried'
            'Write sshd_config.before-connect-sync-identity', 'Write sshd_config', 'Restart-Service', 'New-NetFirewallRule'
        )
    }

    Context 'if <effect> is <mode> on a server <start>' -ForEach @(
        foreach ($mode in 'refused', 'silent', 'complete') {
            foreach ($effect in @(
                    'Add-WindowsCapability', 'Disable-NetFirewallRule', 'Add-DataFolder', 'Set-Service', 'Start-Service'
                    'Write administrators_authorized_keys', 'Set-KeyFileSecurity', 'Write sshd_config.tried'
                    'Write sshd_config.before-connect-sync-identity', 'Write sshd_config', 'Restart-Service'
                    'New-NetFirewallRule', 'sshd -T'
                )) {
                @{ effect = $effect; mode = $mode; start = 'without OpenSSH' }
            }
            foreach ($effect in @(
                    'Disable-NetFirewallRule', 'Write administrators_authorized_keys', 'Set-KeyFileSecurity', 'Write sshd_config.tried'
                    'Write sshd_config', 'Restart-Service', 'Set-NetFirewallRule', 'sshd -T'
                )) {
                @{ effect = $effect; mode = $mode; start = 'with sshd running and another rule of ours' }
            }
        }
    ) {
        It 'must fail, name what it changed, stay safe, and complete in the next run' {
            $World = New-Server -Start $start
            . (Join-Path -Path $PSScriptRoot -ChildPath 'Effects.ps1')
            $open = $World.Rules.Clone()
            foreach ($name in @($open.Keys)) { $open[$name] = $open[$name].Clone() }
            $World.Fault = @{ Effect = $effect; Mode = $mode }
            $first = Invoke-Run
            $first.Failure | Should -Not -Be ''
            if ($mode -ne 'silent') {
                $first.Failure | Should -Not -BeLike '*Windows reported no error*' -Because 'Windows did report one'
            }
            @($first.Warnings | Where-Object { $_ -like 'Changed before the failure: * To undo: *' }).Length | Should -BeGreaterThan 0
            # Rules that were open before stay open only if switching them off is what failed.
            if ($effect -ne 'Disable-NetFirewallRule' -and $effect -ne 'Add-WindowsCapability') { $open = @{} }
            Assert-Safe -OpenBefore $open
            $World.Fault = $null
            (Invoke-Run).Failure | Should -Be ''
            Assert-Complete
            (Invoke-Run).Failure | Should -Be ''
            $World.Calls | Should -BeNullOrEmpty
        }
    }

    It 'must keep the rule that there is if Windows refuses the new addresses' {
        [void] (Invoke-Run)
        $World.Fault = @{ Effect = 'Set-NetFirewallRule'; Mode = 'refused' }
        (Invoke-Run -With @{ FromAddress = @('198.51.100.7') }).Failure | Should -BeLike 'Access is denied*'
        $World.Rules['ConnectSyncIdentity-SSH'].Enabled | Should -Be 'True'
        $World.Rules['ConnectSyncIdentity-SSH'].RemoteAddress | Should -Be @('10.20.30.0/28', '2001:db8::1')
    }

    It 'must fail before the first change if the firewall cannot be read, rather than take a rule for missing' {
        $World.Fault = @{ Effect = 'Get-NetFirewallRule'; Mode = 'refused' }
        (Invoke-Run).Failure | Should -BeLike 'Nothing was changed.*Access is denied*'
        $World.Calls | Should -BeNullOrEmpty
    }

    It 'must switch off every rule that opens the port to all addresses, and name those that open it to others' {
        Add-Rule -Name '{MSI}' -Address @('Any') -Port @('20-25')
        Add-Rule -Name 'web' -Address @('Any') -Port @('443')
        Add-Rule -Name 'jump' -Address @('192.0.2.9')
        $run = Invoke-Run
        $run.Failure | Should -Be ''
        $World.Rules['{MSI}'].Enabled | Should -Be 'False'
        $World.Rules['web'].Enabled | Should -Be 'True'
        $World.Rules['jump'].Enabled | Should -Be 'True'
        $run.Warnings | Should -Contain 'The firewall rule jump opens port 22 as well, to 192.0.2.9.'
    }

    It 'must close its own rule while sshd accepts passwords again' {
        [void] (Invoke-Run)
        Write-RealFileText -Path $script:ConfigFile -Text "PasswordAuthentication yes`r`nMatch Group administrators`r`n"
        Start-Sshd
        $World.Fault = @{ Effect = 'sshd -T'; Mode = 'refused' }
        (Invoke-Run).Failure | Should -Not -Be ''
        $World.Rules['ConnectSyncIdentity-SSH'].Enabled | Should -Be 'False'
    }

    It 'must restart sshd in a run that has nothing else to change, if sshd is older than its settings' {
        [void] (Invoke-Run)
        $World.Started = $World.Started.AddHours(-1)
        (Invoke-Run).Failure | Should -Be ''
        $World.Calls | Should -Contain 'Restart-Service'
    }

    It 'must take the program from the service: <image>' -ForEach @(
        @{ image = '"{0}"' }, @{ image = '{0}' }
    ) {
        $folder = Join-Path -Path $World.Folder -ChildPath 'Program Files'
        [void] [IO.Directory]::CreateDirectory($folder)
        Install-Server -Program (Join-Path -Path $folder -ChildPath 'sshd.exe')
        $World.Service.PathName = $image -f $World.Service.PathName
        (Invoke-Run).Failure | Should -Be ''
        Assert-Complete
    }

    It 'must change nothing if <what>' -ForEach @(
        @{
            what = 'sshd is not where its service says'; says = '*does not exist*'
            do = { Install-Server; [IO.File]::Delete($World.Service.PathName) }
        }
        @{
            what = 'the service names other settings'; says = '*arguments (-f other)*'
            do = { Install-Server; $World.Service.PathName += ' -f other' }
        }
        @{ what = 'Windows has no OpenSSH Server'; do = { $World.Build = 14393 }; says = '*Win32-OpenSSH*' }
        @{ what = 'the caller is no administrator'; do = { $World.Elevated = $false }; says = '*elevated*' }
        @{ what = 'the account does not exist'; do = { $World.Accounts = @{} }; says = '*no such account*' }
        @{
            what = 'a local account is no administrator'; says = '*no member of Administrators*'
            do = { $World.Groups = @{ 'S-1-5-32-545' = @() } }
        }
        @{ what = 'a user owns the folder of sshd'; do = { $World.Owners['ssh'] = 'S-1-5-21-7' }; says = '*ssh is not the*S-1-5-21-7*' }
        @{
            what = 'the data folder is a link'; says = '*ConnectSyncIdentity is not the administrators*'
            do = { $World.Owners['ConnectSyncIdentity'] = 'link' }
        }
    ) {
        & $do
        (Invoke-Run).Failure | Should -BeLike $says
        $World.Calls | Should -BeNullOrEmpty
    }

    It 'must report every problem of its input in one message' {
        $failure = (Invoke-Run -With @{ AuthorizedKey = 'ssh-rsa AAAA'; User = 'no-one'; FromAddress = @('10.0.0.1/24', 'x') }).Failure
        foreach ($part in 'AuthorizedKey:', 'User no-one:', '10.0.0.0/24', 'FromAddress x:') { $failure | Should -BeLike "*$part*" }
    }

    It 'must leave passwords on if sshd would <what>' -ForEach @(
        @{ what = 'still accept passwords'; name = 'passwordauthentication'; value = 'yes' }
        @{ what = 'look for the key elsewhere'; name = 'authorizedkeysfile'; value = '.ssh/authorized_keys' }
        @{ what = 'want more than a key'; name = 'authenticationmethods'; value = 'publickey,password' }
        @{ what = 'listen on another port'; name = 'port'; value = '2222' }
    ) {
        $World.Effective[$name] = $value
        (Invoke-Run).Failure | Should -BeLike "*left as it was*$value*"
        Test-PasswordsOff -Text (Get-FileText -Path $script:ConfigFile) | Should -BeFalse
        $World.Rules.ContainsKey('ConnectSyncIdentity-SSH') | Should -BeFalse
    }

    It 'must keep other keys, settings and the settings before, and warn of other keys' {
        [void] (Invoke-Run)
        $other = "ssh-ed25519 AAAAother someone"
        [IO.File]::WriteAllText($script:KeyFile, "$other`r`n$(Get-FileText -Path $script:KeyFile)", [Text.Encoding]::Unicode)
        $run = Invoke-Run
        $run.Failure | Should -Be ''
        Get-FileText -Path $script:KeyFile | Should -BeLike "$other`nrestrict,*"
        [IO.File]::ReadAllBytes($script:KeyFile)[0] | Should -Be ([byte][char] 's') -Because 'sshd reads no UTF-16'
        @($run.Warnings | Where-Object { $_ -like '1 other key(s)*' }).Length | Should -Be 1
        Get-FileText -Path $script:ConfigFile | Should -BeLike '*Match Group administrators*'
        Get-FileText -Path $script:KeptFile | Should -Not -BeLike '*ConnectSyncIdentity*'
    }

    It 'must ask sshd about every address' {
        $World.PasswordsFrom = @('2001:db8::1')
        (Invoke-Run).Failure | Should -BeLike '*left as it was: from 2001:db8::1 sshd would use "passwordauthentication yes"*'
    }

    It 'must keep the settings before its first change, not those before a later one' {
        [void] (Invoke-Run)
        $kept = Get-FileText -Path $script:KeptFile
        Write-RealFileText -Path $script:ConfigFile -Text "LogLevel VERBOSE`r`n$(Get-FileText -Path $script:ConfigFile)"
        (Invoke-Run).Failure | Should -Be ''
        Get-FileText -Path $script:ConfigFile | Should -BeLike '# BEGIN ConnectSyncIdentity*LogLevel VERBOSE*'
        Get-FileText -Path $script:KeptFile | Should -BeExactly $kept
    }

    It 'must write a file again that sshd cannot read, though its text is right' {
        [void] (Invoke-Run)
        [IO.File]::WriteAllText($script:KeyFile, (Get-FileText -Path $script:KeyFile), [Text.Encoding]::Unicode)
        (Invoke-Run).Failure | Should -Be ''
        [IO.File]::ReadAllBytes($script:KeyFile)[0] | Should -Be ([byte][char] 'r')
    }

    It 'must warn if .NET is too old for the host program' {
        $World.DotNet = 461310
        @((Invoke-Run).Warnings | Where-Object { $_ -like '*4.7.2*' }).Length | Should -Be 1
        $World.DotNet = 461808
        @((Invoke-Run).Warnings | Where-Object { $_ -like '*4.7.2*' }).Length | Should -Be 0
    }

    It 'must warn of settings that let others in' {
        [void] (Invoke-Run)
        [IO.File]::AppendAllText($script:ConfigFile, "AllowUsers other`r`n")
        @((Invoke-Run).Warnings | Where-Object { $_ -like '*"AllowUsers other"*' }).Length | Should -Be 1
    }

    It 'must warn if the firewall is off, or a policy ignores local rules' {
        $World.Profiles = @(@{ Name = 'Public'; Enabled = 'False'; AllowLocalFirewallRules = 'False' })
        $warnings = (Invoke-Run).Warnings
        @($warnings | Where-Object { $_ -like '*profile Public*' }).Length | Should -Be 2
    }
}

Describe 'Open-Ssh.ps1 and the right to log on' {
    BeforeEach {
        $World = New-Server -Start 'without OpenSSH'
        . (Join-Path -Path $PSScriptRoot -ChildPath 'Effects.ps1')
    }

    It 'must refuse a local administrator if <sid> is denied network logon, and recommend a domain account' -ForEach @(
        @{ sid = 'S-1-5-114' }, @{ sid = 'S-1-5-113' }
    ) {
        $World.Rights = $World.Rights -replace '= Guest', "= Guest,*$sid"
        $failure = (Invoke-Run).Failure
        $failure | Should -BeLike "Nothing was changed.*SeDenyNetworkLogonRight: $sid*domain account of its own*"
        $World.Calls | Should -BeNullOrEmpty
    }

    It 'must accept a domain account on such a server, and refuse it if a group of it is denied' {
        $World.Rights = $World.Rights -replace '= Guest', '= *S-1-5-114,*S-1-5-21-9-9-9-512'
        $World.Groups['S-1-5-32-544'] += $World.Accounts['CORP\svc']
        (Invoke-Run -With @{ User = 'CORP\svc' }).Failure | Should -Be ''
        $World.DomainGroups += 'S-1-5-21-9-9-9-512'
        (Invoke-Run -With @{ User = 'CORP\svc' }).Failure | Should -BeLike '*SeDenyNetworkLogonRight: S-1-5-21-9-9-9-512*in none of them*'
    }

    It 'must refuse an account that is named rather than given by its SID' {
        $World.Rights = $World.Rights -replace '= Guest', '= Guest,svc-pulumi'
        (Invoke-Run).Failure | Should -BeLike '*SeDenyNetworkLogonRight: S-1-5-21-1-2-3-1001*'
    }

    It 'must refuse an account without the right' {
        $World.Rights = $World.Rights -replace 'SeNetworkLogonRight = \S+', 'SeNetworkLogonRight = *S-1-5-32-551'
        (Invoke-Run).Failure | Should -BeLike '*(SeNetworkLogonRight)*'
    }

    It 'must take a local account for an administrator if the members of Administrators cannot be read, and warn' {
        $World.Unreadable = @('S-1-5-32-544')
        $run = Invoke-Run
        $run.Failure | Should -Be ''
        @($run.Warnings | Where-Object { $_ -like '*S-1-5-32-544 cannot be read*' }).Length | Should -Be 1
        $World.Rights = $World.Rights -replace '= Guest', '= *S-1-5-114'
        (Invoke-Run).Failure | Should -BeLike '*S-1-5-114*'
    }

    It 'must warn if no domain controller lists the groups of a domain account' {
        $World.DomainGroups = $null
        $World.Groups['S-1-5-32-544'] += $World.Accounts['CORP\svc']
        $warnings = (Invoke-Run -With @{ User = 'CORP\svc' }).Warnings
        @($warnings | Where-Object { $_ -like '*domain groups*cannot be read*' }).Length | Should -Be 1
    }
}
