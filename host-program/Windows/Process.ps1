# Processes of its own: may start and end a PowerShell process.

function Get-CsiPowerShellPath {
    <#
    .SYNOPSIS
        Full path of Windows PowerShell, so that nothing on PATH can take its place.
    #>
    [CmdletBinding()]
    param()
    return [IO.Path]::Combine([Environment]::SystemDirectory, 'WindowsPowerShell\v1.0\powershell.exe')
}

function Get-CsiEncodedArgument {
    <#
    .SYNOPSIS
        The arguments of powershell.exe that run a script. No -ExecutionPolicy: the organisation's own applies.
    .PARAMETER Script
        The script's text.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Script)
    $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($Script))
    return "-NoLogo -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand $encoded"
}

function Start-CsiDetached {
    <#
    .SYNOPSIS
        Starts Windows PowerShell in a process that inherits no handle.
    .DESCRIPTION
        Started through the shell: a process that .NET starts itself inherits every inheritable handle, and sshd then
        waits for as long as it lives.
    .PARAMETER Script
        The script to run.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [string] $Script)
    $start = New-Object -TypeName Diagnostics.ProcessStartInfo
    $start.FileName = Get-CsiPowerShellPath
    $start.Arguments = Get-CsiEncodedArgument -Script $Script
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
