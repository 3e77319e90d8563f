<#
.SYNOPSIS
    What proves and what disproves a switch: only Entra's refusal of the credential undoes one.
#>
BeforeAll {
    Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath '../ConnectSyncHost.psd1') -Force
}

Describe 'the evidence for a switch' {
    It 'must take Entra''s refusal of a credential for proof, and nothing else: <Text>' -TestCases @(
        @{ Text = 'AADSTS700027: The key was not found.'; Expected = $true }
        @{ Text = 'AADSTS700016: no such application'; Expected = $true }
        @{ Text = 'AADSTS50013: not valid'; Expected = $true }
        @{ Text = 'AADSTS7000215: wrong'; Expected = $true }
        @{ Text = 'AADSTS7000222: expired'; Expected = $true }
        @{ Text = 'AADSTS90033: a transient error'; Expected = $false }
        @{ Text = 'AADSTS50126: a user''s password'; Expected = $false }
        @{ Text = 'AADSTS7000270: another code that begins alike'; Expected = $false }
        @{ Text = "AADSTS700027: Thumbprint of key used by client: '0A1B'"; Expected = $true }
        @{ Text = "AADSTS700027: Thumbprint of key used by client: '0a1b'"; Expected = $true }
        @{ Text = "AADSTS700027: Thumbprint of key used by client: 'FFFF'"; Expected = $false }
    ) {
        InModuleScope ConnectSyncHost -Parameters @{ Text = $Text } {
            param($Text)
            Mock Get-CsiCertificate { [pscustomobject] @{ sha256 = 'aa'; thumbprint = '0A1B' } }
            Test-RefusalText -Text $Text -CertificateHash 'aa'
        } | Should -Be $Expected
    }

    Context 'of a delta cycle' {
        BeforeAll {
            # Events with seconds after the switch at noon, the results of the runs at the Entra connector, and the state.
            function Get-State {
                param([object[]] $Events = @(), [string[]] $Results = @(), [string] $Verify = 'sync')
                InModuleScope ConnectSyncHost -Parameters @{ Events = $Events; Results = $Results; Verify = $Verify } {
                    param($Events, $Results, $Verify)
                    $script:Asked = 0
                    Mock Write-Step {}
                    Mock Wait-CsiTime {}
                    Mock Get-CsiTime { '2026-10-01T12:00:30.000Z' }
                    Mock Get-CsiCertificate {}
                    Mock Get-CsiScheduler { [pscustomobject] @{ SyncCycleEnabled = $true; SyncCycleInProgress = $false } }
                    Mock Get-CsiConnector {
                        [pscustomobject] @{
                            name       = 'Entra'
                            parameters = [pscustomobject] @{ ApplicationManagedBy = 'a'; CertificateManagedBy = 'b'; CertificateId = 'c' }
                        }
                    }
                    Mock Start-CsiSyncCycle { [pscustomobject] @{ started = $true; problem = $null } }
                    Mock Get-CsiRunResult {
                        $old = @{ id = 'old'; connector = 'Entra'; runProfile = 'Export'; result = 'stopped-x'; startedAt = ''; endedAt = 'y' }
                        [pscustomobject] $old
                        $script:Asked++
                        if ($script:Asked -gt 1) {
                            foreach ($result in $Results) {
                                # Five hours behind, as local times without a zone are.
                                [pscustomobject] @{
                                    id = "new $result"; connector = 'Entra'; runProfile = 'Import'; result = $result
                                    startedAt = '2026-10-01T07:00:31.000Z'; endedAt = '2026-10-01T07:00:32.000Z'
                                }
                            }
                        }
                    }
                    Mock Get-CsiEvent {
                        foreach ($one in $Events) {
                            $time = '2026-10-01T12:00:{0:00}.000Z' -f $one.At
                            [pscustomobject] @{ id = 906; time = $time; message = $one.Text }
                        }
                    }
                    $body = [pscustomobject] @{
                        verify = $Verify; certificateSha256 = 'aa'; bounds = [pscustomobject] @{ verifySeconds = 0 }
                    }
                    $verification = [ordered] @{ cycle = $null; skipped = $null }
                    (Get-SwitchVerdictOrReason -RequestBody $body -Since '2026-10-01T12:00:00.000Z' -Verification $verification).State
                }
            }
        }

        It 'must verify by runs that were not there before, whatever their times' {
            Get-State -Results 'success', 'completed-export-errors' | Should -Be 'verified'
        }

        It 'must not verify without a run, nor undo' {
            Get-State | Should -Be 'unverified'
        }

        It 'must refuse by a run that stopped together with a refusal' {
            Get-State -Results 'stopped-extension-dll-exception' -Events @{ At = 10; Text = 'AADSTS700027: x' } | Should -Be 'refused'
            Get-State -Results 'no-start-credentials' -Events @{ At = 10; Text = 'AADSTS7000222: x' } | Should -Be 'refused'
        }

        It 'must not refuse by a run that stopped alone, or together with another code' {
            Get-State -Results 'stopped-server-down' | Should -Be 'unverified'
            Get-State -Results 'stopped-server-down' -Events @{ At = 10; Text = 'AADSTS90033: x' } | Should -Be 'unverified'
        }

        It 'must take a good cycle for the answer to an earlier refusal, but not to a later one' {
            Get-State -Results 'success' -Events @{ At = 10; Text = 'AADSTS700027: x' } | Should -Be 'verified'
            Get-State -Results 'success' -Events @{ At = 30; Text = 'AADSTS700027: x' } | Should -Be 'unverified'
            Get-State -Results 'success' -Events @{ At = 30; Text = 'AADSTS90033: x' } | Should -Be 'verified'
        }

        It 'must take an event of the future for none' {
            Get-State -Results 'stopped-x' -Events @{ At = 40; Text = 'AADSTS700027: x' } | Should -Be 'unverified'
        }

        It 'must judge by the refusals alone if no cycle was wanted' {
            Get-State -Verify 'switch' | Should -Be 'verified'
            Get-State -Verify 'switch' -Events @{ At = 10; Text = 'AADSTS700027: x' } | Should -Be 'refused'
            Get-State -Verify 'switch' -Events @{ At = 10; Text = 'AADSTS50126: x' } | Should -Be 'verified'
        }
    }

    It 'must not count what cannot be read against the credential' {
        InModuleScope ConnectSyncHost {
            Mock Get-CsiTime { '2026-10-01T12:00:30.000Z' }
            Mock Get-CsiScheduler { throw 'The RPC server is unavailable.' }
            $body = [pscustomobject] @{ verify = 'sync'; certificateSha256 = 'aa' }
            Get-SwitchVerdictOrReason -RequestBody $body -Since '' -Verification ([ordered] @{}) | Select-Object -Property 'State', 'Actual'
        } | ForEach-Object { "$($_.State): $($_.Actual)" } | Should -Be 'unverified: The RPC server is unavailable.'
    }
}

Describe 'the run history' {
    BeforeAll {
        function Get-Run {
            param([object[]] $Answer)
            InModuleScope ConnectSyncHost -Parameters @{ Answer = $Answer } {
                param($Answer)
                Mock Import-CsiModule {}
                function script:Get-ADSyncRunProfileResult { param($NumberRequested) }
                Mock Get-ADSyncRunProfileResult { $Answer }
                Get-CsiRunResult
            }
        }
        function New-Run {
            param([DateTime] $At, [hashtable] $With = @{})
            $run = @{ ConnectorName = 'C'; RunProfileName = 'P'; Result = 'success'; IsRunComplete = $true; StartDate = $At; EndDate = $At }
            foreach ($name in $With.Keys) { $run[$name] = $With[$name] }
            [pscustomobject] $run
        }
    }

    It 'must read a time without a zone as the one that is nearer to now: UTC or local (<Kind>)' -TestCases @(
        @{ Kind = 'Utc' }, @{ Kind = 'Local' }
    ) {
        $now = [DateTime]::UtcNow
        $stated = $now
        if ($Kind -eq 'Local') { $stated = $now.ToLocalTime() }
        $run = Get-Run -Answer (New-Run -At ([DateTime]::SpecifyKind($stated, 'Unspecified')))
        $run.startedAt | Should -Be $now.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", [Globalization.CultureInfo]::InvariantCulture)
    }

    It 'must give each run an id of its own, with or without the product''s' {
        $at = [DateTime]::UtcNow
        $runs = @(Get-Run -Answer (New-Run -At $at -With @{ RunHistoryId = [Guid]::Empty }), (New-Run -At $at.AddMinutes(-1)), (New-Run -At $at))
        @($runs.id | Select-Object -Unique).Count | Should -Be 3
        $runs.id | Should -Contain ([Guid]::Empty.ToString())
    }

    It 'must give a run that goes on no end' {
        (Get-Run -Answer (New-Run -At ([DateTime]::UtcNow) -With @{ IsRunComplete = $false })).endedAt | Should -BeNullOrEmpty
    }
}
