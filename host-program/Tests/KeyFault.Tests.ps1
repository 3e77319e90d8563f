<#
.SYNOPSIS
    What the failure of a key proves, and what is done about it.
#>
BeforeAll {
    Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath '../ConnectSyncHost.psd1') -Force
}

Describe 'an HRESULT of a key' {
    It 'must prove <Fault> for <HResult> (signed with: <SignedWith>)' -TestCases @(
        @{ HResult = '0x80090016'; SignedWith = ''; Fault = 'dead' }
        @{ HResult = '0x80090011'; SignedWith = ''; Fault = 'dead' }
        @{ HResult = '0x80280921'; SignedWith = ''; Fault = 'passing' }
        @{ HResult = '0x80090010'; SignedWith = ''; Fault = 'denied' }
        @{ HResult = '0x80070423'; SignedWith = 'Microsoft Platform Crypto Provider'; Fault = 'unsupported' }
        @{ HResult = '0x80070423'; SignedWith = 'Microsoft Software Key Storage Provider'; Fault = 'unknown' }
        @{ HResult = '0x80070423'; SignedWith = ''; Fault = 'unknown' }
        @{ HResult = '0x80090029'; SignedWith = 'Microsoft Platform Crypto Provider'; Fault = 'unsupported' }
        @{ HResult = '0x80090029'; SignedWith = 'Another Provider'; Fault = 'unsupported' }
        @{ HResult = '0x80090029'; SignedWith = ''; Fault = 'unknown' }
        @{ HResult = '0x80090020'; SignedWith = ''; Fault = 'unknown' }
        @{ HResult = $null; SignedWith = ''; Fault = 'unlinked' }
    ) {
        InModuleScope ConnectSyncHost -Parameters @{ HResult = $HResult; SignedWith = $SignedWith } {
            param($HResult, $SignedWith)
            Get-KeyFault -HResult $HResult -SignedWith $SignedWith
        } | Should -Be $Fault
    }

    It 'must survive the wrapper: the innermost one counts, and a full disk stays a full disk' {
        InModuleScope ConnectSyncHost {
            $inner = New-Object -TypeName ComponentModel.Win32Exception -ArgumentList 1
            $inner.GetType().GetProperty('HResult').SetValue($inner, [BitConverter]::ToInt32([BitConverter]::GetBytes([uint32] 0x80070423L), 0))
            $outer = New-Object -TypeName InvalidOperationException -ArgumentList 'Exception calling "SignData"', $inner
            (New-CsiKeyException -Exception $outer -Message 'x').Data['CsiHResult'] | Should -Be '0x80070423'
            $full = New-Object -TypeName IO.IOException -ArgumentList 'full', ([BitConverter]::ToInt32([BitConverter]::GetBytes([uint32] 0x80070070L), 0))
            (New-CsiKeyException -Exception $full -Message 'x').Data['CsiKind'] | Should -Be 'disk-full'
        }
    }
}

Describe 'a key that is tried' {
    BeforeAll {
        # The problem of a key that fails with these HRESULTs, one for each try, and how often it was tried.
        function Get-Outcome {
            param([string[]] $Open = @(), [string[]] $Sign = @(), [object] $Salt = $null, [bool] $Verifies = $true)
            $parameters = @{ Open = $Open; Sign = $Sign; Salt = $Salt; Verifies = $Verifies }
            InModuleScope ConnectSyncHost -Parameters $parameters {
                param($Open, $Sign, $Salt, $Verifies)
                $script:Tries = @{ Open = 0; Sign = 0 }
                Mock Wait-CsiTime {}
                Mock Get-CsiKey {
                    $script:Tries.Open++
                    if ($script:Tries.Open -le $Open.Count) {
                        return [pscustomobject] @{ key = $null; problem = 'no'; hresult = $Open[$script:Tries.Open - 1] }
                    }
                    $key = [pscustomobject] @{ keyProvider = 'Microsoft Platform Crypto Provider'; pssSaltSize = $Salt }
                    [pscustomobject] @{ key = $key; problem = $null; hresult = $null }
                }
                Mock New-CsiSignature {
                    $script:Tries.Sign++
                    if ($script:Tries.Sign -le $Sign.Count) {
                        $failure = New-CsiException -Kind 'key' -Message 'no'
                        $failure.Data['CsiHResult'] = $Sign[$script:Tries.Sign - 1]
                        throw $failure
                    }
                    'AA=='
                }
                Mock Test-CsiSignature { $Verifies }
                $problem = Get-KeyProblem -CertificateHash 'aa'
                $fault = 'none'
                if ($null -ne $problem) { $fault = $problem.Fault }
                "$fault, opened $($script:Tries.Open), signed $($script:Tries.Sign)"
            }
        }
    }

    It 'must be good at the first try if it signs' {
        Get-Outcome | Should -Be 'none, opened 1, signed 1'
    }

    It 'must be good if what failed passes' {
        Get-Outcome -Sign '0x80280922', '0x80280920' | Should -Be 'none, opened 1, signed 3'
        Get-Outcome -Open '0x80090030' | Should -Be 'none, opened 2, signed 1'
    }

    It 'must be tried three times, and is not lost then' {
        Get-Outcome -Sign ('0x80280921', '0x80280921', '0x80280921') | Should -Be 'passing, opened 1, signed 3'
        Get-Outcome -Open ('0x80090030', '0x80090030', '0x80090030') | Should -Be 'passing, opened 3, signed 0'
    }

    It 'must not be tried again for what does not pass' {
        Get-Outcome -Sign '0x80070423' | Should -Be 'unsupported, opened 1, signed 1'
        Get-Outcome -Open '0x80090016' | Should -Be 'dead, opened 1, signed 0'
    }

    It 'must not sign if the TPM says that it salts to the maximum, but must if it says another thing or nothing' {
        Get-Outcome -Salt 1 | Should -Be 'unsupported, opened 1, signed 0'
        Get-Outcome -Salt 2 | Should -Be 'none, opened 1, signed 1'
        Get-Outcome -Salt 0 | Should -Be 'none, opened 1, signed 1'
    }

    It 'must verify what it signed' {
        Get-Outcome -Verifies $false | Should -Be 'unsupported, opened 1, signed 1'
    }
}

Describe 'a .NET Framework' {
    It 'must be refused before 4.7.2 only: <Release>' -TestCases @(
        @{ Release = 394802; Refused = $true }, @{ Release = 461807; Refused = $true }
        @{ Release = 461808; Refused = $false }, @{ Release = 533325; Refused = $false }, @{ Release = $null; Refused = $false }
    ) {
        InModuleScope ConnectSyncHost -Parameters @{ Release = $Release } {
            param($Release)
            Mock Get-CsiHost { [pscustomobject] @{ dotnetRelease = $Release } }
            try {
                Assert-Framework
                ''
            } catch {
                $_.Exception.Data['HostError'].code
            }
        } | Should -Be $(if ($Refused) { 'DOTNET_TOO_OLD' } else { '' })
    }
}
