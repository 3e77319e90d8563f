<#
.SYNOPSIS
    Everything of the host program that touches Windows or Entra Connect Sync, one small function each.
.DESCRIPTION
    ConnectSyncHost.ps1 calls these functions and nothing else of Windows, so that it runs anywhere with this file
    replaced. PROTOCOL.md lists them. Written for Windows PowerShell 5.1 and PowerShell 7, in ASCII.

    Functions answer plain values or objects with camelCase properties; times are ISO 8601 in UTC, hashes lower-case
    hexadecimal. A failure is an exception whose Data holds CsiKind: not-found, access-denied, disk-full, key or failed;
    with key also CsiHResult, what the key storage provider answered.
#>
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$script:CsiModernPowerShell = $PSVersionTable.PSVersion.Major -ge 6

# Folder under Program Files and under ProgramData.
$script:CsiFolderName = 'ConnectSyncIdentity'
# Held by the one operation that may change something.
$script:CsiMutexName = 'Global\ConnectSyncIdentity'
# The task that ends an interrupted pause.
$script:CsiRestoreTask = 'ConnectSyncIdentity-Restore'
# The task by which older versions proved that SYSTEM may do so.
$script:CsiProofTask = 'ConnectSyncIdentity-Prove'
# After which the restore task runs again.
$script:CsiRestoreMinutes = 15
# Source of the program in the Application log.
$script:CsiEventSource = 'ConnectSyncIdentity'
# Entries of it that are read at most.
$script:CsiChangeLimit = 20
# Characters of one that are read at most.
$script:CsiReadLimit = 1000
# The provider that keeps keys in the TPM.
$script:CsiTpmProvider = 'Microsoft Platform Crypto Provider'

#region Windows/Certificate.ps1
# Certificates of LocalMachine\My: may make one, and remove one by its hash.

function Open-CsiStore {
    <#
    .SYNOPSIS
        Opens a store of the computer. The caller closes it.
    .PARAMETER Name
        My, or REQUEST for what a CA has not answered yet.
    .PARAMETER Writable
        Opens it for writing.
    #>
    [CmdletBinding()]
    [OutputType([Security.Cryptography.X509Certificates.X509Store])]
    param(
        [ValidateSet('My', 'REQUEST')] [string] $Name = 'My',
        [switch] $Writable
    )
    $flags = [Security.Cryptography.X509Certificates.OpenFlags]::ReadOnly
    if ($Writable) {
        $flags = [Security.Cryptography.X509Certificates.OpenFlags]::ReadWrite
    }
    $store = New-Object -TypeName Security.Cryptography.X509Certificates.X509Store -ArgumentList @(
        $Name,
        [Security.Cryptography.X509Certificates.StoreLocation]::LocalMachine
    )
    $store.Open($flags)
    # The comma keeps PowerShell from looking for elements in it.
    return , $store
}

function ConvertTo-CsiCertificateEntry {
    <#
    .SYNOPSIS
        The facts of a certificate.
    .PARAMETER Certificate
        The certificate.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [Security.Cryptography.X509Certificates.X509Certificate2] $Certificate)
    return [pscustomobject] @{
        sha256      = Get-CsiSha256 -Data $Certificate.RawData
        thumbprint  = $Certificate.Thumbprint.ToUpperInvariant()
        label       = [string] $Certificate.FriendlyName
        subject     = $Certificate.Subject
        notBefore   = ConvertTo-CsiTime -Value $Certificate.NotBefore
        notAfter    = ConvertTo-CsiTime -Value $Certificate.NotAfter
        certificate = [Convert]::ToBase64String($Certificate.RawData)
    }
}

function Get-CsiCertificate {
    <#
    .SYNOPSIS
        All certificates of LocalMachine\My.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $store = Open-CsiStore
    try {
        foreach ($certificate in $store.Certificates) {
            ConvertTo-CsiCertificateEntry -Certificate $certificate
        }
    } finally {
        $store.Close()
    }
}

function Find-CsiCertificate {
    <#
    .SYNOPSIS
        The certificate with a SHA-256; fails where there is none.
    .PARAMETER CertificateHash
        The hash.
    #>
    [CmdletBinding()]
    [OutputType([Security.Cryptography.X509Certificates.X509Certificate2])]
    param([Parameter(Mandatory = $true)] [string] $CertificateHash)
    $store = Open-CsiStore
    try {
        foreach ($certificate in $store.Certificates) {
            if ((Get-CsiSha256 -Data $certificate.RawData) -eq $CertificateHash) {
                return $certificate
            }
        }
    } finally {
        $store.Close()
    }
    throw (New-CsiException -Kind 'not-found' -Message "No certificate with SHA-256 $CertificateHash is in LocalMachine\My.")
}

function New-CsiCertificate {
    <#
    .SYNOPSIS
        Makes (or finds by name) a key and a self-signed certificate for it in LocalMachine\My.
    .DESCRIPTION
        RSA with SHA-256, key usage DigitalSignature. The key is made first under a fixed name: one that an interrupted
        run left is found again and leaves no orphan. A persisted machine key is linked to the certificate by
        CreateSelfSigned itself, and the store keeps link and label.
    .PARAMETER Label
        FriendlyName of the certificate.
    .PARAMETER KeyName
        Name of the key container.
    .PARAMETER Subject
        X.500 name.
    .PARAMETER KeyProvider
        Full name of the key storage provider.
    .PARAMETER KeyLength
        Length of the key in bits.
    .PARAMETER LifetimeDays
        How long the certificate is valid, in days.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [string] $Label,
        [Parameter(Mandatory = $true)] [string] $KeyName,
        [Parameter(Mandatory = $true)] [string] $Subject,
        [Parameter(Mandatory = $true)] [string] $KeyProvider,
        [Parameter(Mandatory = $true)] [int] $KeyLength,
        [Parameter(Mandatory = $true)] [int] $LifetimeDays
    )
    $now = [DateTimeOffset]::UtcNow
    try {
        $key = Open-CsiMachineKey -KeyName $KeyName -KeyProvider $KeyProvider -KeyLength $KeyLength
    } catch [Security.Cryptography.CryptographicException] {
        throw (New-CsiKeyException -Exception $_.Exception -Message "The key $KeyName can be neither made nor opened")
    }
    $rsa = New-Object -TypeName Security.Cryptography.RSACng -ArgumentList $key
    try {
        $name = New-Object -TypeName Security.Cryptography.X509Certificates.X500DistinguishedName -ArgumentList $Subject
        $request = New-Object -TypeName Security.Cryptography.X509Certificates.CertificateRequest -ArgumentList @(
            $name,
            $rsa,
            [Security.Cryptography.HashAlgorithmName]::SHA256,
            [Security.Cryptography.RSASignaturePadding]::Pkcs1
        )
        $usage = New-Object -TypeName Security.Cryptography.X509Certificates.X509KeyUsageExtension -ArgumentList @(
            [Security.Cryptography.X509Certificates.X509KeyUsageFlags]::DigitalSignature,
            $true
        )
        $request.CertificateExtensions.Add($usage)
        # Ten minutes back, as New-SelfSignedCertificate does, for clocks that differ a little.
        try {
            $certificate = $request.CreateSelfSigned($now.AddMinutes(-10), $now.AddMinutes(-10).AddDays($LifetimeDays))
        } catch [Security.Cryptography.CryptographicException] {
            throw (New-CsiKeyException -Exception $_.Exception -Message "The key $KeyName does not sign its certificate")
        }
        $certificate.FriendlyName = $Label
        $store = Open-CsiStore -Writable
        try {
            $store.Add($certificate)
        } finally {
            $store.Close()
        }
        return ConvertTo-CsiCertificateEntry -Certificate $certificate
    } finally {
        $rsa.Dispose()
        $key.Dispose()
    }
}

function Remove-CsiCertificateByHash {
    <#
    .SYNOPSIS
        Removes the certificates with a SHA-256 from LocalMachine\My and answers how many there were.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param([Parameter(Mandatory = $true)] [ValidatePattern('\A[0-9a-f]{64}\z')] [string] $CertificateHash)
    $store = Open-CsiStore -Writable
    try {
        $certificates = @($store.Certificates | Where-Object { (Get-CsiSha256 -Data $_.RawData) -eq $CertificateHash })
        foreach ($certificate in $certificates) {
            $store.Remove($certificate)
        }
        return $certificates.Count
    } finally {
        $store.Close()
    }
}
#endregion

#region Windows/Cmdlet.ps1
# The product's cmdlets that change the identity of the connector, each in a child process.

# The cmdlets that a child process runs, with the arguments that each takes.
$script:CsiChildCmdlets = @{
    'Add-ADSyncApplicationRegistration'          = @('CertificateSHA256Hash', 'ApplicationAppId')
    'Invoke-ADSyncApplicationCredentialRotation' = @('CertificateSHA256Hash')
}

function Get-CsiFailureLine {
    <#
    .SYNOPSIS
        A cmdlet's failure as two lines: types and messages of the chain of exceptions, and the error's id.
    .PARAMETER Record
        The failure.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [Management.Automation.ErrorRecord] $Record)
    $chain = @()
    $exception = $Record.Exception
    while ($null -ne $exception) {
        $chain += $exception.GetType().FullName + ': ' + $exception.Message + (' (0x{0:X8})' -f $exception.HResult)
        $exception = $exception.InnerException
    }
    return (($chain -join ' | ') -replace '\s+', ' '), ("$($Record.FullyQualifiedErrorId)" -replace '\s+', ' ')
}

function Test-CsiSignInFailure {
    <#
    .SYNOPSIS
        Whether a cmdlet failed because it wanted a person to sign in.
    .DESCRIPTION
        Recognised by the names of exceptions and error ids, which are never translated, and by Entra's codes for "needs
        interaction". A mandatory parameter that is missing counts where it is a name or a credential.
    .PARAMETER Detail
        Exception types, messages and error id of the failure.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Detail)
    $interaction = 'MsalUiRequired|AdalUserInteractionRequired|interaction_required|login_required|UserInteractive|' +
        'authentication_canceled|AADSTS(50058|50074|50076|50078|50079|50158|53004|65001)\b|' +
        'NonInteractive|HostException|PSInvalidOperationException.*(ReadLine|Prompt)|Get-Credential|ActiveX|WebView2'
    $credential = 'MissingMandatoryParameter(?s:.*)(UserPrincipalName|Credential)|' +
        '(UserPrincipalName|Credential)(?s:.*)MissingMandatoryParameter'
    return ($Detail -match $interaction) -or ($Detail -match $credential)
}

function Get-CsiOutcomePath {
    <#
    .SYNOPSIS
        The file in which a child process reports how its cmdlet ended.
    .PARAMETER Outcome
        Its name: 32 hexadecimal digits.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Outcome)
    return [IO.Path]::Combine((Initialize-CsiDataFolder), "cmdlet-$Outcome.txt")
}

function Invoke-CsiCmdletRequest {
    <#
    .SYNOPSIS
        What the child process does: runs one cmdlet and reports how it ended in a file. It reports that it begins first, so
        that whatever keeps a child from its report also keeps it from the cmdlet.
    .PARAMETER Request
        The cmdlet, its arguments as Name=Value, and the name of the file. It holds no secret.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [string] $Request)
    if ($Request -cnotmatch '\A(?<cmdlet>[A-Za-z-]+)(?<arguments>(?: [A-Za-z0-9]+=[0-9A-Fa-f-]+)+) Outcome=(?<outcome>[0-9a-f]{32})\z') {
        throw (New-CsiException -Kind 'failed' -Message 'The request of a child process names no cmdlet, arguments and outcome.')
    }
    $cmdlet = $Matches['cmdlet']
    $outcome = $Matches['outcome']
    $argument = @{ ErrorAction = 'Stop' }
    foreach ($pair in $Matches['arguments'].Trim().Split(' ')) {
        $argument[$pair.Split('=')[0]] = $pair.Split('=')[1]
    }
    $expected = @('ErrorAction') + @($script:CsiChildCmdlets[$cmdlet])
    $isListed = $script:CsiChildCmdlets.ContainsKey($cmdlet)
    if (-not $isListed -or @(Compare-Object -ReferenceObject $expected -DifferenceObject @($argument.Keys)).Count -gt 0) {
        throw (New-CsiException -Kind 'failed' -Message "A child process does not run $cmdlet with these arguments.")
    }
    $file = Get-CsiOutcomePath -Outcome $outcome
    Write-CsiFile -Path $file -Text 'started'
    # Seen by the module as well: no one is there to answer a question.
    Set-Variable -Name 'ConfirmPreference' -Scope 'Global' -Value 'None'
    $lines = @('completed')
    try {
        Import-CsiModule
        & $cmdlet @argument | Out-Null
    } catch {
        $lines = @('failed') + @(Get-CsiFailureLine -Record $_)
    }
    Write-CsiFile -Path $file -Text ($lines -join "`n")
}

function Invoke-CsiChildCmdlet {
    <#
    .SYNOPSIS
        Runs a cmdlet of the ADSync module in a child process with a time limit.
    .PARAMETER Cmdlet
        The cmdlet.
    .PARAMETER Argument
        Its arguments by name.
    .PARAMETER Seconds
        The time limit.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [string] $Cmdlet,
        [Parameter(Mandatory = $true)] [Collections.IDictionary] $Argument,
        [Parameter(Mandatory = $true)] [int] $Seconds
    )
    if ($null -eq (Get-CsiProduct)) {
        throw (New-CsiException -Kind 'not-found' -Message 'Entra Connect Sync is not installed.')
    }
    $outcome = [Guid]::NewGuid().ToString('N')
    $file = Get-CsiOutcomePath -Outcome $outcome
    $pairs = @(foreach ($name in $Argument.Keys) { $name + '=' + $Argument[$name] })
    $request = (@($Cmdlet) + $pairs + @("Outcome=$outcome")) -join ' '
    $process = Start-CsiDetached -Argument (Get-CsiProgramArgument -Operation 'run-cmdlet' -Request $request)
    try {
        if (-not $process.WaitForExit($Seconds * 1000)) {
            $ended = Stop-CsiProcessTree -Process $process
            # It may have ended well at the very moment.
            if (-not [IO.File]::Exists($file) -or (Read-CsiFile -Path $file) -eq 'started') {
                $message = "$Cmdlet did not end within $Seconds seconds."
                if (-not $ended) {
                    $message = "$Cmdlet did not end within $Seconds seconds, and its process $($process.Id) cannot be ended."
                }
                return [pscustomobject] @{ outcome = 'timed-out'; message = $message }
            }
        }
        if (-not [IO.File]::Exists($file)) {
            $message = "$Cmdlet was not started: its process ended with exit code $($process.ExitCode) before."
            return [pscustomobject] @{ outcome = 'failed'; message = $message }
        }
        $lines = @((Read-CsiFile -Path $file) -split '\r?\n') + @('', '', '')
        $outcome = $lines[0]
        if ($outcome -eq 'started') {
            $lines[1] = "$Cmdlet was started, and its process ended with exit code $($process.ExitCode) without an outcome."
        }
        if ($outcome -ne 'completed') {
            $outcome = 'failed'
            if (Test-CsiSignInFailure -Detail ($lines[1] + ' ' + $lines[2])) {
                $outcome = 'sign-in-required'
            }
        }
        return [pscustomobject] @{ outcome = $outcome; message = $lines[1] }
    } finally {
        $process.Dispose()
        foreach ($leftover in $file, "$file.next") {
            try {
                Remove-CsiFile -Path $leftover
            } catch {
                Write-Verbose -Message $_.Exception.Message
            }
        }
    }
}

function Remove-CsiLeftOutcome {
    <#
    .SYNOPSIS
        Removes what cmdlets wrote that ended after their run had given up on them, and answers how each ended.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    $folder = Find-CsiDataFolder
    if ($null -eq $folder) {
        return
    }
    foreach ($file in [IO.Directory]::GetFiles($folder, 'cmdlet-*.txt')) {
        $lines = @((Read-CsiFile -Path $file) -split '\r?\n') + @('', '')
        $ended = [IO.File]::GetLastWriteTimeUtc($file)
        Remove-CsiFile -Path $file
        "$($lines[0]) at $(ConvertTo-CsiTime -Value $ended) $($lines[1])".Trim()
    }
}

function Invoke-CsiRegistration {
    <#
    .SYNOPSIS
        Add-ADSyncApplicationRegistration in a child process: links the connector to an application.
    .PARAMETER AppId
        The application's id.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    .PARAMETER Seconds
        The time limit.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('\A[0-9a-fA-F-]{36}\z')] [string] $AppId,
        [Parameter(Mandatory = $true)] [ValidatePattern('\A[0-9a-fA-F]{64}\z')] [string] $CertificateHash,
        [Parameter(Mandatory = $true)] [int] $Seconds
    )
    $argument = [ordered] @{ CertificateSHA256Hash = $CertificateHash.ToUpperInvariant(); ApplicationAppId = $AppId }
    return Invoke-CsiChildCmdlet -Cmdlet 'Add-ADSyncApplicationRegistration' -Argument $argument -Seconds $Seconds
}

function Invoke-CsiRotation {
    <#
    .SYNOPSIS
        Invoke-ADSyncApplicationCredentialRotation in a child process: moves the connector to another certificate.
    .PARAMETER CertificateHash
        SHA-256 of the new certificate.
    .PARAMETER Seconds
        The time limit.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('\A[0-9a-fA-F]{64}\z')] [string] $CertificateHash,
        [Parameter(Mandatory = $true)] [int] $Seconds
    )
    $argument = [ordered] @{ CertificateSHA256Hash = $CertificateHash.ToUpperInvariant() }
    return Invoke-CsiChildCmdlet -Cmdlet 'Invoke-ADSyncApplicationCredentialRotation' -Argument $argument -Seconds $Seconds
}

function Get-CsiRepairModule {
    <#
    .SYNOPSIS
        The newest version of ADSyncTools, which has the repair of connectivity parameters; its version is null where this
        session finds none.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $newest = Get-Module -ListAvailable -Name 'ADSyncTools' | Sort-Object -Property 'Version' | Select-Object -Last 1
    $version = $null
    if ($null -ne $newest) {
        $version = [string] $newest.Version
    }
    return [pscustomobject] @{ version = $version }
}

function Repair-CsiConnectorParameter {
    <#
    .SYNOPSIS
        The documented repair of blank connectivity parameters; needs the module ADSyncTools 2.3.0 or later.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    Import-CsiModule
    $tools = Get-Module -ListAvailable -Name 'ADSyncTools' | Where-Object { $_.Version -ge [Version] '2.3.0' }
    if ($null -eq $tools) {
        throw (New-CsiException -Kind 'not-found' -Message 'The module ADSyncTools 2.3.0 or later is not installed.')
    }
    Import-Module -Name 'ADSyncTools' -MinimumVersion '2.3.0' -Global -WarningAction SilentlyContinue
    Repair-ADSyncToolsEntraAppParameters | Out-Null
}
#endregion

#region Windows/CredentialCmdlet.ps1
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
#endregion

#region Windows/DataFolder.ps1
# The folder of records under ProgramData: may make it.

function Get-CsiDataPath {
    <#
    .SYNOPSIS
        Path of the folder that holds the records of pauses and switches, and the lock's holder.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    return [IO.Path]::Combine([Environment]::GetFolderPath('CommonApplicationData'), $script:CsiFolderName)
}

function New-CsiFolderSecurity {
    <#
    .SYNOPSIS
        Full control for administrators and SYSTEM, nothing inherited, no one else.
    #>
    [CmdletBinding()]
    [OutputType([Security.AccessControl.DirectorySecurity])]
    param()
    $security = New-Object -TypeName Security.AccessControl.DirectorySecurity
    $security.SetAccessRuleProtection($true, $false)
    $security.SetOwner((New-CsiSid -Value $script:CsiAdministrators))
    foreach ($sid in $script:CsiAdministrators, $script:CsiSystem) {
        $rule = New-Object -TypeName Security.AccessControl.FileSystemAccessRule -ArgumentList @(
            (New-CsiSid -Value $sid),
            [Security.AccessControl.FileSystemRights]::FullControl,
            ([Security.AccessControl.InheritanceFlags]::ContainerInherit -bor [Security.AccessControl.InheritanceFlags]::ObjectInherit),
            [Security.AccessControl.PropagationFlags]::None,
            [Security.AccessControl.AccessControlType]::Allow
        )
        $security.AddAccessRule($rule)
    }
    return $security
}

function Find-CsiDataFolder {
    <#
    .SYNOPSIS
        The folder's path where it exists, else null. Refuses a folder that someone else made: every user may make
        folders in ProgramData, and what a record says is written to the scheduler.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    $path = Get-CsiDataPath
    if (-not [IO.Directory]::Exists($path)) {
        return $null
    }
    $folder = New-Object -TypeName IO.DirectoryInfo -ArgumentList $path
    $sections = [Security.AccessControl.AccessControlSections]::Access -bor [Security.AccessControl.AccessControlSections]::Owner
    $security = Get-CsiSecurity -Item $folder -Section $sections
    $owner = $security.GetOwner([Security.Principal.SecurityIdentifier]).Value
    $isLink = ($folder.Attributes -band [IO.FileAttributes]::ReparsePoint) -ne 0
    if ($isLink -or (@($script:CsiAdministrators, $script:CsiSystem) -notcontains $owner)) {
        $whose = 'belongs to ' + (Get-CsiAccountName -Sid $owner)
        if ($isLink) {
            $whose = 'is a link of ' + (Get-CsiAccountName -Sid $owner)
        }
        throw (New-CsiException -Kind 'foreign-folder' -Message "$path $whose")
    }
    return $path
}

function Initialize-CsiDataFolder {
    <#
    .SYNOPSIS
        Makes the folder where it is missing, sets its access rules where they are inherited, and answers its path.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    $path = Get-CsiDataPath
    $security = New-CsiFolderSecurity
    if (-not [IO.Directory]::Exists($path)) {
        if ($script:CsiModernPowerShell) {
            [void] [IO.FileSystemAclExtensions]::CreateDirectory($security, $path)  # 5.1: a branch for 7
        } else {
            [void] [IO.Directory]::CreateDirectory($path, $security)
        }
    }
    [void] (Find-CsiDataFolder)
    $folder = New-Object -TypeName IO.DirectoryInfo -ArgumentList $path
    $current = Get-CsiSecurity -Item $folder -Section ([Security.AccessControl.AccessControlSections]::Access)
    if (-not $current.AreAccessRulesProtected) {
        Set-CsiSecurity -Item $folder -Security $security
    }
    return $path
}
#endregion

#region Windows/Enrolment.ps1
# Asks a CA of the forest for a certificate by a template, and keeps requests that wait in LocalMachine\REQUEST.

function Find-CsiEnrolmentRequest {
    <#
    .SYNOPSIS
        The request with a SHA-256 in LocalMachine\REQUEST; null if there is none.
    .PARAMETER Store
        The open store.
    .PARAMETER RequestHash
        The hash.
    #>
    [CmdletBinding()]
    [OutputType([Security.Cryptography.X509Certificates.X509Certificate2])]
    param(
        [Parameter(Mandatory = $true)] [object] $Store,
        [Parameter(Mandatory = $true)] [string] $RequestHash
    )
    foreach ($request in $Store.Certificates) {
        if ((Get-CsiSha256 -Data $request.RawData) -eq $RequestHash) {
            return $request
        }
    }
    return $null
}

function Set-CsiStoredLabel {
    <#
    .SYNOPSIS
        Gives what has a thumbprint in a store its label, which Windows keeps with it.
    .PARAMETER Store
        The store, open for writing; it is closed.
    .PARAMETER Thumbprint
        The thumbprint.
    .PARAMETER Label
        The label.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [object] $Store,
        [Parameter(Mandatory = $true)] [string] $Thumbprint,
        [Parameter(Mandatory = $true)] [string] $Label
    )
    try {
        foreach ($certificate in $Store.Certificates) {
            if ($certificate.Thumbprint -eq $Thumbprint) {
                $certificate.FriendlyName = $Label
            }
        }
    } finally {
        $Store.Close()
    }
}

function Get-CsiEnrolment {
    <#
    .SYNOPSIS
        Asks, and labels what came of it: the certificate in LocalMachine\My, or the request that waits.
    .DESCRIPTION
        With the machine's store Windows enrols as the computer. The enrolment client makes the key as the template wants it,
        with attestation where that is asked for, and installs what the CA issues.
    .PARAMETER Argument
        What Get-Certificate is given.
    .PARAMETER Label
        The label.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [Collections.IDictionary] $Argument,
        [Parameter(Mandatory = $true)] [string] $Label
    )
    try {
        $result = Get-Certificate @Argument -ErrorAction Stop
    } catch {
        return [pscustomobject] @{ status = 'failed'; message = Get-CsiFailureText -Exception $_.Exception }
    }
    switch -Regex ("$($result.Status)") {
        '\A(Issued|Enrolled)\z' {
            Set-CsiStoredLabel -Store (Open-CsiStore -Writable) -Thumbprint $result.Certificate.Thumbprint -Label $Label
            return [pscustomobject] @{ status = 'issued'; message = '' }
        }
        'Pend' {
            Set-CsiStoredLabel -Store (Open-CsiStore -Name 'REQUEST' -Writable) -Thumbprint $result.Request.Thumbprint -Label $Label
            return [pscustomobject] @{ status = 'pending'; message = '' }
        }
        'Denied' {
            return [pscustomobject] @{ status = 'denied'; message = "the CA answered $($result.Status)" }
        }
    }
    return [pscustomobject] @{ status = 'failed'; message = "the enrolment ended with $($result.Status)" }
}

function Request-CsiCertificate {
    <#
    .SYNOPSIS
        Asks a CA of the forest for a certificate by a template, as the computer.
    .PARAMETER Template
        The name of the template, not its display name.
    .PARAMETER Label
        FriendlyName of the certificate.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [string] $Template,
        [Parameter(Mandatory = $true)] [string] $Label
    )
    $argument = @{ Template = $Template; CertStoreLocation = 'Cert:\LocalMachine\My' }
    return Get-CsiEnrolment -Argument $argument -Label $Label
}

function Get-CsiEnrolmentRequest {
    <#
    .SYNOPSIS
        SHA-256 of the requests with a label that wait in LocalMachine\REQUEST.
    .PARAMETER Label
        The label.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Label)
    $store = Open-CsiStore -Name 'REQUEST' -Writable
    try {
        foreach ($request in $store.Certificates) {
            if ($request.FriendlyName -ceq $Label) {
                Get-CsiSha256 -Data $request.RawData
            }
        }
    } finally {
        $store.Close()
    }
}

function Receive-CsiCertificate {
    <#
    .SYNOPSIS
        Fetches what the CA made of a request that waits.
    .PARAMETER RequestHash
        SHA-256 of the request.
    .PARAMETER Label
        FriendlyName of the certificate.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [string] $RequestHash,
        [Parameter(Mandatory = $true)] [string] $Label
    )
    $store = Open-CsiStore -Name 'REQUEST' -Writable
    try {
        $request = Find-CsiEnrolmentRequest -Store $store -RequestHash $RequestHash
    } finally {
        $store.Close()
    }
    if ($null -eq $request) {
        return [pscustomobject] @{ status = 'failed'; message = 'the request is no longer in LocalMachine\REQUEST' }
    }
    return Get-CsiEnrolment -Argument @{ Request = $request } -Label $Label
}

function Remove-CsiEnrolmentRequest {
    <#
    .SYNOPSIS
        Removes a request that waits, and its key.
    .PARAMETER RequestHash
        SHA-256 of the request.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [ValidatePattern('\A[0-9a-f]{64}\z')] [string] $RequestHash)
    $store = Open-CsiStore -Name 'REQUEST' -Writable
    try {
        $request = Find-CsiEnrolmentRequest -Store $store -RequestHash $RequestHash
        if ($null -eq $request) {
            return
        }
        # A key of the older interface stays: the template would have had to want it, and no connector can use it.
        $rsa = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($request) -as
        [Security.Cryptography.RSACng]
        if ($null -ne $rsa) {
            $rsa.Key.Delete()
            $rsa.Dispose()
        }
        $store.Remove($request)
    } catch [Security.Cryptography.CryptographicException] {
        throw (New-CsiKeyException -Exception $_.Exception -Message 'The key of the request cannot be removed')
    } finally {
        $store.Close()
    }
}
#endregion

#region Windows/Events.ps1
# Event logs: may register its own source in the Application log, and write entries of it.

# Characters of one text that is written: the log takes 31,839.
$script:CsiWriteLimit = 8000

function Find-CsiEvent {
    <#
    .SYNOPSIS
        The newest events of the synchronisation service with some ids, newest first.
    .PARAMETER Id
        The ids.
    .PARAMETER StartTime
        How far back.
    .PARAMETER Limit
        How many are read at most: each one's text costs time.
    #>
    [CmdletBinding()]
    [OutputType([Diagnostics.Eventing.Reader.EventLogRecord])]
    param(
        [Parameter(Mandatory = $true)] [int[]] $Id,
        [Parameter(Mandatory = $true)] [DateTime] $StartTime,
        [Parameter(Mandatory = $true)] [int] $Limit
    )
    $filter = @{ LogName = 'Application'; ProviderName = 'Directory Synchronization'; Id = $Id; StartTime = $StartTime }
    try {
        Get-WinEvent -FilterHashtable $filter -MaxEvents $Limit
    } catch {
        # No such event, or a source that has never written one, is what a healthy server shows.
        if ($_.FullyQualifiedErrorId -notmatch '^(NoMatchingEventsFound|NoMatchingProvidersFound)') {
            throw
        }
    }
}

function Find-CsiOtherError {
    <#
    .SYNOPSIS
        The newest errors of the synchronisation service whose ids are not documented, newest first. By XPath, which can leave
        ids out.
    .PARAMETER Hours
        How far back, in hours.
    .PARAMETER Limit
        How many are read at most.
    #>
    [CmdletBinding()]
    [OutputType([Diagnostics.Eventing.Reader.EventLogRecord])]
    param(
        [Parameter(Mandatory = $true)] [int] $Hours,
        [Parameter(Mandatory = $true)] [int] $Limit
    )
    $others = @(906, 1011, 1012, 1014 | ForEach-Object { "EventID!=$_" }) -join ' and '
    $window = "TimeCreated[timediff(@SystemTime) <= $([long] $Hours * 3600000)]"
    $path = "*[System[Provider[@Name='Directory Synchronization'] and Level=2 and $others and $window]]"
    try {
        Get-WinEvent -LogName 'Application' -FilterXPath $path -MaxEvents $Limit -ErrorAction Stop
    } catch {
        if ($_.FullyQualifiedErrorId -notmatch '^NoMatchingEventsFound') {
            throw
        }
    }
}

function Get-CsiEventText {
    <#
    .SYNOPSIS
        The text of an event. Where its source's messages are not installed, there are only the values that fill them.
    .PARAMETER Entry
        The event.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [object] $Entry)
    $text = [string] $Entry.Message
    if ([string]::IsNullOrWhiteSpace($text)) {
        $text = @($Entry.Properties | ForEach-Object { [string] $_.Value }) -join ' '
    }
    return $text
}

function Get-CsiEvent {
    <#
    .SYNOPSIS
        Events of the synchronisation service about its credential, and its other errors, newest last, at most seventy.
    .PARAMETER Hours
        How far back, in hours.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [int] $Hours)
    if ($Hours -le 0) {
        return
    }
    $since = [DateTime]::Now.AddHours(-$Hours)
    # 906 is written for every token; only those with a code of Entra report a failure. Each kind has a share of its own, so
    # that a flood of the one does not push the other out.
    $rare = @(Find-CsiEvent -Id 1011, 1012, 1014 -StartTime $since -Limit 10)
    $refused = @(Find-CsiEvent -Id 906 -StartTime $since -Limit 2000 |
            Where-Object { (Get-CsiEventText -Entry $_) -match 'AADSTS\d' } |
            Select-Object -First 40)
    $errors = @(Find-CsiOtherError -Hours $Hours -Limit 20)
    $rare + $refused + $errors |
        Sort-Object -Property TimeCreated |
        ForEach-Object {
            $message = Get-CsiEventText -Entry $_
            [pscustomobject] @{
                time    = ConvertTo-CsiTime -Value $_.TimeCreated
                id      = [int] $_.Id
                message = $message.Substring(0, [Math]::Min(1400, $message.Length))
            }
        }
}

function Write-CsiEvent {
    <#
    .SYNOPSIS
        Writes an entry of this program to the Application log. Its source is registered with the first one.
    .PARAMETER Id
        What it is about.
    .PARAMETER Text
        The entry. It holds no secret.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [int] $Id,
        [Parameter(Mandatory = $true)] [string] $Text
    )
    if (-not [Diagnostics.EventLog]::SourceExists($script:CsiEventSource)) {
        [Diagnostics.EventLog]::CreateEventSource($script:CsiEventSource, 'Application')
    }
    $cut = $Text.Substring(0, [Math]::Min($script:CsiWriteLimit, $Text.Length))
    [Diagnostics.EventLog]::WriteEntry($script:CsiEventSource, $cut, [Diagnostics.EventLogEntryType]::Information, $Id)
}

function Get-CsiChange {
    <#
    .SYNOPSIS
        Entries of this program in the Application log, newest last, at most as many as the table says. By XPath, which needs no messages of
        the source.
    .PARAMETER Hours
        How far back, in hours.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [int] $Hours)
    if ($Hours -le 0) {
        return
    }
    $window = "TimeCreated[timediff(@SystemTime) <= $([long] $Hours * 3600000)]"
    $path = "*[System[Provider[@Name='$script:CsiEventSource'] and $window]]"
    $entries = @()
    try {
        $entries = @(Get-WinEvent -LogName 'Application' -FilterXPath $path -MaxEvents $script:CsiChangeLimit -ErrorAction Stop)
    } catch {
        if ($_.FullyQualifiedErrorId -notmatch '^NoMatchingEventsFound') {
            throw
        }
    }
    $entries |
        Sort-Object -Property TimeCreated |
        ForEach-Object {
            $text = Get-CsiEventText -Entry $_
            [pscustomobject] @{
                time    = ConvertTo-CsiTime -Value $_.TimeCreated
                id      = [int] $_.Id
                message = $text.Substring(0, [Math]::Min($script:CsiReadLimit, $text.Length))
            }
        }
}
#endregion

#region Windows/Failure.ps1
# Failures of Windows as exceptions with a kind. Changes nothing on the server.

function New-CsiException {
    <#
    .SYNOPSIS
        Makes an exception that carries the kind of failure.
    .PARAMETER Kind
        not-found, access-denied, disk-full, key, broken-record, foreign-folder or failed.
    .PARAMETER Message
        What failed.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)]
        [ValidateSet('not-found', 'access-denied', 'disk-full', 'key', 'broken-record', 'foreign-folder', 'failed')]
        [string] $Kind,
        [Parameter(Mandatory = $true)] [string] $Message
    )
    $exception = New-Object -TypeName System.InvalidOperationException -ArgumentList $Message
    $exception.Data['CsiKind'] = $Kind
    return $exception
}

function Get-CsiInnermostException {
    <#
    .SYNOPSIS
        The exception at the bottom of a chain: the one that says what happened.
    .PARAMETER Exception
        The exception.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param([Parameter(Mandatory = $true)] [Exception] $Exception)
    $inner = $Exception
    while ($null -ne $inner.InnerException) {
        $inner = $inner.InnerException
    }
    return $inner
}

function Get-CsiInnermostMessage {
    <#
    .SYNOPSIS
        The message of the exception at the bottom of a chain.
    .PARAMETER Exception
        The exception.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [Exception] $Exception)
    return (Get-CsiInnermostException -Exception $Exception).Message
}

function Get-CsiHResult {
    <#
    .SYNOPSIS
        The HRESULT at the bottom of a chain of exceptions, as 0x and eight digits.
    .PARAMETER Exception
        The exception.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [Exception] $Exception)
    return '0x{0:X8}' -f (Get-CsiInnermostException -Exception $Exception).HResult
}

function New-CsiKeyException {
    <#
    .SYNOPSIS
        Makes the exception of a key that a provider refuses to make, open, use or delete: with the provider's HRESULT,
        as only that says whether the key is lost. A full disk stays a full disk.
    .PARAMETER Exception
        What was thrown.
    .PARAMETER Message
        What failed.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)] [Exception] $Exception,
        [Parameter(Mandatory = $true)] [string] $Message
    )
    $code = Get-CsiHResult -Exception $Exception
    $kind = 'key'
    # ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL
    if (@('0x80070027', '0x80070070') -contains $code) {
        $kind = 'disk-full'
    }
    $failure = New-CsiException -Kind $kind -Message "${Message}: $(Get-CsiInnermostMessage -Exception $Exception)"
    $failure.Data['CsiHResult'] = $code
    return $failure
}

function Get-CsiFailureText {
    <#
    .SYNOPSIS
        What happened, in the words of the exception at the bottom of a chain, with its HRESULT: the text is translated, and
        what is around it says only which method was called.
    .PARAMETER Exception
        The exception.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [Exception] $Exception)
    $inner = Get-CsiInnermostException -Exception $Exception
    $text = $inner.Message.Trim().TrimEnd('.')
    $code = Get-CsiHResult -Exception $inner
    if ($inner.Data.Contains('CsiKind') -or $text.Contains($code)) {
        return $text
    }
    return "$text ($code)"
}

function New-CsiFileException {
    <#
    .SYNOPSIS
        Makes the exception of a file that cannot be read, written, moved or removed. A file that may not be touched is no
        proof that the caller is no administrator.
    .PARAMETER Exception
        What was thrown.
    .PARAMETER Message
        What failed.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)] [Exception] $Exception,
        [Parameter(Mandatory = $true)] [string] $Message
    )
    $kind = 'failed'
    # ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL
    if (@('0x80070027', '0x80070070') -contains (Get-CsiHResult -Exception $Exception)) {
        $kind = 'disk-full'
    }
    return New-CsiException -Kind $kind -Message "${Message}: $(Get-CsiFailureText -Exception $Exception)"
}
#endregion

#region Windows/File.ps1
# Small files in the data folder: may write, replace, move and remove them.

# Another process has the file open for a moment: ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION, and what ReplaceFile
# answers then (1175, 1176, 1177).
$script:CsiPassingFileCodes = '0x80070020', '0x80070021', '0x80070497', '0x80070498', '0x80070499'
$script:CsiFileTries = 20
$script:CsiFilePause = 250

function Invoke-CsiFileStep {
    <#
    .SYNOPSIS
        Does something with a file; tries again for five seconds while another process has it open, as a virus scanner or
        a copy does for a moment.
    .PARAMETER Step
        What is done.
    #>
    [CmdletBinding()]
    [OutputType([object])]
    param([Parameter(Mandatory = $true)] [scriptblock] $Step)
    for ($try = 1; $true; $try++) {
        try {
            return & $Step
        } catch {
            $code = Get-CsiHResult -Exception $_.Exception
            if ($try -ge $script:CsiFileTries -or $script:CsiPassingFileCodes -notcontains $code) {
                throw
            }
        }
        Start-Sleep -Milliseconds $script:CsiFilePause
    }
}

function Read-CsiFile {
    <#
    .SYNOPSIS
        The text of a file.
    .PARAMETER Path
        The file.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Path)
    return Invoke-CsiFileStep -Step { [IO.File]::ReadAllText($Path) }
}

function Remove-CsiFile {
    <#
    .SYNOPSIS
        Removes a file; nothing happens where there is none.
    .PARAMETER Path
        The file.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [string] $Path)
    if (-not [IO.File]::Exists($Path)) {
        return
    }
    try {
        Invoke-CsiFileStep -Step { [IO.File]::Delete($Path) }
    } catch {
        throw (New-CsiFileException -Exception $_.Exception -Message "$Path cannot be removed")
    }
}

function Write-CsiFile {
    <#
    .SYNOPSIS
        Replaces a small text file as a whole and on the disk: a crash leaves either the old or the new one, a failure
        leaves no unfinished one.
    .PARAMETER Path
        The file.
    .PARAMETER Text
        Its new content, ASCII.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [string] $Path,
        [Parameter(Mandatory = $true)] [string] $Text
    )
    $next = "$Path.next"
    $bytes = [Text.Encoding]::UTF8.GetBytes($Text)
    try {
        Invoke-CsiFileStep -Step {
            $stream = New-Object -TypeName IO.FileStream -ArgumentList $next, ([IO.FileMode]::Create), ([IO.FileAccess]::Write)
            try {
                $stream.Write($bytes, 0, $bytes.Length)
                $stream.Flush($true)
            } finally {
                $stream.Dispose()
            }
        }
        Invoke-CsiFileStep -Step {
            if ([IO.File]::Exists($Path)) {
                [IO.File]::Replace($next, $Path, [NullString]::Value)
            } else {
                [IO.File]::Move($next, $Path)
            }
        }
    } catch {
        $failure = New-CsiFileException -Exception $_.Exception -Message "$Path cannot be written"
        try {
            Remove-CsiFile -Path $next
        } catch {
            Write-Verbose -Message $_.Exception.Message
        }
        throw $failure
    }
}

function Rename-CsiBrokenFile {
    <#
    .SYNOPSIS
        Moves a file that cannot be read aside, to its name with .broken- and the time; answers the new path, null where
        there is no such file.
    .PARAMETER Path
        The file.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Path)
    if (-not [IO.File]::Exists($Path)) {
        return $null
    }
    $aside = "$Path.broken-" + [DateTime]::UtcNow.ToString("yyyyMMdd'T'HHmmssfff'Z'", [Globalization.CultureInfo]::InvariantCulture)
    try {
        Invoke-CsiFileStep -Step { [IO.File]::Move($Path, $aside) }
    } catch {
        throw (New-CsiFileException -Exception $_.Exception -Message "$Path cannot be moved aside")
    }
    return $aside
}
#endregion

#region Windows/Host.ps1
# The server, its clock, the caller, accounts. Changes nothing on the server.

function Get-CsiTime {
    <#
    .SYNOPSIS
        The host's time.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    return ConvertTo-CsiTime -Value ([DateTime]::UtcNow)
}

function Wait-CsiTime {
    <#
    .SYNOPSIS
        Waits.
    .PARAMETER Seconds
        How long, in seconds.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [double] $Seconds)
    Start-Sleep -Milliseconds ([int] ($Seconds * 1000))
}

function Get-CsiDotnetRelease {
    <#
    .SYNOPSIS
        The release of .NET Framework 4, null where it is not known.
    .DESCRIPTION
        Documented: the value Release; 461808 and later is 4.7.2 or later.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param()
    $key = 'HKLM:\SOFTWARE\Microsoft\NET Framework Setup\NDP\v4\Full'
    try {
        if (Test-Path -LiteralPath $key) {
            return Get-CsiMember -InputObject (Get-ItemProperty -LiteralPath $key) -Name 'Release'
        }
    } catch {
        Write-Verbose -Message "The release of .NET Framework cannot be read: $($_.Exception.Message)"
    }
    return $null
}

function Get-CsiHost {
    <#
    .SYNOPSIS
        Name of the computer, version of PowerShell, its language mode, and the release of .NET Framework.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    return [pscustomobject] @{
        computerName      = [Environment]::MachineName
        powershellVersion = $PSVersionTable.PSVersion.ToString()
        languageMode      = $ExecutionContext.SessionState.LanguageMode.ToString()
        dotnetRelease     = Get-CsiDotnetRelease
    }
}

function Get-CsiDefaultShell {
    <#
    .SYNOPSIS
        The shell that sshd starts for a session, null where none is set: it is cmd.exe then.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    $key = 'HKLM:\SOFTWARE\OpenSSH'
    if (-not (Test-Path -LiteralPath $key)) {
        return $null
    }
    $shell = [string] (Get-CsiMember -InputObject (Get-ItemProperty -LiteralPath $key) -Name 'DefaultShell')
    if ([string]::IsNullOrWhiteSpace($shell)) {
        return $null
    }
    return $shell
}

function Get-CsiCaller {
    <#
    .SYNOPSIS
        Who runs the program, and whether as an administrator with all rights.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $identity = [Security.Principal.WindowsIdentity]::GetCurrent()
    $principal = New-Object -TypeName Security.Principal.WindowsPrincipal -ArgumentList $identity
    return [pscustomobject] @{
        account       = $identity.Name
        sid           = $identity.User.Value
        administrator = $principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
    }
}

function Resolve-CsiAccount {
    <#
    .SYNOPSIS
        The SID of an account, null with the reason where the name does not resolve: there is no such account, or no domain
        controller answers.
    .PARAMETER Account
        DOMAIN\name, DOMAIN\gmsa$, NT SERVICE\name, .\name, a user principal name, LocalSystem, or a SID.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $Account)
    if ($Account -match '\AS-1-[0-9-]+\z') {
        return [pscustomobject] @{ sid = $Account; problem = $null }
    }
    if ($Account -eq 'LocalSystem') {
        return [pscustomobject] @{ sid = $script:CsiSystem; problem = $null }
    }
    $name = $Account
    if ($Account.StartsWith('.\')) {
        $name = [Environment]::MachineName + $Account.Substring(1)
    }
    try {
        return [pscustomobject] @{ sid = ConvertTo-CsiSid -Account $name; problem = $null }
    } catch {
        # IdentityNotMappedException, or a SystemException or COMException of a domain that cannot be asked.
        return [pscustomobject] @{ sid = $null; problem = "$name does not resolve: $(Get-CsiFailureText -Exception $_.Exception)" }
    }
}

function ConvertTo-CsiSid {
    <#
    .SYNOPSIS
        Asks Windows for the SID of an account.
    .PARAMETER Account
        DOMAIN\name or a user principal name.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Account)
    $ntAccount = New-Object -TypeName Security.Principal.NTAccount -ArgumentList $Account
    return $ntAccount.Translate([Security.Principal.SecurityIdentifier]).Value
}

function Get-CsiAccountName {
    <#
    .SYNOPSIS
        The name of an account; its SID where it has no name any more, or no domain controller could be asked.
    .PARAMETER Sid
        The SID.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Sid)
    try {
        return (New-CsiSid -Value $Sid).Translate([Security.Principal.NTAccount]).Value
    } catch {
        Write-Verbose -Message "$Sid has no name: $(Get-CsiFailureText -Exception $_.Exception)"
        return $Sid
    }
}
#endregion

#region Windows/Issuance.ps1
# A certificate that a CA issued: its chain, its revocation, its usages. Changes nothing on the server.

function Test-CsiExportable {
    <#
    .SYNOPSIS
        Whether the private key of a certificate can be exported; null where it does not open.
    .PARAMETER Certificate
        The certificate.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [Security.Cryptography.X509Certificates.X509Certificate2] $Certificate)
    $rsa = $null
    try {
        $rsa = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($Certificate)
        if ($null -eq $rsa) {
            return $null
        }
        if ($rsa -isnot [Security.Cryptography.RSACng]) {
            return [bool] $rsa.CspKeyContainerInfo.Exportable
        }
        # AllowExport and AllowPlaintextExport
        return ([int] $rsa.Key.ExportPolicy -band 3) -ne 0
    } catch {
        Write-Verbose -Message "Whether the key can be exported is not known: $(Get-CsiFailureText -Exception $_.Exception)"
        return $null
    } finally {
        if ($null -ne $rsa) {
            $rsa.Dispose()
        }
    }
}

function Get-CsiChain {
    <#
    .SYNOPSIS
        Whether the chain of a certificate ends in a root that this computer trusts, and whether a certificate of it was revoked.
    .DESCRIPTION
        Built as the computer, with the lists and responders that the certificates name. What is not valid yet, or no longer,
        is judged by its dates and not here. One that answers nothing is no proof: the revocation is unchecked then.
    .PARAMETER Certificate
        The certificate.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [Security.Cryptography.X509Certificates.X509Certificate2] $Certificate)
    $chain = New-Object -TypeName Security.Cryptography.X509Certificates.X509Chain -ArgumentList $true
    $chain.ChainPolicy.RevocationMode = [Security.Cryptography.X509Certificates.X509RevocationMode]::Online
    $chain.ChainPolicy.RevocationFlag = [Security.Cryptography.X509Certificates.X509RevocationFlag]::ExcludeRoot
    $chain.ChainPolicy.UrlRetrievalTimeout = [TimeSpan]::FromSeconds(10)
    $problems = @()
    $unchecked = @()
    $revoked = $false
    try {
        [void] $chain.Build($Certificate)
        foreach ($status in $chain.ChainStatus) {
            switch ("$($status.Status)") {
                'NoError' { }
                'NotTimeValid' { }
                'Revoked' { $revoked = $true }
                { @('RevocationStatusUnknown', 'OfflineRevocation') -contains $_ } { $unchecked += $status.StatusInformation.Trim() }
                default { $problems += "$($status.Status): $($status.StatusInformation.Trim())" }
            }
        }
    } catch {
        $problems += "the chain cannot be built: $(Get-CsiFailureText -Exception $_.Exception)"
        $unchecked += 'the chain cannot be built'
    }
    $found = [pscustomobject] @{
        trusted = $problems.Count -eq 0; problem = $null; revocation = 'good'; revocationProblem = $null
    }
    if ($problems.Count -gt 0) {
        $found.problem = @($problems | Select-Object -Unique) -join '; '
    }
    if ($unchecked.Count -gt 0) {
        $found.revocation = 'unchecked'
        $found.revocationProblem = @($unchecked | Select-Object -Unique) -join '; '
    }
    if ($revoked) {
        $found.revocation = 'revoked'
        $found.revocationProblem = $null
    }
    return $found
}

function Get-CsiIssuance {
    <#
    .SYNOPSIS
        What can be said of a certificate because a CA issued it; null for one that signs itself.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $CertificateHash)
    $certificate = Find-CsiCertificate -CertificateHash $CertificateHash
    if ($certificate.Issuer -ceq $certificate.Subject) {
        return $null
    }
    $usages = $null
    $purposes = $null
    foreach ($extension in $certificate.Extensions) {
        if ($extension -is [Security.Cryptography.X509Certificates.X509KeyUsageExtension]) {
            $usages = @("$($extension.KeyUsages)" -split ', ')
        }
        if ($extension -is [Security.Cryptography.X509Certificates.X509EnhancedKeyUsageExtension]) {
            $purposes = @($extension.EnhancedKeyUsages | ForEach-Object { $_.Value })
        }
    }
    $length = 0
    $rsa = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPublicKey($certificate)
    if ($null -ne $rsa) {
        $length = 8 * $rsa.ExportParameters($false).Modulus.Length
        $rsa.Dispose()
    }
    $chain = Get-CsiChain -Certificate $certificate
    return [pscustomobject] @{
        issuer            = $certificate.Issuer
        trusted           = $chain.trusted
        problem           = $chain.problem
        revocation        = $chain.revocation
        revocationProblem = $chain.revocationProblem
        keyLength         = $length
        keyUsages         = $usages
        purposes          = $purposes
        exportable        = Test-CsiExportable -Certificate $certificate
    }
}
#endregion

#region Windows/Key.ps1
# The key of a certificate: opens it and reads its properties. Changes nothing on the server.

function Get-CsiKeyFilePath {
    <#
    .SYNOPSIS
        Path of a key's file, null if it is not known.
    .PARAMETER UniqueName
        The key's unique name: a path for TPM keys, a file name for others.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [AllowNull()] [string] $UniqueName)
    if ([string]::IsNullOrWhiteSpace($UniqueName)) {
        return $null
    }
    if ([IO.Path]::IsPathRooted($UniqueName)) {
        return $UniqueName
    }
    $crypto = [IO.Path]::Combine([Environment]::GetFolderPath('CommonApplicationData'), 'Microsoft\Crypto')
    foreach ($folder in 'Keys', 'RSA\MachineKeys') {
        $path = [IO.Path]::Combine($crypto, $folder, $UniqueName)
        if ([IO.File]::Exists($path)) {
            return $path
        }
    }
    return $null
}

function Get-CsiPssSaltSize {
    <#
    .SYNOPSIS
        How a key in the TPM salts PSS signatures: 0 unknown, 1 as long as possible, 2 as long as the hash. Null where its
        provider does not say, as before Windows Server 2019.
    .DESCRIPTION
        NCRYPT_PCP_PSS_SALT_SIZE_PROPERTY of ncrypt.h, a DWORD of the key.
    .PARAMETER Key
        The key.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param([Parameter(Mandatory = $true)] [Security.Cryptography.CngKey] $Key)
    try {
        $value = $Key.GetProperty('PSS Salt Size', [Security.Cryptography.CngPropertyOptions]::None).GetValue()
        return [BitConverter]::ToInt32($value, 0)
    } catch {
        Write-Verbose -Message "$($Key.Provider.Provider) does not say how it salts: $($_.Exception.Message)"
        return $null
    }
}

function Get-CsiKey {
    <#
    .SYNOPSIS
        The private key of a certificate, or why there is none that opens, with the provider's HRESULT. That is null
        where the certificate itself refers to no key.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $CertificateHash)
    $certificate = Find-CsiCertificate -CertificateHash $CertificateHash
    if (-not $certificate.HasPrivateKey) {
        return [pscustomobject] @{ key = $null; problem = 'The certificate has no private key.'; hresult = $null }
    }
    $rsa = $null
    try {
        $rsa = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($certificate)
    } catch {
        return [pscustomobject] @{
            key     = $null
            problem = "The private key does not open: $(Get-CsiInnermostMessage -Exception $_.Exception)"
            hresult = Get-CsiHResult -Exception $_.Exception
        }
    }
    if ($null -eq $rsa) {
        return [pscustomobject] @{ key = $null; problem = 'The private key is no RSA key.'; hresult = $null }
    }
    try {
        if ($rsa -is [Security.Cryptography.RSACng]) {
            $facts = [pscustomobject] @{
                keyProvider   = $rsa.Key.Provider.Provider
                keyName       = [string] $rsa.Key.KeyName
                keyFile       = Get-CsiKeyFilePath -UniqueName $rsa.Key.UniqueName
                # Of another provider nothing proves it: Impl Type is a property of a provider, not of a key.
                keyInHardware = $rsa.Key.Provider.Provider -eq $script:CsiTpmProvider
                pssSaltSize   = Get-CsiPssSaltSize -Key $rsa.Key
            }
        } else {
            # A key of the older interface, which cannot sign PS256.
            $container = $rsa.CspKeyContainerInfo
            $facts = [pscustomobject] @{
                keyProvider   = $container.ProviderName
                keyName       = $container.KeyContainerName
                keyFile       = Get-CsiKeyFilePath -UniqueName $container.UniqueKeyContainerName
                keyInHardware = $false
                pssSaltSize   = $null
            }
        }
        return [pscustomobject] @{ key = $facts; problem = $null; hresult = $null }
    } catch {
        return [pscustomobject] @{
            key     = $null
            problem = "The private key cannot be read: $(Get-CsiInnermostMessage -Exception $_.Exception)"
            hresult = Get-CsiHResult -Exception $_.Exception
        }
    } finally {
        $rsa.Dispose()
    }
}

function Open-CsiMachineKey {
    <#
    .SYNOPSIS
        Opens a machine key by name and makes it where it is missing: signing only, never exportable.
    .PARAMETER KeyName
        Name of the key container.
    .PARAMETER KeyProvider
        Full name of the key storage provider.
    .PARAMETER KeyLength
        Length in bits of a key that is made.
    #>
    [CmdletBinding()]
    [OutputType([Security.Cryptography.CngKey])]
    param(
        [Parameter(Mandatory = $true)] [string] $KeyName,
        [Parameter(Mandatory = $true)] [string] $KeyProvider,
        [Parameter(Mandatory = $true)] [int] $KeyLength
    )
    $provider = New-Object -TypeName Security.Cryptography.CngProvider -ArgumentList $KeyProvider
    if (Test-CsiKey -KeyName $KeyName -KeyProvider $KeyProvider) {
        return [Security.Cryptography.CngKey]::Open($KeyName, $provider, [Security.Cryptography.CngKeyOpenOptions]::MachineKey)
    }
    $parameters = New-Object -TypeName Security.Cryptography.CngKeyCreationParameters
    $parameters.Provider = $provider
    # The file of one that the provider has lost is there still and would block its name.
    $parameters.KeyCreationOptions = [Security.Cryptography.CngKeyCreationOptions]::MachineKey -bor
        [Security.Cryptography.CngKeyCreationOptions]::OverwriteExistingKey
    $parameters.ExportPolicy = [Security.Cryptography.CngExportPolicies]::None
    $parameters.KeyUsage = [Security.Cryptography.CngKeyUsages]::Signing
    $length = New-Object -TypeName Security.Cryptography.CngProperty -ArgumentList @(
        'Length',
        [BitConverter]::GetBytes($KeyLength),
        [Security.Cryptography.CngPropertyOptions]::None
    )
    $parameters.Parameters.Add($length)
    return [Security.Cryptography.CngKey]::Create([Security.Cryptography.CngAlgorithm]::Rsa, $KeyName, $parameters)
}
#endregion

#region Windows/KeyAccess.ps1
# Access rules of a key file: may set them.

function Get-CsiKeyAccess {
    <#
    .SYNOPSIS
        Access rules of a key file as one array, null where they cannot be read.
    .PARAMETER KeyFile
        Path of the file.
    #>
    [CmdletBinding()]
    [OutputType([object[]])]
    param([Parameter(Mandatory = $true)] [string] $KeyFile)
    if (-not [IO.File]::Exists($KeyFile)) {
        return $null
    }
    $file = New-Object -TypeName IO.FileInfo -ArgumentList $KeyFile
    try {
        $security = Get-CsiSecurity -Item $file -Section ([Security.AccessControl.AccessControlSections]::Access)
    } catch [UnauthorizedAccessException] {
        Write-Verbose -Message "The access rules of $KeyFile cannot be read."
        return $null
    }
    $rules = @(foreach ($rule in $security.GetAccessRules($true, $true, [Security.Principal.SecurityIdentifier])) {
            [pscustomobject] @{
                sid     = $rule.IdentityReference.Value
                account = Get-CsiAccountName -Sid $rule.IdentityReference.Value
                rights  = $rule.FileSystemRights.ToString()
                allow   = $rule.AccessControlType -eq [Security.AccessControl.AccessControlType]::Allow
            }
        })
    return , $rules
}

function Set-CsiKeyAccess {
    <#
    .SYNOPSIS
        Sets the access rules of a key file: read for the SIDs given, full control for SYSTEM and administrators,
        nothing inherited and no one else. Writes the access section only, as Set-Acl would touch the owner too.
    .PARAMETER KeyFile
        Path of the file.
    .PARAMETER ReaderSids
        SIDs of those who may use the key.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [string] $KeyFile,
        [Parameter(Mandatory = $true)] [string[]] $ReaderSids
    )
    $rights = [ordered] @{
        $script:CsiSystem         = [Security.AccessControl.FileSystemRights]::FullControl
        $script:CsiAdministrators = [Security.AccessControl.FileSystemRights]::FullControl
    }
    foreach ($sid in $ReaderSids) {
        if (-not $rights.Contains($sid)) {
            $rights[$sid] = [Security.AccessControl.FileSystemRights]::Read
        }
    }
    $security = New-Object -TypeName Security.AccessControl.FileSecurity
    $security.SetAccessRuleProtection($true, $false)
    foreach ($sid in @($rights.Keys)) {
        $rule = New-Object -TypeName Security.AccessControl.FileSystemAccessRule -ArgumentList @(
            (New-CsiSid -Value $sid),
            $rights[$sid],
            [Security.AccessControl.AccessControlType]::Allow
        )
        $security.AddAccessRule($rule)
    }
    try {
        Set-CsiSecurity -Item (New-Object -TypeName IO.FileInfo -ArgumentList $KeyFile) -Security $security
    } catch [UnauthorizedAccessException] {
        throw (New-CsiException -Kind 'access-denied' `
            -Message "The access rules of $KeyFile cannot be set: $(Get-CsiFailureText -Exception $_.Exception)")
    }
}
#endregion

#region Windows/KeyContainer.ps1
# Keys by their name: which certificates have one; may remove one.

function Test-CsiKey {
    <#
    .SYNOPSIS
        Whether the provider has a machine key of this name. Fails where the provider does not say: only
        NTE_BAD_KEYSET and NTE_NOT_FOUND (there is none, or its TPM was cleared) prove that it is gone.
    .PARAMETER KeyName
        Name of the key container.
    .PARAMETER KeyProvider
        Full name of the key storage provider.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [string] $KeyName,
        [Parameter(Mandatory = $true)] [string] $KeyProvider
    )
    $provider = New-Object -TypeName Security.Cryptography.CngProvider -ArgumentList $KeyProvider
    try {
        return [Security.Cryptography.CngKey]::Exists($KeyName, $provider, [Security.Cryptography.CngKeyOpenOptions]::MachineKey)
    } catch [Security.Cryptography.CryptographicException] {
        throw (New-CsiKeyException -Exception $_.Exception -Message "The key $KeyName does not open")
    }
}

function Get-CsiPublicModulus {
    <#
    .SYNOPSIS
        The modulus of a certificate's RSA key, empty where it has another kind of key or none that can be read.
    .PARAMETER Certificate
        The certificate.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [Security.Cryptography.X509Certificates.X509Certificate2] $Certificate)
    $rsa = $null
    try {
        $rsa = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPublicKey($Certificate)
        if ($null -eq $rsa) {
            return ''
        }
        return [Convert]::ToBase64String($rsa.ExportParameters($false).Modulus)
    } catch [Security.Cryptography.CryptographicException] {
        Write-Verbose -Message "The public key of $($Certificate.Thumbprint) cannot be read: $($_.Exception.Message)"
        return ''
    } finally {
        if ($null -ne $rsa) {
            $rsa.Dispose()
        }
    }
}

function Get-CsiKeyHolder {
    <#
    .SYNOPSIS
        SHA-256 of the certificates of LocalMachine\My that have the public key of a machine key, whatever container they
        name: a renamed certificate, or one that was renewed with the same key.
    .PARAMETER KeyName
        Name of the key container.
    .PARAMETER KeyProvider
        Full name of the key storage provider.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [string] $KeyName,
        [Parameter(Mandatory = $true)] [string] $KeyProvider
    )
    $provider = New-Object -TypeName Security.Cryptography.CngProvider -ArgumentList $KeyProvider
    try {
        $key = [Security.Cryptography.CngKey]::Open($KeyName, $provider, [Security.Cryptography.CngKeyOpenOptions]::MachineKey)
        $rsa = New-Object -TypeName Security.Cryptography.RSACng -ArgumentList $key
        try {
            $modulus = [Convert]::ToBase64String($rsa.ExportParameters($false).Modulus)
        } finally {
            $rsa.Dispose()
            $key.Dispose()
        }
    } catch [Security.Cryptography.CryptographicException] {
        throw (New-CsiKeyException -Exception $_.Exception -Message "The key $KeyName does not open")
    }
    $store = Open-CsiStore
    try {
        foreach ($certificate in $store.Certificates) {
            if ((Get-CsiPublicModulus -Certificate $certificate) -ceq $modulus) {
                Get-CsiSha256 -Data $certificate.RawData
            }
        }
    } finally {
        $store.Close()
    }
}

function Remove-CsiKey {
    <#
    .SYNOPSIS
        Deletes a machine key that exists.
    .PARAMETER KeyName
        Name of the key container.
    .PARAMETER KeyProvider
        Full name of the key storage provider.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [string] $KeyName,
        [Parameter(Mandatory = $true)] [string] $KeyProvider
    )
    $provider = New-Object -TypeName Security.Cryptography.CngProvider -ArgumentList $KeyProvider
    try {
        $key = [Security.Cryptography.CngKey]::Open($KeyName, $provider, [Security.Cryptography.CngKeyOpenOptions]::MachineKey)
        # Delete also closes the key.
        $key.Delete()
    } catch [Security.Cryptography.CryptographicException] {
        throw (New-CsiKeyException -Exception $_.Exception -Message "The key $KeyName cannot be deleted")
    }
}
#endregion

#region Windows/Lock.ps1
# One change at a time: holds a mutex of the machine, and writes who holds it.

$script:CsiMutex = $null

function New-CsiMutex {
    <#
    .SYNOPSIS
        The host's mutex, which belongs to administrators, and which administrators and SYSTEM both may open.
    #>
    [CmdletBinding()]
    [OutputType([Threading.Mutex])]
    param()
    $security = New-Object -TypeName Security.AccessControl.MutexSecurity
    $security.SetOwner((New-CsiSid -Value $script:CsiAdministrators))
    foreach ($sid in $script:CsiAdministrators, $script:CsiSystem) {
        $rule = New-Object -TypeName Security.AccessControl.MutexAccessRule -ArgumentList @(
            (New-CsiSid -Value $sid),
            [Security.AccessControl.MutexRights]::FullControl,
            [Security.AccessControl.AccessControlType]::Allow
        )
        $security.AddAccessRule($rule)
    }
    $created = $false
    if ($script:CsiModernPowerShell) {
        return [Threading.MutexAcl]::Create($false, $script:CsiMutexName, [ref] $created, $security)  # 5.1: a branch for 7
    }
    return [Threading.Mutex]::new($false, $script:CsiMutexName, [ref] $created, $security)
}

function Get-CsiMutexOwner {
    <#
    .SYNOPSIS
        The SID that owns the mutex of our name, null where Windows does not show it.
    .PARAMETER Mutex
        The mutex if it is open, else null.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([AllowNull()] [object] $Mutex = $null)
    $opened = $null
    try {
        if ($null -eq $Mutex) {
            $rights = [Security.AccessControl.MutexRights]::ReadPermissions
            if ($script:CsiModernPowerShell) {
                $opened = [Threading.MutexAcl]::OpenExisting($script:CsiMutexName, $rights)  # 5.1: a branch for 7
            } else {
                $opened = [Threading.Mutex]::OpenExisting($script:CsiMutexName, $rights)
            }
            $Mutex = $opened
        }
        if ($script:CsiModernPowerShell) {
            $security = [Threading.ThreadingAclExtensions]::GetAccessControl($Mutex)  # 5.1: a branch for 7
        } else {
            $security = $Mutex.GetAccessControl()
        }
        return $security.GetOwner([Security.Principal.SecurityIdentifier]).Value
    } catch {
        Write-Verbose -Message "The owner of $script:CsiMutexName does not show: $(Get-CsiFailureText -Exception $_.Exception)"
        return $null
    } finally {
        if ($null -ne $opened) {
            $opened.Dispose()
        }
    }
}

function Get-CsiLockHolder {
    <#
    .SYNOPSIS
        Who wrote the file beside the lock, null if no one did.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    $file = [IO.Path]::Combine((Get-CsiDataPath), 'lock.txt')
    try {
        return (Read-CsiFile -Path $file).Trim()
    } catch {
        Write-Verbose -Message "$file cannot be read: $(Get-CsiFailureText -Exception $_.Exception)"
        return $null
    }
}

function New-CsiTakenLock {
    <#
    .SYNOPSIS
        The answer for a lock that another has. It is foreign where neither administrators nor SYSTEM made what has its name:
        any user may make a mutex of any name, so that is no operation of this program.
    .PARAMETER Mutex
        The mutex if it is open, else null.
    .PARAMETER Problem
        Why it is not open, empty where it is.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [AllowNull()] [object] $Mutex = $null,
        [AllowEmptyString()] [string] $Problem = ''
    )
    $owner = Get-CsiMutexOwner -Mutex $Mutex
    $holder = Get-CsiLockHolder
    $ours = $script:CsiAdministrators, $script:CsiSystem
    # An older version of this program let the mutex belong to the administrator who ran it, and wrote who that was.
    $foreign = $Problem -ne '' -or ($null -eq $holder -and $null -ne $owner -and $ours -notcontains $owner)
    if (-not $foreign) {
        return [pscustomobject] @{ acquired = $false; abandoned = $false; holder = $holder; foreign = $false }
    }
    $whose = 'an owner that Windows does not show'
    if ($null -ne $owner) {
        $whose = Get-CsiAccountName -Sid $owner
    }
    $holder = "$script:CsiMutexName of $whose"
    if ($Problem -ne '') {
        $holder += ": $Problem"
    }
    return [pscustomobject] @{ acquired = $false; abandoned = $false; holder = $holder; foreign = $true }
}

function Enter-CsiLock {
    <#
    .SYNOPSIS
        Takes the host's one lock without waiting. A lock whose holder died counts as taken over; one that may not be
        opened, or that is no mutex, counts as held by another.
    .PARAMETER Operation
        What it is taken for, as others that want it see it.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $Operation)
    $abandoned = $false
    $acquired = $false
    $mutex = $null
    $problem = ''
    try {
        $mutex = New-CsiMutex
        $acquired = $mutex.WaitOne(0)
    } catch {
        $inner = Get-CsiInnermostException -Exception $_.Exception
        if ($inner -is [Threading.AbandonedMutexException]) {
            $abandoned = $true
            $acquired = $true
        } elseif ($inner -is [UnauthorizedAccessException] -or $inner -is [Threading.WaitHandleCannotBeOpenedException]) {
            $problem = Get-CsiFailureText -Exception $inner
        } else {
            throw
        }
    }
    if (-not $acquired) {
        $taken = New-CsiTakenLock -Mutex $mutex -Problem $problem
        if ($null -ne $mutex) {
            $mutex.Dispose()
        }
        return $taken
    }
    $script:CsiMutex = $mutex
    try {
        $folder = Initialize-CsiDataFolder
    } catch {
        Exit-CsiLock
        throw
    }
    try {
        $holder = '{0} (process {1} of {2}, since {3})' -f $Operation, $PID, (Get-CsiCaller).account, (Get-CsiTime)
        Write-CsiFile -Path ([IO.Path]::Combine($folder, 'lock.txt')) -Text $holder
    } catch {
        # Only who else wants the lock reads it.
        Write-Verbose -Message $_.Exception.Message
    }
    return [pscustomobject] @{ acquired = $true; abandoned = $abandoned; holder = $null; foreign = $false }
}

function Exit-CsiLock {
    <#
    .SYNOPSIS
        Gives the lock back; nothing happens where it is not held.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    if ($null -eq $script:CsiMutex) {
        return
    }
    $mutex = $script:CsiMutex
    $script:CsiMutex = $null
    $file = [IO.Path]::Combine((Get-CsiDataPath), 'lock.txt')
    try {
        Remove-CsiFile -Path $file
    } catch {
        Write-Verbose -Message $_.Exception.Message
    } finally {
        $mutex.ReleaseMutex()
        $mutex.Dispose()
    }
}
#endregion

#region Windows/Network.ps1
# Requests to Entra. Changes nothing on the server.

function Send-CsiForm {
    <#
    .SYNOPSIS
        POST of a form. An answer of any status is an answer; only an endpoint that gives none was not reached.
    .PARAMETER Uri
        Where to.
    .PARAMETER Form
        The fields. They are never written to a log or an error.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [string] $Uri,
        [Parameter(Mandatory = $true)] [Collections.IDictionary] $Form
    )
    Add-Type -AssemblyName 'System.Net.Http'
    if (-not $script:CsiModernPowerShell) {
        [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
    }
    $fields = New-Object -TypeName 'Collections.Generic.Dictionary[string,string]'
    foreach ($name in $Form.Keys) {
        $fields.Add([string] $name, [string] $Form[$name])
    }
    $content = New-Object -TypeName Net.Http.FormUrlEncodedContent -ArgumentList (, $fields)
    # Unlike Invoke-WebRequest it behaves alike in 5.1 and 7: no exception for a status, the body always there.
    $client = New-Object -TypeName Net.Http.HttpClient
    $client.Timeout = [TimeSpan]::FromSeconds(30)
    try {
        $response = $client.PostAsync($Uri, $content).GetAwaiter().GetResult()
        $date = $null
        if ($null -ne $response.Headers.Date) {
            $date = ConvertTo-CsiTime -Value $response.Headers.Date.UtcDateTime
        }
        return [pscustomobject] @{
            reached = $true
            status  = [int] $response.StatusCode
            body    = $response.Content.ReadAsStringAsync().GetAwaiter().GetResult()
            date    = $date
            problem = $null
        }
    } catch [Threading.Tasks.TaskCanceledException] {
        return [pscustomobject] @{ reached = $false; status = 0; body = ''; date = $null; problem = 'no answer within 30 s' }
    } catch {
        return [pscustomobject] @{ reached = $false; status = 0; body = ''; date = $null; problem = Get-CsiFailureText `
            -Exception $_.Exception }
    } finally {
        $client.Dispose()
        $content.Dispose()
    }
}

function Get-CsiProxy {
    <#
    .SYNOPSIS
        The proxy that this session takes to an address, null where it goes there directly.
    .PARAMETER Uri
        Where to.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Uri)
    if ($script:CsiModernPowerShell) {
        $proxy = [Net.Http.HttpClient]::DefaultProxy  # 5.1: a branch for 7
    } else {
        $proxy = [Net.WebRequest]::DefaultWebProxy
    }
    $target = [Uri] $Uri
    if ($null -eq $proxy -or $proxy.IsBypassed($target)) {
        return $null
    }
    $address = $proxy.GetProxy($target)
    if ($null -eq $address -or $address -eq $target) {
        return $null
    }
    # Without a user and password that someone may have written into it.
    return $address.GetLeftPart([UriPartial]::Authority) -replace '//[^@/]*@', '//'
}

function Test-CsiEndpoint {
    <#
    .SYNOPSIS
        GET of an address, without credentials. An answer of any status is an answer; its body is not read.
    .PARAMETER Uri
        Where to.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $Uri)
    Add-Type -AssemblyName 'System.Net.Http'
    if (-not $script:CsiModernPowerShell) {
        [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12
    }
    $fact = [pscustomobject] @{ reached = $false; status = 0; date = $null; proxy = $null; problem = $null }
    $client = New-Object -TypeName Net.Http.HttpClient
    $client.Timeout = [TimeSpan]::FromSeconds(15)
    $response = $null
    try {
        $fact.proxy = Get-CsiProxy -Uri $Uri
        $response = $client.GetAsync($Uri, [Net.Http.HttpCompletionOption]::ResponseHeadersRead).GetAwaiter().GetResult()
        $fact.reached = $true
        $fact.status = [int] $response.StatusCode
        if ($null -ne $response.Headers.Date) {
            $fact.date = ConvertTo-CsiTime -Value $response.Headers.Date.UtcDateTime
        }
    } catch [Threading.Tasks.TaskCanceledException] {
        $fact.problem = 'no answer within 15 s'
    } catch {
        $fact.problem = Get-CsiFailureText -Exception $_.Exception
    } finally {
        if ($null -ne $response) {
            $response.Dispose()
        }
        $client.Dispose()
    }
    return $fact
}
#endregion

#region Windows/Process.ps1
# Processes of its own: may start and end a PowerShell process.

function Get-CsiPowerShellPath {
    <#
    .SYNOPSIS
        Full path of Windows PowerShell, so that nothing on PATH can take its place.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    return [IO.Path]::Combine([Environment]::SystemDirectory, 'WindowsPowerShell\v1.0\powershell.exe')
}

function Get-CsiProgramPath {
    <#
    .SYNOPSIS
        The installed program's file, where there is one: what a process of its own runs.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    $path = [IO.Path]::Combine($env:ProgramFiles, 'ConnectSyncIdentity', 'ConnectSyncHost.ps1')
    if (-not [IO.File]::Exists($path)) {
        throw (New-CsiException -Kind 'not-found' -Message "A process of its own needs an installed program: there is no $path.")
    }
    return $path
}

function Get-CsiProgramArgument {
    <#
    .SYNOPSIS
        The arguments of powershell.exe that run an operation of the installed program: as a file, so that application control
        judges the file, and in clear text, so that event 4688 shows what ran. No -ExecutionPolicy: the organisation's applies.
    .PARAMETER Operation
        The operation.
    .PARAMETER Request
        Its request, empty for none. Holds no quotes and nothing secret.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('\A[a-z-]+\z')] [string] $Operation,
        [ValidatePattern('\A[A-Za-z0-9= -]*\z')] [string] $Request = ''
    )
    $argument = '-NoProfile -NonInteractive -File "' + (Get-CsiProgramPath) + '" -Operation ' + $Operation
    if ($Request -ne '') {
        $argument += ' -Request "' + $Request + '"'
    }
    return $argument
}

function Start-CsiDetached {
    <#
    .SYNOPSIS
        Starts Windows PowerShell in a process that inherits no handle.
    .DESCRIPTION
        Started through the shell: a process that .NET starts itself inherits every inheritable handle, and sshd then
        waits for as long as it lives.
    .PARAMETER Argument
        Its arguments.
    #>
    [CmdletBinding()]
    [OutputType([Diagnostics.Process])]
    param([Parameter(Mandatory = $true)] [string] $Argument)
    $start = New-Object -TypeName Diagnostics.ProcessStartInfo
    $start.FileName = Get-CsiPowerShellPath
    $start.Arguments = $Argument
    $start.UseShellExecute = $true
    $start.WindowStyle = [Diagnostics.ProcessWindowStyle]::Hidden
    $start.WorkingDirectory = [Environment]::SystemDirectory
    return [Diagnostics.Process]::Start($start)
}

function Stop-CsiProcessTree {
    <#
    .SYNOPSIS
        Ends a process and its children, and waits until it has ended. Answers whether it has.
    .PARAMETER Process
        The process.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [Diagnostics.Process] $Process)
    $taskkill = [IO.Path]::Combine([Environment]::SystemDirectory, 'taskkill.exe')
    try {
        $kill = Start-Process -FilePath $taskkill -ArgumentList '/PID', $Process.Id, '/T', '/F' -WindowStyle Hidden -PassThru
        [void] $kill.WaitForExit(30000)
        return $Process.WaitForExit(30000)
    } catch {
        Write-Verbose -Message "Process $($Process.Id) cannot be ended: $(Get-CsiFailureText -Exception $_.Exception)"
        return $false
    }
}
#endregion

#region Windows/Product.ps1
# Entra Connect Sync: service, version, connector, settings. Changes nothing on the server.

# Identifier of the Entra connector, the same on every server.
$script:CsiEntraConnector = 'b891884f-051e-4a83-95af-2544101c9083'

$script:CsiProductKey = 'HKLM:\SOFTWARE\Microsoft\Azure AD Connect'

function Get-CsiService {
    <#
    .SYNOPSIS
        The ADSync service with its account and image path, null where it does not exist. The SID of its account is null
        with the reason where no one says.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $key = 'HKLM:\SYSTEM\CurrentControlSet\Services\ADSync'
    if (-not (Test-Path -LiteralPath $key)) {
        return $null
    }
    $registry = Get-ItemProperty -LiteralPath $key
    $account = [string] (Get-CsiMember -InputObject $registry -Name 'ObjectName')
    $resolved = Resolve-CsiAccount -Account $account
    return [pscustomobject] @{
        status         = (Get-Service -Name 'ADSync').Status.ToString()
        account        = $account
        accountSid     = $resolved.sid
        accountProblem = $resolved.problem
        imagePath      = [string] (Get-CsiMember -InputObject $registry -Name 'ImagePath')
    }
}

function Get-CsiProduct {
    <#
    .SYNOPSIS
        The product's version and the folder of its ADSync module, null where either is missing. Both come from the
        service's image path, as the product may be installed anywhere.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    $service = Get-CsiService
    if ($null -eq $service) {
        return $null
    }
    $image = [Environment]::ExpandEnvironmentVariables($service.imagePath)
    if ($image -match '^\s*"([^"]+)"') {
        $executable = $Matches[1]
    } elseif ($image -match '^\s*(.+?\.exe)') {
        $executable = $Matches[1]
    } else {
        return $null
    }
    if (-not [IO.File]::Exists($executable)) {
        return $null
    }
    $module = [IO.Path]::Combine([IO.Path]::GetDirectoryName($executable), 'ADSync')
    if (-not [IO.Directory]::Exists($module)) {
        return $null
    }
    $version = [Diagnostics.FileVersionInfo]::GetVersionInfo($executable)
    return [pscustomobject] @{
        version    = @(
            $version.ProductMajorPart, $version.ProductMinorPart, $version.ProductBuildPart, $version.ProductPrivatePart
        ) -join '.'
        modulePath = $module
    }
}

function Import-CsiModule {
    <#
    .SYNOPSIS
        Loads the ADSync module once.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    if ($null -ne (Get-Module -Name 'ADSync')) {
        return
    }
    $product = Get-CsiProduct
    if ($null -eq $product) {
        throw (New-CsiException -Kind 'not-found' -Message 'The ADSync module is not there: Entra Connect Sync is not installed.')
    }
    $import = @{ Name = $product.modulePath; Global = $true; WarningAction = 'SilentlyContinue' }
    if ($script:CsiModernPowerShell) {
        # The module needs .NET Framework.
        $import['UseWindowsPowerShell'] = $true
    }
    Import-Module @import
}

function Get-CsiCmdletParameter {
    <#
    .SYNOPSIS
        Parameter names of a cmdlet of the ADSync module, none where it does not exist.
    .PARAMETER Cmdlet
        The cmdlet's name.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Cmdlet)
    Import-CsiModule
    $command = Get-Command -Name $Cmdlet -Module 'ADSync' -ErrorAction SilentlyContinue
    if ($null -eq $command) {
        return
    }
    $common = @([Management.Automation.Cmdlet]::CommonParameters) + @([Management.Automation.Cmdlet]::OptionalCommonParameters)
    $command.Parameters.Keys | Where-Object { $common -notcontains $_ } | Sort-Object
}

function Get-CsiEntraConnector {
    <#
    .SYNOPSIS
        The connector object of the Entra connector.
    #>
    [CmdletBinding()]
    [OutputType([object])]
    param()
    Import-CsiModule
    $connectors = @(Get-ADSyncConnector | Where-Object { "$($_.Identifier)" -eq $script:CsiEntraConnector })
    if ($connectors.Count -ne 1) {
        throw (New-CsiException -Kind 'not-found' -Message "$($connectors.Count) connectors have the identifier $script:CsiEntraConnector.")
    }
    return $connectors[0]
}

function Get-CsiConnectivityParameter {
    <#
    .SYNOPSIS
        The value of a connectivity parameter, null where it is absent or blank.
    .PARAMETER Connector
        The connector object.
    .PARAMETER Name
        The parameter's name.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [object] $Connector,
        [Parameter(Mandatory = $true)] [string] $Name
    )
    foreach ($parameter in $Connector.ConnectivityParameters) {
        if ($parameter.Name -eq $Name -and -not [string]::IsNullOrWhiteSpace([string] $parameter.Value)) {
            return [string] $parameter.Value
        }
    }
    return $null
}

function Get-CsiConnector {
    <#
    .SYNOPSIS
        What Get-ADSyncEntraConnectorCredential and the connectivity parameters say of the Entra connector's identity.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $connector = Get-CsiEntraConnector
    if ($null -eq (Get-Command -Name 'Get-ADSyncEntraConnectorCredential' -ErrorAction SilentlyContinue)) {
        throw (New-CsiException -Kind 'not-found' -Message 'The cmdlet Get-ADSyncEntraConnectorCredential does not exist in this version.')
    }
    $credential = Get-ADSyncEntraConnectorCredential
    $userName = [string] (Get-CsiMember -InputObject $credential -Name 'UserName', 'ConnectorUserName', 'ConnectorIdentityName')
    if ([string]::IsNullOrWhiteSpace($userName)) {
        $userName = [string] (Get-CsiConnectivityParameter -Connector $connector -Name 'UserName')
    }
    $identityType = [string] (Get-CsiMember -InputObject $credential -Name 'ConnectorIdentityType')
    $appId = $null
    $sha256 = $null
    if ($identityType -eq 'Application') {
        # The braces may be a placeholder of the documentation; both forms are accepted.
        if ($userName -match '^\{?([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\}?@') {
            $appId = $Matches[1].ToLowerInvariant()
        }
        $certificate = Get-CsiMember -InputObject $credential -Name 'CertificateCredential'
        $hash = [string] (Get-CsiMember -InputObject $certificate -Name 'CertificateSHA256Hash')
        if ($hash -match '\A[0-9A-Fa-f]{64}\z') {
            $sha256 = $hash.ToLowerInvariant()
        }
    }
    return [pscustomobject] @{
        name              = [string] $connector.Name
        identityType      = $identityType
        userName          = $userName
        appId             = $appId
        certificateSha256 = $sha256
        parameters        = [pscustomobject] @{
            ApplicationManagedBy = Get-CsiConnectivityParameter -Connector $connector -Name 'ApplicationManagedBy'
            CertificateManagedBy = Get-CsiConnectivityParameter -Connector $connector -Name 'CertificateManagedBy'
            CertificateId        = Get-CsiConnectivityParameter -Connector $connector -Name 'CertificateId'
        }
    }
}

function Get-CsiPasswordWriteback {
    <#
    .SYNOPSIS
        Whether password writeback is on, null where the server does not say.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param()
    $connector = Get-CsiEntraConnector
    if ($null -eq (Get-Command -Name 'Get-ADSyncAADPasswordResetConfiguration' -ErrorAction SilentlyContinue)) {
        return $null
    }
    try {
        $configuration = Get-ADSyncAADPasswordResetConfiguration -Connector $connector.Name
    } catch {
        Write-Verbose -Message "Password writeback cannot be read: $($_.Exception.Message)"
        return $null
    }
    $enabled = Get-CsiMember -InputObject $configuration -Name 'Enabled'
    if ($null -eq $enabled) {
        return $null
    }
    return [bool] $enabled
}

function Get-CsiMachineIdentifier {
    <#
    .SYNOPSIS
        SyncMachineIdentifier, which must differ on every server; null where there is none.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    if (-not (Test-Path -LiteralPath $script:CsiProductKey)) {
        return $null
    }
    $identifier = [string] (Get-CsiMember -InputObject (Get-ItemProperty -LiteralPath $script:CsiProductKey) -Name 'SyncMachineIdentifier')
    if ([string]::IsNullOrWhiteSpace($identifier)) {
        return $null
    }
    return $identifier
}

function Get-CsiAzureInstance {
    <#
    .SYNOPSIS
        The number of the cloud that Entra Connect Sync is set to by hand (AzureInstance); null where it detects the cloud.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param()
    if (-not (Test-Path -LiteralPath $script:CsiProductKey)) {
        return $null
    }
    $instance = [string] (Get-CsiMember -InputObject (Get-ItemProperty -LiteralPath $script:CsiProductKey) -Name 'AzureInstance')
    if ($instance -notmatch '\A[0-9]{1,9}\z') {
        return $null
    }
    return [int] $instance
}
#endregion

#region Windows/Program.ps1
# The installed program's files: may remove one by its name.

function Get-CsiInstalledProgram {
    <#
    .SYNOPSIS
        SHA-256 of the installed manifest where the files beside it are those that it lists, else null with the reason.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $folder = [IO.Path]::Combine($env:ProgramFiles, $script:CsiFolderName)
    $manifest = [IO.Path]::Combine($folder, 'manifest.json')
    if (-not [IO.File]::Exists($manifest)) {
        return [pscustomobject] @{ sha256 = $null; problem = "$manifest does not exist." }
    }
    try {
        $files = (ConvertFrom-Json -InputObject (Read-CsiFile -Path $manifest)).files
        foreach ($name in 'ConnectSyncHost.ps1', 'Windows.ps1') {
            $expected = [string] (Get-CsiMember -InputObject $files -Name $name)
            $file = [IO.Path]::Combine($folder, $name)
            # A copy that is under way has the file open.
            $actual = Get-CsiSha256 -Data (Invoke-CsiFileStep -Step { , [IO.File]::ReadAllBytes($file) })
            if ($actual -ne $expected) {
                return [pscustomobject] @{ sha256 = $null; problem = "$name has SHA-256 $actual, the manifest says $expected." }
            }
        }
        $bytes = Invoke-CsiFileStep -Step { , [IO.File]::ReadAllBytes($manifest) }
        return [pscustomobject] @{ sha256 = Get-CsiSha256 -Data $bytes; problem = $null }
    } catch {
        return [pscustomobject] @{ sha256 = $null; problem = Get-CsiFailureText -Exception $_.Exception }
    }
}

function Get-CsiProgramFolder {
    <#
    .SYNOPSIS
        What is in the installed program's folder, with the first line of each file, as one array; null where the folder
        cannot be listed.
    #>
    [CmdletBinding()]
    [OutputType([object[]])]
    param()
    $folder = New-Object -TypeName IO.DirectoryInfo -ArgumentList ([IO.Path]::Combine($env:ProgramFiles, $script:CsiFolderName))
    try {
        $entries = @()
        if ($folder.Exists) {
            $entries = @($folder.GetFileSystemInfos() | Sort-Object -Property 'Name')
        }
    } catch {
        Write-Verbose -Message "$($folder.FullName) cannot be listed: $($_.Exception.Message)"
        return $null
    }
    $list = @(foreach ($entry in $entries) {
            $line = $null
            if ($entry -is [IO.FileInfo]) {
                try {
                    $line = [string] (Get-Content -LiteralPath $entry.FullName -TotalCount 1)
                } catch {
                    Write-Verbose -Message "$($entry.FullName) cannot be read: $($_.Exception.Message)"
                }
            }
            [pscustomobject] @{ name = $entry.Name; firstLine = $line }
        })
    return , $list
}

function Remove-CsiProgramFile {
    <#
    .SYNOPSIS
        Removes a file from the installed program's folder.
    .PARAMETER Name
        Its name, without a path.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [ValidatePattern('\A[A-Za-z0-9.-]+\z')] [string] $Name)
    [IO.File]::Delete([IO.Path]::Combine($env:ProgramFiles, $script:CsiFolderName, $Name))
}
#endregion

#region Windows/Proxy.ps1
# The proxy of the synchronisation service's own context. Changes nothing on the server.

# Windows PowerShell and the service both read it, so that what differs is elsewhere.
$script:CsiMachineConfig = '%SystemRoot%\Microsoft.NET\Framework64\v4.0.30319\Config\machine.config'
# The address for which this session's proxy is compared; no request is sent there.
$script:CsiComparedAddress = 'https://login.microsoftonline.com/'

function ConvertTo-CsiProxyAddress {
    <#
    .SYNOPSIS
        An address as settings have it, as scheme, host and port, without a user and password that someone may have written
        into it; null where it is none.
    .PARAMETER Text
        The setting.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text)
    $written = $Text.Trim()
    if ($written -notmatch '://') {
        $written = "http://$written"
    }
    $address = $null
    if (-not [Uri]::TryCreate($written, [UriKind]::Absolute, [ref] $address) -or $address.Host -eq '') {
        return $null
    }
    return "$($address.Scheme)://$($address.Host):$($address.Port)"
}

function Read-CsiProxyConfig {
    <#
    .SYNOPSIS
        The proxy that a .NET configuration file sets (system.net, defaultProxy); null where it leaves it to the account.
    .PARAMETER Path
        The file.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $Path)
    if (-not [IO.File]::Exists($Path)) {
        return $null
    }
    $document = New-Object -TypeName Xml.XmlDocument
    $document.XmlResolver = $null
    $document.LoadXml([IO.File]::ReadAllText($Path))
    $section = $document.SelectSingleNode('/configuration/system.net/defaultProxy')
    if ($null -eq $section) {
        return $null
    }
    $source = [IO.Path]::GetFileName($Path)
    if ($section.GetAttribute('enabled') -eq 'false') {
        return [pscustomobject] @{ source = $source; address = $null }
    }
    $proxy = $section.SelectSingleNode('proxy')
    if ($null -eq $proxy) {
        return $null
    }
    if ($proxy.GetAttribute('proxyaddress') -ne '') {
        $address = ConvertTo-CsiProxyAddress -Text $proxy.GetAttribute('proxyaddress')
        return [pscustomobject] @{ source = $source; address = $address }
    }
    if ($proxy.GetAttribute('usesystemdefault') -eq 'false' -and $proxy.GetAttribute('scriptLocation') -eq '') {
        return [pscustomobject] @{ source = $source; address = $null }
    }
    return $null
}

function Get-CsiAccountProxy {
    <#
    .SYNOPSIS
        The proxy in the Internet settings of an account; null where they are not loaded, or a script decides.
    .PARAMETER Sid
        The account.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $Sid)
    $key = "Registry::HKEY_USERS\$Sid\Software\Microsoft\Windows\CurrentVersion\Internet Settings"
    if (-not (Test-Path -LiteralPath $key)) {
        return $null
    }
    $settings = Get-ItemProperty -LiteralPath $key
    if ([string] (Get-CsiMember -InputObject $settings -Name 'AutoConfigURL') -ne '') {
        return $null
    }
    $address = $null
    $server = [string] (Get-CsiMember -InputObject $settings -Name 'ProxyServer')
    if ([string] (Get-CsiMember -InputObject $settings -Name 'ProxyEnable') -eq '1' -and $server -ne '') {
        # One proxy for everything, or one for each protocol: http=a:80;https=b:80.
        $ofHttps = @($server.Split(';') | Where-Object { $_ -match '\A\s*https=' })
        if ($ofHttps.Count -gt 0) {
            $address = ConvertTo-CsiProxyAddress -Text ($ofHttps[0] -replace '\A\s*https=', '')
        } elseif ($server -notmatch '=') {
            $address = ConvertTo-CsiProxyAddress -Text $server
        }
    }
    return [pscustomobject] @{ source = 'account'; address = $address }
}

function Test-CsiAddressAnswer {
    <#
    .SYNOPSIS
        Whether something accepts a connection at an address. Nothing is sent.
    .PARAMETER Address
        Scheme, host and port.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [string] $Address)
    $target = [Uri] $Address
    $client = New-Object -TypeName Net.Sockets.TcpClient
    try {
        return $client.ConnectAsync($target.Host, $target.Port).Wait(5000)
    } catch {
        Write-Verbose -Message "$Address does not answer: $($_.Exception.Message)"
        return $false
    } finally {
        $client.Close()
    }
}

function Get-CsiServiceProxy {
    <#
    .SYNOPSIS
        The proxy that the synchronisation service takes, and that of this session; null where it cannot be known. The
        service's own file comes first, then that of all .NET programs, then the Internet settings of its account.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $service = Get-CsiService
    if ($null -eq $service) {
        return $null
    }
    $found = $null
    if ([Environment]::ExpandEnvironmentVariables($service.imagePath) -match '^\s*"?(.+?\.exe)') {
        $found = Read-CsiProxyConfig -Path "$($Matches[1]).config"
    }
    if ($null -eq $found) {
        $found = Read-CsiProxyConfig -Path ([Environment]::ExpandEnvironmentVariables($script:CsiMachineConfig))
    }
    if ($null -eq $found -and $null -ne $service.accountSid) {
        $found = Get-CsiAccountProxy -Sid $service.accountSid
    }
    if ($null -eq $found) {
        return $null
    }
    $session = Get-CsiProxy -Uri $script:CsiComparedAddress
    if ($null -ne $session) {
        $session = ConvertTo-CsiProxyAddress -Text $session
    }
    $answers = $null
    if ($null -ne $found.address -and $found.address -ne $session) {
        $answers = Test-CsiAddressAnswer -Address $found.address
    }
    return [pscustomobject] @{ source = $found.source; address = $found.address; answers = $answers; session = $session }
}
#endregion

#region Windows/Record.ps1
# Records in the data folder: may write and remove them.

function Read-CsiPauseRecord {
    <#
    .SYNOPSIS
        What is to be put back after a pause, null where nothing is. A record that cannot be read is a failure of the kind
        broken-record.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $folder = Find-CsiDataFolder
    if ($null -eq $folder) {
        return $null
    }
    $file = [IO.Path]::Combine($folder, 'pause.json')
    if (-not [IO.File]::Exists($file)) {
        return $null
    }
    try {
        $record = ConvertFrom-Json -InputObject (Read-CsiFile -Path $file)
        if ($record.syncCycleEnabled -isnot [bool] -or [string]::IsNullOrWhiteSpace($record.operation)) {
            throw (New-CsiException -Kind 'failed' -Message 'a value is blank or of another type')
        }
        return [pscustomobject] @{
            operation        = [string] $record.operation
            server           = [string] $record.server
            startedAt        = ConvertTo-CsiTime -Value (ConvertFrom-CsiTime -Value $record.startedAt)
            deadline         = ConvertTo-CsiTime -Value (ConvertFrom-CsiTime -Value $record.deadline)
            syncCycleEnabled = $record.syncCycleEnabled
        }
    } catch {
        throw (New-CsiException -Kind 'broken-record' -Message "$file cannot be read: $(Get-CsiFailureText -Exception $_.Exception)")
    }
}

function Write-CsiPauseRecord {
    <#
    .SYNOPSIS
        Records what is to be put back after a pause, before the pause.
    .PARAMETER Record
        operation, server, startedAt, deadline, syncCycleEnabled, and a note for the person who finds it.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [object] $Record)
    $file = [IO.Path]::Combine((Initialize-CsiDataFolder), 'pause.json')
    Write-CsiFile -Path $file -Text (ConvertTo-Json -InputObject $Record -Compress)
}

function Remove-CsiPauseRecord {
    <#
    .SYNOPSIS
        Removes the record of a pause that is over.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    Remove-CsiFile -Path ([IO.Path]::Combine((Get-CsiDataPath), 'pause.json'))
}

function Move-CsiBrokenRecord {
    <#
    .SYNOPSIS
        Moves a record that cannot be read aside, so that it stays for a person and no longer counts. Answers its new path,
        null where there is none.
    .PARAMETER Name
        pause, sign-in or verification.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [ValidateSet('pause', 'sign-in', 'verification')] [string] $Name)
    return Rename-CsiBrokenFile -Path ([IO.Path]::Combine((Get-CsiDataPath), "$Name.json"))
}

function Get-CsiSwitchRecordPath {
    <#
    .SYNOPSIS
        Path of a switch record.
    .PARAMETER Folder
        The program's own folder.
    .PARAMETER Name
        The record's name.
    .PARAMETER Extension
        json for the record, txt for what a person reads.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [string] $Folder,
        [Parameter(Mandatory = $true)] [string] $Name,
        [ValidateSet('json', 'txt')] [string] $Extension = 'json'
    )
    return [IO.Path]::Combine($Folder, "$Name.$Extension")
}

function Read-CsiSwitchRecord {
    <#
    .SYNOPSIS
        What is known of a switch that waits for an administrator (sign-in) or for its verification; null where nothing.
    .PARAMETER Name
        sign-in or verification.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [ValidateSet('sign-in', 'verification')] [string] $Name)
    $folder = Find-CsiDataFolder
    if ($null -eq $folder) {
        return $null
    }
    $file = Get-CsiSwitchRecordPath -Folder $folder -Name $Name
    if (-not [IO.File]::Exists($file)) {
        return $null
    }
    try {
        $record = ConvertFrom-Json -InputObject (Read-CsiFile -Path $file)
        $command = $null
        if ($null -ne $record.command) {
            $command = [string] $record.command
        }
        return [pscustomobject] @{
            since             = ConvertTo-CsiTime -Value (ConvertFrom-CsiTime -Value $record.since)
            appId             = [string] $record.appId
            certificateSha256 = [string] $record.certificateSha256
            command           = $command
        }
    } catch {
        throw (New-CsiException -Kind 'broken-record' -Message "$file cannot be read: $(Get-CsiFailureText -Exception $_.Exception)")
    }
}

function Get-CsiSignInText {
    <#
    .SYNOPSIS
        What an administrator reads at the server: why, the one command, what happens next.
    .PARAMETER Record
        since, appId, certificateSha256 and command.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [object] $Record)
    $lines = @(
        "Entra Connect Sync on $([Environment]::MachineName) waits for an administrator, since $($Record.since)."
        ''
        'Why: the synchronisation service is to sign in as an application of its own:'
        ''
        "    application  $($Record.appId)"
        "    certificate  $($Record.certificateSha256)"
        ''
        'The step that moves it there wants an administrator to sign in, and that needs a desktop. Nothing is broken'
        'meanwhile: the service goes on with the credential that it has.'
        ''
        'What to do, once: in an elevated Windows PowerShell at the desktop of this server, signing in as a Hybrid'
        'Identity Administrator when asked, run'
        ''
        "    $($Record.command)"
        ''
        'If it says that a synchronisation cycle is running, wait for its end and run it again.'
        ''
        'What happens next: the next "pulumi up" finds the service on its application, verifies that it synchronises, and'
        'removes this file. Nothing else is to be done here.'
        ''
    )
    return $lines -join "`r`n"
}

function Write-CsiSwitchRecord {
    <#
    .SYNOPSIS
        Writes a switch record; for a sign-in also the text that a person can read.
    .PARAMETER Name
        sign-in or verification.
    .PARAMETER Record
        since, appId, certificateSha256 and command.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [ValidateSet('sign-in', 'verification')] [string] $Name,
        [Parameter(Mandatory = $true)] [object] $Record
    )
    $folder = Initialize-CsiDataFolder
    Write-CsiFile -Path (Get-CsiSwitchRecordPath -Folder $folder -Name $Name) -Text (ConvertTo-Json -InputObject $Record -Compress)
    if ($Name -eq 'sign-in') {
        Write-CsiFile -Path (Get-CsiSwitchRecordPath -Folder $folder -Name $Name -Extension 'txt') -Text (Get-CsiSignInText -Record $Record)
    }
}

function Remove-CsiSwitchRecord {
    <#
    .SYNOPSIS
        Removes a switch record and its text; nothing happens where there is none.
    .PARAMETER Name
        sign-in or verification.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [ValidateSet('sign-in', 'verification')] [string] $Name)
    $folder = Get-CsiDataPath
    foreach ($extension in 'json', 'txt') {
        Remove-CsiFile -Path (Get-CsiSwitchRecordPath -Folder $folder -Name $Name -Extension $extension)
    }
}
#endregion

#region Windows/Scheduler.ps1
# Scheduler, cycles, runs: may switch SyncCycleEnabled, and start a cycle.

function Get-CsiScheduler {
    <#
    .SYNOPSIS
        Get-ADSyncScheduler with its own names, times and intervals as text.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    Import-CsiModule
    $scheduler = Get-ADSyncScheduler
    $custom = Get-CsiMember -InputObject $scheduler -Name 'CustomizedSyncCycleInterval'
    $next = Get-CsiMember -InputObject $scheduler -Name 'NextSyncCycleStartTimeInUTC'
    $customText = $null
    if ($null -ne $custom) {
        $customText = [string] $custom
    }
    $nextText = $null
    if ($null -ne $next) {
        $nextText = ConvertTo-CsiTime -Value $next
    }
    return [pscustomobject] @{
        AllowedSyncCycleInterval            = [string] $scheduler.AllowedSyncCycleInterval
        CurrentlyEffectiveSyncCycleInterval = [string] $scheduler.CurrentlyEffectiveSyncCycleInterval
        CustomizedSyncCycleInterval         = $customText
        NextSyncCyclePolicyType             = [string] $scheduler.NextSyncCyclePolicyType
        NextSyncCycleStartTimeInUTC         = $nextText
        PurgeRunHistoryInterval             = [string] $scheduler.PurgeRunHistoryInterval
        SyncCycleEnabled                    = [bool] $scheduler.SyncCycleEnabled
        MaintenanceEnabled                  = [bool] $scheduler.MaintenanceEnabled
        StagingModeEnabled                  = [bool] $scheduler.StagingModeEnabled
        SchedulerSuspended                  = [bool] $scheduler.SchedulerSuspended
        SyncCycleInProgress                 = [bool] $scheduler.SyncCycleInProgress
    }
}

function Set-CsiSyncCycleEnabled {
    <#
    .SYNOPSIS
        Switches the scheduler's SyncCycleEnabled; nothing else of it is ever written.
    .PARAMETER Enabled
        The new value.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [bool] $Enabled)
    Import-CsiModule
    Set-ADSyncScheduler -SyncCycleEnabled $Enabled | Out-Null
}

function Start-CsiSyncCycle {
    <#
    .SYNOPSIS
        Starts a delta cycle, without waiting for its end, and answers whether that went well.
    .DESCRIPTION
        Documented: Start-ADSyncSyncCycle -PolicyType Delta, which returns an object with Result. Assumed: Result is
        Success where the cycle was started; a connector that is busy ends in an error.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    Import-CsiModule
    try {
        $answer = Start-ADSyncSyncCycle -PolicyType Delta -ErrorAction Stop
        $result = [string] (Get-CsiMember -InputObject $answer -Name 'Result')
    } catch {
        return [pscustomobject] @{ started = $false; problem = Get-CsiFailureText -Exception $_.Exception }
    }
    if ($result -ne '' -and $result -ne 'Success') {
        return [pscustomobject] @{ started = $false; problem = "Start-ADSyncSyncCycle answered $result." }
    }
    return [pscustomobject] @{ started = $true; problem = $null }
}

function ConvertTo-CsiRunTime {
    <#
    .SYNOPSIS
        A time of the run history as ISO 8601 in UTC. One without a time zone is UTC or local: the one that is nearer to now,
        as the runs that count have just begun.
    .PARAMETER Value
        The time.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [DateTime] $Value)
    if ($Value.Kind -eq [DateTimeKind]::Unspecified) {
        $now = [DateTime]::UtcNow
        $local = [DateTime]::SpecifyKind($Value, [DateTimeKind]::Local).ToUniversalTime()
        if (($now - $local).Duration() -lt ($now - $Value).Duration()) {
            $Value = $local
        }
    }
    return ConvertTo-CsiTime -Value $Value
}

function Get-CsiRunResult {
    <#
    .SYNOPSIS
        The last runs of all connectors, newest last: an id that no other run has, and no end for one that goes on.
    .DESCRIPTION
        Documented: Get-ADSyncRunProfileResult -NumberRequested, which can be asked for a RunHistoryId and a RunNumber.
        Assumed: its objects have both, ConnectorName, RunProfileName, Result, IsRunComplete, StartDate and EndDate, and
        the newest runs come first; the results are those of the synchronisation engine: success, completed-..., stopped-...,
        no-start-...
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    Import-CsiModule
    $runs = @(foreach ($run in @(Get-ADSyncRunProfileResult -NumberRequested 200 -ErrorAction Stop)) {
            $begun = Get-CsiMember -InputObject $run -Name 'StartDate'
            if ($null -eq $begun) {
                continue
            }
            $connector = [string] (Get-CsiMember -InputObject $run -Name 'ConnectorName')
            $runProfile = [string] (Get-CsiMember -InputObject $run -Name 'RunProfileName')
            $id = [string] (Get-CsiMember -InputObject $run -Name 'RunHistoryId')
            if ([string]::IsNullOrWhiteSpace($id)) {
                $id = "$connector/$runProfile/$(([DateTime] $begun).Ticks)"
            }
            $ended = Get-CsiMember -InputObject $run -Name 'EndDate'
            $endedAt = $null
            if ($null -ne $ended -and (Get-CsiMember -InputObject $run -Name 'IsRunComplete') -ne $false) {
                $endedAt = ConvertTo-CsiRunTime -Value $ended
            }
            [pscustomobject] @{
                id         = $id
                connector  = $connector
                runProfile = $runProfile
                result     = [string] (Get-CsiMember -InputObject $run -Name 'Result')
                startedAt  = ConvertTo-CsiRunTime -Value $begun
                endedAt    = $endedAt
            }
        })
    $runs | Sort-Object -Property 'startedAt', 'endedAt'
}
#endregion

#region Windows/Security.ps1
# Security descriptors of files and folders: may set the access rules of what this program made.

$script:CsiAdministrators = 'S-1-5-32-544'
$script:CsiSystem = 'S-1-5-18'

function Get-CsiSecurity {
    <#
    .SYNOPSIS
        The security descriptor of a file or folder; Windows PowerShell and PowerShell 7 reach it differently.
    .PARAMETER Item
        A FileInfo or DirectoryInfo.
    .PARAMETER Section
        The sections to read.
    #>
    [CmdletBinding()]
    [OutputType([Security.AccessControl.FileSystemSecurity])]
    param(
        [Parameter(Mandatory = $true)] [IO.FileSystemInfo] $Item,
        [Parameter(Mandatory = $true)] [Security.AccessControl.AccessControlSections] $Section
    )
    if ($script:CsiModernPowerShell) {
        return [IO.FileSystemAclExtensions]::GetAccessControl($Item, $Section)  # 5.1: a branch for 7
    }
    return $Item.GetAccessControl($Section)  # 5.1: a member of FileInfo and DirectoryInfo
}

function Set-CsiSecurity {
    <#
    .SYNOPSIS
        Writes the changed sections of a security descriptor.
    .PARAMETER Item
        A FileInfo or DirectoryInfo.
    .PARAMETER Security
        The descriptor.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [IO.FileSystemInfo] $Item,
        [Parameter(Mandatory = $true)] [Security.AccessControl.FileSystemSecurity] $Security
    )
    if ($script:CsiModernPowerShell) {
        [IO.FileSystemAclExtensions]::SetAccessControl($Item, $Security)  # 5.1: a branch for 7
    } else {
        $Item.SetAccessControl($Security)  # 5.1: a member of FileInfo and DirectoryInfo
    }
}

function New-CsiSid {
    <#
    .SYNOPSIS
        A security identifier from its text.
    .PARAMETER Value
        The text, S-1-...
    #>
    [CmdletBinding()]
    [OutputType([Security.Principal.SecurityIdentifier])]
    param([Parameter(Mandatory = $true)] [string] $Value)
    return New-Object -TypeName Security.Principal.SecurityIdentifier -ArgumentList $Value
}
#endregion

#region Windows/Service.ps1
# The ADSync service and its machine identifier: may stop and start the service, and write the identifier.

function Wait-CsiService {
    <#
    .SYNOPSIS
        Waits until the service has a status, within a bound.
    .PARAMETER Service
        The service.
    .PARAMETER Status
        The status.
    .PARAMETER Seconds
        The bound.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [object] $Service,
        [Parameter(Mandatory = $true)] [string] $Status,
        [Parameter(Mandatory = $true)] [long] $Seconds
    )
    $watch = [Diagnostics.Stopwatch]::StartNew()
    $Service.Refresh()
    while ("$($Service.Status)" -ne $Status) {
        if ($watch.Elapsed.TotalSeconds -ge $Seconds) {
            throw (New-CsiException -Kind 'failed' -Message "The ADSync service is $($Service.Status) after $Seconds seconds, not $Status.")
        }
        Start-Sleep -Milliseconds 500
        $Service.Refresh()
    }
}

function Stop-CsiService {
    <#
    .SYNOPSIS
        Stops the ADSync service; nothing happens where it is stopped.
    .PARAMETER Seconds
        How long it may take.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [long] $Seconds)
    $service = Get-Service -Name 'ADSync' -ErrorAction Stop
    if ("$($service.Status)" -eq 'Running') {
        $service.Stop()
    }
    Wait-CsiService -Service $service -Status 'Stopped' -Seconds $Seconds
}

function Start-CsiService {
    <#
    .SYNOPSIS
        Starts the ADSync service; nothing happens where it runs.
    .PARAMETER Seconds
        How long it may take.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [long] $Seconds)
    $service = Get-Service -Name 'ADSync' -ErrorAction Stop
    if ("$($service.Status)" -eq 'StopPending') {
        Wait-CsiService -Service $service -Status 'Stopped' -Seconds $Seconds
    }
    if ("$($service.Status)" -eq 'Stopped') {
        $service.Start()
    }
    Wait-CsiService -Service $service -Status 'Running' -Seconds $Seconds
}

function Set-CsiMachineIdentifier {
    <#
    .SYNOPSIS
        Writes SyncMachineIdentifier. The service must be stopped: it reads the value when it starts.
    .PARAMETER Identifier
        The value.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [string] $Identifier)
    Set-ItemProperty -LiteralPath $script:CsiProductKey -Name 'SyncMachineIdentifier' -Value $Identifier -ErrorAction Stop
}
#endregion

#region Windows/Signature.ps1
# Signatures: signs with the key of a certificate. Changes nothing on the server.

function New-CsiSignature {
    <#
    .SYNOPSIS
        A PS256 signature made with a certificate's key, base64.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    .PARAMETER Data
        What is signed, base64.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [string] $CertificateHash,
        [Parameter(Mandatory = $true)] [string] $Data
    )
    $certificate = Find-CsiCertificate -CertificateHash $CertificateHash
    $rsa = $null
    try {
        $rsa = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPrivateKey($certificate)
        if ($rsa -is [Security.Cryptography.RSACryptoServiceProvider]) {
            # What .NET throws then has no code of a provider. This is NTE_NOT_SUPPORTED.
            $provider = $rsa.CspKeyContainerInfo.ProviderName
            $old = New-CsiException -Kind 'key' -Message "The key does not sign: the legacy CSP `"$provider`" keeps it, which has no PSS"
            $old.Data['CsiHResult'] = '0x80090029'
            throw $old
        }
        $signature = $rsa.SignData(
            [Convert]::FromBase64String($Data),
            [Security.Cryptography.HashAlgorithmName]::SHA256,
            [Security.Cryptography.RSASignaturePadding]::Pss
        )
        return [Convert]::ToBase64String($signature)
    } catch {
        if ($_.Exception.Data.Contains('CsiHResult')) {
            throw
        }
        throw (New-CsiKeyException -Exception $_.Exception -Message 'The key does not sign')
    } finally {
        if ($null -ne $rsa) {
            $rsa.Dispose()
        }
    }
}

function Test-CsiSignature {
    <#
    .SYNOPSIS
        Whether a PS256 signature verifies with the certificate's public key. The salt must be as long as the hash.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    .PARAMETER Data
        What was signed, base64.
    .PARAMETER Signature
        The signature, base64.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [string] $CertificateHash,
        [Parameter(Mandatory = $true)] [string] $Data,
        [Parameter(Mandatory = $true)] [string] $Signature
    )
    $certificate = Find-CsiCertificate -CertificateHash $CertificateHash
    $rsa = [Security.Cryptography.X509Certificates.RSACertificateExtensions]::GetRSAPublicKey($certificate)
    try {
        return $rsa.VerifyData(
            [Convert]::FromBase64String($Data),
            [Convert]::FromBase64String($Signature),
            [Security.Cryptography.HashAlgorithmName]::SHA256,
            [Security.Cryptography.RSASignaturePadding]::Pss
        )
    } finally {
        $rsa.Dispose()
    }
}
#endregion

#region Windows/Task.ps1
# The scheduled task that ends an interrupted pause: may register, run and remove it.

$script:CsiProofSeconds = 120

function Register-CsiTask {
    <#
    .SYNOPSIS
        Registers a task that runs an operation of the installed program as SYSTEM.
    .PARAMETER Name
        The task's name.
    .PARAMETER Description
        What the task is for.
    .PARAMETER Operation
        The operation.
    .PARAMETER Request
        Its request, empty for none.
    .PARAMETER Trigger
        When it runs, nothing for on demand only.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [string] $Name,
        [Parameter(Mandatory = $true)] [string] $Description,
        [Parameter(Mandatory = $true)] [string] $Operation,
        [string] $Request = '',
        [object[]] $Trigger = @()
    )
    $task = @{
        TaskName    = $Name
        Description = $Description
        Action      = New-ScheduledTaskAction -Execute (Get-CsiPowerShellPath) `
            -Argument (Get-CsiProgramArgument -Operation $Operation -Request $Request)
        # By SID, as account names are translated.
        Principal   = New-ScheduledTaskPrincipal -UserId $script:CsiSystem -LogonType ServiceAccount -RunLevel Highest
        Settings    = New-ScheduledTaskSettingsSet -StartWhenAvailable -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries `
            -MultipleInstances IgnoreNew -ExecutionTimeLimit (New-TimeSpan -Hours 3)
        Force       = $true
        # Functions of a module do not see the preference above.
        ErrorAction = 'Stop'
    }
    if ($Trigger.Count -gt 0) {
        $task['Trigger'] = $Trigger
    }
    Register-ScheduledTask @task | Out-Null
}

function Unregister-CsiTask {
    <#
    .SYNOPSIS
        Removes a task; nothing happens where there is none.
    .PARAMETER Name
        The task's name.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [string] $Name)
    if ($null -ne (Get-ScheduledTask -TaskName $Name -ErrorAction SilentlyContinue)) {
        Unregister-ScheduledTask -TaskName $Name -Confirm:$false -ErrorAction Stop
    }
}

function Register-CsiRestoreTask {
    <#
    .SYNOPSIS
        Registers the task that puts the scheduler back where the program cannot: at the deadline, every 15 minutes from
        then on, and after a restart, until it has and removes itself. Takes the place of one that is there. It runs the
        installed program's operation restore.
    .PARAMETER Deadline
        When it runs first, ISO 8601.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [string] $Deadline)
    $at = (ConvertFrom-CsiTime -Value $Deadline).ToLocalTime()
    $again = New-TimeSpan -Minutes $script:CsiRestoreMinutes
    $triggers = @((New-ScheduledTaskTrigger -Once -At $at -RepetitionInterval $again), (New-ScheduledTaskTrigger -AtStartup))
    $description = 'Puts the synchronisation scheduler back after an interrupted change of the connector identity.'
    Register-CsiTask -Name $script:CsiRestoreTask -Description $description -Operation 'restore' -Trigger $triggers
}

function Read-CsiProofRequest {
    <#
    .SYNOPSIS
        Whether this run of the restore task is only to prove that it can. A request counts once, and for some minutes: none
        that is left keeps a scheduler off.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param()
    $folder = Find-CsiDataFolder
    if ($null -eq $folder) {
        return $false
    }
    $file = [IO.Path]::Combine($folder, 'proof-request.txt')
    if (-not [IO.File]::Exists($file)) {
        return $false
    }
    $age = [DateTime]::UtcNow - [IO.File]::GetLastWriteTimeUtc($file)
    Remove-CsiFile -Path $file
    return [Math]::Abs($age.TotalSeconds) -le $script:CsiProofSeconds
}

function Write-CsiProof {
    <#
    .SYNOPSIS
        Answers the run that asked the restore task for a proof.
    .PARAMETER Text
        The word proven, or what went wrong.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [string] $Text)
    Write-CsiFile -Path ([IO.Path]::Combine((Initialize-CsiDataFolder), 'proof.txt')) -Text $Text
}

function Confirm-CsiRestoreTask {
    <#
    .SYNOPSIS
        Proves that the registered restore task works: runs it once, as SYSTEM, on request only to read the scheduler and to
        write the value that it has.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $folder = Initialize-CsiDataFolder
    $request = [IO.Path]::Combine($folder, 'proof-request.txt')
    $file = [IO.Path]::Combine($folder, 'proof.txt')
    Remove-CsiFile -Path $file
    # An older version of this program proved a task of this name, and may have been cut off.
    Unregister-CsiTask -Name $script:CsiProofTask
    Write-CsiFile -Path $request -Text 'ConnectSyncIdentity-Restore is to prove that it can.'
    try {
        Start-ScheduledTask -TaskName $script:CsiRestoreTask -ErrorAction Stop
        $watch = [Diagnostics.Stopwatch]::StartNew()
        while (-not [IO.File]::Exists($file)) {
            if ($watch.Elapsed.TotalSeconds -gt $script:CsiProofSeconds) {
                $last = (Get-ScheduledTaskInfo -TaskName $script:CsiRestoreTask -ErrorAction Stop).LastTaskResult
                $problem = "The task gave no answer within $script:CsiProofSeconds seconds (last result $last)."
                return [pscustomobject] @{ proven = $false; problem = $problem }
            }
            Start-Sleep -Milliseconds 250
        }
        $text = Read-CsiFile -Path $file
        if ($text -eq 'proven') {
            return [pscustomobject] @{ proven = $true; problem = $null }
        }
        return [pscustomobject] @{ proven = $false; problem = $text }
    } finally {
        foreach ($left in $request, $file) {
            try {
                Remove-CsiFile -Path $left
            } catch {
                Write-Verbose -Message $_.Exception.Message
            }
        }
    }
}

function Test-CsiRestoreTask {
    <#
    .SYNOPSIS
        Whether the restore task is registered.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param()
    return $null -ne (Get-ScheduledTask -TaskName $script:CsiRestoreTask -ErrorAction SilentlyContinue)
}

function Unregister-CsiRestoreTask {
    <#
    .SYNOPSIS
        Removes the restore task. One that runs goes on to its end.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    Unregister-CsiTask -Name $script:CsiRestoreTask
}
#endregion

#region Windows/Tpm.ps1
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
#endregion

#region Windows/Value.ps1
# Times, members and hashes. Changes nothing on the server.

function ConvertTo-CsiTime {
    <#
    .SYNOPSIS
        Writes a time as ISO 8601 in UTC. A time without a kind is taken for UTC.
    .PARAMETER Value
        The time.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [DateTime] $Value)
    if ($Value.Kind -eq [DateTimeKind]::Unspecified) {
        $Value = [DateTime]::SpecifyKind($Value, [DateTimeKind]::Utc)
    }
    return $Value.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", [Globalization.CultureInfo]::InvariantCulture)
}

function ConvertFrom-CsiTime {
    <#
    .SYNOPSIS
        Reads a time of ISO 8601. PowerShell 7 makes a DateTime of such a string in JSON by itself, 5.1 does not.
    .PARAMETER Value
        A string or a DateTime.
    #>
    [CmdletBinding()]
    [OutputType([DateTime])]
    param([Parameter(Mandatory = $true)] [object] $Value)
    if ($Value -is [DateTime]) {
        return $Value.ToUniversalTime()
    }
    $styles = [Globalization.DateTimeStyles]::AssumeUniversal -bor [Globalization.DateTimeStyles]::AdjustToUniversal
    return [DateTime]::Parse([string] $Value, [Globalization.CultureInfo]::InvariantCulture, $styles)
}

function Get-CsiMember {
    <#
    .SYNOPSIS
        The value of the first property that an object has, null where it has none of them.
    .PARAMETER InputObject
        The object, or null.
    .PARAMETER Name
        Property names, tried in this order.
    #>
    [CmdletBinding()]
    [OutputType([object])]
    param(
        [Parameter(Mandatory = $true)] [AllowNull()] [object] $InputObject,
        [Parameter(Mandatory = $true)] [string[]] $Name
    )
    if ($null -eq $InputObject) {
        return $null
    }
    foreach ($candidate in $Name) {
        $property = $InputObject.PSObject.Properties[$candidate]
        if ($null -ne $property) {
            return $property.Value
        }
    }
    return $null
}

function Get-CsiSha256 {
    <#
    .SYNOPSIS
        SHA-256 in lower-case hexadecimal digits.
    .PARAMETER Data
        The bytes.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [byte[]] $Data)
    $algorithm = [Security.Cryptography.SHA256]::Create()
    try {
        return [BitConverter]::ToString($algorithm.ComputeHash($Data)).Replace('-', '').ToLowerInvariant()
    } finally {
        $algorithm.Dispose()
    }
}
#endregion
