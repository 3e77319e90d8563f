<#
.SYNOPSIS
    The command lines of this project over SSH on this machine, with cmd.exe, Windows PowerShell and PowerShell 7 as default shell.
.DESCRIPTION
    Needs Product.ps1 and OpenSsh.ps1, which leave a service, a key and a user. It has not run on Windows yet.
.PARAMETER CommandsFile
    A JSON file with the command lines: observe, piped and removeProgram, made by this project.
#>
[CmdletBinding()]
param([Parameter(Mandatory = $true)] [string] $CommandsFile)
. (Join-Path -Path $PSScriptRoot -ChildPath 'Common.ps1')
Assert-ThrownAway

function Invoke-Ssh {
    <#
    .SYNOPSIS
        Runs a command line over SSH with some text on stdin, and answers what came back with the exit code as last line.
    #>
    [CmdletBinding()]
    param([string] $Command, [string] $Text)
    $ErrorActionPreference = 'Continue'
    $private = Join-Path -Path $env:RUNNER_TEMP -ChildPath 'pipeline'
    $options = '-o', 'StrictHostKeyChecking=no', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=20', '-i', $private
    # PowerShell drops quotes within an argument that it passes on.
    $quoted = $Command.Replace('"', '\"')
    $lines = @($Text | & ssh.exe @options 'csi-pipeline@127.0.0.1' $quoted 2>&1 | ForEach-Object { "$_" })
    return $lines + @("$LASTEXITCODE")
}

$commands = ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($CommandsFile))
$key = 'HKLM:\SOFTWARE\OpenSSH'
$shells = @{
    'cmd.exe'            = $null
    'Windows PowerShell' = "$env:SystemRoot\System32\WindowsPowerShell\v1.0\powershell.exe"
    'PowerShell 7'       = (Get-Command -Name 'pwsh.exe').Source
}
foreach ($name in $shells.Keys) {
    if ($null -eq $shells[$name]) {
        Remove-ItemProperty -LiteralPath $key -Name 'DefaultShell' -ErrorAction SilentlyContinue
    } else {
        [void] (New-Item -Path $key -Force -ErrorAction SilentlyContinue)
        [void] (New-ItemProperty -Path $key -Name 'DefaultShell' -Value $shells[$name] -PropertyType String -Force)
    }
    Restart-Service -Name 'sshd'
    Install-Program
    $code = Get-AnswerCode -Line (Invoke-Ssh -Command $commands.observe -Text $ObserveRequest)
    Assert-True -Value ($code -eq 'ok') -What "$name starts the installed program, which reads its stdin ($code)"
    $code = Get-AnswerCode -Line (Invoke-Ssh -Command $commands.piped -Text 'no program')
    Assert-True -Value ($code -eq 'INVALID_REQUEST') -What "$name starts a program on stdin ($code)"
    [void] (Invoke-Ssh -Command $commands.removeProgram -Text '')
    Assert-True -Value (-not (Test-Path -LiteralPath $Folder)) -What "$name removes the program"
    $absent = Get-AnswerCode -Line (Invoke-Ssh -Command $commands.observe -Text $ObserveRequest)
    Assert-True -Value ($absent -eq 'no answer') -What "$name gives no answer where there is no program"
}
Install-Program
