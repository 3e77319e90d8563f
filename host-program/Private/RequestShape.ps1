# What a request may hold, and its refusal. Changes nothing on the server.

# Kinds of properties: how each is tested, and what is said where the test fails.
$script:Kinds = @{
    protocol = @{
        Text = "the number $script:ProtocolVersion"
        Test = { param($v) (Test-Integer -Value $v) -and $v -eq $script:ProtocolVersion }
    }
    text      = @{ Text = 'a string'; Test = { param($v) $v -is [string] } }
    account   = @{ Text = 'a string or null'; Test = { param($v) $null -eq $v -or $v -is [string] } }
    verify    = @{ Text = 'sync or switch'; Test = { param($v) $v -is [string] -and @('sync', 'switch') -ccontains $v } }
    leaving   = @{ Text = 'to-service-account'; Test = { param($v) $v -is [string] -and $v -ceq 'to-service-account' } }
    truth     = @{ Text = 'true or false'; Test = { param($v) $v -is [bool] } }
    hours     = @{ Text = 'a whole number from 0 to 720'; Test = { param($v) Test-Integer -Value $v -Maximum 720 } }
    count     = @{ Text = 'a whole number of 0 or more'; Test = { param($v) Test-Integer -Value $v } }
    positive  = @{ Text = 'a whole number of 1 or more'; Test = { param($v) Test-Integer -Value $v -Minimum 1 } }
    version   = @{
        Text = 'a version such as 2.5.79.0'
        Test = { param($v) $v -is [string] -and $v -match '\A[0-9]{1,9}(\.[0-9]{1,9}){1,3}\z' }
    }
    guid = @{
        Text = 'a lower-case GUID'
        Test = { param($v) $v -is [string] -and $v -cmatch '\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\z' }
    }
    nonce     = @{ Text = '32 lower-case hexadecimal digits'; Test = { param($v) $v -is [string] -and $v -cmatch '\A[0-9a-f]{32}\z' } }
    hash      = @{ Text = '64 lower-case hexadecimal digits'; Test = { param($v) $v -is [string] -and $v -cmatch '\A[0-9a-f]{64}\z' } }
    adopted = @{
        Text = '64 lower-case hexadecimal digits or null'
        Test = { param($v) $null -eq $v -or ($v -is [string] -and $v -cmatch '\A[0-9a-f]{64}\z') }
    }
    legacy = @{
        Text = 'Sync_ and 1 to 80 letters, digits, dashes and underscores'
        Test = { param($v) $v -is [string] -and $v -cmatch '\ASync_[A-Za-z0-9_-]{1,80}\z' }
    }
    container = @{
        Text = '1 to 120 letters, digits and dashes'
        Test = { param($v) $v -is [string] -and $v -match '\A[A-Za-z0-9-]{1,120}\z' }
    }
    url = @{
        Text = 'an absolute URL'
        Test = { param($v) $v -is [string] -and [Uri]::IsWellFormedUriString($v, [UriKind]::Absolute) }
    }
    urls = @{
        Text = 'a list of absolute URLs'
        Test = {
            param($v)
            $v -is [array] -and
            @($v | Where-Object { $_ -isnot [string] -or -not [Uri]::IsWellFormedUriString($_, [UriKind]::Absolute) }).Count -eq 0
        }
    }
    texts = @{
        Text = 'a list of one or more strings'
        Test = { param($v) $v -is [array] -and $v.Length -gt 0 -and @($v | Where-Object { $_ -isnot [string] }).Count -eq 0 }
    }
}
# Properties that a request may have or not.
$script:Optional = @{ nonce = 'nonce' }
$script:CertificateShape = @{
    protocol = 'protocol'; server = 'text'; label = 'text'; keyName = 'container'; subject = 'text'; keyProvider = 'text'
    allowSoftwareKey = 'truth'; keyLength = 'count'; lifetimeDays = 'positive'; serviceAccount = 'account'; minimumVersion = 'version'
    adoptSha256 = 'adopted'
}
# Properties of each request: a kind, another shape, or a list of shapes.
$script:Shapes = @{
    'observe'               = @{ protocol = 'protocol'; server = 'text'; labelPrefix = 'text'; eventHours = 'hours' }
    'diagnose'              = @{ protocol = 'protocol'; server = 'text'; endpoints = 'urls' }
    'ensure-certificate'    = $script:CertificateShape
    'remove-certificate'    = $script:CertificateShape
    'release'               = @{ protocol = 'protocol'; server = 'text'; label = 'text'; appId = 'guid'; certificateSha256 = 'hash' }
    'register'              = @{
        protocol = 'protocol'; server = 'text'; label = 'text'; appId = 'guid'; certificateSha256 = 'hash'; revision = 'count'
        tokenEndpoint = 'url'; requiredRoles = @(, @{ resourceAppId = 'guid'; roles = 'texts' }); allowSoftwareKey = 'truth'
        serviceAccount = 'account'; minimumVersion = 'version'; repairConnectivityParameters = 'truth'; verify = 'verify'
        bounds = @{ replicationSeconds = 'count'; cycleSeconds = 'count'; cmdletSeconds = 'positive'; verifySeconds = 'count' }
    }
    'rollback'              = @{
        protocol = 'protocol'; server = 'text'; rollback = 'leaving'; appId = 'guid'
        bounds = @{ cycleSeconds = 'count'; cmdletSeconds = 'positive' }; credential = @{ userName = 'text'; password = 'text' }
    }
    'remove-legacy-account' = @{
        protocol = 'protocol'; server = 'text'; removeLegacyAccount = 'legacy'
        bounds = @{ cmdletSeconds = 'positive' }; credential = @{ userName = 'text'; password = 'text' }
    }
}

function Test-Integer {
    <#
    .SYNOPSIS
        Whether a value is a whole number within bounds.
    .PARAMETER Value
        The value.
    .PARAMETER Minimum
        The least value.
    .PARAMETER Maximum
        The greatest value.
    #>
    [CmdletBinding()]
    param([AllowNull()] [object] $Value, [long] $Minimum = 0, [long] $Maximum = [int]::MaxValue)
    return ($Value -is [int] -or $Value -is [long]) -and $Value -ge $Minimum -and $Value -le $Maximum
}

function New-RequestRefusal {
    <#
    .SYNOPSIS
        The refusal of a request.
    .PARAMETER Actual
        What is wrong with it, the property first.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Actual)
    return New-Refusal -Id 'INVALID_REQUEST' -Expected "a request of protocol $script:ProtocolVersion" -Actual $Actual -Detail $Operation
}

function Assert-Shape {
    <#
    .SYNOPSIS
        Holds a value of a request against its shape: every property there, none more, each of its kind.
    .PARAMETER Value
        The value.
    .PARAMETER Shape
        Name of a kind, a shape, or a list with one shape.
    .PARAMETER Path
        The value's path in the request.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [AllowNull()] [object] $Value,
        [Parameter(Mandatory = $true)] [object] $Shape,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Path
    )
    if ($Shape -is [string]) {
        $kind = $script:Kinds[$Shape]
        if (-not (& $kind.Test $Value)) {
            throw (New-RequestRefusal -Actual "${Path}: not $($kind.Text)")
        }
        return
    }
    if ($Shape -is [array]) {
        if ($Value -isnot [array] -or $Value.Length -eq 0) {
            throw (New-RequestRefusal -Actual "${Path}: not a list of one or more objects")
        }
        for ($index = 0; $index -lt $Value.Length; $index++) {
            Assert-Shape -Value $Value[$index] -Shape $Shape[0] -Path "$Path.$index"
        }
        return
    }
    if ($Value -isnot [System.Management.Automation.PSCustomObject]) {
        throw (New-RequestRefusal -Actual "$(if ($Path) { $Path } else { 'request' }): not an object")
    }
    $prefix = ''
    if ($Path -ne '') {
        $prefix = "$Path."
    }
    $names = @($Value.PSObject.Properties | ForEach-Object { $_.Name })
    foreach ($name in $names) {
        if ($Path -eq '' -and @($script:Optional.Keys) -ccontains $name) {
            Assert-Shape -Value $Value.PSObject.Properties[$name].Value -Shape $script:Optional[$name] -Path $name
        } elseif (@($Shape.Keys) -cnotcontains $name) {
            throw (New-RequestRefusal -Actual "$prefix${name}: not a property of this request")
        }
    }
    foreach ($name in $Shape.Keys) {
        if ($names -cnotcontains $name) {
            throw (New-RequestRefusal -Actual "$prefix${name}: missing")
        }
        Assert-Shape -Value $Value.PSObject.Properties[$name].Value -Shape $Shape[$name] -Path "$prefix$name"
    }
}
