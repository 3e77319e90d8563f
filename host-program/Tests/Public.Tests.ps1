<# Public: what the operations refuse before they change anything, and what they leave #>
. (Join-Path -Path $PSScriptRoot -ChildPath 'Load.ps1')

Describe 'The module' {
    It 'must export each operation and nothing else' {
        $root = Split-Path -Path $PSScriptRoot -Parent
        $exported = (Import-PowerShellDataFile -LiteralPath (Join-Path -Path $root -ChildPath 'ConnectSyncHost.psd1')).FunctionsToExport
        $files = @(Get-ChildItem -LiteralPath (Join-Path -Path $root -ChildPath 'Public') -Filter '*.ps1' |
            ForEach-Object { "Invoke-$($_.BaseName)" })
        @($exported | Sort-Object) | Should -Be @($files | Sort-Object)
    }
}

InModuleScope -ModuleName 'CsiProgram' {
    BeforeAll {
        $tpm = 'Microsoft Platform Crypto Provider'
        $soft = 'Microsoft Software Key Storage Provider'
        $one = 'aa' * 32; $two = 'bb' * 32
        $body = [pscustomobject] @{
            server = 'sync01'; label = 'csi:a:1'; keyName = 'csi-1'; subject = 'CN=a'; keyProvider = $tpm; keyLength = 2048
            lifetimeDays = 90; allowSoftwareKey = $false; serviceAccount = $null; minimumVersion = '2.5.79.0'; adoptSha256 = $null
        }
        function Set-Body {
            param([Collections.IDictionary] $With)
            $copy = $body.PSObject.Copy()
            foreach ($name in $With.Keys) { $copy.$name = $With[$name] }
            return $copy
        }
        function New-Entry {
            param([string] $Hash = $one)
            return [pscustomobject] @{ sha256 = $Hash; thumbprint = 'AA'; label = 'csi:a:1'; subject = 'CN=a' }
        }
        function New-Fact {
            param([bool] $Usable = $true, [object] $Fault = $null, [string] $Provider = $tpm, [bool] $Hardware = $true)
            return [pscustomobject] @{
                sha256 = $one; label = 'csi:a:1'; keyUsable = $Usable; keyFault = $Fault; keyProblem = "$Fault"; keyProvider = $Provider
                keyInHardware = $Hardware
            }
        }
    }

    Describe 'Invoke-EnsureCertificate' {
        BeforeEach {
            Reset-Run -Operation 'ensure-certificate'
            $script:Done = @(); $script:Store = @(New-Entry); $script:Fact = New-Fact; $script:Used = $two
            Mock Write-Step { }
            Mock Get-Installation {
                [pscustomobject] @{
                    Product = [pscustomobject] @{ version = '2.5.79.0' }
                    Service = [pscustomobject] @{ account = 'a'; accountSid = 'S-1-5-21-1'; accountProblem = $null }
                }
            }
            Mock Assert-Framework { }
            Mock Get-CsiTpm { [pscustomobject] @{ present = $true; ready = $true; specVersion = '2.0' } }
            Mock Get-CsiCertificate { $script:Store }
            Mock Get-CertificateFact { $script:Fact }
            Mock Get-CsiConnector { [pscustomobject] @{ certificateSha256 = $script:Used } }
            Mock Set-ExactAccess { $script:Done += 'access'; $false }
            Mock Get-RemovalPlan { 'plan' }
            Mock Remove-Planned { $script:Done += 'remove' }
            Mock Test-CsiKey { $false }
            Mock New-CsiCertificate { $script:Done += "make $Label $KeyName $KeyProvider $KeyLength $LifetimeDays"; New-Entry -Hash $two }
        }
        It 'must make nothing where a good one is, and report no change' {
            [void] (Invoke-EnsureCertificate -RequestBody $body)
            $script:Done | Should -Be 'access'
            $script:Changed | Should -BeFalse
        }
        It 'must make what is missing, and report the change' {
            $script:Store = @()
            [void] (Invoke-EnsureCertificate -RequestBody $body)
            $script:Done | Should -Be @("make csi:a:1 csi-1 $tpm 2048 90", 'access')
            $script:Changed | Should -BeTrue
        }
        It 'must touch nothing if the key is <fault> and in use <used>: <code>' -ForEach @(
            @{ fault = 'passing'; used = $false; code = 'KEY_UNAVAILABLE' }, @{ fault = 'denied'; used = $false; code = 'KEY_UNAVAILABLE' }
            @{ fault = 'unknown'; used = $true; code = 'KEY_UNAVAILABLE' }, @{ fault = 'dead'; used = $true; code = 'KEY_UNUSABLE' }
            @{ fault = 'dead'; used = $false; code = 'KEY_UNUSABLE' }
            @{ fault = 'unsupported'; used = $false; code = 'TPM_SIGNATURE_INVALID' }
            @{ fault = 'unlinked'; used = $false; code = 'KEY_UNUSABLE' }
        ) {
            $script:Fact = New-Fact -Usable $false -Fault $fault
            if ($used) { $script:Used = $one }
            (Get-Refusal { Invoke-EnsureCertificate -RequestBody $body }).code | Should -BeExactly $code
            $script:Done.Count | Should -Be 0
            $script:Changed | Should -BeFalse
        }
        It 'must not make the connector''s key again with another provider' {
            $script:Fact = New-Fact -Provider $soft
            $script:Used = $one
            (Get-Refusal { Invoke-EnsureCertificate -RequestBody $body }).code | Should -BeExactly 'CERTIFICATE_IN_USE'
            $script:Done.Count | Should -Be 0
        }
        It 'must refuse two with the label, and a software key that is not allowed' {
            $script:Store = @((New-Entry), (New-Entry -Hash $two))
            (Get-Refusal { Invoke-EnsureCertificate -RequestBody $body }).code | Should -BeExactly 'CERTIFICATE_AMBIGUOUS'
            (Get-Refusal { Invoke-EnsureCertificate -RequestBody (Set-Body -With @{ keyProvider = $soft }) }).code |
                Should -BeExactly 'KEY_NOT_IN_HARDWARE'
        }
        It 'must remove what it made if that is not good: <why>' -ForEach @(
            @{ why = 'no signature'; usable = $false; fault = 'unsupported'; hardware = $true; code = 'TPM_SIGNATURE_INVALID' }
            @{ why = 'no hardware'; usable = $true; fault = $null; hardware = $false; code = 'KEY_NOT_IN_HARDWARE' }
        ) {
            $script:Store = @()
            $script:Fact = New-Fact -Usable $usable -Fault $fault -Hardware $hardware
            $script:There = $false
            Mock Test-CsiKey { $script:There }
            Mock New-CsiCertificate { $script:There = $true; New-Entry -Hash $two }
            Mock Remove-CsiKey { $script:Done += "key $KeyName" }
            Mock Remove-CsiCertificateByHash { $script:Done += "certificate $CertificateHash"; 1 }
            (Get-Refusal { Invoke-EnsureCertificate -RequestBody $body }).code | Should -BeExactly $code
            $script:Done | Should -Be @('key csi-1', "certificate $two")
            $script:Changed | Should -BeFalse
        }
        It 'must keep a key that was there before, and refuse one of another server' {
            $script:Store = @()
            Mock Test-CsiKey { $true }
            Mock Get-CsiKeyHolder { $one }
            Mock Get-HashedCertificate { [pscustomobject] @{ sha256 = $one; thumbprint = 'AA'; label = 'x'; subject = 'CN=other' } }
            (Get-Refusal { Invoke-EnsureCertificate -RequestBody $body }).code | Should -BeExactly 'KEY_SHARED'
            Mock Get-CsiKeyHolder { }
            $script:Fact = New-Fact -Usable $false -Fault 'unsupported'
            Mock Remove-CsiCertificateByHash { 1 }
            [void] (Get-Refusal { Invoke-EnsureCertificate -RequestBody $body })
            Should -Invoke Remove-CsiCertificateByHash -Exactly 1
        }
        It 'must take an adopted one as it is' {
            $script:Fact = New-Fact -Provider $soft -Hardware $false
            [void] (Invoke-EnsureCertificate -RequestBody (Set-Body -With @{ adoptSha256 = $one }))
            $script:Done | Should -Be 'access'
            $script:Store = @()
            (Get-Refusal { Invoke-EnsureCertificate -RequestBody (Set-Body -With @{ adoptSha256 = $one }) }).code |
                Should -BeExactly 'CERTIFICATE_MISSING'
        }
    }

    Describe 'Invoke-RemoveLegacyAccount' {
        BeforeEach {
            Reset-Run -Operation 'remove-legacy-account'
            $script:Credential = New-Object -TypeName Management.Automation.PSCredential -ArgumentList 'a',
                (New-Object -TypeName Security.SecureString)
            $script:UserName = '{app}@contoso'; $script:Outcome = 'completed'
            Mock Write-Step { }
            Mock Get-Installation { [pscustomobject] @{ Service = [pscustomobject] @{ status = 'Running' } } }
            Mock Get-ConnectorState { [pscustomobject] @{ Connector = [pscustomobject] @{ userName = $script:UserName } } }
            Mock Get-CsiHost { [pscustomobject] @{ computerName = 'H' } }
            Mock Invoke-CsiLegacyAccountRemoval { [pscustomobject] @{ outcome = $script:Outcome; message = 'm' } }
            function Remove-Account {
                param([string] $Name)
                Invoke-RemoveLegacyAccount -RequestBody ([pscustomobject] @{
                        removeLegacyAccount = $Name; bounds = [pscustomobject] @{ cmdletSeconds = 9 }
                    })
            }
        }
        It 'must remove one of this server' {
            (Remove-Account -Name 'Sync_H_1').accountName | Should -BeExactly 'Sync_H_1'
            $script:Changed | Should -BeTrue
        }
        It 'must refuse one of another server, and the connector''s own in any case of letters' {
            (Get-Refusal { Remove-Account -Name 'Sync_H2_1' }).code | Should -BeExactly 'ACCOUNT_UNEXPECTED'
            $script:UserName = 'sync_h_1@contoso'
            (Get-Refusal { Remove-Account -Name 'Sync_H_1' }).code | Should -BeExactly 'ACCOUNT_IN_USE'
            Should -Invoke Invoke-CsiLegacyAccountRemoval -Exactly 0
        }
        It 'must report no change if the cmdlet failed' {
            $script:Outcome = 'credential-refused'
            (Get-Refusal { Remove-Account -Name 'Sync_H_1' }).code | Should -BeExactly 'CREDENTIAL_REFUSED'
            $script:Changed | Should -BeFalse
        }
    }

    Describe 'Invoke-RemoveCertificate' {
        It 'must remove only what is there, and refuse what stays: <left>' -ForEach @(
            @{ before = 0; left = 0; removed = 0; code = $null }, @{ before = 1; left = 0; removed = 1; code = $null }
            @{ before = 1; left = 1; removed = 1; code = 'VERIFICATION_FAILED' }
        ) {
            Reset-Run -Operation 'remove-certificate'
            $script:Counts = @($before, $left)
            Mock Get-Installation { }
            Mock Get-RemovalPlan { 'plan' }
            Mock Measure-Planned {
                $count = $script:Counts[0]
                $script:Counts = @($script:Counts[-1])
                @{ certificates = $count; keyFile = $count -gt 0 }
            }
            Mock Remove-Planned { }
            $run = { Invoke-RemoveCertificate -RequestBody $body }
            if ($null -eq $code) { [void] (& $run) } else { (Get-Refusal $run).code | Should -BeExactly $code }
            Should -Invoke Remove-Planned -Exactly $removed
            $script:Changed | Should -Be ($removed -gt 0)
        }
    }
}
