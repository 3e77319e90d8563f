<#
    Loads the host program for its tests, once in a process, as two modules that no other test imports anew:

    CsiProgram: Private and Public as they are written; each function of Windows fails unless a test mocks it, with its
    real parameters.
    CsiWindows: Windows as it is written, on the types and cmdlets of Stubs.
#>
[CmdletBinding()]
param()
$root = Split-Path -Path $PSScriptRoot -Parent
$stubs = Join-Path -Path $PSScriptRoot -ChildPath 'Stubs'
# What the module does to load itself, for a module of another name.
$self = [IO.File]::ReadAllText((Join-Path -Path $root -ChildPath 'ConnectSyncHost.psm1')).Replace('$PSScriptRoot', "'$root'")
$windows = @(Get-ChildItem -LiteralPath (Join-Path -Path $root -ChildPath 'Windows') -Filter '*.ps1')

if ($null -eq ('CsiStub.Windows' -as [type])) {
    $types = @{ TypeDefinition = [IO.File]::ReadAllText((Join-Path -Path $stubs -ChildPath 'Types.cs')); IgnoreWarnings = $true }
    if ($PSVersionTable.PSVersion.Major -lt 6) {
        $types['ReferencedAssemblies'] = 'System.Core', 'System.Net.Http'
    }
    Add-Type @types
}

if ($null -eq (Get-Module -Name 'CsiProgram')) {
    $module = New-Module -Name 'CsiProgram' -ArgumentList $self, $windows, $stubs -ScriptBlock {
        param($Self, $Windows, $Stubs)
        . ([scriptblock]::Create($Self))
        $script:Mismatch = ''
        foreach ($file in $Windows) {
            $tree = [Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref] $null, [ref] $null)
            $isFunction = { param($Node) $Node -is [Management.Automation.Language.FunctionDefinitionAst] }
            foreach ($function in $tree.FindAll($isFunction, $false)) {
                # The types of Windows are not here; the words of its functions are.
                $parameters = $function.Body.ParamBlock.Extent.Text -replace '\[(Security|Diagnostics|IO)\.[\w.]+\]', '[object]'
                Set-Item -Path "function:script:$($function.Name)" -Value ([scriptblock]::Create(
                        "[CmdletBinding()]`n$parameters`nthrow `"not expected: $($function.Name) `$(`$PSBoundParameters.Values)`""))
            }
        }
        . ([IO.Path]::Combine($Stubs, 'Objects.ps1'))
        # As it is before a run.
        function Reset-Run {
            param([string] $Operation = 'register')
            $script:Operation = $Operation; $script:Changed = $false; $script:Server = 'sync01'; $script:Nonce = ''
            $script:Credential = $null; $script:Mismatch = ''; $script:Step = @{ Lines = 0; Text = ''; Due = 0 }
        }
        Export-ModuleMember
    }
    Import-Module -ModuleInfo $module -Global
}

if ($null -eq (Get-Module -Name 'CsiWindows')) {
    # Stand-ins take the place of types by their full names, in the text: Linux has some of these too, where they only throw.
    $names = @([CsiStub.Windows].Assembly.GetTypes() | Where-Object { $_.IsPublic } | ForEach-Object { $_.Name })  # 5.1: of Types.cs
    $pattern = '(?<=\[|-TypeName )(?:Security|Threading|Diagnostics|IO|Net)\.(?:\w+\.)*(' + ($names -join '|') + ')(?=\]|\s)'
    $text = $windows | ForEach-Object { [IO.File]::ReadAllText($_.FullName) -replace $pattern, 'CsiStub.$1' }
    $module = New-Module -Name 'CsiWindows' -ArgumentList $self, ($text -join "`n"), $stubs -ScriptBlock {
        param($Self, $Text, $Stubs)
        . ([scriptblock]::Create($Self))
        # As under PowerShell 7: the branches of 5.1 need members that only .NET Framework has.
        $script:CsiModernPowerShell = $true
        . ([IO.Path]::Combine($Stubs, 'Cmdlets.ps1'))
        . ([IO.Path]::Combine($Stubs, 'Objects.ps1'))
        . ([scriptblock]::Create($Text))
        # Only the module itself is to see its cmdlets.
        Export-ModuleMember
    }
    Import-Module -ModuleInfo $module -Global
}
