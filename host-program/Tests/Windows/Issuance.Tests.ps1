<# Windows/Issuance.ps1 #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiWindows' {
    BeforeAll {
        $key = New-TestKey -Name 'tq-1' -Provider 'Microsoft Platform Crypto Provider'
        $own = New-TestCertificate -Subject 'CN=own' -Rsa $key.Rsa
        $one = New-IssuedCertificate -Subject 'CN=one' -Rsa $key.Rsa
        $hash = Get-CsiSha256 -Data $one.RawData
        function Set-Chain {
            param([string[]] $Status = @())
            [CsiStub.X509Chain]::Found = @($Status | ForEach-Object {
                    $found = New-Object -TypeName CsiStub.ChainStatus
                    $found.Status = $_
                    $found.StatusInformation = "about $_`r`n"
                    $found
                })
        }
    }

    Describe 'Test-CsiExportable' {
        BeforeEach {
            [CsiStub.Windows]::Reset('GetRSAPrivateKey')
            [CsiStub.Windows]::PrivateKeys[$one.Thumbprint] = New-Object -TypeName CsiStub.RSACng -ArgumentList $key
        }
        It 'normal: a key that may be exported must be known, encrypted or in clear text' {
            foreach ($row in @('None', $false), @('AllowArchiving', $false), @('AllowExport', $true), @('AllowPlaintextExport', $true)) {
                $key.ExportPolicy = $row[0]
                Test-CsiExportable -Certificate $one | Should -Be $row[1]
            }
        }
        It 'normal: a key of the older interface must be asked too' {
            [CsiStub.Windows]::PrivateKeys[$one.Thumbprint] = New-Object -TypeName CsiStub.RSACryptoServiceProvider -Property @{
                CspKeyContainerInfo = [pscustomobject] @{ Exportable = $true }
            }
            Test-CsiExportable -Certificate $one | Should -BeTrue
        }
        It 'absent: without an RSA key it must be unknown' {
            [CsiStub.Windows]::PrivateKeys[$one.Thumbprint] = $null
            Test-CsiExportable -Certificate $one | Should -Be $null
        }
        It '<case>: a key that does not open must be unknown' -ForEach @(
            @{ case = 'denied'; code = '0x80090010' }, @{ case = 'broken'; code = '0x80090016' }
        ) {
            [CsiStub.Windows]::Faults['GetRSAPrivateKey'] = New-CryptoError -HResult $code
            Test-CsiExportable -Certificate $one | Should -Be $null
        }
    }

    Describe 'Get-CsiChain' {
        BeforeEach { [CsiStub.Windows]::Reset('X509Chain.Build') }
        It 'normal: a chain without a problem must be trusted, asked as the computer and online, within a time' {
            Set-Chain
            $found = Get-CsiChain -Certificate $one
            "$($found.trusted) $($found.problem) $($found.revocation) $($found.revocationProblem)" | Should -BeExactly 'True  good '
            $last = [CsiStub.X509Chain]::Last
            $last.OfMachine | Should -BeTrue
            "$($last.ChainPolicy.RevocationMode) $($last.ChainPolicy.RevocationFlag)" | Should -BeExactly 'Online ExcludeRoot'
            $last.ChainPolicy.UrlRetrievalTimeout.TotalSeconds | Should -Be 10
        }
        It 'normal: <status> must be <trusted> and <revocation>' -ForEach @(
            @{ status = @('NotTimeValid'); trusted = $true; revocation = 'good' }
            @{ status = @('Revoked'); trusted = $true; revocation = 'revoked' }
            @{ status = @('RevocationStatusUnknown', 'OfflineRevocation'); trusted = $true; revocation = 'unchecked' }
            @{ status = @('Revoked', 'OfflineRevocation'); trusted = $true; revocation = 'revoked' }
            @{ status = @('UntrustedRoot'); trusted = $false; revocation = 'good' }
            @{ status = @('PartialChain', 'RevocationStatusUnknown'); trusted = $false; revocation = 'unchecked' }
        ) {
            Set-Chain -Status $status
            $found = Get-CsiChain -Certificate $one
            $found.trusted | Should -Be $trusted
            $found.revocation | Should -BeExactly $revocation
            ($null -eq $found.problem) | Should -Be $trusted
            ($null -eq $found.revocationProblem) | Should -Be ($revocation -ne 'unchecked')
        }
        It 'absent: a chain without its root must say what is missing' {
            Set-Chain -Status 'PartialChain'
            (Get-CsiChain -Certificate $one).problem | Should -BeExactly 'PartialChain: about PartialChain'
        }
        It '<case>: a chain that cannot be built must be neither trusted nor checked' -ForEach @(
            @{ case = 'denied'; code = '0x80070005' }, @{ case = 'broken'; code = '0x80092012' }
        ) {
            [CsiStub.Windows]::Faults['X509Chain.Build'] = New-CryptoError -HResult $code
            $found = Get-CsiChain -Certificate $one
            "$($found.trusted) $($found.revocation)" | Should -BeExactly 'False unchecked'
            $found.problem | Should -BeLike "the chain cannot be built: *$code*"
        }
    }

    Describe 'Get-CsiIssuance' {
        BeforeEach {
            [CsiStub.Windows]::Reset(@('X509Store.Open', 'X509Store.Close', 'GetRSAPrivateKey', 'X509Chain.Build'))
            [CsiStub.Windows]::Store.AddRange([Security.Cryptography.X509Certificates.X509Certificate2[]] @($own, $one))
            [CsiStub.Windows]::PrivateKeys[$one.Thumbprint] = New-Object -TypeName CsiStub.RSACng -ArgumentList $key
            $key.ExportPolicy = 'None'
            Set-Chain
        }
        It 'normal: must have issuer, length of the key, usages and purposes' {
            $found = Get-CsiIssuance -CertificateHash $hash
            "$($found.issuer)|$($found.keyLength)|$($found.keyUsages)|$($found.purposes)|$($found.exportable)" |
                Should -BeExactly 'CN=Contoso Issuing CA|2048|KeyEncipherment DigitalSignature|1.3.6.1.5.5.7.3.2|False'
        }
        It 'absent: a certificate that signs itself must have none, and its chain must not be built' {
            Get-CsiIssuance -CertificateHash (Get-CsiSha256 -Data $own.RawData) | Should -Be $null
            [CsiStub.Windows]::Calls | Should -Not -Contain 'X509Chain.Build CN=own'
        }
        It 'absent: extensions that are not there must be unknown' {
            $bare = New-IssuedCertificate -Subject 'CN=bare' -Rsa $key.Rsa -Bare
            [CsiStub.Windows]::Store.Add($bare)
            [CsiStub.Windows]::PrivateKeys[$bare.Thumbprint] = $null
            $found = Get-CsiIssuance -CertificateHash (Get-CsiSha256 -Data $bare.RawData)
            $found.keyUsages | Should -Be $null
            $found.purposes | Should -Be $null
            $found.exportable | Should -Be $null
        }
        It '<case>: the HRESULT of the store must reach the caller' -ForEach @(
            @{ case = 'denied'; code = '0x80070005' }, @{ case = 'broken'; code = '0x80070570' }
        ) {
            [CsiStub.Windows]::Faults['X509Store.Open'] = New-CryptoError -HResult $code
            Get-CsiHResult -Exception (Get-Failure { Get-CsiIssuance -CertificateHash $hash }) | Should -BeExactly $code
        }
    }
}
