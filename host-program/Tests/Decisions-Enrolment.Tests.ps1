<# A certificate that a CA issues by a template: what is asked, taken, kept and removed. #>
BeforeAll {
    Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'World.psm1') -Force
    function Start-Enrol {
        param([hashtable] $Change = @{}, [string] $Operation = 'ensure-certificate')
        $given = @{ enrolment = @{ template = 'EntraConnectSync'; leastDays = 180 } } + $Change
        return Invoke-WorldOperation -Operation $Operation -Request (Get-WorldRequest -Operation $Operation -Change $given)
    }
}

Describe 'A certificate by a template' {
    BeforeEach { $World = New-World }

    It 'must be asked for once, and be found the next time' {
        $answer = Start-Enrol
        $answer.Error | Should -BeNullOrEmpty
        $answer.Changed | Should -BeTrue
        $again = Start-Enrol
        $again.Error | Should -BeNullOrEmpty
        $again.Changed | Should -BeFalse
        $World.Certificates.Count | Should -Be 1
    }

    It 'must not be asked for again while the request waits' {
        $World.Enrolment = 'pending'
        $answer = Start-Enrol
        $answer.Error.code | Should -Be 'ENROLMENT_PENDING'
        $answer.Changed | Should -BeTrue
        $answer = Start-Enrol
        $answer.Error.code | Should -Be 'ENROLMENT_PENDING'
        $answer.Changed | Should -BeFalse
        $World.Requests.Count | Should -Be 1
        $World.Enrolment = 'issued'
        (Start-Enrol).Error | Should -BeNullOrEmpty
        $World.Requests.Count | Should -Be 0
    }

    It 'a request that was denied must go' {
        $World.Enrolment = 'pending'
        [void] (Start-Enrol)
        $World.Enrolment = 'denied'
        (Start-Enrol).Error.actual | Should -Be 'the CA: denied'
        $World.Requests.Count | Should -Be 0
    }

    It 'a CA that does not answer must leave the request that waits' {
        $World.Enrolment = 'pending'
        [void] (Start-Enrol)
        $World.Enrolment = 'failed'
        (Start-Enrol).Error.code | Should -Be 'ENROLMENT_FAILED'
        $World.Requests.Count | Should -Be 1
    }

    It 'must be removed with its key if <what>' -ForEach @(
        @{ what = 'it is short'; hardware = $true; change = @{ enrolment = @{ template = 'EntraConnectSync'; leastDays = 364 } }; code = 'CERTIFICATE_UNSUITABLE' }
        @{ what = 'its key is in software'; hardware = $false; change = @{}; code = 'KEY_NOT_IN_HARDWARE' }
    ) {
        $World.KeyInHardware = $hardware
        $request = Get-WorldRequest -Operation 'ensure-certificate' -Change @{ enrolment = @{ template = 'EntraConnectSync'; leastDays = 180 } }
        foreach ($name in $change.Keys) { $request[$name] = $change[$name] }
        $answer = Invoke-WorldOperation -Operation 'ensure-certificate' -Request $request
        $answer.Error.code | Should -Be $code
        $answer.Changed | Should -BeFalse
        $World.Certificates.Count | Should -Be 0
        $World.Keys.Count | Should -Be 0
    }

    It 'must stay if it was revoked since' {
        [void] (Start-Enrol)
        @($World.Issuance.Values)[0].revocation = 'revoked'
        (Start-Enrol).Error.code | Should -Be 'CERTIFICATE_UNSUITABLE'
        $World.Certificates.Count | Should -Be 1
    }

    It 'must be refused if its key is dead, and no other be asked for' {
        [void] (Start-Enrol)
        $World.Keys[0].dead = $true
        (Start-Enrol).Error.code | Should -Be 'KEY_UNUSABLE'
        $World.Certificates.Count | Should -Be 1
    }

    It 'removal must take the certificate, its key and a request that waits' {
        [void] (Start-Enrol)
        $World.Requests = @('b2' * 32)
        $answer = Start-Enrol -Operation 'remove-certificate'
        $answer.Error | Should -BeNullOrEmpty
        $answer.Changed | Should -BeTrue
        $World.Certificates.Count + $World.Keys.Count + $World.Requests.Count | Should -Be 0
    }

    It 'removal of any other certificate must leave a request that waits' {
        $World.Requests = @('b2' * 32)
        $request = Get-WorldRequest -Operation 'remove-certificate'
        (Invoke-WorldOperation -Operation 'remove-certificate' -Request $request).Error | Should -BeNullOrEmpty
        $World.Requests.Count | Should -Be 1
    }
}
