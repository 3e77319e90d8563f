# The client assertion that proves the key. Signs with the key; changes nothing on the server.

function ConvertTo-Base64Url {
    <#
    .SYNOPSIS
        Base64url without padding.
    .PARAMETER Bytes
        The bytes.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [byte[]] $Bytes)
    return [Convert]::ToBase64String($Bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_')
}

function ConvertFrom-Base64Url {
    <#
    .SYNOPSIS
        Text from base64url.
    .PARAMETER Text
        The encoded text.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Text)
    $padded = $Text.Replace('-', '+').Replace('_', '/')
    $padded = $padded.PadRight($padded.Length + (4 - $padded.Length % 4) % 4, '=')
    return [System.Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($padded))
}

function ConvertTo-UtcTime {
    <#
    .SYNOPSIS
        A time from ISO 8601 or from an HTTP header.
    .PARAMETER Text
        The text.
    #>
    [CmdletBinding()]
    [OutputType([DateTime])]
    param([Parameter(Mandatory = $true)] [string] $Text)
    $styles = [System.Globalization.DateTimeStyles]::AssumeUniversal -bor [System.Globalization.DateTimeStyles]::AdjustToUniversal
    return [DateTime]::Parse($Text, [System.Globalization.CultureInfo]::InvariantCulture, $styles)
}

function New-ClientAssertion {
    <#
    .SYNOPSIS
        A client assertion as the product makes them: PS256, x5t#S256, ten minutes.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $hash = $RequestBody.certificateSha256
    $bytes = New-Object -TypeName 'byte[]' -ArgumentList 32
    for ($index = 0; $index -lt 32; $index++) {
        $bytes[$index] = [Convert]::ToByte($hash.Substring(2 * $index, 2), 16)
    }
    $epoch = New-Object -TypeName DateTime -ArgumentList 1970, 1, 1, 0, 0, 0, ([DateTimeKind]::Utc)
    $now = [long] [Math]::Floor(((ConvertTo-UtcTime -Text (Get-CsiTime)) - $epoch).TotalSeconds)
    $header = [ordered] @{ alg = 'PS256'; typ = 'JWT'; 'x5t#S256' = ConvertTo-Base64Url -Bytes $bytes }
    $claims = [ordered] @{
        aud = $RequestBody.tokenEndpoint
        iss = $RequestBody.appId
        sub = $RequestBody.appId
        jti = [Guid]::NewGuid().ToString()
        nbf = $now
        iat = $now
        exp = $now + $script:AssertionSeconds
    }
    $parts = foreach ($part in $header, $claims) {
        ConvertTo-Base64Url -Bytes ([System.Text.Encoding]::ASCII.GetBytes((ConvertTo-AsciiJson -Value $part)))
    }
    $signed = $parts -join '.'
    $data = [Convert]::ToBase64String([System.Text.Encoding]::ASCII.GetBytes($signed))
    $signature = New-Signature -CertificateHash $hash -Data $data
    return $signed + '.' + (ConvertTo-Base64Url -Bytes ([Convert]::FromBase64String($signature)))
}
