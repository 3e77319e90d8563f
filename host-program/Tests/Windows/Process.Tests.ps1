<# Windows/Process.ps1, Cmdlet.ps1 and Task.ps1 #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiWindows' {
    BeforeAll {
        $folder = Join-Path -Path $TestDrive -ChildPath 'data'
        [void] [IO.Directory]::CreateDirectory($folder)
    }

    Describe 'Get-CsiPowerShellPath' {
        It 'normal: must be a full path below the system''s folder' {
            Get-CsiPowerShellPath |
                Should -BeExactly ([IO.Path]::Combine([Environment]::SystemDirectory, 'WindowsPowerShell\v1.0\powershell.exe'))
        }
    }

    Describe 'Get-CsiProgramPath' {
        BeforeAll {
            $before = $env:ProgramFiles
            $env:ProgramFiles = Join-Path -Path $TestDrive -ChildPath 'Program Files'
            $program = [IO.Path]::Combine($env:ProgramFiles, 'ConnectSyncIdentity', 'ConnectSyncHost.ps1')
        }
        AfterAll { $env:ProgramFiles = $before }
        It 'absent: a program that is not installed must be not-found, with its path' {
            $failure = Get-Failure { Get-CsiProgramPath }
            $failure.Data['CsiKind'] | Should -BeExactly 'not-found'
            $failure.Message | Should -BeLike "*there is no $program."
        }
        It 'normal: must be the installed program''s file' {
            [void] [IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($program))
            [IO.File]::WriteAllText($program, '')
            Get-CsiProgramPath | Should -BeExactly $program
        }
    }

    Describe 'Get-CsiProgramArgument' {
        BeforeAll { Mock Get-CsiProgramPath { 'C:\P F\x.ps1' } }
        It 'normal: must run the program as a file, in clear text, without an execution policy' {
            Get-CsiProgramArgument -Operation 'restore' |
                Should -BeExactly '-NoProfile -NonInteractive -File "C:\P F\x.ps1" -Operation restore'
            Get-CsiProgramArgument -Operation 'run-cmdlet' -Request 'Add-X A=1' |
                Should -BeExactly '-NoProfile -NonInteractive -File "C:\P F\x.ps1" -Operation run-cmdlet -Request "Add-X A=1"'
        }
        It 'normal: must refuse what could leave its place: <text>' -ForEach @(
            @{ text = '" -Command x' }, @{ text = '$(x)' }, @{ text = "a`n" }, @{ text = 'a;b' }, @{ text = '..\x' }
        ) {
            { Get-CsiProgramArgument -Operation $text } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
            { Get-CsiProgramArgument -Operation 'restore' -Request $text } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
        }
    }

    Describe 'Start-CsiDetached' {
        It 'normal: must start Windows PowerShell through the shell, hidden, so that it inherits no handle' {
            [CsiStub.Windows]::Reset('Process.Start')
            Start-CsiDetached 'exit 7' | Should -BeOfType ([CsiStub.Process])
            $info = [CsiStub.Windows]::Started
            "$($info.UseShellExecute) $($info.WindowStyle)" | Should -BeExactly 'True Hidden'
            $info.FileName | Should -BeExactly (Get-CsiPowerShellPath)
        }
        It '<case>: what Windows throws must reach the caller' -ForEach @(
            @{ case = 'absent'; code = 2 }, @{ case = 'denied'; code = 5 }, @{ case = 'broken'; code = 1455 }
        ) {
            [CsiStub.Windows]::Reset('Process.Start')
            [CsiStub.Windows]::Faults['Process.Start'] = New-Object -TypeName ComponentModel.Win32Exception -ArgumentList $code
            (Get-Failure { Start-CsiDetached 'exit 7' }).GetBaseException().NativeErrorCode | Should -Be $code
        }
    }

    Describe 'Stop-CsiProcessTree' {
        It 'normal: must end the tree by its id, and wait for its end' {
            [CsiStub.Windows]::Reset(@())
            $process = New-Object -TypeName CsiStub.Process
            Mock Start-Process -ParameterFilter { $FilePath -like '*taskkill.exe' -and "$ArgumentList" -eq '/PID 4711 /T /F' } {
                New-Object -TypeName CsiStub.Process
            }
            [void] (Stop-CsiProcessTree -Process $process)
            Should -Invoke Start-Process -Exactly 1
            [CsiStub.Windows]::Calls | Should -Be @('Process.WaitForExit 30000', 'Process.WaitForExit 30000')
        }
        It 'broken: a process that does not end must not be waited for without end' {
            [CsiStub.Windows]::Reset(@())
            $process = New-Object -TypeName CsiStub.Process -Property @{ Ends = $false }
            Mock Start-Process { New-Object -TypeName CsiStub.Process }
            { Stop-CsiProcessTree -Process $process } | Should -Not -Throw
        }
    }

    Describe 'Test-CsiSignInFailure' {
        It 'normal: "<detail>" must be a wish to sign in: <expected>' -ForEach @(
            @{ detail = 'Microsoft.Identity.Client.MsalUiRequiredException: x'; expected = $true }
            @{ detail = 'AADSTS50076: more'; expected = $true }
            @{ detail = 'System.Management.Automation.Host.HostException: no prompt'; expected = $true }
            @{ detail = 'x MissingMandatoryParameter,Add UserPrincipalName'; expected = $true }
            @{ detail = 'UserPrincipalName is missing MissingMandatoryParameter'; expected = $true }
            @{ detail = 'MissingMandatoryParameter CertificateSHA256Hash'; expected = $false }
            @{ detail = 'AADSTS500761: other'; expected = $false }
            @{ detail = 'AADSTS700027: key'; expected = $false }, @{ detail = ''; expected = $false }
        ) {
            Test-CsiSignInFailure -Detail $detail | Should -Be $expected
        }
    }

    Describe 'Get-CsiFailureLine' {
        It 'normal: must be types, messages and HRESULTs of the chain, and the id, one line each' {
            $inner = New-Object -TypeName ArgumentException -ArgumentList 'inner'
            $exception = New-Object -TypeName InvalidOperationException -ArgumentList "two`r`nlines", $inner
            $record = New-Object -TypeName Management.Automation.ErrorRecord -ArgumentList $exception, "an`nid", 'NotSpecified', $null
            Get-CsiFailureLine -Record $record | Should -Be @(
                'System.InvalidOperationException: two lines (0x80131509) | System.ArgumentException: inner (0x80070057)'
                'an id'
            )
        }
    }

    Describe 'Get-CsiOutcomePath' {
        It 'normal: must be a file of the data folder' {
            Mock Initialize-CsiDataFolder { $folder }
            Get-CsiOutcomePath -Outcome ('a' * 32) | Should -BeExactly ([IO.Path]::Combine($folder, "cmdlet-$('a' * 32).txt"))
        }
    }

    Describe 'Invoke-CsiCmdletRequest' {
        BeforeAll { $preference = $global:ConfirmPreference }
        BeforeEach {
            $reported = Join-Path -Path $folder -ChildPath "cmdlet-$('a' * 32).txt"
            $request = "Add-ADSyncApplicationRegistration CertificateSHA256Hash=AB12 ApplicationAppId=11-22 Outcome=$('a' * 32)"
            Mock Initialize-CsiDataFolder { $folder }
            Mock Import-CsiModule { }
            # What is there before the cmdlet ends.
            Mock Add-ADSyncApplicationRegistration {
                $before = [IO.File]::ReadAllText($reported)
                $script:Given = "$CertificateSHA256Hash $ApplicationAppId $($PesterBoundParameters['ErrorAction']) $before"
                'noise'
            }
        }
        AfterEach {
            Set-Variable -Name 'ConfirmPreference' -Scope 'Global' -Value $preference
            Remove-Item -Path $reported -ErrorAction 'SilentlyContinue'
        }
        It 'normal: must report that it begins, run the cmdlet without a question, and report that it completed' {
            Invoke-CsiCmdletRequest -Request $request | Should -Be $null
            $script:Given | Should -BeExactly 'AB12 11-22 Stop started'
            [IO.File]::ReadAllText($reported) | Should -BeExactly 'completed'
            "$global:ConfirmPreference" | Should -BeExactly 'None'
        }
        It 'normal: must not run <what>' -ForEach @(
            @{ what = 'another cmdlet'; bad = "Remove-ADSyncConnector Name=AB Outcome=$('a' * 32)" }
            @{ what = 'one without an argument'; bad = "Add-ADSyncApplicationRegistration ApplicationAppId=1 Outcome=$('a' * 32)" }
            @{
                what = 'more than a cmdlet'
                bad = "Add-ADSyncApplicationRegistration CertificateSHA256Hash=`$(1) ApplicationAppId=1 Outcome=$('a' * 32)"
            }
            @{
                what = 'what it cannot report'
                bad = 'Add-ADSyncApplicationRegistration CertificateSHA256Hash=A ApplicationAppId=1 Outcome=../x'
            }
        ) {
            { Invoke-CsiCmdletRequest -Request $bad } | Should -Throw -ExpectedMessage '*child process*'
            Should -Invoke Add-ADSyncApplicationRegistration -Exactly 0
            @(Get-ChildItem -LiteralPath $folder).Count | Should -Be 0
        }
        It 'absent: a module that does not load must be reported, and the cmdlet not run' {
            Mock Import-CsiModule { throw (New-WindowsError -Kind 'no-module') }
            Invoke-CsiCmdletRequest -Request $request
            @([IO.File]::ReadAllText($reported).Split("`n"))[0, 2] |
                Should -Be @('failed', 'Modules_ModuleNotFound,Microsoft.PowerShell.Commands.ImportModuleCommand')
            Should -Invoke Add-ADSyncApplicationRegistration -Exactly 0
        }
        It '<case>: what the cmdlet throws must be reported' -ForEach $PassedOn {
            Mock Add-ADSyncApplicationRegistration { throw (New-WindowsError -Kind $fault) }
            Invoke-CsiCmdletRequest -Request $request
            $thrown = New-WindowsError -Kind $fault
            $line = '{0}: {1} (0x{2:X8})' -f $thrown.Exception.GetType().FullName, $thrown.Exception.Message, $thrown.Exception.HResult
            [IO.File]::ReadAllText($reported) | Should -BeExactly "failed`n$line`n$($thrown.FullyQualifiedErrorId)"
        }
        It 'broken: a cmdlet whose outcome cannot be written must not be run' {
            Mock Write-CsiFile { throw (New-CsiException -Kind 'disk-full' -Message 'full') }
            (Get-Failure { Invoke-CsiCmdletRequest -Request $request }).Data['CsiKind'] | Should -BeExactly 'disk-full'
            Should -Invoke Add-ADSyncApplicationRegistration -Exactly 0
        }
    }

    Describe 'Remove-CsiLeftOutcome' {
        BeforeEach {
            Mock Find-CsiDataFolder { $folder }
            $left = Join-Path -Path $folder -ChildPath 'cmdlet-00.txt'
        }
        AfterEach { Remove-Item -Path (Join-Path -Path $folder -ChildPath '*') }
        It 'normal: must say how each ended and when, and remove these files only' {
            [IO.File]::WriteAllText($left, "failed`nSystem.Exception: late`nid")
            [IO.File]::SetLastWriteTimeUtc($left, [DateTime]::SpecifyKind([DateTime] '2026-07-01T10:00:00', [DateTimeKind]::Utc))
            [IO.File]::WriteAllText((Join-Path -Path $folder -ChildPath 'pause.json'), '{}')
            @(Remove-CsiLeftOutcome) | Should -Be 'failed at 2026-07-01T10:00:00.000Z System.Exception: late'
            @(Get-ChildItem -LiteralPath $folder).Name | Should -Be 'pause.json'
        }
        It 'absent: without folder or file there is none' {
            @(Remove-CsiLeftOutcome).Count | Should -Be 0
            Mock Find-CsiDataFolder { }
            @(Remove-CsiLeftOutcome).Count | Should -Be 0
        }
        It '<case>: a file that cannot be read must reach the caller, and stay' -ForEach @(
            @{ case = 'denied'; type = 'UnauthorizedAccessException' }, @{ case = 'broken'; type = 'IO.IOException' }
        ) {
            [IO.File]::WriteAllText($left, 'completed')
            Mock Read-CsiFile { throw (New-Object -TypeName $type) }
            (Get-Failure { Remove-CsiLeftOutcome }).GetType().FullName | Should -Be "System.$type"
            [IO.File]::Exists($left) | Should -BeTrue
        }
    }

    Describe 'Invoke-CsiChildCmdlet' {
        BeforeEach {
            [CsiStub.Windows]::Reset(@())
            $process = New-Object -TypeName CsiStub.Process -Property @{ ExitCode = 9 }
            Mock Get-CsiProduct { [pscustomobject] @{ modulePath = 'C:\ADSync' } }
            Mock Initialize-CsiDataFolder { $folder }
            Mock Stop-CsiProcessTree { }
            # The child: what it writes into the file that it was given the name of.
            Mock Start-CsiDetached {
                if ($Argument -cnotmatch '\Arun-cmdlet Add-X A=1 Outcome=([0-9a-f]{32})\z') { throw "not expected: $Argument" }
                if ($null -ne $written) {
                    [IO.File]::WriteAllText((Join-Path -Path $folder -ChildPath "cmdlet-$($Matches[1]).txt"), $written)
                }
                return $process
            }
            Mock Get-CsiProgramArgument { "$Operation $Request" }
            $call = { Invoke-CsiChildCmdlet -Cmdlet 'Add-X' -Argument ([ordered] @{ A = '1' }) -Seconds 5 }
        }
        AfterEach { @(Get-ChildItem -LiteralPath $folder).Count | Should -Be 0 }
        It '<case>: "<written>" must be <outcome>' -ForEach @(
            @{ case = 'normal'; written = "completed`n`n`n"; outcome = 'completed' }
            @{ case = 'denied'; written = "failed`nMsalUiRequiredException: x`nid"; outcome = 'sign-in-required' }
            @{ case = 'broken'; written = "failed`nSystem.Exception: x`nid"; outcome = 'failed' }
            @{ case = 'broken'; written = ''; outcome = 'failed' }, @{ case = 'broken'; written = 'started'; outcome = 'failed' }
        ) {
            (& $call).outcome | Should -BeExactly $outcome
        }
        It 'absent: a child that wrote nothing must be failed, with its exit code' {
            $written = $null
            $found = & $call
            $found.outcome | Should -BeExactly 'failed'
            $found.message | Should -BeLike '*was not started*exit code 9*'
        }
        It 'absent: without the product it must be not-found' {
            Mock Get-CsiProduct { $null }
            (Get-Failure $call).Data['CsiKind'] | Should -BeExactly 'not-found'
        }
        It 'broken: one that does not end must be timed-out, and its tree ended' {
            $written = $null
            $process.Ends = $false
            (& $call).outcome | Should -BeExactly 'timed-out'
            Should -Invoke Stop-CsiProcessTree -Exactly 1
            [CsiStub.Windows]::Calls | Should -Contain 'Process.WaitForExit 5000'
        }
    }

    Describe 'Invoke-CsiRegistration' {
        It 'normal: must name hash and application' {
            Mock Invoke-CsiChildCmdlet { "$Cmdlet $(@($Argument.Keys | ForEach-Object { "$_=$($Argument[$_])" }) -join ' ') $Seconds" }
            $app = [Guid]::Empty.ToString()
            Invoke-CsiRegistration -AppId $app -CertificateHash ('ab' * 32) -Seconds 5 |
                Should -BeExactly "Add-ADSyncApplicationRegistration CertificateSHA256Hash=$('AB' * 32) ApplicationAppId=$app 5"
            foreach ($bad in "$app`n", "$app'", '') {
                { Invoke-CsiRegistration -AppId $bad -CertificateHash ('ab' * 32) -Seconds 5 } |
                    Should -Throw -ErrorId 'ParameterArgumentValidationError*'
            }
        }
    }

    Describe 'Invoke-CsiRotation' {
        It 'normal: must name the hash' {
            Mock Invoke-CsiChildCmdlet { "$Cmdlet $(@($Argument.Keys | ForEach-Object { "$_=$($Argument[$_])" }) -join ' ') $Seconds" }
            Invoke-CsiRotation -CertificateHash ('ab' * 32) -Seconds 5 |
                Should -BeExactly "Invoke-ADSyncApplicationCredentialRotation CertificateSHA256Hash=$('AB' * 32) 5"
            { Invoke-CsiRotation -CertificateHash ("$('ab' * 32)`n") -Seconds 5 } |
                Should -Throw -ErrorId 'ParameterArgumentValidationError*'
        }
    }

    Describe 'Get-CsiRepairModule' {
        It 'normal: must be the newest version that is found' {
            Mock Get-Module { '2.2.0', '2.10.0', '2.3.1' | ForEach-Object { [pscustomobject] @{ Version = [Version] $_ } } }
            (Get-CsiRepairModule).version | Should -BeExactly '2.10.0'
        }
        It 'absent: without the module there must be no version' {
            Mock Get-Module { }
            (Get-CsiRepairModule).version | Should -Be $null
        }
        It '<case>: what Windows throws must reach the caller' -ForEach $PassedOn {
            Mock Get-Module { throw (New-WindowsError -Kind $fault) }
            { Get-CsiRepairModule } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }

    Describe 'Repair-CsiConnectorParameter' {
        BeforeEach {
            Mock Import-CsiModule { }
            Mock Get-Module { $versions | ForEach-Object { [pscustomobject] @{ Version = [Version] $_ } } }
            Mock Import-Module { }
            Mock Repair-ADSyncToolsEntraAppParameters { 'noise' }
            $versions = '2.2.0', '2.10.0'
        }
        It 'normal: must run the documented repair' {
            Repair-CsiConnectorParameter | Should -Be $null
            Should -Invoke Repair-ADSyncToolsEntraAppParameters -Exactly 1
        }
        It 'absent: without the module in a version that has it, it must be not-found' {
            foreach ($versions in @(), @('2.2.9')) {
                (Get-Failure { Repair-CsiConnectorParameter }).Data['CsiKind'] | Should -BeExactly 'not-found'
            }
            Should -Invoke Repair-ADSyncToolsEntraAppParameters -Exactly 0
        }
        It '<case>: what the product throws must reach the caller' -ForEach $PassedOn {
            Mock Repair-ADSyncToolsEntraAppParameters { throw (New-WindowsError -Kind $fault) }
            { Repair-CsiConnectorParameter } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }

    Describe 'Unregister-CsiTask' {
        BeforeEach { Mock Unregister-ScheduledTask -ParameterFilter { "$TaskName" -eq 'T' } { } }
        It 'normal: must remove the task of the name' {
            Mock Get-ScheduledTask -ParameterFilter { "$TaskName" -eq 'T' } { 'task' }
            Unregister-CsiTask -Name 'T'
            Should -Invoke Unregister-ScheduledTask -Exactly 1
        }
        It 'absent: must be no failure' {
            Mock Get-ScheduledTask { }
            Unregister-CsiTask -Name 'T'
            Should -Invoke Unregister-ScheduledTask -Exactly 0
        }
        It '<case>: what Windows throws must reach the caller' -ForEach @(
            @{ case = 'denied'; fault = 'task-denied' }, @{ case = 'broken'; fault = 'broken' }
        ) {
            Mock Get-ScheduledTask { 'task' }
            Mock Unregister-ScheduledTask -ParameterFilter { $true } { throw (New-WindowsError -Kind $fault) }
            { Unregister-CsiTask -Name 'T' } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }

    Describe 'Test-CsiRestoreTask' {
        It 'normal: must find the task' {
            Mock Get-ScheduledTask -ParameterFilter { "$TaskName" -eq 'ConnectSyncIdentity-Restore' } { 'task' }
            Test-CsiRestoreTask | Should -BeTrue
        }
        It 'absent: must be false' {
            Mock Get-ScheduledTask { }
            Test-CsiRestoreTask | Should -BeFalse
        }
    }

    Describe 'Unregister-CsiRestoreTask' {
        It 'normal: must remove the task of the fixed name' {
            Mock Unregister-CsiTask { $Name }
            Unregister-CsiRestoreTask | Should -BeExactly 'ConnectSyncIdentity-Restore'
        }
    }

    Describe 'Register-CsiTask' {
        BeforeEach {
            Mock New-ScheduledTaskAction -ParameterFilter { $Execute -eq (Get-CsiPowerShellPath) -and $Argument -eq 'restore' } { 'action' }
            Mock New-ScheduledTaskPrincipal -ParameterFilter {
                "$UserId $LogonType $RunLevel" -eq 'S-1-5-18 ServiceAccount Highest' } { 'SYSTEM'
            }
            Mock New-ScheduledTaskSettingsSet -ParameterFilter {
                $StartWhenAvailable -and $MultipleInstances -eq 'IgnoreNew' } { 'settings'
            }
            Mock Register-ScheduledTask { }
            Mock Get-CsiProgramArgument { "$Operation" }
            $task = @{ Name = 'T'; Description = 'd'; Operation = 'restore' }
        }
        It 'normal: must run Windows PowerShell as SYSTEM, also if its time has passed, and take the place of an older one' {
            Register-CsiTask @task -Trigger 'at'
            Should -Invoke Register-ScheduledTask -Exactly 1 -ParameterFilter {
                "$TaskName $Action $Principal $Settings $Trigger $Force" -eq 'T action SYSTEM settings at True' -and $ErrorAction -eq 'Stop'
            }
        }
        It 'absent: without a trigger it must have none' {
            Register-CsiTask @task
            Should -Invoke Register-ScheduledTask -Exactly 1 -ParameterFilter { $null -eq $Trigger }
        }
        It '<case>: what Windows throws must reach the caller' -ForEach @(
            @{ case = 'denied'; fault = 'task-denied' }, @{ case = 'broken'; fault = 'broken' }
        ) {
            Mock Register-ScheduledTask { throw (New-WindowsError -Kind $fault) }
            { Register-CsiTask @task } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }

    Describe 'Register-CsiRestoreTask' {
        It 'normal: must run at the deadline, every 15 minutes without end, and after a start-up' {
            Mock New-ScheduledTaskTrigger { 'start-up' }
            Mock New-ScheduledTaskTrigger -ParameterFilter { $Once } {
                "$($At.ToUniversalTime().ToString('s')) $RepetitionInterval$RepetitionDuration"
            }
            Mock Register-CsiTask { $script:Given = "$Name $Operation $Request$($Trigger -join ' ')" }
            Register-CsiRestoreTask -Deadline '2026-07-01T10:10:00.000Z'
            $script:Given | Should -BeExactly 'ConnectSyncIdentity-Restore restore 2026-07-01T10:10:00 00:15:00 start-up'
        }
    }

    Describe 'Read-CsiProofRequest' {
        BeforeEach {
            Mock Find-CsiDataFolder { $folder }
            $wanted = Join-Path -Path $folder -ChildPath 'proof-request.txt'
        }
        AfterEach { Remove-Item -Path $wanted -ErrorAction 'SilentlyContinue' }
        It 'normal: a request of <seconds> seconds ago must count: <counts>, and once' -ForEach @(
            @{ seconds = 0; counts = $true }, @{ seconds = 100; counts = $true }, @{ seconds = 130; counts = $false }
            @{ seconds = -130; counts = $false }
        ) {
            [IO.File]::WriteAllText($wanted, 'x')
            [IO.File]::SetLastWriteTimeUtc($wanted, [DateTime]::UtcNow.AddSeconds(-$seconds))
            Read-CsiProofRequest | Should -Be $counts
            [IO.File]::Exists($wanted) | Should -BeFalse
            Read-CsiProofRequest | Should -BeFalse
        }
        It 'absent: without folder or request there is none' {
            Read-CsiProofRequest | Should -BeFalse
            Mock Find-CsiDataFolder { }
            Read-CsiProofRequest | Should -BeFalse
        }
        It 'denied: a folder of someone else must be refused, and its request not believed' {
            [IO.File]::WriteAllText($wanted, 'x')
            Mock Find-CsiDataFolder { throw (New-CsiException -Kind 'foreign-folder' -Message 'x') }
            (Get-Failure { Read-CsiProofRequest }).Data['CsiKind'] | Should -BeExactly 'foreign-folder'
        }
        It 'broken: a request that cannot be removed must not count' {
            [IO.File]::WriteAllText($wanted, 'x')
            Mock Remove-CsiFile { throw (New-CsiException -Kind 'failed' -Message 'in use') }
            (Get-Failure { Read-CsiProofRequest }).Data['CsiKind'] | Should -BeExactly 'failed'
        }
    }

    Describe 'Write-CsiProof' {
        It 'normal: must write the text that the other run reads' {
            Mock Initialize-CsiDataFolder { $folder }
            $proof = Join-Path -Path $folder -ChildPath 'proof.txt'
            Write-CsiProof -Text 'proven'
            [IO.File]::ReadAllText($proof) | Should -BeExactly 'proven'
            [IO.File]::Delete($proof)
        }
    }

    Describe 'Confirm-CsiRestoreTask' {
        BeforeEach {
            Mock Initialize-CsiDataFolder { $folder }
            Mock Unregister-CsiTask -ParameterFilter { $Name -eq 'ConnectSyncIdentity-Prove' } { }
            Mock Start-Sleep { }
            # The restore task itself, which is asked by a file.
            Mock Start-ScheduledTask -ParameterFilter { $TaskName -eq 'ConnectSyncIdentity-Restore' } {
                if ([IO.File]::Exists((Join-Path -Path $folder -ChildPath 'proof-request.txt'))) {
                    [IO.File]::WriteAllText((Join-Path -Path $folder -ChildPath 'proof.txt'), $text)
                }
            }
        }
        AfterEach { @(Get-ChildItem -LiteralPath $folder).Count | Should -Be 0 }
        It '<case>: "<text>" must be proven: <proven>' -ForEach @(
            @{ case = 'normal'; text = 'proven'; proven = $true }, @{ case = 'broken'; text = 'no endpoint'; proven = $false }
        ) {
            $found = Confirm-CsiRestoreTask
            $found.proven | Should -Be $proven
            if (-not $proven) { $found.problem | Should -BeExactly $text }
            Should -Invoke Start-ScheduledTask -Exactly 1
            # By which older programs proved it.
            Should -Invoke Unregister-CsiTask -Exactly 1
        }
        It 'absent: a proof of an earlier run must not count, nor no answer in time' {
            [IO.File]::WriteAllText((Join-Path -Path $folder -ChildPath 'proof.txt'), 'proven')
            Mock Start-ScheduledTask -ParameterFilter { $true } { }
            Mock Get-ScheduledTaskInfo { [pscustomobject] @{ LastTaskResult = 267011 } }
            $before = $script:CsiProofSeconds
            $script:CsiProofSeconds = 0
            try { $found = Confirm-CsiRestoreTask } finally { $script:CsiProofSeconds = $before }
            $found.proven | Should -BeFalse
            $found.problem | Should -BeLike '*last result 267011*'
        }
        It 'denied: what Windows throws must reach the caller, and nothing be left' {
            Mock Start-ScheduledTask -ParameterFilter { $true } { throw (New-WindowsError -Kind 'task-denied') }
            { Confirm-CsiRestoreTask } | Should -Throw -ErrorId 'HRESULT 0x80070005*'
        }
    }
}
