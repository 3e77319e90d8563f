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
