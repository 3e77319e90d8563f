<#
.SYNOPSIS
    The functions of Windows.ps1 on what Windows really has: a software key, its certificate and access rules, the mutex, the
    restore task as SYSTEM, the child process. Needs Product.ps1. It has not run on Windows yet.
#>
[CmdletBinding()]
param()
. (Join-Path -Path $PSScriptRoot -ChildPath 'Common.ps1')
Assert-ThrownAway
. "$Folder\Windows.ps1"
$provider = 'Microsoft Software Key Storage Provider'
$name = 'ConnectSyncIdentity-test-test-g1'
$entry = New-CsiCertificate -Label 'ConnectSyncIdentity test/test g1' -KeyName $name -Subject 'CN=ConnectSyncIdentity test' `
    -KeyProvider $provider -KeyLength 2048 -LifetimeDays 30
Assert-True -Value ($entry.sha256 -match '\A[0-9a-f]{64}\z') -What 'a key and its certificate are made'
$data = [Convert]::ToBase64String([Text.Encoding]::ASCII.GetBytes('probe'))
$signature = New-CsiSignature -CertificateHash $entry.sha256 -Data $data
Assert-True -Value (Test-CsiSignature -CertificateHash $entry.sha256 -Data $data -Signature $signature) -What 'its PS256 signature verifies'
$file = (Get-CsiKey -CertificateHash $entry.sha256).key.file
$service = (Get-CsiService).accountSid
Set-CsiKeyAccess -KeyFile $file -ReaderSids $service
Assert-True -Value (@(Get-CsiKeyAccess -KeyFile $file).Count -ge 3) -What 'the access rules of the key file are read back'

$lock = Enter-CsiLock -Operation 'test'
Assert-True -Value $lock.acquired -What 'the mutex is taken'
$other = Start-Job -ArgumentList "$Folder\Windows.ps1" -ScriptBlock { param($File) . $File; (Enter-CsiLock -Operation 'other').acquired }
Assert-True -Value (-not (Receive-Job -Job $other -Wait)) -What 'another process does not get it'
Exit-CsiLock

# The record first: the proof reads it as the task does.
Write-CsiPauseRecord -Record ([ordered] @{
        operation = 'register'; server = 'test'; startedAt = Get-CsiTime; deadline = Get-CsiTime; syncCycleEnabled = $true
    })
Register-CsiRestoreTask -Deadline (ConvertTo-CsiTime -Value ([DateTime]::UtcNow.AddHours(1)))
$proof = Confirm-CsiRestoreTask
Assert-True -Value $proof.proven -What "SYSTEM may call the ADSync module ($($proof.problem))"
Set-CsiSyncCycleEnabled -Enabled $false
Start-ScheduledTask -TaskName 'ConnectSyncIdentity-Restore'
$watch = [Diagnostics.Stopwatch]::StartNew()
while ((Test-CsiRestoreTask) -and $watch.Elapsed.TotalSeconds -lt 120) {
    Start-Sleep -Seconds 1
}
Assert-True -Value (Get-CsiScheduler).SyncCycleEnabled -What 'the restore task puts the scheduler back'
Assert-True -Value (-not (Test-CsiRestoreTask)) -What 'and removes itself'

$appId = '11111111-2222-4333-8444-555555555555'
$linked = Invoke-CsiRegistration -AppId $appId -CertificateHash $entry.sha256 -Seconds 60
Assert-True -Value ($linked.outcome -eq 'completed') -What "the child process runs the cmdlet ($($linked.message))"
Assert-True -Value ((Get-CsiConnector).certificateSha256 -eq $entry.sha256) -What 'the connector has the certificate'
[void] (Get-CsiEvent -Hours 1)
Remove-CsiCertificateByHash -CertificateHash $entry.sha256
Remove-CsiKey -KeyName $name -KeyProvider $provider
Assert-True -Value (-not [IO.File]::Exists($file)) -What 'the file of the key is gone'
