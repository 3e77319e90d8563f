<# The decisions of Open-Ssh.ps1, one at a time. #>
BeforeAll {
    Import-Module -Name (Join-Path -Path $PSScriptRoot -ChildPath 'Windows.psm1') -Force
    $World = Reset-World -Folder "$TestDrive"
    . (Join-Path -Path $PSScriptRoot -ChildPath 'Effects.ps1')
}

Describe 'Input of Open-Ssh.ps1' {
    It 'must accept the address <address>' -ForEach @(
        @{ address = '10.20.30.40' }, @{ address = '10.20.30.0/28' }, @{ address = '10.0.0.0/8' }, @{ address = '10.1.2.3/32' }
        @{ address = '2001:db8::1' }, @{ address = '2001:db8::/32' }, @{ address = '2001:db8:0:8000::/49' }
    ) {
        { Assert-Address -Address $address } | Should -Not -Throw
    }

    It 'must refuse the address <address>' -ForEach @(
        @{ address = '0.0.0.0/0' }, @{ address = '10.0.0.0/7' }, @{ address = '::/0' }, @{ address = '2001::/31' }
        @{ address = '10.0.0.0/33' }
        @{ address = 'server' }, @{ address = '10.20' }, @{ address = '010.0.0.1' }
        @{ address = "10.0.0.1`n" }, @{ address = '10.0.0.1,::/0' }
        @{ address = 'fe80::1%3' }, @{ address = '10.0.0.1/' }
    ) {
        { Assert-Address -Address $address } | Should -Throw -ExpectedMessage 'FromAddress*expected an IPv4 or IPv6 address*'
    }

    It 'must refuse host bits in <address>, and name the network <network>' -ForEach @(
        @{ address = '10.20.30.5/28'; network = '10.20.30.0/28' }, @{ address = '10.20.30.129/25'; network = '10.20.30.128/25' }
        @{ address = '10.1.0.0/8'; network = '10.0.0.0/8' }, @{ address = '2001:db8::1/64'; network = '2001:db8::/64' }
    ) {
        { Assert-Address -Address $address } | Should -Throw -ExpectedMessage "*host bits*The network is $network."
    }

    It 'must refuse the key "<line>"' -ForEach @(
        @{ line = 'ssh-rsa AAAA' }, @{ line = 'command="x" ssh-ed25519 AAAA' }, @{ line = 'ssh-ed25519 AAAA' }
        @{ line = 'ssh-ed25519 AAA' }
        @{ line = '-----BEGIN OPENSSH PRIVATE KEY-----' }, @{ line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI$('A' * 43) a`"b" }
        @{ line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI$('A' * 39)" }
        @{ line = "ecdsa-sha2-nistp256 AAAAC3NzaC1lZDI1NTE5AAAAI$('A' * 43)" }
    ) {
        { Read-PublicKey -Line $line } | Should -Throw -ExpectedMessage 'AuthorizedKey: *'
    }

    It 'must accept a key of each kind' {
        foreach ($type in @($script:KeyBytes.Keys)) {
            $bytes = New-Object -TypeName 'byte[]' -ArgumentList $script:KeyBytes[$type]
            [Text.Encoding]::ASCII.GetBytes($type).CopyTo($bytes, 4)
            (Read-PublicKey -Line "$type $([Convert]::ToBase64String($bytes)) me@here").Type | Should -Be $type
        }
    }
}

Describe 'What Windows shows, in one spelling' {
    It 'must read <shown> as <meant>' -ForEach @(
        @{ shown = '10.0.0.0/255.255.255.240'; meant = '10.0.0.0/28' }, @{ shown = '10.0.0.1/255.255.255.255'; meant = '10.0.0.1' }
        @{ shown = '10.0.0.1/32'; meant = '10.0.0.1' }, @{ shown = '2001:DB8:0::1/128'; meant = '2001:db8::1' }
        @{ shown = 'Any'; meant = 'Any' }, @{ shown = 'LocalSubnet'; meant = 'LocalSubnet' }
        @{ shown = '10.0.0.1-10.0.0.9'; meant = '10.0.0.1-10.0.0.9' }
    ) {
        ConvertTo-Prefix -Address $shown | Should -Be $meant
    }

    It 'must read the command line <line>' -ForEach @(
        @{ line = '"C:\Program Files\OpenSSH\sshd.exe"'; program = 'C:\Program Files\OpenSSH\sshd.exe'; rest = '' }
        @{ line = 'C:\Windows\System32\OpenSSH\sshd.exe'; program = 'C:\Windows\System32\OpenSSH\sshd.exe'; rest = '' }
        @{ line = 'C:\Program Files\OpenSSH\sshd.exe -f x'; program = 'C:\Program Files\OpenSSH\sshd.exe'; rest = '-f x' }
        @{ line = '"C:\a b\sshd.exe" -E log'; program = 'C:\a b\sshd.exe'; rest = '-E log' }
    ) {
        $found = ConvertFrom-ImagePath -ImagePath $line
        $found.Program | Should -Be $program
        $found.Arguments | Should -Be $rest
    }

    It 'must take access rights for the same in any order, and for others if an entry, the owner or protection differs' {
        $wanted = ConvertTo-SecurityText -Sddl 'O:BAD:PAI(A;;FA;;;BA)(A;;FA;;;SY)'
        foreach ($same in 'O:BAD:P(A;;FA;;;SY)(A;;FA;;;BA)', 'O:BAG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)') {
            ConvertTo-SecurityText -Sddl $same | Should -BeExactly $wanted
        }
        foreach ($other in @(
                '', 'O:BAD:AI(A;;FA;;;SY)(A;;FA;;;BA)', 'O:BUD:PAI(A;;FA;;;SY)(A;;FA;;;BA)', 'O:BAD:PAI(A;;FA;;;SY)'
                'O:BAD:PAI(A;;FA;;;SY)(A;;FA;;;BA)(A;;FR;;;BU)', 'O:BAD:PAI(A;;FR;;;SY)(A;;FA;;;BA)', 'O:BAD:NO_ACCESS_CONTROL'
            )) {
            ConvertTo-SecurityText -Sddl $other | Should -Not -BeExactly $wanted
        }
    }

    It 'must find port 22 in <range>: <result>' -ForEach @(
        @{ range = '22'; result = $true }, @{ range = '20-25'; result = $true }, @{ range = '2222'; result = $false }
        @{ range = 'Any'; result = $false }, @{ range = '23-30'; result = $false }
    ) {
        Test-PortRange -Range $range | Should -Be $result
    }
}

Describe 'Programs that Open-Ssh.ps1 runs' {
    It 'must fail if a program does not start, regardless of how the program before it ended' {
        $global:LASTEXITCODE = 0
        $missing = Join-Path -Path $TestDrive -ChildPath 'missing.exe'
        { Invoke-RealNative -Path $missing -Argument 'x' } | Should -Throw -ExpectedMessage '*does not start*'
    }

    It 'must keep the exit code and every line of both outputs' {
        $file = Join-Path -Path $TestDrive -ChildPath 'both.cmd'
        if ($env:OS -eq 'Windows_NT') {
            [IO.File]::WriteAllText($file, "@echo a`r`n@echo b 1>&2`r`n@exit /b 3`r`n")
            $run = Invoke-RealNative -Path $file -Argument 'x'
        } else {
            [IO.File]::WriteAllText($file, "echo a`necho b >&2`nexit 3`n")
            $run = Invoke-RealNative -Path '/bin/sh' -Argument $file
        }
        $run.Code | Should -Be 3
        @($run.Lines | ForEach-Object { $_.Trim() } | Sort-Object) | Should -Be @('a', 'b')
    }
}

Describe 'The user rights that Open-Ssh.ps1 reads' {
    BeforeEach {
        $rootBefore = $env:SystemRoot
        if ($null -eq $rootBefore) { $env:SystemRoot = "$TestDrive" }
    }
    AfterEach {
        $env:SystemRoot = $rootBefore
    }

    It 'must be the export of secedit, in its encoding, whose file is removed' {
        function Invoke-Native {
            param([string] $Path, [string[]] $Argument)
            $Path | Should -BeLike '*secedit.exe'
            "$Argument" | Should -BeLike '/export /areas USER_RIGHTS /cfg *.inf /quiet'
            [IO.File]::Exists($Argument[4]) | Should -BeFalse
            Set-Variable -Name 'exported' -Scope 'Script' -Value $Argument[4]
            [IO.File]::WriteAllText($Argument[4], "[Privilege Rights]`r`nSeNetworkLogonRight = *S-1-1-0", [Text.Encoding]::Unicode)
            return [pscustomobject] @{ Code = 0; Lines = @() }
        }
        ConvertFrom-UserRight -Text (Get-RealUserRightText) -Right 'SeNetworkLogonRight' | Should -Be 'S-1-1-0'
        [IO.File]::Exists($script:exported) | Should -BeFalse
    }

    It 'must not be taken for empty if secedit exports nothing' {
        function Invoke-Native {
            return [pscustomobject] @{ Code = 1; Lines = @('Access is denied.') }
        }
        { Get-RealUserRightText } | Should -Throw -ExpectedMessage '*secedit ended with 1. Access is denied.'
    }
}

Describe 'Files that Open-Ssh.ps1 writes' {
    It 'must leave a file as it was, and nothing beside it, if the new text cannot be written' {
        $file = Join-Path -Path $TestDrive -ChildPath 'kept'
        [IO.File]::WriteAllText($file, 'before')
        [void] [IO.Directory]::CreateDirectory("$file.connect-sync-identity")
        { Write-RealFileText -Path $file -Text 'after' } | Should -Throw
        [IO.File]::ReadAllText($file) | Should -Be 'before'
    }
}
