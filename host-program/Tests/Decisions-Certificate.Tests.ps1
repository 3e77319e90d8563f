<# Keys and certificates: what is made, what is left alone, and what may go. Destroyed is only what is proven to be of no use. #>
BeforeAll {
    Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'World.psm1') -Force

    function Start-Ensure {
        param([hashtable] $Change = @{})
        return Invoke-WorldOperation -Operation 'ensure-certificate' -Request (Get-WorldRequest -Operation 'ensure-certificate' -Change $Change)
    }

    function Start-Remove {
        param([hashtable] $Change = @{})
        return Invoke-WorldOperation -Operation 'remove-certificate' -Request (Get-WorldRequest -Operation 'remove-certificate' -Change $Change)
    }

    function Assert-AllThere {
        param([int] $Certificates = 1, [int] $Keys = 1)
        $World.Certificates.Count | Should -Be $Certificates
        $World.Keys.Count | Should -Be $Keys
    }

    # A key that opens and does not sign.
    function Set-KeyFailure {
        param([string] $HResult)
        $World.HResult = $HResult
        $World.Do['New-CsiSignature'] = {
            param($World)
            throw (New-WindowsFailure -Kind 'key' -Message 'the provider says no' -HResult $World.HResult)
        }
    }
}

Describe 'The removal of a certificate' {
    BeforeEach {
        $World = New-World
        $Hash = Add-WorldCertificate -World $World
    }

    It 'must take certificate and key' {
        $answer = Start-Remove
        $answer.Error | Should -BeNullOrEmpty
        $answer.Changed | Should -BeTrue
        Assert-AllThere -Certificates 0 -Keys 0
    }

    It 'must leave alone the one that the connector uses' {
        Set-WorldIdentity -World $World -Hash $Hash
        (Start-Remove).Error.code | Should -Be 'CERTIFICATE_IN_USE'
        Assert-AllThere
    }

    It 'must leave alone the one that the connector uses among several of the label, whichever it is' -ForEach @(@{ used = 0 }, @{ used = 1 }) {
        [void] (Add-WorldCertificate -World $World)
        Set-WorldIdentity -World $World -Hash $World.Certificates[$used].sha256
        (Start-Remove).Error.code | Should -Be 'CERTIFICATE_IN_USE'
        Assert-AllThere -Certificates 2
    }

    It 'must leave alone the one that the connector uses under another label' {
        Set-WorldIdentity -World $World -Hash $Hash
        $World.Certificates[0].label = 'renamed'
        (Start-Remove).Error.code | Should -Be 'CERTIFICATE_IN_USE'
        Assert-AllThere
    }

    It 'must take one of the same subject whose label was changed, as its key goes' {
        $World.Certificates[0].label = 'renamed'
        (Start-Remove).Error | Should -BeNullOrEmpty
        Assert-AllThere -Certificates 0 -Keys 0
    }

    It 'must leave alone a key that a certificate of another subject has' {
        [void] (Add-WorldCertificate -World $World -Change @{ label = 'another'; subject = 'CN=another' })
        (Start-Remove).Error.code | Should -Be 'KEY_SHARED'
        Assert-AllThere -Certificates 2
    }

    It 'must leave alone a key that an adopted certificate shares with another' {
        [void] (Add-WorldCertificate -World $World)
        (Start-Remove -Change @{ adoptSha256 = $Hash }).Error.code | Should -Be 'KEY_SHARED'
        Assert-AllThere -Certificates 2
    }

    It 'must take an adopted certificate by its hash, whatever its label, and leave the key of the fixed name' {
        $World.Certificates[0].label = 'another'
        $World.Certificates[0].keyName = 'adopted'
        $World.Keys += [pscustomobject] @{ name = 'adopted'; provider = $World.Keys[0].provider; file = 'C:\Keys\adopted'; dead = $false; access = @() }
        (Start-Remove -Change @{ adoptSha256 = $Hash }).Error | Should -BeNullOrEmpty
        $World.Keys.name | Should -Be 'ConnectSyncIdentity-dev-sync01-g1'
        $World.Certificates | Should -BeNullOrEmpty
    }

    It 'must leave alone what belongs to a key of which nothing is proven' {
        $World.Do['Get-CsiKey'] = { [pscustomobject] @{ key = $null; problem = 'not ready'; hresult = '0x80090030' } }
        (Start-Remove).Error.code | Should -Be 'KEY_UNAVAILABLE'
        Assert-AllThere
    }

    It 'must take the certificate of a dead key' {
        $World.Keys[0].dead = $true
        (Start-Remove).Error | Should -BeNullOrEmpty
        $World.Certificates | Should -BeNullOrEmpty
    }

    It 'must keep a certificate whose key cannot be removed, as it names the key' {
        $World.Do['Remove-CsiKey'] = { throw (New-WindowsFailure) }
        (Start-Remove).Error | Should -Not -BeNullOrEmpty
        Assert-AllThere
    }

    It 'must not end well while <left> is there' -ForEach @(
        @{ left = 'the key'; effect = 'Remove-CsiKey' }, @{ left = 'the certificate'; effect = 'Remove-CsiCertificateByHash' }
    ) {
        $World.Do[$effect] = { 0 }
        (Start-Remove).Error.code | Should -Be 'VERIFICATION_FAILED'
    }

    It 'must find itself done' {
        $World.Certificates = @()
        $World.Keys = @()
        $answer = Start-Remove
        $answer.Error | Should -BeNullOrEmpty
        $answer.Changed | Should -BeFalse
    }

    It 'must take a key of the fixed name without a certificate' {
        $World.Certificates = @()
        (Start-Remove).Error | Should -BeNullOrEmpty
        $World.Keys | Should -BeNullOrEmpty
    }
}

Describe 'A release' {
    BeforeEach {
        $World = New-World
        $Hash = Add-WorldCertificate -World $World
    }

    It 'must be refused while the connector uses the certificate' {
        Set-WorldIdentity -World $World -Hash $Hash
        $answer = Invoke-WorldOperation -Operation 'release' -Request (Get-WorldRequest -Operation 'release' -Hash $Hash)
        $answer.Error.code | Should -Be 'CERTIFICATE_IN_USE'
    }

    It 'must succeed while the connector is on <what>' -ForEach @(
        @{ what = 'another application'; app = 'other'; generation = 1 }, @{ what = 'another certificate'; app = 'own'; generation = 2 }
    ) {
        $used = if ($generation -eq 1) { $Hash } else { Add-WorldCertificate -World $World -Generation 2 }
        Set-WorldIdentity -World $World -Hash $used -AppId $(if ($app -eq 'own') { $AppId } else { $OtherAppId })
        $answer = Invoke-WorldOperation -Operation 'release' -Request (Get-WorldRequest -Operation 'release' -Hash $Hash)
        $answer.Error | Should -BeNullOrEmpty
        $answer.Changed | Should -BeFalse
    }
}

Describe 'A certificate that is asked for' {
    BeforeEach { $World = New-World }

    It 'must be made with exact access rules, once' {
        (Start-Ensure).Changed | Should -BeTrue
        $again = Start-Ensure
        $again.Error | Should -BeNullOrEmpty
        $again.Changed | Should -BeFalse
        Assert-AllThere
    }

    It 'must be removed again with its key if <what>' -ForEach @(
        @{ what = 'its signature does not verify'; effect = 'Test-CsiSignature'; do = { $false } }
        @{ what = 'its access rules cannot be set'; effect = 'Set-CsiKeyAccess'; do = { throw (New-WindowsFailure) } }
        @{ what = 'its access rules are others when read again'; effect = 'Get-CsiKeyAccess'; do = { return , @() } }
    ) {
        $World.Do[$effect] = $do
        $World.After = { param($World, $Name) if ($Name -eq 'New-CsiCertificate') { $World.Keys[0].access = @() } }
        $answer = Start-Ensure
        $answer.Error | Should -Not -BeNullOrEmpty
        $answer.Changed | Should -BeFalse
        Assert-AllThere -Certificates 0 -Keys 0
    }

    It 'must be removed again without the key that was there before' {
        [void] (Add-WorldCertificate -World $World)
        $World.Certificates = @()
        $World.Do['Test-CsiSignature'] = { $false }
        (Start-Ensure).Error.code | Should -Be 'TPM_SIGNATURE_INVALID'
        Assert-AllThere -Certificates 0 -Keys 1
    }

    It 'must not be made with a key that another server has' {
        [void] (Add-WorldCertificate -World $World -Change @{ label = 'another'; subject = 'CN=another' })
        (Start-Ensure).Error.code | Should -Be 'KEY_SHARED'
        Assert-AllThere
    }

    It 'must not be made with the software provider unless that is allowed' {
        $provider = 'Microsoft Software Key Storage Provider'
        (Start-Ensure -Change @{ keyProvider = $provider }).Error.code | Should -Be 'KEY_NOT_IN_HARDWARE'
        Assert-AllThere -Certificates 0 -Keys 0
        (Start-Ensure -Change @{ keyProvider = $provider; allowSoftwareKey = $true }).Error | Should -BeNullOrEmpty
    }

    It 'must not be made by a provider that keeps its keys in software under another name' {
        (Start-Ensure -Change @{ keyProvider = 'An HSM that is none' }).Error.code | Should -Be 'KEY_NOT_IN_HARDWARE'
        Assert-AllThere -Certificates 0 -Keys 0
    }

    It 'must be removed again if the provider of the TPM made its key in software' {
        $World.KeyInHardware = $false
        (Start-Ensure).Error.code | Should -Be 'KEY_NOT_IN_HARDWARE'
        Assert-AllThere -Certificates 0 -Keys 0
    }

    It 'must be refused where there is no TPM' {
        $World.Do['Get-CsiTpm'] = { [pscustomobject] @{ present = $false; ready = $false; specVersion = $null } }
        (Start-Ensure).Error.code | Should -Be 'TPM_MISSING'
    }

    It 'must be made if Windows does not say whether there is a TPM' {
        $World.Do['Get-CsiTpm'] = { throw (New-WindowsFailure) }
        (Start-Ensure).Error | Should -BeNullOrEmpty
    }

    It 'must be refused if several have its label' {
        foreach ($one in 1, 2) { [void] (Add-WorldCertificate -World $World) }
        (Start-Ensure).Error.code | Should -Be 'CERTIFICATE_AMBIGUOUS'
        Assert-AllThere -Certificates 2
    }

    It 'must be refused and stay if its key is dead: the run that finds it removes nothing' {
        [void] (Add-WorldCertificate -World $World)
        $World.Keys[0].dead = $true
        (Start-Ensure).Error.code | Should -Be 'KEY_UNUSABLE'
        Assert-AllThere -Certificates 1
    }

    It 'must stay if the connector uses it although its key is dead' {
        Set-WorldIdentity -World $World -Hash (Add-WorldCertificate -World $World)
        $World.Keys[0].dead = $true
        (Start-Ensure).Error.code | Should -Be 'KEY_UNUSABLE'
        Assert-AllThere
    }

    It 'must stay while its key answers <hresult>' -ForEach @(
        @{ hresult = '0x80280921' }, @{ hresult = '0x80090030' }, @{ hresult = '0x80090010' }, @{ hresult = '0x8009DEAD' }
    ) {
        [void] (Add-WorldCertificate -World $World)
        Set-KeyFailure -HResult $hresult
        $answer = Start-Ensure
        $answer.Error.code | Should -Be 'KEY_UNAVAILABLE'
        $answer.Error.actual | Should -BeLike "*$hresult*"
        Assert-AllThere
    }

    It 'must stay with another provider while the connector uses it' {
        Set-WorldIdentity -World $World -Hash (Add-WorldCertificate -World $World)
        $answer = Start-Ensure -Change @{ keyProvider = 'An HSM'; allowSoftwareKey = $true }
        $answer.Error.code | Should -Be 'CERTIFICATE_IN_USE'
        Assert-AllThere
    }

    It 'must not be adopted if <what>' -ForEach @(
        @{ what = 'there is none'; count = 0; code = 'CERTIFICATE_MISSING' }
        @{ what = 'there are two'; count = 2; code = 'CERTIFICATE_AMBIGUOUS' }
    ) {
        $Hash = Add-WorldCertificate -World $World -Change @{ label = 'theirs' }
        $World.Certificates = @(for ($one = 0; $one -lt $count; $one++) { $World.Certificates[0] })
        (Start-Ensure -Change @{ adoptSha256 = $Hash }).Error.code | Should -Be $code
    }

    It 'must not be adopted if its key is dead' {
        $Hash = Add-WorldCertificate -World $World -Change @{ label = 'theirs' }
        $World.Keys[0].dead = $true
        (Start-Ensure -Change @{ adoptSha256 = $Hash }).Error.code | Should -Be 'KEY_UNUSABLE'
        Assert-AllThere
    }
}

Describe 'A certificate of a CA' {
    BeforeEach {
        $World = New-World
        $Hash = Add-WorldCertificate -World $World -Change @{ label = ''; subject = 'CN=SYNC01.contoso.com' }
        $World.Issuance[$Hash] = New-WorldIssuance
        $Named = @{ adoptSha256 = $Hash; issued = $true }
    }

    It 'must be taken as it is, and its key be readable for the service account' {
        $World.Keys[0].access = @()
        $answer = Start-Ensure -Change $Named
        $answer.Error | Should -BeNullOrEmpty
        $answer.Changed | Should -BeTrue
        @($World.Keys[0].access).sid | Should -Contain 'S-1-5-80-1'
        Assert-AllThere
    }

    It 'must be taken if <what>' -ForEach @(
        @{ what = 'nothing says for what its key is'; change = @{ keyUsages = $null; purposes = $null } }
        @{ what = 'it is for any purpose'; change = @{ purposes = @('1.3.6.1.5.5.7.3.1', '2.5.29.37.0') } }
        @{ what = 'its key is longer'; change = @{ keyLength = 4096 } }
        @{ what = 'no revocation list answers'; change = @{ revocation = 'unchecked'; revocationProblem = 'offline' } }
        @{ what = 'it is not known whether its key can be exported'; change = @{ exportable = $null } }
    ) {
        foreach ($name in $change.Keys) { $World.Issuance[$Hash].$name = $change[$name] }
        (Start-Ensure -Change $Named).Error | Should -BeNullOrEmpty
    }

    It 'must be refused if <what>, and stay' -ForEach @(
        @{ what = 'its chain is not trusted'; change = @{ trusted = $false; problem = 'UntrustedRoot' } }
        @{ what = 'its CA revoked it'; change = @{ revocation = 'revoked' } }
        @{ what = 'its key is short'; change = @{ keyLength = 1024 } }
        @{ what = 'its key is for other things'; change = @{ keyUsages = @('KeyEncipherment') } }
        @{ what = 'it is for servers'; change = @{ purposes = @('1.3.6.1.5.5.7.3.1') } }
        @{ what = 'its key can be exported'; change = @{ exportable = $true } }
    ) {
        foreach ($name in $change.Keys) { $World.Issuance[$Hash].$name = $change[$name] }
        $answer = Start-Ensure -Change $Named
        $answer.Error.code | Should -Be 'CERTIFICATE_UNSUITABLE'
        $answer.Changed | Should -BeFalse
        Assert-AllThere
    }

    It 'must be refused if it is not valid <when>' -ForEach @(@{ when = 'yet'; days = -2 }, @{ when = 'any more'; days = 365 }) {
        $World.Time = $World.Time.AddDays($days)
        (Start-Ensure -Change $Named).Error.code | Should -Be 'CERTIFICATE_UNSUITABLE'
    }

    It 'must be refused if it signs itself' {
        $World.Issuance.Clear()
        (Start-Ensure -Change $Named).Error.code | Should -Be 'CERTIFICATE_UNSUITABLE'
    }

    It 'must be refused if its key is dead' {
        $World.Keys[0].dead = $true
        (Start-Ensure -Change $Named).Error.code | Should -Be 'KEY_UNUSABLE'
        Assert-AllThere
    }

    It 'must be refused with a key outside the TPM unless that is allowed' {
        $World.Certificates[0].keyProvider = 'An HSM'
        $World.Keys[0].provider = 'An HSM'
        (Start-Ensure -Change $Named).Error.code | Should -Be 'KEY_NOT_IN_HARDWARE'
        (Start-Ensure -Change ($Named + @{ allowSoftwareKey = $true })).Error | Should -BeNullOrEmpty
    }

    It 'must be refused if there are <count>' -ForEach @(
        @{ count = 0; code = 'CERTIFICATE_MISSING' }, @{ count = 2; code = 'CERTIFICATE_AMBIGUOUS' }
    ) {
        $World.Certificates = @(for ($one = 0; $one -lt $count; $one++) { $World.Certificates[0] })
        (Start-Ensure -Change $Named).Error.code | Should -Be $code
    }

    It 'must not be removed, nor its key' {
        $answer = Start-Remove -Change $Named
        $answer.Error | Should -BeNullOrEmpty
        $answer.Changed | Should -BeFalse
        Assert-AllThere
    }
}

Describe 'Access rules of a key' {
    BeforeEach {
        $World = New-World
        [void] (Add-WorldCertificate -World $World)
    }

    It 'must be set if they have <what>' -ForEach @(
        @{ what = 'a rule that denies'; sid = 'S-1-5-18'; rights = 'Read'; allow = $false }
        @{ what = 'a rule for someone else'; sid = 'S-1-5-21-1-1001'; rights = 'Read'; allow = $true }
    ) {
        $World.Keys[0].access += [pscustomobject] @{ sid = $sid; account = 'x'; rights = $rights; allow = $allow }
        (Start-Ensure).Changed | Should -BeTrue
        $World.Keys[0].access.Count | Should -Be 3
    }

    It 'must be set if <sid> has no rule' -ForEach @(@{ sid = 'S-1-5-80-1' }, @{ sid = 'S-1-5-18' }, @{ sid = 'S-1-5-32-544' }) {
        $World.Keys[0].access = @($World.Keys[0].access | Where-Object { $_.sid -ne $sid })
        (Start-Ensure).Changed | Should -BeTrue
        $World.Keys[0].access.sid | Should -Contain $sid
    }

    It 'must be set if the rights of the service are <rights>' -ForEach @(
        @{ rights = 'Synchronize' }, @{ rights = 'ReadAttributes, Synchronize' }, @{ rights = 'ReadPermissions' }
    ) {
        $World.Keys[0].access[0].rights = $rights
        (Start-Ensure).Changed | Should -BeTrue
        $World.Keys[0].access[0].rights | Should -Be 'Read, Synchronize'
    }

    It 'must be left alone if they are exact' {
        (Start-Ensure).Changed | Should -BeFalse
        $World.Calls | Should -Not -Contain 'Set-CsiKeyAccess'
    }

    It 'must be read again after they were set' {
        $World.Keys[0].access = @()
        $World.Do['Set-CsiKeyAccess'] = { }
        (Start-Ensure).Error.code | Should -Be 'KEY_ACL_NOT_SET'
    }
}
