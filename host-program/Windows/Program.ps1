# The installed program's files: may remove one by its name.

function Get-CsiInstalledProgram {
    <#
    .SYNOPSIS
        SHA-256 of the installed manifest where the files beside it are those that it lists, else null with the reason.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $folder = [IO.Path]::Combine($env:ProgramFiles, $script:CsiFolderName)
    $manifest = [IO.Path]::Combine($folder, 'manifest.json')
    if (-not [IO.File]::Exists($manifest)) {
        return [pscustomobject] @{ sha256 = $null; problem = "$manifest does not exist." }
    }
    try {
        $files = (ConvertFrom-Json -InputObject (Read-CsiFile -Path $manifest)).files
        foreach ($name in 'ConnectSyncHost.ps1', 'Windows.ps1') {
            $expected = [string] (Get-CsiMember -InputObject $files -Name $name)
            $file = [IO.Path]::Combine($folder, $name)
            # A copy that is under way has the file open.
            $actual = Get-CsiSha256 -Data (Invoke-CsiFileStep -Step { , [IO.File]::ReadAllBytes($file) })
            if ($actual -ne $expected) {
                return [pscustomobject] @{ sha256 = $null; problem = "$name has SHA-256 $actual, the manifest says $expected." }
            }
        }
        $bytes = Invoke-CsiFileStep -Step { , [IO.File]::ReadAllBytes($manifest) }
        return [pscustomobject] @{ sha256 = Get-CsiSha256 -Data $bytes; problem = $null }
    } catch {
        return [pscustomobject] @{ sha256 = $null; problem = Get-CsiFailureText -Exception $_.Exception }
    }
}

function Get-CsiProgramFolder {
    <#
    .SYNOPSIS
        What is in the installed program's folder, with the first line of each file, as one array; null where the folder
        cannot be listed.
    #>
    [CmdletBinding()]
    [OutputType([object[]])]
    param()
    $folder = New-Object -TypeName IO.DirectoryInfo -ArgumentList ([IO.Path]::Combine($env:ProgramFiles, $script:CsiFolderName))
    try {
        $entries = @()
        if ($folder.Exists) {
            $entries = @($folder.GetFileSystemInfos() | Sort-Object -Property 'Name')
        }
    } catch {
        Write-Verbose -Message "$($folder.FullName) cannot be listed: $($_.Exception.Message)"
        return $null
    }
    $list = @(foreach ($entry in $entries) {
            $line = $null
            if ($entry -is [IO.FileInfo]) {
                try {
                    $line = [string] (Get-Content -LiteralPath $entry.FullName -TotalCount 1)
                } catch {
                    Write-Verbose -Message "$($entry.FullName) cannot be read: $($_.Exception.Message)"
                }
            }
            [pscustomobject] @{ name = $entry.Name; firstLine = $line }
        })
    return , $list
}

function Remove-CsiProgramFile {
    <#
    .SYNOPSIS
        Removes a file from the installed program's folder.
    .PARAMETER Name
        Its name, without a path.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [ValidatePattern('\A[A-Za-z0-9.-]+\z')] [string] $Name)
    [IO.File]::Delete([IO.Path]::Combine($env:ProgramFiles, $script:CsiFolderName, $Name))
}
