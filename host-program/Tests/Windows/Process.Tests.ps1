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

    Describe 'Invoke-CsiChildCmdlet' {
        BeforeEach {
            [CsiStub.Windows]::Reset(@())
            $process = New-Object -TypeName CsiStub.Process -Property @{ ExitCode = 9 }
            Mock Get-CsiProduct { [pscustomobject] @{ modulePath = 'C:\ADSync' } }
            Mock Initialize-CsiDataFolder { $folder }
            Mock Stop-CsiProcessTree { }
            # The child: what it writes into the file that it was given the name of.
            Mock Start-CsiDetached {
                $given = "$($PesterBoundParameters.Values)"
                if ($given -match 'EncodedCommand (\S+)') {
                    $given = [Text.Encoding]::Unicode.GetString([Convert]::FromBase64String($Matches[1]))
                }
                if ($null -ne $written -and $given -match '[0-9a-f]{32}') {
                    [IO.File]::WriteAllText((Join-Path -Path $folder -ChildPath "cmdlet-$($Matches[0]).txt"), $written)
                }
                return $process
            }
            if ($null -ne (Get-Item -Path 'function:Get-CsiProgramArgument' -ErrorAction 'SilentlyContinue')) {
                Mock Get-CsiProgramArgument { "$Operation $Request" }
            }
            $call = { Invoke-CsiChildCmdlet -Cmdlet 'Add-X' -Argument ([ordered] @{ A = '1' }) -Seconds 5 }
        }
        AfterEach { @(Get-ChildItem -LiteralPath $folder).Count | Should -Be 0 }
        It '<case>: "<written>" must be <outcome>' -ForEach @(
            @{ case = 'normal'; written = "completed`n`n`n"; outcome = 'completed' }
            @{ case = 'denied'; written = "failed`nMsalUiRequiredException: x`nid"; outcome = 'sign-in-required' }
            @{ case = 'broken'; written = "failed`nSystem.Exception: x`nid"; outcome = 'failed' }
            @{ case = 'broken'; written = ''; outcome = 'failed' }
        ) {
            (& $call).outcome | Should -BeExactly $outcome
        }
        It 'absent: a child that wrote nothing must be failed, with its exit code' {
            $written = $null
            $found = & $call
            $found.outcome | Should -BeExactly 'failed'
            $found.message | Should -BeLike '*exit code 9*'
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
            Mock New-ScheduledTaskAction -ParameterFilter { $Execute -eq (Get-CsiPowerShellPath) } { 'action' }
            Mock New-ScheduledTaskPrincipal -ParameterFilter {
                "$UserId $LogonType $RunLevel" -eq 'S-1-5-18 ServiceAccount Highest' } { 'SYSTEM'
            }
            Mock New-ScheduledTaskSettingsSet -ParameterFilter {
                $StartWhenAvailable -and $MultipleInstances -eq 'IgnoreNew' } { 'settings'
            }
            Mock Register-ScheduledTask { }
            if ($null -ne (Get-Item -Path 'function:Get-CsiProgramArgument' -ErrorAction 'SilentlyContinue')) {
                Mock Get-CsiProgramArgument { "$Operation" }
            }
            $task = @{ Name = 'T'; Description = 'd' }
            foreach ($name in 'Script', 'Operation') {
                if ((Get-Item -Path 'function:Register-CsiTask').Parameters.ContainsKey($name)) { $task[$name] = 'restore' }
            }
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
        It 'normal: must run at the deadline and after a start-up' {
            Mock New-ScheduledTaskTrigger { if ($AtStartup) { 'start-up' } else { $At.ToUniversalTime().ToString('s') } }
            Mock Register-CsiTask { $script:Given = "$Name $($Trigger -join ' ')" }
            Register-CsiRestoreTask -Deadline '2026-07-01T10:10:00.000Z'
            $script:Given | Should -BeExactly 'ConnectSyncIdentity-Restore 2026-07-01T10:10:00 start-up'
        }
    }

    Describe 'Confirm-CsiRestoreTask' {
        BeforeEach {
            Mock Initialize-CsiDataFolder { $folder }
            Mock Register-CsiTask { }
            Mock Unregister-CsiTask { }
            Mock Start-Sleep { }
            Mock Start-ScheduledTask { [IO.File]::WriteAllText((Join-Path -Path $folder -ChildPath 'proof.txt'), $text) }
        }
        AfterEach { @(Get-ChildItem -LiteralPath $folder).Count | Should -Be 0 }
        It '<case>: "<text>" must be proven: <proven>' -ForEach @(
            @{ case = 'normal'; text = 'proven'; proven = $true }, @{ case = 'broken'; text = 'no endpoint'; proven = $false }
        ) {
            $found = Confirm-CsiRestoreTask
            $found.proven | Should -Be $proven
            if (-not $proven) { $found.problem | Should -BeExactly $text }
        }
        It 'absent: a proof of an earlier run must not count, nor no answer in time' {
            [IO.File]::WriteAllText((Join-Path -Path $folder -ChildPath 'proof.txt'), 'proven')
            Mock Start-ScheduledTask { }
            Mock Get-ScheduledTaskInfo { [pscustomobject] @{ LastTaskResult = 267011 } }
            $before = $script:CsiProofSeconds
            $script:CsiProofSeconds = 0
            try { $found = Confirm-CsiRestoreTask } finally { $script:CsiProofSeconds = $before }
            $found.proven | Should -BeFalse
            $found.problem | Should -BeLike '*last result 267011*'
        }
        It 'denied: what Windows throws must reach the caller, and nothing be left' {
            Mock Start-ScheduledTask { throw (New-WindowsError -Kind 'task-denied') }
            { Confirm-CsiRestoreTask } | Should -Throw -ErrorId 'HRESULT 0x80070005*'
        }
    }
}
