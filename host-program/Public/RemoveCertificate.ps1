# remove-certificate: removes one certificate of the label and its key, if nothing uses them.

function Invoke-RemoveCertificate {
    <#
    .SYNOPSIS
        remove-certificate: removes certificate and key of a label, or the adopted one, never those that the connector
        uses, nor one that a CA issued by other means than this program.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    [void] (Get-Installation)
    if (Test-OptionalTruth -RequestBody $RequestBody -Name 'issued') {
        return Invoke-KeepIssuedCertificate -RequestBody $RequestBody
    }
    if ($null -ne $RequestBody.PSObject.Properties['enrolment']) {
        Remove-Enrolment -RequestBody $RequestBody
    }
    # Made now: once the certificates are gone, nothing points to their keys.
    $plan = Get-RemovalPlan -RequestBody $RequestBody
    $before = Measure-Planned -Plan $plan
    if ($before.certificates -gt 0 -or $before.keyFile) {
        $script:Changed = $true
        Remove-Planned -Plan $plan
    }
    $after = Measure-Planned -Plan $plan
    if ($after.certificates -gt 0 -or $after.keyFile) {
        throw (New-Refusal -Id 'VERIFICATION_FAILED.removal' -Expected 'neither' `
            -Actual "$($after.certificates) certificate(s), key there: $($after.keyFile)")
    }
    return [ordered] @{ before = $before; after = $after }
}
