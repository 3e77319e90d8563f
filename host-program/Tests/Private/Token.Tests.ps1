<# Private/Assertion.ps1 and Token.ps1: the proof by a token #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiProgram' {
    BeforeAll {
        $resource = '6bf85cfa-ac8a-4be5-b5de-425a0d0dc016'
        function New-Token {
            param([object] $Claims)
            $middle = ConvertTo-Base64Url -Bytes ([Text.Encoding]::UTF8.GetBytes((ConvertTo-AsciiJson -Value $Claims)))
            return "{`"access_token`":`"e30.$middle.x`"}"
        }
        function New-TokenAnswer {
            param([int] $Status = 200, [string] $Body = '', [object] $Date = '2026-07-01T10:00:00.000Z')
            return [pscustomobject] @{ reached = $true; status = $Status; body = $Body; date = $Date; problem = $null }
        }
        $good = New-Token -Claims @{ roles = @('ADSynchronization.ReadWrite.All', 'Other') }
        $body = [pscustomobject] @{
            appId = '11111111-2222-4333-8444-555555555555'; certificateSha256 = '0a' * 32; tokenEndpoint = 'https://login.example/t/token'
            requiredRoles = @([pscustomobject] @{ resourceAppId = $resource; roles = @('ADSynchronization.ReadWrite.All') })
            bounds = [pscustomobject] @{ replicationSeconds = 0 }
        }
    }

    Describe 'ConvertTo-Base64Url' {
        It 'must come back for <length> bytes, without padding or signs of its own' -ForEach @(
            @{ length = 1 }, @{ length = 2 }, @{ length = 3 }, @{ length = 64 }
        ) {
            $text = '~?' * $length
            $encoded = ConvertTo-Base64Url -Bytes ([Text.Encoding]::UTF8.GetBytes($text))
            $encoded | Should -Not -Match '[+/=]'
            ConvertFrom-Base64Url -Text $encoded | Should -BeExactly $text
        }
    }

    Describe 'New-ClientAssertion' {
        It 'must have the header, claims and lifetime that Entra wants, signed as a whole' {
            Mock Get-CsiTime { '2026-07-01T10:00:00.900Z' }
            Mock New-CsiSignature -ParameterFilter { $CertificateHash -eq '0a' * 32 } {
                $script:Signed = [Text.Encoding]::ASCII.GetString([Convert]::FromBase64String($Data))
                [Convert]::ToBase64String([byte[]] (251, 255))
            }
            $parts = (New-ClientAssertion -RequestBody $body).Split('.')
            "$($parts[0]).$($parts[1])" | Should -BeExactly $script:Signed
            $parts[2] | Should -BeExactly '-_8'
            ConvertFrom-Base64Url -Text $parts[0] |
                Should -BeExactly ('{"alg":"PS256","typ":"JWT","x5t#S256":"' + (ConvertTo-Base64Url -Bytes ([byte[]] (, 10 * 32))) + '"}')
            $claims = ConvertFrom-Json -InputObject (ConvertFrom-Base64Url -Text $parts[1])
            "$($claims.aud) $($claims.iss) $($claims.sub)" | Should -BeExactly "$($body.tokenEndpoint) $($body.appId) $($body.appId)"
            # 2026-07-01T10:00:00Z
            "$($claims.nbf) $($claims.iat) $($claims.exp)" | Should -BeExactly '1782900000 1782900000 1782900600'
            { [Guid] $claims.jti } | Should -Not -Throw
        }
    }

    Describe 'Read-TokenAnswer' {
        It 'must read <status> <text> as <kind>: <reason>' -ForEach @(
            @{ status = 429; text = '{}'; kind = 'unavailable'; reason = 'HTTP 429' }
            @{ status = 500; text = ''; kind = 'unavailable'; reason = 'HTTP 500' }
            @{ status = 503; text = '{}'; kind = 'unavailable'; reason = 'HTTP 503' }
            @{ status = 200; text = ''; kind = 'unavailable'; reason = 'HTTP 200 without JSON' }
            @{ status = 200; text = '<html>'; kind = 'unavailable'; reason = 'HTTP 200 without JSON' }
            @{ status = 200; text = 'null'; kind = 'unavailable'; reason = 'HTTP 200 without JSON' }
            @{
                status = 400; text = '{"error":"invalid_client","error_description":"AADSTS700027: x\r\nTrace: y"}'
                kind = 'refused'; reason = 'AADSTS700027: x'
            }
            @{ status = 400; text = '{"error":"invalid_client","error_description":""}'; kind = 'refused'; reason = 'invalid_client' }
            @{ status = 400; text = '{"error":7}'; kind = 'refused'; reason = 'HTTP 400' }
            @{ status = 200; text = '[1]'; kind = 'unavailable'; reason = 'HTTP 200 without JSON' }
            @{ status = 200; text = '{"access_token":5}'; kind = 'refused'; reason = 'HTTP 200' }
            @{ status = 200; text = '{"access_token":"x"}'; kind = 'refused'; reason = 'an access token that cannot be read' }
            @{ status = 200; text = '{"access_token":"a.!.b"}'; kind = 'refused'; reason = 'an access token that cannot be read' }
        ) {
            $found = Read-TokenAnswer -Answer (New-TokenAnswer -Status $status -Body $text)
            "$($found.Kind): $($found.Reason)" | Should -BeExactly "${kind}: $reason"
            @($found.Roles).Count | Should -Be 0
        }
        It 'must read the roles of a token: <roles>' -ForEach @(
            @{ claims = @{ roles = @('a', 'b') }; roles = 'a,b' }, @{ claims = @{ roles = @() }; roles = '' }
            @{ claims = @{ }; roles = '' }
            @{ claims = @{ roles = $null }; roles = '' }
        ) {
            $found = Read-TokenAnswer -Answer (New-TokenAnswer -Body (New-Token -Claims $claims))
            $found.Kind | Should -BeExactly 'token'
            $found.Roles -join ',' | Should -BeExactly $roles
        }
    }

    Describe 'Assert-Clock' {
        It 'must judge a clock at <now>: <actual>' -ForEach @(
            @{ now = '2026-07-01T10:05:00.000Z'; actual = $null }, @{ now = '2026-07-01T09:55:00.000Z'; actual = $null }
            @{ now = '2026-07-01T10:05:01.000Z'; actual = '301 s ahead' }, @{ now = '2026-07-01T09:54:59.000Z'; actual = '301 s behind' }
        ) {
            Mock Get-CsiTime { $now }
            if ($null -eq $actual) {
                { Assert-Clock -Date 'Wed, 01 Jul 2026 10:00:00 GMT' } | Should -Not -Throw
            } else {
                $refusal = Get-Refusal { Assert-Clock -Date '2026-07-01T10:00:00.000Z' }
                "$($refusal.code): $($refusal.actual)" | Should -BeExactly "CLOCK_SKEW: $actual"
            }
        }
        It 'must not judge without a date' {
            { Assert-Clock -Date $null } | Should -Not -Throw
        }
    }

    Describe 'Assert-Token' {
        BeforeEach {
            Reset-Run
            Mock Write-ErrorLine { }
            Mock Get-CsiTime { '2026-07-01T10:00:00.000Z' }
            Mock New-ClientAssertion { 'signed' }
            Mock Wait-CsiTime { $script:Waits += $Seconds }
            Mock Send-CsiForm {
                $script:Sent += , $Form; New-TokenAnswer -Body $script:Bodies[[Math]::Min($script:Sent.Count, $script:Bodies.Count) - 1]
            }
            $script:Sent = @(); $script:Waits = @(); $script:Bodies = @($good)
        }
        It 'must ask for the resource with the assertion, and for each resource' {
            $two = $body.PSObject.Copy()
            $two.requiredRoles = @($body.requiredRoles[0], [pscustomobject] @{ resourceAppId = 'b'; roles = @('Other') })
            Assert-Token -RequestBody $two
            $script:Sent.Count | Should -Be 2
            $script:Sent[0].scope | Should -BeExactly "$resource/.default"
            $script:Sent[1].scope | Should -BeExactly 'b/.default'
            "$($script:Sent[0].grant_type) $($script:Sent[0].client_id) $($script:Sent[0].client_assertion)" |
                Should -BeExactly "client_credentials $($body.appId) signed"
        }
        It 'must refuse a token without the role, in the very spelling' {
            foreach ($roles in @(), @('adsynchronization.readwrite.all')) {
                $script:Bodies = @(New-Token -Claims @{ roles = $roles })
                (Get-Refusal { Assert-Token -RequestBody $body }).code | Should -BeExactly 'ROLE_MISSING'
            }
        }
        It 'must ask again within the bound, longer each time, and no more when it is accepted' {
            $patient = $body.PSObject.Copy()
            $patient.bounds = [pscustomobject] @{ replicationSeconds = 60 }
            $script:Bodies = @('{"error":"invalid_client"}', (New-Token -Claims @{ }), $good)
            Assert-Token -RequestBody $patient
            $script:Waits | Should -Be @(1, 2)
            $script:Sent.Count | Should -Be 3
        }
        It 'must give up at the bound with the last refusal: <code>' -ForEach @(
            @{ text = '{"error":"invalid_client"}'; code = 'TOKEN_REFUSED' }, @{ text = ''; code = 'TOKEN_ENDPOINT_UNREACHABLE' }
        ) {
            $script:Bodies = @($text)
            (Get-Refusal { Assert-Token -RequestBody $body }).code | Should -BeExactly $code
            $script:Sent.Count | Should -Be 1
        }
        It 'must not ask again if the endpoint is not reached, as the bound is for replication' {
            $patient = $body.PSObject.Copy()
            $patient.bounds = [pscustomobject] @{ replicationSeconds = 60 }
            Mock Send-CsiForm { [pscustomobject] @{ reached = $false; status = 0; body = ''; date = $null; problem = 'refused' } }
            $refusal = Get-Refusal { Assert-Token -RequestBody $patient }
            "$($refusal.code) $($refusal.actual)" | Should -BeExactly 'TOKEN_ENDPOINT_UNREACHABLE refused'
            $script:Waits.Count | Should -Be 0
        }
        It 'must name a clock that is off before it judges the answer' {
            Mock Send-CsiForm { New-TokenAnswer -Status 400 -Body '{"error":"x"}' -Date '2026-07-01T11:00:00.000Z' }
            (Get-Refusal { Assert-Token -RequestBody $body }).code | Should -BeExactly 'CLOCK_SKEW'
        }
    }
}
