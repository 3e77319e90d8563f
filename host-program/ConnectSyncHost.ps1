<#
.SYNOPSIS
    Observes and changes the application identity of a Microsoft Entra Connect Sync server.
.DESCRIPTION
    One request as ASCII JSON, one answer as ASCII JSON between two marker lines, and an exit code: PROTOCOL.md
    describes them. Every operation reads, compares, acts on the difference only, and reads again. Everything of
    Windows is behind the functions of Windows.ps1, which is beside this file or, if the program was piped, has
    been defined already.
.PARAMETER Operation
    observe, diagnose, ensure-certificate, remove-certificate, release, register, rollback, remove-legacy-account or
    reset-machine-identifier;
    restore is for the task that ends an interrupted pause, run-cmdlet for the program's own child process.
.PARAMETER Request
    The request, if it does not come on stdin. Operation restore has none; that of run-cmdlet is the cmdlet, its arguments and
    the name of the file for its outcome.
.PARAMETER Full
    Answers a failure in JSON too. Without it a failure is one sentence on stderr: Pulumi's command plugin repeats in its
    error whatever a failed command has printed.
.PARAMETER Manifest
    SHA-256 of the manifest that is expected beside this file.
.PARAMETER InputObject
    A line of stdin.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidateSet('observe', 'diagnose', 'ensure-certificate', 'remove-certificate', 'release', 'register', 'rollback',
        'remove-legacy-account', 'reset-machine-identifier', 'restore', 'run-cmdlet')]
    [string] $Operation,

    [string] $Request = '',

    [switch] $Full,

    [ValidatePattern('\A[0-9a-f]{64}\z')]
    [string] $Manifest,

    [Parameter(ValueFromPipeline = $true)]
    [AllowEmptyString()]
    [string] $InputObject
)
# One block to the end of the file: what is left of a copy that was cut off does not parse, so that it never ends with 0.
end {
# PowerShell reads stdin for a file only if $input is named here, outside any inner block.
if (-not $PSBoundParameters.ContainsKey('Request')) {
    $Request = @($input) -join "`n"
}
# A scope of its own: powershell.exe -File runs a file in the global scope, whose strict mode and preferences the ADSync
# module would see.
& {
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$ConfirmPreference = 'None'
$ProgressPreference = 'SilentlyContinue'

# data: constants, messages, requests

# Where the language is constrained nothing below works, so the answer is put together from what still does.
$script:Mode = "$($ExecutionContext.SessionState.LanguageMode)"
if ($script:Mode -ne 'FullLanguage') {
    $constrained = ''
    if ($Request -cmatch '"server":\s*"([A-Za-z0-9_ .-]*)"') {
        $constrained = $Matches[1]
    }
    $sentence = $script:Messages['LANGUAGE_MODE']
    if (-not $Full) {
        Write-Output -InputObject ("${constrained}: LANGUAGE_MODE: $($sentence.Message) Expected FullLanguage; found $script:Mode. " +
            $sentence.Remedy)
        exit $sentence.Exit
    }
    $answered = ('{"protocol":' + $script:ProtocolVersion + ',"operation":"' + $Operation + '",' +
        '"server":"' + $constrained + '","ok":false,"changed":false,"result":null,' +
        '"error":{"code":"LANGUAGE_MODE","message":"' + $sentence.Message + '","expected":"FullLanguage","actual":"' + $script:Mode +
        '","remedy":"' + $sentence.Remedy + '","operatorCommand":null}}')
    $begin = "-----BEGIN $script:AnswerMarker"
    $end = "-----END $script:AnswerMarker"
    if ($Request -cmatch '"nonce":\s*"([0-9a-f]{32})"') {
        $begin += " $($Matches[1]) $($answered.Length)"
        $end += " $($Matches[1])"
    }
    Write-Output -InputObject "$begin-----"
    Write-Output -InputObject $answered
    Write-Output -InputObject "$end-----"
    exit $sentence.Exit
}

function Get-ProgramMismatch {
    <#
    .SYNOPSIS
        Why the files in a folder are not those that the manifest beside them lists, or the manifest is not the expected
        one; empty where they are.
    .PARAMETER Folder
        The program's folder.
    .PARAMETER Expected
        SHA-256 of the expected manifest, empty for any.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [string] $Folder,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Expected
    )
    try {
        $path = Join-Path -Path $Folder -ChildPath 'manifest.json'
        $files = (ConvertFrom-Json -InputObject (Get-Content -Raw -LiteralPath $path)).files
        foreach ($name in 'ConnectSyncHost.ps1', 'Windows.ps1') {
            $hash = Get-FileHash -LiteralPath (Join-Path -Path $Folder -ChildPath $name) -Algorithm SHA256 -ErrorAction Stop
            if ($hash.Hash -ne $files.$name) {
                return "another $name"
            }
        }
        $installed = (Get-FileHash -LiteralPath $path -Algorithm SHA256 -ErrorAction Stop).Hash
        if ($Expected -ne '' -and $installed -ne $Expected) {
            return "program $installed"
        }
        return ''
    } catch {
        return $_.Exception.Message
    }
}

# A copy that was cut off, or changed since, must not run as far as Windows. Only the restore of an interrupted pause
# does: a scheduler that stays off is worse, and only an administrator can write here.
$script:Mismatch = ''
if (-not [string]::IsNullOrEmpty($PSScriptRoot)) {
    if ($Operation -ne 'restore') {
        $script:Mismatch = Get-ProgramMismatch -Folder $PSScriptRoot -Expected $Manifest
    }
    if ($script:Mismatch -eq '') {
        . (Join-Path -Path $PSScriptRoot -ChildPath 'Windows.ps1')
    }
}

# build: Private, Public

if ($Operation -eq 'restore') {
    exit (Invoke-Restore)
}
if ($Operation -eq 'run-cmdlet') {
    if ($script:Mismatch -ne '') {
        exit 7
    }
    Invoke-CsiCmdletRequest -Request $Request
    exit 0
}
$ending = Invoke-Program
if ($null -ne $script:Credential) {
    # A cmdlet that did not end in time may be at work in this process still: nothing waits for it.
    [Environment]::Exit($ending)
}
exit $ending
}
}
