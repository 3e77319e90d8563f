# What a run changed, for the server's event log: writes entries of this program's own source.

# What all entries of one run have in common: the nonce of its request, else an id of its own.
$script:RunId = [Guid]::NewGuid().ToString('N')

function Write-Change {
    <#
    .SYNOPSIS
        Writes an entry to the event log. A log that takes none ends no operation, but is reported.
    .PARAMETER Kind
        What it is about, in the table of entries.
    .PARAMETER Line
        What happened.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [string] $Kind,
        [Parameter(Mandatory = $true)] [string[]] $Line
    )
    $id = $script:RunId
    if ($script:Nonce -ne '') {
        $id = $script:Nonce
    }
    try {
        $lines = @($Line) + @("Operation: $Operation of $($script:Server)", "By: $((Get-CsiCaller).account)", "Run: $id")
        Write-CsiEvent -Id $script:ChangeEvents[$Kind] -Text ($lines -join "`r`n")
    } catch {
        Write-Verbose -Message (Get-FailureText -Exception $_.Exception)
        Write-Step -Id 'noEvent'
    }
}

function Get-ChangedText {
    <#
    .SYNOPSIS
        A state as text for the event log; the certificate itself is left out, its hashes are there.
    .PARAMETER Value
        The state.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowNull()] [object] $Value)
    $text = (ConvertTo-AsciiJson -Value $Value) -replace '"certificate":"[^"]*"', '"certificate":"..."'
    return $text.Substring(0, [Math]::Min($script:ChangeLimit, $text.Length))
}

function Write-AnswerChange {
    <#
    .SYNOPSIS
        Writes what an operation changed, or changed before it failed, to the event log.
    .PARAMETER Answer
        Its answer.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [Collections.IDictionary] $Answer)
    if (-not $Answer.changed) {
        return
    }
    if (-not $Answer.ok) {
        $text = $Answer.error
        Write-Change -Kind 'failed' -Line 'ConnectSyncIdentity changed this server before it failed.',
        "Error: $($text.code): $($text.message) Expected $($text.expected); found $($text.actual)."
        return
    }
    $lines = @('ConnectSyncIdentity changed this server.')
    foreach ($name in 'before', 'after') {
        if ($Answer.result.Contains($name)) {
            $lines += "${name}: $(Get-ChangedText -Value $Answer.result[$name])"
        }
    }
    Write-Change -Kind 'changed' -Line $lines
}
