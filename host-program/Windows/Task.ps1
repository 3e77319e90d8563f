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
