<# Windows/Failure.ps1 #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiWindows' {
    BeforeAll {
        $chain = New-Object -TypeName InvalidOperationException -ArgumentList 'outer',
            (New-Object -TypeName Exception -ArgumentList 'between', (New-CryptoError -HResult '0x80280921'))
    }

    Describe 'New-CsiException' {
        It 'normal: must carry the kind' {
            $made = New-CsiException -Kind 'not-found' -Message 'x'
            "$($made.Data['CsiKind']) $($made.Message)" | Should -BeExactly 'not-found x'
        }
    }
    Describe 'Get-CsiInnermostException' {
        It 'normal: must be the bottom of a chain, or the exception itself' {
            Get-CsiInnermostException -Exception $chain | Should -BeOfType ([Security.Cryptography.CryptographicException])
            (Get-CsiInnermostException -Exception (New-Object -TypeName Exception -ArgumentList 'a')).Message | Should -BeExactly 'a'
        }
    }
    Describe 'Get-CsiInnermostMessage' {
        It 'normal: must be the message at the bottom' {
            Get-CsiInnermostMessage -Exception $chain | Should -BeExactly (New-CryptoError -HResult '0x80280921').Message
        }
    }
    Describe 'Get-CsiHResult' {
        It 'normal: must be the HRESULT at the bottom, as eight digits' {
            Get-CsiHResult -Exception $chain | Should -BeExactly '0x80280921'
        }
    }
    Describe 'New-CsiKeyException' {
        It 'normal: <code> must be kept, as kind <kind>' -ForEach @(
            @{ code = '0x80090016'; kind = 'key' }, @{ code = '0x80280921'; kind = 'key' }, @{ code = '0x80070423'; kind = 'key' }
            @{ code = '0x80070070'; kind = 'disk-full' }, @{ code = '0x80070027'; kind = 'disk-full' }
        ) {
            $outer = Get-Failure { throw (New-CryptoError -HResult $code) }
            $made = New-CsiKeyException -Exception $outer -Message 'The key k does not open'
            $made.Data['CsiKind'] | Should -BeExactly $kind
            $made.Data['CsiHResult'] | Should -BeExactly $code
            $made.Message | Should -BeExactly "The key k does not open: $($outer.Message)"
        }
    }
}
