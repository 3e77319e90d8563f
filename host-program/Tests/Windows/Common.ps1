<#
.SYNOPSIS
    What the scripts of the Windows workflow share. They change the machine, and have not run on Windows yet.
#>
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$Root = Split-Path -Path (Split-Path -Path (Split-Path -Path $PSScriptRoot -Parent) -Parent) -Parent
$Folder = 'C:\Program Files\ConnectSyncIdentity'
$Program = "$Folder\ConnectSyncHost.ps1"
$ObserveRequest = '{"protocol":1,"server":"test","labelPrefix":"ConnectSyncIdentity test/test ","eventHours":1}'

function Assert-ThrownAway {
    <#
    .SYNOPSIS
        Refuses to go on anywhere but on a runner of GitHub.
    #>
    [CmdletBinding()]
    param()
    if ($env:GITHUB_ACTIONS -ne 'true' -or $env:RUNNER_ENVIRONMENT -ne 'github-hosted') {
        throw 'This changes the machine. It runs only on a machine of GitHub that is thrown away afterwards.'
    }
}

function Assert-True {
    <#
    .SYNOPSIS
        Fails with a sentence unless something is true.
    #>
    [CmdletBinding()]
    param([bool] $Value, [string] $What)
    if (-not $Value) {
        throw "not so: $What"
    }
    Write-Output -InputObject "ok: $What"
}

function Install-Program {
    <#
    .SYNOPSIS
        Copies the program of a folder to where the command plugin copies it.
    #>
    [CmdletBinding()]
    param([string] $Source = (Join-Path -Path $Root -ChildPath 'host'))
    [void] (New-Item -ItemType Directory -Path $Folder -Force)
    Copy-Item -Path (Join-Path -Path $Source -ChildPath '*') -Destination $Folder -Force
}

function Invoke-Observe {
    <#
    .SYNOPSIS
        Observes with the installed program as a file; answers the error code of the answer, 'ok', or 'no answer'.
    #>
    [CmdletBinding()]
    param([string] $Shell = 'powershell.exe')
    # Windows PowerShell takes what a program writes to stderr for an error.
    $ErrorActionPreference = 'Continue'
    $lines = @($ObserveRequest | & $Shell -NoProfile -NonInteractive -File $Program -Operation observe -Full 2>&1 |
            ForEach-Object { "$_" })
    return Get-AnswerCode -Line $lines
}

function Get-AnswerCode {
    <#
    .SYNOPSIS
        The error code of the answer among some lines, 'ok', or 'no answer'.
    #>
    [CmdletBinding()]
    param([AllowEmptyString()] [AllowEmptyCollection()] [string[]] $Line = @())
    $json = @($Line | Where-Object { $_ -like '{"protocol":1,*' })
    if ($json.Count -ne 1) {
        Write-Warning -Message ($Line -join "`n")
        return 'no answer'
    }
    $answer = ConvertFrom-Json -InputObject $json[0]
    if ($answer.ok) {
        return 'ok'
    }
    return $answer.error.code
}
