# Small files in the data folder: may write, replace, move and remove them.

# Another process has the file open for a moment: ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION, and what ReplaceFile
# answers then (1175, 1176, 1177).
$script:CsiPassingFileCodes = '0x80070020', '0x80070021', '0x80070497', '0x80070498', '0x80070499'
$script:CsiFileTries = 20
$script:CsiFilePause = 250

function Invoke-CsiFileStep {
    <#
    .SYNOPSIS
        Does something with a file; tries again for five seconds while another process has it open, as a virus scanner or
        a copy does for a moment.
    .PARAMETER Step
        What is done.
    #>
    [CmdletBinding()]
    [OutputType([object])]
    param([Parameter(Mandatory = $true)] [scriptblock] $Step)
    for ($try = 1; $true; $try++) {
        try {
            return & $Step
        } catch {
            $code = Get-CsiHResult -Exception $_.Exception
            if ($try -ge $script:CsiFileTries -or $script:CsiPassingFileCodes -notcontains $code) {
                throw
            }
        }
        Start-Sleep -Milliseconds $script:CsiFilePause
    }
}

function Read-CsiFile {
    <#
    .SYNOPSIS
        The text of a file.
    .PARAMETER Path
        The file.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Path)
    return Invoke-CsiFileStep -Step { [IO.File]::ReadAllText($Path) }
}

function Remove-CsiFile {
    <#
    .SYNOPSIS
        Removes a file; nothing happens where there is none.
    .PARAMETER Path
        The file.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [string] $Path)
    if (-not [IO.File]::Exists($Path)) {
        return
    }
    try {
        Invoke-CsiFileStep -Step { [IO.File]::Delete($Path) }
    } catch {
        throw (New-CsiFileException -Exception $_.Exception -Message "$Path cannot be removed")
    }
}

function Write-CsiFile {
    <#
    .SYNOPSIS
        Replaces a small text file as a whole and on the disk: a crash leaves either the old or the new one, a failure
        leaves no unfinished one.
    .PARAMETER Path
        The file.
    .PARAMETER Text
        Its new content, ASCII.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [string] $Path,
        [Parameter(Mandatory = $true)] [string] $Text
    )
    $next = "$Path.next"
    $bytes = [Text.Encoding]::UTF8.GetBytes($Text)
    try {
        Invoke-CsiFileStep -Step {
            $stream = New-Object -TypeName IO.FileStream -ArgumentList $next, ([IO.FileMode]::Create), ([IO.FileAccess]::Write)
            try {
                $stream.Write($bytes, 0, $bytes.Length)
                $stream.Flush($true)
            } finally {
                $stream.Dispose()
            }
        }
        Invoke-CsiFileStep -Step {
            if ([IO.File]::Exists($Path)) {
                [IO.File]::Replace($next, $Path, [NullString]::Value)
            } else {
                [IO.File]::Move($next, $Path)
            }
        }
    } catch {
        $failure = New-CsiFileException -Exception $_.Exception -Message "$Path cannot be written"
        try {
            Remove-CsiFile -Path $next
        } catch {
            Write-Verbose -Message $_.Exception.Message
        }
        throw $failure
    }
}

function Rename-CsiBrokenFile {
    <#
    .SYNOPSIS
        Moves a file that cannot be read aside, to its name with .broken- and the time; answers the new path, null where
        there is no such file.
    .PARAMETER Path
        The file.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Path)
    if (-not [IO.File]::Exists($Path)) {
        return $null
    }
    $aside = "$Path.broken-" + [DateTime]::UtcNow.ToString("yyyyMMdd'T'HHmmssfff'Z'", [Globalization.CultureInfo]::InvariantCulture)
    try {
        Invoke-CsiFileStep -Step { [IO.File]::Move($Path, $aside) }
    } catch {
        throw (New-CsiFileException -Exception $_.Exception -Message "$Path cannot be moved aside")
    }
    return $aside
}
