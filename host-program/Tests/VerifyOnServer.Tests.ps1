<# tools/verify-on-server/Verify-OnServer.ps1 on a server of stubs. That shapes are those of a real server, nothing here shows. #>
BeforeAll {
    Set-StrictMode -Version Latest
    $Script = Join-Path -Path $PSScriptRoot -ChildPath '../../tools/verify-on-server/Verify-OnServer.ps1'
    $Server = Join-Path -Path $PSScriptRoot -ChildPath 'Stubs/Server.ps1'

    function Invoke-Verify {
        param([string] $Functions, [string] $Folder)
        New-Item -ItemType Directory -Path $Folder | Out-Null
        $written = @(& $Script -Context 'ssh' -OutFolder $Folder -Functions $Functions)
        [pscustomobject] @{
            Written = $written
            Text    = [IO.File]::ReadAllText($written[0])
            Report  = ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($written[0]))
        }
    }
}

Describe 'The report of a server' {
    BeforeAll {
        $Run = Invoke-Verify -Functions $Server -Folder (Join-Path -Path "$TestDrive" -ChildPath 'whole')
    }

    It 'must be the only thing that is written: as JSON and as text' {
        @(Get-ChildItem -Path (Join-Path -Path "$TestDrive" -ChildPath 'whole') -Recurse | ForEach-Object { $_.Name } | Sort-Object) |
            Should -Be @('verify-ssh.json', 'verify-ssh.txt')
        $Run.Text | Should -Match '\A[\x00-\x7F]*\z'
    }

    It 'must hold no name, no id and no hash of the server' {
        foreach ($file in $Run.Written) {
            foreach ($secret in 'contoso', 'SYNC01', 'operator', '6d3b1c52', '1111111111', 'abababab', '0123456789ab', 'EFEF', 'key.PCPKEY') {
                [IO.File]::ReadAllText($file) | Should -Not -Match ([regex]::Escape($secret))
            }
        }
    }

    It 'must show the same name under the same mask, and well-known accounts as they are' {
        $access = @($Run.Report.facts.privateKeys.value[0].access)
        @($access | ForEach-Object { $_.account })[0, 1] | Should -Be @('S-1-5-18', 'S-1-5-32-544')
        $access[2].account | Should -Match '\Amanaged or computer account masked-[0-9a-f]{8}\z'
        $access[2].account | Should -Be $Run.Report.facts.product.value.account
    }

    It 'must sign with keys of this project only' {
        $keys = @($Run.Report.facts.privateKeys.value)
        $keys[0].signature.verified | Should -BeTrue
        $keys[1].signature.made | Should -BeNullOrEmpty
        $keys[1].signature.reason | Should -Match 'another purpose'
    }

    It 'must show types and names of what a cmdlet returns, and no value' {
        $shape = @($Run.Report.facts.shapes.value | Where-Object { $_.cmdlet -eq 'Get-ADSyncEntraConnectorCredential' })[0]
        $member = @($shape.answer.first.members | Where-Object { $_.name -eq 'CertificateCredential' })[0]
        @($member.is.members | ForEach-Object { "$($_.name) $($_.is.type)" }) |
            Should -Be @('CertificateSHA256Hash System.String', 'ExpiryTime System.DateTime')
    }

    It 'must keep one cmdlet that fails from costing the others' {
        $runs = @($Run.Report.facts.shapes.value | Where-Object { $_.cmdlet -eq 'Get-ADSyncRunProfileResult' })[0]
        $runs.answer | Should -BeNullOrEmpty
        $runs.reason | Should -Match 'no 3 runs'
    }

    It 'must read the parameter sets of a changing cmdlet without calling it' {
        $link = @($Run.Report.facts.cmdlets.value | Where-Object { $_.name -eq 'Add-ADSyncApplicationRegistration' })[0]
        @($link.sets[0].parameters | ForEach-Object { $_.name }) | Should -Be @('CertificateSHA256Hash', 'ApplicationAppId')
    }

    It 'must count events by source and id, with the codes of Entra alone' {
        $found = @($Run.Report.facts.events.value | Where-Object { $_.id -eq 906 })[0]
        $found.count | Should -Be 1
        $found.codes | Should -Be @('AADSTS700027')
    }

    It 'must show the cloud that an administrator set' {
        $Run.Report.facts.cloud.value.azureInstance | Should -Be 4
    }

    It 'must say how the user name is formed, without its parts' {
        $Run.Report.facts.connector.value.userNameForm | Should -Be '{<guid>}@aaaaaaa.aaaaaaaaaaa.aaa'
    }
}

Describe 'The report of a server that answers nothing' {
    It 'must have each fact as null with its reason' {
        $dead = Join-Path -Path "$TestDrive" -ChildPath 'Dead.ps1'
        $names = [regex]::Matches([IO.File]::ReadAllText($Server), '(?m)^function ([\w-]+)') | ForEach-Object { $_.Groups[1].Value }
        [IO.File]::WriteAllLines($dead, [string[]] @($names | ForEach-Object { "function $_ { throw 'SYNC01.contoso.com is silent' }" }))
        $report = (Invoke-Verify -Functions $dead -Folder (Join-Path -Path "$TestDrive" -ChildPath 'dead')).Report
        # What PowerShell itself says, and lists with a reason for each entry.
        $own = @('culture', 'executionPolicy', 'cmdlets', 'shapes', 'stdin')
        foreach ($fact in @($report.facts.PSObject.Properties | Where-Object { $own -notcontains $_.Name })) {
            $fact.Value.value | Should -BeNullOrEmpty -Because $fact.Name
            $fact.Value.reason | Should -Not -BeNullOrEmpty -Because $fact.Name
        }
        foreach ($shape in @($report.facts.shapes.value)) {
            $shape.reason | Should -Match 'is silent'
        }
    }
}
