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

    Describe 'Find-CsiOtherError' {
        It 'normal: must ask for errors of the source without the documented ids' {
            Mock Get-WinEvent { "$LogName|$MaxEvents|$FilterXPath" }
            Find-CsiOtherError -Hours 2 -Limit 7 | Should -BeExactly ("Application|7|*[System[Provider[@Name=" +
                "'Directory Synchronization'] and Level=2 and EventID!=906 and EventID!=1011 and EventID!=1012 and " +
                'EventID!=1014 and TimeCreated[timediff(@SystemTime) <= 7200000]]]')
        }
        It 'absent: no such event must be none' {
            Mock Get-WinEvent { throw (New-WindowsError -Kind 'NoMatchingEventsFound') }
            @(Find-CsiOtherError -Hours 1 -Limit 1).Count | Should -Be 0
        }
        It '<case>: what the log throws must reach the caller' -ForEach @(
            @{ case = 'denied'; fault = 'denied' }, @{ case = 'broken'; fault = 'broken' }
        ) {
            Mock Get-WinEvent { throw (New-WindowsError -Kind $fault) }
            { Find-CsiOtherError -Hours 1 -Limit 1 } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
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
        BeforeEach { Mock Find-CsiOtherError { } }
        It 'normal: must have errors of other ids among them' {
            Mock Find-CsiEvent { }
            Mock Find-CsiOtherError -ParameterFilter { $Hours -eq 24 -and $Limit -eq 20 } {
                New-Entry -Id 6900 -Time '2026-07-01T11:00:00' -Message 'could not remove the certificate'
            }
            (Get-CsiEvent -Hours 24).id | Should -Be 6900
        }
        It 'normal: must have refusals and expiry by time, oldest first, and texts of 1400 characters at most' {
            Mock Find-CsiEvent -ParameterFilter { "$Id" -eq '1011 1012 1014' -and $Limit -eq 10 } {
                New-Entry -Id 1012 -Time '2026-07-01T11:00:00' -Message ('x' * 1500)
            }
            Mock Find-CsiEvent -ParameterFilter { "$Id" -eq '906' -and $Limit -eq 2000 } {
                New-Entry -Id 906 -Time '2026-07-01T12:00:00' -Message 'AADSTS700016: gone'
                New-Entry -Id 906 -Time '2026-07-01T11:30:00' -Message 'a token was got'
                New-Entry -Id 906 -Time '2026-07-01T10:00:00' -Message '' -Value 'AADSTS50013'
            }
            $found = @(Get-CsiEvent -Hours 24)
            $found.id | Should -Be @(906, 1012, 906)
            $found[0].message | Should -BeExactly 'AADSTS50013'
            $found[1].message.Length | Should -Be 1400
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

    Describe 'Write-CsiEvent' {
        BeforeEach { [CsiStub.Windows]::Reset(@('EventLog.SourceExists', 'EventLog.CreateEventSource', 'EventLog.WriteEntry')) }
        It 'normal: must write the entry under the source of the program, and no more of it than the log takes' {
            Write-CsiEvent -Id 5 -Text 'switched on'
            [CsiStub.Windows]::Entry | Should -BeExactly 'switched on'
            [CsiStub.Windows]::Calls | Should -Be @(
                'EventLog.SourceExists ConnectSyncIdentity', 'EventLog.WriteEntry ConnectSyncIdentity Information 5')
            Write-CsiEvent -Id 5 -Text ('x' * 40000)
            [CsiStub.Windows]::Entry.Length | Should -Be 8000
        }
        It 'absent: must register the source with the first entry' {
            [CsiStub.Windows]::EventSource = $false
            Write-CsiEvent -Id 1 -Text 'a'
            Write-CsiEvent -Id 1 -Text 'b'
            @([CsiStub.Windows]::Calls) -like 'EventLog.Create*' | Should -Be 'EventLog.CreateEventSource ConnectSyncIdentity Application'
            [CsiStub.Windows]::Entry | Should -BeExactly 'b'
        }
        It '<case>: what Windows throws must reach the caller' -ForEach @(
            @{ case = 'denied'; effect = 'EventLog.SourceExists'; fault = 'registry-denied' }
            @{ case = 'broken'; effect = 'EventLog.WriteEntry'; fault = 'broken' }
        ) {
            $thrown = (New-WindowsError -Kind $fault).Exception
            [CsiStub.Windows]::Faults[$effect] = $thrown
            (Get-Failure { Write-CsiEvent -Id 1 -Text 'a' }).GetBaseException() | Should -Be $thrown
        }
    }

    Describe 'Get-CsiChange' {
        It 'normal: must list the entries of the program, oldest first, with texts of 1000 characters at most' {
            Mock Get-WinEvent -ParameterFilter {
                $LogName -eq 'Application' -and $MaxEvents -eq 20 -and $FilterXPath -eq ("*[System[Provider[" +
                    "@Name='ConnectSyncIdentity'] and TimeCreated[timediff(@SystemTime) <= 86400000]]]")
            } {
                New-Entry -Id 2 -Time '2026-07-01T11:00:00' -Message ('x' * 3000)
                New-Entry -Id 1 -Time '2026-07-01T10:00:00' -Message '' -Value 'changed'
            }
            $found = @(Get-CsiChange -Hours 24)
            $found.id | Should -Be @(1, 2)
            $found[0].message | Should -BeExactly 'changed'
            $found[0].time | Should -BeExactly '2026-07-01T10:00:00.000Z'
            $found[1].message.Length | Should -Be 1000
        }
        It 'absent: no entry, and no hours, must be no change' {
            Mock Get-WinEvent { throw (New-WindowsError -Kind 'NoMatchingEventsFound') }
            @(Get-CsiChange -Hours 24).Count | Should -Be 0
            @(Get-CsiChange -Hours 0).Count | Should -Be 0
            Should -Invoke Get-WinEvent -Exactly 1
        }
        It '<case>: what the log throws must reach the caller' -ForEach @(
            @{ case = 'denied'; fault = 'denied' }, @{ case = 'broken'; fault = 'broken' }
        ) {
            Mock Get-WinEvent { throw (New-WindowsError -Kind $fault) }
            { Get-CsiChange -Hours 1 } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }
}
