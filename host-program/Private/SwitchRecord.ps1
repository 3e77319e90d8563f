# What is known of a switch that is not over: may write and remove its record on the server.

function Test-SwitchRecord {
    <#
    .SYNOPSIS
        Whether a record is of an application and a certificate.
    .PARAMETER Record
        The record, or null.
    .PARAMETER Identity
        What has appId and certificateSha256.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [AllowNull()] [object] $Record,
        [Parameter(Mandatory = $true)] [object] $Identity
    )
    return $null -ne $Record -and $Record.appId -eq $Identity.appId -and $Record.certificateSha256 -eq $Identity.certificateSha256
}

function Write-SwitchRecord {
    <#
    .SYNOPSIS
        Remembers a switch to the identity of a request; since when stays where the record is of it already.
    .PARAMETER Name
        sign-in or verification.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Command
        What an administrator runs at the desktop of the server.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Name,
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [AllowNull()] [object] $Command = $null
    )
    $since = Get-CsiTime
    $record = Read-CsiSwitchRecord -Name $Name
    if (Test-SwitchRecord -Record $record -Identity $RequestBody) {
        $since = $record.since
    }
    Write-CsiSwitchRecord -Name $Name -Record ([ordered] @{
            since             = $since
            appId             = $RequestBody.appId
            certificateSha256 = $RequestBody.certificateSha256
            command           = $Command
        })
}

function Remove-SwitchRecord {
    <#
    .SYNOPSIS
        Forgets a switch, whatever identity it was to.
    .PARAMETER Name
        sign-in or verification.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Name)
    if ($null -ne (Read-CsiSwitchRecord -Name $Name)) {
        Remove-CsiSwitchRecord -Name $Name
    }
}
