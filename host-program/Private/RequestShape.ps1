# What a request may hold, and its refusal. Changes nothing on the server.

function New-RequestRefusal {
    <#
    .SYNOPSIS
        The refusal of a request.
    .PARAMETER Actual
        What is wrong with it, the property first.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param([Parameter(Mandatory = $true)] [string] $Actual)
    return New-Refusal -Id 'INVALID_REQUEST' -Expected "a request of protocol $script:ProtocolVersion" -Actual $Actual -Detail $Operation
}

function Test-Kind {
    <#
    .SYNOPSIS
        Whether a value is of its kind and within its bounds; what is within a list or an object is not looked at.
    .PARAMETER Value
        The value.
    .PARAMETER Shape
        Its shape.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [AllowNull()] [AllowEmptyString()] [AllowEmptyCollection()] [object] $Value,
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Shape
    )
    switch ($Shape.Kind) {
        'truth' { return $Value -is [bool] }
        'number' { return $Value -is [long] -and $Value -ge $Shape.Least -and $Value -le $Shape.Most }
        'text' {
            return $Value -is [string] -and (-not $Shape.Contains('Least') -or $Value.Length -ge $Shape.Least) -and
            (-not $Shape.Contains('Pattern') -or $Value -cmatch ($Shape.Pattern -join ''))
        }
        'list' { return $Value -is [array] }
        'object' { return $Value -is [System.Collections.IDictionary] }
    }
    return $false
}

function Assert-Shape {
    <#
    .SYNOPSIS
        Holds a value of a request against its shape: every property there, none more, each of its kind.
    .PARAMETER Value
        The value.
    .PARAMETER Shape
        Its shape.
    .PARAMETER Path
        The value's path in the request, empty for the request itself.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [AllowNull()] [AllowEmptyString()] [AllowEmptyCollection()] [object] $Value,
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Shape,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Path
    )
    if ($null -eq $Value -and $Shape.Contains('Nullable')) {
        return
    }
    $named = 'request'
    $prefix = ''
    if ($Path -ne '') {
        $named = $Path
        $prefix = "$Path."
    }
    if (-not (Test-Kind -Value $Value -Shape $Shape)) {
        throw (New-RequestRefusal -Actual "${named}: not $($Shape.Words)")
    }
    if ($Shape.Kind -eq 'list') {
        for ($index = 0; $index -lt $Value.Length; $index++) {
            Assert-Shape -Value $Value[$index] -Shape $Shape.Element -Path "$prefix$index"
        }
        if ($Value.Length -lt $Shape.Least) {
            throw (New-RequestRefusal -Actual "${named}: not $($Shape.Words)")
        }
    }
    if ($Shape.Kind -eq 'object') {
        Assert-Property -Value $Value -Property $Shape.Properties -Prefix $prefix
    }
}

function Assert-Property {
    <#
    .SYNOPSIS
        Holds the properties of an object against their shapes.
    .PARAMETER Value
        The object.
    .PARAMETER Property
        The shapes.
    .PARAMETER Prefix
        What is before their names in a path.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Value,
        [Parameter(Mandatory = $true)] [object[]] $Property,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Prefix
    )
    $names = @($Value.Keys)
    foreach ($shape in $Property) {
        if ($names -ccontains $shape.Name) {
            Assert-Shape -Value $Value[$shape.Name] -Shape $shape -Path "$Prefix$($shape.Name)"
        } elseif (-not $shape.Contains('Optional')) {
            throw (New-RequestRefusal -Actual "$Prefix$($shape.Name): missing")
        }
    }
    $known = @($Property | ForEach-Object { $_.Name })
    foreach ($name in $names) {
        if ($known -cnotcontains $name) {
            throw (New-RequestRefusal -Actual "$Prefix${name}: not a property of this request")
        }
    }
}
