<# Windows/Host.ps1 #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiWindows' {
    Describe 'Get-CsiTime' {
        It 'normal: must be the time of now in UTC, to the millisecond' {
            $before = [DateTime]::UtcNow.AddMilliseconds(-1)
            $text = Get-CsiTime
            $text | Should -MatchExactly '\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\z'
            ConvertFrom-CsiTime -Value $text | Should -BeGreaterOrEqual $before
            ConvertFrom-CsiTime -Value $text | Should -BeLessOrEqual ([DateTime]::UtcNow)
        }
    }

    Describe 'Wait-CsiTime' {
        It 'normal: must wait fractions of a second too' {
            Mock Start-Sleep -ParameterFilter { $Milliseconds -eq 250 } { }
            Wait-CsiTime -Seconds 0.25
            Should -Invoke Start-Sleep -Exactly 1
        }
    }

    Describe 'Get-CsiHost' {
        It 'normal: must name computer, version and language mode' {
            Mock Get-CsiDotnetRelease { 533325 }
            $found = Get-CsiHost
            $found.dotnetRelease | Should -Be 533325
            $found.computerName | Should -BeExactly ([Environment]::MachineName)
            $found.powershellVersion | Should -BeExactly "$($PSVersionTable.PSVersion)"
            $found.languageMode | Should -BeExactly 'FullLanguage'
        }
    }

    Describe 'Get-CsiDotnetRelease' {
        BeforeEach {
            $key = 'HKLM:\SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full'
            Mock Test-Path -ParameterFilter { "$LiteralPath" -eq $key } { $true }
        }
        It 'normal: must be the value of the registry' {
            Mock Get-ItemProperty -ParameterFilter { "$LiteralPath" -eq $key } { [pscustomobject] @{ Release = 461808 } }
            Get-CsiDotnetRelease | Should -Be 461808
        }
        It 'absent: without the key, or without a value, it must be unknown' {
            Mock Get-ItemProperty { [pscustomobject] @{ Other = 1 } }
            Get-CsiDotnetRelease | Should -Be $null
            Mock Test-Path -ParameterFilter { $true } { $false }
            Get-CsiDotnetRelease | Should -Be $null
            Should -Invoke Get-ItemProperty -Exactly 1
        }
        It '<case>: a registry that does not answer must be unknown' -ForEach @(
            @{ case = 'denied'; fault = 'registry-denied' }, @{ case = 'broken'; fault = 'broken' }
        ) {
            Mock Get-ItemProperty { throw (New-WindowsError -Kind $fault) }
            Get-CsiDotnetRelease | Should -Be $null
            Should -Invoke Get-ItemProperty -Exactly 1
        }
    }

    Describe 'Get-CsiDefaultShell' {
        BeforeEach {
            $key = 'HKLM:\SOFTWARE\OpenSSH'
            Mock Test-Path -ParameterFilter { "$LiteralPath" -eq $key } { $true }
        }
        It 'normal: must be the value of the registry' {
            Mock Get-ItemProperty -ParameterFilter { "$LiteralPath" -eq $key } { [pscustomobject] @{ DefaultShell = 'C:\pwsh.exe' } }
            Get-CsiDefaultShell | Should -BeExactly 'C:\pwsh.exe'
        }
        It 'absent: without the key, or without a value, there is none' {
            Mock Get-ItemProperty { [pscustomobject] @{ Other = 'x' } }
            Get-CsiDefaultShell | Should -BeNullOrEmpty
            Mock Get-ItemProperty { [pscustomobject] @{ DefaultShell = '  ' } }
            Get-CsiDefaultShell | Should -Be $null
            Mock Test-Path -ParameterFilter { $true } { $false }
            Get-CsiDefaultShell | Should -Be $null
            Should -Invoke Get-ItemProperty -Exactly 2
        }
        It '<case>: what the registry throws must reach the caller' -ForEach @(
            @{ case = 'denied'; fault = 'registry-denied' }, @{ case = 'broken'; fault = 'broken' }
        ) {
            Mock Get-ItemProperty { throw (New-WindowsError -Kind $fault) }
            { Get-CsiDefaultShell } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }

    Describe 'Get-CsiCaller' {
        It 'normal: must name account and SID, and say whether it is an administrator: <administrator>' -ForEach @(
            @{ administrator = $true }, @{ administrator = $false }
        ) {
            [CsiStub.Windows]::Reset('WindowsIdentity.GetCurrent')
            [CsiStub.Windows]::Administrator = $administrator
            $found = Get-CsiCaller
            $found.account | Should -BeExactly 'CORP\svc-pulumi'
            $found.sid | Should -BeExactly 'S-1-5-21-1-2-3-1107'
            $found.administrator | Should -Be $administrator
        }
        It 'denied: what Windows throws must reach the caller' {
            [CsiStub.Windows]::Reset('WindowsIdentity.GetCurrent')
            [CsiStub.Windows]::Faults['WindowsIdentity.GetCurrent'] = (New-WindowsError -Kind 'registry-denied').Exception
            (Get-Failure { Get-CsiCaller }).GetBaseException() | Should -BeOfType ([Security.SecurityException])
        }
    }

    Describe 'Resolve-CsiAccount' {
        BeforeEach { [CsiStub.Windows]::Reset('NTAccount.Translate') }
        It 'normal: <account> must be <sid>' -ForEach @(
            @{ account = 'S-1-5-21-1-2-3-4'; sid = 'S-1-5-21-1-2-3-4'; asked = @() }
            @{ account = 'LocalSystem'; sid = 'S-1-5-18'; asked = @() }
            @{ account = 'NT SERVICE\ADSync'; sid = 'S-1-5-80-1'; asked = 'NTAccount.Translate NT SERVICE\ADSync' }
            @{ account = '.\svc'; sid = 'S-1-5-21-7'; asked = "NTAccount.Translate $([Environment]::MachineName)\svc" }
            @{ account = 'svc@corp.example'; sid = 'S-1-5-21-8'; asked = 'NTAccount.Translate svc@corp.example' }
        ) {
            [CsiStub.Windows]::Accounts['NT SERVICE\ADSync'] = 'S-1-5-80-1'
            [CsiStub.Windows]::Accounts["$([Environment]::MachineName)\svc"] = 'S-1-5-21-7'
            [CsiStub.Windows]::Accounts['svc@corp.example'] = 'S-1-5-21-8'
            $found = Resolve-CsiAccount -Account $account
            $found.sid | Should -BeExactly $sid
            $found.problem | Should -Be $null
            [CsiStub.Windows]::Calls | Should -Be $asked
        }
        It 'absent: a name that does not resolve must be without a SID, with the reason' {
            foreach ($account in 'CORP\gone$', "S-1-5-18`n") {
                $found = Resolve-CsiAccount -Account $account
                $found.sid | Should -Be $null
                $found.problem | Should -BeExactly ("$account does not resolve: " +
                    'Some or all identity references could not be translated (0x80131501)')
            }
        }
        It '<case>: a domain controller that does not answer (<type>) must not count as a missing account' -ForEach @(
            @{ case = 'denied'; type = 'UnauthorizedAccessException'; code = '0x80070005' }
            @{ case = 'broken'; type = 'SystemException'; code = '0x80131501' }
            @{ case = 'broken'; type = 'Runtime.InteropServices.COMException'; code = '0x80004005' }
        ) {
            $exception = New-Object -TypeName $type -ArgumentList 'The trust relationship failed.'
            [CsiStub.Windows]::Faults['NTAccount.Translate'] = $exception
            $found = Resolve-CsiAccount -Account 'CORP\svc'
            $found.sid | Should -Be $null
            $found.problem | Should -BeExactly "CORP\svc does not resolve: The trust relationship failed ($code)"
        }
    }

    Describe 'ConvertTo-CsiSid' {
        BeforeEach { [CsiStub.Windows]::Reset('NTAccount.Translate') }
        It 'normal: must be the SID that Windows answers' {
            [CsiStub.Windows]::Accounts['CORP\svc'] = 'S-1-5-21-7'
            ConvertTo-CsiSid -Account 'CORP\svc' | Should -BeExactly 'S-1-5-21-7'
        }
        It 'absent: a name that does not resolve must be a failure' {
            (Get-Failure { ConvertTo-CsiSid -Account 'CORP\gone$' }).GetBaseException() |
                Should -BeOfType ([CsiStub.IdentityNotMappedException])
        }
        It '<case>: what Windows throws must reach the caller' -ForEach @(
            @{ case = 'denied'; type = 'UnauthorizedAccessException' }, @{ case = 'broken'; type = 'SystemException' }
        ) {
            [CsiStub.Windows]::Faults['NTAccount.Translate'] = New-Object -TypeName $type
            (Get-Failure { ConvertTo-CsiSid -Account 'CORP\svc' }).GetBaseException().GetType().FullName | Should -Be "System.$type"
        }
    }

    Describe 'Get-CsiAccountName' {
        BeforeEach {
            [CsiStub.Windows]::Reset('SecurityIdentifier.Translate')
            [CsiStub.Windows]::Accounts['CORP\svc'] = 'S-1-5-21-7'
        }
        It 'normal: must be the name that Windows answers' {
            Get-CsiAccountName -Sid 'S-1-5-21-7' | Should -BeExactly 'CORP\svc'
        }
        It 'absent: without a name it must be the SID' {
            Get-CsiAccountName -Sid 'S-1-5-21-8' | Should -BeExactly 'S-1-5-21-8'
        }
        It '<case>: a domain that cannot be asked (<type>) must leave the SID' -ForEach @(
            @{ case = 'denied'; type = 'UnauthorizedAccessException' }, @{ case = 'broken'; type = 'SystemException' }
        ) {
            [CsiStub.Windows]::Faults['SecurityIdentifier.Translate'] = New-Object -TypeName $type
            Get-CsiAccountName -Sid 'S-1-5-21-7' | Should -BeExactly 'S-1-5-21-7'
        }
    }
}
