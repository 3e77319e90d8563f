<# Windows/DataFolder.ps1, Record.ps1, Lock.ps1 and Tpm.ps1 #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiWindows' {
    BeforeAll {
        $folder = Join-Path -Path $TestDrive -ChildPath 'data'
        $administrators = 'S-1-5-32-544'
        function Set-Folder {
            # The folder as an owner made it, empty; none without an owner.
            param([object] $Owner = $administrators)
            if ([IO.Directory]::Exists($folder)) { [IO.Directory]::Delete($folder, $true) }
            [CsiStub.Windows]::Reset(@('GetAccessControl', 'SetAccessControl', 'CreateDirectory', 'MutexAcl.Create', 'Mutex.WaitOne',
                    'Mutex.ReleaseMutex', 'MutexAcl.OpenExisting', 'Mutex.GetAccessControl', 'WindowsIdentity.GetCurrent',
                    'SecurityIdentifier.Translate'))
            if ($null -eq $Owner) { return }
            [void] [IO.Directory]::CreateDirectory($folder)
            $security = New-CsiFolderSecurity
            $security.SetOwner((New-CsiSid -Value $Owner))
            [CsiStub.Windows]::Security[(New-Object -TypeName IO.DirectoryInfo -ArgumentList $folder).FullName] = $security
        }
        function Get-Leftover { return @(Get-ChildItem -LiteralPath $folder | ForEach-Object { $_.Name } | Sort-Object) }
        function Set-File {
            param([string] $Name, [string] $Text)
            [IO.File]::WriteAllText((Join-Path -Path $folder -ChildPath $Name), $Text)
        }
        $pause = [ordered] @{
            operation = 'register'; server = 's'; startedAt = '2026-07-01T10:00:00.000Z'; deadline = '2026-07-01T10:10:00.000Z'
            syncCycleEnabled = $true
        }
        $switch = [ordered] @{ since = '2026-07-01T10:00:00.000Z'; appId = 'a'; certificateSha256 = 'b'; command = 'Add-It -Now' }
        $own = Get-CsiDataPath
    }

    Describe 'Get-CsiDataPath' {
        It 'normal: must be the program''s folder below ProgramData' {
            $own | Should -BeExactly ([IO.Path]::Combine([Environment]::GetFolderPath('CommonApplicationData'), 'ConnectSyncIdentity'))
        }
    }

    Describe 'The folder of records' {
        BeforeEach {
            Mock Get-CsiDataPath { $folder }
            Set-Folder
        }

        Describe 'New-CsiFolderSecurity' {
            It 'normal: all for administrators and SYSTEM, inherited below, nothing from above' {
                $found = New-CsiFolderSecurity
                @($found.Rules | ForEach-Object { "$_" }) | Should -Be @(
                    'Allow S-1-5-32-544 FullControl ContainerInherit, ObjectInherit'
                    'Allow S-1-5-18 FullControl ContainerInherit, ObjectInherit')
                "$($found.AreAccessRulesProtected) $($found.Owner.Value)" | Should -BeExactly 'True S-1-5-32-544'
            }
        }

        Describe 'Find-CsiDataFolder' {
            It 'normal: must be a folder of administrators or SYSTEM: <owner>' -ForEach @(
                @{ owner = 'S-1-5-32-544' }, @{ owner = 'S-1-5-18' }
            ) {
                Set-Folder -Owner $owner
                Find-CsiDataFolder | Should -BeExactly $folder
            }
            It 'absent: must be null' {
                Set-Folder -Owner $null
                Find-CsiDataFolder | Should -Be $null
            }
            It 'broken: a folder that a user made must be refused' {
                Set-Folder -Owner 'S-1-5-21-1-2-3-1107'
                [CsiStub.Windows]::Accounts['CORP\visitor'] = 'S-1-5-21-1-2-3-1107'
                $failure = Get-Failure { Find-CsiDataFolder }
                $failure.Data['CsiKind'] | Should -BeExactly 'foreign-folder'
                $failure.Message | Should -BeExactly "$folder belongs to CORP\visitor"
            }
            It 'broken: a link must be refused' {
                Set-Folder
                [IO.Directory]::Delete($folder, $true)
                [void] (New-Item -ItemType SymbolicLink -Path $folder -Target $TestDrive)
                (Get-Failure { Find-CsiDataFolder }).Message | Should -BeLike '*is a link*'
                [IO.Directory]::Delete($folder)
            }
            It 'denied: what Windows throws must reach the caller' {
                [CsiStub.Windows]::Faults['GetAccessControl'] = New-Object -TypeName UnauthorizedAccessException
                (Get-Failure { Find-CsiDataFolder }).GetBaseException() | Should -BeOfType ([UnauthorizedAccessException])
            }
        }

        Describe 'Initialize-CsiDataFolder' {
            It 'absent: must make it with its security' {
                Set-Folder -Owner $null
                Initialize-CsiDataFolder | Should -BeExactly $folder
                [IO.Directory]::Exists($folder) | Should -BeTrue
                [CsiStub.Windows]::Calls | Should -Contain 'CreateDirectory'
                [CsiStub.Windows]::Security[$folder].Owner.Value | Should -BeExactly $administrators
            }
            It 'normal: must set rules that are inherited, and leave others' {
                [void] (Initialize-CsiDataFolder)
                [CsiStub.Windows]::Calls | Should -Not -Contain 'SetAccessControl data'
                [CsiStub.Windows]::Security[$folder].AreAccessRulesProtected = $false
                [void] (Initialize-CsiDataFolder)
                [CsiStub.Windows]::Security[$folder].AreAccessRulesProtected | Should -BeTrue
            }
            It 'denied: a folder of someone else must be refused, and its rules stay' {
                Set-Folder -Owner 'S-1-5-21-1-2-3-1107'
                [void] (Get-Failure { Initialize-CsiDataFolder })
                [CsiStub.Windows]::Calls | Should -Not -Contain 'SetAccessControl data'
            }
            It 'broken: rules that cannot be set must reach the caller' {
                [CsiStub.Windows]::Security[$folder].AreAccessRulesProtected = $false
                [CsiStub.Windows]::Faults['SetAccessControl'] = New-Object -TypeName IO.IOException -ArgumentList 'disk'
                (Get-Failure { Initialize-CsiDataFolder }).GetBaseException() | Should -BeOfType ([IO.IOException])
            }
        }

        Describe 'Write-CsiPauseRecord' {
            It 'normal: must be read again as it was written' {
                Write-CsiPauseRecord -Record $pause
                ConvertTo-Json -InputObject (Read-CsiPauseRecord) -Compress |
                    Should -BeExactly (ConvertTo-Json -InputObject $pause -Compress)
            }
            It 'denied: a folder of someone else must be refused' {
                Set-Folder -Owner 'S-1-5-21-1-2-3-1107'
                [void] (Get-Failure { Write-CsiPauseRecord -Record $pause })
                @(Get-Leftover).Count | Should -Be 0
            }
        }

        Describe 'Read-CsiPauseRecord' {
            It 'normal: must read a record of an older program too' {
                Set-File -Name 'pause.json' -Text ('{"operation":"register","server":"s","startedAt":"2026-07-01T10:00:00.000Z",' +
                    '"deadline":"2026-07-01T10:02:00.000Z","syncCycleEnabled":true}')
                $found = Read-CsiPauseRecord
                "$($found.startedAt) $($found.deadline) $($found.syncCycleEnabled)" |
                    Should -BeExactly '2026-07-01T10:00:00.000Z 2026-07-01T10:02:00.000Z True'
            }
            It 'absent: without folder or record there is none' {
                Read-CsiPauseRecord | Should -Be $null
                Set-Folder -Owner $null
                Read-CsiPauseRecord | Should -Be $null
            }
            It 'denied: a folder of someone else must be refused, not believed' {
                Set-Folder -Owner 'S-1-5-21-1-2-3-1107'
                Set-File -Name 'pause.json' -Text '{}'
                [void] (Get-Failure { Read-CsiPauseRecord })
            }
            It 'broken: a record that is cut off must fail, and stay' {
                Set-File -Name 'pause.json' -Text '{"operation":"reg'
                (Get-Failure { Read-CsiPauseRecord }).Data['CsiKind'] | Should -BeExactly 'broken-record'
                Get-Leftover | Should -Be 'pause.json'
            }
        }

        Describe 'Move-CsiBrokenRecord' {
            It 'normal: must move the record of the name aside, and nothing else' {
                Set-File -Name 'pause.json' -Text '{"operation":"reg'
                Set-File -Name 'sign-in.json' -Text '{}'
                $found = Move-CsiBrokenRecord -Name 'pause'
                Get-Leftover | Should -Be @([IO.Path]::GetFileName($found), 'sign-in.json')
                $found | Should -BeLike ([IO.Path]::Combine($folder, 'pause.json.broken-*'))
                Read-CsiPauseRecord | Should -Be $null
            }
            It 'absent: must be null' { Move-CsiBrokenRecord -Name 'verification' | Should -Be $null }
        }

        Describe 'Remove-CsiPauseRecord' {
            It 'normal: must remove it and nothing else' {
                Set-File -Name 'pause.json' -Text '{}'
                Set-File -Name 'sign-in.json' -Text '{}'
                Remove-CsiPauseRecord
                Get-Leftover | Should -Be 'sign-in.json'
            }
            It 'absent: must be no failure' { { Remove-CsiPauseRecord } | Should -Not -Throw }
        }

        Describe 'Get-CsiSwitchRecordPath' {
            It 'normal: must be the record''s name with json or txt' {
                Get-CsiSwitchRecordPath -Folder $folder -Name 'sign-in' | Should -BeExactly ([IO.Path]::Combine($folder, 'sign-in.json'))
                Get-CsiSwitchRecordPath -Folder $folder -Name 'sign-in' -Extension 'txt' |
                    Should -BeExactly ([IO.Path]::Combine($folder, 'sign-in.txt'))
            }
        }

        Describe 'Write-CsiSwitchRecord' {
            It 'normal: <name> must be read again as it was written, with a text for a person: <files>' -ForEach @(
                @{ name = 'sign-in'; files = @('sign-in.json', 'sign-in.txt') }, @{ name = 'verification'; files = @('verification.json') }
            ) {
                Write-CsiSwitchRecord -Name $name -Record $switch
                ConvertTo-Json -InputObject (Read-CsiSwitchRecord -Name $name) -Compress |
                    Should -BeExactly (ConvertTo-Json -InputObject $switch -Compress)
                Get-Leftover | Should -Be $files
            }
            It 'denied: a folder of someone else must be refused' {
                Set-Folder -Owner 'S-1-5-21-1-2-3-1107'
                [void] (Get-Failure { Write-CsiSwitchRecord -Name 'sign-in' -Record $switch })
            }
        }

        Describe 'Read-CsiSwitchRecord' {
            It 'normal: a record without a command must have none' {
                Set-File -Name 'verification.json' -Text ('{"since":"2026-07-01T10:00:00.000Z",' +
                    '"appId":"a","certificateSha256":"b","command":null}')
                (Read-CsiSwitchRecord -Name 'verification').command | Should -Be $null
            }
            It 'absent: without folder or record there is none' {
                Read-CsiSwitchRecord -Name 'sign-in' | Should -Be $null
                Set-Folder -Owner $null
                Read-CsiSwitchRecord -Name 'sign-in' | Should -Be $null
            }
            It 'broken: <text> must fail with the file' -ForEach @(@{ text = '{' }, @{ text = '{}' }, @{ text = '{"since":"soon"}' }) {
                Set-File -Name 'sign-in.json' -Text $text
                $failure = Get-Failure { Read-CsiSwitchRecord -Name 'sign-in' }
                $failure.Message | Should -BeLike '*sign-in.json*'
                $failure.Data['CsiKind'] | Should -BeExactly 'broken-record'
            }
            It 'denied: a folder of someone else must be refused' {
                Set-Folder -Owner 'S-1-5-21-1-2-3-1107'
                [void] (Get-Failure { Read-CsiSwitchRecord -Name 'sign-in' })
            }
        }

        Describe 'Get-CsiSignInText' {
            It 'normal: must name server, time, identity and the one command' {
                $text = Get-CsiSignInText -Record ([pscustomobject] $switch)
                foreach ($part in [Environment]::MachineName, '2026-07-01T10:00', 'Add-It -Now', 'application  a', 'certificate  b') {
                    $text | Should -BeLike "*$part*"
                }
            }
        }

        Describe 'Remove-CsiSwitchRecord' {
            It 'normal: must remove record and text of the one name' {
                Write-CsiSwitchRecord -Name 'sign-in' -Record $switch
                Write-CsiSwitchRecord -Name 'verification' -Record $switch
                Remove-CsiSwitchRecord -Name 'sign-in'
                Get-Leftover | Should -Be 'verification.json'
            }
            It 'absent: must be no failure' { { Remove-CsiSwitchRecord -Name 'sign-in' } | Should -Not -Throw }
        }

        Describe 'New-CsiMutex' {
            It 'normal: administrators and SYSTEM must both be able to open it' {
                [void] (New-CsiMutex)
                [CsiStub.Windows]::Calls[-1] | Should -BeExactly 'MutexAcl.Create Global\ConnectSyncIdentity'
                [CsiStub.MutexAcl]::Given.Rules | Should -Be @('Allow S-1-5-32-544 FullControl', 'Allow S-1-5-18 FullControl')
                [CsiStub.MutexAcl]::Given.Owner.Value | Should -BeExactly $administrators
            }
        }

        Describe 'Get-CsiMutexOwner' {
            It 'normal: must be the owner of the one that is open, which stays open' {
                [CsiStub.Windows]::MutexOwner = 'S-1-5-21-1-2-3-1107'
                Get-CsiMutexOwner -Mutex (New-Object -TypeName CsiStub.Mutex) | Should -BeExactly 'S-1-5-21-1-2-3-1107'
                [CsiStub.Windows]::Calls | Should -Be 'Mutex.GetAccessControl'
            }
            It 'normal: must open one that is not for its owner only, and close it' {
                Get-CsiMutexOwner | Should -BeExactly $administrators
                [CsiStub.Windows]::Calls | Should -Be @(
                    'MutexAcl.OpenExisting Global\ConnectSyncIdentity ReadPermissions', 'Mutex.GetAccessControl', 'Mutex.Dispose')
            }
            It '<case>: one that does not open (<type>) must be unknown' -ForEach @(
                @{ case = 'absent'; type = 'Threading.WaitHandleCannotBeOpenedException' }
                @{ case = 'denied'; type = 'UnauthorizedAccessException' }
            ) {
                [CsiStub.Windows]::Faults['MutexAcl.OpenExisting'] = New-Object -TypeName $type
                Get-CsiMutexOwner | Should -Be $null
            }
            It 'broken: one that does not show its owner must be unknown, and be closed' {
                [CsiStub.Windows]::Faults['Mutex.GetAccessControl'] = New-Object -TypeName IO.IOException
                Get-CsiMutexOwner | Should -Be $null
                [CsiStub.Windows]::Calls[-1] | Should -BeExactly 'Mutex.Dispose'
            }
        }

        Describe 'New-CsiTakenLock' {
            BeforeEach {
                Mock Get-CsiAccountName { "name of $Sid" }
                Mock Get-CsiMutexOwner { $owner }
                Mock Get-CsiLockHolder { $holder }
            }
            It '<case>: a mutex of "<owner>" that "<holder>" says to hold must be of "<shown>", foreign: <foreign>' -ForEach @(
                @{ case = 'normal'; owner = 'S-1-5-32-544'; holder = 'register'; shown = 'register'; foreign = $false }
                @{ case = 'normal'; owner = 'S-1-5-18'; holder = $null; shown = $null; foreign = $false }
                @{ case = 'normal'; owner = 'S-1-5-21-7'; holder = 'register'; shown = 'register'; foreign = $false }
                @{
                    case = 'normal'; owner = 'S-1-5-21-7'; holder = $null; foreign = $true
                    shown = 'Global\ConnectSyncIdentity of name of S-1-5-21-7'
                }
                @{ case = 'absent'; owner = $null; holder = $null; shown = $null; foreign = $false }
            ) {
                $found = New-CsiTakenLock -Mutex (New-Object -TypeName CsiStub.Mutex)
                "$($found.acquired) $($found.abandoned) $($found.foreign)" | Should -BeExactly "False False $foreign"
                $found.holder | Should -BeExactly $shown
            }
            It '<case>: one that does not open must be foreign, with the reason, whoever says to hold it' -ForEach @(
                @{ case = 'denied'; owner = 'S-1-5-32-544'; whose = 'name of S-1-5-32-544' }
                @{ case = 'broken'; owner = $null; whose = 'an owner that Windows does not show' }
            ) {
                $holder = 'register'
                $found = New-CsiTakenLock -Problem 'refused (0x80070005)'
                "$($found.acquired) $($found.foreign)" | Should -BeExactly 'False True'
                $found.holder | Should -BeExactly "Global\ConnectSyncIdentity of ${whose}: refused (0x80070005)"
            }
        }

        Describe 'Get-CsiLockHolder' {
            It 'normal: must be what the holder wrote' {
                Set-File -Name 'lock.txt' -Text "register (process 1)`r`n"
                Get-CsiLockHolder | Should -BeExactly 'register (process 1)'
            }
            It 'absent: must be unknown' { Get-CsiLockHolder | Should -Be $null }
            It 'denied: a file that is held must be unknown' {
                Mock Start-Sleep { }
                Set-File -Name 'lock.txt' -Text 'x'
                $held = [IO.File]::Open((Join-Path -Path $folder -ChildPath 'lock.txt'), 'Open', 'ReadWrite', 'None')
                try { Get-CsiLockHolder | Should -Be $null } finally { $held.Dispose() }
            }
        }

        Describe 'Enter-CsiLock' {
            AfterEach { if ($null -ne $script:CsiMutex) { Exit-CsiLock } }
            It 'normal: must take it without waiting, and write who holds it' {
                $found = Enter-CsiLock -Operation 'register'
                "$($found.acquired) $($found.abandoned)" | Should -BeExactly 'True False'
                [CsiStub.Windows]::Calls | Should -Contain 'Mutex.WaitOne 0'
                Get-CsiLockHolder | Should -BeLike "register (process $PID of CORP\svc-pulumi, since 20*Z)"
            }
            It 'normal: one whose holder died must be taken over' {
                [CsiStub.Windows]::Mutex = 'abandoned'
                $found = Enter-CsiLock -Operation 'register'
                "$($found.acquired) $($found.abandoned)" | Should -BeExactly 'True True'
            }
            It 'absent: one that another holds must not be taken, and its holder be named' {
                [CsiStub.Windows]::Mutex = 'held'
                Set-File -Name 'lock.txt' -Text 'rollback'
                $found = Enter-CsiLock -Operation 'register'
                "$($found.acquired) $($found.holder) $($found.foreign)" | Should -BeExactly 'False rollback False'
                Get-CsiLockHolder | Should -BeExactly 'rollback'
                [CsiStub.Windows]::Calls[-1] | Should -BeExactly 'Mutex.Dispose'
            }
            It 'denied: one that may not be opened must count as held, by who owns it' {
                [CsiStub.Windows]::Faults['MutexAcl.Create'] = New-Object -TypeName UnauthorizedAccessException -ArgumentList 'denied.'
                [CsiStub.Windows]::MutexOwner = 'S-1-5-21-7'
                $found = Enter-CsiLock -Operation 'register'
                "$($found.acquired) $($found.foreign)" | Should -BeExactly 'False True'
                $found.holder | Should -BeExactly 'Global\ConnectSyncIdentity of S-1-5-21-7: denied (0x80070005)'
            }
            It 'broken: what has the name and is no mutex must count as held' {
                [CsiStub.Windows]::Faults['MutexAcl.Create'] = New-Object -TypeName Threading.WaitHandleCannotBeOpenedException
                $found = Enter-CsiLock -Operation 'register'
                "$($found.acquired) $($found.foreign)" | Should -BeExactly 'False True'
            }
            It 'broken: any other failure must reach the caller, and nothing be held' {
                [CsiStub.Windows]::Faults['MutexAcl.Create'] = New-Object -TypeName IO.IOException -ArgumentList 'odd'
                (Get-Failure { Enter-CsiLock -Operation 'register' }).GetBaseException().Message | Should -BeExactly 'odd'
                $script:CsiMutex | Should -Be $null
            }
            It 'broken: a folder of someone else must not keep it held' {
                Set-Folder -Owner 'S-1-5-21-1-2-3-1107'
                (Get-Failure { Enter-CsiLock -Operation 'register' }).Data['CsiKind'] | Should -BeExactly 'foreign-folder'
                $script:CsiMutex | Should -Be $null
                [CsiStub.Windows]::Mutex | Should -BeExactly 'free'
            }
        }

        Describe 'Exit-CsiLock' {
            It 'normal: must remove the file and release the mutex, once' {
                [void] (Enter-CsiLock -Operation 'register')
                Exit-CsiLock
                @(Get-Leftover).Count | Should -Be 0
                [CsiStub.Windows]::Mutex | Should -BeExactly 'free'
                $calls = [CsiStub.Windows]::Calls.Count
                Exit-CsiLock
                [CsiStub.Windows]::Calls.Count | Should -Be $calls
            }
            It 'denied: must release the mutex even if the file stays' {
                [void] (Enter-CsiLock -Operation 'register')
                Mock Remove-CsiFile { throw (New-CsiException -Kind 'failed' -Message 'in use') }
                Exit-CsiLock
                Should -Invoke Remove-CsiFile -Exactly 1
                [CsiStub.Windows]::Mutex | Should -BeExactly 'free'
                [CsiStub.Windows]::Calls[-1] | Should -BeExactly 'Mutex.Dispose'
            }
        }
    }

    Describe 'Get-CsiTpm' {
        It 'normal: must say whether it is ready, and its specification' {
            Mock Get-Tpm { [pscustomobject] @{ TpmPresent = $true; TpmReady = $false } }
            Mock Get-CimInstance -ParameterFilter { $ClassName -eq 'Win32_Tpm' -and $Namespace -eq 'root/cimv2/Security/MicrosoftTpm' } {
                [pscustomobject] @{ SpecVersion = '2.0, 0, 1.38' }
            }
            $found = Get-CsiTpm
            "$($found.present) $($found.ready) $($found.specVersion)" | Should -BeExactly 'True False 2.0, 0, 1.38'
        }
        It 'absent: without a TPM its class must not be asked' {
            Mock Get-Tpm { [pscustomobject] @{ TpmPresent = $false; TpmReady = $false } }
            $found = Get-CsiTpm
            "$($found.present) $($found.ready)" | Should -BeExactly 'False False'
            $found.specVersion | Should -Be $null
        }
        It '<case>: what Windows throws must reach the caller' -ForEach @(
            @{ case = 'denied'; fault = 'denied' }, @{ case = 'broken'; fault = 'tpm' }
        ) {
            Mock Get-Tpm { throw (New-WindowsError -Kind $fault) }
            { Get-CsiTpm } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }
}
