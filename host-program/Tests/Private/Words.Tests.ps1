<# Private/Json.ps1, Answer.ps1, Progress.ps1 and Credential.ps1: what leaves the program #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiProgram' {
    Describe 'ConvertTo-AsciiJson' {
        It 'must write <json>' -ForEach @(
            @{ value = $null; json = 'null' }, @{ value = $true; json = 'true' }, @{ value = $false; json = 'false' }
            @{ value = 7; json = '7' }, @{ value = 1.5; json = '1.5' }, @{ value = ''; json = '""' }
            @{ value = @(); json = '[]' }, @{ value = @(1); json = '[1]' }, @{ value = @(1, @(2)); json = '[1,[2]]' }
            @{ value = [ordered] @{ b = 1; a = $null }; json = '{"b":1,"a":null}' }
            @{ value = [pscustomobject] @{ a = @('x') }; json = '{"a":["x"]}' }
        ) {
            ConvertTo-AsciiJson -Value $value | Should -BeExactly $json
        }
        It 'must escape quotes, backslashes, controls and everything beyond ASCII' {
            $text = "a`"b\c`n$([char] 0xe4)$([char] 0x7f)"
            ConvertTo-AsciiJson -Value $text | Should -BeExactly '"a\"b\\c\u000a\u00e4\u007f"'
            ConvertFrom-Json -InputObject (ConvertTo-AsciiJson -Value $text) | Should -BeExactly $text
        }
        It 'must cut a text at the limit, and not before' {
            (ConvertTo-AsciiJson -Value ('x' * 16384)).Length | Should -Be 16386
            $cut = ConvertTo-AsciiJson -Value ('x' * 16385)
            $cut.Length | Should -Be 16386
            $cut | Should -BeLike '*x..."'
        }
        It 'must write numbers alike in every culture' {
            $before = [Threading.Thread]::CurrentThread.CurrentCulture
            try {
                [Threading.Thread]::CurrentThread.CurrentCulture = [Globalization.CultureInfo]::GetCultureInfo('de-DE')
                ConvertTo-AsciiJson -Value 1.5 | Should -BeExactly '1.5'
            } finally {
                [Threading.Thread]::CurrentThread.CurrentCulture = $before
            }
        }
    }

    Describe 'Write-Answer and Write-ErrorLine' {
        BeforeEach {
            Reset-Run
            $out = New-Object -TypeName IO.StringWriter
            $before = [Console]::Out
        }
        It 'must print the answer between its markers, with nonce and length only if the request has a nonce' -ForEach @(
            @{ nonce = ''; begin = ''; end = '' }, @{ nonce = 'ab' * 16; begin = " $('ab' * 16) 7"; end = " $('ab' * 16)" }
        ) {
            $script:Nonce = $nonce
            [Console]::SetOut($out)
            try { Write-Answer -Answer ([ordered] @{ a = 1 }) } finally { [Console]::SetOut($before) }
            @($out.ToString() -split '\r?\n') | Should -Be @(
                "-----BEGIN CONNECT SYNC HOST ANSWER$begin-----", '{"a":1}', "-----END CONNECT SYNC HOST ANSWER$end-----", '')
        }
        It 'must print one line of ASCII' {
            $before = [Console]::Error
            [Console]::SetError($out)
            try { Write-ErrorLine -Text "a`r`n  b$([char] 0xe4)`t##vso[x]" } finally { [Console]::SetError($before) }
            $out.ToString().TrimEnd() | Should -BeExactly 'a b? ##vso[x]'
        }
    }

    Describe 'Write-Step' {
        BeforeAll { $steps = $script:Steps }
        AfterAll { $script:Steps = $steps }
        BeforeEach {
            Reset-Run
            $script:Steps = @{ a = 'a'; b = 'b'; w = 'w' }
            1..20 | ForEach-Object { $script:Steps["step $_"] = "step $_" }
            Mock Write-ErrorLine { $script:Lines += $Text }
            $script:Lines = @()
        }
        It 'must name the server, and the time of a wait' {
            Write-Step -Id 'a'
            Write-Step -Id 'b' -Elapsed 3.9 -Seconds 60
            $script:Lines | Should -Be @('sync01: a', 'sync01: b (3 s of 60 s)')
        }
        It 'must report a wait when it begins, and at 10, 60, 300 and 900 seconds' {
            foreach ($elapsed in 0, 1, 9.9, 10, 11, 59, 60, 299, 300, 301, 900, 2000) { Write-Step -Id 'w' -Elapsed $elapsed -Seconds 3000 }
            $script:Lines.Count | Should -Be 5
            $script:Lines[-1] | Should -BeExactly 'sync01: w (900 s of 3000 s)'
        }
        It 'must print at most twelve lines' {
            1..20 | ForEach-Object { Write-Step -Id "step $_" }
            $script:Lines.Count | Should -Be 12
        }
        It 'must be silent in the task' {
            Reset-Run -Operation 'restore'
            Write-Step -Id 'a'
            $script:Lines.Count | Should -Be 0
        }
        It 'must not fail if no one reads' {
            Mock Write-ErrorLine { throw (New-Object -TypeName IO.IOException -ArgumentList 'The pipe has been ended.') }
            { Write-Step -Id 'a' } | Should -Not -Throw
        }
    }

    Describe 'Read-Credential and Hide-Credential' {
        BeforeEach { Reset-Run -Operation 'rollback' }
        It 'must take user name and password out of the text, with the escapes of JSON' {
            $rest = Read-Credential -Text '{"credential":{"userName":"a@b","password":"p\"w\\\u00e4"},"x":1}'
            $rest | Should -BeExactly '{"credential":{"userName":"***","password":"***"},"x":1}'
            $script:Credential.UserName | Should -BeExactly 'a@b'
            $script:Credential.GetNetworkCredential().Password | Should -BeExactly "p`"w\$([char] 0xe4)"
        }
        It 'must take none of half a credential: <text>' -ForEach @(
            @{ text = '{"userName":"a","password":""}' }, @{ text = '{"userName":"","password":"p"}' }, @{ text = '{}' }
        ) {
            [void] (Read-Credential -Text $text)
            $script:Credential | Should -Be $null
        }
        It 'must hide user name and password, plain, in URLs and in XML, in any case' {
            [void] (Read-Credential -Text '{"userName":"adm@x.org","password":"p&w d"}')
            Hide-Credential -Text 'a ADM@x.org b p&w d c p%26w%20d d p&amp;w d e adm%40x.org' |
                Should -BeExactly 'a *** b *** c *** d *** e ***'
        }
        It 'must leave a text alone without a credential' {
            Hide-Credential -Text 'p&w d' | Should -BeExactly 'p&w d'
        }
    }
}
