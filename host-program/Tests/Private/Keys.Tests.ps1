<# Private/KeyFault.ps1, Certificate.ps1, KeyAccess.ps1 and Removal.ps1: what is known of a key, and what may go #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiProgram' {
    BeforeAll {
        $tpm = 'Microsoft Platform Crypto Provider'
        $one = 'aa' * 32; $two = 'bb' * 32
        function New-Entry {
            param([string] $Hash = $one, [string] $Label = 'csi:a:1', [string] $Subject = 'CN=a')
            return [pscustomobject] @{
                sha256 = $Hash; thumbprint = $Hash.Substring(0, 40).ToUpperInvariant(); label = $Label; subject = $Subject
                notBefore = '2026-07-01T10:00:00.000Z'; notAfter = '2027-07-01T10:00:00.000Z'; certificate = 'AA=='
            }
        }
        function New-Opened {
            param([object] $Problem = $null, [object] $HResult = $null, [object] $File = '/pcp/1', [string] $Name = 'csi-1')
            $key = $null
            if ($null -eq $Problem) {
                $key = [pscustomobject] @{ keyProvider = $tpm; keyName = $Name; keyFile = $File; keyInHardware = $true; pssSaltSize = 2 }
            }
            return [pscustomobject] @{ key = $key; problem = $Problem; hresult = $HResult }
        }
        function New-KeyFailure {
            param([string] $HResult)
            $failure = New-Object -TypeName InvalidOperationException -ArgumentList 'The key does not sign: x.'
            $failure.Data['CsiKind'] = 'key'
            $failure.Data['CsiHResult'] = $HResult
            return $failure
        }
        $body = [pscustomobject] @{
            server = 'sync01'; label = 'csi:a:1'; keyName = 'csi-1'; keyProvider = $tpm; subject = 'CN=a'; adoptSha256 = $null
        }
        $adopting = $body.PSObject.Copy()
        $adopting.adoptSha256 = $one
        $service = [pscustomobject] @{ account = 'CORP\svc'; accountSid = 'S-1-5-21-1' }
        function New-Rule {
            param([string] $Sid, [string] $Rights = 'FullControl', [bool] $Allow = $true)
            return [pscustomobject] @{ sid = $Sid; account = $Sid; rights = $Rights; allow = $Allow }
        }
        $exact = @((New-Rule -Sid 'S-1-5-18'), (New-Rule -Sid 'S-1-5-32-544'), (New-Rule -Sid 'S-1-5-21-1' -Rights 'Read, Synchronize'))
    }

    Describe 'Get-KeyFault' {
        It '<code> must prove: <fault>' -ForEach @(
            @{ code = '0x80090016'; fault = 'dead' }, @{ code = '0x80090011'; fault = 'dead' }, @{ code = '0x80280921'; fault = 'passing' }
            @{ code = '0x80090030'; fault = 'passing' }, @{ code = '0x800706BA'; fault = 'passing' }
            @{ code = '0x80090010'; fault = 'denied' }
            @{ code = '0x80070005'; fault = 'denied' }, @{ code = '0x80131500'; fault = 'unknown' }, @{ code = $null; fault = 'unlinked' }
            @{ code = '0x80090029'; fault = 'unknown' }, @{ code = '0x80070423'; fault = 'unknown' }
        ) {
            Get-KeyFault -HResult $code | Should -BeExactly $fault
        }
        It '<code> must prove of a signature by <by>: <fault>' -ForEach @(
            @{ code = '0x80090029'; by = 'any'; fault = 'unsupported' }, @{ code = '0x80070423'; by = 'any'; fault = 'unknown' }
            @{ code = '0x80070423'; by = 'Microsoft Platform Crypto Provider'; fault = 'unsupported' }
        ) {
            Get-KeyFault -HResult $code -SignedWith $by | Should -BeExactly $fault
        }
    }

    Describe 'Get-KeyProblem' {
        BeforeEach {
            Mock Get-CsiKey -ParameterFilter { $CertificateHash -eq $one } { New-Opened }
            Mock New-CsiSignature { 'c2ln' }
            Mock Wait-CsiTime { }
        }
        It 'must be none if the signature of fresh data verifies' {
            Mock Test-CsiSignature -ParameterFilter {
                $Signature -eq 'c2ln' -and [Convert]::FromBase64String($Data).Length -eq 16 } { $true
            }
            Get-KeyProblem -CertificateHash $one | Should -Be $null
        }
        It 'must be one if it does not verify' {
            Mock Test-CsiSignature { $false }
            (Get-KeyProblem -CertificateHash $one).Fault | Should -BeExactly 'unsupported'
        }
        It 'must hold what the provider said, its HRESULT, and what that proves: <fault>' -ForEach @(
            @{ code = '0x80090016'; fault = 'dead' }, @{ code = '0x80280921'; fault = 'passing' }
        ) {
            Mock New-CsiSignature { throw (New-KeyFailure -HResult $code) }
            $found = Get-KeyProblem -CertificateHash $one
            "$($found.Text): $($found.Fault)" | Should -BeExactly "The key does not sign: x ($code): $fault"
        }
        It 'must be that of a key that does not open' {
            Mock Get-CsiKey -ParameterFilter { $true } { New-Opened -Problem 'closed.' -HResult '0x80090011' }
            (Get-KeyProblem -CertificateHash $one).Text | Should -BeExactly 'closed (0x80090011)'
        }
        It 'must not take another failure for one of the key' {
            Mock New-CsiSignature { throw (New-Object -TypeName InvalidOperationException -ArgumentList 'no store') }
            { Get-KeyProblem -CertificateHash $one } | Should -Throw -ExpectedMessage 'no store'
        }
    }

    Describe 'Get-CredentialProblem and Test-LostCertificate' {
        It 'with <count> certificates at <now> and a key that is <fault>: problem <problem>, lost <lost>' -ForEach @(
            @{ count = 1; now = '2026-08-01'; fault = $null; problem = $null; lost = $false }
            @{ count = 0; now = '2026-08-01'; fault = $null; problem = '0 certificates*'; lost = $true }
            @{ count = 2; now = '2026-08-01'; fault = $null; problem = '2 certificates*'; lost = $false }
            @{ count = 1; now = '2026-06-01'; fault = $null; problem = 'not valid before*'; lost = $false }
            @{ count = 1; now = '2027-08-01'; fault = $null; problem = 'expired on*'; lost = $true }
            @{ count = 1; now = '2026-08-01'; fault = 'dead'; problem = 'x'; lost = $true }
            @{ count = 1; now = '2026-08-01'; fault = 'passing'; problem = 'x'; lost = $false }
            @{ count = 1; now = '2026-08-01'; fault = 'unlinked'; problem = 'x'; lost = $false }
        ) {
            Mock Get-CsiTime { "${now}T00:00:00.000Z" }
            Mock Get-CsiCertificate { New-Entry -Hash $two; for ($number = 0; $number -lt $count; $number++) { New-Entry } }
            Mock Get-KeyProblem { if ($null -ne $fault) { [pscustomobject] @{ Text = 'x'; Fault = $fault } } }
            $found = Get-CredentialProblem -CertificateHash $one
            if ($null -eq $problem) { $found | Should -Be $null } else { $found | Should -BeLike $problem }
            Test-LostCertificate -CertificateHash $one | Should -Be $lost
        }
    }

    Describe 'Get-RequestedCertificate' {
        It 'must be those of the very label, or the adopted one alone' {
            Mock Get-CsiCertificate { New-Entry; New-Entry -Hash $two -Label 'CSI:a:1'; New-Entry -Hash $two }
            @(Get-RequestedCertificate -RequestBody $body).sha256 | Should -Be @($one, $two)
            @(Get-RequestedCertificate -RequestBody $adopting).sha256 | Should -Be $one
        }
    }

    Describe 'New-KeyRefusal' {
        It 'a key that is <fault> must be <code>; source: <source>' -ForEach @(
            @{ fault = 'dead'; source = $null; code = 'KEY_UNUSABLE' }, @{ fault = 'unlinked'; source = 'adopted'; code = 'KEY_UNUSABLE' }
            @{ fault = 'unsupported'; source = 'issued'; code = 'TPM_SIGNATURE_INVALID' }
            @{ fault = 'dead'; source = 'issued'; code = 'KEY_UNUSABLE' }
            @{ fault = 'passing'; source = $null; code = 'KEY_UNAVAILABLE' }
            @{ fault = 'denied'; source = 'adopted'; code = 'KEY_UNAVAILABLE' }
            @{ fault = 'unknown'; source = $null; code = 'KEY_UNAVAILABLE' }
        ) {
            $fact = [pscustomobject] @{ keyFault = $fault; keyProblem = 'x'; label = 'csi:a:1'; keyProvider = $tpm }
            $from = @{}
            if ($null -ne $source) { $from['Source'] = $source }
            (Get-Refusal { throw (New-KeyRefusal -Fact $fact @from) }).code | Should -BeExactly $code
        }
    }

    Describe 'Test-ExactAccess' {
        It '<why> must count as exact: <expected>' -ForEach @(
            @{ why = 'just these'; change = { $exact }; expected = $true }
            @{ why = 'one more'; change = { $exact + (New-Rule -Sid 'S-1-1-0' -Rights 'Read') }; expected = $false }
            @{ why = 'a denial'; change = { $exact + (New-Rule -Sid 'S-1-5-21-1' -Allow $false) }; expected = $false }
            @{ why = 'no service'; change = { $exact[0, 1] }; expected = $false }
            @{ why = 'no SYSTEM'; change = { $exact[1, 2] }; expected = $false }
            @{ why = 'no administrators'; change = { $exact[0, 2] }; expected = $false }
            @{ why = 'synchronize only'; change = { $exact[0, 1] + (New-Rule -Sid 'S-1-5-21-1' -Rights 'Synchronize') }; expected = $false }
            @{ why = 'no rules'; change = { , @() }; expected = $false }, @{ why = 'unknown rules'; change = { $null }; expected = $false }
        ) {
            Test-ExactAccess -Acl (& $change) -ServiceSid 'S-1-5-21-1' | Should -Be $expected
        }
    }

    Describe 'Set-ExactAccess' {
        BeforeEach {
            Mock Get-CsiKey { New-Opened }
            Mock Get-CsiKeyAccess -ParameterFilter { $KeyFile -eq '/pcp/1' } { , $script:Acl }
            Mock Set-CsiKeyAccess -ParameterFilter {
                $KeyFile -eq '/pcp/1' -and "$ReaderSids" -eq 'S-1-5-21-1' } { $script:Acl = $script:Next
            }
            $script:Acl = @(); $script:Next = $exact
        }
        It 'must set nothing that is right, and read back what it sets' {
            Set-ExactAccess -CertificateHash $one -Service $service | Should -BeTrue
            Set-ExactAccess -CertificateHash $one -Service $service | Should -BeFalse
            Should -Invoke Set-CsiKeyAccess -Exactly 1
        }
        It 'must refuse <why>: <actual>' -ForEach @(
            @{ why = 'rules that did not change'; next = 'same'; actual = 'S-1-5-18: FullControl' }
            @{ why = 'rules that cannot be read'; next = $null; actual = 'an access list that cannot be read' }
        ) {
            $script:Acl = @(New-Rule -Sid 'S-1-5-18')
            $script:Next = $script:Acl
            if ($null -eq $next) { $script:Next = $null }
            $refusal = Get-Refusal { Set-ExactAccess -CertificateHash $one -Service $service }
            "$($refusal.code) $($refusal.actual)" | Should -BeExactly "KEY_ACL_NOT_SET $actual"
        }
        It 'must refuse a key without a file, and one that does not open' {
            Mock Get-CsiKey { New-Opened -File $null }
            (Get-Refusal { Set-ExactAccess -CertificateHash $one -Service $service }).actual | Should -BeExactly 'a key without a file'
            Mock Get-CsiKey { New-Opened -Problem 'closed' }
            (Get-Refusal { Set-ExactAccess -CertificateHash $one -Service $service }).actual | Should -BeExactly 'closed'
        }
    }

    Describe 'Get-RemovalPlan' {
        BeforeEach {
            $script:Used = $two; $script:Store = @(New-Entry); $script:Holders = @($one); $script:Opened = New-Opened
            Mock Get-CsiConnector { [pscustomobject] @{ certificateSha256 = $script:Used } }
            Mock Get-CsiCertificate { $script:Store }
            Mock Get-CsiKey { $script:Opened }
            Mock Test-CsiKey { $true }
            Mock Get-CsiKeyHolder { $script:Holders }
        }
        It 'must name certificate and key, the key once' {
            $plan = Get-RemovalPlan -RequestBody $body
            @($plan.Certificates).sha256 | Should -Be $one
            @($plan.Keys | ForEach-Object { "$($_.Provider)/$($_.Name)" }) | Should -Be "$tpm/csi-1"
        }
        It 'must refuse the connector''s certificate, of one or of several with the label' {
            $script:Used = $one
            (Get-Refusal { Get-RemovalPlan -RequestBody $body }).code | Should -BeExactly 'CERTIFICATE_IN_USE'
            $script:Store = @((New-Entry -Hash $two), (New-Entry))
            (Get-Refusal { Get-RemovalPlan -RequestBody $body }).code | Should -BeExactly 'CERTIFICATE_IN_USE'
        }
        It 'must refuse a key that the connector''s certificate has under another label, or none' {
            $script:Holders = @($one, $two)
            $script:Store = @((New-Entry), (New-Entry -Hash $two -Label 'renamed'))
            (Get-Refusal { Get-RemovalPlan -RequestBody $body }).code | Should -BeExactly 'CERTIFICATE_IN_USE'
            $script:Store = @((New-Entry), (New-Entry -Hash $two -Label 'renamed' -Subject 'CN=other'))
            (Get-Refusal { Get-RemovalPlan -RequestBody $adopting }).code | Should -BeExactly 'CERTIFICATE_IN_USE'
        }
        It 'must refuse a key that a certificate of another subject has, or any other of an adopted one' {
            $other = 'cc' * 32
            $script:Holders = @($one, $other)
            $script:Store = @((New-Entry), (New-Entry -Hash $other -Label 'x' -Subject 'CN=b'))
            (Get-Refusal { Get-RemovalPlan -RequestBody $body }).code | Should -BeExactly 'KEY_SHARED'
            $script:Store = @((New-Entry), (New-Entry -Hash $other -Label 'x'))
            (Get-Refusal { Get-RemovalPlan -RequestBody $adopting }).code | Should -BeExactly 'KEY_SHARED'
            @((Get-RemovalPlan -RequestBody $body).Certificates).sha256 | Should -Be @($one, $other)
        }
        It 'must refuse a key of which nothing is proven, and go on past one that is dead' {
            $script:Opened = New-Opened -Problem 'closed' -HResult '0x80280921'
            $refusal = Get-Refusal { Get-RemovalPlan -RequestBody $body }
            "$($refusal.code) $($refusal.actual)" | Should -BeExactly 'KEY_UNAVAILABLE closed (0x80280921)'
            $script:Opened = New-Opened -Problem 'gone' -HResult '0x80090016'
            { Get-RemovalPlan -RequestBody $body } | Should -Not -Throw
        }
        It 'must not name the fixed name of an adopted certificate, nor a key that is not there' {
            $script:Opened = New-Opened -Name 'theirs'
            @((Get-RemovalPlan -RequestBody $adopting).Keys).Name | Should -Be 'theirs'
            Mock Test-CsiKey { $false }
            @((Get-RemovalPlan -RequestBody $body).Keys).Count | Should -Be 0
        }
    }

    Describe 'Measure-Planned and Remove-Planned' {
        BeforeEach {
            $script:Done = @()
            $plan = [pscustomobject] @{ Certificates = @(New-Entry); Keys = @([pscustomobject] @{ Name = 'csi-1'; Provider = $tpm }) }
            Mock Remove-CsiKey { $script:Done += "key $KeyProvider/$KeyName" }
            Mock Remove-CsiCertificateByHash { $script:Done += "certificate $CertificateHash"; 1 }
        }
        It 'must count what is there' -ForEach @(@{ key = $true; count = 1 }, @{ key = $false; count = 0 }) {
            Mock Test-CsiKey { $key }
            Mock Get-CsiCertificate { New-Entry -Hash $two; if ($key) { New-Entry } }
            $found = Measure-Planned -Plan $plan
            "$($found.certificates) $($found.keyFile)" | Should -BeExactly "$count $key"
        }
        It 'must remove the key first' {
            Remove-Planned -Plan $plan
            $script:Done | Should -Be @("key $tpm/csi-1", "certificate $one")
        }
        It 'must keep the certificate if the key stays' {
            Mock Remove-CsiKey { throw (New-KeyFailure -HResult '0x80280921') }
            { Remove-Planned -Plan $plan } | Should -Throw
            $script:Done.Count | Should -Be 0
        }
    }
}
