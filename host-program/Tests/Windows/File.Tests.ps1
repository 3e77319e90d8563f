<# Windows/File.ps1 #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiWindows' {
    BeforeAll {
        $folder = Join-Path -Path $TestDrive -ChildPath 'files'
        $file = Join-Path -Path $folder -ChildPath 'a.txt'
        function New-FileFailure {
            param([string] $Code)
            return New-Object -TypeName IO.IOException -ArgumentList 'in use.', ([Convert]::ToInt32($Code, 16))
        }
        # Rows for a step that fails: as Windows refuses a file, and as a disk that is full does.
        $failing = @{
            denied = New-Object -TypeName UnauthorizedAccessException -ArgumentList 'denied.'
            broken = New-FileFailure -Code '0x80070070'
        }
    }
    Describe 'A small file' {
        BeforeEach {
            if ([IO.Directory]::Exists($folder)) { [IO.Directory]::Delete($folder, $true) }
            [void] [IO.Directory]::CreateDirectory($folder)
            Mock Start-Sleep { }
        }

        Describe 'Invoke-CsiFileStep' {
            BeforeEach { $script:Tries = 0 }
            It 'normal: must answer what the step answers, at once' {
                Invoke-CsiFileStep -Step { $script:Tries++; 'text' } | Should -BeExactly 'text'
                $script:Tries | Should -Be 1
                Should -Invoke Start-Sleep -Exactly 0
            }
            It 'normal: must try again if another process has the file open: <code>' -ForEach @(
                @{ code = '0x80070020' }, @{ code = '0x80070021' }
                @{ code = '0x80070497' }, @{ code = '0x80070498' }, @{ code = '0x80070499' }
            ) {
                $step = { $script:Tries++; if ($script:Tries -lt 4) { throw (New-FileFailure -Code $code) }; 'text' }
                Invoke-CsiFileStep -Step $step | Should -BeExactly 'text'
                $script:Tries | Should -Be 4
                Should -Invoke Start-Sleep -Exactly 3 -ParameterFilter { $Milliseconds -eq 250 }
            }
            It '<case>: must fail at once for any other failure' -ForEach @(
                @{ case = 'absent'; type = 'IO.FileNotFoundException' }, @{ case = 'denied'; type = 'UnauthorizedAccessException' }
            ) {
                $step = { $script:Tries++; throw (New-Object -TypeName $type) }
                (Get-Failure { Invoke-CsiFileStep -Step $step }).GetType().FullName | Should -Be "System.$type"
                $script:Tries | Should -Be 1
            }
            It 'broken: a file that stays open must end the step after twenty tries, with its HRESULT' {
                $step = { $script:Tries++; throw (New-FileFailure -Code '0x80070020') }
                Get-CsiHResult -Exception (Get-Failure { Invoke-CsiFileStep -Step $step }) | Should -BeExactly '0x80070020'
                $script:Tries | Should -Be 20
            }
        }

        Describe 'Read-CsiFile' {
            It 'normal: must be the text' {
                [IO.File]::WriteAllText($file, "a`r`nb")
                Read-CsiFile -Path $file | Should -BeExactly "a`r`nb"
            }
            It 'absent: must be a failure' {
                (Get-Failure { Read-CsiFile -Path $file }).GetBaseException() | Should -BeOfType ([IO.FileNotFoundException])
            }
            It 'denied: what Windows throws must reach the caller' {
                (Get-Failure { Read-CsiFile -Path $folder }).InnerException | Should -BeOfType ([UnauthorizedAccessException])
            }
            It 'broken: a file that another process keeps open must be a failure' {
                [IO.File]::WriteAllText($file, 'x')
                $held = [IO.File]::Open($file, 'Open', 'ReadWrite', 'None')
                try {
                    (Get-Failure { Read-CsiFile -Path $file }).GetBaseException() | Should -BeOfType ([IO.IOException])
                } finally {
                    $held.Dispose()
                }
            }
        }

        Describe 'Remove-CsiFile' {
            It 'normal: must remove the one file' {
                [IO.File]::WriteAllText($file, 'x')
                [IO.File]::WriteAllText("$file.next", 'x')
                Remove-CsiFile -Path $file
                @(Get-ChildItem -LiteralPath $folder).Name | Should -Be 'a.txt.next'
            }
            It 'absent: must be no failure' { { Remove-CsiFile -Path $file } | Should -Not -Throw }
            It '<case>: must be <kind>, with the file and the HRESULT' -ForEach @(
                @{ case = 'denied'; kind = 'failed'; text = 'denied (0x80070005)' }
                @{ case = 'broken'; kind = 'disk-full'; text = 'in use (0x80070070)' }
            ) {
                [IO.File]::WriteAllText($file, 'x')
                Mock Invoke-CsiFileStep { throw $failing[$case] }
                $failure = Get-Failure { Remove-CsiFile -Path $file }
                $failure.Data['CsiKind'] | Should -BeExactly $kind
                $failure.Message | Should -BeExactly "$file cannot be removed: $text"
            }
        }

        Describe 'Write-CsiFile' {
            It 'normal: must replace the whole text, and leave nothing beside it' {
                $file = Join-Path -Path $folder -ChildPath 'a.txt'
                Write-CsiFile -Path $file -Text 'long before'
                Write-CsiFile -Path $file -Text 'after'
                [IO.File]::ReadAllText($file) | Should -BeExactly 'after'
                @(Get-ChildItem -LiteralPath $folder).Name | Should -Be 'a.txt'
            }
            It 'absent: without its folder it must be failed, with the path' {
                $failure = Get-Failure { Write-CsiFile -Path (Join-Path -Path $folder -ChildPath 'no/a.txt') -Text 'x' }
                $failure.Data['CsiKind'] | Should -BeExactly 'failed'
                $failure.Message | Should -BeLike '*a.txt cannot be written: *'
            }
            It 'broken: a full disk must be disk-full: <code>' -ForEach @(@{ code = 0x80070070 }, @{ code = 0x80070027 }) {
                Mock New-Object -ParameterFilter { $TypeName -eq 'IO.FileStream' } {
                    throw [IO.IOException]::new('There is not enough space on the disk.', $code)
                }
                (Get-Failure { Write-CsiFile -Path (Join-Path -Path $folder -ChildPath 'a.txt') -Text 'x' }).Data['CsiKind'] |
                    Should -BeExactly 'disk-full'
            }
            It 'denied: a file that may not be replaced must keep its text' {
                $file = Join-Path -Path $folder -ChildPath 'a.txt'
                Write-CsiFile -Path $file -Text 'before'
                Mock New-Object -ParameterFilter { $TypeName -eq 'IO.FileStream' } { throw [UnauthorizedAccessException]::new('denied') }
                $failure = Get-Failure { Write-CsiFile -Path $file -Text 'after' }
                $failure.Data['CsiKind'] | Should -BeExactly 'failed'
                $failure.Message | Should -BeExactly "$file cannot be written: denied (0x80070005)"
                [IO.File]::ReadAllText($file) | Should -BeExactly 'before'
            }
        }

        Describe 'Rename-CsiBrokenFile' {
            It 'normal: must move it to a name with the time, with its text, and answer that' {
                [IO.File]::WriteAllText($file, '{"a')
                $found = Rename-CsiBrokenFile -Path $file
                $found | Should -MatchExactly ([regex]::Escape($file) + '\.broken-\d{8}T\d{9}Z\z')
                [IO.File]::ReadAllText($found) | Should -BeExactly '{"a'
                @(Get-ChildItem -LiteralPath $folder).Count | Should -Be 1
            }
            It 'absent: must be null' { Rename-CsiBrokenFile -Path $file | Should -Be $null }
            It '<case>: must be <kind>, with the file and the HRESULT, and the file stays' -ForEach @(
                @{ case = 'denied'; kind = 'failed'; text = 'denied (0x80070005)' }
                @{ case = 'broken'; kind = 'disk-full'; text = 'in use (0x80070070)' }
            ) {
                [IO.File]::WriteAllText($file, '{"a')
                Mock Invoke-CsiFileStep { throw $failing[$case] }
                $failure = Get-Failure { Rename-CsiBrokenFile -Path $file }
                $failure.Data['CsiKind'] | Should -BeExactly $kind
                $failure.Message | Should -BeExactly "$file cannot be moved aside: $text"
                [IO.File]::ReadAllText($file) | Should -BeExactly '{"a'
            }
        }
    }
}
