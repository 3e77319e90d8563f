<# After any fault at any step: the credential in use works, the scheduler comes back by its deadline, nothing is left without an
   owner, and the next run finishes the job. #>
BeforeDiscovery {
    Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'Faults.psm1') -Force
    $Faults = Get-FaultName
}
BeforeAll {
    Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'World.psm1') -Force
    Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'Faults.psm1') -Force

    $KeyName = 'ConnectSyncIdentity-dev-sync01-g1'
    $Register = {
        param($World)
        $request = Get-WorldRequest -Operation 'register' -Hash $World.Target -Change @{ verify = 'sync' }
        Invoke-WorldOperation -Operation 'register' -Request $request
    }
    $OnTarget = { param($World) $World.Connector.certificateSha256 -eq $World.Target -and $World.Records.Count -eq 0 }
    $Other = { param($Name) { param($World) Invoke-WorldOperation -Operation $Name -Request (Get-WorldRequest -Operation $Name) }.GetNewClosure() }
    $Interrupt = {
        param($World)
        $World.Enabled = $false
        $World.Task = ConvertTo-Iso -Time $World.Time
        $World.Pause = [pscustomobject] @{
            operation = 'register'; server = 'sync01'; startedAt = ConvertTo-Iso -Time $World.Time.AddHours(-1)
            deadline = ConvertTo-Iso -Time $World.Time; syncCycleEnabled = $true
        }
    }
    $Scenarios = @{
        'ensure-certificate' = @{
            KeyName = $KeyName; Prepare = { }; Run = (& $Other 'ensure-certificate')
            Done = { param($World) $World.Certificates.Count -eq 1 -and $World.Keys.Count -eq 1 -and $World.Keys[0].access.Count -eq 3 }
        }
        'register, a first link' = @{
            KeyName = $KeyName; Run = $Register; Done = $OnTarget
            Prepare = { param($World) $World.Target = Add-WorldCertificate -World $World }
        }
        'register, a scheduler that is off' = @{
            KeyName = $KeyName; Run = $Register; Done = $OnTarget
            Prepare = { param($World) $World.Target = Add-WorldCertificate -World $World; $World.Enabled = $false }
        }
        'register, a rotation' = @{
            KeyName = $KeyName; Run = $Register; Done = $OnTarget
            Prepare = {
                param($World)
                Set-WorldIdentity -World $World -Hash (Add-WorldCertificate -World $World)
                $World.Target = Add-WorldCertificate -World $World -Generation 2
            }
        }
        'register, an interrupted pause' = @{
            KeyName = $KeyName; Run = $Register; Done = $OnTarget
            Prepare = { param($World) $World.Target = Add-WorldCertificate -World $World; & $Interrupt $World }
        }
        'rollback' = @{
            KeyName = $KeyName; Run = (& $Other 'rollback')
            Prepare = { param($World) Set-WorldIdentity -World $World -Hash (Add-WorldCertificate -World $World) }
            Done = { param($World) $World.Connector.identityType -eq 'ServiceAccount' }
        }
        'remove-certificate' = @{
            KeyName = $KeyName; Run = (& $Other 'remove-certificate')
            Prepare = {
                param($World)
                [void] (Add-WorldCertificate -World $World)
                Set-WorldIdentity -World $World -Hash (Add-WorldCertificate -World $World -Generation 2)
            }
            Done = { param($World) $World.Certificates.Count -eq 1 -and $World.Keys.Count -eq 1 }
        }
        'release' = @{
            KeyName = $KeyName; Prepare = { }; Run = (& $Other 'release'); Done = { $true }
        }
        'remove-legacy-account' = @{
            KeyName = $KeyName; Prepare = { }; Run = (& $Other 'remove-legacy-account')
            Done = { param($World) $World.Removed -contains 'Sync_SYNC01_abcdefabcdef' }
        }
        'reset-machine-identifier' = @{
            KeyName = $KeyName; Prepare = { }; Run = (& $Other 'reset-machine-identifier')
            Done = { param($World) $World.Identifier -eq 'fedcba9876543210fedcba9876543210' -and $World.Service.status -eq 'Running' }
        }
        'reset-machine-identifier, a scheduler that is off' = @{
            KeyName = $KeyName; Prepare = { param($World) $World.Enabled = $false }; Run = (& $Other 'reset-machine-identifier')
            Done = { param($World) $World.Identifier -eq 'fedcba9876543210fedcba9876543210' -and $World.Service.status -eq 'Running' }
        }
        'restore' = @{
            KeyName = $KeyName; Prepare = $Interrupt; Run = { param($World) Invoke-Restoring -World $World }; Done = { $true }
        }
    }
}

Describe 'A fault in <_>' -ForEach @(
    'ensure-certificate', 'register, a first link', 'register, a scheduler that is off', 'register, a rotation'
    'register, an interrupted pause', 'rollback', 'remove-certificate', 'release', 'remove-legacy-account', 'restore'
    'reset-machine-identifier', 'reset-machine-identifier, a scheduler that is off'
) {
    BeforeAll { $Name = $_ }

    It 'must leave the server in order at any step: <_>' -ForEach $Faults {
        $fault = $_
        $steps = @(Get-Step -Scenario $Scenarios[$Name] -Fault $fault)
        $problems = @(foreach ($step in $steps) { Get-CellProblem -Scenario $Scenarios[$Name] -Fault $fault -Step $step })
        $problems -join "`n" | Should -Be ''
    }
}
