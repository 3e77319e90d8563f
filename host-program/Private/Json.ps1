# Values as ASCII JSON. Changes nothing on the server.

function ConvertTo-JsonString {
    <#
    .SYNOPSIS
        A JSON string in ASCII, of at most as many characters as an answer's text may have.
    .PARAMETER Value
        The text.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Value)
    if ($Value.Length -gt $script:TextLimit) {
        $Value = $Value.Substring(0, $script:TextLimit - 3) + '...'
    }
    if ($Value -cnotmatch '[^ !#-\[\]-~]') {
        return '"' + $Value + '"'
    }
    $builder = New-Object -TypeName System.Text.StringBuilder
    foreach ($char in $Value.ToCharArray()) {
        $code = [int] $char
        if ($code -eq 34 -or $code -eq 92) {
            [void] $builder.Append('\').Append($char)
        } elseif ($code -lt 32 -or $code -gt 126) {
            [void] $builder.Append('\u').Append($code.ToString('x4'))
        } else {
            [void] $builder.Append($char)
        }
    }
    return '"' + $builder.ToString() + '"'
}

function ConvertTo-AsciiJson {
    <#
    .SYNOPSIS
        A value as JSON in ASCII. ConvertTo-Json differs between 5.1 and 7: depth, dates, arrays of one element.
    .PARAMETER Value
        Null, a truth value, a number, a string, an array, a dictionary or an object.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowNull()] [AllowEmptyCollection()] [AllowEmptyString()] [object] $Value)
    if ($null -eq $Value) {
        return 'null'
    }
    if ($Value -is [bool]) {
        return $Value.ToString().ToLowerInvariant()
    }
    if ($Value -is [string]) {
        return ConvertTo-JsonString -Value $Value
    }
    if ($Value -is [ValueType]) {
        return $Value.ToString([System.Globalization.CultureInfo]::InvariantCulture)
    }
    if ($Value -is [System.Collections.IDictionary]) {
        $members = @(foreach ($name in $Value.Keys) {
                (ConvertTo-JsonString -Value $name) + ':' + (ConvertTo-AsciiJson -Value $Value[$name])
            })
        return '{' + ($members -join ',') + '}'
    }
    if ($Value -is [System.Collections.IEnumerable]) {
        $elements = @(foreach ($element in $Value) { ConvertTo-AsciiJson -Value $element })
        return '[' + ($elements -join ',') + ']'
    }
    $members = @(foreach ($property in $Value.PSObject.Properties) {
            (ConvertTo-JsonString -Value $property.Name) + ':' + (ConvertTo-AsciiJson -Value $property.Value)
        })
    return '{' + ($members -join ',') + '}'
}
