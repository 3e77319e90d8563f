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
        It '<case>: the innermost message must be the problem' -ForEach $PassedOn {
            Mock Start-ADSyncSyncCycle { throw (New-WindowsError -Kind $fault) }
            $found = Start-CsiSyncCycle
            $found.started | Should -BeFalse
            $found.problem | Should -BeExactly (New-WindowsError -Kind $fault).Exception.Message
        }
    }

    Describe 'Get-CsiRunResult' {
        BeforeAll {
            function New-Run {
                param([string] $Start, [object] $End, [object] $Complete = $true, [string] $Profile = 'Delta Import')
                return [pscustomobject] @{
                    ConnectorName = 'contoso - AAD'; RunProfileName = $Profile; Result = 'success'; IsRunComplete = $Complete
                    StartDate = [DateTime] $Start; EndDate = $End
                }
            }
        }
        It 'normal: must list the ended runs since a time, oldest first' {
            Mock Get-ADSyncRunProfileResult -ParameterFilter { $NumberRequested -eq 200 } {
                New-Run -Start '2026-07-01T10:02:00' -End ([DateTime] '2026-07-01T10:03:00') -Profile 'Export'
                New-Run -Start '2026-07-01T10:00:00' -End ([DateTime] '2026-07-01T10:01:00')
                New-Run -Start '2026-07-01T09:59:59' -End ([DateTime] '2026-07-01T10:01:00') -Profile 'before'
                New-Run -Start '2026-07-01T10:04:00' -End $null -Profile 'runs'
                New-Run -Start '2026-07-01T10:04:00' -End ([DateTime] '2026-07-01T10:05:00') -Complete $false -Profile 'not complete'
            }
            $found = @(Get-CsiRunResult -Since '2026-07-01T10:00:00.000Z')
            $found.runProfile | Should -Be @('Delta Import', 'Export')
            $found[0].connector | Should -BeExactly 'contoso - AAD'
            $found[0].result | Should -BeExactly 'success'
            $found[0].startedAt | Should -BeExactly '2026-07-01T10:00:00.000Z'
            $found[0].endedAt | Should -BeExactly '2026-07-01T10:01:00.000Z'
        }
        It 'absent: no history must be no run' {
            Mock Get-ADSyncRunProfileResult { }
            @(Get-CsiRunResult -Since '2026-07-01T10:00:00.000Z').Count | Should -Be 0
        }
        It '<case>: what the product throws must reach the caller' -ForEach $PassedOn {
            Mock Get-ADSyncRunProfileResult { throw (New-WindowsError -Kind $fault) }
            { Get-CsiRunResult -Since '2026-07-01T10:00:00.000Z' } |
                Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }
}
