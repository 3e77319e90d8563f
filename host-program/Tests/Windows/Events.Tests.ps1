<# Windows/Events.ps1 #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiWindows' {
    BeforeAll {
        function New-Entry {
            param([int] $Id, [string] $Time, [string] $Message, [object[]] $Value = @())
            return [pscustomobject] @{
                Id = $Id; TimeCreated = [DateTime]::SpecifyKind([DateTime] $Time, [DateTimeKind]::Utc); Message = $Message
                Properties = @($Value | ForEach-Object { [pscustomobject] @{ Value = $_ } })
            }
        }
    }

    Describe 'Find-CsiEvent' {
        BeforeAll { $since = [DateTime] '2026-07-01' }
        It 'normal: must ask for ids, source, time and a number' {
            Mock Get-WinEvent {
                $filter = $FilterHashtable[0]
                "$($filter.LogName)|$($filter.ProviderName)|$($filter.Id)|$($filter.StartTime -eq $since)|$MaxEvents"
            }
            Find-CsiEvent -Id 1011, 1012 -StartTime $since -Limit 7 |
                Should -BeExactly 'Application|Directory Synchronization|1011 1012|True|7'
        }
        It 'absent: <written> must be no event' -ForEach @(
            @{ written = 'NoMatchingEventsFound' }, @{ written = 'NoMatchingProvidersFound' }
        ) {
            Mock Get-WinEvent { throw (New-WindowsError -Kind $written) }
            @(Find-CsiEvent -Id 906 -StartTime $since -Limit 1).Count | Should -Be 0
        }
        It '<case>: what the log throws must reach the caller' -ForEach @(
            @{ case = 'denied'; fault = 'denied' }, @{ case = 'broken'; fault = 'broken' }
        ) {
            Mock Get-WinEvent { throw (New-WindowsError -Kind $fault) }
            { Find-CsiEvent -Id 906 -StartTime $since -Limit 1 } |
                Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }

    Describe 'Get-CsiEventText' {
        It 'normal: must be the message' {
            Get-CsiEventText -Entry (New-Entry -Id 906 -Time '2026-07-01' -Message 'AADSTS700027' -Value 'x') |
                Should -BeExactly 'AADSTS700027'
        }
        It 'absent: without the messages of its source it must be the values' {
            Get-CsiEventText -Entry (New-Entry -Id 906 -Time '2026-07-01' -Message '' -Value 'AADSTS700027', 4) |
                Should -BeExactly 'AADSTS700027 4'
        }
    }

    Describe 'Get-CsiEvent' {
        It 'normal: must have refusals and expiry by time, oldest first, and texts of 600 characters at most' {
            Mock Find-CsiEvent -ParameterFilter { "$Id" -eq '1011 1012 1014' -and $Limit -eq 10 } {
                New-Entry -Id 1012 -Time '2026-07-01T11:00:00' -Message ('x' * 700)
            }
            Mock Find-CsiEvent -ParameterFilter { "$Id" -eq '906' -and $Limit -eq 2000 } {
                New-Entry -Id 906 -Time '2026-07-01T12:00:00' -Message 'AADSTS700016: gone'
                New-Entry -Id 906 -Time '2026-07-01T11:30:00' -Message 'a token was got'
                New-Entry -Id 906 -Time '2026-07-01T10:00:00' -Message '' -Value 'AADSTS50013'
            }
            $found = @(Get-CsiEvent -Hours 24)
            $found.id | Should -Be @(906, 1012, 906)
            $found[0].message | Should -BeExactly 'AADSTS50013'
            $found[1].message.Length | Should -Be 600
            $found[2].time | Should -BeExactly '2026-07-01T12:00:00.000Z'
        }
        It 'normal: must look back for the hours that were asked for' {
            Mock Find-CsiEvent { }
            $now = [DateTime]::Now
            [void] (Get-CsiEvent -Hours 5)
            Should -Invoke Find-CsiEvent -Exactly 2 -ParameterFilter { [Math]::Abs(($now - $StartTime).TotalHours - 5) -lt 0.1 }
        }
        It 'normal: must keep the newest forty refusals' {
            Mock Find-CsiEvent -ParameterFilter { "$Id" -ne '906' } { }
            Mock Find-CsiEvent -ParameterFilter { "$Id" -eq '906' } {
                for ($minute = 59; $minute -ge 0; $minute--) {
                    New-Entry -Id 906 -Time "2026-07-01T10:$('{0:00}' -f $minute):00" -Message 'AADSTS700016'
                }
            }
            $found = @(Get-CsiEvent -Hours 24)
            $found.Count | Should -Be 40
            $found[-1].time | Should -BeExactly '2026-07-01T10:59:00.000Z'
        }
        It 'absent: for no hours nothing is asked' {
            @(Get-CsiEvent -Hours 0).Count | Should -Be 0
        }
        It '<case>: what the log throws must reach the caller' -ForEach @(
            @{ case = 'denied'; fault = 'denied' }, @{ case = 'broken'; fault = 'broken' }
        ) {
            Mock Get-WinEvent { throw (New-WindowsError -Kind $fault) }
            { Get-CsiEvent -Hours 1 } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }
}
