<#
    Loads the host program for its tests, once in a process, in two modules:

    ConnectSyncHost: the module itself; each function of Windows fails unless a test mocks it, with its real parameters.
    CsiWindows: the functions of Windows as they are written, on the types and cmdlets of Stubs.
#>
[CmdletBinding()]
param()
$root = Split-Path -Path $PSScriptRoot -Parent

if ($null -eq (Get-Module -Name 'ConnectSyncHost')) {
    Import-Module -Name (Join-Path -Path $root -ChildPath 'ConnectSyncHost.psd1') -Global
    & (Get-Module -Name 'ConnectSyncHost') {
        param($Files)
        foreach ($file in $Files) {
            $tree = [Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref] $null, [ref] $null)
            $isFunction = { param($Node) $Node -is [Management.Automation.Language.FunctionDefinitionAst] }
            foreach ($function in $tree.FindAll($isFunction, $false)) {
                # The types of Windows are not here; the words of its functions are.
                $parameters = $function.Body.ParamBlock.Extent.Text -replace '\[(Security|Diagnostics|IO)\.[\w.]+\]', '[object]'
                Set-Item -Path "function:script:$($function.Name)" -Value ([scriptblock]::Create(
                        "[CmdletBinding()]`n$parameters`nthrow `"not expected: $($function.Name) `$(`$PSBoundParameters.Values)`""))
            }
        }
    } (Get-ChildItem -LiteralPath (Join-Path -Path $root -ChildPath 'Windows') -Filter '*.ps1')
}

if ($null -eq (Get-Module -Name 'CsiWindows')) {
    $stubs = Join-Path -Path $PSScriptRoot -ChildPath 'Stubs'
    if ($null -eq ('CsiStub.Windows' -as [type])) {
        $types = @{ TypeDefinition = [IO.File]::ReadAllText((Join-Path -Path $stubs -ChildPath 'Types.cs')); IgnoreWarnings = $true }
        if ($PSVersionTable.PSVersion.Major -lt 6) {
            $types['ReferencedAssemblies'] = 'System.Core', 'System.Net.Http'
        }
        Add-Type @types
    }
    # Stand-ins take the place of types by their full names, in the text: Linux has some of these too, where they only throw.
    $names = @([CsiStub.Windows].Assembly.GetTypes() | Where-Object { $_.IsPublic } | ForEach-Object { $_.Name })
    $pattern = '(?<=\[|-TypeName |catch \[)(?:Security|Threading|Diagnostics|IO|Net)\.(?:\w+\.)*(' + ($names -join '|') + ')(?=\]|\s)'
    $text = Get-ChildItem -LiteralPath (Join-Path -Path $root -ChildPath 'Windows') -Filter '*.ps1' |
        ForEach-Object { [IO.File]::ReadAllText($_.FullName) -replace $pattern, 'CsiStub.$1' }
    $module = New-Module -Name 'CsiWindows' -ArgumentList ($text -join "`n"), $stubs -ScriptBlock {
        param($Text, $Stubs)
        Set-StrictMode -Version Latest
        $ErrorActionPreference = 'Stop'
        # As under PowerShell 7: the branches of 5.1 need members that are only there.
        $script:CsiModernPowerShell = $true
        . ([IO.Path]::Combine($Stubs, 'Cmdlets.ps1'))
        . ([IO.Path]::Combine($Stubs, 'Objects.ps1'))
        . ([scriptblock]::Create($Text))
        # Only the module itself is to see its cmdlets.
        Export-ModuleMember
    }
    Import-Module -ModuleInfo $module -Global
}
