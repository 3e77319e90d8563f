# The proxy of the synchronisation service's own context. Changes nothing on the server.

# Windows PowerShell and the service both read it, so that what differs is elsewhere.
$script:CsiMachineConfig = '%SystemRoot%\Microsoft.NET\Framework64\v4.0.30319\Config\machine.config'
# The address for which this session's proxy is compared; no request is sent there.
$script:CsiComparedAddress = 'https://login.microsoftonline.com/'

function ConvertTo-CsiProxyAddress {
    <#
    .SYNOPSIS
        An address as settings have it, as scheme, host and port, without a user and password that someone may have written
        into it; null where it is none.
    .PARAMETER Text
        The setting.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text)
    $written = $Text.Trim()
    if ($written -notmatch '://') {
        $written = "http://$written"
    }
    $address = $null
    if (-not [Uri]::TryCreate($written, [UriKind]::Absolute, [ref] $address) -or $address.Host -eq '') {
        return $null
    }
    return "$($address.Scheme)://$($address.Host):$($address.Port)"
}

function Read-CsiProxyConfig {
    <#
    .SYNOPSIS
        The proxy that a .NET configuration file sets (system.net, defaultProxy); null where it leaves it to the account.
    .PARAMETER Path
        The file.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $Path)
    if (-not [IO.File]::Exists($Path)) {
        return $null
    }
    $document = New-Object -TypeName Xml.XmlDocument
    $document.XmlResolver = $null
    $document.LoadXml([IO.File]::ReadAllText($Path))
    $section = $document.SelectSingleNode('/configuration/system.net/defaultProxy')
    if ($null -eq $section) {
        return $null
    }
    $source = [IO.Path]::GetFileName($Path)
    if ($section.GetAttribute('enabled') -eq 'false') {
        return [pscustomobject] @{ source = $source; address = $null }
    }
    $proxy = $section.SelectSingleNode('proxy')
    if ($null -eq $proxy) {
        return $null
    }
    if ($proxy.GetAttribute('proxyaddress') -ne '') {
        $address = ConvertTo-CsiProxyAddress -Text $proxy.GetAttribute('proxyaddress')
        return [pscustomobject] @{ source = $source; address = $address }
    }
    if ($proxy.GetAttribute('usesystemdefault') -eq 'false' -and $proxy.GetAttribute('scriptLocation') -eq '') {
        return [pscustomobject] @{ source = $source; address = $null }
    }
    return $null
}

function Get-CsiAccountProxy {
    <#
    .SYNOPSIS
        The proxy in the Internet settings of an account; null where they are not loaded, or a script decides.
    .PARAMETER Sid
        The account.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $Sid)
    $key = "Registry::HKEY_USERS\$Sid\Software\Microsoft\Windows\CurrentVersion\Internet Settings"
    if (-not (Test-Path -LiteralPath $key)) {
        return $null
    }
    $settings = Get-ItemProperty -LiteralPath $key
    if ([string] (Get-CsiMember -InputObject $settings -Name 'AutoConfigURL') -ne '') {
        return $null
    }
    $address = $null
    $server = [string] (Get-CsiMember -InputObject $settings -Name 'ProxyServer')
    if ([string] (Get-CsiMember -InputObject $settings -Name 'ProxyEnable') -eq '1' -and $server -ne '') {
        # One proxy for everything, or one for each protocol: http=a:80;https=b:80.
        $ofHttps = @($server.Split(';') | Where-Object { $_ -match '\A\s*https=' })
        if ($ofHttps.Count -gt 0) {
            $address = ConvertTo-CsiProxyAddress -Text ($ofHttps[0] -replace '\A\s*https=', '')
        } elseif ($server -notmatch '=') {
            $address = ConvertTo-CsiProxyAddress -Text $server
        }
    }
    return [pscustomobject] @{ source = 'account'; address = $address }
}

function Test-CsiAddressAnswer {
    <#
    .SYNOPSIS
        Whether something accepts a connection at an address. Nothing is sent.
    .PARAMETER Address
        Scheme, host and port.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [string] $Address)
    $target = [Uri] $Address
    $client = New-Object -TypeName Net.Sockets.TcpClient
    try {
        return $client.ConnectAsync($target.Host, $target.Port).Wait(5000)
    } catch {
        Write-Verbose -Message "$Address does not answer: $($_.Exception.Message)"
        return $false
    } finally {
        $client.Close()
    }
}

function Get-CsiServiceProxy {
    <#
    .SYNOPSIS
        The proxy that the synchronisation service takes, and that of this session; null where it cannot be known. The
        service's own file comes first, then that of all .NET programs, then the Internet settings of its account.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $service = Get-CsiService
    if ($null -eq $service) {
        return $null
    }
    $found = $null
    if ([Environment]::ExpandEnvironmentVariables($service.imagePath) -match '^\s*"?(.+?\.exe)') {
        $found = Read-CsiProxyConfig -Path "$($Matches[1]).config"
    }
    if ($null -eq $found) {
        $found = Read-CsiProxyConfig -Path ([Environment]::ExpandEnvironmentVariables($script:CsiMachineConfig))
    }
    if ($null -eq $found -and $null -ne $service.accountSid) {
        $found = Get-CsiAccountProxy -Sid $service.accountSid
    }
    if ($null -eq $found) {
        return $null
    }
    $session = Get-CsiProxy -Uri $script:CsiComparedAddress
    if ($null -ne $session) {
        $session = ConvertTo-CsiProxyAddress -Text $session
    }
    $answers = $null
    if ($null -ne $found.address -and $found.address -ne $session) {
        $answers = Test-CsiAddressAnswer -Address $found.address
    }
    return [pscustomobject] @{ source = $found.source; address = $found.address; answers = $answers; session = $session }
}
