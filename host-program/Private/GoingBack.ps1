# The way back after a switch that was refused: may move the connector to the certificate before.

function Restore-Identity {
    <#
    .SYNOPSIS
        Takes the connector back to the certificate that it was on, where it was on the same application and that one
        still works. Null where it is back, else why it is not.
    .PARAMETER Connector
        Where the connector was.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [object] $Connector,
        [Parameter(Mandatory = $true)] [object] $RequestBody
    )
    $hash = $Connector.certificateSha256
    if (Test-OnTarget -Connector $Connector -RequestBody $RequestBody) {
        return 'it was there before this run already'
    }
    if ($Connector.identityType -ne 'Application' -or $Connector.appId -ne $RequestBody.appId -or $null -eq $hash) {
        return "before, it was not on application $($RequestBody.appId)"
    }
    $problem = Get-CredentialProblem -CertificateHash $hash
    if ($null -ne $problem) {
        return "certificate ${hash}: $problem"
    }
    $former = [pscustomobject] @{
        server            = $RequestBody.server
        appId             = $RequestBody.appId
        certificateSha256 = $hash
        tokenEndpoint     = $RequestBody.tokenEndpoint
        requiredRoles     = $RequestBody.requiredRoles
        bounds            = [pscustomobject] @{
            replicationSeconds = 0
            cycleSeconds       = $RequestBody.bounds.cycleSeconds
            cmdletSeconds      = $RequestBody.bounds.cmdletSeconds
        }
    }
    Write-Step -Id 'goingBack'
    try {
        Assert-Token -RequestBody $former
        $way = @{ Attempt = $null }
        [void] (Invoke-WhilePaused -RequestBody $former -Step {
                $way.Attempt = Invoke-SwitchCmdlet -Cmdlet $script:RotationCmdlet -RequestBody $former
            })
    } catch {
        $refusal = ConvertTo-Refusal -Exception $_.Exception
        $text = $refusal.Data['HostError']
        # A scheduler that could not be put back matters more than the switch.
        if ($text.code -eq 'SCHEDULER_NOT_RESTORED') {
            throw
        }
        return "certificate ${hash}: $($text.message) $($text.actual)"
    }
    if (Test-OnTarget -Connector $way.Attempt.Connector -RequestBody $former) {
        return $null
    }
    return "certificate ${hash}: $script:RotationCmdlet ended as $($way.Attempt.Outcome.outcome) $($way.Attempt.Outcome.message)".Trim()
}

function Confirm-Switch {
    <#
    .SYNOPSIS
        Verifies the switch of this run, or one that an earlier run did not verify. Answers how, null where there is
        nothing to verify. A switch to a credential that Entra refuses goes back if it can; one without evidence stays, and
        its record with it, for the next run to verify.
    .PARAMETER Connector
        Where the connector was before this run.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Since
        When the switch of this run began, empty where there was none.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [object] $Connector,
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Since
    )
    Remove-SwitchRecord -Name 'sign-in'
    $verification = $null
    $record = Read-SwitchRecord -Name 'verification'
    $open = Test-SwitchRecord -Record $record -Identity $RequestBody
    if ($null -ne $record -and $record.appId -eq '') {
        # Whether it was of this switch is not known: it is verified, and remembered until that succeeds.
        Write-SwitchRecord -Name 'verification' -RequestBody $RequestBody
        $open = $true
    }
    if ($Since -ne '' -or $open) {
        $verification = [ordered] @{ cycle = $null; skipped = $null; unverified = $null }
        $verdict = Get-SwitchVerdictOrReason -RequestBody $RequestBody -Since $Since -Verification $verification
        if ($verdict.State -eq 'unverified') {
            $verification.unverified = "$($verdict.Sentence) Expected $($verdict.Expected), found $($verdict.Actual.TrimEnd('.'))"
            return $verification
        }
        if ($verdict.State -eq 'refused') {
            $why = Restore-Identity -Connector $Connector -RequestBody $RequestBody
            if ($null -ne $why) {
                $reason = $why.TrimEnd('.')
                throw (New-Refusal -Id 'VERIFICATION_FAILED.stays' -Expected $verdict.Expected -Actual $verdict.Actual `
                    -Detail $verdict.Sentence, $reason)
            }
            Remove-SwitchRecord -Name 'verification'
            throw (New-Refusal -Id 'VERIFICATION_FAILED.back' -Expected $verdict.Expected -Actual $verdict.Actual `
                -Detail $verdict.Sentence, $Connector.certificateSha256)
        }
    }
    Remove-SwitchRecord -Name 'verification'
    return $verification
}
