# release: refuses while the connector uses a certificate. Changes nothing on the server.

function Invoke-Release {
    <#
    .SYNOPSIS
        release: refuses while the connector uses this application with this certificate; changes nothing.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    [void] (Get-Installation)
    $connector = (Get-ConnectorState).Connector
    if ($connector.appId -eq $RequestBody.appId -and $connector.certificateSha256 -eq $RequestBody.certificateSha256) {
        throw (New-InUseRefusal -Label $RequestBody.label -CertificateHash $RequestBody.certificateSha256 -Server $RequestBody.server)
    }
    return [ordered] @{ before = $connector; after = $connector }
}
