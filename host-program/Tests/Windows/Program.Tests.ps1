<# Windows/Program.ps1 #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiWindows' {
    BeforeAll {
        $before = $env:ProgramFiles
        $env:ProgramFiles = "$TestDrive"
        $folder = Join-Path -Path $TestDrive -ChildPath 'ConnectSyncIdentity'
        function Set-Program {
            param([Collections.IDictionary] $Files)
            if ([IO.Directory]::Exists($folder)) { [IO.Directory]::Delete($folder, $true) }
            [void] [IO.Directory]::CreateDirectory($folder)
            foreach ($name in $Files.Keys) { [IO.File]::WriteAllText((Join-Path -Path $folder -ChildPath $name), $Files[$name]) }
        }
        function Get-TextHash {
            param([string] $Text)
            return Get-CsiSha256 -Data ([Text.Encoding]::UTF8.GetBytes($Text))
        }
    }
    AfterAll { $env:ProgramFiles = $before }

    Describe 'Get-CsiInstalledProgram' {
        BeforeEach {
            $manifest = "{`"files`":{`"ConnectSyncHost.ps1`":`"$(Get-TextHash -Text 'a')`",`"Windows.ps1`":`"$(Get-TextHash -Text 'b')`"}}"
        }
        It 'normal: must be the hash of the manifest' {
            Set-Program -Files @{ 'manifest.json' = $manifest; 'ConnectSyncHost.ps1' = 'a'; 'Windows.ps1' = 'b' }
            $found = Get-CsiInstalledProgram
            $found.sha256 | Should -BeExactly (Get-TextHash -Text $manifest)
            $found.problem | Should -Be $null
        }
        It 'normal: another text of <name> must be named' -ForEach @(@{ name = 'ConnectSyncHost.ps1' }, @{ name = 'Windows.ps1' }) {
            Set-Program -Files @{ 'manifest.json' = $manifest; 'ConnectSyncHost.ps1' = 'a'; 'Windows.ps1' = 'b' }
            [IO.File]::WriteAllText((Join-Path -Path $folder -ChildPath $name), 'c')
            $found = Get-CsiInstalledProgram
            $found.sha256 | Should -Be $null
            $found.problem | Should -BeLike "$name has SHA-256 $(Get-TextHash -Text 'c'), the manifest says*"
        }
        It 'absent: a missing manifest, or a missing file, must be the problem' {
            Set-Program -Files @{ 'ConnectSyncHost.ps1' = 'a'; 'Windows.ps1' = 'b' }
            (Get-CsiInstalledProgram).problem | Should -BeLike '*manifest.json does not exist.'
            Set-Program -Files @{ 'manifest.json' = $manifest; 'ConnectSyncHost.ps1' = 'a' }
            $found = Get-CsiInstalledProgram
            $found.sha256 | Should -Be $null
            $found.problem | Should -BeLike '*Could not find file*'
        }
        It 'denied: a file that another process holds must be the problem' {
            Set-Program -Files @{ 'manifest.json' = $manifest; 'ConnectSyncHost.ps1' = 'a'; 'Windows.ps1' = 'b' }
            Mock Start-Sleep { }
            $held = [IO.File]::Open((Join-Path -Path $folder -ChildPath 'Windows.ps1'), 'Open', 'ReadWrite', 'None')
            try {
                $found = Get-CsiInstalledProgram
            } finally {
                $held.Dispose()
            }
            $found.sha256 | Should -Be $null
            $found.problem | Should -BeLike '*being used by another process*'
        }
        It 'broken: a manifest that is no JSON, or lists nothing, must be the problem' {
            foreach ($text in '{', '{}', '{"files":{}}') {
                Set-Program -Files @{ 'manifest.json' = $text; 'ConnectSyncHost.ps1' = 'a'; 'Windows.ps1' = 'b' }
                $found = Get-CsiInstalledProgram
                $found.sha256 | Should -Be $null
                $found.problem | Should -Not -BeNullOrEmpty
            }
        }
    }

    Describe 'Get-CsiProgramFolder' {
        It 'normal: must list files with their first line, and folders without, by name' {
            Set-Program -Files @{ 'PROTOCOL.md' = "# Host protocol`r`n`r`nmore`r`n"; 'empty.txt' = '' }
            [void] [IO.Directory]::CreateDirectory((Join-Path -Path $folder -ChildPath 'sub'))
            $found = Get-CsiProgramFolder
            ConvertTo-Json -InputObject $found -Compress | Should -BeExactly ('[{"name":"empty.txt","firstLine":null},' +
                '{"name":"PROTOCOL.md","firstLine":"# Host protocol"},{"name":"sub","firstLine":null}]')
        }
        It 'absent: no folder must be an empty list' {
            [IO.Directory]::Delete($folder, $true)
            $found = Get-CsiProgramFolder
            $null -eq $found | Should -BeFalse
            $found.Count | Should -Be 0
        }
        It 'denied: a file that may not be read must be listed without its line' {
            Set-Program -Files @{ 'held.txt' = 'x' }
            Mock Get-Content { throw (New-WindowsError -Kind 'denied') }
            $found = Get-CsiProgramFolder
            $found[0].name | Should -BeExactly 'held.txt'
            $found[0].firstLine | Should -Be $null
        }
        It 'broken: a folder that cannot be listed must be unknown' {
            Set-Program -Files @{ 'a.txt' = '' }
            Mock Sort-Object { throw (New-WindowsError -Kind 'denied') }
            Get-CsiProgramFolder | Should -Be $null
        }
    }

    Describe 'Remove-CsiProgramFile' {
        It 'normal: must remove the one file' {
            Set-Program -Files @{ 'PROTOCOL.md' = 'x'; 'other.txt' = 'y' }
            Remove-CsiProgramFile -Name 'PROTOCOL.md'
            @(Get-ChildItem -LiteralPath $folder).Name | Should -Be 'other.txt'
        }
        It 'normal: must refuse the path <name>' -ForEach @(@{ name = '..\x' }, @{ name = '../x' }, @{ name = "x`n" }, @{ name = 'C:x' }) {
            { Remove-CsiProgramFile -Name $name } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
        }
        It 'absent: a file that is gone must be no failure' {
            { Remove-CsiProgramFile -Name 'gone.txt' } | Should -Not -Throw
        }
        It '<case>: what Windows throws must reach the caller' -ForEach @(@{ case = 'denied' }, @{ case = 'broken' }) {
            [void] [IO.Directory]::CreateDirectory((Join-Path -Path $folder -ChildPath 'sub'))
            { Remove-CsiProgramFile -Name 'sub' } | Should -Throw
        }
    }
}
