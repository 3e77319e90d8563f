# What must be true before an operation begins. Changes nothing on the server.

function Assert-Caller {
    <#
    .SYNOPSIS
        Refuses a restricted PowerShell and a caller who is no administrator.
    #>
    [CmdletBinding()]
    [OutputType([void])]
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
    [OutputType([pscustomobject])]
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

function Assert-Framework {
    <#
    .SYNOPSIS
        Refuses a .NET Framework that cannot make a certificate request; one that is not known may be able to.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    $release = (Get-CsiHost).dotnetRelease
    if ($null -ne $release -and $release -lt $script:DotnetRelease) {
        throw (New-Refusal -Id 'DOTNET_TOO_OLD' -Expected "release $script:DotnetRelease (4.7.2) or later" -Actual "release $release")
    }
}

function Assert-Running {
    <#
    .SYNOPSIS
        Refuses a service that does not run.
    .PARAMETER Service
        The service.
    #>
    [CmdletBinding()]
    [OutputType([void])]
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
    [OutputType([void])]
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
        Refuses a service that runs under another account than the declared one, or under one that no one knows. SIDs are
        compared: names are translated.
    .PARAMETER Service
        The service.
    .PARAMETER Declared
        The declared account, null for any.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [object] $Service,
        [Parameter(Mandatory = $true)] [AllowNull()] [object] $Declared
    )
    if ($null -eq $Service.accountSid) {
        throw (New-Refusal -Id 'UNEXPECTED.account' -Expected 'an account that Windows resolves' -Actual "$($Service.accountProblem)")
    }
    if ($null -eq $Declared) {
        return
    }
    $resolved = Resolve-CsiAccount -Account $Declared
    if ($resolved.sid -ne $Service.accountSid) {
        $actual = "$($Service.account) ($($Service.accountSid))"
        if ($null -ne $resolved.problem) {
            $actual += "; $($resolved.problem)"
        }
        throw (New-Refusal -Id 'SERVICE_ACCOUNT_UNEXPECTED' -Expected $Declared -Actual $actual)
    }
}

function Get-ConnectorState {
    <#
    .SYNOPSIS
        Connector and scheduler; this also proves that the caller may call the ADSync cmdlets.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    return [pscustomobject] @{ Connector = Get-CsiConnector; Scheduler = Get-CsiScheduler }
}
