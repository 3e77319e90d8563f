# One change at a time: holds a mutex of the machine, and writes who holds it.

$script:CsiMutex = $null

function New-CsiMutex {
    <#
    .SYNOPSIS
        The host's mutex, which administrators and SYSTEM both may open, whoever made it.
    #>
    [CmdletBinding()]
    param()
    $security = New-Object -TypeName Security.AccessControl.MutexSecurity
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

function Get-CsiLockHolder {
    <#
    .SYNOPSIS
        Who wrote the file beside the lock, null if no one did.
    #>
    [CmdletBinding()]
    param()
    $file = [IO.Path]::Combine((Get-CsiDataPath), 'lock.txt')
    try {
        return [IO.File]::ReadAllText($file).Trim()
    } catch {
        Write-Verbose -Message "$file cannot be read: $($_.Exception.Message)"
        return $null
    }
}

function Enter-CsiLock {
    <#
    .SYNOPSIS
        Takes the host's one lock without waiting. A lock whose holder died counts as taken over; one that may not be
        opened counts as held by another.
    .PARAMETER Operation
        What it is taken for, as others that want it see it.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Operation)
    $abandoned = $false
    $mutex = $null
    try {
        $mutex = New-CsiMutex
        $acquired = $mutex.WaitOne(0)
    } catch [Threading.AbandonedMutexException] {
        $abandoned = $true
        $acquired = $true
    } catch [UnauthorizedAccessException] {
        $acquired = $false
    }
    if (-not $acquired) {
        if ($null -ne $mutex) {
            $mutex.Dispose()
        }
        return [pscustomobject] @{ acquired = $false; abandoned = $false; holder = Get-CsiLockHolder }
    }
    $script:CsiMutex = $mutex
    try {
        $holder = '{0} (process {1} of {2}, since {3})' -f $Operation, $PID, (Get-CsiCaller).account, (Get-CsiTime)
        Write-CsiFile -Path ([IO.Path]::Combine((Initialize-CsiDataFolder), 'lock.txt')) -Text $holder
    } catch {
        Exit-CsiLock
        throw
    }
    return [pscustomobject] @{ acquired = $true; abandoned = $abandoned; holder = $null }
}

function Exit-CsiLock {
    <#
    .SYNOPSIS
        Gives the lock back; nothing happens where it is not held.
    #>
    [CmdletBinding()]
    param()
    if ($null -eq $script:CsiMutex) {
        return
    }
    $mutex = $script:CsiMutex
    $script:CsiMutex = $null
    $file = [IO.Path]::Combine((Get-CsiDataPath), 'lock.txt')
    try {
        if ([IO.File]::Exists($file)) {
            [IO.File]::Delete($file)
        }
    } catch {
        Write-Verbose -Message "$file stays: $($_.Exception.Message)"
    } finally {
        $mutex.ReleaseMutex()
        $mutex.Dispose()
    }
}
