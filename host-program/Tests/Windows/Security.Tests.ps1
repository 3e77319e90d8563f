<# Windows/Security.ps1 and Windows/KeyAccess.ps1 #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiWindows' {
    BeforeAll {
        $file = Join-Path -Path $TestDrive -ChildPath 'key'
        [IO.File]::WriteAllText($file, '')
        $item = New-Object -TypeName IO.FileInfo -ArgumentList $file
        $access = [Security.AccessControl.AccessControlSections]::Access
        function Get-Rules { return @([CsiStub.Windows]::Security[$item.FullName].Rules | ForEach-Object { "$_" }) }
        function Set-Rules {
            param([object[]] $Rule)
            $security = New-Object -TypeName CsiStub.FileSecurity
            foreach ($one in $Rule) {
                $sid = New-Object -TypeName CsiStub.SecurityIdentifier -ArgumentList $one[0]
                $security.AddAccessRule((New-Object -TypeName CsiStub.FileSystemAccessRule -ArgumentList $sid, $one[1], $one[2]))
            }
            [CsiStub.Windows]::Security[$item.FullName] = $security
        }
    }

    Describe 'Get-CsiSecurity' {
        It 'normal: must read the sections that were asked for' {
            [CsiStub.Windows]::Reset('GetAccessControl')
            Set-Rules -Rule @()
            Get-CsiSecurity -Item $item -Section $access | Should -BeOfType ([CsiStub.FileSecurity])
            [CsiStub.Windows]::Calls | Should -Be 'GetAccessControl key Access'
        }
        It '<case>: what Windows throws must reach the caller' -ForEach @(
            @{ case = 'absent'; type = 'IO.FileNotFoundException' }, @{ case = 'denied'; type = 'UnauthorizedAccessException' }
            @{ case = 'broken'; type = 'IO.IOException' }
        ) {
            [CsiStub.Windows]::Reset('GetAccessControl')
            [CsiStub.Windows]::Faults['GetAccessControl'] = New-Object -TypeName $type
            (Get-Failure { Get-CsiSecurity -Item $item -Section $access }).GetBaseException().GetType().FullName | Should -Be "System.$type"
        }
    }

    Describe 'Set-CsiSecurity' {
        It 'normal: must write the descriptor' {
            [CsiStub.Windows]::Reset('SetAccessControl')
            $security = New-Object -TypeName CsiStub.FileSecurity
            Set-CsiSecurity -Item $item -Security $security
            [CsiStub.Windows]::Security[$item.FullName] | Should -Be $security
        }
        It '<case>: what Windows throws must reach the caller' -ForEach @(
            @{ case = 'absent'; type = 'IO.FileNotFoundException' }, @{ case = 'denied'; type = 'UnauthorizedAccessException' }
            @{ case = 'broken'; type = 'IO.IOException' }
        ) {
            [CsiStub.Windows]::Reset('SetAccessControl')
            [CsiStub.Windows]::Faults['SetAccessControl'] = New-Object -TypeName $type
            $security = New-Object -TypeName CsiStub.FileSecurity
            (Get-Failure { Set-CsiSecurity -Item $item -Security $security }).GetBaseException().GetType().FullName |
                Should -Be "System.$type"
        }
    }

    Describe 'New-CsiSid' {
        It 'normal: must be the identifier of the text' {
            (New-CsiSid -Value 'S-1-5-18').Value | Should -BeExactly 'S-1-5-18'
        }
    }

    Describe 'Get-CsiKeyAccess' {
        BeforeEach { [CsiStub.Windows]::Reset(@('GetAccessControl', 'SecurityIdentifier.Translate')) }
        It 'normal: must list SIDs, names, rights, and whether a rule allows' {
            [CsiStub.Windows]::Accounts['CORP\svc'] = 'S-1-5-21-1'
            Set-Rules -Rule @(@('S-1-5-21-1', 'Read', 'Allow'), @('S-1-5-32-545', 'FullControl', 'Deny'))
            $found = Get-CsiKeyAccess -KeyFile $file
            $found.Count | Should -Be 2
            "$($found[0].sid) $($found[0].account) $($found[0].rights) $($found[0].allow)" |
                Should -BeExactly 'S-1-5-21-1 CORP\svc Read True'
            # No name: the SID.
            "$($found[1].account) $($found[1].rights) $($found[1].allow)" | Should -BeExactly 'S-1-5-32-545 FullControl False'
        }
        It 'absent: a file that is gone must be unknown, and no rules must be an empty list' {
            Get-CsiKeyAccess -KeyFile "$file.gone" | Should -Be $null
            Set-Rules -Rule @()
            $found = Get-CsiKeyAccess -KeyFile $file
            $null -eq $found | Should -BeFalse
            $found.Count | Should -Be 0
        }
        It 'denied: rules that may not be read must be unknown' {
            [CsiStub.Windows]::Faults['GetAccessControl'] = New-Object -TypeName UnauthorizedAccessException
            Get-CsiKeyAccess -KeyFile $file | Should -Be $null
        }
        It 'broken: a domain controller that does not answer must cost the name only' {
            [CsiStub.Windows]::Faults['SecurityIdentifier.Translate'] = New-Object -TypeName SystemException
            Set-Rules -Rule (, @('S-1-5-21-1', 'Read', 'Allow'))
            (Get-CsiKeyAccess -KeyFile $file)[0].account | Should -BeExactly 'S-1-5-21-1'
        }
        It 'broken: a file that cannot be opened must be a failure' {
            [CsiStub.Windows]::Faults['GetAccessControl'] = New-Object -TypeName IO.IOException 'cannot access'
            { Get-CsiKeyAccess -KeyFile $file } | Should -Throw -ExpectedMessage '*cannot access*'
        }
    }

    Describe 'Set-CsiKeyAccess' {
        BeforeEach { [CsiStub.Windows]::Reset('SetAccessControl') }
        It 'normal: readers may read, SYSTEM and administrators all, nothing is inherited' {
            Set-CsiKeyAccess -KeyFile $file -ReaderSids 'S-1-5-21-1', 'S-1-5-21-1', 'S-1-5-18'
            Get-Rules | Should -Be @('Allow S-1-5-18 FullControl None', 'Allow S-1-5-32-544 FullControl None', 'Allow S-1-5-21-1 Read None')
            [CsiStub.Windows]::Security[$item.FullName].AreAccessRulesProtected | Should -BeTrue
            [CsiStub.Windows]::Security[$item.FullName].Owner | Should -Be $null
        }
        It 'denied: must be access-denied with the file and the innermost message' {
            [CsiStub.Windows]::Faults['SetAccessControl'] = New-Object -TypeName UnauthorizedAccessException -ArgumentList 'Unauthorized.'
            $failure = Get-Failure { Set-CsiKeyAccess -KeyFile $file -ReaderSids 'S-1-5-21-1' }
            $failure.Data['CsiKind'] | Should -BeExactly 'access-denied'
            $failure.Message | Should -BeExactly "The access rules of $file cannot be set: Unauthorized (0x80070005)"
        }
        It '<case>: what Windows throws must reach the caller' -ForEach @(
            @{ case = 'absent'; type = 'IO.FileNotFoundException' }, @{ case = 'broken'; type = 'IO.IOException' }
        ) {
            [CsiStub.Windows]::Faults['SetAccessControl'] = New-Object -TypeName $type
            $failure = Get-Failure { Set-CsiKeyAccess -KeyFile $file -ReaderSids 'S-1-5-21-1' }
            $failure.GetBaseException().GetType().FullName | Should -Be "System.$type"
        }
    }
}
