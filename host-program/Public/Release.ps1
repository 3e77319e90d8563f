# release: refuses while a certificate is needed. Changes nothing on the server.

function Assert-SwitchVerified {
    <#
    .SYNOPSIS
        Refuses to release a certificate that the connector was switched away from, until that switch is verified. One that
        is of no use any more is no way back.
    .PARAMETER Connector
        Where the connector is.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [object] $Connector,
        [Parameter(Mandatory = $true)] [object] $RequestBody
    )
    $record = Read-CsiSwitchRecord -Name 'verification'
    if ($null -eq $record -or -not (Test-OnTarget -Connector $Connector -RequestBody $record)) {
        return
    }
    if (-not (Test-LostCertificate -CertificateHash $RequestBody.certificateSha256)) {
        throw (New-Refusal -Id 'SWITCH_UNVERIFIED' -Expected "a verified switch to certificate $($record.certificateSha256)" `
            -Actual "a switch at $($record.since) that is not verified yet")
    }
}

function Invoke-Release {
    <#
    .SYNOPSIS
        release: refuses while the connector uses this application with this certificate, or may have to go back to it;
        changes nothing.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    [void] (Get-Installation)
    $connector = (Get-ConnectorState).Connector
    if ($connector.appId -eq $RequestBody.appId -and $connector.certificateSha256 -eq $RequestBody.certificateSha256) {
        throw (New-InUseRefusal -Label $RequestBody.label -CertificateHash $RequestBody.certificateSha256 -Server $RequestBody.server)
    }
    Assert-SwitchVerified -Connector $connector -RequestBody $RequestBody
    return [ordered] @{ before = $connector; after = $connector }
}
