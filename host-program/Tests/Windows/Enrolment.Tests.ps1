<# Windows/Enrolment.ps1 #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiWindows' {
    BeforeAll {
        $key = New-TestKey -Name 'te-1' -Provider 'Microsoft Platform Crypto Provider'
        function Reset-Store {
            [CsiStub.Windows]::Reset(@('X509Store.Open', 'X509Store.Close', 'X509Store.Remove', 'GetRSAPrivateKey', 'CngKey.Delete'))
            $issued.FriendlyName = ''
            $waiting.FriendlyName = ''
            [CsiStub.Windows]::Store.Add($issued)
        }
        $issued = New-IssuedCertificate -Subject 'CN=issued' -Rsa $key.Rsa
        $waiting = New-TestCertificate -Subject 'CN=waiting' -Rsa $key.Rsa
        function Add-Waiting {
            [CsiStub.Windows]::Requests.Add($waiting)
            [CsiStub.Windows]::PrivateKeys[$waiting.Thumbprint] = New-Object -TypeName CsiStub.RSACng -ArgumentList $key
            return Get-CsiSha256 -Data $waiting.RawData
        }
    }

    Describe 'Find-CsiEnrolmentRequest' {
        BeforeEach { Reset-Store }
        It 'normal: the request with the hash must be found' {
            $hash = Add-Waiting
            $store = Open-CsiStore -Name 'REQUEST'
            (Find-CsiEnrolmentRequest -Store $store -RequestHash $hash).Subject | Should -BeExactly 'CN=waiting'
        }
        It 'absent: without such a request there must be none' {
            Find-CsiEnrolmentRequest -Store (Open-CsiStore -Name 'REQUEST') -RequestHash ('00' * 32) | Should -Be $null
        }
    }

    Describe 'Set-CsiStoredLabel' {
        BeforeEach { Reset-Store }
        It 'normal: only what has the thumbprint must be labelled, and the store closed' {
            $other = New-TestCertificate -Subject 'CN=other' -Label 'theirs'
            [CsiStub.Windows]::Store.Add($other)
            Set-CsiStoredLabel -Store (Open-CsiStore -Writable) -Thumbprint $issued.Thumbprint -Label 'csi:a:1'
            "$($issued.FriendlyName) $($other.FriendlyName)" | Should -BeExactly 'csi:a:1 theirs'
            [CsiStub.Windows]::Calls[-1] | Should -BeExactly 'X509Store.Close'
        }
        It 'absent: without such a certificate nothing must be labelled' {
            Set-CsiStoredLabel -Store (Open-CsiStore -Writable) -Thumbprint ('00' * 20) -Label 'csi:a:1'
            $issued.FriendlyName | Should -BeExactly ''
        }
    }

    Describe 'Get-CsiEnrolment' {
        BeforeEach { Reset-Store }
        It 'normal: <status> must be <expected>, with the label on what came of it' -ForEach @(
            @{ status = 'Issued'; expected = 'issued'; labels = 'csi:a:1 ' }
            @{ status = 'Enrolled'; expected = 'issued'; labels = 'csi:a:1 ' }
            @{ status = 'Pending'; expected = 'pending'; labels = ' csi:a:1' }
            @{ status = 'EnrollPended'; expected = 'pending'; labels = ' csi:a:1' }
            @{ status = 'Denied'; expected = 'denied'; labels = ' ' }
            @{ status = 'Unknown'; expected = 'failed'; labels = ' ' }
        ) {
            [void] (Add-Waiting)
            Mock Get-Certificate -MockWith { [pscustomobject] @{ Status = $status; Certificate = $issued; Request = $waiting } }
            (Get-CsiEnrolment -Argument @{ Template = 'T' } -Label 'csi:a:1').status | Should -BeExactly $expected
            "$($issued.FriendlyName) $($waiting.FriendlyName)" | Should -BeExactly $labels
        }
        It '<case>: a failure must be the outcome, with its HRESULT' -ForEach @(
            # CERTSRV_E_UNSUPPORTED_CERT_TYPE, CERTSRV_E_TEMPLATE_DENIED, RPC_S_SERVER_UNAVAILABLE
            @{ case = 'absent'; code = '0x80094800' }, @{ case = 'denied'; code = '0x80094012' }, @{ case = 'broken'; code = '0x800706BA' }
        ) {
            Mock Get-Certificate -MockWith { throw (New-CryptoError -HResult $code) }
            $found = Get-CsiEnrolment -Argument @{ Template = 'T' } -Label 'csi:a:1'
            $found.status | Should -BeExactly 'failed'
            $found.message | Should -BeLike "*$code*"
        }
    }

    Describe 'Request-CsiCertificate' {
        BeforeEach { Reset-Store }
        It 'normal: the CA must be asked by the template, for the store of the computer' {
            Mock Get-Certificate -MockWith { [pscustomobject] @{ Status = 'Issued'; Certificate = $issued; Request = $null } }
            (Request-CsiCertificate -Template 'EntraConnectSync' -Label 'csi:a:1').status | Should -BeExactly 'issued'
            Should -Invoke Get-Certificate -Times 1 -Exactly -ParameterFilter {
                $Template -ceq 'EntraConnectSync' -and $CertStoreLocation -ceq 'Cert:\LocalMachine\My'
            }
        }
    }

    Describe 'Get-CsiEnrolmentRequest' {
        BeforeEach { Reset-Store }
        It 'normal: the requests with the label must be listed by their hash' {
            $waiting.FriendlyName = 'csi:a:1'
            $hash = Add-Waiting
            [CsiStub.Windows]::Requests.Add((New-TestCertificate -Subject 'CN=other' -Label 'CSI:A:1'))
            @(Get-CsiEnrolmentRequest -Label 'csi:a:1') | Should -Be @($hash)
            [CsiStub.Windows]::Calls[0] | Should -BeExactly 'X509Store.Open LocalMachine\REQUEST ReadWrite'
            [CsiStub.Windows]::Calls[-1] | Should -BeExactly 'X509Store.Close'
        }
        It 'absent: an empty store must be no request' {
            @(Get-CsiEnrolmentRequest -Label 'csi:a:1').Count | Should -Be 0
        }
        It '<case>: the HRESULT must reach the caller' -ForEach @(
            @{ case = 'denied'; code = '0x80070005' }, @{ case = 'broken'; code = '0x80070570' }
        ) {
            [CsiStub.Windows]::Faults['X509Store.Open'] = New-CryptoError -HResult $code
            Get-CsiHResult -Exception (Get-Failure { Get-CsiEnrolmentRequest -Label 'csi:a:1' }) | Should -BeExactly $code
        }
    }

    Describe 'Receive-CsiCertificate' {
        BeforeEach { Reset-Store }
        It 'normal: the CA must be asked for the request that waits' {
            $hash = Add-Waiting
            Mock Get-Certificate -MockWith { [pscustomobject] @{ Status = 'Issued'; Certificate = $issued; Request = $null } }
            (Receive-CsiCertificate -RequestHash $hash -Label 'csi:a:1').status | Should -BeExactly 'issued'
            Should -Invoke Get-Certificate -Times 1 -Exactly -ParameterFilter { $Request.Subject -ceq 'CN=waiting' }
        }
        It 'absent: a request that is gone must be a failure, and no CA be asked' {
            (Receive-CsiCertificate -RequestHash ('00' * 32) -Label 'csi:a:1').message | Should -BeLike '*no longer*'
        }
        It '<case>: the HRESULT must reach the caller' -ForEach @(
            @{ case = 'denied'; code = '0x80070005' }, @{ case = 'broken'; code = '0x80070570' }
        ) {
            [CsiStub.Windows]::Faults['X509Store.Open'] = New-CryptoError -HResult $code
            $failure = Get-Failure { Receive-CsiCertificate -RequestHash ('00' * 32) -Label 'csi:a:1' }
            Get-CsiHResult -Exception $failure | Should -BeExactly $code
        }
    }

    Describe 'Remove-CsiEnrolmentRequest' {
        BeforeEach { Reset-Store }
        It 'normal: the key must go before the request, and the store be closed' {
            $hash = Add-Waiting
            Remove-CsiEnrolmentRequest -RequestHash $hash
            [CsiStub.Windows]::Requests.Count | Should -Be 0
            [CsiStub.Windows]::Calls[-3] | Should -BeExactly 'CngKey.Delete te-1'
            [CsiStub.Windows]::Calls[-2] | Should -BeExactly 'X509Store.Remove CN=waiting'
            [CsiStub.Windows]::Calls[-1] | Should -BeExactly 'X509Store.Close'
        }
        It 'normal: a request of the older interface must go without its key' {
            $hash = Add-Waiting
            [CsiStub.Windows]::PrivateKeys[$waiting.Thumbprint] = New-Object -TypeName CsiStub.RSACryptoServiceProvider
            Remove-CsiEnrolmentRequest -RequestHash $hash
            [CsiStub.Windows]::Requests.Count | Should -Be 0
            [CsiStub.Windows]::Calls -match 'Delete' | Should -BeNullOrEmpty
        }
        It 'absent: a request that is gone must be no failure' {
            Remove-CsiEnrolmentRequest -RequestHash ('00' * 32)
            [CsiStub.Windows]::Calls[-1] | Should -BeExactly 'X509Store.Close'
        }
        It '<case>: a key that cannot be removed must keep its request, with the HRESULT' -ForEach @(
            @{ case = 'denied'; code = '0x80090010' }, @{ case = 'broken'; code = '0x80090030' }
        ) {
            $hash = Add-Waiting
            [CsiStub.Windows]::Faults['CngKey.Delete'] = New-CryptoError -HResult $code
            $failure = Get-Failure { Remove-CsiEnrolmentRequest -RequestHash $hash }
            "$($failure.Data['CsiKind']) $($failure.Data['CsiHResult'])" | Should -BeExactly "key $code"
            [CsiStub.Windows]::Requests.Count | Should -Be 1
        }
    }
}
