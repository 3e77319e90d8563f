# Event logs: may register its own source in the Application log, and write entries of it.

# Characters of one text that is written: the log takes 31,839.
$script:CsiWriteLimit = 8000

function Find-CsiEvent {
    <#
    .SYNOPSIS
        The newest events of the synchronisation service with some ids, newest first.
    .PARAMETER Id
        The ids.
    .PARAMETER StartTime
        How far back.
    .PARAMETER Limit
        How many are read at most: each one's text costs time.
    #>
    [CmdletBinding()]
    [OutputType([Diagnostics.Eventing.Reader.EventLogRecord])]
    param(
        [Parameter(Mandatory = $true)] [int[]] $Id,
        [Parameter(Mandatory = $true)] [DateTime] $StartTime,
        [Parameter(Mandatory = $true)] [int] $Limit
    )
    $filter = @{ LogName = 'Application'; ProviderName = 'Directory Synchronization'; Id = $Id; StartTime = $StartTime }
    try {
        Get-WinEvent -FilterHashtable $filter -MaxEvents $Limit
    } catch {
        # No such event, or a source that has never written one, is what a healthy server shows.
        if ($_.FullyQualifiedErrorId -notmatch '^(NoMatchingEventsFound|NoMatchingProvidersFound)') {
            throw
        }
    }
}

function Find-CsiOtherError {
    <#
    .SYNOPSIS
        The newest errors of the synchronisation service whose ids are not documented, newest first. By XPath, which can leave
        ids out.
    .PARAMETER Hours
        How far back, in hours.
    .PARAMETER Limit
        How many are read at most.
    #>
    [CmdletBinding()]
    [OutputType([Diagnostics.Eventing.Reader.EventLogRecord])]
    param(
        [Parameter(Mandatory = $true)] [int] $Hours,
        [Parameter(Mandatory = $true)] [int] $Limit
    )
    $others = @(906, 1011, 1012, 1014 | ForEach-Object { "EventID!=$_" }) -join ' and '
    $window = "TimeCreated[timediff(@SystemTime) <= $([long] $Hours * 3600000)]"
    $path = "*[System[Provider[@Name='Directory Synchronization'] and Level=2 and $others and $window]]"
    try {
        Get-WinEvent -LogName 'Application' -FilterXPath $path -MaxEvents $Limit -ErrorAction Stop
    } catch {
        if ($_.FullyQualifiedErrorId -notmatch '^NoMatchingEventsFound') {
            throw
        }
    }
}

function Get-CsiEventText {
    <#
    .SYNOPSIS
        The text of an event. Where its source's messages are not installed, there are only the values that fill them.
    .PARAMETER Entry
        The event.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [object] $Entry)
    $text = [string] $Entry.Message
    if ([string]::IsNullOrWhiteSpace($text)) {
        $text = @($Entry.Properties | ForEach-Object { [string] $_.Value }) -join ' '
    }
    return $text
}

function Get-CsiEvent {
    <#
    .SYNOPSIS
        Events of the synchronisation service about its credential, and its other errors, newest last, at most seventy.
    .PARAMETER Hours
        How far back, in hours.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [int] $Hours)
    if ($Hours -le 0) {
        return
    }
    $since = [DateTime]::Now.AddHours(-$Hours)
    # 906 is written for every token; only those with a code of Entra report a failure. Each kind has a share of its own, so
    # that a flood of the one does not push the other out.
    $rare = @(Find-CsiEvent -Id 1011, 1012, 1014 -StartTime $since -Limit 10)
    $refused = @(Find-CsiEvent -Id 906 -StartTime $since -Limit 2000 |
            Where-Object { (Get-CsiEventText -Entry $_) -match 'AADSTS\d' } |
            Select-Object -First 40)
    $errors = @(Find-CsiOtherError -Hours $Hours -Limit 20)
    $rare + $refused + $errors |
        Sort-Object -Property TimeCreated |
        ForEach-Object {
            $message = Get-CsiEventText -Entry $_
            [pscustomobject] @{
                time    = ConvertTo-CsiTime -Value $_.TimeCreated
                id      = [int] $_.Id
                message = $message.Substring(0, [Math]::Min(1400, $message.Length))
            }
        }
}

function Write-CsiEvent {
    <#
    .SYNOPSIS
        Writes an entry of this program to the Application log. Its source is registered with the first one.
    .PARAMETER Id
        What it is about.
    .PARAMETER Text
        The entry. It holds no secret.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [int] $Id,
        [Parameter(Mandatory = $true)] [string] $Text
    )
    if (-not [Diagnostics.EventLog]::SourceExists($script:CsiEventSource)) {
        [Diagnostics.EventLog]::CreateEventSource($script:CsiEventSource, 'Application')
    }
    $cut = $Text.Substring(0, [Math]::Min($script:CsiWriteLimit, $Text.Length))
    [Diagnostics.EventLog]::WriteEntry($script:CsiEventSource, $cut, [Diagnostics.EventLogEntryType]::Information, $Id)
}

function Get-CsiChange {
    <#
    .SYNOPSIS
        Entries of this program in the Application log, newest last, at most as many as the table says. By XPath, which needs no messages of
        the source.
    .PARAMETER Hours
        How far back, in hours.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [int] $Hours)
    if ($Hours -le 0) {
        return
    }
    $window = "TimeCreated[timediff(@SystemTime) <= $([long] $Hours * 3600000)]"
    $path = "*[System[Provider[@Name='$script:CsiEventSource'] and $window]]"
    $entries = @()
    try {
        $entries = @(Get-WinEvent -LogName 'Application' -FilterXPath $path -MaxEvents $script:CsiChangeLimit -ErrorAction Stop)
    } catch {
        if ($_.FullyQualifiedErrorId -notmatch '^NoMatchingEventsFound') {
            throw
        }
    }
    $entries |
        Sort-Object -Property TimeCreated |
        ForEach-Object {
            $text = Get-CsiEventText -Entry $_
            [pscustomobject] @{
                time    = ConvertTo-CsiTime -Value $_.TimeCreated
                id      = [int] $_.Id
                message = $text.Substring(0, [Math]::Min($script:CsiReadLimit, $text.Length))
            }
        }
}
