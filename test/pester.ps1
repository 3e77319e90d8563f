<#
.SYNOPSIS
    Runs the Pester tests of a folder and writes their counts into a file, in the form of mocha's.
.DESCRIPTION
    Ends with 3 if Pester 5.7.1 or later of version 5 is not installed, with 1 if a test fails or there is none, else with 0.
.PARAMETER Folder
    The folder; every *.Tests.ps1 below a folder Tests in it counts.
.PARAMETER CountsFile
    The file for the counts.
.EXAMPLE
    pwsh -NoProfile -File test/pester.ps1 -Folder host-program -CountsFile counts.json
#>
[CmdletBinding()]
param([Parameter(Mandatory = $true)] [string] $Folder, [Parameter(Mandatory = $true)] [string] $CountsFile)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$pester = @(Get-Module -ListAvailable -Name 'Pester' | Where-Object { $_.Version -ge '5.7.1' -and $_.Version -lt '6.0.0' })
if ($pester.Length -eq 0) {
    Write-Output -InputObject 'Pester is missing: Install-Module Pester -RequiredVersion 5.7.1 -SkipPublisherCheck'
    exit 3
}
Import-Module -Name 'Pester' -MinimumVersion 5.7.1 -MaximumVersion 5.99.99
$files = @(Get-ChildItem -Path $Folder -Recurse -Filter '*.Tests.ps1' | Where-Object { $_.FullName -match '[\\/]Tests[\\/]' })
if ($files.Length -eq 0) {
    Write-Output -InputObject "There is no *.Tests.ps1 below a folder Tests in $Folder."
    exit 1
}
$configuration = New-PesterConfiguration
$configuration.Run.Path = @($files | ForEach-Object { $_.FullName })
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Normal'
$result = Invoke-Pester -Configuration $configuration
# A file that cannot be read, or whose set-up fails, has no failed test of its own.
$failures = $result.FailedCount + $result.FailedBlocksCount + $result.FailedContainersCount
$counts = @{ passes = $result.PassedCount; failures = $failures; pending = $result.SkippedCount + $result.NotRunCount }
[IO.File]::WriteAllText($CountsFile, (ConvertTo-Json -InputObject $counts))
exit [int] ($failures -gt 0 -or $result.PassedCount -eq 0)
