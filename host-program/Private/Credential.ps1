# An administrator's credential: taken out of the request, hidden in what is printed. Changes nothing on the server.

# An administrator's credential, where the operation takes one.
$script:Credential = $null

function Read-Credential {
    <#
    .SYNOPSIS
        Takes user name and password out of a request's text, keeps them as a credential, and answers the text without.
    .DESCRIPTION
        By operators and methods only: what is bound to a cmdlet's parameter is in the event log where module logging
        is on. So the parsed request never holds them, only whether they are empty.
    .PARAMETER Text
        The request.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text)
    $pattern = '"(userName|password)"\s*:\s*"((?:[^"\\]|\\.)*)"'
    $found = @{ userName = ''; password = '' }
    foreach ($match in [regex]::Matches($Text, $pattern)) {
        # The escapes of JSON are escapes of .NET's expressions as well.
        $found[$match.Groups[1].Value] = [regex]::Unescape($match.Groups[2].Value)
    }
    if ($found.userName -ne '' -and $found.password -ne '') {
        $secret = New-Object -TypeName System.Security.SecureString
        foreach ($char in $found.password.ToCharArray()) {
            $secret.AppendChar($char)
        }
        $script:Credential = [System.Management.Automation.PSCredential]::new($found.userName, $secret)
    }
    $hidden = [regex]::Replace($Text, $pattern, '"$1":"***"')
    foreach ($name in 'userName', 'password') {
        if ($found[$name] -eq '') {
            $hidden = $hidden.Replace("`"$name`":`"***`"", "`"$name`":`"`"")
        }
    }
    return $hidden
}

function Hide-Credential {
    <#
    .SYNOPSIS
        A text without user name and password of the credential, however they were escaped.
    .PARAMETER Text
        The text.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text)
    if ($null -eq $script:Credential) {
        return $Text
    }
    foreach ($plain in $script:Credential.GetNetworkCredential().Password, $script:Credential.UserName) {
        foreach ($form in $plain, [Uri]::EscapeDataString($plain), [System.Security.SecurityElement]::Escape($plain)) {
            $Text = [regex]::Replace($Text, [regex]::Escape($form), '***', [System.Text.RegularExpressions.RegexOptions]::IgnoreCase)
        }
    }
    return $Text
}
