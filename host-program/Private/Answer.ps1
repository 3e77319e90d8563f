# The answer on stdout, the sentence of a failure on stderr. Changes nothing on the server.

function Write-Answer {
    <#
    .SYNOPSIS
        Prints the answer between its markers.
    .PARAMETER Answer
        The answer.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Answer)
    # Straight to the console: PowerShell's own formatting has no part in it.
    $json = ConvertTo-AsciiJson -Value $Answer
    $begin = "-----BEGIN $script:AnswerMarker"
    $end = "-----END $script:AnswerMarker"
    # Only who asks with a nonce knows it: another answer, or one to another request, is not taken for this one.
    if ($script:Nonce -ne '') {
        $begin += " $script:Nonce $($json.Length)"
        $end += " $script:Nonce"
    }
    [Console]::Out.WriteLine("$begin-----")
    [Console]::Out.WriteLine($json)
    [Console]::Out.WriteLine("$end-----")
    [Console]::Out.Flush()
}

function Write-ErrorLine {
    <#
    .SYNOPSIS
        Prints one line of ASCII on stderr.
    .PARAMETER Text
        The line.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text)
    [Console]::Error.WriteLine((($Text -replace '\s+', ' ') -creplace '[^ -~]', '?'))
}
