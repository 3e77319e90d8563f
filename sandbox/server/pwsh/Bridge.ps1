<#
.SYNOPSIS
    How the functions of Windows reach the sandbox's model of a server.
.DESCRIPTION
    The beginning of the file that replaces host/Windows.ps1 when the host program runs under PowerShell 7; stand-in.ts adds
    the functions. Each is one POST to the bridge, whose address and bearer token are in the environment.
    PowerShell 7 only.
#>
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$handler = [System.Net.Http.HttpClientHandler]::new()
$handler.UseProxy = $false
$script:CsiClient = [System.Net.Http.HttpClient]::new($handler)
# A cmdlet takes as long as it takes; the run as a whole has a limit.
$script:CsiClient.Timeout = [System.Threading.Timeout]::InfiniteTimeSpan

function ConvertFrom-CsiElement {
    <#
    .SYNOPSIS
        A JSON value. ConvertFrom-Json would make dates of strings that look like one.
    .PARAMETER Element
        The parsed value.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [System.Text.Json.JsonElement] $Element)
    switch ($Element.ValueKind.ToString()) {
        'Object' {
            $object = [ordered] @{}
            foreach ($property in $Element.EnumerateObject()) {
                $object[$property.Name] = ConvertFrom-CsiElement -Element $property.Value
            }
            return [pscustomobject] $object
        }
        'Array' {
            $items = @(foreach ($item in $Element.EnumerateArray()) { ConvertFrom-CsiElement -Element $item })
            # The comma keeps the array whole.
            return , $items
        }
        'String' { return $Element.GetString() }
        'Number' {
            [long] $whole = 0
            if ($Element.TryGetInt64([ref] $whole)) {
                return $whole
            }
            return $Element.GetDouble()
        }
        'True' { return $true }
        'False' { return $false }
    }
    return $null
}

function ConvertTo-CsiArgument {
    <#
    .SYNOPSIS
        An argument as the model takes it. What is emulated has to compare a credential's password.
    .PARAMETER Value
        The argument.
    #>
    [CmdletBinding()]
    param([object] $Value)
    if ($Value -is [System.Management.Automation.PSCredential]) {
        return [ordered] @{ userName = $Value.UserName; password = $Value.GetNetworkCredential().Password }
    }
    # The comma keeps a list whole.
    return , $Value
}

function Invoke-CsiBridge {
    <#
    .SYNOPSIS
        Calls a method of the model. An array is answered as one value.
    .PARAMETER Method
        The method's name.
    .PARAMETER Argument
        Its arguments by position.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Method,
        [AllowEmptyCollection()] [object[]] $Argument = @()
    )
    $message = [System.Net.Http.HttpRequestMessage]::new([System.Net.Http.HttpMethod]::Post, "$env:CSI_BRIDGE_URL/$Method")
    $message.Headers.Authorization = [System.Net.Http.Headers.AuthenticationHeaderValue]::new('Bearer', $env:CSI_BRIDGE_TOKEN)
    $values = @(foreach ($value in $Argument) { ConvertTo-CsiArgument -Value $value })
    $json = ConvertTo-Json -InputObject $values -Depth 8 -Compress
    $message.Content = [System.Net.Http.StringContent]::new($json, [System.Text.Encoding]::UTF8, 'application/json')
    $response = $script:CsiClient.SendAsync($message).GetAwaiter().GetResult()
    $text = $response.Content.ReadAsStringAsync().GetAwaiter().GetResult()
    $root = [System.Text.Json.JsonDocument]::Parse($text, [System.Text.Json.JsonDocumentOptions]::new()).RootElement
    if ([int] $response.StatusCode -ne 200) {
        $failure = ConvertFrom-CsiElement -Element $root
        $exception = [System.InvalidOperationException]::new($failure.message)
        $exception.Data['CsiKind'] = $failure.kind
        $exception.Data['CsiHResult'] = $failure.hresult
        throw $exception
    }
    ConvertFrom-CsiElement -Element $root.GetProperty('value')
}
