# diagnose: reads and asks the network, and changes nothing on the server.

function Get-EndpointFact {
    <#
    .SYNOPSIS
        Whether an endpoint answers this session, and the time on both sides at that moment.
    .PARAMETER Uri
        Where to.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [string] $Uri)
    $answer = Test-CsiEndpoint -Uri $Uri
    return [ordered] @{
        url     = $Uri
        reached = $answer.reached
        status  = $answer.status
        date    = $answer.date
        takenAt = Get-CsiTime
        proxy   = $answer.proxy
        problem = $answer.problem
    }
}

function Invoke-Diagnose {
    <#
    .SYNOPSIS
        diagnose: what a server must be able to do before anything is asked of it. Reads, changes nothing, takes no lock;
        a service that is missing or stopped is a fact here.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $hostFacts = Get-CsiHost
    $caller = Get-CsiCaller
    $service = Get-CsiService
    $lost = New-Object -TypeName Collections.ArrayList
    $serviceFact = $null
    $product = $null
    if ($null -ne $service) {
        $serviceFact = [ordered] @{ status = $service.status; account = $service.account; accountSid = $service.accountSid }
        if ($null -eq $service.accountSid) {
            [void] $lost.Add([ordered] @{ field = 'service.accountSid'; reason = $service.accountProblem })
        }
        $product = Get-CsiProduct
    }
    $productFact = $null
    if ($null -ne $product) {
        $productFact = [ordered] @{ version = $product.version; modulePath = $product.modulePath }
    }
    return [ordered] @{
        computerName = $hostFacts.computerName
        powershell   = [ordered] @{
            version       = $hostFacts.powershellVersion
            languageMode  = $hostFacts.languageMode
            dotnetRelease = $hostFacts.dotnetRelease
        }
        caller       = [ordered] @{ account = $caller.account; sid = $caller.sid; administrator = $caller.administrator }
        defaultShell = Read-OptionalFact -Field 'defaultShell' -Unreadable $lost -Read { Get-CsiDefaultShell }
        service      = $serviceFact
        product      = $productFact
        tpm          = Read-OptionalFact -Field 'tpm' -Unreadable $lost -Read { Get-CsiTpm }
        endpoints    = @($RequestBody.endpoints | ForEach-Object { Get-EndpointFact -Uri $_ })
        program      = Get-ProgramFact
        unreadable   = @($lost)
    }
}
