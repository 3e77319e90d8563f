<# What every operation has around it: the program's files, the caller, the request, the lock, the credential. #>
BeforeDiscovery {
    $Changing = 'ensure-certificate', 'remove-certificate', 'release', 'register', 'rollback', 'remove-legacy-account',
    'reset-machine-identifier'
}
BeforeAll {
    Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'World.psm1') -Force

    function Start-Operation {
        param([string] $Operation, [hashtable] $Change = @{})
        return Invoke-WorldOperation -Operation $Operation -Request (Get-WorldRequest -Operation $Operation -Hash $Hash -Change $Change)
    }

    # The whole program: answer, exit code and what it printed.
    function Start-Program {
        param([string] $Operation, [string] $Mismatch = '')
        $json = ConvertTo-Json -Compress -Depth 9 -InputObject (Get-WorldRequest -Operation $Operation -Hash $Hash)
        $console = [Console]::Out
        $writer = New-Object -TypeName IO.StringWriter
        [Console]::SetOut($writer)
        try {
            $run = & (Get-Module -Name ConnectSyncHost) {
                param($Name, $Json, $Mismatch)
                $script:Operation = $Name
                $script:Request = $Json
                $script:Full = $true
                $script:Mismatch = $Mismatch
                $script:Credential = $null
                @{ Exit = Invoke-Program; Printed = $script:Printed -join "`n" }
            } $Operation $json $Mismatch
        } finally {
            [Console]::SetOut($console)
        }
        $run.Answer = ConvertFrom-Json -InputObject ($writer.ToString() -split '\r?\n')[1]
        return $run
    }
}

Describe 'Files of the program' {
    BeforeAll {
        $path = Join-Path -Path $PSScriptRoot -ChildPath '../ConnectSyncHost.ps1'
        $tree = [Management.Automation.Language.Parser]::ParseFile($path, [ref] $null, [ref] $null)
        $isFunction = { param($node) $node -is [Management.Automation.Language.FunctionDefinitionAst] }
        . ([scriptblock]::Create(@($tree.FindAll($isFunction, $true) | ForEach-Object { $_.Extent.Text }) -join "`n"))
    }
    BeforeEach {
        $ErrorActionPreference = 'Stop'
        $Folder = (New-Item -ItemType Directory -Path (Join-Path -Path $TestDrive -ChildPath ([Guid]::NewGuid()))).FullName
        $files = @{}
        foreach ($name in 'ConnectSyncHost.ps1', 'Windows.ps1') {
            Set-Content -LiteralPath (Join-Path -Path $Folder -ChildPath $name) -Value "text of $name"
            $files[$name] = (Get-FileHash -LiteralPath (Join-Path -Path $Folder -ChildPath $name)).Hash.ToLowerInvariant()
        }
        $Manifest = Join-Path -Path $Folder -ChildPath 'manifest.json'
        Set-Content -LiteralPath $Manifest -Value (ConvertTo-Json -InputObject @{ files = $files })
    }

    It 'must be accepted as the manifest lists them' {
        Get-ProgramMismatch -Folder $Folder -Expected '' | Should -Be ''
    }

    It 'must be refused without a manifest' {
        Remove-Item -LiteralPath $Manifest
        Get-ProgramMismatch -Folder $Folder -Expected '' | Should -Not -Be ''
    }

    It 'must be refused if the manifest lists <listed>' -ForEach @(@{ listed = '{}' }, @{ listed = '{"files":{}}' }, @{ listed = 'no JSON' }) {
        Set-Content -LiteralPath $Manifest -Value $listed
        Get-ProgramMismatch -Folder $Folder -Expected '' | Should -Not -Be ''
    }

    It 'must be refused if <name> is <what>' -ForEach @(
        @{ name = 'ConnectSyncHost.ps1'; what = 'changed' }, @{ name = 'Windows.ps1'; what = 'changed' }
        @{ name = 'ConnectSyncHost.ps1'; what = 'gone' }, @{ name = 'Windows.ps1'; what = 'gone' }
    ) {
        $file = Join-Path -Path $Folder -ChildPath $name
        if ($what -eq 'gone') { Remove-Item -LiteralPath $file } else { Add-Content -LiteralPath $file -Value '# more' }
        Get-ProgramMismatch -Folder $Folder -Expected '' | Should -Match $name
    }
}

Describe 'A run' {
    BeforeEach {
        $World = New-World
        $Hash = Add-WorldCertificate -World $World
    }

    It 'must not begin if the files are not those of the manifest' {
        $run = Start-Program -Operation 'observe' -Mismatch 'another Windows.ps1'
        $run.Exit | Should -Be 7
        $run.Answer.error.code | Should -Be 'PROGRAM_MISMATCH'
        $World.Calls | Should -BeNullOrEmpty
    }

    It 'must refuse a caller who is no administrator' {
        $World.Administrator = $false
        (Start-Operation -Operation 'observe').Error.code | Should -Be 'NOT_ADMINISTRATOR'
        $World.Calls | Should -Not -Contain 'Get-CsiConnector'
    }

    It 'must refuse a restricted PowerShell' {
        $World.LanguageMode = 'ConstrainedLanguage'
        (Start-Operation -Operation 'observe').Error.code | Should -Be 'LANGUAGE_MODE'
    }

    It 'must answer BUSY with the holder of the lock, and touch nothing: <_>' -ForEach $Changing {
        $World.Lock = 'register of CONTOSO\other'
        $answer = Start-Operation -Operation $_
        $answer.Error.code | Should -Be 'BUSY'
        $answer.Error.actual | Should -Be 'register of CONTOSO\other'
        $World.Lock | Should -Be 'register of CONTOSO\other'
        $World.Calls | Should -Not -Contain 'Get-CsiService'
    }

    It 'must release the lock, whether it ends well or not: <_>' -ForEach $Changing {
        [void] (Start-Operation -Operation $_)
        $World.Calls | Should -Contain 'Enter-CsiLock'
        $World.Lock | Should -BeNullOrEmpty
        $World.Do['Get-CsiService'] = { throw (New-WindowsFailure) }
        (Start-Operation -Operation $_).Error | Should -Not -BeNullOrEmpty
        $World.Lock | Should -BeNullOrEmpty
    }

    It 'must observe while an operation holds the lock' {
        $World.Lock = 'register'
        (Start-Operation -Operation 'observe').Error | Should -BeNullOrEmpty
        $World.Calls | Should -Not -Contain 'Enter-CsiLock'
    }

    It 'must not change anything while it observes' {
        $World.Task = 'x'
        [void] (Start-Operation -Operation 'observe')
        @($World.Calls | Where-Object { $_ -match '^(Set|Write|Remove|Register|Unregister|New|Start|Invoke|Repair)-' -and
                $_ -notin 'New-CsiSignature' }) | Should -BeNullOrEmpty
    }

    It 'must report a right that turns out to be missing as such' {
        $World.Do['Get-CsiScheduler'] = { throw (New-WindowsFailure -Kind 'access-denied' -Message 'Access is denied') }
        (Start-Operation -Operation 'register').Error.code | Should -Be 'NOT_ADMINISTRATOR'
    }

    It 'must not show user name or password in an answer, however a message spells them' -ForEach @(
        @{ text = 'pa ss&word' }, @{ text = 'pa%20ss%26word' }, @{ text = 'pa ss&amp;word' }, @{ text = 'PA SS&WORD' }
        @{ text = 'admin@contoso.com' }, @{ text = 'ADMIN@contoso.com' }, @{ text = 'admin%40contoso.com' }
    ) {
        $World.Message = "the service said: $text is wrong"
        $World.Do['Invoke-CsiLegacyAccountRemoval'] = {
            param($World)
            [pscustomobject] @{ outcome = 'failed'; message = $World.Message }
        }
        $run = Start-Program -Operation 'remove-legacy-account'
        $run.Answer.error.actual | Should -Be 'the service said: *** is wrong'
        $run.Printed | Should -Not -BeLike "*$([WildcardPattern]::Escape($text))*"
    }

    It 'must take user name and password out of the request before it is parsed' {
        $run = & (Get-Module -Name ConnectSyncHost) { Read-Credential -Text '{"credential":{"userName":"me","password":"se\"cret"}}' }
        $run | Should -Be '{"credential":{"userName":"***","password":"***"}}'
        & (Get-Module -Name ConnectSyncHost) { $script:Credential.GetNetworkCredential().Password } | Should -Be 'se"cret'
    }

    It 'must keep no half of a credential' {
        $half = & (Get-Module -Name ConnectSyncHost) {
            $script:Credential = $null
            [void] (Read-Credential -Text '{"credential":{"userName":"me","password":""}}')
            $script:Credential
        }
        $half | Should -BeNullOrEmpty
    }

    It 'must refuse an empty <_>' -ForEach 'userName', 'password' {
        $credential = @{ userName = 'me'; password = 'x' }
        $credential[$_] = ''
        (Start-Operation -Operation 'rollback' -Change @{ credential = $credential }).Error.code | Should -Be 'INVALID_REQUEST'
    }
}

Describe 'A request' {
    BeforeEach {
        $World = New-World
        $Hash = Add-WorldCertificate -World $World
    }

    It 'must be refused with <property> <value>' -ForEach @(
        @{ property = 'protocol'; value = 2 }, @{ property = 'protocol'; value = '1' }
        @{ property = 'requiredRoles'; value = @() }
        @{ property = 'requiredRoles'; value = @(, @{ resourceAppId = '6bf85cfa-ac8a-4be5-b5de-425a0d0dc016'; roles = @() }) }
        @{ property = 'certificateSha256'; value = 'A1' * 32 }, @{ property = 'certificateSha256'; value = ('a1' * 32) + "`n" }
        @{ property = 'certificateSha256'; value = ('a1' * 31) }
        @{ property = 'appId'; value = '11111111-2222-4333-8444-55555555555' }
        @{ property = 'verify'; value = 'SYNC' }, @{ property = 'verify'; value = 'none' }
        @{ property = 'allowSoftwareKey'; value = 'true' }, @{ property = 'minimumVersion'; value = '2.5.79.0a' }
        @{ property = 'extra'; value = 1 }
        @{ property = 'bounds'; value = @{ replicationSeconds = 0; cycleSeconds = -1; cmdletSeconds = 10; verifySeconds = 30 } }
        @{ property = 'bounds'; value = @{ replicationSeconds = 0; cycleSeconds = 1; cmdletSeconds = 0; verifySeconds = 30 } }
        @{ property = 'bounds'; value = @{ replicationSeconds = 0; cycleSeconds = 1; cmdletSeconds = 10 } }
    ) {
        (Start-Operation -Operation 'register' -Change @{ $property = $value }).Error.code | Should -Be 'INVALID_REQUEST'
        $World.Calls | Should -Not -Contain 'Enter-CsiLock'
    }

    It 'must be refused without <_>' -ForEach 'requiredRoles', 'bounds', 'certificateSha256', 'serviceAccount' {
        $request = Get-WorldRequest -Operation 'register' -Hash $Hash
        $request.Remove($_)
        (Invoke-WorldOperation -Operation 'register' -Request $request).Error.code | Should -Be 'INVALID_REQUEST'
    }

    It 'must be refused with a name like <_>' -ForEach 'Sync_', 'sync_SYNC01_1', 'Other_SYNC01_1', "Sync_SYNC01_1`n", 'Sync_SYNC01_1@x' {
        (Start-Operation -Operation 'remove-legacy-account' -Change @{ removeLegacyAccount = $_ }).Error.code | Should -Be 'INVALID_REQUEST'
    }

    It 'must be refused if it is no JSON or no ASCII' {
        $answers = & (Get-Module -Name ConnectSyncHost) {
            $script:Operation = 'observe'
            foreach ($text in '', '[]', 'x', "{`"server`":`"$([char] 0xe4)`"}") {
                try { Read-Request -Text $text } catch { $_.Exception.Data['HostError'].code }
            }
        }
        $answers | Should -Be @('INVALID_REQUEST', 'INVALID_REQUEST', 'INVALID_REQUEST', 'INVALID_REQUEST')
    }
}
