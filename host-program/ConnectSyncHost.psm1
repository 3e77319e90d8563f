<#
.SYNOPSIS
    The host program as a module, for its tests and for readers. Servers get the two scripts that are built from the same
    files.
.DESCRIPTION
    Public: one file for each operation. Private: what an operation decides; nothing of Windows. Windows: what touches
    Windows or Entra Connect Sync; no decisions. Functions of Windows have the prefix Csi (Connect Sync Identity), so that
    a reader sees each effect, and a test replaces them by name. Sentences, values and shapes of requests are
    data: en-US/messages.psd1, constants.psd1 and requests.psd1, generated from the model; the two scripts contain the same.
#>
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# The parameters of the program.
$script:Operation = 'observe'
$script:Request = ''
$script:Full = $false
$script:CsiModernPowerShell = $PSVersionTable.PSVersion.Major -ge 6

$script:Messages = Import-PowerShellDataFile -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath 'en-US/messages.psd1')
$script:Requests = Import-PowerShellDataFile -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath 'requests.psd1')
$constants = Import-PowerShellDataFile -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath 'constants.psd1')
foreach ($group in $constants.Values) {
    foreach ($name in $group.Keys) {
        Set-Variable -Scope Script -Name $name -Value $group[$name]
    }
}
foreach ($folder in 'Windows', 'Private', 'Public') {
    foreach ($file in Get-ChildItem -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath $folder) -Filter '*.ps1') {
        . $file.FullName
    }
}
