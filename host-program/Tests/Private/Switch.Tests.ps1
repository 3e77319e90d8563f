<# Private/Switch.ps1, SwitchRecord.ps1, ServiceAccount.ps1 and Pause.ps1 #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiProgram' {
    BeforeAll {
        $app = '11111111-2222-4333-8444-555555555555'
        $one = 'aa' * 32; $two = 'bb' * 32
        $body = [pscustomobject] @{
            server = 'sync01'; appId = $app; certificateSha256 = $two; repairConnectivityParameters = $true
            bounds = [pscustomobject] @{ cycleSeconds = 0; cmdletSeconds = 9; verifySeconds = 0 }
        }
        function New-Connector {
            param([object] $Hash = $two, [string] $Type = 'Application', [object] $AppId = $app, [object] $Id = 'c')
            return [pscustomobject] @{
                name = 'AAD'; identityType = $Type; userName = 'u@x'; appId = $AppId; certificateSha256 = $Hash
                parameters = [pscustomobject] @{ ApplicationManagedBy = 'a'; CertificateManagedBy = 'b'; CertificateId = $Id }
            }
        }
    }

    Describe 'Assert-RotatableApplication' {
        It 'a connector of <type>, on the application <sameApp>, must be refused if the application is only rotated: <refused>' -ForEach @(
            @{ type = 'Application'; sameApp = $true; rotateOnly = $true; refused = $false }
            @{ type = 'Application'; sameApp = $false; rotateOnly = $true; refused = $true }
            @{ type = 'ServiceAccount'; sameApp = $true; rotateOnly = $true; refused = $true }
            @{ type = 'ServiceAccount'; sameApp = $false; rotateOnly = $false; refused = $false }
        ) {
            $connector = New-Connector -Type $type -AppId $(if ($sameApp) { $app } else { 'other' })
            $request = $body.PSObject.Copy()
            $request | Add-Member -NotePropertyName 'rotateOnly' -NotePropertyValue $rotateOnly
            $act = { Assert-RotatableApplication -Connector $connector -RequestBody $request }
            if ($refused) {
                $act | Should -Throw '*is not on the application of Entra Connect*'
            } else {
                $act | Should -Not -Throw
            }
        }
    }

    Describe 'Test-OnTarget and Test-BlankParameter' {
        It 'a connector of <type> with application <sameApp> and certificate <sameHash> must be on target: <expected>' -ForEach @(
            @{ type = 'Application'; sameApp = $true; sameHash = $true; expected = $true }
            @{ type = 'ServiceAccount'; sameApp = $true; sameHash = $true; expected = $false }
            @{ type = 'Application'; sameApp = $false; sameHash = $true; expected = $false }
            @{ type = 'Application'; sameApp = $true; sameHash = $false; expected = $false }
        ) {
            $appId = $app; $hash = $two
            if (-not $sameApp) { $appId = [Guid]::Empty.ToString() }
            if (-not $sameHash) { $hash = $one }
            Test-OnTarget -Connector (New-Connector -Hash $hash -Type $type -AppId $appId) -RequestBody $body | Should -Be $expected
        }
        It 'must find any blank parameter: <id>' -ForEach @(
            @{ id = 'c'; blank = $false }, @{ id = ' '; blank = $true }, @{ id = $null; blank = $true }
        ) {
            Test-BlankParameter -Connector (New-Connector -Id $id) | Should -Be $blank
        }
    }

    Describe 'Get-SettledConnector' {
        BeforeEach {
            Reset-Run
            Mock Write-Step { }
            Mock Wait-CsiTime -ParameterFilter { $Seconds -eq 1 } { }
            $script:Reading = 0
        }
        It 'must want three equal readings in a row' {
            Mock Get-CsiConnector { $script:Reading++; if ($script:Reading -eq 2) { New-Connector } else { New-Connector -Hash $one } }
            (Get-SettledConnector).certificateSha256 | Should -BeExactly $one
            $script:Reading | Should -Be 5
        }
        It 'must end within a minute' {
            Mock Get-CsiConnector { $script:Reading++; New-Connector -Hash "$($script:Reading)" }
            [void] (Get-SettledConnector)
            $script:Reading | Should -Be 61
        }
    }

    Describe 'Switch-Identity' {
        BeforeEach {
            Reset-Run
            $script:Done = @(); $script:Now = New-Connector; $script:Outcome = 'completed'; $script:Records = @()
            Mock Write-Step { }
            Mock Get-CsiTime { '2026-07-01T10:00:00.000Z' }
            Mock Read-CsiSwitchRecord { }
            Mock Write-CsiSwitchRecord { $script:Records += "$Name $($Record.certificateSha256) $($Record.command)" }
            Mock Invoke-CsiRegistration {
                $script:Done += "link $AppId $CertificateHash $Seconds"; [pscustomobject] @{ outcome = $script:Outcome; message = 'm' }
            }
            Mock Invoke-CsiRotation {
                $script:Done += "rotate $CertificateHash $Seconds"; [pscustomobject] @{ outcome = $script:Outcome; message = 'm' }
            }
            Mock Get-CsiConnector { $script:Now }
            Mock Get-SettledConnector { $script:Now }
            Mock Test-LostCertificate { $false }
        }
        It 'must link from <from>' -ForEach @(
            @{ from = 'a service account'; type = 'ServiceAccount'; appId = $null }
            @{ from = 'another application'; type = 'Application'; appId = 'x' }
        ) {
            (Switch-Identity -Connector (New-Connector -Hash $one -Type $type -AppId $appId) -RequestBody $body).Action |
                Should -BeExactly 'linked'
            $script:Done | Should -Be "link $app $two 9"
            $script:Records | Should -Be "verification $two "
            $script:Changed | Should -BeTrue
        }
        It 'must rotate on the same application' {
            $found = Switch-Identity -Connector (New-Connector -Hash $one) -RequestBody $body
            "$($found.Action) $($found.Since)" | Should -BeExactly 'rotated 2026-07-01T10:00:00.000Z'
            $script:Done | Should -Be "rotate $two 9"
        }
        It 'must count where the connector is, not how the cmdlet ended' {
            $script:Outcome = 'failed'
            (Switch-Identity -Connector (New-Connector -Hash $one) -RequestBody $body).Action | Should -BeExactly 'rotated'
        }
        It 'must link after a rotation that failed for want of a lost credential, and only then: <lost>' -ForEach @(
            @{ lost = $true; calls = 2 }, @{ lost = $false; calls = 1 }
        ) {
            $script:Outcome = 'failed'; $script:Now = New-Connector -Hash $one
            Mock Test-LostCertificate { $lost }
            (Get-Refusal { Switch-Identity -Connector (New-Connector -Hash $one) -RequestBody $body }).code |
                Should -BeExactly 'CMDLET_FAILED'
            $script:Done.Count | Should -Be $calls
            $script:Changed | Should -BeFalse
        }
        It '<outcome> must be <code>, and leave the record <record>' -ForEach @(
            @{ outcome = 'sign-in-required'; code = 'SIGNIN_REQUIRED'; record = "sign-in $('bb' * 32) Add-ADSync*" }
            @{ outcome = 'timed-out'; code = 'CMDLET_TIMEOUT'; record = "verification $('bb' * 32) " }
            @{ outcome = 'failed'; code = 'CMDLET_FAILED'; record = "verification $('bb' * 32) " }
            @{ outcome = 'completed'; code = 'VERIFICATION_FAILED'; record = "verification $('bb' * 32) " }
        ) {
            $script:Outcome = $outcome; $script:Now = New-Connector -Type 'ServiceAccount' -AppId $null -Hash $null
            $refusal = Get-Refusal { Switch-Identity -Connector $script:Now -RequestBody $body }
            $refusal.code | Should -BeExactly $code
            $script:Records[-1] | Should -BeLike $record
            if ($outcome -eq 'sign-in-required') {
                $refusal.operatorCommand |
                    Should -BeExactly "Add-ADSyncApplicationRegistration -CertificateSHA256Hash $('BB' * 32) -ApplicationAppId $app"
            }
        }
        It 'must report a change if the connector is elsewhere than before' {
            $script:Outcome = 'failed'; $script:Now = New-Connector -Hash ('cc' * 32)
            [void] (Get-Refusal { Switch-Identity -Connector (New-Connector -Hash $one) -RequestBody $body })
            $script:Changed | Should -BeTrue
        }
    }

    Describe 'Test-LostCredential' {
        It 'must hold only for a plain failure where nothing moved: <expected>' -ForEach @(
            @{ outcome = 'failed'; moved = $false; hash = 'aa'; lost = $true; expected = $true }
            @{ outcome = 'failed'; moved = $false; hash = 'aa'; lost = $false; expected = $false }
            @{ outcome = 'failed'; moved = $false; hash = $null; lost = $false; expected = $true }
            @{ outcome = 'failed'; moved = $true; hash = 'aa'; lost = $true; expected = $false }
            @{ outcome = 'timed-out'; moved = $false; hash = 'aa'; lost = $true; expected = $false }
        ) {
            Mock Test-LostCertificate { $lost }
            $before = New-Connector -Hash $hash
            $now = New-Connector -Hash $hash
            if ($moved) { $now = New-Connector -Hash 'dd' }
            $attempt = [pscustomobject] @{ Outcome = [pscustomobject] @{ outcome = $outcome }; Connector = $now }
            Test-LostCredential -Attempt $attempt -Connector $before | Should -Be $expected
        }
    }

    Describe 'Repair-Parameter' {
        BeforeEach {
            Reset-Run
            $script:Ids = @($null, 'c')
            Mock Repair-CsiConnectorParameter { }
            Mock Get-CsiConnector { $id = $script:Ids[0]; $script:Ids = @($script:Ids[-1]); New-Connector -Id $id }
        }
        It 'must repair what is blank, and read it back' {
            Repair-Parameter -RequestBody $body | Should -BeTrue
            $script:Changed | Should -BeTrue
        }
        It 'must refuse a repair that repaired nothing' {
            $script:Ids = @($null)
            (Get-Refusal { Repair-Parameter -RequestBody $body }).code | Should -BeExactly 'VERIFICATION_FAILED'
        }
        It 'must refuse a repair whose module is missing, and have changed nothing' {
            Mock Repair-CsiConnectorParameter {
                $failure = New-Object -TypeName InvalidOperationException -ArgumentList 'not there'
                $failure.Data['CsiKind'] = 'not-found'
                throw $failure
            }
            (Get-Refusal { Repair-Parameter -RequestBody $body }).code | Should -BeExactly 'REPAIR_MODULE_MISSING'
            $script:Changed | Should -BeFalse
        }
        It 'must pass on what the product throws' {
            Mock Repair-CsiConnectorParameter { throw (New-Object -TypeName InvalidOperationException -ArgumentList 'no store') }
            { Repair-Parameter -RequestBody $body } | Should -Throw 'no store'
            $script:Changed | Should -BeTrue
        }
        It 'must do nothing unasked, or if nothing is blank' {
            $script:Ids = @('c')
            Repair-Parameter -RequestBody $body | Should -BeFalse
            $script:Ids = @($null)
            $other = $body.PSObject.Copy(); $other.repairConnectivityParameters = $false
            Repair-Parameter -RequestBody $other | Should -BeFalse
            Should -Invoke Repair-CsiConnectorParameter -Exactly 0
        }
    }

    Describe 'Switch-ServiceAccount' {
        BeforeEach {
            Reset-Run -Operation 'rollback'
            $script:Credential = New-Object -TypeName Management.Automation.PSCredential -ArgumentList 'a',
                (New-Object -TypeName Security.SecureString)
            Mock Write-Step { }
            Mock Get-CsiConnector { $script:Now }
            Mock Get-SettledConnector { $script:Now }
            $script:Now = New-Connector -Type 'ServiceAccount' -AppId $null -Hash $null
        }
        It 'must be done where the connector is on the account, however the cmdlet ended: <outcome>' -ForEach @(
            @{ outcome = 'completed' }, @{ outcome = 'timed-out' }
        ) {
            Mock Invoke-CsiRollback { [pscustomobject] @{ outcome = $outcome; message = 'm' } }
            { Switch-ServiceAccount -Connector (New-Connector) -AccountName 'Sync_H_1' -RequestBody $body } | Should -Not -Throw
            $script:Changed | Should -BeTrue
        }
        It '<outcome> without a move must be <code>, and nothing changed' -ForEach @(
            @{ outcome = 'sign-in-required'; code = 'MFA_REQUIRED' }, @{ outcome = 'credential-refused'; code = 'CREDENTIAL_REFUSED' }
            @{ outcome = 'timed-out'; code = 'CMDLET_TIMEOUT' }, @{ outcome = 'failed'; code = 'CMDLET_FAILED' }
        ) {
            $script:Now = New-Connector
            Mock Invoke-CsiRollback { [pscustomobject] @{ outcome = $outcome; message = 'm' } }
            (Get-Refusal { Switch-ServiceAccount -Connector (New-Connector) -AccountName 'Sync_H_1' -RequestBody $body }).code |
                Should -BeExactly $code
            $script:Changed | Should -BeFalse
        }
        It 'the account must be named after the server and the first twelve digits of its identifier' {
            Mock Get-CsiHost { [pscustomobject] @{ computerName = 'H' } }
            Mock Get-CsiMachineIdentifier { '0123456789abcdef' }
            Get-LegacyAccountName | Should -BeExactly 'Sync_H_0123456789ab'
            Mock Get-CsiMachineIdentifier { 'short' }
            Get-LegacyAccountName | Should -BeExactly 'Sync_H_short'
            Mock Get-CsiMachineIdentifier { }
            Get-LegacyAccountName | Should -Be $null
        }
    }

    Describe 'Write-SwitchRecord' {
        It 'must keep since when, for the same identity only' -ForEach @(
            @{ hash = 'bb' * 32; since = 'then' }, @{ hash = 'aa' * 32; since = 'now' }
        ) {
            Mock Get-CsiTime { 'now' }
            Mock Read-CsiSwitchRecord { [pscustomobject] @{ since = 'then'; appId = $app; certificateSha256 = $hash; command = $null } }
            Mock Write-CsiSwitchRecord -ParameterFilter { $Name -eq 'verification' } { $script:Since = $Record.since }
            Write-SwitchRecord -Name 'verification' -RequestBody $body
            $script:Since | Should -BeExactly $since
        }
    }

    Describe 'Invoke-WhilePaused' {
        BeforeEach {
            Reset-Run
            $script:Enabled = $true; $script:Done = @(); $script:Stuck = $false; $script:Running = 0
            Mock Write-Step { }
            Mock Write-ErrorLine { }
            Mock Wait-CsiTime { }
            Mock Get-CsiTime { '2026-07-01T10:00:00.000Z' }
            Mock Get-CsiHost { [pscustomobject] @{ computerName = 'H' } }
            Mock Get-CsiScheduler {
                $script:Running--
                [pscustomobject] @{ SyncCycleEnabled = $script:Enabled; SyncCycleInProgress = $script:Running -gt 0 }
            }
            Mock Set-CsiSyncCycleEnabled { $script:Done += "set $Enabled"; if (-not $script:Stuck) { $script:Enabled = $Enabled } }
            Mock Write-CsiPauseRecord { $script:Done += 'record'; $script:Record = [pscustomobject] $Record }
            Mock Remove-CsiPauseRecord { $script:Done += 'no record' }
            Mock Register-CsiRestoreTask { $script:Done += "task $Deadline" }
            Mock Confirm-CsiRestoreTask { [pscustomobject] @{ proven = $true; problem = $null } }
            Mock Test-CsiRestoreTask { $true }
            Mock Unregister-CsiRestoreTask { $script:Done += 'no task' }
            if ($null -ne (Get-Command -Name 'Write-Change' -ErrorAction 'SilentlyContinue')) { Mock Write-Change { } }
            $step = { $script:Done += 'step' }
        }
        It 'must record, register and prove before it pauses, and take both away only when the scheduler is back' {
            [void] (Invoke-WhilePaused -RequestBody $body -Step $step)
            $script:Done[0..4] | Should -Be @('record', 'task 2026-07-01T10:10:18.000Z', 'set False', 'step', 'set True')
            @($script:Done[5..6] | Sort-Object) | Should -Be @('no record', 'no task')
            "$($script:Record.operation) $($script:Record.server) $($script:Record.deadline) $($script:Record.syncCycleEnabled)" |
                Should -BeExactly 'register sync01 2026-07-01T10:10:18.000Z True'
        }
        It 'must put the scheduler back after a step that fails, with its failure' {
            { Invoke-WhilePaused -RequestBody $body -Step { throw 'the step' } } | Should -Throw -ExpectedMessage 'the step'
            $script:Enabled | Should -BeTrue
            $script:Done | Should -Contain 'no record'
        }
        It 'must keep record and task if the scheduler does not come back, and say what went wrong before' {
            Mock Set-CsiSyncCycleEnabled { if (-not $Enabled) { $script:Enabled = $false } }
            $refusal = Get-Refusal { Invoke-WhilePaused -RequestBody $body -Step { throw 'the step' } }
            $refusal.code | Should -BeExactly 'SCHEDULER_NOT_RESTORED'
            $refusal.actual | Should -BeLike 'SyncCycleEnabled False; before that: the step*'
            $script:Done | Should -Not -Contain 'no record'
            $script:Done | Should -Not -Contain 'no task'
        }
        It 'must not switch if the scheduler does not go off' {
            $script:Stuck = $true
            (Get-Refusal { Invoke-WhilePaused -RequestBody $body -Step $step }).code | Should -BeExactly 'UNEXPECTED'
            $script:Done | Should -Not -Contain 'step'
        }
        It 'must leave a scheduler that is off as it is, and make no record' {
            $script:Enabled = $false
            Invoke-WhilePaused -RequestBody $body -Step $step | Should -Be 0
            $script:Done | Should -Be 'step'
            $script:Enabled | Should -BeFalse
        }
        It 'must not pause if the task is not proven, and leave nothing behind' {
            Mock Confirm-CsiRestoreTask { [pscustomobject] @{ proven = $false; problem = 'no' } }
            $refusal = Get-Refusal { Invoke-WhilePaused -RequestBody $body -Step $step }
            "$($refusal.code) $($refusal.actual)" | Should -BeExactly 'RESTORE_TASK_UNPROVEN no'
            $script:Done | Should -Not -Contain 'set False'
            $script:Done | Should -Contain 'no record'
        }
        It 'must wait for a running cycle, and refuse one that does not end' {
            $script:Running = 99
            (Get-Refusal { Invoke-WhilePaused -RequestBody $body -Step $step }).code | Should -BeExactly 'CYCLE_STILL_RUNNING'
            $script:Enabled | Should -BeTrue
            $patient = $body.PSObject.Copy(); $patient.bounds = [pscustomobject] @{ cycleSeconds = 60; cmdletSeconds = 9 }
            $script:Running = 4
            [void] (Invoke-WhilePaused -RequestBody $patient -Step $step)
            $script:Done | Should -Contain 'step'
            Should -Invoke Wait-CsiTime -ParameterFilter { $Seconds -eq 1 }
        }
    }

    Describe 'Restore-InterruptedPause' {
        BeforeEach {
            Reset-Run
            Mock Write-Step { }
            if ($null -ne (Get-Command -Name 'Write-Change' -ErrorAction 'SilentlyContinue')) { Mock Write-Change { } }
            $script:Enabled = $false; $script:Done = @()
            Mock Wait-CsiTime { }
            Mock Read-CsiPauseRecord {
                [pscustomobject] @{ operation = 'register'; startedAt = 'a'; deadline = 'b'; syncCycleEnabled = $true }
            }
            Mock Get-CsiScheduler { [pscustomobject] @{ SyncCycleEnabled = $script:Enabled } }
            Mock Set-CsiSyncCycleEnabled { $script:Enabled = $Enabled }
            Mock Remove-CsiPauseRecord { $script:Done += "no record, on $($script:Enabled)" }
            Mock Test-CsiRestoreTask { $false }
        }
        It 'must switch on, and only then take the record away' {
            Restore-InterruptedPause | Should -BeTrue
            $script:Done | Should -Be 'no record, on True'
            $script:Changed | Should -BeTrue
        }
        It 'must do nothing without a record' {
            Mock Read-CsiPauseRecord { }
            Restore-InterruptedPause | Should -BeFalse
            $script:Enabled | Should -BeFalse
            $script:Changed | Should -BeFalse
        }
        It 'must try again while the service does not answer' {
            $script:Tries = 0
            Mock Get-CsiScheduler {
                $script:Tries++; if ($script:Tries -lt 3) { throw 'no endpoint' }; [pscustomobject] @{ SyncCycleEnabled = $true }
            }
            Restore-InterruptedPause | Should -BeTrue
            $script:Tries | Should -Be 3
        }
    }
}
