<# Each function of Windows, normal, absent, denied and broken: a test of each case, or a reason in Reasons.psd1. #>
BeforeDiscovery {
    $cases = 'normal', 'absent', 'denied', 'broken'
    $isFunction = { param($Node) $Node -is [Management.Automation.Language.FunctionDefinitionAst] }
    $isDescribe = { param($Node) $Node -is [Management.Automation.Language.CommandAst] -and $Node.GetCommandName() -eq 'Describe' }
    $parse = { param($File) [Management.Automation.Language.Parser]::ParseFile($File.FullName, [ref] $null, [ref] $null) }
    $windows = Join-Path -Path $PSScriptRoot -ChildPath '../../Windows'
    $functions = @(Get-ChildItem -LiteralPath $windows -Filter '*.ps1' | Sort-Object -Property 'Name' |
            ForEach-Object { (& $parse $_).FindAll($isFunction, $false) } | ForEach-Object { $_.Name })
    $tested = @{}
    foreach ($file in Get-ChildItem -LiteralPath $PSScriptRoot -Filter '*.Tests.ps1') {
        foreach ($describe in (& $parse $file).FindAll($isDescribe, $true)) {
            $name = $describe.CommandElements[1].Value
            $text = $describe.Extent.Text
            foreach ($case in $cases) {
                # The title itself, a row of its table, or the rows of what is passed on.
                $passedOn = $text.Contains('-ForEach $PassedOn') -and @('denied', 'broken') -contains $case
                if ($passedOn -or $text -match "It '${case}: |\bcase = '$case'") { $tested["$name $case"] = $true }
            }
        }
    }
    $reasons = Import-PowerShellDataFile -LiteralPath (Join-Path -Path $PSScriptRoot -ChildPath 'Reasons.psd1')
    $excused = @(foreach ($group in $reasons.Reasons) {
            foreach ($name in $group.Functions) { foreach ($case in $group.Cases) { "$name $case" } }
        })
    $rows = @(foreach ($name in $functions) {
            $missing = @($cases | Where-Object { -not $tested.ContainsKey("$name $_") -and $excused -notcontains "$name $_" })
            $twice = @($cases | Where-Object { $tested.ContainsKey("$name $_") -and $excused -contains "$name $_" })
            @{ function = $name; missing = $missing; twice = $twice }
        })
    $stale = @($excused | Where-Object { $functions -notcontains $_.Split(' ')[0] })
}

Describe 'The table of the functions of Windows' {
    It '<function> must have a test or a reason for each case, and not both' -ForEach $rows {
        $missing | Should -BeNullOrEmpty
        $twice | Should -BeNullOrEmpty
    }
    It 'must excuse no function that does not exist' -ForEach @(@{ stale = $stale }) {
        $stale | Should -BeNullOrEmpty
    }
}
