<# Windows/Scheduler.ps1 #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiWindows' {
    BeforeAll {
        Mock Import-CsiModule { }
    }

    Describe 'Get-CsiScheduler' {
        It 'normal: must have the names of the product, intervals as text, times in UTC' {
            Mock Get-ADSyncScheduler {
                [pscustomobject] @{
                    AllowedSyncCycleInterval = [TimeSpan] '00:30:00'; CurrentlyEffectiveSyncCycleInterval = [TimeSpan] '01:00:00'
                    CustomizedSyncCycleInterval = [TimeSpan] '02:00:00'; NextSyncCyclePolicyType = 'Delta'
                    NextSyncCycleStartTimeInUTC = [DateTime] '2026-07-01T10:00:00'; PurgeRunHistoryInterval = [TimeSpan] '7.00:00:00'
                    SyncCycleEnabled = $true; MaintenanceEnabled = $true; StagingModeEnabled = $false
                    SchedulerSuspended = $false; SyncCycleInProgress = $true
                }
            }
            $found = Get-CsiScheduler
            ConvertTo-Json -InputObject $found -Compress | Should -BeExactly ('{"AllowedSyncCycleInterval":"00:30:00",' +
                '"CurrentlyEffectiveSyncCycleInterval":"01:00:00","CustomizedSyncCycleInterval":"02:00:00",' +
                '"NextSyncCyclePolicyType":"Delta","NextSyncCycleStartTimeInUTC":"2026-07-01T10:00:00.000Z",' +
                '"PurgeRunHistoryInterval":"7.00:00:00","SyncCycleEnabled":true,"MaintenanceEnabled":true,' +
                '"StagingModeEnabled":false,"SchedulerSuspended":false,"SyncCycleInProgress":true}')
            Should -Invoke Import-CsiModule -Exactly 1
        }
        It 'absent: no interval of its own and no next cycle must be null' {
            Mock Get-ADSyncScheduler {
                [pscustomobject] @{
                    AllowedSyncCycleInterval = ''; CurrentlyEffectiveSyncCycleInterval = ''; CustomizedSyncCycleInterval = $null
                    NextSyncCyclePolicyType = ''; NextSyncCycleStartTimeInUTC = $null; PurgeRunHistoryInterval = ''
                    SyncCycleEnabled = $false; MaintenanceEnabled = $false; StagingModeEnabled = $true; SchedulerSuspended = $true
                    SyncCycleInProgress = $false
                }
            }
            $found = Get-CsiScheduler
            $found.CustomizedSyncCycleInterval | Should -Be $null
            $found.NextSyncCycleStartTimeInUTC | Should -Be $null
            $found.SchedulerSuspended | Should -BeTrue
            $found.SyncCycleEnabled | Should -BeFalse
        }
        It '<case>: what the product throws must reach the caller' -ForEach $PassedOn {
            Mock Get-ADSyncScheduler { throw (New-WindowsError -Kind $fault) }
            { Get-CsiScheduler } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }

    Describe 'Set-CsiSyncCycleEnabled' {
        It 'normal: must write SyncCycleEnabled <value> and nothing else' -ForEach @(@{ value = $true }, @{ value = $false }) {
            Mock Set-ADSyncScheduler -ParameterFilter {
                $PesterBoundParameters.Keys.Count -eq 1 -and $SyncCycleEnabled -eq $value } { 'noise'
            }
            Set-CsiSyncCycleEnabled -Enabled $value | Should -Be $null
            Should -Invoke Set-ADSyncScheduler -Exactly 1
        }
        It '<case>: what the product throws must reach the caller' -ForEach $PassedOn {
            Mock Set-ADSyncScheduler { throw (New-WindowsError -Kind $fault) }
            { Set-CsiSyncCycleEnabled -Enabled $false } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }

    Describe 'Start-CsiSyncCycle' {
        It 'normal: <result> must count as started: <started>' -ForEach @(
            @{ result = 'Success'; started = $true }, @{ result = ''; started = $true }, @{ result = 'Busy'; started = $false }
        ) {
            Mock Start-ADSyncSyncCycle -ParameterFilter { $PolicyType -eq 'Delta' } { [pscustomobject] @{ Result = $result } }
            $found = Start-CsiSyncCycle
            $found.started | Should -Be $started
            if (-not $started) { $found.problem | Should -BeExactly 'Start-ADSyncSyncCycle answered Busy.' }
        }
        It 'absent: a cycle without an answer must count as started' {
            Mock Start-ADSyncSyncCycle { }
            (Start-CsiSyncCycle).started | Should -BeTrue
        }
        It '<case>: the innermost message with its HRESULT must be the problem' -ForEach $PassedOn {
            Mock Start-ADSyncSyncCycle { throw (New-WindowsError -Kind $fault) }
            $found = Start-CsiSyncCycle
            $found.started | Should -BeFalse
            $thrown = (New-WindowsError -Kind $fault).Exception
            $found.problem | Should -BeExactly ('{0} (0x{1:X8})' -f $thrown.Message.TrimEnd('.'), $thrown.HResult)
        }
    }

    Describe 'ConvertTo-CsiRunTime' {
        It 'normal: a time with a zone must be the same moment in UTC, however long ago' {
            $utc = [DateTime]::SpecifyKind([DateTime] '2026-07-01T10:00:00', [DateTimeKind]::Utc)
            ConvertTo-CsiRunTime -Value $utc | Should -BeExactly '2026-07-01T10:00:00.000Z'
            ConvertTo-CsiRunTime -Value $utc.ToLocalTime() | Should -BeExactly '2026-07-01T10:00:00.000Z'
        }
        It 'normal: one of now without a zone must be now: <kind>' -ForEach @(@{ kind = 'Utc' }, @{ kind = 'Local' }) {
            $now = [DateTime]::UtcNow
            $stated = $now
            if ($kind -eq 'Local') { $stated = $now.ToLocalTime() }
            ConvertTo-CsiRunTime -Value ([DateTime]::SpecifyKind($stated, [DateTimeKind]::Unspecified)) |
                Should -BeExactly (ConvertTo-CsiTime -Value $now)
        }
    }

    Describe 'Get-CsiRunResult' {
        BeforeAll {
            function New-Run {
                param([string] $Start, [string] $End, [string] $Name = 'Delta Import', [Collections.IDictionary] $With = @{})
                $run = @{
                    ConnectorName = 'contoso - AAD'; RunProfileName = $Name; Result = 'success'; IsRunComplete = $true; EndDate = $null
                    StartDate = [DateTime]::SpecifyKind([DateTime] $Start, [DateTimeKind]::Utc)
                }
                if ($End -ne '') { $run['EndDate'] = [DateTime]::SpecifyKind([DateTime] $End, [DateTimeKind]::Utc) }
                foreach ($member in $With.Keys) { $run[$member] = $With[$member] }
                return [pscustomobject] $run
            }
        }
        It 'normal: must list the last runs, oldest first, and no end for one that goes on' {
            Mock Get-ADSyncRunProfileResult -ParameterFilter { $NumberRequested -eq 200 } {
                New-Run -Start '2026-07-01T10:04:00' -End '2026-07-01T10:05:00' -Name 'not complete' -With @{ IsRunComplete = $false }
                New-Run -Start '2026-07-01T10:03:30' -Name 'runs'
                New-Run -Start '2026-07-01T10:02:00' -End '2026-07-01T10:03:00' -Name 'Export'
                New-Run -Start '2026-07-01T10:00:00' -End '2026-07-01T10:01:00'
            }
            $found = @(Get-CsiRunResult)
            $found.runProfile | Should -Be @('Delta Import', 'Export', 'runs', 'not complete')
            $found[0].connector | Should -BeExactly 'contoso - AAD'
            $found[0].result | Should -BeExactly 'success'
            $found[0].startedAt | Should -BeExactly '2026-07-01T10:00:00.000Z'
            $found[0].endedAt | Should -BeExactly '2026-07-01T10:01:00.000Z'
            $found[2].endedAt | Should -Be $null
            $found[3].endedAt | Should -Be $null
        }
        It 'normal: must give each run an id that no other has, the product''s if there is one' {
            $id = [Guid]::NewGuid()
            Mock Get-ADSyncRunProfileResult {
                New-Run -Start '2026-07-01T10:00:00' -End '2026-07-01T10:01:00' -With @{ RunHistoryId = $id }
                New-Run -Start '2026-07-01T10:02:00' -End '2026-07-01T10:03:00'
                New-Run -Start '2026-07-01T10:04:00' -End '2026-07-01T10:05:00' -With @{ RunHistoryId = ' ' }
                New-Run -Start '2026-07-01T10:04:00' -End '2026-07-01T10:05:00' -Name 'Export'
            }
            $found = @(Get-CsiRunResult)
            $found[0].id | Should -BeExactly "$id"
            @($found.id | Where-Object { $_.Trim() -ne '' } | Select-Object -Unique).Count | Should -Be 4
        }
        It 'absent: no history, or a run without its start, must be no run' {
            Mock Get-ADSyncRunProfileResult { }
            @(Get-CsiRunResult).Count | Should -Be 0
            Mock Get-ADSyncRunProfileResult { New-Run -Start '2026-07-01T10:00:00' -With @{ StartDate = $null } }
            @(Get-CsiRunResult).Count | Should -Be 0
        }
        It '<case>: what the product throws must reach the caller' -ForEach $PassedOn {
            Mock Get-ADSyncRunProfileResult { throw (New-WindowsError -Kind $fault) }
            { Get-CsiRunResult } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }
}
