# The scheduled task that ends an interrupted pause: may register, run and remove it.

$script:CsiProofSeconds = 120

function Register-CsiTask {
    <#
    .SYNOPSIS
        Registers a task that runs a script as SYSTEM.
    .PARAMETER Name
        The task's name.
    .PARAMETER Description
        What the task is for.
    .PARAMETER Script
        The script.
    .PARAMETER Trigger
        When it runs, nothing for on demand only.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Name,
        [Parameter(Mandatory = $true)] [string] $Description,
        [Parameter(Mandatory = $true)] [string] $Script,
        [object[]] $Trigger = @()
    )
    $task = @{
        TaskName    = $Name
        Description = $Description
        Action      = New-ScheduledTaskAction -Execute (Get-CsiPowerShellPath) -Argument (Get-CsiEncodedArgument -Script $Script)
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
    param([Parameter(Mandatory = $true)] [string] $Name)
    if ($null -ne (Get-ScheduledTask -TaskName $Name -ErrorAction SilentlyContinue)) {
        Unregister-ScheduledTask -TaskName $Name -Confirm:$false -ErrorAction Stop
    }
}

function Register-CsiRestoreTask {
    <#
    .SYNOPSIS
        Registers the task that puts the scheduler back where the program cannot: at the deadline, and after a restart.
        It runs the installed program's operation restore.
    .PARAMETER Deadline
        When it runs, ISO 8601.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Deadline)
    $command = '& "$env:ProgramFiles\ConnectSyncIdentity\ConnectSyncHost.ps1" -Operation restore; exit $LASTEXITCODE'
    $at = (ConvertFrom-CsiTime -Value $Deadline).ToLocalTime()
    $triggers = @((New-ScheduledTaskTrigger -Once -At $at), (New-ScheduledTaskTrigger -AtStartup))
    $description = 'Puts the synchronisation scheduler back after an interrupted change of the connector identity.'
    Register-CsiTask -Name $script:CsiRestoreTask -Description $description -Script $command -Trigger $triggers
}

function Write-CsiTaskProof {
    <#
    .SYNOPSIS
        Run by SYSTEM in the proving task: reads the scheduler and writes how that went.
    #>
    [CmdletBinding()]
    param()
    $text = 'proven'
    try {
        [void] (Get-CsiScheduler)
    } catch {
        $text = Get-CsiInnermostMessage -Exception $_.Exception
    }
    Write-CsiFile -Path ([IO.Path]::Combine((Initialize-CsiDataFolder), 'proof.txt')) -Text $text
}

function Confirm-CsiRestoreTask {
    <#
    .SYNOPSIS
        Proves that SYSTEM may run the installed program and call ADSync: a task of the same kind that only reads.
    #>
    [CmdletBinding()]
    param()
    $file = [IO.Path]::Combine((Initialize-CsiDataFolder), 'proof.txt')
    if ([IO.File]::Exists($file)) {
        [IO.File]::Delete($file)
    }
    # In a scope of its own, so that its strict mode does not reach the ADSync module.
    $command = '& { . "$env:ProgramFiles\ConnectSyncIdentity\Windows.ps1"; Write-CsiTaskProof }'
    Register-CsiTask -Name $script:CsiProofTask -Description 'Proves that SYSTEM may read the synchronisation scheduler.' -Script $command
    try {
        Start-ScheduledTask -TaskName $script:CsiProofTask -ErrorAction Stop
        $watch = [Diagnostics.Stopwatch]::StartNew()
        while (-not [IO.File]::Exists($file)) {
            if ($watch.Elapsed.TotalSeconds -gt $script:CsiProofSeconds) {
                $last = (Get-ScheduledTaskInfo -TaskName $script:CsiProofTask -ErrorAction Stop).LastTaskResult
                $problem = "The task gave no answer within $script:CsiProofSeconds seconds (last result $last)."
                return [pscustomobject] @{ proven = $false; problem = $problem }
            }
            Start-Sleep -Milliseconds 250
        }
        $text = [IO.File]::ReadAllText($file)
        if ($text -eq 'proven') {
            return [pscustomobject] @{ proven = $true; problem = $null }
        }
        return [pscustomobject] @{ proven = $false; problem = $text }
    } finally {
        Unregister-CsiTask -Name $script:CsiProofTask
        if ([IO.File]::Exists($file)) {
            [IO.File]::Delete($file)
        }
    }
}

function Test-CsiRestoreTask {
    <#
    .SYNOPSIS
        Whether the restore task is registered.
    #>
    [CmdletBinding()]
    param()
    return $null -ne (Get-ScheduledTask -TaskName $script:CsiRestoreTask -ErrorAction SilentlyContinue)
}

function Unregister-CsiRestoreTask {
    <#
    .SYNOPSIS
        Removes the restore task.
    #>
    [CmdletBinding()]
    param()
    Unregister-CsiTask -Name $script:CsiRestoreTask
}
