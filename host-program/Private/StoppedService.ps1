# The ADSync service that an operation stopped: may start it.

function Start-ProductService {
    <#
    .SYNOPSIS
        Starts the service, and waits until it answers: it runs before it does.
    .PARAMETER Seconds
        How long the start may take.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [long] $Seconds)
    Write-Step -Id 'startingService' -Seconds $Seconds
    Start-CsiService -Seconds $Seconds
    $problem = $null
    foreach ($wait in @(0) + $script:RestoreWaits) {
        Wait-CsiTime -Seconds $wait
        try {
            [void] (Get-CsiScheduler)
            return
        } catch {
            $problem = $_.Exception
        }
    }
    throw $problem
}

function Start-InterruptedService {
    <#
    .SYNOPSIS
        Starts the service if a run stopped it that did not come back; one that a person stopped stays. Answers the service.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $service = Get-CsiService
    if ($null -eq $service -or $service.status -eq 'Running') {
        return $service
    }
    $record = Get-PauseRecord
    if ($null -eq $record -or $record.Operation -ne $script:ServiceStopping) {
        return $service
    }
    $script:Changed = $true
    Start-ProductService -Seconds $script:ServiceSeconds
    return Get-CsiService
}
