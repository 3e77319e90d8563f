# Reads JSON strictly. ConvertFrom-Json differs between versions: comments, dates, single quotes. Changes nothing on the server.

# One token after white space: a mark, a string, a number or a word.
$script:JsonToken = '\G[ \t\r\n]*(?:(?<mark>[\[\]{}:,])|(?<text>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*")' +
    '|(?<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(?<word>true|false|null))'
# Levels of lists and objects that a request may have.
$script:JsonDepth = 8

function Read-JsonText {
    <#
    .SYNOPSIS
        JSON as one value: objects become ordered dictionaries that know letter case, whole numbers are long. Throws where
        the text is no JSON.
    .PARAMETER Text
        The text.
    #>
    [CmdletBinding()]
    [OutputType([object])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text)
    $reader = @{ Tokens = [regex]::Matches($Text, $script:JsonToken); Next = 0; Depth = 0 }
    $length = 0
    foreach ($token in $reader.Tokens) {
        $length += $token.Length
    }
    if ($length -ne $Text.TrimEnd().Length) {
        throw 'No JSON.'
    }
    $value = Read-JsonValue -Reader $reader
    if ($reader.Next -ne $reader.Tokens.Count) {
        throw 'More than one value.'
    }
    return , $value
}

function Read-JsonToken {
    <#
    .SYNOPSIS
        The next token, and steps over it.
    .PARAMETER Reader
        Where the reading is.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [hashtable] $Reader)
    if ($Reader.Next -ge $Reader.Tokens.Count) {
        throw 'The text ends early.'
    }
    return $Reader.Tokens[$Reader.Next++]
}

function Test-JsonMark {
    <#
    .SYNOPSIS
        Whether the next token is a mark; steps over it where it is.
    .PARAMETER Reader
        Where the reading is.
    .PARAMETER Mark
        The mark.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [hashtable] $Reader, [Parameter(Mandatory = $true)] [string] $Mark)
    if ($Reader.Next -ge $Reader.Tokens.Count -or $Reader.Tokens[$Reader.Next].Groups['mark'].Value -cne $Mark) {
        return $false
    }
    $Reader.Next++
    return $true
}

function Assert-JsonMark {
    <#
    .SYNOPSIS
        Steps over a mark that must be next.
    .PARAMETER Reader
        Where the reading is.
    .PARAMETER Mark
        The mark.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [hashtable] $Reader, [Parameter(Mandatory = $true)] [string] $Mark)
    if (-not (Test-JsonMark -Reader $Reader -Mark $Mark)) {
        throw "No $Mark where one must be."
    }
}

function Read-JsonString {
    <#
    .SYNOPSIS
        A string that must be next.
    .PARAMETER Reader
        Where the reading is.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [hashtable] $Reader)
    $group = (Read-JsonToken -Reader $Reader).Groups['text']
    if (-not $group.Success) {
        throw 'No string where one must be.'
    }
    # The escapes of JSON are escapes of .NET's expressions as well.
    return [regex]::Unescape($group.Value.Substring(1, $group.Length - 2))
}

function Read-JsonNumber {
    <#
    .SYNOPSIS
        A number: long where it is written as a whole number that fits, else double.
    .PARAMETER Text
        The number as it is written.
    #>
    [CmdletBinding()]
    [OutputType([object])]
    param([Parameter(Mandatory = $true)] [string] $Text)
    $culture = [System.Globalization.CultureInfo]::InvariantCulture
    $whole = [long] 0
    if ([long]::TryParse($Text, [System.Globalization.NumberStyles]::AllowLeadingSign, $culture, [ref] $whole)) {
        return $whole
    }
    return [double]::Parse($Text, [System.Globalization.NumberStyles]::Float, $culture)
}

function Read-JsonValue {
    <#
    .SYNOPSIS
        The next value.
    .PARAMETER Reader
        Where the reading is.
    #>
    [CmdletBinding()]
    [OutputType([object])]
    param([Parameter(Mandatory = $true)] [hashtable] $Reader)
    $Reader.Depth++
    if ($Reader.Depth -gt $script:JsonDepth) {
        throw 'Too many levels.'
    }
    if (Test-JsonMark -Reader $Reader -Mark '{') {
        $value = Read-JsonObject -Reader $Reader
    } elseif (Test-JsonMark -Reader $Reader -Mark '[') {
        $value = Read-JsonList -Reader $Reader
    } elseif ($Reader.Next -lt $Reader.Tokens.Count -and $Reader.Tokens[$Reader.Next].Groups['text'].Success) {
        $value = Read-JsonString -Reader $Reader
    } else {
        $token = Read-JsonToken -Reader $Reader
        if ($token.Groups['mark'].Success) {
            throw 'No value where one must be.'
        }
        $value = switch -CaseSensitive ($token.Groups['word'].Value) {
            'true' { $true }
            'false' { $false }
            'null' { $null }
            default { Read-JsonNumber -Text $token.Groups['number'].Value }
        }
    }
    $Reader.Depth--
    return , $value
}

function Read-JsonObject {
    <#
    .SYNOPSIS
        An object after its opening brace. Of two properties of one name the last counts.
    .PARAMETER Reader
        Where the reading is.
    #>
    [CmdletBinding()]
    [OutputType([Collections.IDictionary])]
    param([Parameter(Mandatory = $true)] [hashtable] $Reader)
    $object = New-Object -TypeName System.Collections.Specialized.OrderedDictionary -ArgumentList ([StringComparer]::Ordinal)
    if (-not (Test-JsonMark -Reader $Reader -Mark '}')) {
        do {
            $name = Read-JsonString -Reader $Reader
            Assert-JsonMark -Reader $Reader -Mark ':'
            $object[$name] = Read-JsonValue -Reader $Reader
        } while (Test-JsonMark -Reader $Reader -Mark ',')
        Assert-JsonMark -Reader $Reader -Mark '}'
    }
    return , $object
}

function Read-JsonList {
    <#
    .SYNOPSIS
        A list after its opening bracket.
    .PARAMETER Reader
        Where the reading is.
    #>
    [CmdletBinding()]
    [OutputType([object[]])]
    param([Parameter(Mandatory = $true)] [hashtable] $Reader)
    $list = New-Object -TypeName System.Collections.ArrayList
    if (-not (Test-JsonMark -Reader $Reader -Mark ']')) {
        do {
            [void] $list.Add((Read-JsonValue -Reader $Reader))
        } while (Test-JsonMark -Reader $Reader -Mark ',')
        Assert-JsonMark -Reader $Reader -Mark ']'
    }
    return , $list.ToArray()
}
