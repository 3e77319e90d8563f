<#
.SYNOPSIS
    What the program writes and reads in the cultures of other countries: times of another calendar, letters of another case.
.DESCRIPTION
    Changes nothing. It runs on any system with PowerShell.
#>
[CmdletBinding()]
param()
. (Join-Path -Path $PSScriptRoot -ChildPath 'Common.ps1')
. (Join-Path -Path $Root -ChildPath 'host/Windows.ps1')
$time = [DateTime]::new(2026, 11, 5, 13, 4, 5, 678, [DateTimeKind]::Utc)
foreach ($name in 'de-DE', 'tr-TR', 'th-TH', 'ar-SA') {
    $culture = [Globalization.CultureInfo]::GetCultureInfo($name)
    [Threading.Thread]::CurrentThread.CurrentCulture = $culture
    [Threading.Thread]::CurrentThread.CurrentUICulture = $culture
    if ($name -eq 'th-TH') {
        Assert-True -Value ($time.ToString('yyyy') -eq '2569') -What 'this machine knows the calendar of th-TH'
    }
    $text = '2026-11-05T13:04:05.678Z'
    Assert-True -Value ((ConvertTo-CsiTime -Value $time) -ceq $text) -What "$name writes a time of the Gregorian calendar"
    Assert-True -Value ((ConvertFrom-CsiTime -Value $text) -eq $time) -What "$name reads it"
    Assert-True -Value ((Get-CsiSha256 -Data 73) -cmatch '\A[0-9a-f]{64}\z') -What "$name writes a hash in lower-case digits"
    $failure = New-CsiKeyException -Exception ([Runtime.InteropServices.COMException]::new('x', -2146893802)) -Message 'k'
    Assert-True -Value ($failure.Data['CsiHResult'] -ceq '0x80090016') -What "$name writes an HRESULT"
    Assert-True -Value (Test-CsiSignInFailure -Detail 'MSALUIREQUIREDEXCEPTION') -What "$name recognises a sign-in whatever its case"
}
