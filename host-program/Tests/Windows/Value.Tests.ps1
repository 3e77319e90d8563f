<# Windows/Value.ps1 #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiWindows' {
    Describe 'ConvertTo-CsiTime' {
        It 'normal: <kind> must be written in UTC' -ForEach @(@{ kind = 'Utc' }, @{ kind = 'Unspecified' }) {
            $time = [DateTime]::SpecifyKind([DateTime] '2026-07-01T10:00:00.1239', [DateTimeKind] $kind)
            ConvertTo-CsiTime -Value $time | Should -BeExactly '2026-07-01T10:00:00.123Z'
        }
        It 'normal: a local time must be the same moment in UTC, in any culture' {
            $before = [Threading.Thread]::CurrentThread.CurrentCulture
            try {
                [Threading.Thread]::CurrentThread.CurrentCulture = [Globalization.CultureInfo]::GetCultureInfo('th-TH')
                $utc = [DateTime]::SpecifyKind([DateTime]::new(2026, 1, 1, 10, 0, 0), [DateTimeKind]::Utc)
                ConvertTo-CsiTime -Value $utc.ToLocalTime() | Should -BeExactly '2026-01-01T10:00:00.000Z'
            } finally {
                [Threading.Thread]::CurrentThread.CurrentCulture = $before
            }
        }
    }

    Describe 'ConvertFrom-CsiTime' {
        It 'normal: <value> must be ten in UTC' -ForEach @(
            @{ value = '2026-07-01T10:00:00.000Z' }, @{ value = '2026-07-01T10:00:00' }, @{ value = '2026-07-01T12:00:00+02:00' }
            @{ value = [DateTime]::SpecifyKind([DateTime] '2026-07-01T10:00:00', [DateTimeKind]::Utc) }
        ) {
            $found = ConvertFrom-CsiTime -Value $value
            $found.Kind | Should -Be 'Utc'
            $found.ToString('s') | Should -BeExactly '2026-07-01T10:00:00'
        }
        It 'broken: a text that is no time must fail' {
            { ConvertFrom-CsiTime -Value 'soon' } | Should -Throw
        }
    }

    Describe 'Get-CsiMember' {
        It 'normal: must be the first property that is there, also one that is null' {
            $object = [pscustomobject] @{ b = 2; c = 3; n = $null }
            Get-CsiMember -InputObject $object -Name 'a', 'b', 'c' | Should -Be 2
            Get-CsiMember -InputObject $object -Name 'n', 'c' | Should -Be $null
        }
        It 'absent: without object or property it must be null' {
            Get-CsiMember -InputObject $null -Name 'a' | Should -Be $null
            Get-CsiMember -InputObject ([pscustomobject] @{ b = 2 }) -Name 'a' | Should -Be $null
        }
    }

    Describe 'Get-CsiSha256' {
        It 'normal: must be lower-case hexadecimal' {
            Get-CsiSha256 -Data ([Text.Encoding]::ASCII.GetBytes('abc')) |
                Should -BeExactly 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
        }
    }
}
