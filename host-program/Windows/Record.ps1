# Records in the data folder: may write and remove them.

function Read-CsiPauseRecord {
    <#
    .SYNOPSIS
        What is to be put back after a pause, null where nothing is. A record that cannot be read is a failure of the kind
        broken-record.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $folder = Find-CsiDataFolder
    if ($null -eq $folder) {
        return $null
    }
    $file = [IO.Path]::Combine($folder, 'pause.json')
    if (-not [IO.File]::Exists($file)) {
        return $null
    }
    try {
        $record = ConvertFrom-Json -InputObject (Read-CsiFile -Path $file)
        if ($record.syncCycleEnabled -isnot [bool] -or [string]::IsNullOrWhiteSpace($record.operation)) {
            throw (New-CsiException -Kind 'failed' -Message 'a value is blank or of another type')
        }
        return [pscustomobject] @{
            operation        = [string] $record.operation
            server           = [string] $record.server
            startedAt        = ConvertTo-CsiTime -Value (ConvertFrom-CsiTime -Value $record.startedAt)
            deadline         = ConvertTo-CsiTime -Value (ConvertFrom-CsiTime -Value $record.deadline)
            syncCycleEnabled = $record.syncCycleEnabled
        }
    } catch {
        throw (New-CsiException -Kind 'broken-record' -Message "$file cannot be read: $(Get-CsiFailureText -Exception $_.Exception)")
    }
}

function Write-CsiPauseRecord {
    <#
    .SYNOPSIS
        Records what is to be put back after a pause, before the pause.
    .PARAMETER Record
        operation, server, startedAt, deadline, syncCycleEnabled, and a note for the person who finds it.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [object] $Record)
    $file = [IO.Path]::Combine((Initialize-CsiDataFolder), 'pause.json')
    Write-CsiFile -Path $file -Text (ConvertTo-Json -InputObject $Record -Compress)
}

function Remove-CsiPauseRecord {
    <#
    .SYNOPSIS
        Removes the record of a pause that is over.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    Remove-CsiFile -Path ([IO.Path]::Combine((Get-CsiDataPath), 'pause.json'))
}

function Move-CsiBrokenRecord {
    <#
    .SYNOPSIS
        Moves a record that cannot be read aside, so that it stays for a person and no longer counts. Answers its new path,
        null where there is none.
    .PARAMETER Name
        pause, sign-in or verification.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [ValidateSet('pause', 'sign-in', 'verification')] [string] $Name)
    return Rename-CsiBrokenFile -Path ([IO.Path]::Combine((Get-CsiDataPath), "$Name.json"))
}

function Get-CsiSwitchRecordPath {
    <#
    .SYNOPSIS
        Path of a switch record.
    .PARAMETER Folder
        The program's own folder.
    .PARAMETER Name
        The record's name.
    .PARAMETER Extension
        json for the record, txt for what a person reads.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [string] $Folder,
        [Parameter(Mandatory = $true)] [string] $Name,
        [ValidateSet('json', 'txt')] [string] $Extension = 'json'
    )
    return [IO.Path]::Combine($Folder, "$Name.$Extension")
}

function Read-CsiSwitchRecord {
    <#
    .SYNOPSIS
        What is known of a switch that waits for an administrator (sign-in) or for its verification; null where nothing.
    .PARAMETER Name
        sign-in or verification.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [ValidateSet('sign-in', 'verification')] [string] $Name)
    $folder = Find-CsiDataFolder
    if ($null -eq $folder) {
        return $null
    }
    $file = Get-CsiSwitchRecordPath -Folder $folder -Name $Name
    if (-not [IO.File]::Exists($file)) {
        return $null
    }
    try {
        $record = ConvertFrom-Json -InputObject (Read-CsiFile -Path $file)
        $command = $null
        if ($null -ne $record.command) {
            $command = [string] $record.command
        }
        return [pscustomobject] @{
            since             = ConvertTo-CsiTime -Value (ConvertFrom-CsiTime -Value $record.since)
            appId             = [string] $record.appId
            certificateSha256 = [string] $record.certificateSha256
            command           = $command
        }
    } catch {
        throw (New-CsiException -Kind 'broken-record' -Message "$file cannot be read: $(Get-CsiFailureText -Exception $_.Exception)")
    }
}

function Get-CsiSignInText {
    <#
    .SYNOPSIS
        What an administrator reads at the server: why, the one command, what happens next.
    .PARAMETER Record
        since, appId, certificateSha256 and command.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [object] $Record)
    $lines = @(
        "Entra Connect Sync on $([Environment]::MachineName) waits for an administrator, since $($Record.since)."
        ''
        'Why: the synchronisation service is to sign in as an application of its own:'
        ''
        "    application  $($Record.appId)"
        "    certificate  $($Record.certificateSha256)"
        ''
        'The step that moves it there wants an administrator to sign in, and that needs a desktop. Nothing is broken'
        'meanwhile: the service goes on with the credential that it has.'
        ''
        'What to do, once: in an elevated Windows PowerShell at the desktop of this server, signing in as a Hybrid'
        'Identity Administrator when asked, run'
        ''
        "    $($Record.command)"
        ''
        'If it says that a synchronisation cycle is running, wait for its end and run it again.'
        ''
        'What happens next: the next "pulumi up" finds the service on its application, verifies that it synchronises, and'
        'removes this file. Nothing else is to be done here.'
        ''
    )
    return $lines -join "`r`n"
}

function Write-CsiSwitchRecord {
    <#
    .SYNOPSIS
        Writes a switch record; for a sign-in also the text that a person can read.
    .PARAMETER Name
        sign-in or verification.
    .PARAMETER Record
        since, appId, certificateSha256 and command.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [ValidateSet('sign-in', 'verification')] [string] $Name,
        [Parameter(Mandatory = $true)] [object] $Record
    )
    $folder = Initialize-CsiDataFolder
    Write-CsiFile -Path (Get-CsiSwitchRecordPath -Folder $folder -Name $Name) -Text (ConvertTo-Json -InputObject $Record -Compress)
    if ($Name -eq 'sign-in') {
        Write-CsiFile -Path (Get-CsiSwitchRecordPath -Folder $folder -Name $Name -Extension 'txt') -Text (Get-CsiSignInText -Record $Record)
    }
}

function Remove-CsiSwitchRecord {
    <#
    .SYNOPSIS
        Removes a switch record and its text; nothing happens where there is none.
    .PARAMETER Name
        sign-in or verification.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [ValidateSet('sign-in', 'verification')] [string] $Name)
    $folder = Get-CsiDataPath
    foreach ($extension in 'json', 'txt') {
        Remove-CsiFile -Path (Get-CsiSwitchRecordPath -Folder $folder -Name $Name -Extension $extension)
    }
}
