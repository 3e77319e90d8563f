<#
    What Windows and the product throw: type, message, HRESULT and error id; and keys and certificates.
#>
function New-WindowsError {
    param([Parameter(Mandatory = $true)] [string] $Kind)
    $new = { param($Type, $Arguments) New-Object -TypeName $Type -ArgumentList $Arguments }
    switch -Wildcard ($Kind) {
        'denied' { $exception = & $new 'UnauthorizedAccessException' 'Attempted to perform an unauthorized operation.'; $id = 'Denied' }
        'registry-denied' {
            $exception = & $new 'Security.SecurityException' 'Requested registry access is not allowed.'
            $id = 'System.Security.SecurityException,Microsoft.PowerShell.Commands.GetItemPropertyCommand'
        }
        'adsync-denied' {
            $exception = & $new 'CsiStub.SecurityAccessDeniedException' 'Access is denied.'
            $id = 'System.ServiceModel.Security.SecurityAccessDeniedException,Microsoft.IdentityManagement.PowerShell.Cmdlet'
        }
        'broken' {
            $exception = & $new 'InvalidOperationException' 'There was no endpoint listening at net.pipe://localhost/ADSyncManagement.'
            $id = 'System.ServiceModel.EndpointNotFoundException,Microsoft.IdentityManagement.PowerShell.Cmdlet'
        }
        'no-service' {
            $exception = & $new 'InvalidOperationException' "Cannot find any service with service name 'ADSync'."
            $id = 'NoServiceFoundForGivenName,Microsoft.PowerShell.Commands.GetServiceCommand'
        }
        'tpm' {
            $exception = & $new 'Runtime.InteropServices.COMException' @('The TPM driver is not there.', 0x8028400F)
            $id = 'TpmError,Microsoft.Tpm.Commands.GetTpmCommand'
        }
        'NoMatching*' {
            $exception = & $new 'Exception' 'No events were found that match the specified selection criteria.'
            $id = "$Kind,Microsoft.PowerShell.Commands.GetWinEventCommand"
        }
        'no-module' {
            $exception = & $new 'IO.FileNotFoundException' 'The specified module was not loaded because no valid module file was found.'
            $id = 'Modules_ModuleNotFound,Microsoft.PowerShell.Commands.ImportModuleCommand'
        }
        'task-denied' {
            $exception = & $new 'ComponentModel.Win32Exception' @(5, 'Access is denied.')
            $id = 'HRESULT 0x80070005,Register-ScheduledTask'
        }
        'no-task' {
            $exception = & $new 'Exception' 'No MSFT_ScheduledTask objects found with property TaskName.'
            $id = 'CmdletizationQuery_NotFound_TaskName,Get-ScheduledTask'
        }
        default { throw "no such error: $Kind" }
    }
    return New-Object -TypeName Management.Automation.ErrorRecord -ArgumentList $exception, $id, 'NotSpecified', $null
}

function Get-Refusal {
    # .SYNOPSIS The error of the protocol with which a block ends.
    param([Parameter(Mandatory = $true)] [scriptblock] $Of)
    $failure = Get-Failure -Of $Of
    if (-not $failure.Data.Contains('HostError')) { throw $failure }
    return [pscustomobject] $failure.Data['HostError']
}

function New-CryptoError {
    # .SYNOPSIS What a key storage provider refuses with.
    param([Parameter(Mandatory = $true)] [string] $HResult)
    return New-Object -TypeName Security.Cryptography.CryptographicException -ArgumentList ([Convert]::ToInt32($HResult, 16))
}

function Get-Failure {
    # .SYNOPSIS The exception with which a block ends.
    param([Parameter(Mandatory = $true)] [scriptblock] $Of)
    try {
        [void] (& $Of)
    } catch {
        return $_.Exception
    }
    throw 'it did not fail'
}

# Rows for a function that adds nothing to a failure: its type is what is judged later.
$script:PassedOn = @{ case = 'denied'; fault = 'adsync-denied' }, @{ case = 'broken'; fault = 'broken' }

function New-TestKey {
    # .SYNOPSIS A key of a provider.
    param([string] $Name, [string] $Provider)
    $key = New-Object -TypeName CsiStub.CngKey
    $key.KeyName = $Name
    $key.UniqueName = "/pcp/$Name"
    $key.Provider = New-Object -TypeName Security.Cryptography.CngProvider -ArgumentList $Provider
    return $key
}

function New-TestCertificate {
    # .SYNOPSIS A certificate with a label, valid for a year from 2026-07-01.
    param([string] $Subject, [object] $Rsa = [Security.Cryptography.RSA]::Create(), [string] $Label = '')
    $request = New-Object -TypeName Security.Cryptography.X509Certificates.CertificateRequest -ArgumentList $Subject, $Rsa,
        ([Security.Cryptography.HashAlgorithmName]::SHA256), ([Security.Cryptography.RSASignaturePadding]::Pkcs1)
    $from = New-Object -TypeName DateTimeOffset -ArgumentList 2026, 7, 1, 10, 0, 0, ([TimeSpan]::Zero)
    $data = $request.CreateSelfSigned($from, $from.AddDays(365)).RawData
    $certificate = New-Object -TypeName CsiStub.LabelledCertificate -ArgumentList (, $data)
    $certificate.FriendlyName = $Label
    $certificate.Linked = $true
    return $certificate
}

function New-IssuedCertificate {
    # .SYNOPSIS A certificate of a CA, for signatures and client authentication; bare without extensions.
    param([string] $Subject, [object] $Rsa, [switch] $Bare)
    $space = 'Security.Cryptography.X509Certificates'
    $request = New-Object -TypeName "$space.CertificateRequest" -ArgumentList $Subject, $Rsa,
        ([Security.Cryptography.HashAlgorithmName]::SHA256), ([Security.Cryptography.RSASignaturePadding]::Pkcs1)
    if (-not $Bare) {
        $usage = New-Object -TypeName "$space.X509KeyUsageExtension" -ArgumentList 'DigitalSignature, KeyEncipherment', $true
        $purposes = New-Object -TypeName Security.Cryptography.OidCollection
        [void] $purposes.Add((New-Object -TypeName Security.Cryptography.Oid -ArgumentList '1.3.6.1.5.5.7.3.2'))
        $request.CertificateExtensions.Add($usage)
        $request.CertificateExtensions.Add((New-Object -TypeName "$space.X509EnhancedKeyUsageExtension" -ArgumentList $purposes, $false))
    }
    $ca = [Security.Cryptography.RSA]::Create()
    $name = New-Object -TypeName "$space.X500DistinguishedName" -ArgumentList 'CN=Contoso Issuing CA'
    $signer = [Security.Cryptography.X509Certificates.X509SignatureGenerator]::CreateForRSA($ca,
        [Security.Cryptography.RSASignaturePadding]::Pkcs1)
    $from = New-Object -TypeName DateTimeOffset -ArgumentList 2026, 7, 1, 10, 0, 0, ([TimeSpan]::Zero)
    $data = $request.Create($name, $signer, $from, $from.AddDays(365), [byte[]] @(1, 2, 3)).RawData
    $certificate = New-Object -TypeName CsiStub.LabelledCertificate -ArgumentList (, $data)
    $certificate.Linked = $true
    return $certificate
}
