# Reads the request. Changes nothing on the server.

function Read-Request {
    <#
    .SYNOPSIS
        The request as an object, refused where it is not what the operation takes.
    .PARAMETER Text
        The request as it came.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text)
    if ($Text -cmatch '"server":\s*"([A-Za-z0-9_ .-]*)"') {
        $script:Server = $Matches[1]
    }
    if ($Text -cmatch '[^\t\r\n -~]') {
        throw (New-RequestRefusal -Actual 'characters other than ASCII')
    }
    $takesCredential = $script:Shapes[$Operation].Contains('credential')
    try {
        $plain = $Text
        if ($takesCredential) {
            $plain = Read-Credential -Text $Text
        }
        $json = ConvertFrom-Json -InputObject $plain
    } catch {
        throw (New-RequestRefusal -Actual "$($Text.Trim().Length) characters that are no JSON")
    }
    Assert-Shape -Value $json -Shape $script:Shapes[$Operation] -Path ''
    $script:Server = $json.server
    if ($takesCredential -and $null -eq $script:Credential) {
        throw (New-RequestRefusal -Actual 'credential: user name or password empty')
    }
    return $json
}
