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
