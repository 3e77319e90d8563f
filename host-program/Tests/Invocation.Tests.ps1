<#
How the installed program is started: by its own child process and by the restore task. Each case starts a PowerShell with
-File; what only Windows has is replaced in the copy of Windows.ps1 that it loads.
#>
BeforeAll {
    $Root = Split-Path -Path (Split-Path -Path $PSScriptRoot -Parent) -Parent
    $Shell = 'powershell.exe'
    if ($PSVersionTable.PSEdition -eq 'Core') {
        $Shell = 'pwsh'
    }
    $Folder = Join-Path -Path "$TestDrive" -ChildPath 'Program Files/ConnectSyncIdentity'
    $Program = Join-Path -Path $Folder -ChildPath 'ConnectSyncHost.ps1'
    $Seen = Join-Path -Path "$TestDrive" -ChildPath 'seen.txt'
    $Data = Join-Path -Path "$TestDrive" -ChildPath 'data'
    $Outcome = Join-Path -Path $Data -ChildPath ('cmdlet-' + ('a' * 32) + '.txt')
    $Link = 'Add-ADSyncApplicationRegistration CertificateSHA256Hash=AB12 ApplicationAppId=11111111-2222'

    # The module reads a variable that does not exist, and the preferences that it sees: strict mode must not reach it.
    $Replaced = @'
function Initialize-CsiDataFolder { return '%DATA%' }
function Import-CsiModule {
    Import-Module -Global -ModuleInfo (New-Module -Name 'ADSync' -ScriptBlock {
            function Add-ADSyncApplicationRegistration {
                [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
                param([string] $CertificateSHA256Hash, [string] $ApplicationAppId)
                if (-not $PSCmdlet.ShouldProcess($ApplicationAppId)) { return }
                $line = "$CertificateSHA256Hash $ApplicationAppId $missing$ErrorActionPreference $ConfirmPreference"
                [IO.File]::WriteAllText('%SEEN%', $line)
                if ($ApplicationAppId -eq '0-0') {
                    throw [InvalidOperationException]::new("two`nlines", [ArgumentException]::new('inner'))
                }
                if ($ApplicationAppId -eq '0-1') {
                    exit 9
                }
            }
        })
}
function Get-CsiProduct { return [pscustomobject] @{ version = '2.5.79.0'; modulePath = 'ADSync' } }
function Get-CsiService { [IO.File]::WriteAllText('%SEEN%', 'restore'); [Environment]::Exit(42) }
function Read-CsiProofRequest { return $false }
'@.Replace('%DATA%', $Data).Replace('%SEEN%', $Seen)

    function Install-Program {
        [void] (New-Item -ItemType Directory -Path $Folder, $Data -Force)
        Copy-Item -LiteralPath (Join-Path -Path $Root -ChildPath 'host/ConnectSyncHost.ps1') -Destination $Program -Force
        $windows = [IO.File]::ReadAllText((Join-Path -Path $Root -ChildPath 'host/Windows.ps1'))
        [IO.File]::WriteAllText((Join-Path -Path $Folder -ChildPath 'Windows.ps1'), "$windows`n$Replaced`n")
        & (Join-Path -Path $Root -ChildPath 'host-program/Sign-HostProgram.ps1') -ManifestOnly -Folder $Folder | Out-Null
        Remove-Item -Path $Seen, (Join-Path -Path $Data -ChildPath '*') -ErrorAction Ignore
    }

    function Start-Program {
        param([string] $Operation, [string] $Request)
        & $Shell -NoProfile -NonInteractive -File $Program -Operation $Operation -Request $Request *> (Join-Path "$TestDrive" 'out.txt')
        return $LASTEXITCODE
    }
}

Describe 'The child process of the program' {
    BeforeEach { Install-Program }

    It 'must run one cmdlet without a question, whose module sees neither strict mode nor the preferences of the program' {
        Start-Program -Operation 'run-cmdlet' -Request "$Link Outcome=$('a' * 32)" | Should -Be 0
        [IO.File]::ReadAllText($Outcome) | Should -Be 'completed'
        # The error action is the one that the program passes.
        [IO.File]::ReadAllText($Seen) | Should -Be 'AB12 11111111-2222 Stop None'
    }

    It 'must report a failure as types, messages and id, one line each' {
        $request = 'Add-ADSyncApplicationRegistration CertificateSHA256Hash=AB12 ApplicationAppId=0-0 Outcome=' + 'a' * 32
        Start-Program -Operation 'run-cmdlet' -Request $request | Should -Be 0
        $lines = [IO.File]::ReadAllLines($Outcome)
        $lines | Should -HaveCount 3
        $lines[0] | Should -Be 'failed'
        $lines[1] | Should -Be 'System.InvalidOperationException: two lines (0x80131509) | System.ArgumentException: inner (0x80070057)'
        $lines[2] | Should -Not -Be ''
    }

    It 'must not run <what>' -ForEach @(
        @{ what = 'another cmdlet'; request = 'Remove-ADSyncConnector Name=AB Outcome=' + 'a' * 32 }
        @{ what = 'a cmdlet with another argument'; request = 'Invoke-ADSyncApplicationCredentialRotation Name=AB Outcome=' + 'a' * 32 }
        @{ what = 'a cmdlet without one of its arguments'; request = 'Add-ADSyncApplicationRegistration ApplicationAppId=1 Outcome=' + 'a' * 32 }
        @{ what = 'more than a cmdlet'; request = 'Add-ADSyncApplicationRegistration CertificateSHA256Hash=$(1) Outcome=' + 'a' * 32 }
        @{ what = 'what it cannot report'; request = 'Add-ADSyncApplicationRegistration CertificateSHA256Hash=AB ApplicationAppId=1 Outcome=../x' }
        @{ what = 'nothing'; request = '' }
    ) {
        Start-Program -Operation 'run-cmdlet' -Request $request | Should -Not -Be 0
        Test-Path -LiteralPath $Seen | Should -BeFalse
        Test-Path -LiteralPath $Outcome | Should -BeFalse
    }

    It 'must not run a cmdlet whose outcome cannot be written' {
        Remove-Item -LiteralPath $Data -Recurse
        Start-Program -Operation 'run-cmdlet' -Request "$Link Outcome=$('a' * 32)" | Should -Not -Be 0
        Test-Path -LiteralPath $Seen | Should -BeFalse
    }

    It 'must not run a program that was changed' {
        [IO.File]::AppendAllText((Join-Path -Path $Folder -ChildPath 'Windows.ps1'), "# changed`n")
        Start-Program -Operation 'run-cmdlet' -Request "$Link Outcome=$('a' * 32)" | Should -Be 7
        Test-Path -LiteralPath $Seen | Should -BeFalse
    }
}

Describe 'What starts the child process' {
    BeforeAll {
        Install-Program
        . (Join-Path -Path $Folder -ChildPath 'Windows.ps1')
        $before = $env:ProgramFiles
        $env:ProgramFiles = Join-Path -Path "$TestDrive" -ChildPath 'Program Files'
        # Without the shell of Windows: the same arguments.
        function Start-CsiDetached {
            param([string] $Argument)
            return Start-Process -FilePath $Shell -ArgumentList $Argument -PassThru -RedirectStandardError "$TestDrive/error.txt"
        }
        function Start-Link {
            param([string] $AppId)
            $argument = [ordered] @{ CertificateSHA256Hash = 'AB12'; ApplicationAppId = $AppId }
            return Invoke-CsiChildCmdlet -Cmdlet 'Add-ADSyncApplicationRegistration' -Argument $argument -Seconds 60
        }
    }
    AfterAll { $env:ProgramFiles = $before }
    BeforeEach { Install-Program }

    It 'must learn that the cmdlet completed, and leave no file' {
        (Start-Link -AppId '1-1').outcome | Should -Be 'completed'
        Get-ChildItem -LiteralPath $Data | Should -BeNullOrEmpty
    }

    It 'must learn why the cmdlet failed' {
        $result = Start-Link -AppId '0-0'
        $result.outcome | Should -Be 'failed'
        $result.message | Should -BeLike '*two lines*inner*'
    }

    It 'must tell a process that ended during the cmdlet from one that did not start it' {
        (Start-Link -AppId '0-1').message | Should -BeLike '*was started, and its process ended with exit code 9 without an outcome.'
        [IO.File]::AppendAllText((Join-Path -Path $Folder -ChildPath 'Windows.ps1'), "# changed`n")
        (Start-Link -AppId '1-1').message | Should -BeLike '*was not started: its process ended with exit code 7 before.'
    }

    It 'must not start a program that is not installed' {
        Remove-Item -LiteralPath $Program
        { Start-Link -AppId '1-1' } | Should -Throw -ExpectedMessage '*needs an installed program*'
    }

    It 'must name the program as a file, in clear text and without an execution policy' {
        $argument = Get-CsiProgramArgument -Operation 'restore'
        $argument | Should -Be "-NoProfile -NonInteractive -File `"$([IO.Path]::Combine($env:ProgramFiles, 'ConnectSyncIdentity', 'ConnectSyncHost.ps1'))`" -Operation restore"
    }
}

Describe 'The restore task' {
    BeforeEach { Install-Program }

    It 'must start the operation restore as a file' {
        & $Shell -NoProfile -NonInteractive -File $Program -Operation restore
        $LASTEXITCODE | Should -Be 42
        [IO.File]::ReadAllText($Seen) | Should -Be 'restore'
    }

    It 'must go on working if an earlier version registered it' {
        $command = '& "$env:ProgramFiles/ConnectSyncIdentity/ConnectSyncHost.ps1" -Operation restore; exit $LASTEXITCODE'
        $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($command))
        $before = $env:ProgramFiles
        $env:ProgramFiles = Join-Path -Path "$TestDrive" -ChildPath 'Program Files'
        try {
            & $Shell -NoLogo -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand $encoded
        } finally {
            $env:ProgramFiles = $before
        }
        $LASTEXITCODE | Should -Be 42
    }

    It 'must end a pause although the program was changed: a scheduler that stays off is worse' {
        [IO.File]::AppendAllText((Join-Path -Path $Folder -ChildPath 'Windows.ps1'), "# changed`n")
        & $Shell -NoProfile -NonInteractive -File $Program -Operation restore
        $LASTEXITCODE | Should -Be 42
    }
}
