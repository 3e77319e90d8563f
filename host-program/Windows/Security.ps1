# Security descriptors of files and folders: may set the access rules of what this program made.

$script:CsiAdministrators = 'S-1-5-32-544'
$script:CsiSystem = 'S-1-5-18'

function Get-CsiSecurity {
    <#
    .SYNOPSIS
        The security descriptor of a file or folder; Windows PowerShell and PowerShell 7 reach it differently.
    .PARAMETER Item
        A FileInfo or DirectoryInfo.
    .PARAMETER Section
        The sections to read.
    #>
    [CmdletBinding()]
    [OutputType([Security.AccessControl.FileSystemSecurity])]
    param(
        [Parameter(Mandatory = $true)] [IO.FileSystemInfo] $Item,
        [Parameter(Mandatory = $true)] [Security.AccessControl.AccessControlSections] $Section
    )
    if ($script:CsiModernPowerShell) {
        return [IO.FileSystemAclExtensions]::GetAccessControl($Item, $Section)  # 5.1: a branch for 7
    }
    return $Item.GetAccessControl($Section)  # 5.1: a member of FileInfo and DirectoryInfo
}

function Set-CsiSecurity {
    <#
    .SYNOPSIS
        Writes the changed sections of a security descriptor.
    .PARAMETER Item
        A FileInfo or DirectoryInfo.
    .PARAMETER Security
        The descriptor.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [IO.FileSystemInfo] $Item,
        [Parameter(Mandatory = $true)] [Security.AccessControl.FileSystemSecurity] $Security
    )
    if ($script:CsiModernPowerShell) {
        [IO.FileSystemAclExtensions]::SetAccessControl($Item, $Security)  # 5.1: a branch for 7
    } else {
        $Item.SetAccessControl($Security)  # 5.1: a member of FileInfo and DirectoryInfo
    }
}

function New-CsiSid {
    <#
    .SYNOPSIS
        A security identifier from its text.
    .PARAMETER Value
        The text, S-1-...
    #>
    [CmdletBinding()]
    [OutputType([Security.Principal.SecurityIdentifier])]
    param([Parameter(Mandatory = $true)] [string] $Value)
    return New-Object -TypeName Security.Principal.SecurityIdentifier -ArgumentList $Value
}
