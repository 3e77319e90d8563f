# What must be true before an operation begins. Changes nothing on the server.

function Assert-Caller {
    <#
    .SYNOPSIS
        Refuses a restricted PowerShell and a caller who is no administrator.
    #>
    [CmdletBinding()]
    param()
    $mode = (Get-CsiHost).languageMode
    if ($mode -ne 'FullLanguage') {
        throw (New-Refusal -Id 'LANGUAGE_MODE' -Expected 'FullLanguage' -Actual $mode)
    }
    $caller = Get-CsiCaller
    if (-not $caller.administrator) {
        throw (New-Refusal -Id 'NOT_ADMINISTRATOR' -Expected 'a local administrator with rights in Entra Connect Sync' `
            -Actual $caller.account)
    }
}

function Get-Installation {
    <#
    .SYNOPSIS
        Service and product; refuses where either is missing.
    #>
    [CmdletBinding()]
    param()
    $service = Get-CsiService
    $expected = 'the service ADSync and its PowerShell module'
    if ($null -eq $service) {
        throw (New-Refusal -Id 'ADSYNC_MISSING' -Expected $expected -Actual 'no service ADSync')
    }
    $product = Get-CsiProduct
    if ($null -eq $product) {
        throw (New-Refusal -Id 'ADSYNC_MISSING' -Expected $expected -Actual 'the service without its module')
    }
    return [pscustomobject] @{ Service = $service; Product = $product }
}

function Assert-Running {
    <#
    .SYNOPSIS
        Refuses a service that does not run.
    .PARAMETER Service
        The service.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [object] $Service)
    if ($Service.status -ne 'Running') {
        throw (New-Refusal -Id 'SERVICE_STOPPED' -Expected 'Running' -Actual $Service.status)
    }
}

function Assert-Version {
    <#
    .SYNOPSIS
        Refuses a product that is too old.
    .PARAMETER Version
        The product's version.
    .PARAMETER Minimum
        The least version.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Version,
        [Parameter(Mandatory = $true)] [string] $Minimum
    )
    if ([Version] $Version -lt [Version] $Minimum) {
        throw (New-Refusal -Id 'VERSION_TOO_OLD' -Expected "version $Minimum or later" -Actual "version $Version")
    }
}

function Assert-ServiceAccount {
    <#
    .SYNOPSIS
        Refuses a service that runs under another account than the declared one. SIDs are compared: names are translated.
    .PARAMETER Service
        The service.
    .PARAMETER Declared
        The declared account, null for any.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [object] $Service,
        [Parameter(Mandatory = $true)] [AllowNull()] [object] $Declared
    )
    if ($null -eq $Declared) {
        return
    }
    $sid = Resolve-CsiAccount -Account $Declared
    if ($sid -ne $Service.accountSid) {
        throw (New-Refusal -Id 'SERVICE_ACCOUNT_UNEXPECTED' -Expected $Declared -Actual $Service.account)
    }
}

function Get-ConnectorState {
    <#
    .SYNOPSIS
        Connector and scheduler; this also proves that the caller may call the ADSync cmdlets.
    #>
    [CmdletBinding()]
    param()
    return [pscustomobject] @{ Connector = Get-CsiConnector; Scheduler = Get-CsiScheduler }
}
