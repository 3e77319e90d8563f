<# What must be true before the connector is changed: product, service, certificate, clock and the proof by a token. #>
BeforeAll {
    Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'World.psm1') -Force

    function Start-Register {
        param([hashtable] $Change = @{})
        return Invoke-WorldOperation -Operation 'register' -Request (Get-WorldRequest -Operation 'register' -Hash $Hash -Change $Change)
    }

    function Assert-Untouched {
        $World.Connector.identityType | Should -Be 'ServiceAccount'
        $World.Calls | Should -Not -Contain 'Set-CsiSyncCycleEnabled'
    }

    function Set-TokenAnswer {
        param([hashtable] $Change)
        $World.TokenChange = $Change
        $World.Do['Send-CsiForm'] = {
            param($World, $Argument)
            $answer = Invoke-RealEffect -World $World -Name 'Send-CsiForm' -Argument $Argument
            foreach ($name in $World.TokenChange.Keys) { $answer.$name = $World.TokenChange[$name] }
            return $answer
        }
    }
}

Describe 'Product and service' {
    BeforeEach {
        $World = New-World
        $Hash = Add-WorldCertificate -World $World
    }

    It 'must be refused as missing if <effect> finds nothing' -ForEach @(@{ effect = 'Get-CsiService' }, @{ effect = 'Get-CsiProduct' }) {
        $World.Do[$effect] = { $null }
        (Start-Register).Error.code | Should -Be 'ADSYNC_MISSING'
    }

    It 'must be refused as stopped' {
        $World.Service.status = 'StopPending'
        (Start-Register).Error.code | Should -Be 'SERVICE_STOPPED'
    }

    It 'must be compared by number: version <version>, at least 2.5.79.0, refused <refused>' -ForEach @(
        @{ version = '2.5.9.0'; refused = $true }, @{ version = '2.5.78.9'; refused = $true }
        @{ version = '2.5.79.0'; refused = $false }, @{ version = '2.10.0.0'; refused = $false }
    ) {
        $World.Version = $version
        $problem = (Start-Register).Error
        ($null -ne $problem -and $problem.code -eq 'VERSION_TOO_OLD') | Should -Be $refused
    }

    It 'must be accepted under another spelling of the account with the same SID' {
        $World.Accounts['local\service'] = $ServiceSid
        (Start-Register -Change @{ serviceAccount = 'local\service' }).Error | Should -BeNullOrEmpty
    }

    It 'must be refused under an account of the same name with another SID' {
        $World.Accounts['NT SERVICE\ADSync'] = 'S-1-5-21-9-9'
        (Start-Register -Change @{ serviceAccount = 'NT SERVICE\ADSync' }).Error.code | Should -Be 'SERVICE_ACCOUNT_UNEXPECTED'
        Assert-Untouched
    }

    It 'must be refused if the declared account does not resolve' {
        (Start-Register -Change @{ serviceAccount = 'CONTOSO\unknown' }).Error.code | Should -Be 'SERVICE_ACCOUNT_UNEXPECTED'
    }
}

Describe 'The certificate of a registration' {
    BeforeEach {
        $World = New-World
        $Hash = Add-WorldCertificate -World $World
    }

    It 'must be there' {
        $World.Certificates = @()
        (Start-Register).Error.code | Should -Be 'CERTIFICATE_MISSING'
        Assert-Untouched
    }

    It 'must be there once' {
        $World.Certificates += $World.Certificates[0]
        (Start-Register).Error.code | Should -Be 'CERTIFICATE_AMBIGUOUS'
        Assert-Untouched
    }

    It 'must have a key that opens' {
        $World.Keys[0].dead = $true
        (Start-Register).Error.code | Should -Be 'KEY_UNUSABLE'
        Assert-Untouched
    }

    It 'must have a key whose signature verifies' {
        $World.Do['Test-CsiSignature'] = { $false }
        (Start-Register).Error.code | Should -Be 'TPM_SIGNATURE_INVALID'
        Assert-Untouched
    }

    It 'must have a key in hardware, unless a software key is allowed' {
        $provider = 'Microsoft Software Key Storage Provider'
        $World.Certificates[0].keyProvider = $provider
        $World.Keys[0].provider = $provider
        (Start-Register).Error.code | Should -Be 'KEY_NOT_IN_HARDWARE'
        Assert-Untouched
        (Start-Register -Change @{ allowSoftwareKey = $true }).Error | Should -BeNullOrEmpty
    }

    It 'must get exact access rules first' {
        $World.Keys[0].access = @(Get-ExactRule) + [pscustomobject] @{ sid = 'S-1-1-0'; account = 'Everyone'; rights = 'Read'; allow = $true }
        $answer = Start-Register
        $answer.Error | Should -BeNullOrEmpty
        $World.Keys[0].access.Count | Should -Be 3
    }
}

Describe 'The proof by a token' {
    BeforeEach {
        $World = New-World
        $Hash = Add-WorldCertificate -World $World
    }

    It 'must refuse a clock that is <seconds> s off' -ForEach @(@{ seconds = 301 }, @{ seconds = -301 }) {
        Set-TokenAnswer -Change @{ date = ConvertTo-Iso -Time $World.Time.AddSeconds(-$seconds) }
        $answer = Start-Register
        $answer.Error.code | Should -Be 'CLOCK_SKEW'
        $answer.Error.actual | Should -Be "301 s $(if ($seconds -gt 0) { 'ahead' } else { 'behind' })"
        Assert-Untouched
    }

    It 'must accept a clock that is <seconds> s off' -ForEach @(@{ seconds = 300 }, @{ seconds = -300 }) {
        Set-TokenAnswer -Change @{ date = ConvertTo-Iso -Time $World.Time.AddSeconds(-$seconds) }
        (Start-Register).Error | Should -BeNullOrEmpty
    }

    It 'must refuse a token without a role that is needed' -ForEach @(
        @{ roles = @() }, @{ roles = @('Another.Role') }, @{ roles = @('adsynchronization.readwrite.all') }
    ) {
        $World.Roles = $roles
        (Start-Register).Error.code | Should -Be 'ROLE_MISSING'
        Assert-Untouched
    }

    It 'must be given for each resource' {
        $World.Roles = @($SyncRole)
        $other = @{ resourceAppId = $OtherAppId; roles = @('PasswordWriteback.Other') }
        $needed = @(@{ resourceAppId = $AppId; roles = @($SyncRole) }, $other)
        (Start-Register -Change @{ requiredRoles = $needed }).Error.code | Should -Be 'ROLE_MISSING'
        $World.Tokens | Should -Be 2
        Assert-Untouched
    }

    It 'must refuse what Entra refuses, with its reason' {
        $body = '{"error":"invalid_client","error_description":"AADSTS700027: no such key\r\nTrace: 1"}'
        Set-TokenAnswer -Change @{ status = 401; body = $body }
        $answer = Start-Register
        $answer.Error.code | Should -Be 'TOKEN_REFUSED'
        $answer.Error.actual | Should -Be 'AADSTS700027: no such key'
        Assert-Untouched
    }

    It 'must not take a failing endpoint for a refusal: HTTP <status>' -ForEach @(@{ status = 429 }, @{ status = 503 }) {
        Set-TokenAnswer -Change @{ status = $status; body = '{"error":"x"}' }
        (Start-Register).Error.code | Should -Be 'TOKEN_ENDPOINT_UNREACHABLE'
        Assert-Untouched
    }

    It 'must not ask again an endpoint that cannot be reached' {
        Set-TokenAnswer -Change @{ reached = $false; problem = 'no route'; date = $null }
        $bounds = @{ replicationSeconds = 60; cycleSeconds = 60; cmdletSeconds = 10; verifySeconds = 30 }
        (Start-Register -Change @{ bounds = $bounds }).Error.code | Should -Be 'TOKEN_ENDPOINT_UNREACHABLE'
        $World.Tokens | Should -Be 1
    }

    It 'must ask again until Entra has replicated' {
        $World.Do['Send-CsiForm'] = {
            param($World, $Argument)
            $answer = Invoke-RealEffect -World $World -Name 'Send-CsiForm' -Argument $Argument
            if ($World.Tokens -lt 3) { $answer.body = '{"error":"invalid_client"}' }
            return $answer
        }
        $bounds = @{ replicationSeconds = 60; cycleSeconds = 60; cmdletSeconds = 10; verifySeconds = 30 }
        (Start-Register -Change @{ bounds = $bounds }).Error | Should -BeNullOrEmpty
        $World.Tokens | Should -Be 3
    }

    It 'must be asked for before the scheduler is touched' {
        $World.Before = { param($World, $Name) if ($Name -eq 'Write-CsiPauseRecord') { $World.Seen = $World.Tokens } }
        [void] (Start-Register)
        $World.Seen | Should -Be 1
    }

    It 'must sign with the certificate that is declared, and name it' {
        $World.After = { param($World, $Name, $Argument) if ($Name -eq 'Send-CsiForm') { $World.Form = $Argument.Form } }
        [void] (Start-Register)
        $World.Form.client_id | Should -Be $AppId
        $World.Form.scope | Should -Be '6bf85cfa-ac8a-4be5-b5de-425a0d0dc016/.default'
        $parts = foreach ($part in @($World.Form.client_assertion.Split('.'))[0, 1]) {
            $text = $part.Replace('-', '+').Replace('_', '/')
            $text = $text.PadRight($text.Length + (4 - $text.Length % 4) % 4, '=')
            ConvertFrom-Json -InputObject ([Text.Encoding]::ASCII.GetString([Convert]::FromBase64String($text)))
        }
        $parts[0].alg | Should -Be 'PS256'
        [Convert]::ToHexString([Convert]::FromBase64String($parts[0].'x5t#S256'.Replace('-', '+').Replace('_', '/') + '=')) | Should -Be $Hash
        $parts[1].iss | Should -Be $AppId
        $parts[1].sub | Should -Be $AppId
        $parts[1].aud | Should -Be 'https://login.example/token'
        $parts[1].exp - $parts[1].nbf | Should -Be 600
    }
}
