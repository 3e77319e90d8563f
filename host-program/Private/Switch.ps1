# Moves the connector: may run the product's cmdlets that change its identity.

function Test-OnTarget {
    <#
    .SYNOPSIS
        Whether the connector is on the application and the certificate of the request.
    .PARAMETER Connector
        The connector.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [object] $Connector,
        [Parameter(Mandatory = $true)] [object] $RequestBody
    )
    return $Connector.identityType -eq 'Application' -and $Connector.appId -eq $RequestBody.appId -and
    $Connector.certificateSha256 -eq $RequestBody.certificateSha256
}

function Assert-RotatableApplication {
    <#
    .SYNOPSIS
        Refuses where the connector is to be rotated only, and is not on the application.
    .PARAMETER Connector
        The connector.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [object] $Connector,
        [Parameter(Mandatory = $true)] [object] $RequestBody
    )
    if (-not (Test-OptionalTruth -RequestBody $RequestBody -Name 'rotateOnly')) {
        return
    }
    if ($Connector.identityType -eq 'Application' -and $Connector.appId -eq $RequestBody.appId) {
        return
    }
    throw (New-Refusal -Id 'CONNECTOR_UNEXPECTED.product' -Expected "application $($RequestBody.appId)" `
            -Actual "$($Connector.identityType) $($Connector.userName)")
}

function Test-BlankParameter {
    <#
    .SYNOPSIS
        Whether a connectivity parameter of an application identity is blank.
    .PARAMETER Connector
        The connector.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [object] $Connector)
    $parameters = $Connector.parameters
    return @($parameters.ApplicationManagedBy, $parameters.CertificateManagedBy, $parameters.CertificateId |
            Where-Object { [string]::IsNullOrWhiteSpace($_) }).Count -gt 0
}

function Get-SettledConnector {
    <#
    .SYNOPSIS
        The connector once it has settled: ending a cmdlet does not end what the service is doing. Three equal
        readings in a row are wanted, within a minute.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $connector = Get-CsiConnector
    $last = ConvertTo-AsciiJson -Value $connector
    $equal = 1
    for ($reading = 0; $reading -lt 60 -and $equal -lt 3; $reading++) {
        Write-Step -Id 'settling' -Elapsed $reading -Seconds 60
        Wait-CsiTime -Seconds 1
        $connector = Get-CsiConnector
        $text = ConvertTo-AsciiJson -Value $connector
        if ($text -ceq $last) {
            $equal++
        } else {
            $equal = 1
            $last = $text
        }
    }
    return $connector
}

function New-SwitchRefusal {
    <#
    .SYNOPSIS
        The refusal if the cmdlet did not bring the connector to the new identity.
    .PARAMETER Outcome
        How the cmdlet ended.
    .PARAMETER Connector
        Where the connector is.
    .PARAMETER Cmdlet
        Name of the cmdlet.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)] [object] $Outcome,
        [Parameter(Mandatory = $true)] [object] $Connector,
        [Parameter(Mandatory = $true)] [string] $Cmdlet,
        [Parameter(Mandatory = $true)] [object] $RequestBody
    )
    $expected = "the connector on application $($RequestBody.appId) with certificate $($RequestBody.certificateSha256)"
    $position = "$($Connector.identityType) $($Connector.userName)"
    $command = "$Cmdlet -CertificateSHA256Hash $($RequestBody.certificateSha256.ToUpperInvariant())"
    if ($Cmdlet -eq $script:RegistrationCmdlet) {
        $command += " -ApplicationAppId $($RequestBody.appId)"
    }
    switch ($Outcome.outcome) {
        'sign-in-required' {
            return New-Refusal -Id 'SIGNIN_REQUIRED' -Expected $expected -Actual "a sign-in prompt; $position" -Detail $Cmdlet, $command `
                -OperatorCommand $command
        }
        'timed-out' {
            $seconds = "$($RequestBody.bounds.cmdletSeconds)"
            return New-Refusal -Id 'CMDLET_TIMEOUT' -Expected $expected -Actual $position -Detail $Cmdlet, $seconds, $command
        }
        'failed' {
            return New-Refusal -Id 'CMDLET_FAILED' -Expected $expected -Actual $Outcome.message -Detail $Cmdlet
        }
    }
    return New-Refusal -Id 'VERIFICATION_FAILED' -Expected $expected -Actual $position
}

function Invoke-SwitchCmdlet {
    <#
    .SYNOPSIS
        Runs one of the two cmdlets that switch, and answers how it ended, when it began, and where the connector is once
        it has settled.
    .PARAMETER Cmdlet
        Name of the cmdlet.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [string] $Cmdlet,
        [Parameter(Mandatory = $true)] [object] $RequestBody
    )
    $since = Get-CsiTime
    $hash = $RequestBody.certificateSha256
    if ($Cmdlet -eq $script:RotationCmdlet) {
        Write-Step -Id 'rotating' -Seconds $RequestBody.bounds.cmdletSeconds
        $outcome = Invoke-CsiRotation -CertificateHash $hash -Seconds $RequestBody.bounds.cmdletSeconds
    } else {
        Write-Step -Id 'linking' -Seconds $RequestBody.bounds.cmdletSeconds
        $outcome = Invoke-CsiRegistration -AppId $RequestBody.appId -CertificateHash $hash -Seconds $RequestBody.bounds.cmdletSeconds
    }
    $now = Get-CsiConnector
    if ($outcome.outcome -ne 'completed' -or -not (Test-OnTarget -Connector $now -RequestBody $RequestBody)) {
        $now = Get-SettledConnector
    }
    return [pscustomobject] @{ Outcome = $outcome; Connector = $now; Since = $since }
}

function Test-LostCredential {
    <#
    .SYNOPSIS
        Whether a rotation may have failed for want of the old credential, or of a parameter: it failed plainly, the connector
        is where it was, and a connectivity parameter is blank, the old certificate is gone or expired, or its key is proven
        to be dead.
    .PARAMETER Attempt
        The rotation.
    .PARAMETER Connector
        Where the connector was before.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [object] $Attempt,
        [Parameter(Mandatory = $true)] [object] $Connector
    )
    if ($Attempt.Outcome.outcome -ne 'failed') {
        return $false
    }
    if ((ConvertTo-AsciiJson -Value $Attempt.Connector) -cne (ConvertTo-AsciiJson -Value $Connector)) {
        return $false
    }
    if ($null -eq $Connector.certificateSha256 -or (Test-BlankParameter -Connector $Connector)) {
        return $true
    }
    return Test-LostCertificate -CertificateHash $Connector.certificateSha256
}

function Switch-Identity {
    <#
    .SYNOPSIS
        Links the connector to the application, or rotates where it is on it already; links there too where the rotation
        fails because the old credential is lost or a parameter is blank, unless the application is the product's. Answers
        what was done and since when. What counts is where the connector is afterwards, not how the cmdlet ended.
    .PARAMETER Connector
        Where the connector is.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [object] $Connector,
        [Parameter(Mandatory = $true)] [object] $RequestBody
    )
    # Kept until the switch is verified, also where it has to be done by hand.
    Write-SwitchRecord -Name 'verification' -RequestBody $RequestBody
    $cmdlet = $script:RegistrationCmdlet
    if ($Connector.identityType -eq 'Application' -and $Connector.appId -eq $RequestBody.appId) {
        $cmdlet = $script:RotationCmdlet
    }
    $wasChanged = $script:Changed
    $script:Changed = $true
    $attempt = Invoke-SwitchCmdlet -Cmdlet $cmdlet -RequestBody $RequestBody
    $reached = Test-OnTarget -Connector $attempt.Connector -RequestBody $RequestBody
    $mayLink = $cmdlet -eq $script:RotationCmdlet -and -not (Test-OptionalTruth -RequestBody $RequestBody -Name 'rotateOnly')
    if (-not $reached -and $mayLink -and (Test-LostCredential -Attempt $attempt -Connector $Connector)) {
        $cmdlet = $script:RegistrationCmdlet
        $attempt = Invoke-SwitchCmdlet -Cmdlet $cmdlet -RequestBody $RequestBody
        $reached = Test-OnTarget -Connector $attempt.Connector -RequestBody $RequestBody
    }
    if ($reached) {
        $action = 'linked'
        if ($cmdlet -eq $script:RotationCmdlet) {
            $action = 'rotated'
        }
        return [pscustomobject] @{ Action = $action; Since = $attempt.Since }
    }
    $script:Changed = $wasChanged -or (ConvertTo-AsciiJson -Value $attempt.Connector) -cne (ConvertTo-AsciiJson -Value $Connector)
    $refusal = New-SwitchRefusal -Outcome $attempt.Outcome -Connector $attempt.Connector -Cmdlet $cmdlet -RequestBody $RequestBody
    $command = $refusal.Data['HostError'].operatorCommand
    if ($null -ne $command) {
        Write-SwitchRecord -Name 'sign-in' -RequestBody $RequestBody -Command $command
    }
    throw $refusal
}

function Repair-Parameter {
    <#
    .SYNOPSIS
        Runs the documented repair where parameters are blank and the request asks for it by name. Answers whether.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    if (-not $RequestBody.repairConnectivityParameters -or -not (Test-BlankParameter -Connector (Get-CsiConnector))) {
        return $false
    }
    $wasChanged = $script:Changed
    $script:Changed = $true
    try {
        Repair-CsiConnectorParameter
    } catch {
        if ((Get-FailureKind -Exception $_.Exception) -ne 'not-found') {
            throw
        }
        $script:Changed = $wasChanged
        throw (New-Refusal -Id 'REPAIR_MODULE_MISSING' -Expected 'the module ADSyncTools 2.3.0 or later' -Actual 'none')
    }
    if (Test-BlankParameter -Connector (Get-CsiConnector)) {
        throw (New-Refusal -Id 'VERIFICATION_FAILED.parameters' -Expected 'ApplicationManagedBy, CertificateManagedBy and CertificateId' `
            -Actual 'blank')
    }
    return $true
}
