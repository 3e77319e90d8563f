<#
    Loads Open-Ssh.ps1 for a test, and replaces those of its effects that are types of Windows rather than cmdlets. To be
    dot-sourced, with $World from Reset-World.
#>
$before = $env:ProgramData
$env:ProgramData = $World.Folder
. (Join-Path -Path $PSScriptRoot -ChildPath '../Open-Ssh.ps1') -AuthorizedKey 'x' -User 'x' -FromAddress 'x'
$env:ProgramData = $before
# Where the preference reaches, it is the script's; these tests are about where it does not.
$ErrorActionPreference = 'Continue'

Set-Item -Path function:Write-RealFileText -Value ${function:Write-FileText}

function Write-FileText {
    [CmdletBinding()]
    param([string] $Path, [string] $Text)
    $problem = Invoke-Effect -Effect "Write $(Split-Path -Path $Path -Leaf)" -Do { Write-RealFileText -Path $Path -Text $Text }
    if ($null -ne $problem) { throw $problem }
}

function Test-Elevated {
    return $World.Elevated
}

function Get-WindowsBuild {
    return $World.Build
}

function Resolve-AccountSid {
    param([string] $Account)
    return "$($World.Accounts[$Account])"
}

function Get-DomainGroupSid {
    param([string] $Account)
    if ($null -eq $World.DomainGroups) {
        throw (New-Object -TypeName Security.SecurityException -ArgumentList "The specified domain does not exist ($Account)")
    }
    return $World.DomainGroups
}

function Get-KeyFileSecurity {
    if (-not [IO.File]::Exists($script:KeyFile)) { return '' }
    return $World.Security
}

function Set-KeyFileSecurity {
    $problem = Invoke-Effect -Effect 'Set-KeyFileSecurity' -Do { $World.Security = 'O:BAD:PAI(A;;FA;;;SY)(A;;FA;;;BA)' }
    if ($null -ne $problem) { throw $problem }
}

function Get-FolderOwner {
    param([string] $Path)
    if ($World.Owners.ContainsKey((Split-Path -Path $Path -Leaf))) { return $World.Owners[(Split-Path -Path $Path -Leaf)] }
    if ([IO.Directory]::Exists($Path)) { return 'S-1-5-32-544' }
    return ''
}

function Add-DataFolder {
    $problem = Invoke-Effect -Effect 'Add-DataFolder' -Do { [void] [IO.Directory]::CreateDirectory($script:DataFolder) }
    if ($null -ne $problem) { throw $problem }
}

function Get-DotNetRelease {
    return $World.DotNet
}

Set-Item -Path function:Get-RealUserRightText -Value ${function:Get-UserRightText}

function Get-UserRightText {
    return $World.Rights
}

Set-Item -Path function:Invoke-RealNative -Value ${function:Invoke-Native}

function Invoke-Native {
    param([string] $Path, [string[]] $Argument)
    if ($Path -ne (ConvertFrom-ImagePath -ImagePath $World.Service.PathName).Program) { throw "not expected: $Path" }
    return Invoke-FakeSshd -Argument $Argument
}
