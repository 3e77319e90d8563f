<#
.SYNOPSIS
    Runs one script after the other, each as a PowerShell process of its own would, without the time that a start takes.
.DESCRIPTION
    A request is one line of JSON on stdin: id, script, stdin (the lines of $input) and environment. Each script has a new
    runspace on this console. When it has ended, stdout and stderr each get a line with the request's id and the exit code.
    What a process as a whole keeps remains between scripts: loaded assemblies and types, parsed scripts, its culture.
    PowerShell 7 only.
#>
[CmdletBinding()]
param()
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

# In a script file `exit` ends that file alone, and leaves its exit code; -EncodedCommand ends with 0 or 1 without `exit`.
$starter = Join-Path -Path $env:HOME -ChildPath 'start.ps1'
[IO.File]::WriteAllText($starter, '$input | . ([scriptblock]::Create($args[0])); exit [int] (-not $?)')
$before = [Environment]::GetEnvironmentVariables()

function Set-CsiEnvironment {
    <#
    .SYNOPSIS
        Makes the environment that of the start, with these variables in addition.
    .PARAMETER Variable
        The variables, as a JSON object.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [Text.Json.JsonElement] $Variable)
    foreach ($name in @([Environment]::GetEnvironmentVariables().Keys) + @($before.Keys)) {
        [Environment]::SetEnvironmentVariable($name, $before[$name])
    }
    foreach ($entry in $Variable.EnumerateObject()) {
        [Environment]::SetEnvironmentVariable($entry.Name, $entry.Value.GetString())
    }
}

function Read-CsiLine {
    <#
    .SYNOPSIS
        The lines of a text, as a process reads them from stdin.
    .PARAMETER Text
        The text.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text)
    $lines = [Management.Automation.PSDataCollection[object]]::new()
    $reader = [IO.StringReader]::new($Text)
    while ($null -ne ($line = $reader.ReadLine())) {
        $lines.Add($line)
    }
    $lines.Complete()
    return , $lines
}

function Invoke-CsiScript {
    <#
    .SYNOPSIS
        Runs a script in a runspace of its own, prints what it prints, and answers its exit code.
    .PARAMETER Script
        Its text.
    .PARAMETER Line
        Its input.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)] [string] $Script,
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [Management.Automation.PSDataCollection[object]] $Line
    )
    $runspace = [runspacefactory]::CreateRunspace($Host, [initialsessionstate]::CreateDefault2())
    try {
        $runspace.Open()
        $shell = [powershell]::Create($runspace)
        # In the global scope, as -EncodedCommand does it.
        [void] $shell.AddCommand($starter, $false).AddArgument($Script)
        # As the console does it: errors are printed among the output, on stderr.
        $shell.Commands.Commands[0].MergeMyResults('Error', 'Output')
        [void] $shell.AddCommand('Out-Default').Invoke($Line)
        return $runspace.SessionStateProxy.GetVariable('LASTEXITCODE')
    } catch [Management.Automation.MethodInvocationException] {
        $text = Out-String -InputObject $_.Exception.InnerException.ErrorRecord
        [Console]::Error.WriteLine($text.TrimEnd())
        return 1
    } finally {
        $runspace.Dispose()
    }
}

$requests = [IO.StreamReader]::new([Console]::OpenStandardInput(), [Text.UTF8Encoding]::new($false))
while ($null -ne ($json = $requests.ReadLine())) {
    $request = [Text.Json.JsonDocument]::Parse($json, [Text.Json.JsonDocumentOptions]::new()).RootElement
    $id, $script, $stdin = foreach ($name in 'id', 'script', 'stdin') { $request.GetProperty($name).GetString() }
    Set-CsiEnvironment -Variable ($request.GetProperty('environment'))
    $exitCode = Invoke-CsiScript -Script $script -Line (Read-CsiLine -Text $stdin)
    foreach ($stream in @([Console]::Out, [Console]::Error)) {
        $stream.Write("`0$id $exitCode`n")
        $stream.Flush()
    }
}
