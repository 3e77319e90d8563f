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
