# The program's own folder: may remove a file there that an older version of this project copied.

function Assert-Program {
    <#
    .SYNOPSIS
        Refuses where the program that runs is not the one that was installed.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    if ($script:Mismatch -eq '') {
        return
    }
    if ($Request -cmatch '"server":\s*"([A-Za-z0-9_ .-]*)"') {
        $script:Server = $Matches[1]
    }
    throw (New-Refusal -Id 'PROGRAM_MISMATCH' -Expected 'the files that manifest.json lists' -Actual $script:Mismatch)
}

function Get-ForeignFile {
    <#
    .SYNOPSIS
        What is in the program's folder and not part of it, as one array: name, and whether an older version of this
        project brought it. Null where the folder cannot be listed.
    #>
    [CmdletBinding()]
    [OutputType([object[]])]
    param()
    $entries = Get-CsiProgramFolder
    if ($null -eq $entries) {
        return $null
    }
    $own = 'ConnectSyncHost.ps1', 'Windows.ps1', 'manifest.json'
    $list = @(foreach ($entry in @($entries | Where-Object { $own -notcontains $_.name })) {
            $earlier = $script:EarlierFiles.ContainsKey($entry.name) -and $script:EarlierFiles[$entry.name] -ceq $entry.firstLine
            [ordered] @{ name = $entry.name; earlier = $earlier }
        })
    return , $list
}

function Get-ProgramFact {
    <#
    .SYNOPSIS
        The installed program, and what else is in its folder.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param()
    $installed = Get-CsiInstalledProgram
    $foreign = Get-ForeignFile
    if ($null -ne $foreign) {
        $foreign = @($foreign | Select-Object -First $script:ForeignLimit)
    }
    return [ordered] @{ sha256 = $installed.sha256; problem = $installed.problem; foreign = $foreign }
}

function Remove-EarlierFile {
    <#
    .SYNOPSIS
        Removes what an older version of this project left in the program's folder.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    # Kept first: straight from the function, an empty list would go down the pipe as one object.
    $files = Get-ForeignFile
    if ($null -eq $files) {
        return
    }
    foreach ($file in @($files | Where-Object { $_.earlier })) {
        Remove-CsiProgramFile -Name $file.name
        $script:Changed = $true
    }
}
