# Entra Connect Sync: service, version, connector, settings. Changes nothing on the server.

# Identifier of the Entra connector, the same on every server.
$script:CsiEntraConnector = 'b891884f-051e-4a83-95af-2544101c9083'

$script:CsiProductKey = 'HKLM:\SOFTWARE\Microsoft\Azure AD Connect'

function Get-CsiService {
    <#
    .SYNOPSIS
        The ADSync service with its account and image path, null where it does not exist. The SID of its account is null
        with the reason where no one says.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $key = 'HKLM:\SYSTEM\CurrentControlSet\Services\ADSync'
    if (-not (Test-Path -LiteralPath $key)) {
        return $null
    }
    $registry = Get-ItemProperty -LiteralPath $key
    $account = [string] (Get-CsiMember -InputObject $registry -Name 'ObjectName')
    $resolved = Resolve-CsiAccount -Account $account
    return [pscustomobject] @{
        status         = (Get-Service -Name 'ADSync').Status.ToString()
        account        = $account
        accountSid     = $resolved.sid
        accountProblem = $resolved.problem
        imagePath      = [string] (Get-CsiMember -InputObject $registry -Name 'ImagePath')
    }
}

function Get-CsiProduct {
    <#
    .SYNOPSIS
        The product's version and the folder of its ADSync module, null where either is missing. Both come from the
        service's image path, as the product may be installed anywhere.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    $service = Get-CsiService
    if ($null -eq $service) {
        return $null
    }
    $image = [Environment]::ExpandEnvironmentVariables($service.imagePath)
    if ($image -match '^\s*"([^"]+)"') {
        $executable = $Matches[1]
    } elseif ($image -match '^\s*(.+?\.exe)') {
        $executable = $Matches[1]
    } else {
        return $null
    }
    if (-not [IO.File]::Exists($executable)) {
        return $null
    }
    $module = [IO.Path]::Combine([IO.Path]::GetDirectoryName($executable), 'ADSync')
    if (-not [IO.Directory]::Exists($module)) {
        return $null
    }
    $version = [Diagnostics.FileVersionInfo]::GetVersionInfo($executable)
    return [pscustomobject] @{
        version    = @(
            $version.ProductMajorPart, $version.ProductMinorPart, $version.ProductBuildPart, $version.ProductPrivatePart
        ) -join '.'
        modulePath = $module
    }
}

function Import-CsiModule {
    <#
    .SYNOPSIS
        Loads the ADSync module once.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    if ($null -ne (Get-Module -Name 'ADSync')) {
        return
    }
    $product = Get-CsiProduct
    if ($null -eq $product) {
        throw (New-CsiException -Kind 'not-found' -Message 'The ADSync module is not there: Entra Connect Sync is not installed.')
    }
    $import = @{ Name = $product.modulePath; Global = $true; WarningAction = 'SilentlyContinue' }
    if ($script:CsiModernPowerShell) {
        # The module needs .NET Framework.
        $import['UseWindowsPowerShell'] = $true
    }
    Import-Module @import
}

function Get-CsiCmdletParameter {
    <#
    .SYNOPSIS
        Parameter names of a cmdlet of the ADSync module, none where it does not exist.
    .PARAMETER Cmdlet
        The cmdlet's name.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Cmdlet)
    Import-CsiModule
    $command = Get-Command -Name $Cmdlet -Module 'ADSync' -ErrorAction SilentlyContinue
    if ($null -eq $command) {
        return
    }
    $common = @([Management.Automation.Cmdlet]::CommonParameters) + @([Management.Automation.Cmdlet]::OptionalCommonParameters)
    $command.Parameters.Keys | Where-Object { $common -notcontains $_ } | Sort-Object
}

function Get-CsiEntraConnector {
    <#
    .SYNOPSIS
        The connector object of the Entra connector.
    #>
    [CmdletBinding()]
    [OutputType([object])]
    param()
    Import-CsiModule
    $connectors = @(Get-ADSyncConnector | Where-Object { "$($_.Identifier)" -eq $script:CsiEntraConnector })
    if ($connectors.Count -ne 1) {
        throw (New-CsiException -Kind 'not-found' -Message "$($connectors.Count) connectors have the identifier $script:CsiEntraConnector.")
    }
    return $connectors[0]
}

function Get-CsiConnectivityParameter {
    <#
    .SYNOPSIS
        The value of a connectivity parameter, null where it is absent or blank.
    .PARAMETER Connector
        The connector object.
    .PARAMETER Name
        The parameter's name.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [object] $Connector,
        [Parameter(Mandatory = $true)] [string] $Name
    )
    foreach ($parameter in $Connector.ConnectivityParameters) {
        if ($parameter.Name -eq $Name -and -not [string]::IsNullOrWhiteSpace([string] $parameter.Value)) {
            return [string] $parameter.Value
        }
    }
    return $null
}

function Get-CsiConnector {
    <#
    .SYNOPSIS
        What Get-ADSyncEntraConnectorCredential and the connectivity parameters say of the Entra connector's identity.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $connector = Get-CsiEntraConnector
    if ($null -eq (Get-Command -Name 'Get-ADSyncEntraConnectorCredential' -ErrorAction SilentlyContinue)) {
        throw (New-CsiException -Kind 'not-found' -Message 'The cmdlet Get-ADSyncEntraConnectorCredential does not exist in this version.')
    }
    $credential = Get-ADSyncEntraConnectorCredential
    $userName = [string] (Get-CsiMember -InputObject $credential -Name 'UserName', 'ConnectorUserName', 'ConnectorIdentityName')
    if ([string]::IsNullOrWhiteSpace($userName)) {
        $userName = [string] (Get-CsiConnectivityParameter -Connector $connector -Name 'UserName')
    }
    $identityType = [string] (Get-CsiMember -InputObject $credential -Name 'ConnectorIdentityType')
    $appId = $null
    $sha256 = $null
    if ($identityType -eq 'Application') {
        # The braces may be a placeholder of the documentation; both forms are accepted.
        if ($userName -match '^\{?([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\}?@') {
            $appId = $Matches[1].ToLowerInvariant()
        }
        $certificate = Get-CsiMember -InputObject $credential -Name 'CertificateCredential'
        $hash = [string] (Get-CsiMember -InputObject $certificate -Name 'CertificateSHA256Hash')
        if ($hash -match '\A[0-9A-Fa-f]{64}\z') {
            $sha256 = $hash.ToLowerInvariant()
        }
    }
    return [pscustomobject] @{
        name              = [string] $connector.Name
        identityType      = $identityType
        userName          = $userName
        appId             = $appId
        certificateSha256 = $sha256
        parameters        = [pscustomobject] @{
            ApplicationManagedBy = Get-CsiConnectivityParameter -Connector $connector -Name 'ApplicationManagedBy'
            CertificateManagedBy = Get-CsiConnectivityParameter -Connector $connector -Name 'CertificateManagedBy'
            CertificateId        = Get-CsiConnectivityParameter -Connector $connector -Name 'CertificateId'
        }
    }
}

function Get-CsiPasswordWriteback {
    <#
    .SYNOPSIS
        Whether password writeback is on, null where the server does not say.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param()
    $connector = Get-CsiEntraConnector
    if ($null -eq (Get-Command -Name 'Get-ADSyncAADPasswordResetConfiguration' -ErrorAction SilentlyContinue)) {
        return $null
    }
    try {
        $configuration = Get-ADSyncAADPasswordResetConfiguration -Connector $connector.Name
    } catch {
        Write-Verbose -Message "Password writeback cannot be read: $($_.Exception.Message)"
        return $null
    }
    $enabled = Get-CsiMember -InputObject $configuration -Name 'Enabled'
    if ($null -eq $enabled) {
        return $null
    }
    return [bool] $enabled
}

function Get-CsiMachineIdentifier {
    <#
    .SYNOPSIS
        SyncMachineIdentifier, which must differ on every server; null where there is none.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    if (-not (Test-Path -LiteralPath $script:CsiProductKey)) {
        return $null
    }
    $identifier = [string] (Get-CsiMember -InputObject (Get-ItemProperty -LiteralPath $script:CsiProductKey) -Name 'SyncMachineIdentifier')
    if ([string]::IsNullOrWhiteSpace($identifier)) {
        return $null
    }
    return $identifier
}

function Get-CsiAzureInstance {
    <#
    .SYNOPSIS
        The number of the cloud that Entra Connect Sync is set to by hand (AzureInstance); null where it detects the cloud.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param()
    if (-not (Test-Path -LiteralPath $script:CsiProductKey)) {
        return $null
    }
    $instance = [string] (Get-CsiMember -InputObject (Get-ItemProperty -LiteralPath $script:CsiProductKey) -Name 'AzureInstance')
    if ($instance -notmatch '\A[0-9]{1,9}\z') {
        return $null
    }
    return [int] $instance
}
