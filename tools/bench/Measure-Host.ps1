<#
.SYNOPSIS
    Measures what a start of the host program costs before it does anything, under the PowerShell that runs this script.
.DESCRIPTION
    Every run is a process of its own, as sshd starts one; each figure is the median of several runs, in seconds. The host
    program is started with a request that it refuses, so it reads and changes nothing. Works under Windows PowerShell 5.1 and
    PowerShell 7.
.PARAMETER Folder
    The folder of the host program. By default the one of this repository.
.PARAMETER Runs
    Number of runs, of which the median counts.
.PARAMETER AsJson
    Prints one JSON array instead of a table.
.EXAMPLE
    powershell -NoProfile -File tools/bench/Measure-Host.ps1
#>
[CmdletBinding()]
param([string] $Folder = '', [ValidateRange(1, 50)] [int] $Runs = 5, [switch] $AsJson)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
if ($Folder -eq '') {
    $Folder = Join-Path -Path $PSScriptRoot -ChildPath '../../host'
}
$Folder = (Resolve-Path -Path $Folder).ProviderPath
# By its name: the process of a PowerShell that was installed with .NET is dotnet.
$shell = 'pwsh'
if ($PSVersionTable.PSVersion.Major -lt 6) {
    $shell = 'powershell'
}
# Loaded by the host program at its first use of one of their commands, or imported for the switching cmdlet.
$modules = @('CimCmdlets', 'PKI', 'TrustedPlatformModule', 'ScheduledTasks', 'ADSync')

function Measure-Run {
    <#
    .SYNOPSIS
        Seconds of one process, and what it printed.
    .PARAMETER Arguments
        What follows the switches that every start has.
    #>
    param([Parameter(Mandatory = $true)] [string] $Arguments)
    $start = New-Object -TypeName Diagnostics.ProcessStartInfo
    $start.FileName = $shell
    $start.Arguments = "-NoLogo -NoProfile -NonInteractive $Arguments"
    $start.UseShellExecute = $false
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $process = [Diagnostics.Process]::Start($start)
    $process.StandardInput.WriteLine('no request')
    $process.StandardInput.Close()
    $printed = $process.StandardOutput.ReadToEnd()
    $null = $process.StandardError.ReadToEnd()
    $process.WaitForExit()
    $seconds = $watch.Elapsed.TotalSeconds
    return New-Object -TypeName PSObject -Property @{ Seconds = $seconds; Printed = $printed.Trim(); ExitCode = $process.ExitCode }
}

function Get-Median {
    <#
    .SYNOPSIS
        The value in the middle.
    .PARAMETER Value
        The values, in any order.
    #>
    param([Parameter(Mandatory = $true)] [double[]] $Value)
    $sorted = @($Value | Sort-Object)
    return $sorted[[Math]::Floor($sorted.Length / 2)]
}

function Measure-Inside {
    <#
    .SYNOPSIS
        Seconds that a command takes inside of a fresh process, without the start of that.
    .PARAMETER Command
        Statements of PowerShell that print nothing.
    #>
    param([Parameter(Mandatory = $true)] [string] $Command)
    $code = '$watch = [Diagnostics.Stopwatch]::StartNew(); ' + $Command +
    '; $watch.Elapsed.TotalSeconds.ToString([cultureinfo]::InvariantCulture)'
    $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($code))
    $seconds = @(for ($run = 0; $run -lt $Runs; $run++) {
            [double]::Parse((Measure-Run -Arguments "-EncodedCommand $encoded").Printed, [cultureinfo]::InvariantCulture)
        })
    return Get-Median -Value $seconds
}

$rows = @()
$start = Get-Median -Value @(for ($run = 0; $run -lt $Runs; $run++) { (Measure-Run -Arguments '-Command exit').Seconds })
$rows += , @('start of PowerShell', $start)
foreach ($name in @('ConnectSyncHost.ps1', 'Windows.ps1')) {
    $file = (Join-Path -Path $Folder -ChildPath $name).Replace("'", "''")
    $parse = '$errors = $null; $tokens = $null; $null = [Management.Automation.Language.Parser]::ParseFile(' +
    "'$file', [ref] `$tokens, [ref] `$errors)"
    $rows += , @("parsing $name", (Measure-Inside -Command $parse))
}
$program = Join-Path -Path $Folder -ChildPath 'ConnectSyncHost.ps1'
$refused = @(for ($run = 0; $run -lt $Runs; $run++) {
        $one = Measure-Run -Arguments "-File `"$program`" -Operation observe"
        if ($one.ExitCode -eq 0) {
            throw 'The host program took a request that is none.'
        }
        $one.Seconds
    })
$rows += , @('the program up to its work, without the start', ((Get-Median -Value $refused) - $start))
foreach ($name in $modules) {
    $found = @(Get-Module -ListAvailable -Name $name).Length -gt 0
    $seconds = $null
    if ($found) {
        $seconds = Measure-Inside -Command "Import-Module -Name '$name' -WarningAction SilentlyContinue"
    }
    $rows += , @("module $name", $seconds)
}
$result = @($rows | ForEach-Object {
        $row = New-Object -TypeName PSObject
        $row | Add-Member -MemberType NoteProperty -Name 'what' -Value $_[0]
        $rounded = $null
        if ($null -ne $_[1]) {
            $rounded = [Math]::Round($_[1], 3)
        }
        $row | Add-Member -MemberType NoteProperty -Name 'seconds' -Value $rounded
        $row
    })
if ($AsJson) {
    ConvertTo-Json -InputObject $result
}
else {
    Write-Output -InputObject "PowerShell $($PSVersionTable.PSVersion), median of $Runs runs"
    $result | Format-Table -AutoSize
}
