# The way back to a service account: may run the product's cmdlets with an administrator's credential.

function Get-LegacyAccountName {
    <#
    .SYNOPSIS
        The name that the product gives the service account of this server in Entra, as documented; null where the
        machine identifier is not known.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    $identifier = Get-CsiMachineIdentifier
    if ([string]::IsNullOrEmpty($identifier)) {
        return $null
    }
    return "Sync_$((Get-CsiHost).computerName)_$($identifier.Substring(0, [Math]::Min(12, $identifier.Length)))"
}

function New-AccountRefusal {
    <#
    .SYNOPSIS
        The refusal if a cmdlet that takes a credential did not do its work.
    .PARAMETER Outcome
        How it ended.
    .PARAMETER Cmdlet
        Its name.
    .PARAMETER Expected
        What it was to do.
    .PARAMETER Seconds
        How long it could take.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)] [object] $Outcome,
        [Parameter(Mandatory = $true)] [string] $Cmdlet,
        [Parameter(Mandatory = $true)] [string] $Expected,
        [Parameter(Mandatory = $true)] [long] $Seconds
    )
    switch ($Outcome.outcome) {
        'sign-in-required' {
            return New-Refusal -Id 'MFA_REQUIRED' -Expected $Expected -Actual $Outcome.message -Detail $Cmdlet
        }
        'credential-refused' {
            return New-Refusal -Id 'CREDENTIAL_REFUSED' -Expected $Expected -Actual $Outcome.message -Detail $Cmdlet
        }
        'timed-out' {
            return New-Refusal -Id 'CMDLET_TIMEOUT.credential' -Expected $Expected -Actual $Outcome.message -Detail $Cmdlet, "$Seconds"
        }
    }
    return New-Refusal -Id 'CMDLET_FAILED' -Expected $Expected -Actual $Outcome.message -Detail $Cmdlet
}

function Switch-ServiceAccount {
    <#
    .SYNOPSIS
        Moves the connector to a service account. What counts is where the connector is afterwards, not how the cmdlet
        ended.
    .PARAMETER Connector
        Where the connector is.
    .PARAMETER AccountName
        The name of the account.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [object] $Connector,
        [Parameter(Mandatory = $true)] [string] $AccountName,
        [Parameter(Mandatory = $true)] [object] $RequestBody
    )
    $seconds = $RequestBody.bounds.cmdletSeconds
    $wasChanged = $script:Changed
    $script:Changed = $true
    Write-Step -Id 'leaving' -Seconds $seconds
    $outcome = Invoke-CsiRollback -AccountName $AccountName -Credential $script:Credential -Seconds $seconds
    $now = Get-CsiConnector
    if ($outcome.outcome -ne 'completed' -or $now.identityType -ne 'ServiceAccount') {
        $now = Get-SettledConnector
    }
    if ($outcome.outcome -ne 'completed' -and $now.identityType -ne 'ServiceAccount') {
        $script:Changed = $wasChanged -or (ConvertTo-AsciiJson -Value $now) -cne (ConvertTo-AsciiJson -Value $Connector)
        throw (New-AccountRefusal -Outcome $outcome -Cmdlet $script:RollbackCmdlet -Expected "the connector on the account $AccountName" `
            -Seconds $seconds)
    }
}
