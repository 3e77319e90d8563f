# The TPM as Windows reports it. Changes nothing on the server.

function Get-CsiTpm {
    <#
    .SYNOPSIS
        Whether a TPM is there and ready, and which specification it follows.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $tpm = Get-Tpm
    $specification = $null
    if ($tpm.TpmPresent) {
        $instance = Get-CimInstance -Namespace 'root/cimv2/Security/MicrosoftTpm' -ClassName 'Win32_Tpm'
        $text = [string] (Get-CsiMember -InputObject $instance -Name 'SpecVersion')
        if (-not [string]::IsNullOrWhiteSpace($text)) {
            $specification = $text
        }
    }
    return [pscustomobject] @{ present = [bool] $tpm.TpmPresent; ready = [bool] $tpm.TpmReady; specVersion = $specification }
}
