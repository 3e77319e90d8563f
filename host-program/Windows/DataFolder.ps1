# The folder of records under ProgramData: may make it.

function Get-CsiDataPath {
    <#
    .SYNOPSIS
        Path of the folder that holds the records of pauses and switches, and the lock's holder.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    return [IO.Path]::Combine([Environment]::GetFolderPath('CommonApplicationData'), $script:CsiFolderName)
}

function New-CsiFolderSecurity {
    <#
    .SYNOPSIS
        Full control for administrators and SYSTEM, nothing inherited, no one else.
    #>
    [CmdletBinding()]
    [OutputType([Security.AccessControl.DirectorySecurity])]
    param()
    $security = New-Object -TypeName Security.AccessControl.DirectorySecurity
    $security.SetAccessRuleProtection($true, $false)
    $security.SetOwner((New-CsiSid -Value $script:CsiAdministrators))
    foreach ($sid in $script:CsiAdministrators, $script:CsiSystem) {
        $rule = New-Object -TypeName Security.AccessControl.FileSystemAccessRule -ArgumentList @(
            (New-CsiSid -Value $sid),
            [Security.AccessControl.FileSystemRights]::FullControl,
            ([Security.AccessControl.InheritanceFlags]::ContainerInherit -bor [Security.AccessControl.InheritanceFlags]::ObjectInherit),
            [Security.AccessControl.PropagationFlags]::None,
            [Security.AccessControl.AccessControlType]::Allow
        )
        $security.AddAccessRule($rule)
    }
    return $security
}

function Find-CsiDataFolder {
    <#
    .SYNOPSIS
        The folder's path where it exists, else null. Refuses a folder that someone else made: every user may make
        folders in ProgramData, and what a record says is written to the scheduler.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    $path = Get-CsiDataPath
    if (-not [IO.Directory]::Exists($path)) {
        return $null
    }
    $folder = New-Object -TypeName IO.DirectoryInfo -ArgumentList $path
    $sections = [Security.AccessControl.AccessControlSections]::Access -bor [Security.AccessControl.AccessControlSections]::Owner
    $security = Get-CsiSecurity -Item $folder -Section $sections
    $owner = $security.GetOwner([Security.Principal.SecurityIdentifier]).Value
    $isLink = ($folder.Attributes -band [IO.FileAttributes]::ReparsePoint) -ne 0
    if ($isLink -or (@($script:CsiAdministrators, $script:CsiSystem) -notcontains $owner)) {
        $whose = 'belongs to ' + (Get-CsiAccountName -Sid $owner)
        if ($isLink) {
            $whose = 'is a link of ' + (Get-CsiAccountName -Sid $owner)
        }
        throw (New-CsiException -Kind 'foreign-folder' -Message "$path $whose")
    }
    return $path
}

function Initialize-CsiDataFolder {
    <#
    .SYNOPSIS
        Makes the folder where it is missing, sets its access rules where they are inherited, and answers its path.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    $path = Get-CsiDataPath
    $security = New-CsiFolderSecurity
    if (-not [IO.Directory]::Exists($path)) {
        if ($script:CsiModernPowerShell) {
            [void] [IO.FileSystemAclExtensions]::CreateDirectory($security, $path)  # 5.1: a branch for 7
        } else {
            [void] [IO.Directory]::CreateDirectory($path, $security)
        }
    }
    [void] (Find-CsiDataFolder)
    $folder = New-Object -TypeName IO.DirectoryInfo -ArgumentList $path
    $current = Get-CsiSecurity -Item $folder -Section ([Security.AccessControl.AccessControlSections]::Access)
    if (-not $current.AreAccessRulesProtected) {
        Set-CsiSecurity -Item $folder -Security $security
    }
    return $path
}
