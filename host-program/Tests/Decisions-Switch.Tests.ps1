<# The connector moves: which cmdlet, what counts as done, and what is remembered of a switch that is not over. #>
BeforeAll {
    Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'World.psm1') -Force

    function Start-Register {
        param([hashtable] $Change = @{})
        return Invoke-WorldOperation -Operation 'register' -Request (Get-WorldRequest -Operation 'register' -Hash $Hash -Change $Change)
    }

    # How a switching cmdlet ends without doing anything.
    function Set-Outcome {
        param([string] $Cmdlet, [string] $Outcome)
        $World.Outcome = $Outcome
        $World.Do["Invoke-Csi$Cmdlet"] = {
            param($World)
            [pscustomobject] @{ outcome = $World.Outcome; message = 'the cmdlet said so' }
        }
    }
}

Describe 'A first link' {
    BeforeEach {
        $World = New-World
        $Hash = Add-WorldCertificate -World $World
    }

    It 'must use the registration from a service account' {
        (Start-Register).Result.action | Should -Be 'linked'
        $World.Calls | Should -Not -Contain 'Invoke-CsiRotation'
        $World.Records.Count | Should -Be 0
    }

    It 'must use the registration from another application' {
        Set-WorldIdentity -World $World -Hash $Hash -AppId $OtherAppId
        (Start-Register).Result.action | Should -Be 'linked'
        $World.Connector.appId | Should -Be $AppId
    }

    It 'must find itself done, and ask for no token' {
        Set-WorldIdentity -World $World -Hash $Hash
        $answer = Start-Register
        $answer.Result.action | Should -Be 'none'
        $answer.Changed | Should -BeFalse
        $World.Tokens | Should -Be 0
        $World.Calls | Should -Not -Contain 'Set-CsiSyncCycleEnabled'
    }

    It 'must not end well if the cmdlet did and the connector has not moved' {
        Set-Outcome -Cmdlet 'Registration' -Outcome 'completed'
        $answer = Start-Register
        $answer.Error.code | Should -Be 'VERIFICATION_FAILED'
        $answer.Changed | Should -BeFalse
        $World.Enabled | Should -BeTrue
    }

    It 'must be refused as <code> if the cmdlet <outcome>, and have changed nothing' -ForEach @(
        @{ outcome = 'failed'; code = 'CMDLET_FAILED' }, @{ outcome = 'timed-out'; code = 'CMDLET_TIMEOUT' }
        @{ outcome = 'sign-in-required'; code = 'SIGNIN_REQUIRED' }
    ) {
        Set-Outcome -Cmdlet 'Registration' -Outcome $outcome
        $answer = Start-Register
        $answer.Error.code | Should -Be $code
        $answer.Changed | Should -BeFalse
    }

    It 'must count as done if the connector moved, however the cmdlet ended' {
        $World.Do['Invoke-CsiRegistration'] = {
            param($World, $Argument)
            [void] (Invoke-RealEffect -World $World -Name 'Invoke-CsiRegistration' -Argument $Argument)
            [pscustomobject] @{ outcome = 'timed-out'; message = 'too long' }
        }
        (Start-Register).Result.action | Should -Be 'linked'
    }

    It 'must wait for a connector that moves after the cmdlet timed out' {
        Set-Outcome -Cmdlet 'Registration' -Outcome 'timed-out'
        $World.Moves = 3
        $World.Do['Wait-CsiTime'] = {
            param($World, $Argument)
            $World.Moves -= 1
            if ($World.Moves -ge 1) { $World.Connector.userName = "moving $($World.Moves)" }
            if ($World.Moves -eq 0) { Set-WorldIdentity -World $World -Hash $World.Certificates[0].sha256 }
        }
        (Start-Register).Result.action | Should -Be 'linked'
    }

    It 'must name the command for the desktop, and remember it, if a sign-in is wanted' {
        Set-Outcome -Cmdlet 'Registration' -Outcome 'sign-in-required'
        $command = "Add-ADSyncApplicationRegistration -CertificateSHA256Hash $($Hash.ToUpperInvariant()) -ApplicationAppId $AppId"
        (Start-Register).Error.operatorCommand | Should -Be $command
        $World.Records['sign-in'].command | Should -Be $command
        $World.Records['sign-in'].appId | Should -Be $AppId
        $World.Records['verification'].certificateSha256 | Should -Be $Hash
    }

    It 'must keep the time since which a sign-in is awaited' {
        Set-Outcome -Cmdlet 'Registration' -Outcome 'sign-in-required'
        [void] (Start-Register)
        $since = $World.Records['sign-in'].since
        $World.Time = $World.Time.AddHours(1)
        [void] (Start-Register)
        $World.Records['sign-in'].since | Should -Be $since
    }

    It 'must forget a sign-in that was done at the desktop' {
        Set-Outcome -Cmdlet 'Registration' -Outcome 'sign-in-required'
        [void] (Start-Register)
        Set-WorldIdentity -World $World -Hash $Hash
        $answer = Start-Register
        $answer.Error | Should -BeNullOrEmpty
        $answer.Result.verification | Should -Not -BeNullOrEmpty
        $World.Records.Count | Should -Be 0
    }

    It 'must be remembered as unverified before the connector is moved' {
        $World.Before = {
            param($World, $Name)
            if ($Name -eq 'Invoke-CsiRegistration') { $World.Seen = $World.Records['verification'].certificateSha256 }
        }
        [void] (Start-Register)
        $World.Seen | Should -Be $Hash
    }

    It 'must stay unverified with connectivity parameters that are blank: <_>' -ForEach 'ApplicationManagedBy', 'CertificateManagedBy', 'CertificateId' {
        $World.Blank = $_
        $World.After = {
            param($World, $Name)
            if ($Name -eq 'Invoke-CsiRegistration') { $World.Connector.parameters.($World.Blank) = ' ' }
        }
        (Start-Register).Result.verification.unverified | Should -Match 'blank'
        $World.Records['verification'].certificateSha256 | Should -Be $Hash
    }

    It 'must repair blank parameters only if that is asked for' {
        Set-WorldIdentity -World $World -Hash $Hash
        $World.Connector.parameters.CertificateId = $null
        (Start-Register).Result.repairedParameters | Should -BeFalse
        $World.Calls | Should -Not -Contain 'Repair-CsiConnectorParameter'
        $answer = Start-Register -Change @{ repairConnectivityParameters = $true }
        $answer.Result.repairedParameters | Should -BeTrue
        $answer.Changed | Should -BeTrue
        $World.Connector.parameters.CertificateId | Should -Be 'repaired'
    }

    It 'must not end well if the repair leaves them blank' {
        Set-WorldIdentity -World $World -Hash $Hash
        $World.Connector.parameters.CertificateId = $null
        $World.Do['Repair-CsiConnectorParameter'] = { }
        (Start-Register -Change @{ repairConnectivityParameters = $true }).Error.code | Should -Be 'VERIFICATION_FAILED'
    }

    It 'must remove only what an older version left in the folder of the program' {
        $World.ProgramFolder = @(
            [pscustomobject] @{ name = 'PROTOCOL.md'; firstLine = '# Host protocol' }
            [pscustomobject] @{ name = 'manifest.json'; firstLine = '{' }, [pscustomobject] @{ name = 'notes.md'; firstLine = '# Host protocol' }
        )
        (Start-Register).Error | Should -BeNullOrEmpty
        $World.ProgramFolder.name | Should -Be @('manifest.json', 'notes.md')
    }

    It 'must report what is foreign in the folder of the program, and not its own files' {
        $World.ProgramFolder = @('ConnectSyncHost.ps1', 'manifest.json', 'notes.md', 'Windows.ps1' | ForEach-Object {
                [pscustomobject] @{ name = $_; firstLine = 'x' }
            })
        $answer = Invoke-WorldOperation -Operation 'observe' -Request (Get-WorldRequest -Operation 'observe')
        @($answer.Result.program.foreign | ForEach-Object { $_.name }) | Should -Be @('notes.md')
    }

    It 'must leave a file of that name alone that begins otherwise' {
        $World.ProgramFolder = @([pscustomobject] @{ name = 'PROTOCOL.md'; firstLine = '# Notes' })
        (Start-Register).Error | Should -BeNullOrEmpty
        $World.ProgramFolder.Count | Should -Be 1
    }
}

Describe 'A rotation' {
    BeforeEach {
        $World = New-World
        $Old = Add-WorldCertificate -World $World -Generation 1
        $Hash = Add-WorldCertificate -World $World -Generation 2
        Set-WorldIdentity -World $World -Hash $Old
    }

    It 'must use the rotation on the same application' {
        (Start-Register).Result.action | Should -Be 'rotated'
        $World.Calls | Should -Not -Contain 'Invoke-CsiRegistration'
        $World.Connector.certificateSha256 | Should -Be $Hash
    }

    It 'must link instead if it fails and the old credential is lost: <how>' -ForEach @(
        @{ how = 'the key is dead' }, @{ how = 'the certificate is gone' }, @{ how = 'the certificate has expired' }
    ) {
        switch ($how) {
            'the key is dead' { $World.Keys[0].dead = $true }
            'the certificate is gone' { $World.Certificates = @($World.Certificates[1]) }
            default { $World.Certificates[0].notAfter = ConvertTo-Iso -Time $World.Time.AddDays(-1) }
        }
        Set-Outcome -Cmdlet 'Rotation' -Outcome 'failed'
        (Start-Register).Result.action | Should -Be 'linked'
    }

    It 'must link instead if it fails and a connectivity parameter is blank' {
        $World.Connector.parameters.ApplicationManagedBy = $null
        Set-Outcome -Cmdlet 'Rotation' -Outcome 'failed'
        (Start-Register).Result.action | Should -Be 'linked'
    }

    It 'must have the parameters repaired before it on the product''s application' {
        $World.Connector.parameters.CertificateId = $null
        $result = (Start-Register -Change @{ rotateOnly = $true; repairConnectivityParameters = $true }).Result
        $result.action | Should -Be 'rotated'
        $result.repairedParameters | Should -BeTrue
        $calls = @($World.Calls)
        [array]::IndexOf($calls, 'Repair-CsiConnectorParameter') | Should -BeLessThan ([array]::IndexOf($calls, 'Invoke-CsiRotation'))
    }

    It 'must not link instead if the old credential works' {
        Set-Outcome -Cmdlet 'Rotation' -Outcome 'failed'
        (Start-Register).Error.code | Should -Be 'CMDLET_FAILED'
        $World.Calls | Should -Not -Contain 'Invoke-CsiRegistration'
    }

    It 'must not link instead if the key of the old credential does not answer' {
        Set-Outcome -Cmdlet 'Rotation' -Outcome 'failed'
        $World.Do['Get-CsiKey'] = {
            param($World, $Argument)
            if ($Argument.CertificateHash -ne $World.Certificates[0].sha256) {
                return Invoke-RealEffect -World $World -Name 'Get-CsiKey' -Argument $Argument
            }
            [pscustomobject] @{ key = $null; problem = 'not ready'; hresult = '0x80090030' }
        }
        (Start-Register).Error.code | Should -Be 'CMDLET_FAILED'
        $World.Calls | Should -Not -Contain 'Invoke-CsiRegistration'
    }

    It 'must not link instead if it did not end in time' {
        $World.Keys[0].dead = $true
        Set-Outcome -Cmdlet 'Rotation' -Outcome 'timed-out'
        (Start-Register).Error.code | Should -Be 'CMDLET_TIMEOUT'
        $World.Calls | Should -Not -Contain 'Invoke-CsiRegistration'
    }

    It 'must not link instead if the connector has moved meanwhile' {
        $World.Keys[0].dead = $true
        $World.Do['Invoke-CsiRotation'] = {
            param($World)
            Set-WorldIdentity -World $World -Hash $null
            [pscustomobject] @{ outcome = 'failed'; message = 'x' }
        }
        $answer = Start-Register
        $answer.Error.code | Should -Be 'CMDLET_FAILED'
        $answer.Changed | Should -BeTrue
        $World.Calls | Should -Not -Contain 'Invoke-CsiRegistration'
    }
}

Describe 'The way back to a service account' {
    BeforeEach {
        $World = New-World
        $Hash = Add-WorldCertificate -World $World
        Set-WorldIdentity -World $World -Hash $Hash
        function Start-Rollback {
            return Invoke-WorldOperation -Operation 'rollback' -Request (Get-WorldRequest -Operation 'rollback')
        }
    }

    It 'must end on the account that the product names, and forget open switches' {
        $World.Records['verification'] = [pscustomobject] @{ since = 'x'; appId = 'x'; certificateSha256 = 'x'; command = $null }
        $answer = Start-Rollback
        $answer.Error | Should -BeNullOrEmpty
        $answer.Result.accountName | Should -Be 'Sync_SYNC01_0123456789ab'
        $World.Connector.identityType | Should -Be 'ServiceAccount'
        $World.Records.Count | Should -Be 0
        $World.Enabled | Should -BeTrue
    }

    It 'must say whether version <version> may onboard again: <again>' -ForEach @(
        @{ version = '2.6.79.0'; again = $true }, @{ version = '2.6.84.0'; again = $false }
    ) {
        $World.Version = $version
        (Start-Rollback).Result.mayOnboardAgain | Should -Be $again
    }

    It 'must be refused on another application than the one that is left' {
        Set-WorldIdentity -World $World -Hash $Hash -AppId $OtherAppId
        (Start-Rollback).Error.code | Should -Be 'CONNECTOR_UNEXPECTED'
        $World.Calls | Should -Not -Contain 'Invoke-CsiRollback'
    }

    It 'must find itself done' {
        Set-WorldIdentity -World $World -Hash $null
        $answer = Start-Rollback
        $answer.Error | Should -BeNullOrEmpty
        $answer.Changed | Should -BeFalse
        $World.Calls | Should -Not -Contain 'Invoke-CsiRollback'
    }

    It 'must not end well if the connector is still on the application' {
        Set-Outcome -Cmdlet 'Rollback' -Outcome 'completed'
        (Start-Rollback).Error.code | Should -Be 'VERIFICATION_FAILED'
        $World.Enabled | Should -BeTrue
    }

    It 'must be refused as <code> if the cmdlet ends as <outcome>' -ForEach @(
        @{ outcome = 'sign-in-required'; code = 'MFA_REQUIRED' }, @{ outcome = 'credential-refused'; code = 'CREDENTIAL_REFUSED' }
        @{ outcome = 'timed-out'; code = 'CMDLET_TIMEOUT' }, @{ outcome = 'failed'; code = 'CMDLET_FAILED' }
    ) {
        Set-Outcome -Cmdlet 'Rollback' -Outcome $outcome
        $answer = Start-Rollback
        $answer.Error.code | Should -Be $code
        $answer.Changed | Should -BeFalse
    }

    It 'must count as done if the connector moved, however the cmdlet ended' {
        $World.Do['Invoke-CsiRollback'] = {
            param($World, $Argument)
            [void] (Invoke-RealEffect -World $World -Name 'Invoke-CsiRollback' -Argument $Argument)
            [pscustomobject] @{ outcome = 'timed-out'; message = 'too long' }
        }
        (Start-Rollback).Error | Should -BeNullOrEmpty
    }

    It 'must be refused without a machine identifier' {
        $World.Do['Get-CsiMachineIdentifier'] = { '' }
        (Start-Rollback).Error.expected | Should -BeLike '*SyncMachineIdentifier*'
        $World.Calls | Should -Not -Contain 'Invoke-CsiRollback'
    }
}

Describe 'The machine identifier of a clone' {
    BeforeEach {
        $World = New-World
        function Start-Reset {
            param([hashtable] $Change = @{})
            $request = Get-WorldRequest -Operation 'reset-machine-identifier' -Change $Change
            return Invoke-WorldOperation -Operation 'reset-machine-identifier' -Request $request
        }
        function Get-Effect { @($World.Calls | Where-Object { $_ -match '^(Set|Stop|Start)-Csi' }) }
    }

    It 'must be written while the service is stopped and the scheduler off, which comes back' {
        $answer = Start-Reset
        $answer.Error | Should -BeNullOrEmpty
        $answer.Changed | Should -BeTrue
        $answer.Result.after.machineIdentifier | Should -Be 'fedcba9876543210fedcba9876543210'
        $World.Enabled | Should -BeTrue
        Get-Effect | Should -Be @(
            'Set-CsiSyncCycleEnabled', 'Stop-CsiService', 'Set-CsiMachineIdentifier', 'Start-CsiService', 'Set-CsiSyncCycleEnabled'
        )
    }

    It 'must remain if it is not the one that is named' {
        $answer = Start-Reset -Change @{ resetMachineIdentifier = 'ffff' }
        $answer.Error | Should -BeNullOrEmpty
        $answer.Changed | Should -BeFalse
        Get-Effect | Should -BeNullOrEmpty
    }

    It 'must remain while the scheduler is suspended, and without a service' {
        $World.Suspended = $true
        (Start-Reset).Error.code | Should -Be 'SCHEDULER_SUSPENDED'
        $World.Service.status = 'Stopped'
        (Start-Reset).Error.code | Should -Be 'SERVICE_STOPPED'
        Get-Effect | Should -BeNullOrEmpty
    }

    It 'must not be counted as written if it stays' {
        $World.Do['Set-CsiMachineIdentifier'] = { }
        (Start-Reset).Error.code | Should -Be 'VERIFICATION_FAILED'
        $World.Service.status | Should -Be 'Running'
    }

    It 'must leave a service to the restore task that does not start, and no service that a person stopped' {
        $World.Do['Start-CsiService'] = { throw (New-WindowsFailure) }
        (Start-Reset).Error.code | Should -Be 'SCHEDULER_NOT_RESTORED'
        $World.Do.Clear()
        Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'Faults.psm1')
        Invoke-Restoring -World $World | Should -Be 0
        $World.Service.status | Should -Be 'Running'
        $World.Service.status = 'Stopped'
        Invoke-Restoring -World $World | Should -Not -Be 0
        $World.Service.status | Should -Be 'Stopped'
    }
}

Describe 'The removal of a former service account' {
    BeforeEach {
        $World = New-World
        function Start-Removal {
            param([string] $Account = 'Sync_SYNC01_abcdefabcdef')
            $request = Get-WorldRequest -Operation 'remove-legacy-account' -Change @{ removeLegacyAccount = $Account }
            return Invoke-WorldOperation -Operation 'remove-legacy-account' -Request $request
        }
    }

    It 'must take the account that is named' {
        $answer = Start-Removal
        $answer.Error | Should -BeNullOrEmpty
        $answer.Changed | Should -BeTrue
        $World.Removed | Should -Be 'Sync_SYNC01_abcdefabcdef'
    }

    It 'must refuse the account of another server: <_>' -ForEach 'Sync_SYNC02_abcdefabcdef', 'Sync_SYNC011_abcdef', 'Sync_SYNC0_abcdef' {
        (Start-Removal -Account $_).Error.code | Should -Be 'ACCOUNT_UNEXPECTED'
        $World.Removed | Should -BeNullOrEmpty
    }

    It 'must refuse the account that the connector signs in with, in any spelling' -ForEach @(
        @{ account = 'Sync_SYNC01_0123456789ab' }, @{ account = 'Sync_sync01_0123456789AB' }
    ) {
        (Start-Removal -Account $account).Error.code | Should -Be 'ACCOUNT_IN_USE'
        $World.Removed | Should -BeNullOrEmpty
    }

    It 'must not report a removal that did not happen' {
        Set-Outcome -Cmdlet 'LegacyAccountRemoval' -Outcome 'failed'
        $answer = Start-Removal
        $answer.Error.code | Should -Be 'CMDLET_FAILED'
        $answer.Changed | Should -BeFalse
    }
}
