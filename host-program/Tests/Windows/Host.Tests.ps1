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
            $found = Get-CsiHost
            $found.computerName | Should -BeExactly ([Environment]::MachineName)
            $found.powershellVersion | Should -BeExactly "$($PSVersionTable.PSVersion)"
            $found.languageMode | Should -BeExactly 'FullLanguage'
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
            Resolve-CsiAccount -Account $account | Should -BeExactly $sid
            [CsiStub.Windows]::Calls | Should -Be $asked
        }
        It 'absent: a name that does not resolve must be null' {
            Resolve-CsiAccount -Account 'CORP\gone$' | Should -Be $null
            Resolve-CsiAccount -Account "S-1-5-18`n" | Should -Be $null
        }
        It 'broken: a domain controller that does not answer must not be taken for a missing account' {
            $exception = New-Object -TypeName SystemException -ArgumentList 'The trust relationship failed.'
            [CsiStub.Windows]::Faults['NTAccount.Translate'] = $exception
            { Resolve-CsiAccount -Account 'CORP\svc' } | Should -Throw -ExpectedMessage '*trust relationship*'
        }
    }
}
