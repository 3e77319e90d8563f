# Proof by a token: asks Entra for one with the key. Changes nothing on the server.

function Get-JsonMember {
    <#
    .SYNOPSIS
        A property of parsed JSON, null where it is absent.
    .PARAMETER Json
        What was parsed.
    .PARAMETER Name
        The property's name.
    #>
    [CmdletBinding()]
    [OutputType([object])]
    param(
        [Parameter(Mandatory = $true)] [AllowNull()] [object] $Json,
        [Parameter(Mandatory = $true)] [string] $Name
    )
    if ($Json -isnot [System.Management.Automation.PSCustomObject]) {
        return $null
    }
    $property = $Json.PSObject.Properties[$Name]
    if ($null -eq $property) {
        return $null
    }
    return $property.Value
}

function ConvertFrom-JsonObject {
    <#
    .SYNOPSIS
        An object from JSON, null if the text is anything else. A list of one object is none: 5.1 and 7 differ about it.
    .PARAMETER Text
        The text.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text)
    if (-not $Text.TrimStart().StartsWith('{')) {
        return $null
    }
    try {
        return ConvertFrom-Json -InputObject $Text
    } catch {
        Write-Verbose -Message "Not JSON: $($_.Exception.Message)"
        return $null
    }
}

function Read-TokenAnswer {
    <#
    .SYNOPSIS
        What the token endpoint made of a request: a token's roles, a refusal with its reason, or no answer that says
        anything about the request. The token itself goes no further.
    .PARAMETER Answer
        The endpoint's answer.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [object] $Answer)
    if ($Answer.status -eq 429 -or $Answer.status -ge 500) {
        return [pscustomobject] @{ Kind = 'unavailable'; Reason = "HTTP $($Answer.status)"; Roles = @() }
    }
    $body = ConvertFrom-JsonObject -Text "$($Answer.body)"
    if ($null -eq $body) {
        return [pscustomobject] @{ Kind = 'unavailable'; Reason = "HTTP $($Answer.status) without JSON"; Roles = @() }
    }
    $token = Get-JsonMember -Json $body -Name 'access_token'
    if ($token -isnot [string]) {
        $reason = "HTTP $($Answer.status)"
        foreach ($name in 'error_description', 'error') {
            $text = Get-JsonMember -Json $body -Name $name
            if ($text -is [string] -and $text -ne '') {
                $reason = ($text -split '\r?\n')[0]
                break
            }
        }
        return [pscustomobject] @{ Kind = 'refused'; Reason = $reason; Roles = @() }
    }
    try {
        $segments = @($token.Split('.'))
        $claims = ConvertFrom-JsonObject -Text (ConvertFrom-Base64Url -Text $segments[1])
    } catch {
        $claims = $null
    }
    if ($null -eq $claims) {
        return [pscustomobject] @{ Kind = 'refused'; Reason = 'an access token that cannot be read'; Roles = @() }
    }
    $roles = @(Get-JsonMember -Json $claims -Name 'roles' | Where-Object { $_ -is [string] })
    return [pscustomobject] @{ Kind = 'token'; Reason = ''; Roles = $roles }
}

function Assert-Clock {
    <#
    .SYNOPSIS
        Refuses a clock that is too far from the token endpoint's.
    .PARAMETER Date
        The endpoint's Date header, null where it sent none.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [AllowNull()] [object] $Date)
    if ($null -eq $Date) {
        return
    }
    $skew = [Math]::Round(((ConvertTo-UtcTime -Text (Get-CsiTime)) - (ConvertTo-UtcTime -Text $Date)).TotalSeconds)
    if ([Math]::Abs($skew) -gt $script:MaximumSkew) {
        $direction = 'ahead'
        if ($skew -lt 0) {
            $direction = 'behind'
        }
        $expected = "at most $script:MaximumSkew s between it and the token endpoint"
        throw (New-Refusal -Id 'CLOCK_SKEW' -Expected $expected -Actual "$([Math]::Abs($skew)) s $direction")
    }
}

function Request-Token {
    <#
    .SYNOPSIS
        Asks once for a token with the roles that are needed. Null where it was got, else the refusal, and in Final
        whether asking again is of no use.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Required
        Resource and roles.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [object] $Required
    )
    $resource = $Required.resourceAppId
    $form = [ordered] @{
        grant_type            = 'client_credentials'
        client_id             = $RequestBody.appId
        scope                 = "$resource/.default"
        client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
        client_assertion      = New-ClientAssertion -RequestBody $RequestBody
    }
    $answer = Send-CsiForm -Uri $RequestBody.tokenEndpoint -Form $form
    $unreached = "an answer from $($RequestBody.tokenEndpoint)"
    if (-not $answer.reached) {
        return @{ Refusal = New-Refusal -Id 'TOKEN_ENDPOINT_UNREACHABLE' -Expected $unreached -Actual "$($answer.problem)"; Final = $true }
    }
    Assert-Clock -Date $answer.date
    $read = Read-TokenAnswer -Answer $answer
    if ($read.Kind -eq 'unavailable') {
        return @{ Refusal = New-Refusal -Id 'TOKEN_ENDPOINT_UNREACHABLE' -Expected $unreached -Actual $read.Reason; Final = $false }
    }
    if ($read.Kind -eq 'refused') {
        $refusal = New-Refusal -Id 'TOKEN_REFUSED' -Expected "a token for $resource" -Actual $read.Reason -Detail $RequestBody.appId
        return @{ Refusal = $refusal; Final = $false }
    }
    $missing = @($Required.roles | Where-Object { $read.Roles -cnotcontains $_ })
    if ($missing.Count -eq 0) {
        return $null
    }
    $actual = $read.Roles -join ', '
    if ($actual -eq '') {
        $actual = 'no roles'
    }
    $refusal = New-Refusal -Id 'ROLE_MISSING' -Expected ($Required.roles -join ', ') -Actual $actual `
        -Detail $resource, ($missing -join ', ')
    return @{ Refusal = $refusal; Final = $false }
}

function Assert-Token {
    <#
    .SYNOPSIS
        Proves, before anything is switched, that Entra accepts the key for the application and gives it its roles.
        Asks again until Entra has replicated, within bounds.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $pause = 1
    Write-Step -Id 'provingToken'
    foreach ($required in $RequestBody.requiredRoles) {
        while ($true) {
            $failure = Request-Token -RequestBody $RequestBody -Required $required
            if ($null -eq $failure) {
                break
            }
            if ($failure.Final -or $watch.Elapsed.TotalSeconds + $pause -gt $RequestBody.bounds.replicationSeconds) {
                throw $failure.Refusal
            }
            Write-Step -Id 'awaitingEntra' -Elapsed $watch.Elapsed.TotalSeconds `
                -Seconds $RequestBody.bounds.replicationSeconds
            Wait-CsiTime -Seconds $pause
            $pause = [Math]::Min($pause + 1, 10)
        }
    }
}
