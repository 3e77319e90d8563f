# Reads the request. Changes nothing on the server.

function Read-Request {
    <#
    .SYNOPSIS
        The request as an object, refused where it is not what the operation takes.
    .PARAMETER Text
        The request as it came.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text)
    if ($Text -cmatch '"server":\s*"([A-Za-z0-9_ .-]*)"') {
        $script:Server = $Matches[1]
    }
    if ($Text -cmatch '[^\t\r\n -~]') {
        throw (New-RequestRefusal -Actual 'characters other than ASCII')
    }
    $shape = $script:Requests[$Operation]
    $takesCredential = @($shape.Properties | Where-Object { $_.Name -eq 'credential' }).Count -gt 0
    try {
        $plain = $Text
        if ($takesCredential) {
            $plain = Read-Credential -Text $Text
        }
        $json = Read-JsonText -Text $plain
    } catch {
        throw (New-RequestRefusal -Actual "$($Text.Trim().Length) characters that are no JSON")
    }
    Assert-Shape -Value $json -Shape $shape -Path ''
    $script:Server = $json['server']
    if ($takesCredential -and $null -eq $script:Credential) {
        throw (New-RequestRefusal -Actual 'credential: user name or password in another form')
    }
    return ConvertTo-RequestBody -Value $json
}

function ConvertTo-RequestBody {
    <#
    .SYNOPSIS
        A request that was held against its shape as objects with properties.
    .PARAMETER Value
        The request, or a value within it.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [AllowNull()] [AllowEmptyString()] [AllowEmptyCollection()] [object] $Value)
    if ($Value -is [System.Collections.IDictionary]) {
        $members = [ordered] @{}
        foreach ($name in $Value.Keys) {
            $members[$name] = ConvertTo-RequestBody -Value $Value[$name]
        }
        return [pscustomobject] $members
    }
    if ($Value -is [array]) {
        $elements = @(foreach ($element in $Value) { ConvertTo-RequestBody -Value $element })
        return , $elements
    }
    return $Value
}
