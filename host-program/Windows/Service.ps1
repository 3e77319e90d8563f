# The ADSync service and its machine identifier: may stop and start the service, and write the identifier.

function Wait-CsiService {
    <#
    .SYNOPSIS
        Waits until the service has a status, within a bound.
    .PARAMETER Service
        The service.
    .PARAMETER Status
        The status.
    .PARAMETER Seconds
        The bound.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [object] $Service,
        [Parameter(Mandatory = $true)] [string] $Status,
        [Parameter(Mandatory = $true)] [long] $Seconds
    )
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $Service.Refresh()
    while ("$($Service.Status)" -ne $Status) {
        if ($watch.Elapsed.TotalSeconds -ge $Seconds) {
            throw (New-CsiException -Kind 'failed' -Message "The ADSync service is $($Service.Status) after $Seconds seconds, not $Status.")
        }
        Start-Sleep -Milliseconds 500
        $Service.Refresh()
    }
}

function Stop-CsiService {
    <#
    .SYNOPSIS
        Stops the ADSync service; nothing happens where it is stopped.
    .PARAMETER Seconds
        How long it may take.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [long] $Seconds)
    $service = Get-Service -Name 'ADSync' -ErrorAction Stop
    if ("$($service.Status)" -eq 'Running') {
        $service.Stop()
    }
    Wait-CsiService -Service $service -Status 'Stopped' -Seconds $Seconds
}

function Start-CsiService {
    <#
    .SYNOPSIS
        Starts the ADSync service; nothing happens where it runs.
    .PARAMETER Seconds
        How long it may take.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [long] $Seconds)
    $service = Get-Service -Name 'ADSync' -ErrorAction Stop
    if ("$($service.Status)" -eq 'StopPending') {
        Wait-CsiService -Service $service -Status 'Stopped' -Seconds $Seconds
    }
    if ("$($service.Status)" -eq 'Stopped') {
        $service.Start()
    }
    Wait-CsiService -Service $service -Status 'Running' -Seconds $Seconds
}

function Set-CsiMachineIdentifier {
    <#
    .SYNOPSIS
        Writes SyncMachineIdentifier. The service must be stopped: it reads the value when it starts.
    .PARAMETER Identifier
        The value.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [string] $Identifier)
    Set-ItemProperty -LiteralPath $script:CsiProductKey -Name 'SyncMachineIdentifier' -Value $Identifier -ErrorAction Stop
}
