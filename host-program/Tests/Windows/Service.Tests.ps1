<# Windows/Service.ps1 #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiWindows' {
    BeforeAll {
        function New-ServiceStub {
            <# .SYNOPSIS
                A service that reaches its next status at the second look. #>
            param([string] $Status, [switch] $Stuck)
            $service = [pscustomobject] @{ Status = $Status; Next = $null; Looks = 0; Stuck = [bool] $Stuck; Done = @() }
            Add-Member -InputObject $service -MemberType ScriptMethod -Name 'Stop' -Value {
                $this.Done += 'stop'; $this.Status = 'StopPending'; $this.Next = 'Stopped'; $this.Looks = 0
            }
            Add-Member -InputObject $service -MemberType ScriptMethod -Name 'Start' -Value {
                $this.Done += 'start'; $this.Status = 'StartPending'; $this.Next = 'Running'; $this.Looks = 0
            }
            Add-Member -InputObject $service -MemberType ScriptMethod -Name 'Refresh' -Value {
                $this.Looks += 1
                if ($this.Looks -ge 2 -and $null -ne $this.Next -and -not $this.Stuck) { $this.Status = $this.Next }
            }
            return $service
        }
    }
    Describe 'Wait-CsiService' {
        BeforeEach {
            Mock Start-Sleep { }
        }
        It 'normal: must wait until the service has the status' {
            $stub = New-ServiceStub -Status 'Running'
            $stub.Stop()
            Wait-CsiService -Service $stub -Status 'Stopped' -Seconds 9
            $stub.Status | Should -BeExactly 'Stopped'
        }
        It 'broken: a service that does not get there must be a failure after the bound, with its status' {
            $stub = New-ServiceStub -Status 'Running' -Stuck
            $stub.Stop()
            (Get-Failure { Wait-CsiService -Service $stub -Status 'Stopped' -Seconds 0 }).Message |
                Should -BeExactly 'The ADSync service is StopPending after 0 seconds, not Stopped.'
        }
    }

    Describe 'Stop-CsiService' {
        BeforeEach {
            Mock Start-Sleep { }
            Mock Get-Service -ParameterFilter { "$Name" -eq 'ADSync' } { $script:Stub }
        }
        It 'normal: must stop a service that runs, and wait for it' {
            $script:Stub = New-ServiceStub -Status 'Running'
            Stop-CsiService -Seconds 9
            "$($script:Stub.Done) $($script:Stub.Status)" | Should -BeExactly 'stop Stopped'
        }
        It 'absent: must do nothing to one that is stopped' {
            $script:Stub = New-ServiceStub -Status 'Stopped'
            Stop-CsiService -Seconds 9
            $script:Stub.Done | Should -BeNullOrEmpty
        }
        It '<case>: what Windows throws must reach the caller' -ForEach $PassedOn {
            Mock Get-Service -ParameterFilter { $true } { throw (New-WindowsError -Kind $fault) }
            { Stop-CsiService -Seconds 9 } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }

    Describe 'Start-CsiService' {
        BeforeEach {
            Mock Start-Sleep { }
            Mock Get-Service -ParameterFilter { "$Name" -eq 'ADSync' } { $script:Stub }
        }
        It 'normal: must start a service that is stopped, and wait for it' {
            $script:Stub = New-ServiceStub -Status 'Stopped'
            Start-CsiService -Seconds 9
            "$($script:Stub.Done) $($script:Stub.Status)" | Should -BeExactly 'start Running'
        }
        It 'normal: must wait for the end of a stop before it starts' {
            $script:Stub = New-ServiceStub -Status 'Running'
            $script:Stub.Stop()
            Start-CsiService -Seconds 9
            "$($script:Stub.Done) $($script:Stub.Status)" | Should -BeExactly 'stop start Running'
        }
        It 'absent: must do nothing to one that runs' {
            $script:Stub = New-ServiceStub -Status 'Running'
            Start-CsiService -Seconds 9
            $script:Stub.Done | Should -BeNullOrEmpty
        }
        It '<case>: what Windows throws must reach the caller' -ForEach $PassedOn {
            Mock Get-Service -ParameterFilter { $true } { throw (New-WindowsError -Kind $fault) }
            { Start-CsiService -Seconds 9 } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }

    Describe 'Set-CsiMachineIdentifier' {
        It 'normal: must write the value of the registry, and nothing else' {
            Mock Set-ItemProperty -ParameterFilter {
                "$LiteralPath" -eq 'HKLM:\SOFTWARE\Microsoft\Azure AD Connect' -and $Name -eq 'SyncMachineIdentifier' -and $Value -eq 'abc'
            } { }
            Set-CsiMachineIdentifier -Identifier 'abc'
            Should -Invoke Set-ItemProperty -Exactly 1
        }
        It '<case>: what the registry throws must reach the caller' -ForEach @(
            @{ case = 'absent'; fault = 'broken' }, @{ case = 'denied'; fault = 'registry-denied' }, @{ case = 'broken'; fault = 'broken' }
        ) {
            Mock Set-ItemProperty -ParameterFilter { $true } { throw (New-WindowsError -Kind $fault) }
            { Set-CsiMachineIdentifier -Identifier 'abc' } |
                Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }
}
