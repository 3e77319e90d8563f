<# Windows/Certificate.ps1 and Windows/Signature.ps1 #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiWindows' {
    BeforeAll {
        $tpm = 'Microsoft Platform Crypto Provider'
        $none = '00' * 32
        $key = New-TestKey -Name 'csi-1' -Provider $tpm
        $one = New-TestCertificate -Subject 'CN=one' -Rsa $key.Rsa -Label 'csi:a:1'
        $two = New-TestCertificate -Subject 'CN=two' -Label ''
        $hash = Get-CsiSha256 -Data $one.RawData
    }

    Describe 'Open-CsiStore' {
        It 'normal: must open LocalMachine\My to read, and to write only if that is asked' {
            [CsiStub.Windows]::Reset('X509Store.Open')
            Open-CsiStore | Should -BeOfType ([CsiStub.X509Store])
            [void] (Open-CsiStore -Writable)
            [CsiStub.Windows]::Calls | Should -Be @('X509Store.Open LocalMachine\My ReadOnly', 'X509Store.Open LocalMachine\My ReadWrite')
        }
        It '<case>: the HRESULT must reach the caller' -ForEach @(
            # E_ACCESSDENIED, ERROR_FILE_CORRUPT
            @{ case = 'denied'; code = '0x80070005' }, @{ case = 'broken'; code = '0x80070570' }
        ) {
            [CsiStub.Windows]::Reset('X509Store.Open')
            [CsiStub.Windows]::Faults['X509Store.Open'] = New-CryptoError -HResult $code
            Get-CsiHResult -Exception (Get-Failure { Open-CsiStore }) | Should -BeExactly $code
        }
    }

    Describe 'ConvertTo-CsiCertificateEntry' {
        It 'normal: must have hash, thumbprint, label, subject, times and the certificate' {
            $found = ConvertTo-CsiCertificateEntry -Certificate $one
            $found.sha256 | Should -BeExactly $hash
            $found.thumbprint | Should -BeExactly $one.Thumbprint
            $found.label | Should -BeExactly 'csi:a:1'
            $found.subject | Should -BeExactly 'CN=one'
            $found.notBefore | Should -BeExactly '2026-07-01T10:00:00.000Z'
            $found.notAfter | Should -BeExactly '2027-07-01T10:00:00.000Z'
            $found.certificate | Should -BeExactly ([Convert]::ToBase64String($one.RawData))
        }
        It 'absent: a certificate without a label must have an empty one' {
            (ConvertTo-CsiCertificateEntry -Certificate $two).label | Should -BeExactly ''
        }
    }

    Describe 'Get-CsiCertificate' {
        BeforeEach { [CsiStub.Windows]::Reset(@('X509Store.Open', 'X509Store.Close')) }
        It 'normal: must list every certificate, and close the store' {
            [CsiStub.Windows]::Store.AddRange([Security.Cryptography.X509Certificates.X509Certificate2[]] @($one, $two))
            @(Get-CsiCertificate).subject | Should -Be @('CN=one', 'CN=two')
            [CsiStub.Windows]::Calls[-1] | Should -Be 'X509Store.Close'
        }
        It 'absent: an empty store must be no certificate' {
            @(Get-CsiCertificate).Count | Should -Be 0
        }
        It '<case>: the HRESULT must reach the caller' -ForEach @(
            @{ case = 'denied'; code = '0x80070005' }, @{ case = 'broken'; code = '0x80070570' }
        ) {
            [CsiStub.Windows]::Faults['X509Store.Open'] = New-CryptoError -HResult $code
            Get-CsiHResult -Exception (Get-Failure { Get-CsiCertificate }) | Should -BeExactly $code
        }
    }

    Describe 'Find-CsiCertificate' {
        BeforeEach {
            [CsiStub.Windows]::Reset(@('X509Store.Open', 'X509Store.Close'))
            [CsiStub.Windows]::Store.AddRange([Security.Cryptography.X509Certificates.X509Certificate2[]] @($two, $one))
        }
        It 'normal: must be the one with the hash, and the store closed' {
            (Find-CsiCertificate -CertificateHash $hash).Subject | Should -Be 'CN=one'
            [CsiStub.Windows]::Calls[-1] | Should -Be 'X509Store.Close'
        }
        It 'absent: must be not-found, and the store closed' {
            $failure = Get-Failure { Find-CsiCertificate -CertificateHash $none }
            $failure.Data['CsiKind'] | Should -BeExactly 'not-found'
            [CsiStub.Windows]::Calls[-1] | Should -Be 'X509Store.Close'
        }
        It '<case>: the HRESULT must reach the caller' -ForEach @(
            @{ case = 'denied'; code = '0x80070005' }, @{ case = 'broken'; code = '0x80070570' }
        ) {
            [CsiStub.Windows]::Faults['X509Store.Open'] = New-CryptoError -HResult $code
            Get-CsiHResult -Exception (Get-Failure { Find-CsiCertificate -CertificateHash $none }) | Should -BeExactly $code
        }
    }

    Describe 'New-CsiCertificate' {
        BeforeAll {
            $wanted = @{
                Label = 'csi:a:2'; KeyName = 'csi-2'; Subject = 'CN=two'; KeyProvider = $tpm; KeyLength = 2048; LifetimeDays = 90
            }
        }
        BeforeEach {
            [CsiStub.Windows]::Reset(@('CngKey.Exists', 'CngKey.Open', 'CngKey.Create', 'CertificateRequest.CreateSelfSigned',
                    'X509Store.Open', 'X509Store.Add', 'X509Store.Close'))
        }
        It 'normal: must be labelled, valid from ten minutes ago for its lifetime, for signatures only, and in the store' {
            $now = [DateTime]::UtcNow
            $found = New-CsiCertificate @wanted
            $found.label | Should -BeExactly 'csi:a:2'
            $from = ConvertFrom-CsiTime -Value $found.notBefore
            ($from - $now).TotalMinutes | Should -BeGreaterThan -11
            ($from - $now).TotalMinutes | Should -BeLessThan -9.5
            ((ConvertFrom-CsiTime -Value $found.notAfter) - $from).TotalDays | Should -Be 90
            $stored = [CsiStub.Windows]::Store[0]
            $stored.FriendlyName | Should -BeExactly 'csi:a:2'
            $stored.SignatureAlgorithm.FriendlyName | Should -BeExactly 'sha256RSA'
            $stored.Extensions.Count | Should -Be 1
            $stored.Extensions[0].KeyUsages | Should -Be 'DigitalSignature'
            $stored.Extensions[0].Critical | Should -BeTrue
            [CsiStub.Windows]::Calls[-1] | Should -Be 'X509Store.Close'
        }
        It 'normal: a key that is there already must be taken, and no other made' {
            [CsiStub.Windows]::Keys["$tpm/csi-2"] = New-TestKey -Name 'csi-2' -Provider $tpm
            [void] (New-CsiCertificate @wanted)
            [CsiStub.Windows]::Calls -match 'CngKey' |
                Should -Be @("CngKey.Exists $tpm/csi-2 MachineKey", "CngKey.Open $tpm/csi-2 MachineKey")
        }
        It '<case>: <code> of <step> must be kept with its kind <kind>, and nothing be stored' -ForEach @(
            @{
                case = 'denied'; step = 'CngKey.Create'; code = '0x80070005'; kind = 'key'
                text = '*csi-2 can be neither made nor opened: *'
            }
            @{
                case = 'broken'; step = 'CngKey.Create'; code = '0x80280921'; kind = 'key'
                text = '*csi-2 can be neither made nor opened: *'
            }
            @{ case = 'broken'; step = 'CngKey.Create'; code = '0x80070070'; kind = 'disk-full'; text = '*csi-2 can be*' }
            @{ case = 'broken'; step = 'CngKey.Exists'; code = '0x80090030'; kind = 'key'; text = '*csi-2 does not open: *' }
            @{
                case = 'broken'; step = 'CertificateRequest.CreateSelfSigned'; code = '0x80090029'; kind = 'key'
                text = '*csi-2 does not sign its certificate: *'
            }
        ) {
            [CsiStub.Windows]::Faults[$step] = New-CryptoError -HResult $code
            $failure = Get-Failure { New-CsiCertificate @wanted }
            $failure.Data['CsiKind'] | Should -BeExactly $kind
            $failure.Data['CsiHResult'] | Should -BeExactly $code
            $failure.Message | Should -BeLike $text
            [CsiStub.Windows]::Store.Count | Should -Be 0
        }
        It 'denied: a store that may not be written must reach the caller, closed' {
            [CsiStub.Windows]::Faults['X509Store.Add'] = New-CryptoError -HResult '0x80070005'
            Get-CsiHResult -Exception (Get-Failure { New-CsiCertificate @wanted }) | Should -BeExactly '0x80070005'
            [CsiStub.Windows]::Calls[-1] | Should -Be 'X509Store.Close'
        }
    }

    Describe 'Remove-CsiCertificateByHash' {
        BeforeEach {
            [CsiStub.Windows]::Reset(@('X509Store.Open', 'X509Store.Remove', 'X509Store.Close'))
            [CsiStub.Windows]::Store.AddRange([Security.Cryptography.X509Certificates.X509Certificate2[]] @($one, $two))
        }
        It 'normal: must remove the one and count it, and leave the others' {
            Remove-CsiCertificateByHash -CertificateHash $hash | Should -Be 1
            @([CsiStub.Windows]::Store | ForEach-Object { $_.Subject }) | Should -Be 'CN=two'
            [CsiStub.Windows]::Calls[-1] | Should -Be 'X509Store.Close'
        }
        It 'absent: must remove nothing' {
            Remove-CsiCertificateByHash -CertificateHash $none | Should -Be 0
            [CsiStub.Windows]::Store.Count | Should -Be 2
        }
        It 'normal: must refuse what is no hash: <text>' -ForEach @(
            @{ text = '' }, @{ text = 'ab' }, @{ text = ('AB' * 32) + 'x' }, @{ text = ('ab' * 32) + "`n" }
        ) {
            { Remove-CsiCertificateByHash -CertificateHash $text } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
        }
        It '<case>: the HRESULT must reach the caller, and the store be closed' -ForEach @(
            @{ case = 'denied'; code = '0x80070005' }, @{ case = 'broken'; code = '0x80070570' }
        ) {
            [CsiStub.Windows]::Faults['X509Store.Remove'] = New-CryptoError -HResult $code
            Get-CsiHResult -Exception (Get-Failure { Remove-CsiCertificateByHash -CertificateHash $hash }) | Should -BeExactly $code
            [CsiStub.Windows]::Calls[-1] | Should -Be 'X509Store.Close'
        }
    }

    Describe 'New-CsiSignature' {
        BeforeAll { $data = [Convert]::ToBase64String([Text.Encoding]::ASCII.GetBytes('signed')) }
        BeforeEach {
            [CsiStub.Windows]::Reset(@('X509Store.Open', 'X509Store.Close', 'GetRSAPrivateKey', 'RSACng.SignData'))
            [CsiStub.Windows]::Store.Add($one)
            [CsiStub.Windows]::PrivateKeys[$one.Thumbprint] = New-Object -TypeName CsiStub.RSACng -ArgumentList $key
        }
        It 'normal: must be PS256, and verify with the certificate' {
            $signature = New-CsiSignature -CertificateHash $hash -Data $data
            [CsiStub.Windows]::Calls[-1] | Should -BeExactly 'RSACng.SignData SHA256 Pss'
            Test-CsiSignature -CertificateHash $hash -Data $data -Signature $signature | Should -BeTrue
        }
        It 'normal: a key of the older interface must be named as the reason' {
            [CsiStub.Windows]::PrivateKeys[$one.Thumbprint] = New-Object -TypeName CsiStub.RSACryptoServiceProvider -Property @{
                CspKeyContainerInfo = [pscustomobject] @{ ProviderName = 'Microsoft RSA SChannel Cryptographic Provider' }
            }
            $failure = Get-Failure { New-CsiSignature -CertificateHash $hash -Data $data }
            $failure.Message | Should -BeLike '*the legacy CSP "Microsoft RSA SChannel Cryptographic Provider" keeps it, which has no PSS'
            $failure.Data['CsiHResult'] | Should -BeExactly '0x80090029'
        }
        It 'absent: without the certificate it must be not-found' {
            (Get-Failure { New-CsiSignature -CertificateHash $none -Data $data }).Data['CsiKind'] | Should -BeExactly 'not-found'
        }
        It '<case>: <code> must be kept' -ForEach @(
            # NTE_PERM; lockout of the TPM, no PSS in the firmware, another salt, a cleared TPM
            @{ case = 'denied'; code = '0x80090010' }
            @{ case = 'broken'; code = '0x80280921' }, @{ case = 'broken'; code = '0x80090029' }
            @{ case = 'broken'; code = '0x80070423' }, @{ case = 'broken'; code = '0x80090016' }
        ) {
            [CsiStub.Windows]::Faults['RSACng.SignData'] = New-CryptoError -HResult $code
            $failure = Get-Failure { New-CsiSignature -CertificateHash $hash -Data $data }
            $failure.Data['CsiKind'] | Should -BeExactly 'key'
            $failure.Data['CsiHResult'] | Should -BeExactly $code
        }
    }

    Describe 'Test-CsiSignature' {
        BeforeAll {
            $data = [Convert]::ToBase64String([Text.Encoding]::ASCII.GetBytes('signed'))
            $bytes = [Convert]::FromBase64String($data)
            $sha256 = [Security.Cryptography.HashAlgorithmName]::SHA256
        }
        BeforeEach {
            [CsiStub.Windows]::Reset(@('X509Store.Open', 'X509Store.Close'))
            [CsiStub.Windows]::Store.Add($one)
        }
        It 'normal: must accept PS256 of these data only' {
            $pss = [Convert]::ToBase64String($key.Rsa.SignData($bytes, $sha256, [Security.Cryptography.RSASignaturePadding]::Pss))
            $other = [Convert]::ToBase64String($key.Rsa.SignData($bytes, $sha256, [Security.Cryptography.RSASignaturePadding]::Pkcs1))
            Test-CsiSignature -CertificateHash $hash -Data $data -Signature $pss | Should -BeTrue
            Test-CsiSignature -CertificateHash $hash -Data $data -Signature $other | Should -BeFalse
            Test-CsiSignature -CertificateHash $hash -Data 'AAAA' -Signature $pss | Should -BeFalse
        }
        It 'absent: without the certificate it must be not-found' {
            (Get-Failure { Test-CsiSignature -CertificateHash $none -Data $data -Signature 'AAAA' }).Data['CsiKind'] |
                Should -BeExactly 'not-found'
        }
        It 'broken: what is no signature must not verify' {
            Test-CsiSignature -CertificateHash $hash -Data $data -Signature 'AAAA' | Should -BeFalse
        }
    }
}
