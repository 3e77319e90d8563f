<# Windows/Key.ps1 and Windows/KeyContainer.ps1 #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiWindows' {
    BeforeAll {
        $tpm = 'Microsoft Platform Crypto Provider'
        $key = New-TestKey -Name 'csi-1' -Provider $tpm
        $one = New-TestCertificate -Subject 'CN=one' -Rsa $key.Rsa -Label 'csi:a:1'
        $hash = Get-CsiSha256 -Data $one.RawData
    }

    Describe 'Get-CsiKeyFilePath' {
        It 'normal: a path must be itself, as TPM keys have one' {
            $path = Join-Path -Path $TestDrive -ChildPath 'PCPKSP/abc'
            Get-CsiKeyFilePath -UniqueName $path | Should -BeExactly $path
        }
        It 'absent: no name, or a file that is not there, must be unknown' {
            foreach ($name in $null, '', ' ', 'gone') { Get-CsiKeyFilePath -UniqueName $name | Should -Be $null }
        }
    }

    Describe 'Get-CsiPssSaltSize' {
        BeforeEach {
            [CsiStub.Windows]::Reset('CngKey.GetProperty')
            $salted = New-TestKey -Name 'k' -Provider $tpm
        }
        It 'normal: must be what the provider says of the key' {
            $salted.PropertyValue = 2
            Get-CsiPssSaltSize -Key $salted | Should -Be 2
            [CsiStub.Windows]::Calls | Should -Be 'CngKey.GetProperty PSS Salt Size'
        }
        It 'absent: a provider that does not say must be unknown' {
            Get-CsiPssSaltSize -Key $salted | Should -Be $null
        }
        It '<case>: a provider that refuses with <code> must be unknown' -ForEach @(
            @{ case = 'denied'; code = '0x80090010' }, @{ case = 'broken'; code = '0x80090029' }
        ) {
            $salted.PropertyValue = 2
            [CsiStub.Windows]::Faults['CngKey.GetProperty'] = New-CryptoError -HResult $code
            Get-CsiPssSaltSize -Key $salted | Should -Be $null
        }
    }

    Describe 'Get-CsiKey' {
        BeforeEach {
            [CsiStub.Windows]::Reset(@('X509Store.Open', 'X509Store.Close', 'GetRSAPrivateKey', 'CngKey.GetProperty'))
            [CsiStub.Windows]::Store.Add($one)
            [CsiStub.Windows]::PrivateKeys[$one.Thumbprint] = New-Object -TypeName CsiStub.RSACng -ArgumentList $key
            $key.PropertyValue = 1
            $one.Linked = $true
        }
        It 'normal: must have provider, name, file, place and salt of the key' {
            $found = Get-CsiKey -CertificateHash $hash
            "$($found.key.keyProvider)|$($found.key.keyName)|$($found.key.keyFile)|$($found.key.keyInHardware)" |
                Should -BeExactly "$tpm|csi-1|/pcp/csi-1|True"
            $found.key.pssSaltSize | Should -Be 1
            $found.problem | Should -Be $null
            $found.hresult | Should -Be $null
        }
        It 'normal: a key of the older interface must be described too' {
            [CsiStub.Windows]::PrivateKeys[$one.Thumbprint] = New-Object -TypeName CsiStub.RSACryptoServiceProvider -Property @{
                CspKeyContainerInfo = [pscustomobject] @{
                    ProviderName = 'Microsoft Strong Cryptographic Provider'; KeyContainerName = 'old'; UniqueKeyContainerName = '/rsa/old'
                    HardwareDevice = $false
                }
            }
            $found = (Get-CsiKey -CertificateHash $hash).key
            "$($found.keyProvider)|$($found.keyName)|$($found.keyFile)|$($found.keyInHardware)" |
                Should -BeExactly 'Microsoft Strong Cryptographic Provider|old|/rsa/old|False'
        }
        It 'absent: a certificate that refers to no key, or to one that is no RSA key, must say so, without an HRESULT' {
            [CsiStub.Windows]::PrivateKeys[$one.Thumbprint] = $null
            (Get-CsiKey -CertificateHash $hash).problem | Should -BeExactly 'The private key is no RSA key.'
            $one.Linked = $false
            $found = Get-CsiKey -CertificateHash $hash
            $found.key | Should -Be $null
            $found.problem | Should -BeExactly 'The certificate has no private key.'
            $found.hresult | Should -Be $null
        }
        It 'absent: without the certificate it must be not-found' {
            (Get-Failure { Get-CsiKey -CertificateHash ('00' * 32) }).Data['CsiKind'] | Should -BeExactly 'not-found'
        }
        It '<case>: a key that does not open must say why, with <code>' -ForEach @(
            # NTE_PERM, a cleared TPM, its lockout
            @{ case = 'denied'; code = '0x80090010' }, @{ case = 'broken'; code = '0x80090016' }, @{ case = 'broken'; code = '0x80280921' }
        ) {
            [CsiStub.Windows]::Faults['GetRSAPrivateKey'] = New-CryptoError -HResult $code
            $found = Get-CsiKey -CertificateHash $hash
            $found.key | Should -Be $null
            $found.problem | Should -BeLike 'The private key does not open: *'
            $found.problem | Should -Not -BeLike '*Exception calling*'
            $found.hresult | Should -BeExactly $code
        }
        It 'broken: a key that opens but cannot be read must say why, with its HRESULT' {
            [CsiStub.Windows]::PrivateKeys[$one.Thumbprint] = New-Object -TypeName CsiStub.RSACryptoServiceProvider
            $found = Get-CsiKey -CertificateHash $hash
            $found.key | Should -Be $null
            $found.problem | Should -BeLike 'The private key cannot be read: *'
            $found.hresult | Should -Match '\A0x[0-9A-F]{8}\z'
        }
    }

    Describe 'Open-CsiMachineKey' {
        BeforeEach {
            [CsiStub.Windows]::Reset(@('CngKey.Exists', 'CngKey.Open', 'CngKey.Create'))
            $wanted = @{ KeyName = 'csi-1'; KeyProvider = $tpm; KeyLength = 3072 }
        }
        It 'normal: a key that is there must be opened' {
            [CsiStub.Windows]::Keys["$tpm/csi-1"] = $key
            (Open-CsiMachineKey @wanted).KeyName | Should -BeExactly 'csi-1'
            [CsiStub.Windows]::Calls[-1] | Should -BeExactly "CngKey.Open $tpm/csi-1 MachineKey"
        }
        It 'absent: a missing one must be made: of the machine, to sign only, never to export' {
            [void] (Open-CsiMachineKey @wanted)
            [CsiStub.Windows]::Calls[-1] | Should -BeExactly "CngKey.Create $tpm/csi-1 RSA"
            $made = [CsiStub.Windows]::Keys["$tpm/csi-1"].Parameters
            "$($made.KeyCreationOptions)" | Should -BeExactly 'MachineKey, OverwriteExistingKey'
            "$($made.ExportPolicy) $($made.KeyUsage)" | Should -BeExactly 'None Signing'
            $made.Parameters[0].Name | Should -BeExactly 'Length'
            [BitConverter]::ToInt32($made.Parameters[0].GetValue(), 0) | Should -Be 3072
        }
        It '<case>: the HRESULT must reach the caller' -ForEach @(
            @{ case = 'denied'; code = '0x80070005' }, @{ case = 'broken'; code = '0x80280921' }
        ) {
            [CsiStub.Windows]::Faults['CngKey.Create'] = New-CryptoError -HResult $code
            Get-CsiHResult -Exception (Get-Failure { Open-CsiMachineKey @wanted }) | Should -BeExactly $code
        }
    }

    Describe 'Test-CsiKey' {
        BeforeEach { [CsiStub.Windows]::Reset('CngKey.Exists') }
        It 'normal: must find a key of the machine by provider and name' {
            [CsiStub.Windows]::Keys["$tpm/csi-1"] = $key
            Test-CsiKey -KeyName 'csi-1' -KeyProvider $tpm | Should -BeTrue
            Test-CsiKey -KeyName 'csi-1' -KeyProvider 'Vendor HSM' | Should -BeFalse
            [CsiStub.Windows]::Calls[0] | Should -BeExactly "CngKey.Exists $tpm/csi-1 MachineKey"
        }
        It 'absent: must be false' {
            Test-CsiKey -KeyName 'csi-1' -KeyProvider $tpm | Should -BeFalse
        }
        It '<case>: <code> must not be taken for a key that is gone' -ForEach @(
            @{ case = 'denied'; code = '0x80090010' }, @{ case = 'broken'; code = '0x80090030' }, @{ case = 'broken'; code = '0x800706BA' }
        ) {
            [CsiStub.Windows]::Faults['CngKey.Exists'] = New-CryptoError -HResult $code
            $failure = Get-Failure { Test-CsiKey -KeyName 'csi-1' -KeyProvider $tpm }
            $failure.Data['CsiKind'] | Should -BeExactly 'key'
            $failure.Data['CsiHResult'] | Should -BeExactly $code
        }
    }

    Describe 'Get-CsiPublicModulus' {
        It 'normal: must be that of the key' {
            Get-CsiPublicModulus -Certificate $one |
                Should -BeExactly ([Convert]::ToBase64String($key.Rsa.ExportParameters($false).Modulus))
        }
        It 'absent: a certificate of another kind of key must have none' {
            $request = New-Object -TypeName Security.Cryptography.X509Certificates.CertificateRequest -ArgumentList 'CN=ec',
                ([Security.Cryptography.ECDsa]::Create()), ([Security.Cryptography.HashAlgorithmName]::SHA256)
            $curve = $request.CreateSelfSigned([DateTimeOffset]::UtcNow, [DateTimeOffset]::UtcNow.AddDays(1))
            Get-CsiPublicModulus -Certificate $curve | Should -BeExactly ''
        }
    }

    Describe 'Get-CsiKeyHolder' {
        BeforeEach {
            [CsiStub.Windows]::Reset(@('CngKey.Open', 'X509Store.Open', 'X509Store.Close'))
            [CsiStub.Windows]::Keys["$tpm/csi-1"] = $key
        }
        It 'normal: must be every certificate with the public key, whatever its label' {
            $renewed = New-TestCertificate -Subject 'CN=renewed' -Rsa $key.Rsa
            $other = New-TestCertificate -Subject 'CN=other'
            [CsiStub.Windows]::Store.AddRange([Security.Cryptography.X509Certificates.X509Certificate2[]] @($one, $other, $renewed))
            @(Get-CsiKeyHolder -KeyName 'csi-1' -KeyProvider $tpm) | Should -Be @($hash, (Get-CsiSha256 -Data $renewed.RawData))
        }
        It 'absent: a key without a certificate must have no holder' {
            @(Get-CsiKeyHolder -KeyName 'csi-1' -KeyProvider $tpm).Count | Should -Be 0
        }
        It '<case>: <code> must be kept' -ForEach @(
            @{ case = 'denied'; code = '0x80090010' }, @{ case = 'broken'; code = '0x80280921' }
        ) {
            [CsiStub.Windows]::Faults['CngKey.Open'] = New-CryptoError -HResult $code
            $failure = Get-Failure { Get-CsiKeyHolder -KeyName 'csi-1' -KeyProvider $tpm }
            $failure.Data['CsiKind'] | Should -BeExactly 'key'
            $failure.Data['CsiHResult'] | Should -BeExactly $code
        }
    }

    Describe 'Remove-CsiKey' {
        BeforeEach {
            [CsiStub.Windows]::Reset(@('CngKey.Open', 'CngKey.Delete'))
            [CsiStub.Windows]::Keys["$tpm/csi-1"] = $key
            [CsiStub.Windows]::Keys["$tpm/csi-2"] = New-TestKey -Name 'csi-2' -Provider $tpm
        }
        It 'normal: must delete the one key' {
            Remove-CsiKey -KeyName 'csi-1' -KeyProvider $tpm
            @([CsiStub.Windows]::Keys.Keys) | Should -Be "$tpm/csi-2"
        }
        It '<case>: <code> of <step> must be kept, and the key too' -ForEach @(
            @{ case = 'absent'; step = 'CngKey.Open'; code = '0x80090016' }
            @{ case = 'denied'; step = 'CngKey.Delete'; code = '0x80090010' }
            @{ case = 'broken'; step = 'CngKey.Delete'; code = '0x80280921' }
        ) {
            [CsiStub.Windows]::Faults[$step] = New-CryptoError -HResult $code
            $failure = Get-Failure { Remove-CsiKey -KeyName 'csi-1' -KeyProvider $tpm }
            $failure.Data['CsiKind'] | Should -BeExactly 'key'
            $failure.Data['CsiHResult'] | Should -BeExactly $code
            [CsiStub.Windows]::Keys.Count | Should -Be 2
        }
    }
}
