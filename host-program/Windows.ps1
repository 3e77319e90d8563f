<#
.SYNOPSIS
    Everything of the host program that touches Windows or Entra Connect Sync, one small function each.
.DESCRIPTION
    ConnectSyncHost.ps1 calls these functions and nothing else of Windows, so that it runs anywhere with this file
    replaced. PROTOCOL.md lists them. Written for Windows PowerShell 5.1 and PowerShell 7, in ASCII.

    Functions answer plain values or objects with camelCase properties; times are ISO 8601 in UTC, hashes lower-case
    hexadecimal. A failure is an exception whose Data holds CsiKind: not-found, access-denied, disk-full, key or failed;
    with key also CsiHResult, what the key storage provider answered.
#>
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$script:CsiModernPowerShell = $PSVersionTable.PSVersion.Major -ge 6

# data: windows

# build: Windows
