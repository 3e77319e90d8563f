<#
.SYNOPSIS
    Signs the two scripts of the host program with the organisation's certificate, and writes their manifest anew.
.DESCRIPTION
    Copies the program of this package to the folder host-signed of the Pulumi project, signs it there with SHA-256 and a
    time stamp, and writes manifest.json with the hashes of the signed files: that is the hash that servers are held
    against. Commit the folder. Run it again with each new version of this project. Changes nothing else.
.PARAMETER Thumbprint
    The certificate for code signing, in the store of the user or the machine.
.PARAMETER TimestampServer
    URL of a time stamp server: without a time stamp the signature ends with the certificate.
.PARAMETER Folder
    The folder of the signed program.
.PARAMETER ManifestOnly
    Signs nothing: writes the manifest of files in that folder that another tool has signed.
.EXAMPLE
    ./Sign-HostProgram.ps1 -Thumbprint 0123456789ABCDEF0123456789ABCDEF01234567 -TimestampServer http://timestamp.example
#>
[CmdletBinding(DefaultParameterSetName = 'Sign')]
param(
    [Parameter(Mandatory = $true, ParameterSetName = 'Sign')]
    [ValidatePattern('\A[0-9A-Fa-f]{40}\z')]
    [string] $Thumbprint,

    [Parameter(Mandatory = $true, ParameterSetName = 'Sign')]
    [string] $TimestampServer,

    [string] $Folder = (Join-Path -Path (Get-Location).Path -ChildPath 'host-signed'),

    [Parameter(Mandatory = $true, ParameterSetName = 'Manifest')]
    [switch] $ManifestOnly
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$files = 'ConnectSyncHost.ps1', 'Windows.ps1'
$source = Join-Path -Path (Split-Path -Path $PSScriptRoot -Parent) -ChildPath 'host'

function Write-Manifest {
    <#
    .SYNOPSIS
        Writes manifest.json for the files of a folder, byte by byte as the build does, and answers its SHA-256.
    .PARAMETER Path
        The folder.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Path)
    $lines = @(foreach ($name in $files) {
            $hash = (Get-FileHash -LiteralPath (Join-Path -Path $Path -ChildPath $name) -Algorithm SHA256).Hash.ToLowerInvariant()
            '    "' + $name + '": "' + $hash + '"'
        })
    $text = "{`n  `"files`": {`n" + ($lines -join ",`n") + "`n  }`n}`n"
    $manifest = Join-Path -Path $Path -ChildPath 'manifest.json'
    [IO.File]::WriteAllText($manifest, $text, (New-Object -TypeName Text.UTF8Encoding -ArgumentList $false))
    return (Get-FileHash -LiteralPath $manifest -Algorithm SHA256).Hash.ToLowerInvariant()
}

function Find-SigningCertificate {
    <#
    .SYNOPSIS
        The certificate with that thumbprint, which must be one for code signing with its key.
    .PARAMETER Thumbprint
        The thumbprint.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Thumbprint)
    $found = @(Get-ChildItem -Path 'Cert:\CurrentUser\My', 'Cert:\LocalMachine\My' -CodeSigningCert |
            Where-Object { $_.Thumbprint -eq $Thumbprint -and $_.HasPrivateKey })
    if ($found.Count -eq 0) {
        throw "No certificate for code signing with the thumbprint $Thumbprint and its key is in the store My."
    }
    return $found[0]
}

# PowerShell needs the full path: .NET has a current folder of its own.
$Folder = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Folder)
if (-not $ManifestOnly) {
    $certificate = Find-SigningCertificate -Thumbprint $Thumbprint
    [void] (New-Item -ItemType Directory -Path $Folder -Force)
    foreach ($name in $files) {
        $file = Join-Path -Path $Folder -ChildPath $name
        Copy-Item -LiteralPath (Join-Path -Path $source -ChildPath $name) -Destination $file -Force
        $signature = Set-AuthenticodeSignature -LiteralPath $file -Certificate $certificate -HashAlgorithm SHA256 `
            -IncludeChain NotRoot -TimestampServer $TimestampServer
        if ($signature.Status -ne 'Valid') {
            throw "$name was not signed: $($signature.StatusMessage)"
        }
    }
}
$sha256 = Write-Manifest -Path $Folder
Write-Output -InputObject "$Folder is the program $sha256. Commit that folder; the next preview shows a new program on each server."
