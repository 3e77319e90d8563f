<#
    What an interrupted run leaves, and how it ends: files that others have open, broken records, foreign locks, the restore
    task, the event log. Functions of Windows run as they are as far as they touch files; cmdlets of Windows are stubs with
    their real parameters, which throw what Windows throws.

    It does not show that Windows behaves like this; only a run on Windows does.
#>
BeforeAll {
    Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath '../ConnectSyncHost.psd1') -Force
    InModuleScope 'ConnectSyncHost' {
        function script:New-Failure {
            param([string] $Type, [string] $Message, [int] $Code)
            $exception = New-Object -TypeName $Type -ArgumentList $Message
            $exception.HResult = $Code
            return $exception
        }
        # The cmdlets of the task scheduler and the event log with the parameters that are used; any call that no test
        # expects fails.
        function script:New-ScheduledTaskTrigger {
            [CmdletBinding()]
            param([switch] $Once, [switch] $AtStartup, [DateTime] $At, [TimeSpan] $RepetitionInterval, [TimeSpan] $RepetitionDuration)
            throw "not expected: New-ScheduledTaskTrigger $At $RepetitionInterval $RepetitionDuration $Once $AtStartup"
        }
        function script:Start-ScheduledTask { [CmdletBinding()] param([string] $TaskName) throw "not expected: $TaskName" }
        function script:Get-ScheduledTaskInfo { [CmdletBinding()] param([string] $TaskName) throw "not expected: $TaskName" }
        function script:Get-WinEvent {
            [CmdletBinding()]
            param([string] $LogName, [string] $FilterXPath, [long] $MaxEvents)
            throw "not expected: $LogName $FilterXPath $MaxEvents"
        }
        $script:CsiFilePause = 1
        $script:Sharing = [BitConverter]::ToInt32([BitConverter]::GetBytes([uint32] '0x80070020'), 0)
        $script:Operation = 'register'
        $script:Server = 'sync01'
    }
}

Describe 'A file that another process has open' {
    It 'must be tried again until it is free' {
        InModuleScope 'ConnectSyncHost' {
            $script:Tries = 0
            $text = Invoke-CsiFileStep -Step {
                $script:Tries++
                if ($script:Tries -lt 4) { throw (New-Failure -Type 'IO.IOException' -Message 'in use' -Code $script:Sharing) }
                'free'
            }
            $text, $script:Tries | Should -Be 'free', 4
        }
    }

    It 'must end the step after a bounded number of tries, with its HRESULT' {
        InModuleScope 'ConnectSyncHost' {
            $script:Tries = 0
            try {
                Invoke-CsiFileStep -Step { $script:Tries++; throw (New-Failure -Type 'IO.IOException' -Message 'in use.' -Code $script:Sharing) }
            } catch {
                Get-CsiFailureText -Exception $_.Exception | Should -Be 'in use (0x80070020)'
            }
            $script:Tries | Should -Be 20
        }
    }

    It 'must not be tried again for any other failure' {
        InModuleScope 'ConnectSyncHost' {
            $script:Tries = 0
            { Invoke-CsiFileStep -Step { $script:Tries++; throw (New-Object -TypeName UnauthorizedAccessException) } } | Should -Throw
            $script:Tries | Should -Be 1
        }
    }

    It 'must leave no unfinished file after a failed write, and the old one as it was' {
        InModuleScope 'ConnectSyncHost' -Parameters @{ Folder = "$TestDrive" } {
            $file = Join-Path -Path $Folder -ChildPath 'record.json'
            Write-CsiFile -Path $file -Text 'old'
            # The rename fails: a folder has the name.
            $taken = Join-Path -Path $Folder -ChildPath 'taken'
            [void] [IO.Directory]::CreateDirectory($taken)
            { Write-CsiFile -Path $taken -Text 'new' } | Should -Throw -ExpectedMessage '*taken cannot be written: *(0x*'
            [IO.File]::Exists("$taken.next") | Should -BeFalse
            Write-CsiFile -Path $file -Text 'new'
            [IO.File]::ReadAllText($file) | Should -Be 'new'
        }
    }

    It 'must not be taken for a caller who is no administrator' {
        InModuleScope 'ConnectSyncHost' {
            $failure = New-CsiFileException -Exception (New-Object -TypeName UnauthorizedAccessException) -Message 'x cannot be written'
            Get-FailureKind -Exception $failure | Should -Be 'failed'
        }
    }
}

Describe 'A record of a pause' {
    BeforeEach {
        InModuleScope 'ConnectSyncHost' -Parameters @{ Folder = "$TestDrive" } {
            $script:Folder = $Folder
            Mock -CommandName Find-CsiDataFolder -MockWith { $script:Folder }
            Mock -CommandName Get-CsiDataPath -MockWith { $script:Folder }
        }
    }

    It 'that is <How> must be a broken record' -ForEach @(
        @{ How = 'empty'; Text = '' }
        @{ How = 'cut off'; Text = '{"operation":"regis' }
        @{ How = 'null'; Text = 'null' }
        @{ How = 'a list'; Text = '[]' }
        @{ How = 'without its operation'; Text = '{"server":"s","startedAt":"2026-01-01","deadline":"2026-01-01","syncCycleEnabled":true}' }
        @{ How = 'without its value'; Text = '{"operation":"register","server":"s","startedAt":"2026-01-01","deadline":"2026-01-01"}' }
        @{ How = 'with a word as its value'
            Text = '{"operation":"register","server":"s","startedAt":"2026-01-01","deadline":"2026-01-01","syncCycleEnabled":"false"}'
        }
        @{ How = 'with a date that is none'
            Text = '{"operation":"register","server":"s","startedAt":"soon","deadline":"2026-01-01","syncCycleEnabled":true}'
        }
    ) {
        InModuleScope 'ConnectSyncHost' -Parameters @{ Text = $Text } {
            [IO.File]::WriteAllText((Join-Path -Path $script:Folder -ChildPath 'pause.json'), $Text)
            $record = Get-PauseRecord
            $record.Enabled, $record.StartedAt | Should -Be $true, $null
            $record.Problem | Should -BeLike '*pause.json cannot be read: *'
        }
    }

    It 'that another process keeps open must be a broken record with the HRESULT' {
        InModuleScope 'ConnectSyncHost' {
            [IO.File]::WriteAllText((Join-Path -Path $script:Folder -ChildPath 'pause.json'), '{}')
            Mock -CommandName Read-CsiFile -MockWith { throw (New-Failure -Type 'IO.IOException' -Message 'in use' -Code $script:Sharing) }
            (Get-PauseRecord).Problem | Should -BeLike '*pause.json cannot be read: in use (0x80070020)'
        }
    }

    It 'of an older program must be read' {
        InModuleScope 'ConnectSyncHost' {
            $text = '{"operation":"rollback","server":"s","startedAt":"2026-01-01T00:00:00.000Z",' +
            '"deadline":"2026-01-01T00:10:00.000Z","syncCycleEnabled":true}'
            [IO.File]::WriteAllText((Join-Path -Path $script:Folder -ChildPath 'pause.json'), $text)
            $record = Get-PauseRecord
            $record.Operation, $record.Deadline, $record.Enabled, $record.Problem |
                Should -Be 'rollback', '2026-01-01T00:10:00.000Z', $true, $null
        }
    }

    It 'in a folder that someone else made must not be taken for a broken one' {
        InModuleScope 'ConnectSyncHost' {
            Mock -CommandName Find-CsiDataFolder -MockWith { throw (New-CsiException -Kind 'foreign-folder' -Message 'x belongs to y') }
            { Get-PauseRecord } | Should -Throw -ExpectedMessage 'x belongs to y'
        }
    }

    It 'that is broken must be moved aside under a name with the time' {
        InModuleScope 'ConnectSyncHost' {
            [IO.File]::WriteAllText((Join-Path -Path $script:Folder -ChildPath 'pause.json'), '')
            Move-CsiBrokenRecord -Name 'pause' | Should -Match 'pause\.json\.broken-\d{8}T\d{9}Z$'
            [IO.File]::Exists((Join-Path -Path $script:Folder -ChildPath 'pause.json')) | Should -BeFalse
            Move-CsiBrokenRecord -Name 'pause' | Should -BeNullOrEmpty
        }
    }

    It 'that cannot be moved aside must not keep the scheduler off' {
        InModuleScope 'ConnectSyncHost' {
            Mock -CommandName Read-CsiPauseRecord -MockWith { throw (New-CsiException -Kind 'broken-record' -Message 'broken') }
            Mock -CommandName Move-CsiBrokenRecord -MockWith { throw (New-CsiException -Kind 'failed' -Message 'in use') }
            Mock -CommandName Set-SchedulerBack -MockWith { }
            Mock -CommandName Test-CsiRestoreTask -MockWith { $true }
            Mock -CommandName Unregister-CsiRestoreTask -MockWith { }
            Mock -CommandName Write-Change -MockWith { }
            Mock -CommandName Write-ErrorLine -MockWith { }
            Restore-InterruptedPause | Should -BeTrue
            Should -Invoke -CommandName Set-SchedulerBack -Times 1 -Exactly -ParameterFilter { $Enabled }
            Should -Invoke -CommandName Unregister-CsiRestoreTask -Times 1 -Exactly
        }
    }
}

Describe 'The lock' {
    BeforeEach {
        InModuleScope 'ConnectSyncHost' {
            $script:Mutex = [pscustomobject] @{ Free = $true; Released = 0; Disposed = 0 }
            $script:Mutex | Add-Member -MemberType ScriptMethod -Name WaitOne -Value { param($Milliseconds) $this.Free -and $Milliseconds -eq 0 }
            $script:Mutex | Add-Member -MemberType ScriptMethod -Name ReleaseMutex -Value { $this.Released++ }
            $script:Mutex | Add-Member -MemberType ScriptMethod -Name Dispose -Value { $this.Disposed++ }
            $script:CsiMutex = $null
            Mock -CommandName New-CsiMutex -MockWith { $script:Mutex }
            Mock -CommandName Get-CsiCaller -MockWith { [pscustomobject] @{ account = 'SYNC01\me'; sid = 'S-1-5-21-1-2-3-500'; administrator = $true } }
            Mock -CommandName Get-CsiAccountName -MockWith { "name of $Sid" }
            Mock -CommandName Get-CsiMutexOwner -MockWith { 'S-1-5-32-544' }
            Mock -CommandName Get-CsiLockHolder -MockWith { 'register (process 1)' }
            Mock -CommandName Initialize-CsiDataFolder -MockWith { 'folder' }
            Mock -CommandName Get-CsiDataPath -MockWith { 'folder' }
            Mock -CommandName Write-CsiFile -MockWith { }
            Mock -CommandName Remove-CsiFile -MockWith { }
        }
    }

    It 'must be taken although who holds it cannot be written' {
        InModuleScope 'ConnectSyncHost' {
            Mock -CommandName Write-CsiFile -MockWith { throw (New-CsiException -Kind 'failed' -Message 'lock.txt: in use (0x80070020)') }
            Mock -CommandName Remove-CsiFile -MockWith { throw (New-CsiException -Kind 'failed' -Message 'lock.txt: in use (0x80070020)') }
            (Enter-CsiLock -Operation 'register').acquired | Should -BeTrue
            Exit-CsiLock
            $script:Mutex.Released, $script:Mutex.Disposed | Should -Be 1, 1
        }
    }

    It 'must be given back if the folder of the records is foreign' {
        InModuleScope 'ConnectSyncHost' {
            Mock -CommandName Initialize-CsiDataFolder -MockWith { throw (New-CsiException -Kind 'foreign-folder' -Message 'x belongs to y') }
            { Enter-CsiLock -Operation 'register' } | Should -Throw -ExpectedMessage 'x belongs to y'
            $script:Mutex.Released | Should -Be 1
        }
    }

    It 'must be taken over from a holder that died' {
        InModuleScope 'ConnectSyncHost' {
            $script:Mutex | Add-Member -Force -MemberType ScriptMethod -Name WaitOne -Value {
                throw (New-Object -TypeName Threading.AbandonedMutexException)
            }
            $lock = Enter-CsiLock -Operation 'register'
            $lock.acquired, $lock.abandoned | Should -Be $true, $true
        }
    }

    It 'that another run holds must be BUSY with its holder, and not foreign' {
        InModuleScope 'ConnectSyncHost' {
            $script:Mutex.Free = $false
            $lock = Enter-CsiLock -Operation 'register'
            $lock.acquired, $lock.holder, $lock.foreign | Should -Be $false, 'register (process 1)', $false
            $script:Mutex.Disposed | Should -Be 1
        }
    }

    It 'of an older program, which belongs to the administrator who ran it, must not be foreign' {
        InModuleScope 'ConnectSyncHost' {
            $script:Mutex.Free = $false
            Mock -CommandName Get-CsiMutexOwner -MockWith { 'S-1-5-21-1-2-3-1107' }
            (Enter-CsiLock -Operation 'register').foreign | Should -BeFalse
        }
    }

    It 'that <How> must be foreign, with its owner and the HRESULT' -ForEach @(
        @{ How = 'is no mutex'; Type = 'Threading.WaitHandleCannotBeOpenedException'; Code = '0x80070006' }
        @{ How = 'may not be opened'; Type = 'UnauthorizedAccessException'; Code = '0x80070005' }
    ) {
        InModuleScope 'ConnectSyncHost' -Parameters @{ Type = $Type; Code = $Code } {
            $script:Failure = New-Failure -Type $Type -Message 'refused' -Code ([BitConverter]::ToInt32([BitConverter]::GetBytes([uint32] $Code), 0))
            Mock -CommandName New-CsiMutex -MockWith { throw $script:Failure }
            Mock -CommandName Get-CsiMutexOwner -MockWith { 'S-1-5-21-1-2-3-1107' }
            $lock = Enter-CsiLock -Operation 'register'
            $lock.acquired, $lock.foreign | Should -Be $false, $true
            $lock.holder | Should -Be "Global\ConnectSyncIdentity of name of S-1-5-21-1-2-3-1107: refused ($Code)"
            Mock -CommandName Get-CsiMutexOwner -MockWith { $null }
            (Enter-CsiLock -Operation 'register').holder | Should -BeLike '*of an owner that Windows does not show: refused*'
        }
    }

    It 'must let any other failure be a failure' {
        InModuleScope 'ConnectSyncHost' {
            Mock -CommandName New-CsiMutex -MockWith { throw (New-Failure -Type 'IO.IOException' -Message 'odd' -Code -1) }
            { Enter-CsiLock -Operation 'register' } | Should -Throw -ExpectedMessage 'odd'
        }
    }
}

Describe 'An account' {
    It 'must be null with a reason if <Type> is thrown' -ForEach @(
        @{ Type = 'TimeoutException' }
        @{ Type = 'SystemException' }
        @{ Type = 'Runtime.InteropServices.COMException' }
    ) {
        InModuleScope 'ConnectSyncHost' -Parameters @{ Type = $Type } {
            $script:Failure = New-Failure -Type $Type -Message 'The trust relationship failed.' -Code 1789
            Mock -CommandName ConvertTo-CsiSid -MockWith { throw $script:Failure }
            $found = Resolve-CsiAccount -Account 'CONTOSO\gmsa$'
            $found.sid | Should -BeNullOrEmpty
            $found.problem | Should -Be 'CONTOSO\gmsa$ does not resolve: The trust relationship failed (0x000006FD)'
        }
    }

    It 'that no one knows must stop a change with the reason' {
        InModuleScope 'ConnectSyncHost' {
            $service = [pscustomobject] @{ account = 'CONTOSO\gmsa$'; accountSid = $null; accountProblem = 'no domain controller' }
            try { Assert-ServiceAccount -Service $service -Declared $null } catch { $refusal = $_.Exception }
            $refusal.Data['HostError'].code, $refusal.Data['HostError'].actual | Should -Be 'UNEXPECTED', 'no domain controller'
        }
    }
}

Describe 'The restore task' {
    BeforeEach {
        InModuleScope 'ConnectSyncHost' -Parameters @{ Folder = "$TestDrive" } {
            $script:Folder = $Folder
            Mock -CommandName Find-CsiDataFolder -MockWith { $script:Folder }
            Mock -CommandName Initialize-CsiDataFolder -MockWith { $script:Folder }
        }
    }

    It 'must run at the deadline, every 15 minutes from then on, and after a restart' {
        InModuleScope 'ConnectSyncHost' {
            Mock -CommandName New-ScheduledTaskTrigger -MockWith { "$Once $AtStartup $RepetitionInterval $($PesterBoundParameters.ContainsKey('RepetitionDuration'))" }
            Mock -CommandName Register-CsiTask -MockWith { $script:Registered = @($Name, $Trigger) }
            Register-CsiRestoreTask -Deadline '2026-01-01T00:10:00.000Z'
            $script:Registered[0] | Should -Be 'ConnectSyncIdentity-Restore'
            $script:Registered[1] | Should -Be 'True False 00:15:00 False', 'False True  False'
        }
    }

    It 'must be proven by a run of itself, and remove the task by which older programs proved it' {
        InModuleScope 'ConnectSyncHost' {
            Mock -CommandName Unregister-CsiTask -MockWith { $script:Gone = $Name }
            Mock -CommandName Start-ScheduledTask -MockWith {
                $script:Asked = Read-CsiProofRequest
                Write-CsiProof -Text $script:Proof
            }
            foreach ($script:Proof in 'proven', 'access denied') {
                $answer = Confirm-CsiRestoreTask
                $script:Asked | Should -BeTrue
                $answer.proven | Should -Be ($script:Proof -eq 'proven')
            }
            $answer.problem | Should -Be 'access denied'
            $script:Gone | Should -Be 'ConnectSyncIdentity-Prove'
            Should -Invoke -CommandName Start-ScheduledTask -ParameterFilter { $TaskName -eq 'ConnectSyncIdentity-Restore' } -Times 2 -Exactly
            @([IO.Directory]::GetFiles($script:Folder, 'proof*')).Count | Should -Be 0
        }
    }

    It 'must take a request for a proof once, and none that is old' {
        InModuleScope 'ConnectSyncHost' {
            $file = Join-Path -Path $script:Folder -ChildPath 'proof-request.txt'
            [IO.File]::WriteAllText($file, 'x')
            Read-CsiProofRequest | Should -BeTrue
            Read-CsiProofRequest | Should -BeFalse
            [IO.File]::WriteAllText($file, 'x')
            [IO.File]::SetLastWriteTimeUtc($file, [DateTime]::UtcNow.AddMinutes(-10))
            Read-CsiProofRequest | Should -BeFalse
            [IO.File]::Exists($file) | Should -BeFalse
        }
    }
}

Describe 'A run of the restore task' {
    BeforeEach {
        InModuleScope 'ConnectSyncHost' {
            $script:Operation = 'restore'; $script:Enabled = $false; $script:RestoreTries = 3; $script:Waited = 0
            $script:Lock = [pscustomobject] @{ acquired = $true; abandoned = $false; holder = $null; foreign = $false }
            $script:Record = [pscustomobject] @{
                operation = 'register'; server = 's'; startedAt = '2026-01-01T00:00:00.000Z'; deadline = '2026-01-01T00:10:00.000Z'
                syncCycleEnabled = $true
            }
            Mock -CommandName Read-CsiProofRequest -MockWith { $false }
            Mock -CommandName Get-CsiService -MockWith { [pscustomobject] @{ status = 'Running' } }
            Mock -CommandName Enter-CsiLock -MockWith { $script:Lock }
            Mock -CommandName Exit-CsiLock -MockWith { }
            Mock -CommandName Read-CsiPauseRecord -MockWith { $script:Record }
            Mock -CommandName Get-CsiScheduler -MockWith { [pscustomobject] @{ SyncCycleEnabled = $script:Enabled } }
            Mock -CommandName Set-CsiSyncCycleEnabled -MockWith { $script:Enabled = $Enabled }
            Mock -CommandName Remove-CsiPauseRecord -MockWith { $script:Record = $null }
            Mock -CommandName Test-CsiRestoreTask -MockWith { $true }
            Mock -CommandName Unregister-CsiRestoreTask -MockWith { }
            Mock -CommandName Register-CsiRestoreTask -MockWith { }
            Mock -CommandName Wait-CsiTime -MockWith { $script:Waited += $Seconds }
            Mock -CommandName Get-CsiTime -MockWith { '2026-01-01T00:05:00.000Z' }
            Mock -CommandName Get-CsiCaller -MockWith { [pscustomobject] @{ account = 'NT AUTHORITY\SYSTEM' } }
            Mock -CommandName Write-CsiEvent -MockWith { }
            Mock -CommandName Write-CsiProof -MockWith { }
            Mock -CommandName Write-ErrorLine -MockWith { }
        }
    }

    It 'must switch the scheduler on, remove record and task, and write that to the event log' {
        InModuleScope 'ConnectSyncHost' {
            Invoke-Restore | Should -Be 0
            $script:Enabled, $script:Record | Should -Be $true, $null
            Should -Invoke -CommandName Unregister-CsiRestoreTask -Times 1 -Exactly
            Should -Invoke -CommandName Write-CsiEvent -Times 1 -Exactly -ParameterFilter { $Id -eq 5 -and $Text -like '*By: NT AUTHORITY\SYSTEM*' }
            Should -Invoke -CommandName Register-CsiRestoreTask -Times 0 -Exactly
        }
    }

    It 'must leave a scheduler off that no record says was on' {
        InModuleScope 'ConnectSyncHost' {
            $script:Record = $null
            Invoke-Restore | Should -Be 0
            $script:Enabled | Should -BeFalse
            Should -Invoke -CommandName Unregister-CsiRestoreTask -Times 1 -Exactly
        }
    }

    It 'must see to it that it runs again if it did not succeed, also where it was registered to run once' {
        InModuleScope 'ConnectSyncHost' {
            Mock -CommandName Get-CsiService -MockWith { [pscustomobject] @{ status = 'Stopped' } }
            Invoke-Restore | Should -Be 4
            Should -Invoke -CommandName Register-CsiRestoreTask -Times 1 -Exactly
            Should -Invoke -CommandName Write-CsiEvent -Times 1 -Exactly -ParameterFilter { $Id -eq 6 }
            Should -Invoke -CommandName Unregister-CsiRestoreTask -Times 0 -Exactly
        }
    }

    It 'must wait for a service that does not answer yet' {
        InModuleScope 'ConnectSyncHost' {
            $script:Asked = 0
            Mock -CommandName Get-CsiService -MockWith { $script:Asked++; if ($script:Asked -lt 3) { throw 'starting' }; [pscustomobject] @{ status = 'Running' } }
            Invoke-Restore | Should -Be 0
            $script:Enabled | Should -BeTrue
        }
    }

    It 'must wait for a run that holds the lock, and change nothing meanwhile' {
        InModuleScope 'ConnectSyncHost' {
            $script:Lock = [pscustomobject] @{ acquired = $false; abandoned = $false; holder = 'register'; foreign = $false }
            Invoke-Restore | Should -Be 4
            $script:Enabled | Should -BeFalse
        }
    }

    It 'must not wait for a foreign lock once the deadline is over' {
        InModuleScope 'ConnectSyncHost' {
            $script:Lock = [pscustomobject] @{ acquired = $false; abandoned = $false; holder = 'visitor'; foreign = $true }
            Invoke-Restore | Should -Be 4
            $script:Enabled | Should -BeFalse
            Mock -CommandName Get-CsiTime -MockWith { '2026-01-01T00:10:00.000Z' }
            Invoke-Restore | Should -Be 0
            $script:Enabled | Should -BeTrue
            Should -Invoke -CommandName Exit-CsiLock -Times 0 -Exactly
        }
    }

    It 'that is only to prove that it can must write the value that the scheduler has, and take no lock' {
        InModuleScope 'ConnectSyncHost' {
            Mock -CommandName Read-CsiProofRequest -MockWith { $true }
            foreach ($script:Enabled in $true, $false) {
                $value = $script:Enabled
                Invoke-Restore | Should -Be 0
                $script:Enabled | Should -Be $value
            }
            Should -Invoke -CommandName Set-CsiSyncCycleEnabled -Times 2 -Exactly
            Should -Invoke -CommandName Write-CsiProof -Times 2 -Exactly -ParameterFilter { $Text -eq 'proven' }
            Should -Invoke -CommandName Enter-CsiLock -Times 0 -Exactly
            Should -Invoke -CommandName Unregister-CsiRestoreTask -Times 0 -Exactly
        }
    }

    It 'that is to prove that it can must say why it cannot' {
        InModuleScope 'ConnectSyncHost' {
            Mock -CommandName Read-CsiProofRequest -MockWith { $true }
            Mock -CommandName Set-CsiSyncCycleEnabled -MockWith { throw (New-Failure -Type 'InvalidOperationException' -Message 'no rights' -Code 5) }
            Invoke-Restore | Should -Be 0
            Should -Invoke -CommandName Write-CsiProof -Times 1 -Exactly -ParameterFilter { $Text -eq 'no rights (0x00000005)' }
        }
    }
}

Describe 'The way back of the scheduler' {
    BeforeEach {
        InModuleScope 'ConnectSyncHost' {
            $script:Waited = 0; $script:Tries = 0
            Mock -CommandName Wait-CsiTime -MockWith { $script:Waited += $Seconds }
            Mock -CommandName Get-CsiScheduler -MockWith { [pscustomobject] @{ SyncCycleEnabled = $false } }
            Mock -CommandName Set-CsiSyncCycleEnabled -MockWith { $script:Tries++; throw (New-Failure -Type 'TimeoutException' -Message 'restarting' -Code 7) }
        }
    }

    It 'must be tried for three minutes, and then be refused with the last reason' {
        InModuleScope 'ConnectSyncHost' {
            try { Set-SchedulerBack -Enabled $true -Cause 'the cmdlet failed' } catch { $refusal = $_.Exception }
            $refusal.Data['HostError'].code | Should -Be 'SCHEDULER_NOT_RESTORED'
            $refusal.Data['HostError'].actual | Should -Be 'restarting (0x00000007); before that: the cmdlet failed'
            $script:Waited, $script:Tries | Should -Be 180, 17
        }
    }

    It 'must remove the record before the task' {
        InModuleScope 'ConnectSyncHost' {
            $script:Order = @()
            Mock -CommandName Remove-CsiPauseRecord -MockWith { $script:Order += 'record' }
            Mock -CommandName Test-CsiRestoreTask -MockWith { $true }
            Mock -CommandName Unregister-CsiRestoreTask -MockWith { $script:Order += 'task' }
            Remove-PauseTrace
            $script:Order | Should -Be 'record', 'task'
        }
    }
}

Describe 'A cmdlet that does not end' {
    BeforeEach {
        InModuleScope 'ConnectSyncHost' -Parameters @{ Folder = "$TestDrive" } {
            $script:Folder = $Folder
            Mock -CommandName Find-CsiDataFolder -MockWith { $script:Folder }
            Mock -CommandName Initialize-CsiDataFolder -MockWith { $script:Folder }
            Mock -CommandName Get-CsiProduct -MockWith { [pscustomobject] @{ modulePath = 'ADSync' } }
            $script:Child = [pscustomobject] @{ Id = 4711; ExitCode = 0 }
            $script:Child | Add-Member -MemberType ScriptMethod -Name WaitForExit -Value { param($Milliseconds) $Milliseconds -lt 0 }
            $script:Child | Add-Member -MemberType ScriptMethod -Name Dispose -Value { }
            Mock -CommandName Get-CsiProgramPath -MockWith { 'ConnectSyncHost.ps1' }
            Mock -CommandName Start-CsiDetached -MockWith { $script:Child }
        }
    }

    It 'and cannot be ended must say so, with its process' {
        InModuleScope 'ConnectSyncHost' {
            Mock -CommandName Stop-CsiProcessTree -MockWith { $false } -RemoveParameterType 'Process'
            $outcome = Invoke-CsiChildCmdlet -Cmdlet 'Add-X' -Argument @{} -Seconds 1
            $outcome.outcome, $outcome.message | Should -Be 'timed-out', 'Add-X did not end within 1 seconds, and its process 4711 cannot be ended.'
        }
    }

    It 'but wrote how it ended at the very moment must count' {
        InModuleScope 'ConnectSyncHost' {
            Mock -CommandName Start-CsiDetached -MockWith {
                $script:OutcomeFile = [regex]::Match("$($PesterBoundParameters.Values)", 'Outcome=([0-9a-f]{32})').Groups[1].Value
                $script:Child
            }
            Mock -CommandName Stop-CsiProcessTree -RemoveParameterType 'Process' -MockWith {
                [IO.File]::WriteAllText((Join-Path -Path $script:Folder -ChildPath "cmdlet-$script:OutcomeFile.txt"), "completed`r`n")
                $true
            }
            (Invoke-CsiChildCmdlet -Cmdlet 'Add-X' -Argument @{} -Seconds 1).outcome | Should -Be 'completed'
            @([IO.Directory]::GetFiles($script:Folder, 'cmdlet-*')).Count | Should -Be 0
        }
    }

    It 'in its run must be reported by the next one' {
        InModuleScope 'ConnectSyncHost' {
            [IO.File]::WriteAllText((Join-Path -Path $script:Folder -ChildPath 'cmdlet-00.txt'), "failed`r`nSystem.Exception: late`r`n")
            @(Remove-CsiLeftOutcome) | Should -Match '^failed at 20.*Z System\.Exception: late$'
            @(Remove-CsiLeftOutcome).Count | Should -Be 0
        }
    }
}

Describe 'The event log' {
    It 'must be read by an XPath that needs no messages, within its bounds' {
        InModuleScope 'ConnectSyncHost' {
            Mock -CommandName Get-WinEvent -MockWith {
                [pscustomobject] @{ TimeCreated = [DateTime] '2026-01-02'; Id = 2; Message = 'y' * 3000; Properties = @() }
                [pscustomobject] @{ TimeCreated = [DateTime] '2026-01-01'; Id = 1; Message = 'x'; Properties = @() }
            }
            $found = @(Get-CsiChange -Hours 24)
            $found.id | Should -Be 1, 2
            $found[1].message.Length | Should -Be 1000
            Should -Invoke -CommandName Get-WinEvent -Times 1 -Exactly -ParameterFilter {
                $LogName -eq 'Application' -and $MaxEvents -eq 20 -and
                $FilterXPath -eq "*[System[Provider[@Name='ConnectSyncIdentity'] and TimeCreated[timediff(@SystemTime) <= 86400000]]]"
            }
            @(Get-CsiChange -Hours 0).Count | Should -Be 0
        }
    }

    It 'without an entry of this program must be no failure, and any other one must be' {
        InModuleScope 'ConnectSyncHost' {
            $script:ErrorId = 'NoMatchingEventsFound'
            Mock -CommandName Get-WinEvent -MockWith {
                $exception = New-Object -TypeName Exception -ArgumentList 'No events were found.'
                throw (New-Object -TypeName Management.Automation.ErrorRecord -ArgumentList $exception, $script:ErrorId, 'ObjectNotFound', $null)
            }
            @(Get-CsiChange -Hours 24).Count | Should -Be 0
            $script:ErrorId = 'AccessDenied'
            { Get-CsiChange -Hours 24 } | Should -Throw
        }
    }

    It 'that takes no entry must end nothing, and must be reported' {
        InModuleScope 'ConnectSyncHost' {
            $script:Operation = 'register'; $script:Server = 'sync01'; $script:Step = @{ Lines = 0; Text = ''; Due = 0 }
            Mock -CommandName Get-CsiCaller -MockWith { [pscustomobject] @{ account = 'me' } }
            Mock -CommandName Write-CsiEvent -MockWith { throw (New-Object -TypeName Security.SecurityException -ArgumentList 'denied') }
            Mock -CommandName Write-ErrorLine -MockWith { $script:Printed = $Text }
            Write-Change -Kind 'changed' -Line 'x'
            $script:Printed | Should -Be 'sync01: the event log of the server took no entry'
        }
    }

    It 'must get what was changed, by whom, in which run, and no certificate' {
        InModuleScope 'ConnectSyncHost' {
            $script:Operation = 'ensure-certificate'; $script:Server = 'sync01'; $script:Nonce = 'a' * 32
            Mock -CommandName Get-CsiCaller -MockWith { [pscustomobject] @{ account = 'SYNC01\me' } }
            Mock -CommandName Write-CsiEvent -MockWith { $script:Entry = "$Id $Text" }
            $result = [ordered] @{ before = $null; after = [ordered] @{ sha256 = 'ab'; certificate = 'MIIC' } }
            Write-AnswerChange -Answer ([ordered] @{ ok = $true; changed = $true; result = $result; error = $null })
            $script:Entry -split "`r`n" | Should -Be @(
                '1 ConnectSyncIdentity changed this server.', 'before: null', 'after: {"sha256":"ab","certificate":"..."}'
                'Operation: ensure-certificate of sync01', 'By: SYNC01\me', "Run: $('a' * 32)"
            )
            $script:Entry = ''
            Write-AnswerChange -Answer ([ordered] @{ ok = $true; changed = $false; result = $result; error = $null })
            $script:Entry | Should -Be ''
            $script:Nonce = ''
        }
    }
}

Describe 'A failure' {
    It 'must be reported by its innermost text and HRESULT, whatever called it' {
        InModuleScope 'ConnectSyncHost' -Parameters @{ Missing = (Join-Path -Path "$TestDrive" -ChildPath 'none/none.txt') } {
            Mock -CommandName Get-CsiHost -MockWith { [pscustomobject] @{ computerName = 'SYNC01' } }
            try { [IO.File]::ReadAllText($Missing) } catch { $failure = $_.Exception }
            $failure.Message | Should -BeLike 'Exception calling*'
            $actual = (ConvertTo-Refusal -Exception $failure).Data['HostError'].actual
            $actual | Should -BeLike 'Could not find a part of the path*(0x80070003)'
            $lost = New-Object -TypeName Collections.ArrayList
            [void] (Read-OptionalFact -Field 'x' -Unreadable $lost -Read { [IO.File]::ReadAllText($Missing) })
            $lost[0].reason | Should -Be $actual
        }
    }

    It 'with a foreign folder must name the owner, and not ask for another group' {
        InModuleScope 'ConnectSyncHost' {
            $refusal = ConvertTo-Refusal -Exception (New-CsiException -Kind 'foreign-folder' -Message 'C:\x belongs to SYNC01\visitor')
            $refusal.Data['HostError'].code, $refusal.Data['HostError'].actual |
                Should -Be 'DATA_FOLDER_FOREIGN', 'C:\x belongs to SYNC01\visitor'
            $refusal.Data['HostError'].remedy | Should -Not -BeLike '*Administrators group*'
        }
    }
}
