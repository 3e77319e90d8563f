<# The scheduler comes back: what pauses it, what puts it back, and the task that does so after an interrupted run. #>
BeforeAll {
    Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'World.psm1') -Force

    function Start-Register {
        param([hashtable] $Change = @{})
        return Invoke-WorldOperation -Operation 'register' -Request (Get-WorldRequest -Operation 'register' -Hash $Hash -Change $Change)
    }

    function Invoke-RestoreTask {
        return & (Get-Module -Name ConnectSyncHost) {
            $script:Operation = 'restore'
            $script:Changed = $false
            Invoke-Restore
        }
    }

    # What a run leaves that was ended in the middle of a pause.
    function Set-Interrupted {
        param([bool] $Before = $true)
        $World.Enabled = $false
        $World.Task = ConvertTo-Iso -Time $World.Time
        $World.Pause = [pscustomobject] @{
            operation = 'register'; server = 'sync01'; startedAt = ConvertTo-Iso -Time $World.Time.AddHours(-1)
            deadline = ConvertTo-Iso -Time $World.Time; syncCycleEnabled = $Before
        }
    }

    function Assert-NothingLeft {
        param([bool] $Enabled = $true)
        $World.Enabled | Should -Be $Enabled -Because 'the scheduler is as it was'
        $World.Pause | Should -BeNullOrEmpty -Because 'the record is removed'
        $World.Task | Should -BeNullOrEmpty -Because 'the task is removed'
        $World.Lock | Should -BeNullOrEmpty -Because 'the lock is released'
    }
}

Describe 'A pause' {
    BeforeEach {
        $World = New-World
        $Hash = Add-WorldCertificate -World $World
    }

    It 'must leave nothing behind' {
        (Start-Register).Error | Should -BeNullOrEmpty
        Assert-NothingLeft
    }

    It 'must not go on where the scheduler stays on although it was switched off' {
        $World.Do['Set-CsiSyncCycleEnabled'] = { }
        $answer = Start-Register
        $answer.Error.expected | Should -Be 'SyncCycleEnabled False'
        $World.Calls | Should -Not -Contain 'Invoke-CsiRegistration'
        Assert-NothingLeft
    }

    It 'must not begin if the restore task is not proven' {
        $World.Do['Confirm-CsiRestoreTask'] = { [pscustomobject] @{ proven = $false; problem = 'SYSTEM may not' } }
        $answer = Start-Register
        $answer.Error.code | Should -Be 'RESTORE_TASK_UNPROVEN'
        $answer.Error.actual | Should -Be 'SYSTEM may not'
        $World.Calls | Should -Not -Contain 'Set-CsiSyncCycleEnabled'
        Assert-NothingLeft
    }

    It 'must not begin, and leave no record, if <effect> fails' -ForEach @(
        @{ effect = 'Register-CsiRestoreTask' }, @{ effect = 'Confirm-CsiRestoreTask' }
    ) {
        $World.Do[$effect] = { throw (New-WindowsFailure) }
        (Start-Register).Error.code | Should -Be 'UNEXPECTED'
        $World.Calls | Should -Not -Contain 'Set-CsiSyncCycleEnabled'
        Assert-NothingLeft
    }

    It 'must have its record and its task before the scheduler is switched off' {
        $World.Before = {
            param($World, $Name)
            if ($Name -eq 'Set-CsiSyncCycleEnabled' -and $World.Enabled) {
                $World.Seen = $null -ne $World.Pause -and $null -ne $World.Task -and $World.Calls -contains 'Confirm-CsiRestoreTask'
            }
        }
        [void] (Start-Register)
        $World.Seen | Should -BeTrue
    }

    It 'must have a deadline behind a cycle, two cmdlets and five more minutes' {
        $World.After = { param($World, $Name) if ($Name -eq 'Write-CsiPauseRecord') { $World.Recorded = $World.Pause } }
        [void] (Start-Register -Change @{ bounds = @{ replicationSeconds = 0; cycleSeconds = 700; cmdletSeconds = 1000; verifySeconds = 30 } })
        $seconds = ([DateTime] $World.Recorded.deadline - [DateTime] $World.Recorded.startedAt).TotalSeconds
        $seconds | Should -BeGreaterOrEqual (700 + 2 * 1000 + 300)
        $World.Recorded.operation | Should -Be 'register'
        $World.Recorded.syncCycleEnabled | Should -BeTrue
    }

    It 'must give the task the deadline of the record' {
        $World.After = {
            param($World, $Name, $Argument)
            if ($Name -eq 'Register-CsiRestoreTask') { $World.Seen = $Argument.Deadline -eq $World.Pause.deadline }
        }
        [void] (Start-Register)
        $World.Seen | Should -BeTrue
    }

    It 'must put the scheduler back although the step fails' {
        $World.Do['Invoke-CsiRegistration'] = { throw (New-WindowsFailure -Message 'no module') }
        (Start-Register).Error.actual | Should -Be 'no module'
        Assert-NothingLeft
    }

    It 'must put the scheduler back at a later try if the first ones fail' {
        $World.Failures = 3
        $World.Before = {
            param($World, $Name, $Argument)
            if ($Name -eq 'Set-CsiSyncCycleEnabled' -and $Argument.Enabled -and $World.Failures -gt 0) {
                $World.Failures -= 1
                throw (New-WindowsFailure)
            }
        }
        (Start-Register).Error | Should -BeNullOrEmpty
        Assert-NothingLeft
    }

    It 'must keep record and task if the scheduler stays off' -ForEach @(@{ fails = $true }, @{ fails = $false }) {
        $World.Fails = $fails
        $World.Do['Set-CsiSyncCycleEnabled'] = {
            param($World, $Argument)
            if (-not $Argument.Enabled) { $World.Enabled = $false } elseif ($World.Fails) { throw (New-WindowsFailure) }
        }
        (Start-Register).Error.code | Should -Be 'SCHEDULER_NOT_RESTORED'
        $World.Pause | Should -Not -BeNullOrEmpty
        $World.Task | Should -Not -BeNullOrEmpty
        $World.Lock | Should -BeNullOrEmpty
    }

    It 'must say what went wrong before the scheduler stayed off' {
        $World.Do['Invoke-CsiRegistration'] = { throw (New-WindowsFailure -Message 'no module') }
        $World.Do['Set-CsiSyncCycleEnabled'] = { param($World, $Argument) if (-not $Argument.Enabled) { $World.Enabled = $false } }
        (Start-Register).Error.actual | Should -BeLike '*no module*'
    }

    It 'must wait for a running cycle before the connector is changed' {
        $World.CycleEnds = $World.Time.AddSeconds(20)
        $World.Before = { param($World, $Name) if ($Name -eq 'Invoke-CsiRegistration') { $World.Seen = $World.Time -ge $World.CycleEnds } }
        [void] (Start-Register)
        $World.Seen | Should -BeTrue
    }

    It 'must wait for a running cycle although the scheduler is off' {
        $World.Enabled = $false
        $World.CycleEnds = $World.Time.AddSeconds(20)
        $World.Before = { param($World, $Name) if ($Name -eq 'Invoke-CsiRegistration') { $World.Seen = $World.Time -ge $World.CycleEnds } }
        [void] (Start-Register)
        $World.Seen | Should -BeTrue
    }

    It 'must end, and put the scheduler back, if a cycle does not end in time' {
        $World.CycleEnds = $World.Time.AddDays(1)
        $bounds = @{ replicationSeconds = 0; cycleSeconds = 0; cmdletSeconds = 10; verifySeconds = 30 }
        (Start-Register -Change @{ bounds = $bounds }).Error.code | Should -Be 'CYCLE_STILL_RUNNING'
        $World.Calls | Should -Not -Contain 'Invoke-CsiRegistration'
        Assert-NothingLeft
    }

    It 'must leave a scheduler off that a person switched off' {
        $World.Enabled = $false
        (Start-Register).Error | Should -BeNullOrEmpty
        $World.Calls | Should -Not -Contain 'Set-CsiSyncCycleEnabled'
        Assert-NothingLeft -Enabled $false
    }

    It 'must not begin in a suspended scheduler: <operation>' -ForEach @(@{ operation = 'register' }, @{ operation = 'rollback' }) {
        Set-WorldIdentity -World $World -Hash $Hash
        $World.Suspended = $true
        $answer = Invoke-WorldOperation -Operation $operation -Request (Get-WorldRequest -Operation $operation -Hash $Hash)
        $answer.Error.code | Should -Be 'SCHEDULER_SUSPENDED'
        $World.Calls | Should -Not -Contain 'Set-CsiSyncCycleEnabled'
    }
}

Describe 'An interrupted pause' {
    BeforeEach {
        $World = New-World
        $Hash = Add-WorldCertificate -World $World
    }

    It 'must be ended by the next <operation>, which says so' -ForEach @(@{ operation = 'register' }, @{ operation = 'rollback' }) {
        if ($operation -eq 'register') { Set-WorldIdentity -World $World -Hash $Hash }
        Set-Interrupted
        $answer = Invoke-WorldOperation -Operation $operation -Request (Get-WorldRequest -Operation $operation -Hash $Hash)
        $answer.Error | Should -BeNullOrEmpty
        $answer.Result.restoredInterruptedPause | Should -BeTrue
        $answer.Changed | Should -BeTrue
        Assert-NothingLeft
    }

    It 'must be ended by the restore task' {
        Set-Interrupted
        Invoke-RestoreTask | Should -Be 0
        Assert-NothingLeft
    }

    It 'must keep record and task while the scheduler stays off' {
        Set-Interrupted
        $World.Do['Set-CsiSyncCycleEnabled'] = { throw (New-WindowsFailure) }
        Invoke-RestoreTask | Should -Not -Be 0
        $World.Pause | Should -Not -BeNullOrEmpty
        $World.Task | Should -Not -BeNullOrEmpty
    }

    It 'must be ended with the value of its record' {
        Set-Interrupted -Before $false
        Invoke-RestoreTask | Should -Be 0
        Assert-NothingLeft -Enabled $false
        $World.Calls | Should -Not -Contain 'Set-CsiSyncCycleEnabled'
    }

    It 'must not be ended by the task while an operation holds the lock' {
        Set-Interrupted
        $World.Lock = 'register'
        $World.Do['Wait-CsiTime'] = {
            param($World)
            $World.Enabled | Should -BeFalse
            $World.Lock = $null
        }
        Invoke-RestoreTask | Should -Be 0
        $World.Calls | Should -Contain 'Wait-CsiTime'
        Assert-NothingLeft
    }

    It 'must be ended by the task as soon as the service runs again' {
        Set-Interrupted
        $World.Service.status = 'Stopped'
        $World.Waits = 0
        $World.Do['Wait-CsiTime'] = {
            param($World)
            $World.Waits += 1
            if ($World.Waits -eq 30) { $World.Service.status = 'Running' }
        }
        Invoke-RestoreTask | Should -Be 0
        Assert-NothingLeft
    }

    It 'must be ended by the task although its first try fails' {
        Set-Interrupted
        $World.Failures = 8
        $World.Before = {
            param($World, $Name)
            if ($Name -eq 'Get-CsiScheduler' -and $World.Failures -gt 0) {
                $World.Failures -= 1
                throw (New-WindowsFailure)
            }
        }
        Invoke-RestoreTask | Should -Be 0
        Assert-NothingLeft
    }

    It 'must leave no task behind if nothing is to be put back' {
        $World.Task = ConvertTo-Iso -Time $World.Time
        Invoke-RestoreTask | Should -Be 0
        Assert-NothingLeft
    }
}
