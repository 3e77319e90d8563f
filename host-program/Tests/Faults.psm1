<#
.SYNOPSIS
    A table of step x fault: what a server looks like after a fault at any step of an operation, and whether the next run
    finishes the job.
.DESCRIPTION
    A step is a call of a function of Windows/, so a new one is covered without a new line. Left out are cells that are
    equal to another: between two effects on the server it makes no difference when a run is killed.
#>
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'World.psm1')

$script:Changing = '^(Set|New|Write|Remove|Register|Unregister|Enter|Exit|Start|Stop|Invoke|Repair|Confirm)-Csi(?!Signature)'
# The child process of a cmdlet has a limit of its own; anything else that hangs holds the process.
$script:Bounded = '^Invoke-Csi'

$script:Faults = [ordered] @{
    'killed' = @{
        At = $script:Changing
        Before = { param($World) $World.Dead = $true; throw 'killed' }
    }
    'cmdlet throws' = @{
        # A lock that cannot be given back ends with the process.
        At = '^(?!Exit-CsiLock)'
        Before = { throw (New-WindowsFailure) }
    }
    'cmdlet throws behind its effect' = @{
        At = $script:Changing
        Except = '-CsiLock$'
        After = { throw (New-WindowsFailure) }
    }
    'hangs' = @{
        At = '^(?!Invoke-Csi)'
        Only = $script:Changing
        Before = { param($World) $World.Dead = $true; $World.Hangs = $true; throw 'hangs' }
    }
    'cmdlet times out and does nothing' = @{
        At = $script:Bounded
        Instead = { param($World, $Argument) $World.Time = $World.Time.AddSeconds($Argument.Seconds) }
    }
    'cmdlet times out and goes on' = @{
        At = $script:Bounded
        Instead = {
            param($World, $Argument, $Name)
            $World.Time = $World.Time.AddSeconds($Argument.Seconds)
            $World.Late = @{ Name = $Name; Argument = $Argument }
        }
    }
    'disk full' = @{
        At = '^(Write|New|Register|Set)-Csi(?!Signature)'
        Before = { param($World) $World.DiskFull = $true }
    }
    'lock taken' = @{
        At = '^Enter-CsiLock$'
        Before = { param($World) $World.Lock = 'register of another'; $World.Busy = $true; $World.Freed = $World.Time.AddMinutes(10) }
    }
    'service restarts' = @{
        At = '^(Get-Csi(Connector|Scheduler|Service)|Set-CsiSync|Invoke-|Confirm-|Start-)'
        Before = { param($World) $World.Service.status = 'StopPending'; $World.Restarted = $World.Time.AddSeconds(6) }
    }
    'service stops' = @{
        At = '^(Set-CsiSync|Invoke-)'
        Before = { param($World) $World.Service.status = 'Stopped'; $World.Restarted = $World.Time.AddHours(1) }
    }
    'scheduler changed by another' = @{
        At = '^(Get-CsiScheduler|Set-CsiSync|(Write|Remove)-CsiPause|(Register|Unregister|Confirm)-Csi|Invoke-)'
        Before = { param($World) $World.Enabled = -not $World.Enabled; $World.Person = $World.Enabled }
    }
}

function Get-FaultName {
    <#
    .SYNOPSIS
        The faults of the table.
    #>
    return @($script:Faults.Keys)
}

function Set-Fault {
    <#
    .SYNOPSIS
        Arms a fault at the call with this number.
    #>
    param([hashtable] $World, [string] $Fault, [int] $Step)
    $World.Calls.Clear()
    $World.Fault = $script:Faults[$Fault]
    $World.Step = $Step
    $World.Before = {
        param($World, $Name, $Argument)
        if ($World.Dead) { throw 'the process has ended' }
        if ($World.Time -ge $World.Restarted) { $World.Service.status = 'Running' }
        if ($World.Time -ge $World.Freed) { $World.Lock = $null; $World.Freed = [DateTime]::MaxValue }
        if ($Name -eq 'Wait-CsiTime' -and $null -ne $World.Late) {
            $late = $World.Late
            $World.Late = $null
            [void] (Invoke-RealEffect -World $World -Name $late.Name -Argument $late.Argument)
        }
        if ($World.Calls.Count -eq $World.Step -and $World.Fault.Contains('Before')) { & $World.Fault.Before $World $Name $Argument }
        if ($World.DiskFull -and $Name -match '^(Write-Csi|New-CsiCertificate)') {
            throw (New-WindowsFailure -Kind 'disk-full' -Message 'There is not enough space on the disk.')
        }
    }
    $World.After = {
        param($World, $Name, $Argument)
        if ($World.Calls.Count -eq $World.Step -and $World.Fault.Contains('After')) { & $World.Fault.After $World $Name $Argument }
    }
    foreach ($name in 'Invoke-CsiRegistration', 'Invoke-CsiRotation', 'Invoke-CsiRollback', 'Invoke-CsiLegacyAccountRemoval') {
        $World.Do[$name] = [scriptblock]::Create(@"
            param(`$World, `$Argument)
            if (`$World.Calls.Count -ne `$World.Step -or -not `$World.Fault.Contains('Instead')) {
                return Invoke-RealEffect -World `$World -Name '$name' -Argument `$Argument
            }
            & `$World.Fault.Instead `$World `$Argument '$name'
            [pscustomobject] @{ outcome = 'timed-out'; message = 'too long' }
"@)
    }
}

function Clear-Fault {
    <#
    .SYNOPSIS
        The cause is gone: the process has ended, the service runs, there is room on the disk.
    #>
    param([hashtable] $World)
    $World.Before = $null
    $World.After = $null
    $World.Do.Clear()
    if ($null -ne $World.Late) {
        [void] (Invoke-RealEffect -World $World -Name $World.Late.Name -Argument $World.Late.Argument)
        $World.Late = $null
    }
    # A service that the run itself stopped is started by the task, or by the next run.
    if ($null -eq $World.Pause -or $World.Pause.operation -ne 'reset-machine-identifier') { $World.Service.status = 'Running' }
    $World.DiskFull = $false
    if ($World.Dead -or $World.Busy) { $World.Lock = $null }
}

function Get-Broken {
    <#
    .SYNOPSIS
        What must hold at any moment, and does not.
    #>
    param([hashtable] $World, [string] $KeyName)
    $hash = $World.Connector.certificateSha256
    if ($null -ne $hash) {
        $entry = $World.Certificates | Where-Object { $_.sha256 -eq $hash }
        if ($null -eq $entry) { 'the certificate in use is gone' }
        elseif (@($World.Keys | Where-Object { $_.name -eq $entry.keyName -and -not $_.dead }).Count -eq 0) { 'the key in use is gone' }
    }
    if (-not $World.Enabled -and $World.EnabledBefore -and $World.Person -ne $false -and
        ($null -eq $World.Pause -or $null -eq $World.Task)) {
        'the scheduler is off and nothing puts it back'
    }
    if ($World.Enabled -and -not $World.EnabledBefore -and $World.Person -ne $true) { 'a scheduler that was off is on' }
    if ($null -ne $World.Lock -and -not $World.Dead -and -not $World.Busy) { 'the lock is held by no one' }
    foreach ($key in $World.Keys) {
        if ($key.name -ne $KeyName -and @($World.Certificates | Where-Object { $_.keyName -eq $key.name }).Count -eq 0) {
            "the key $($key.name) has no certificate"
        }
    }
}

function Invoke-Restoring {
    <#
    .SYNOPSIS
        The restore task runs at its deadline. Answers its exit code.
    #>
    param([hashtable] $World)
    $World.Calls.Clear()
    return & (Get-Module -Name ConnectSyncHost) {
        $script:Operation = 'restore'
        $script:Changed = $false
        Invoke-Restore
    }
}

function Get-CellProblem {
    <#
    .SYNOPSIS
        One cell: the problems after a fault at a step, at once, at the deadline, and after the next run.
    .PARAMETER Scenario
        Prepare (gets the world), Run (gets the world), Done (gets the world, answers whether the job is done) and KeyName.
    #>
    param([hashtable] $Scenario, [string] $Fault, [int] $Step)
    $world = New-World
    foreach ($name in 'Dead', 'Hangs', 'DiskFull', 'Busy') { $world[$name] = $false }
    foreach ($name in 'Late', 'Person') { $world[$name] = $null }
    foreach ($name in 'Restarted', 'Freed') { $world[$name] = [DateTime]::MaxValue }
    & $Scenario.Prepare $world
    $world.EnabledBefore = if ($null -ne $world.Pause) { $world.Pause.syncCycleEnabled } else { $world.Enabled }
    Set-Fault -World $world -Fault $Fault -Step $Step
    try { [void] (& $Scenario.Run $world) } catch { if (-not $world.Dead) { "it throws $($_.Exception.Message)" } }
    $name = "step $Step, $(if ($world.Calls.Count -ge $Step) { $world.Calls[$Step - 1] })"
    foreach ($problem in Get-Broken -World $world -KeyName $Scenario.KeyName) { "$name`: $problem" }
    Clear-Fault -World $world
    if ($null -ne $world.Task) {
        $world.Time = [DateTime]::SpecifyKind([DateTime]::Parse($world.Task).ToUniversalTime(), [DateTimeKind]::Utc).AddSeconds(1)
        if ($world.Hangs) {
            # The process is ended by a person half an hour later.
            $world.Lock = 'a process that hangs'
            $world.Ends = $world.Time.AddMinutes(30)
            $world.Before = { param($World) if ($World.Time -ge $World.Ends) { $World.Lock = $null } }
        }
        if ((Invoke-Restoring -World $world) -ne 0) { "$name`: the task does not end well" }
        $world.Before = $null
        if (-not $world.Enabled -and $world.EnabledBefore -and $world.Person -ne $false) { "$name`: the scheduler stays off" }
        if ($world.Service.status -ne 'Running') { "$name`: the service stays stopped" }
        if ($null -ne $world.Task) { "$name`: the task stays" }
        if ($null -ne $world.Pause) { "$name`: the record stays" }
    }
    $world.Person = $world.Enabled
    $answer = & $Scenario.Run $world
    if ($answer -isnot [int] -and $null -ne $answer.Error) { "$name`: the next run ends with $($answer.Error.code): $($answer.Error.actual)" }
    if (-not (& $Scenario.Done $world)) { "$name`: the next run does not finish the job" }
    foreach ($problem in Get-Broken -World $world -KeyName $Scenario.KeyName) { "$name, next run: $problem" }
}

function Get-Step {
    <#
    .SYNOPSIS
        The numbers of the calls of an undisturbed run at which a fault makes a difference.
    #>
    param([hashtable] $Scenario, [string] $Fault)
    $world = New-World
    & $Scenario.Prepare $world
    $world.Calls.Clear()
    $answer = & $Scenario.Run $world
    if ($answer -isnot [int] -and $null -ne $answer.Error) { throw "undisturbed, it ends with $($answer.Error.code): $($answer.Error.actual)" }
    $entry = $script:Faults[$Fault]
    for ($index = 0; $index -lt $world.Calls.Count; $index++) {
        $name = $world.Calls[$index]
        if ($name -match $entry.At -and (-not $entry.Contains('Only') -or $name -match $entry.Only) -and
            (-not $entry.Contains('Except') -or $name -notmatch $entry.Except)) { $index + 1 }
    }
}

Export-ModuleMember -Function Get-FaultName, Get-CellProblem, Get-Step, Invoke-Restoring
