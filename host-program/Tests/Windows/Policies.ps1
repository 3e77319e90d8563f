<#
.SYNOPSIS
    The program signed with a certificate of this machine: under the execution policy AllSigned, and under an App Control policy
    in audit mode. Needs Product.ps1. It has not run on Windows yet.
.PARAMETER CommandsFile
    A JSON file with the command lines of this project.
#>
[CmdletBinding()]
param([Parameter(Mandatory = $true)] [string] $CommandsFile)
. (Join-Path -Path $PSScriptRoot -ChildPath 'Common.ps1')
Assert-ThrownAway
$piped = (ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($CommandsFile))).piped
$signing = @{ Type = 'CodeSigningCert'; Subject = 'CN=csi-test'; CertStoreLocation = 'Cert:\LocalMachine\My' }
$certificate = New-SelfSignedCertificate @signing
foreach ($store in 'Root', 'TrustedPublisher') {
    $target = New-Object -TypeName Security.Cryptography.X509Certificates.X509Store -ArgumentList $store, 'LocalMachine'
    $target.Open('ReadWrite')
    $target.Add($certificate)
    $target.Close()
}
$signed = Join-Path -Path $env:RUNNER_TEMP -ChildPath 'host-signed'
& (Join-Path -Path $Root -ChildPath 'host-program/Sign-HostProgram.ps1') -Thumbprint $certificate.Thumbprint `
    -TimestampServer 'http://timestamp.digicert.com' -Folder $signed

Set-ExecutionPolicy -ExecutionPolicy AllSigned -Scope LocalMachine -Force
try {
    Install-Program
    Assert-True -Value ((Invoke-Observe) -eq 'no answer') -What 'AllSigned refuses the program without a signature'
    $words = -split $piped
    $code = Get-AnswerCode -Line @($ObserveRequest | & $words[0] $words[1..($words.Count - 1)] 2>&1 | ForEach-Object { "$_" })
    Assert-True -Value ($code -eq 'EXECUTION_POLICY') -What "and one on stdin ($code)"
    Install-Program -Source $signed
    Assert-True -Value ((Invoke-Observe) -eq 'ok') -What 'it runs the signed one'
} finally {
    Set-ExecutionPolicy -ExecutionPolicy RemoteSigned -Scope LocalMachine -Force
}

# Audit: nothing is refused, and what would be is in the log.
$policy = Join-Path -Path $env:RUNNER_TEMP -ChildPath 'policy.xml'
Copy-Item -Path "$env:SystemRoot\schemas\CodeIntegrity\ExamplePolicies\DefaultWindows_Audit.xml" -Destination $policy
Add-SignerRule -FilePath $policy -CertificatePath (Export-Certificate -Cert $certificate -FilePath "$policy.cer").FullName -User
Set-RuleOption -FilePath $policy -Option 3
Set-RuleOption -FilePath $policy -Option 11 -Delete
ConvertFrom-CIPolicy -XmlFilePath $policy -BinaryFilePath "$env:SystemRoot\System32\CodeIntegrity\SiPolicy.p7b" | Out-Null
Invoke-CimMethod -Namespace 'root\Microsoft\Windows\CI' -ClassName 'PS_UpdateAndCompareCIPolicy' -MethodName 'Update' -Arguments @{
    FilePath = "$env:SystemRoot\System32\CodeIntegrity\SiPolicy.p7b"
} | Out-Null
$since = [DateTime]::Now
Assert-True -Value ((Invoke-Observe) -eq 'ok') -What 'the signed program runs under the policy in audit mode'
$found = @(foreach ($log in 'Microsoft-Windows-CodeIntegrity/Operational', 'Microsoft-Windows-AppLocker/MSI and Script') {
        Get-WinEvent -FilterHashtable @{ LogName = $log; StartTime = $since; Id = 3076, 3077, 8028, 8029 } -ErrorAction SilentlyContinue
    })
$own = @($found | Where-Object { $_.Message -like '*ConnectSyncIdentity*' })
Assert-True -Value ($own.Count -eq 0) -What "the policy would refuse nothing of the program ($($own.Count) events)"
