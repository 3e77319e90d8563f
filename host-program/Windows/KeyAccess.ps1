# Access rules of a key file: may set them.

function Get-CsiKeyAccess {
    <#
    .SYNOPSIS
        Access rules of a key file as one array, null where they cannot be read.
    .PARAMETER KeyFile
        Path of the file.
    #>
    [CmdletBinding()]
    [OutputType([object[]])]
    param([Parameter(Mandatory = $true)] [string] $KeyFile)
    if (-not [IO.File]::Exists($KeyFile)) {
        return $null
    }
    $file = New-Object -TypeName IO.FileInfo -ArgumentList $KeyFile
    try {
        $security = Get-CsiSecurity -Item $file -Section ([Security.AccessControl.AccessControlSections]::Access)
    } catch [UnauthorizedAccessException] {
        Write-Verbose -Message "The access rules of $KeyFile cannot be read."
        return $null
    }
    $rules = @(foreach ($rule in $security.GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier])) {
            [pscustomobject] @{
                sid     = $rule.IdentityReference.Value
                account = Get-CsiAccountName -Sid $rule.IdentityReference.Value
                rights  = $rule.FileSystemRights.ToString()
                allow   = $rule.AccessControlType -eq [Security.AccessControl.AccessControlType]::Allow
            }
        })
    return , $rules
}

function Set-CsiKeyAccess {
    <#
    .SYNOPSIS
        Sets the access rules of a key file: read for the SIDs given, full control for SYSTEM and administrators,
        nothing inherited and no one else. Writes the access section only, as Set-Acl would touch the owner too.
    .PARAMETER KeyFile
        Path of the file.
    .PARAMETER ReaderSids
        SIDs of those who may use the key.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [string] $KeyFile,
        [Parameter(Mandatory = $true)] [string[]] $ReaderSids
    )
    $rights = [ordered] @{
        $script:CsiSystem         = [Security.AccessControl.FileSystemRights]::FullControl
        $script:CsiAdministrators = [Security.AccessControl.FileSystemRights]::FullControl
    }
    foreach ($sid in $ReaderSids) {
        if (-not $rights.Contains($sid)) {
            $rights[$sid] = [Security.AccessControl.FileSystemRights]::Read
        }
    }
    $security = New-Object -TypeName Security.AccessControl.FileSecurity
    $security.SetAccessRuleProtection($true, $false)
    foreach ($sid in @($rights.Keys)) {
        $rule = New-Object -TypeName Security.AccessControl.FileSystemAccessRule -ArgumentList @(
            (New-CsiSid -Value $sid),
            $rights[$sid],
            [Security.AccessControl.AccessControlType]::Allow
        )
        $security.AddAccessRule($rule)
    }
    try {
        Set-CsiSecurity -Item (New-Object -TypeName IO.FileInfo -ArgumentList $KeyFile) -Security $security
    } catch [UnauthorizedAccessException] {
        throw (New-CsiException -Kind 'access-denied' `
            -Message "The access rules of $KeyFile cannot be set: $(Get-CsiFailureText -Exception $_.Exception)")
    }
}
