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
    Describe 'Get-CsiFailureText' {
        It 'normal: must be the innermost message with its HRESULT' {
            $inner = New-Object -TypeName UnauthorizedAccessException -ArgumentList ' It is denied. '
            Get-CsiFailureText -Exception (New-Object -TypeName InvalidOperationException -ArgumentList 'outer', $inner) |
                Should -BeExactly 'It is denied (0x80070005)'
        }
        It 'normal: must not name an HRESULT twice, nor one of the program''s own failures' {
            $coded = New-Object -TypeName UnauthorizedAccessException -ArgumentList 'Denied: 0x80070005.'
            Get-CsiFailureText -Exception $coded | Should -BeExactly 'Denied: 0x80070005'
            Get-CsiFailureText -Exception (New-CsiException -Kind 'failed' -Message 'it is blank') | Should -BeExactly 'it is blank'
        }
    }
    Describe 'New-CsiFileException' {
        It 'normal: <code> must be of kind <kind>, with the text and the HRESULT' -ForEach @(
            @{ code = '0x80070005'; kind = 'failed' }, @{ code = '0x80070020'; kind = 'failed' }
            @{ code = '0x80070070'; kind = 'disk-full' }, @{ code = '0x80070027'; kind = 'disk-full' }
        ) {
            $thrown = New-Object -TypeName IO.IOException -ArgumentList 'refused.', ([Convert]::ToInt32($code, 16))
            $outer = New-Object -TypeName Exception -ArgumentList 'outer', $thrown
            $made = New-CsiFileException -Exception $outer -Message 'x cannot be read'
            $made.Data['CsiKind'] | Should -BeExactly $kind
            $made.Message | Should -BeExactly "x cannot be read: refused ($code)"
        }
    }
}
