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
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [AllowNull()] [object] $Record,
        [Parameter(Mandatory = $true)] [object] $Identity
    )
    return $null -ne $Record -and $Record.appId -eq $Identity.appId -and $Record.certificateSha256 -eq $Identity.certificateSha256
}

function Read-SwitchRecord {
    <#
    .SYNOPSIS
        What is known of a switch that is not over, null if there is none. A record that cannot be read is moved aside, and
        counts as one of no identity.
    .PARAMETER Name
        sign-in or verification.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $Name)
    try {
        return Read-CsiSwitchRecord -Name $Name
    } catch {
        if ((Get-FailureKind -Exception $_.Exception) -ne 'broken-record') {
            throw
        }
        Move-BrokenRecord -Name $Name
        return [pscustomobject] @{ since = Get-CsiTime; appId = ''; certificateSha256 = ''; command = $null }
    }
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
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [string] $Name,
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [AllowNull()] [object] $Command = $null
    )
    $since = Get-CsiTime
    $record = Read-SwitchRecord -Name $Name
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
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [string] $Name)
    if ($null -ne (Read-SwitchRecord -Name $Name)) {
        Remove-CsiSwitchRecord -Name $Name
    }
}

function Write-LateOutcome {
    <#
    .SYNOPSIS
        Reports cmdlets of earlier runs that could not be ended in time, and have ended since. What they did shows in the
        connector, which each run reads.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    foreach ($outcome in @(Remove-CsiLeftOutcome)) {
        Write-Step -Id 'lateCmdlet'
        Write-Change -Kind 'lateCmdlet' -Line "A cmdlet of an earlier run, which could not be ended in time, ended: $outcome"
    }
}
