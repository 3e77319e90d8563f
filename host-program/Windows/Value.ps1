# Times, members and hashes. Changes nothing on the server.

function ConvertTo-CsiTime {
    <#
    .SYNOPSIS
        Writes a time as ISO 8601 in UTC. A time without a kind is taken for UTC.
    .PARAMETER Value
        The time.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [DateTime] $Value)
    if ($Value.Kind -eq [DateTimeKind]::Unspecified) {
        $Value = [DateTime]::SpecifyKind($Value, [DateTimeKind]::Utc)
    }
    return $Value.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", [Globalization.CultureInfo]::InvariantCulture)
}

function ConvertFrom-CsiTime {
    <#
    .SYNOPSIS
        Reads a time of ISO 8601. PowerShell 7 makes a DateTime of such a string in JSON by itself, 5.1 does not.
    .PARAMETER Value
        A string or a DateTime.
    #>
    [CmdletBinding()]
    [OutputType([DateTime])]
    param([Parameter(Mandatory = $true)] [object] $Value)
    if ($Value -is [DateTime]) {
        return $Value.ToUniversalTime()
    }
    $styles = [Globalization.DateTimeStyles]::AssumeUniversal -bor [Globalization.DateTimeStyles]::AdjustToUniversal
    return [DateTime]::Parse([string] $Value, [Globalization.CultureInfo]::InvariantCulture, $styles)
}

function Get-CsiMember {
    <#
    .SYNOPSIS
        The value of the first property that an object has, null where it has none of them.
    .PARAMETER InputObject
        The object, or null.
    .PARAMETER Name
        Property names, tried in this order.
    #>
    [CmdletBinding()]
    [OutputType([object])]
    param(
        [Parameter(Mandatory = $true)] [AllowNull()] [object] $InputObject,
        [Parameter(Mandatory = $true)] [string[]] $Name
    )
    if ($null -eq $InputObject) {
        return $null
    }
    foreach ($candidate in $Name) {
        $property = $InputObject.PSObject.Properties[$candidate]
        if ($null -ne $property) {
            return $property.Value
        }
    }
    return $null
}

function Get-CsiSha256 {
    <#
    .SYNOPSIS
        SHA-256 in lower-case hexadecimal digits.
    .PARAMETER Data
        The bytes.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [byte[]] $Data)
    $algorithm = [Security.Cryptography.SHA256]::Create()
    try {
        return [BitConverter]::ToString($algorithm.ComputeHash($Data)).Replace('-', '').ToLowerInvariant()
    } finally {
        $algorithm.Dispose()
    }
}
