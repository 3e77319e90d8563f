# Lines of progress on stderr. Changes nothing on the server.

# What has been printed: the lines stay in Pulumi's state, and are part of the error of a run that fails.
$script:Step = @{ Lines = 0; Text = ''; Due = 0 }

function Write-Step {
    <#
    .SYNOPSIS
        Reports what is done now or waited for: one short line on stderr, which never holds anything of a
        credential. A wait is reported when it begins and at a few moments of it only.
    .PARAMETER Id
        What is done or waited for, in the table of steps.
    .PARAMETER Elapsed
        For how many seconds it has been waited for.
    .PARAMETER Seconds
        For how many seconds it may be waited for.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [string] $Id,
        [double] $Elapsed = 0,
        [long] $Seconds = -1
    )
    $text = $script:Steps[$Id]
    $due = @($script:StepSeconds | Where-Object { $_ -le $Elapsed }).Count
    $reported = $text -ceq $script:Step.Text -and $due -le $script:Step.Due
    if ($reported -or $script:Step.Lines -ge $script:StepLimit -or $Operation -eq 'restore') {
        return
    }
    $script:Step = @{ Lines = $script:Step.Lines + 1; Text = $text; Due = $due }
    $line = "$($script:Server): $text"
    if ($Seconds -ge 0) {
        $line += " ($([Math]::Floor($Elapsed)) s of $Seconds s)"
    }
    try {
        Write-ErrorLine -Text $line
    } catch {
        # The reader may be gone; what is under way, the scheduler's return above all, goes on all the same.
        Write-Verbose -Message "No one reads this any more: $($_.Exception.Message)"
    }
}
