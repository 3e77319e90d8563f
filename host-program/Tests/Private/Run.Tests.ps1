<# Private/Request.ps1, RequestShape.ps1, Preflight.ps1, Refusal.ps1, ProgramFolder.ps1 and Run.ps1 #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiProgram' {
    BeforeAll {
        $release = '{"protocol":1,"server":"sync01","label":"a","appId":"11111111-2222-4333-8444-555555555555","certificateSha256":"' +
            ('0a' * 32) + '"}'
        $rollback = '{"protocol":1,"server":"sync01","rollback":"to-service-account","appId":"11111111-2222-4333-8444-555555555555",' +
            '"bounds":{"cycleSeconds":0,"cmdletSeconds":9},"credential":{"userName":"adm","password":"pw"}}'
        function New-KindFailure {
            param([string] $Kind)
            $failure = New-Object -TypeName InvalidOperationException -ArgumentList 'x'
            $failure.Data['CsiKind'] = $Kind
            return $failure
        }
    }

    Describe 'Read-Request' {
        BeforeEach { Reset-Run -Operation 'release' }
        It 'must take a whole request, and know its server' {
            (Read-Request -Text $release).label | Should -BeExactly 'a'
            $script:Server | Should -BeExactly 'sync01'
        }
        It 'must refuse <why>' -ForEach @(
            @{ why = 'no JSON'; from = '{"protocol"'; to = '' }, @{ why = 'another protocol'; from = ':1,'; to = ':2,' }
            @{ why = 'a protocol as text'; from = ':1,'; to = ':"1",' }, @{ why = 'a missing property'; from = '"label":"a",'; to = '' }
            @{ why = 'one more property'; from = '{'; to = '{"x":1,' }
            @{ why = 'another spelling of a property'; from = '"label"'; to = '"Label"' }
            @{ why = 'a hash in upper case'; from = '0a0a'; to = '0A0a' }
            @{ why = 'a hash with a line break'; from = '0a"}'; to = '0a\n"}' }
            @{ why = 'a longer hash'; from = '"0a'; to = '"000a' }
            @{ why = 'a text of another script'; from = '"a"'; to = "`"$([char] 0xe4)`"" }
            @{ why = 'an application that is none'; from = '11111111-'; to = '1111111-' }
            @{ why = 'null for a text'; from = '"a"'; to = 'null' }
        ) {
            $text = $release.Replace($from, $to)
            $text | Should -Not -BeExactly $release
            (Get-Refusal { Read-Request -Text $text }).code | Should -BeExactly 'INVALID_REQUEST'
        }
        It 'must keep the credential, and not in the request' {
            Reset-Run -Operation 'rollback'
            (Read-Request -Text $rollback).credential.password | Should -Not -BeExactly 'pw'
            $script:Credential.UserName | Should -BeExactly 'adm'
        }
        It 'must refuse half a credential' {
            Reset-Run -Operation 'rollback'
            (Get-Refusal { Read-Request -Text $rollback.Replace('"pw"', '""') }).actual | Should -BeLike 'credential*'
        }
    }

    Describe 'The kinds of a request' {
        It '<property> of <operation> must be judged by its value' -ForEach @(
            @{ operation = 'register'; property = 'verify'; good = @('sync', 'switch'); bad = @('Sync', '', 1) }
            @{ operation = 'register'; property = 'allowSoftwareKey'; good = @($true, $false); bad = @('true', [long] 1) }
            @{ operation = 'observe'; property = 'eventHours'; good = @([long] 0, [long] 720); bad = @([long] -1, [long] 721, '5', 1.5) }
            @{ operation = 'register'; property = 'minimumVersion'; good = @('2.5', '2.5.79.0'); bad = @('2', '2.5.', "2.5`n") }
            @{ operation = 'register'; property = 'serviceAccount'; good = @('a', $null); bad = @([long] 1) }
            @{ operation = 'register'; property = 'certificateSha256'; good = @('ab' * 32); bad = @(('AB' * 32), "$('ab' * 32)`n") }
            @{ operation = 'ensure-certificate'; property = 'adoptSha256'; good = @(('ab' * 32), $null); bad = @('', ('AB' * 32)) }
            @{ operation = 'ensure-certificate'; property = 'keyName'; good = @('a-1'); bad = @('', 'a b', '../a', "a`n") }
            @{
                operation = 'remove-legacy-account'; property = 'removeLegacyAccount'
                good = @('Sync_a-1'); bad = @('sync_a', 'Sync_', 'Sync_a b')
            }
            @{ operation = 'register'; property = 'requiredRoles'; good = @(); bad = @(, @()) }
        ) {
            Reset-Run -Operation $operation
            $shape = @($script:Requests[$operation].Properties | Where-Object { $_.Name -eq $property })[0]
            foreach ($value in $good) { { Assert-Shape -Value $value -Shape $shape -Path 'p' } | Should -Not -Throw }
            foreach ($value in $bad) {
                (Get-Refusal { Assert-Shape -Value $value -Shape $shape -Path 'p' }).actual | Should -BeLike 'p: not *'
            }
        }
    }

    Describe 'Preflight' {
        BeforeEach { Reset-Run }
        It 'Assert-Caller must judge mode <mode>, administrator <administrator>: <code>' -ForEach @(
            @{ mode = 'FullLanguage'; administrator = $true; code = $null }
            @{ mode = 'FullLanguage'; administrator = $false; code = 'NOT_ADMINISTRATOR' }
            @{ mode = 'ConstrainedLanguage'; administrator = $true; code = 'LANGUAGE_MODE' }
        ) {
            Mock Get-CsiHost { [pscustomobject] @{ languageMode = $mode } }
            Mock Get-CsiCaller { [pscustomobject] @{ account = 'a'; administrator = $administrator } }
            if ($null -eq $code) { { Assert-Caller } | Should -Not -Throw } else { (Get-Refusal { Assert-Caller }).code |
                Should -BeExactly $code }
        }
        It 'Get-Installation must refuse a missing service or module' {
            Mock Get-CsiService { 'service' }
            Mock Get-CsiProduct { 'product' }
            $found = Get-Installation
            "$($found.Service) $($found.Product)" | Should -BeExactly 'service product'
            Mock Get-CsiProduct { }
            (Get-Refusal { Get-Installation }).actual | Should -BeExactly 'the service without its module'
            Mock Get-CsiService { }
            (Get-Refusal { Get-Installation }).actual | Should -BeExactly 'no service ADSync'
        }
        It 'Assert-Running must take Running only' {
            { Assert-Running -Service ([pscustomobject] @{ status = 'Running' }) } | Should -Not -Throw
            foreach ($status in 'Stopped', 'StartPending') {
                (Get-Refusal { Assert-Running -Service ([pscustomobject] @{ status = $status }) }).code |
                    Should -BeExactly 'SERVICE_STOPPED'
            }
        }
        It 'Assert-Version must compare numbers: <version>, enough <enough>' -ForEach @(
            @{ version = '2.5.79.0'; enough = $true }, @{ version = '2.5.100.0'; enough = $true }
            @{ version = '2.5.78.9'; enough = $false }
            @{ version = '2.10.0.0'; enough = $true }
        ) {
            $run = { Assert-Version -Version $version -Minimum '2.5.79.0' }
            if ($enough) { $run | Should -Not -Throw } else { (Get-Refusal $run).code | Should -BeExactly 'VERSION_TOO_OLD' }
        }
        It 'ConvertTo-Refusal must make <kind> <code>' -ForEach @(
            @{ kind = 'access-denied'; code = 'NOT_ADMINISTRATOR' }, @{ kind = 'key'; code = 'KEY_UNAVAILABLE' }
            @{ kind = 'disk-full'; code = 'UNEXPECTED' }, @{ kind = 'failed'; code = 'UNEXPECTED' }
            @{ kind = 'not-found'; code = 'UNEXPECTED' }
        ) {
            Mock Get-CsiHost { [pscustomobject] @{ computerName = 'H' } }
            (Get-Refusal { throw (ConvertTo-Refusal -Exception (New-KindFailure -Kind $kind)) }).code | Should -BeExactly $code
        }
        It 'ConvertTo-Refusal must leave a refusal as it is' {
            $refusal = New-Refusal -Id 'BUSY' -Expected 'a' -Actual 'b.'
            ConvertTo-Refusal -Exception $refusal | Should -Be $refusal
            "$($refusal.Data['HostExit']) $($refusal.Data['HostError'].actual)" | Should -BeExactly '4 b'
        }
        It 'Read-OptionalFact must cost only the fact' {
            $lost = New-Object -TypeName Collections.ArrayList
            Read-OptionalFact -Field 'a' -Unreadable $lost -Read { 7 } | Should -Be 7
            Read-OptionalFact -Field 'b' -Unreadable $lost -Read { throw 'no' } | Should -Be $null
            "$($lost.Count) $($lost[0].field) $($lost[0].reason)" | Should -BeLike '1 b no*'
        }
    }

    Describe 'The program''s folder' {
        BeforeEach {
            Reset-Run
            $script:Removed = @()
            Mock Remove-CsiProgramFile { $script:Removed += $Name }
            Mock Get-CsiInstalledProgram { [pscustomobject] @{ sha256 = 'x'; problem = $null } }
            function New-Entry { param([string] $Name, [object] $Line) [pscustomobject] @{ name = $Name; firstLine = $Line } }
        }
        It 'must lose only what an older version brought' {
            Mock Get-CsiProgramFolder {
                , @((New-Entry 'ConnectSyncHost.ps1' '# Host protocol'), (New-Entry 'Windows.ps1' ''), (New-Entry 'manifest.json' '{'),
                    (New-Entry 'PROTOCOL.md' '# Host protocol'), (New-Entry 'other.txt' '# Host protocol'))
            }
            Remove-EarlierFile
            $script:Removed | Should -Be 'PROTOCOL.md'
            $script:Changed | Should -BeTrue
            @((Get-ProgramFact).foreign).name | Should -Be @('PROTOCOL.md', 'other.txt')
        }
        It 'must keep a file of that name that someone else wrote, and change nothing' {
            Mock Get-CsiProgramFolder { , @(New-Entry 'PROTOCOL.md' '# host protocol') }
            Remove-EarlierFile
            $script:Removed.Count | Should -Be 0
            $script:Changed | Should -BeFalse
        }
        It 'must be unknown if it cannot be listed, and at most twenty long' {
            Mock Get-CsiProgramFolder { $null }
            Remove-EarlierFile
            (Get-ProgramFact).foreign | Should -Be $null
            Mock Get-CsiProgramFolder { , @(1..25 | ForEach-Object { New-Entry "f$_" '' }) }
            @((Get-ProgramFact).foreign).Count | Should -Be 20
        }
        It 'must refuse another program, and name the server of the request' {
            { Assert-Program } | Should -Not -Throw
            $script:Mismatch = 'another Windows.ps1'
            $script:Request = '{"server":"sync09"}'
            (Get-Refusal { Assert-Program }).code | Should -BeExactly 'PROGRAM_MISMATCH'
            $script:Server | Should -BeExactly 'sync09'
            $script:Request = ''
        }
    }

    Describe 'Invoke-Program' {
        BeforeEach {
            Reset-Run -Operation 'release'
            $script:Request = $release; $script:Full = $false
            $script:Answers = @(); $script:Said = @(); $script:Held = 0
            Mock Assert-Caller { }
            Mock Enter-CsiLock -ParameterFilter {
                $Operation -eq $script:Operation } { $script:Held++; [pscustomobject] @{ acquired = $true; foreign = $false }
            }
            Mock Exit-CsiLock { $script:Held-- }
            Mock Write-Answer { $script:Answers += [pscustomobject] $Answer }
            Mock Write-ErrorLine { $script:Said += $Text }
            Mock Invoke-Release { $script:Inside = $script:Held; $script:Changed = $true; 'done' }
        }
        AfterAll { $script:Request = ''; $script:Full = $false }
        It 'must answer what was done, from under the lock, and give the lock back' {
            Invoke-Program | Should -Be 0
            "$($script:Answers[0].ok) $($script:Answers[0].result) $($script:Answers[0].changed) $($script:Answers[0].server)" |
                Should -BeExactly 'True done True sync01'
            "$($script:Inside) $($script:Held)" | Should -BeExactly '1 0'
        }
        It 'must take the lock for <operation>: <locked>' -ForEach @(
            @{ operation = 'observe'; locked = 0 }, @{ operation = 'diagnose'; locked = 0 }
            @{ operation = 'ensure-certificate'; locked = 1 }
            @{ operation = 'remove-certificate'; locked = 1 }, @{ operation = 'release'; locked = 1 }
            @{ operation = 'register'; locked = 1 }
            @{ operation = 'rollback'; locked = 1 }, @{ operation = 'remove-legacy-account'; locked = 1 }
            @{ operation = 'reset-machine-identifier'; locked = 1 }
        ) {
            Reset-Run -Operation $operation
            Mock Read-Request { [pscustomobject] @{ server = 'sync01' } }
            $name = 'Invoke-' + ((Get-Culture).TextInfo.ToTitleCase($operation) -replace '-', '')
            Mock $name { $script:Inside = $script:Held; 'done' }
            Invoke-Operation | Should -BeExactly 'done'
            $script:Inside | Should -Be $locked
            $script:Held | Should -Be 0
        }
        It 'must refuse while another holds the lock, and do nothing' {
            Mock Enter-CsiLock -ParameterFilter { $true } { [pscustomobject] @{ acquired = $false; foreign = $false; holder = 'register' } }
            Invoke-Program | Should -Be 4
            Should -Invoke Invoke-Release -Exactly 0
            Should -Invoke Exit-CsiLock -Exactly 0
            $script:Said[-1] | Should -BeLike 'sync01: BUSY: *found register.*'
            $script:Answers.Count | Should -Be 0
        }
        It 'must print a failure as one sentence, cut, and as JSON only if that is asked' -ForEach @(
            @{ full = $false; answers = 0 }, @{ full = $true; answers = 1 }
        ) {
            $script:Full = $full
            Mock Invoke-Release { throw (New-Refusal -Id 'BUSY' -Expected 'a' -Actual ('x' * 400)) }
            Invoke-Program | Should -Be 4
            $script:Answers.Count | Should -Be $answers
            $script:Said[-1] | Should -Match 'found x{300}\.\.\.\. '
            $script:Held | Should -Be 0
        }
        It 'must hide the credential in every text of a failure' {
            Reset-Run -Operation 'rollback'
            $script:Request = $rollback; $script:Full = $true
            Mock Invoke-Rollback { throw (New-Refusal -Id 'BUSY' -Expected 'adm' -Actual 'with pw') }
            [void] (Invoke-Program)
            "$($script:Answers[0].error.expected) $($script:Answers[0].error.actual)" | Should -BeExactly '*** with ***'
            $script:Said[-1] | Should -Not -Match '\bpw\b|\badm\b'
        }
    }
}
