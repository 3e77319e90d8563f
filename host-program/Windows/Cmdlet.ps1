# The product's cmdlets that change the identity of the connector.

# What a script that runs a cmdlet does with its failure: types and messages of the chain, and the error's id, one line each.
$script:CsiCatchLines = @(
    '    $chain = @(); $exception = $_.Exception'
    '    while ($exception) { $chain += $exception.GetType().FullName + ": " + $exception.Message +
        (" (0x{0:X8})" -f $exception.HResult); $exception = $exception.InnerException }'
    '    $outcome = @("failed", (($chain -join " | ") -replace "\s+", " "), ($_.FullyQualifiedErrorId -replace "\s+", " "))'
) -join "`n"

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
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Detail)
    $interaction = 'MsalUiRequired|AdalUserInteractionRequired|interaction_required|login_required|UserInteractive|' +
        'authentication_canceled|AADSTS(50058|50074|50076|50078|50079|50158|53004|65001)\b|' +
        'NonInteractive|HostException|PSInvalidOperationException.*(ReadLine|Prompt)|Get-Credential|ActiveX|WebView2'
    $credential = 'MissingMandatoryParameter(?s:.*)(UserPrincipalName|Credential)|' +
        '(UserPrincipalName|Credential)(?s:.*)MissingMandatoryParameter'
    return ($Detail -match $interaction) -or ($Detail -match $credential)
}

function Get-CsiChildScript {
    <#
    .SYNOPSIS
        The script of a child process: one cmdlet, and how it ended in a file. It holds no secret.
    .PARAMETER ModulePath
        The folder of the ADSync module.
    .PARAMETER Cmdlet
        The cmdlet.
    .PARAMETER Argument
        Its arguments by name.
    .PARAMETER OutcomePath
        The file to write.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $ModulePath,
        [Parameter(Mandatory = $true)] [string] $Cmdlet,
        [Parameter(Mandatory = $true)] [Collections.IDictionary] $Argument,
        [Parameter(Mandatory = $true)] [string] $OutcomePath
    )
    $call = $Cmdlet
    foreach ($name in $Argument.Keys) {
        $call += " -$name " + (ConvertTo-CsiQuoted -Value $Argument[$name])
    }
    $lines = @(
        # A confirmation would look like a prompt for a sign-in: no one is there to answer either.
        '$ProgressPreference = "SilentlyContinue"; $ConfirmPreference = "None"'
        '$outcome = @("completed", "", "")'
        'try {'
        '    Import-Module -ErrorAction Stop -Name ' + (ConvertTo-CsiQuoted -Value $ModulePath)
        "    $call -ErrorAction Stop | Out-Null"
        '} catch {'
        $script:CsiCatchLines
        '}'
        '$file = ' + (ConvertTo-CsiQuoted -Value $OutcomePath)
        '[IO.File]::WriteAllLines($file + ".next", [string[]] $outcome)'
        '[IO.File]::Move($file + ".next", $file)'
    )
    return $lines -join "`n"
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
    param(
        [Parameter(Mandatory = $true)] [string] $Cmdlet,
        [Parameter(Mandatory = $true)] [Collections.IDictionary] $Argument,
        [Parameter(Mandatory = $true)] [int] $Seconds
    )
    $product = Get-CsiProduct
    if ($null -eq $product) {
        throw (New-CsiException -Kind 'not-found' -Message 'Entra Connect Sync is not installed.')
    }
    $file = [IO.Path]::Combine((Initialize-CsiDataFolder), 'cmdlet-' + [Guid]::NewGuid().ToString('N') + '.txt')
    $process = Start-CsiDetached `
        -Script (Get-CsiChildScript -ModulePath $product.modulePath -Cmdlet $Cmdlet -Argument $Argument -OutcomePath $file)
    try {
        if (-not $process.WaitForExit($Seconds * 1000)) {
            $ended = Stop-CsiProcessTree -Process $process
            # It may have ended well at the very moment.
            if (-not [IO.File]::Exists($file)) {
                $message = "$Cmdlet did not end within $Seconds seconds."
                if (-not $ended) {
                    $message = "$Cmdlet did not end within $Seconds seconds, and its process $($process.Id) cannot be ended."
                }
                return [pscustomobject] @{ outcome = 'timed-out'; message = $message }
            }
        }
        if (-not [IO.File]::Exists($file)) {
            return [pscustomobject] @{ outcome = 'failed'; message = "$Cmdlet ended with exit code $($process.ExitCode) and no outcome." }
        }
        $lines = @((Read-CsiFile -Path $file) -split '\r?\n') + @('', '', '')
        $outcome = $lines[0]
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
    param(
        [Parameter(Mandatory = $true)] [ValidatePattern('\A[0-9a-fA-F]{64}\z')] [string] $CertificateHash,
        [Parameter(Mandatory = $true)] [int] $Seconds
    )
    $argument = [ordered] @{ CertificateSHA256Hash = $CertificateHash.ToUpperInvariant() }
    return Invoke-CsiChildCmdlet -Cmdlet 'Invoke-ADSyncApplicationCredentialRotation' -Argument $argument -Seconds $Seconds
}

function Repair-CsiConnectorParameter {
    <#
    .SYNOPSIS
        The documented repair of blank connectivity parameters; needs the module ADSyncTools 2.3.0 or later.
    #>
    [CmdletBinding()]
    param()
    Import-CsiModule
    $tools = Get-Module -ListAvailable -Name 'ADSyncTools' | Where-Object { $_.Version -ge [Version] '2.3.0' }
    if ($null -eq $tools) {
        throw (New-CsiException -Kind 'not-found' -Message 'The module ADSyncTools 2.3.0 or later is not installed.')
    }
    Import-Module -Name 'ADSyncTools' -MinimumVersion '2.3.0' -Global -WarningAction SilentlyContinue
    Repair-ADSyncToolsEntraAppParameters | Out-Null
}
