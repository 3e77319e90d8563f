<# Windows/CredentialCmdlet.ps1 #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiWindows' {
    BeforeAll {
        # A real module in a real runspace: what the cmdlet does, and what of it arrives.
        $module = Join-Path -Path $TestDrive -ChildPath 'ADSync.psm1'
        [IO.File]::WriteAllText($module, @'
function Add-ADSyncAADServiceAccount {
    [CmdletBinding()] param([Parameter(Mandatory = $true)] [PSCredential] $AADCredential, [string] $Name)
    switch -Wildcard ($Name) {
        'good*' { [IO.File]::WriteAllText($env:CSI_TEST_OUT, "$Name $($AADCredential.UserName)"); return 'noise' }
        'slow' { Start-Sleep -Seconds 30 }
        'asks' { $Host.UI.Prompt('a', 'b', (New-Object Management.Automation.Host.FieldDescription 'code')) }
        default { throw (New-Object InvalidOperationException "outer", (New-Object Exception "$Name")) }
    }
}
function Remove-ADSyncAADServiceAccount {
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')] param([PSCredential] $AADCredential, [string] $Name)
    if ($PSCmdlet.ShouldProcess($Name)) { [IO.File]::WriteAllText($env:CSI_TEST_OUT, "removed $Name") }
}
'@)
        $env:CSI_TEST_OUT = Join-Path -Path $TestDrive -ChildPath 'out.txt'
        $secret = New-Object -TypeName Security.SecureString
        foreach ($char in 'pw'.ToCharArray()) { $secret.AppendChar($char) }
        $credential = New-Object -TypeName Management.Automation.PSCredential -ArgumentList 'admin@x', $secret
        $add = 'Add-ADSyncAADServiceAccount'
        # The module is of this PowerShell; on a server it is loaded into Windows PowerShell.
        $script:CsiModernPowerShell = $false
    }
    AfterAll {
        $script:CsiModernPowerShell = $true
        Remove-Item -Path 'env:CSI_TEST_OUT'
    }

    Describe 'Test-CsiCredentialFailure' {
        It 'normal: "<detail>" must be a refused credential: <refused>' -ForEach @(
            @{ detail = 'AADSTS50126: Invalid username or password'; refused = $true }
            @{ detail = 'x AADSTS50034: no user'; refused = $true }
            @{ detail = 'Authorization_RequestDenied'; refused = $true }, @{ detail = 'AADSTS501261: other'; refused = $false }
            @{ detail = 'no endpoint'; refused = $false }, @{ detail = ''; refused = $false }
        ) {
            Test-CsiCredentialFailure -Detail $detail | Should -Be $refused
        }
    }

    Describe 'Invoke-CsiCredentialCmdlet' {
        BeforeEach {
            Mock Get-CsiProduct { [pscustomobject] @{ modulePath = $module } }
            $arguments = @{ Cmdlet = $add; Credential = $credential; Seconds = 20 }
        }
        It 'normal: must give the cmdlet credential and name, and nothing of its output' {
            $found = Invoke-CsiCredentialCmdlet @arguments -AccountName 'good'
            "$($found.outcome)|$($found.message)" | Should -BeExactly 'completed|'
            [IO.File]::ReadAllText($env:CSI_TEST_OUT) | Should -BeExactly 'good admin@x'
        }
        It 'normal: a cmdlet that would ask for a confirmation must go on' {
            $arguments.Cmdlet = 'Remove-ADSyncAADServiceAccount'
            (Invoke-CsiCredentialCmdlet @arguments -AccountName 'a').outcome | Should -BeExactly 'completed'
            [IO.File]::ReadAllText($env:CSI_TEST_OUT) | Should -BeExactly 'removed a'
        }
        It 'absent: without the product it must be not-found' {
            Mock Get-CsiProduct { $null }
            (Get-Failure { Invoke-CsiCredentialCmdlet @arguments -AccountName 'good' }).Data['CsiKind'] | Should -BeExactly 'not-found'
        }
        It 'absent: a cmdlet that does not exist must be failed' {
            $arguments.Cmdlet = 'Add-Missing'
            (Invoke-CsiCredentialCmdlet @arguments -AccountName 'good').outcome | Should -BeExactly 'failed'
        }
        It '<case>: "<text>" must be <outcome>' -ForEach @(
            @{ case = 'denied'; text = 'AADSTS50126: Invalid username or password.'; outcome = 'credential-refused' }
            @{ case = 'denied'; text = 'invalid_grant AADSTS50076: more than a password'; outcome = 'sign-in-required' }
            @{ case = 'denied'; text = 'asks'; outcome = 'sign-in-required' }
            @{ case = 'broken'; text = 'The service is not there.'; outcome = 'failed' }
        ) {
            $found = Invoke-CsiCredentialCmdlet @arguments -AccountName $text
            $found.outcome | Should -BeExactly $outcome
            if ($text -ne 'asks') {
                $found.message | Should -BeExactly ('System.InvalidOperationException: outer (0x80131509) | ' +
                    "System.Exception: $text (0x80131500)")
            }
        }
        It 'broken: one that does not end must be timed-out, and waited for no longer' {
            $arguments.Seconds = 1
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $found = Invoke-CsiCredentialCmdlet @arguments -AccountName 'slow'
            $found.outcome | Should -BeExactly 'timed-out'
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 15
        }
    }

    Describe 'Invoke-CsiRollback' {
        It 'normal: must run the cmdlet that makes the account' {
            Mock Invoke-CsiCredentialCmdlet { "$Cmdlet $AccountName $Seconds" }
            Invoke-CsiRollback -AccountName 'Sync_X_1' -Credential $credential -Seconds 9 |
                Should -BeExactly 'Add-ADSyncAADServiceAccount Sync_X_1 9'
            foreach ($name in 'a@b', 'a b', "a`n", '') {
                { Invoke-CsiRollback -AccountName $name -Credential $credential -Seconds 9 } |
                    Should -Throw -ErrorId 'ParameterArgumentValidationError*'
            }
        }
    }

    Describe 'Invoke-CsiLegacyAccountRemoval' {
        It 'normal: must run the cmdlet that removes the account' {
            Mock Invoke-CsiCredentialCmdlet { "$Cmdlet $AccountName $Seconds" }
            Invoke-CsiLegacyAccountRemoval -AccountName 'Sync_X_1' -Credential $credential -Seconds 9 |
                Should -BeExactly 'Remove-ADSyncAADServiceAccount Sync_X_1 9'
            foreach ($name in 'a@b', 'a b', "a`n", '') {
                { Invoke-CsiLegacyAccountRemoval -AccountName $name -Credential $credential -Seconds 9 } |
                    Should -Throw -ErrorId 'ParameterArgumentValidationError*'
            }
        }
    }
}
