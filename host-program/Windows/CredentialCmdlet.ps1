# The product's cmdlets that take an administrator's credential.

function Test-CsiCredentialFailure {
    <#
    .SYNOPSIS
        Whether a cmdlet failed because Entra refused user name or password, or the user lacks the role.
    .PARAMETER Detail
        Exception types, messages and error ids of the failure.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Detail)
    $refused = 'AADSTS(16000|50020|50034|50053|50055|50056|50057|50059|50064|50126|50144|51004|90002|90072)\b|' +
        'invalid_grant|unknown_user|FailedAuthentication|Authorization_RequestDenied|Insufficient privileges'
    return $Detail -match $refused
}

function Invoke-CsiCredentialCmdlet {
    <#
    .SYNOPSIS
        Runs a cmdlet of the ADSync module that takes an administrator's credential, with a time limit.
    .DESCRIPTION
        In a runspace of this process, so that the credential is neither on a disk nor in a command line nor in the
        environment. Its host cannot prompt: a cmdlet that wants more than the credential fails. One that does not end in
        time is asked to stop and left alone; it ends with this process at the latest.
    .PARAMETER Cmdlet
        The cmdlet.
    .PARAMETER AccountName
        Its -Name.
    .PARAMETER Credential
        Its -AADCredential.
    .PARAMETER Seconds
        The time limit.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [string] $Cmdlet,
        [Parameter(Mandatory = $true)] [string] $AccountName,
        [Parameter(Mandatory = $true)] [Management.Automation.PSCredential] $Credential,
        [Parameter(Mandatory = $true)] [int] $Seconds
    )
    $product = Get-CsiProduct
    if ($null -eq $product) {
        throw (New-CsiException -Kind 'not-found' -Message 'Entra Connect Sync is not installed.')
    }
    $import = @{ Name = $product.modulePath; WarningAction = 'SilentlyContinue'; ErrorAction = 'Stop' }
    if ($script:CsiModernPowerShell) {
        $import['UseWindowsPowerShell'] = $true
    }
    $argument = @{ AADCredential = $Credential; Name = $AccountName; ErrorAction = 'Stop' }
    $text = @(
        'param($Import, $Cmdlet, $Argument)'
        '$ProgressPreference = "SilentlyContinue"; $ConfirmPreference = "None"'
        'try {'
        '    Import-Module @Import'
        '    & $Cmdlet @Argument | Out-Null'
        '} catch {'
        '    $_'
        '}'
    ) -join "`n"
    $shell = [PowerShell]::Create()
    $ended = $true
    try {
        [void] $shell.AddScript($text).AddParameter('Import', $import).AddParameter('Cmdlet', $Cmdlet).AddParameter('Argument', $argument)
        $pending = $shell.BeginInvoke()
        $ended = $pending.AsyncWaitHandle.WaitOne($Seconds * 1000)
        if (-not $ended) {
            # Stop would wait for the cmdlet, and so would Dispose.
            [void] $shell.BeginStop($null, $null)
            return [pscustomobject] @{ outcome = 'timed-out'; message = "$Cmdlet did not end within $Seconds seconds." }
        }
        $failures = @($shell.EndInvoke($pending))
    } finally {
        if ($ended) {
            $shell.Dispose()
        }
    }
    if ($failures.Count -eq 0) {
        return [pscustomobject] @{ outcome = 'completed'; message = '' }
    }
    $lines = Get-CsiFailureLine -Record $failures[0]
    $detail = $lines -join ' '
    $outcome = 'failed'
    # First, as Entra calls a sign-in that wants more than a password an invalid grant too.
    if (Test-CsiSignInFailure -Detail $detail) {
        $outcome = 'sign-in-required'
    } elseif (Test-CsiCredentialFailure -Detail $detail) {
        $outcome = 'credential-refused'
    }
    return [pscustomobject] @{ outcome = $outcome; message = $lines[0] }
}

function Invoke-CsiRollback {
    <#
    .SYNOPSIS
        Add-ADSyncAADServiceAccount: makes the account in Entra anew, with a password of the product's own, and moves the
        connector to it.
    .DESCRIPTION
        Documented with -AADCredential and -Name. Assumed: it fails for an administrator who is asked for more than a
        password.
    .PARAMETER AccountName
        The account's name, without the domain.
    .PARAMETER Credential
        A Hybrid Identity Administrator.
    .PARAMETER Seconds
        The time limit.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('\A[^@\s]+\z')] [string] $AccountName,
        [Parameter(Mandatory = $true)] [Management.Automation.PSCredential] $Credential,
        [Parameter(Mandatory = $true)] [int] $Seconds
    )
    return Invoke-CsiCredentialCmdlet -Cmdlet 'Add-ADSyncAADServiceAccount' -AccountName $AccountName -Credential $Credential `
        -Seconds $Seconds
}

function Invoke-CsiLegacyAccountRemoval {
    <#
    .SYNOPSIS
        Remove-ADSyncAADServiceAccount: removes a service account from Entra.
    .DESCRIPTION
        Documented with -AADCredential and -Name, the first part of the account's user principal name.
    .PARAMETER AccountName
        The account's name, without the domain.
    .PARAMETER Credential
        A Hybrid Identity Administrator.
    .PARAMETER Seconds
        The time limit.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('\A[^@\s]+\z')] [string] $AccountName,
        [Parameter(Mandatory = $true)] [Management.Automation.PSCredential] $Credential,
        [Parameter(Mandatory = $true)] [int] $Seconds
    )
    return Invoke-CsiCredentialCmdlet -Cmdlet 'Remove-ADSyncAADServiceAccount' -AccountName $AccountName -Credential $Credential `
        -Seconds $Seconds
}
