# Event logs. Changes nothing on the server.

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

function Get-CsiEventText {
    <#
    .SYNOPSIS
        The text of an event. Where its source's messages are not installed, there are only the values that fill them.
    .PARAMETER Entry
        The event.
    #>
    [CmdletBinding()]
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
        Events of the synchronisation service about its credential, newest last, at most fifty.
    .PARAMETER Hours
        How far back, in hours.
    #>
    [CmdletBinding()]
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
    $rare + $refused |
        Sort-Object -Property TimeCreated |
        ForEach-Object {
            $message = Get-CsiEventText -Entry $_
            [pscustomobject] @{
                time    = ConvertTo-CsiTime -Value $_.TimeCreated
                id      = [int] $_.Id
                message = $message.Substring(0, [Math]::Min(600, $message.Length))
            }
        }
}
