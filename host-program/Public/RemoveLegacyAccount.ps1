# remove-legacy-account: removes one former service account from Entra.

function Invoke-RemoveLegacyAccount {
    <#
    .SYNOPSIS
        remove-legacy-account: removes the service account that the request names from Entra. Only one of this server,
        never the one that its connector signs in with.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $installation = Get-Installation
    Assert-Running -Service $installation.Service
    $connector = (Get-ConnectorState).Connector
    $account = $RequestBody.removeLegacyAccount
    $prefix = "Sync_$((Get-CsiHost).computerName)_"
    if (-not $account.StartsWith($prefix, [StringComparison]::OrdinalIgnoreCase)) {
        throw (New-Refusal -Id 'ACCOUNT_UNEXPECTED' -Expected "a name that begins with $prefix" -Actual $account -Detail $account)
    }
    if ($connector.userName.Split('@')[0] -eq $account) {
        throw (New-Refusal -Id 'ACCOUNT_IN_USE' -Expected 'a connector that does not use it' -Actual $connector.userName -Detail $account)
    }
    $seconds = $RequestBody.bounds.cmdletSeconds
    Write-Step -Id 'removingAccount' -Seconds $seconds
    $outcome = Invoke-CsiLegacyAccountRemoval -AccountName $account -Credential $script:Credential -Seconds $seconds
    if ($outcome.outcome -ne 'completed') {
        throw (New-AccountRefusal -Outcome $outcome -Cmdlet $script:RemovalCmdlet -Expected "the account $account removed" `
            -Seconds $seconds)
    }
    $script:Changed = $true
    return [ordered] @{
        accountName = $account
        before      = [ordered] @{ connector = $connector }
        after       = [ordered] @{ connector = (Get-ConnectorState).Connector }
    }
}
