# Requests to Entra. Changes nothing on the server.

function Send-CsiForm {
    <#
    .SYNOPSIS
        POST of a form. An answer of any status is an answer; only an endpoint that gives none was not reached.
    .PARAMETER Uri
        Where to.
    .PARAMETER Form
        The fields. They are never written to a log or an error.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [string] $Uri,
        [Parameter(Mandatory = $true)] [Collections.IDictionary] $Form
    )
    Add-Type -AssemblyName 'System.Net.Http'
    if (-not $script:CsiModernPowerShell) {
        [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
    }
    $fields = New-Object -TypeName 'Collections.Generic.Dictionary[string,string]'
    foreach ($name in $Form.Keys) {
        $fields.Add([string] $name, [string] $Form[$name])
    }
    $content = New-Object -TypeName Net.Http.FormUrlEncodedContent -ArgumentList (, $fields)
    # Unlike Invoke-WebRequest it behaves alike in 5.1 and 7: no exception for a status, the body always there.
    $client = New-Object -TypeName Net.Http.HttpClient
    $client.Timeout = [TimeSpan]::FromSeconds(30)
    try {
        $response = $client.PostAsync($Uri, $content).GetAwaiter().GetResult()
        $date = $null
        if ($null -ne $response.Headers.Date) {
            $date = ConvertTo-CsiTime -Value $response.Headers.Date.UtcDateTime
        }
        return [pscustomobject] @{
            reached = $true
            status  = [int] $response.StatusCode
            body    = $response.Content.ReadAsStringAsync().GetAwaiter().GetResult()
            date    = $date
            problem = $null
        }
    } catch [Threading.Tasks.TaskCanceledException] {
        return [pscustomobject] @{ reached = $false; status = 0; body = ''; date = $null; problem = 'no answer within 30 s' }
    } catch {
        return [pscustomobject] @{ reached = $false; status = 0; body = ''; date = $null; problem = Get-CsiFailureText `
            -Exception $_.Exception }
    } finally {
        $client.Dispose()
        $content.Dispose()
    }
}

function Get-CsiProxy {
    <#
    .SYNOPSIS
        The proxy that this session takes to an address, null where it goes there directly.
    .PARAMETER Uri
        Where to.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Uri)
    if ($script:CsiModernPowerShell) {
        $proxy = [Net.Http.HttpClient]::DefaultProxy  # 5.1: a branch for 7
    } else {
        $proxy = [Net.WebRequest]::DefaultWebProxy
    }
    $target = [Uri] $Uri
    if ($null -eq $proxy -or $proxy.IsBypassed($target)) {
        return $null
    }
    $address = $proxy.GetProxy($target)
    if ($null -eq $address -or $address -eq $target) {
        return $null
    }
    # Without a user and password that someone may have written into it.
    return $address.GetLeftPart([UriPartial]::Authority) -replace '//[^@/]*@', '//'
}

function Test-CsiEndpoint {
    <#
    .SYNOPSIS
        GET of an address, without credentials. An answer of any status is an answer; its body is not read.
    .PARAMETER Uri
        Where to.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $Uri)
    Add-Type -AssemblyName 'System.Net.Http'
    if (-not $script:CsiModernPowerShell) {
        [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
    }
    $fact = [pscustomobject] @{ reached = $false; status = 0; date = $null; proxy = $null; problem = $null }
    $client = New-Object -TypeName Net.Http.HttpClient
    $client.Timeout = [TimeSpan]::FromSeconds(15)
    $response = $null
    try {
        $fact.proxy = Get-CsiProxy -Uri $Uri
        $response = $client.GetAsync($Uri, [Net.Http.HttpCompletionOption]::ResponseHeadersRead).GetAwaiter().GetResult()
        $fact.reached = $true
        $fact.status = [int] $response.StatusCode
        if ($null -ne $response.Headers.Date) {
            $fact.date = ConvertTo-CsiTime -Value $response.Headers.Date.UtcDateTime
        }
    } catch [Threading.Tasks.TaskCanceledException] {
        $fact.problem = 'no answer within 15 s'
    } catch {
        $fact.problem = Get-CsiFailureText -Exception $_.Exception
    } finally {
        if ($null -ne $response) {
            $response.Dispose()
        }
        $client.Dispose()
    }
    return $fact
}
