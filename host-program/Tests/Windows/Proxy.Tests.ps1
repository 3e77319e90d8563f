<# Windows/Proxy.ps1 #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiWindows' {
    BeforeAll {
        $config = Join-Path -Path $TestDrive -ChildPath 'miiserver.exe.config'
        function Set-Config {
            <# .SYNOPSIS
                A configuration file with this inside of system.net. #>
            param([string] $Inner)
            [IO.File]::WriteAllText($config, "<configuration><system.net>$Inner</system.net></configuration>")
        }
        function Format-Proxy {
            <# .SYNOPSIS
                Source and address in one text. #>
            param([object] $Found)
            if ($null -eq $Found) { return 'none' }
            return "$($Found.source) $($Found.address)"
        }
    }

    Describe 'ConvertTo-CsiProxyAddress' {
        It 'normal: must be scheme, host and port, without user and password' -ForEach @(
            @{ text = 'proxy:8080'; shown = 'http://proxy:8080' }
            @{ text = ' http://u:secret@Proxy.contoso.com:3128/x '; shown = 'http://proxy.contoso.com:3128' }
            @{ text = 'https://proxy'; shown = 'https://proxy:443' }
        ) {
            ConvertTo-CsiProxyAddress -Text $text | Should -BeExactly $shown
        }
        It 'absent: what is no address must be none' {
            ConvertTo-CsiProxyAddress -Text '' | Should -Be $null
            ConvertTo-CsiProxyAddress -Text 'a b' | Should -Be $null
        }
    }

    Describe 'Read-CsiProxyConfig' {
        It 'normal: must be what the file sets: <shown>' -ForEach @(
            @{ inner = '<defaultProxy><proxy proxyaddress="http://p:1"/></defaultProxy>'; shown = 'miiserver.exe.config http://p:1' }
            @{
                inner = '<defaultProxy enabled="true"><proxy usesystemdefault="true" proxyaddress="p:1"/></defaultProxy>'
                shown = 'miiserver.exe.config http://p:1'
            }
            @{ inner = '<defaultProxy enabled="False"/>'; shown = 'miiserver.exe.config ' }
            @{ inner = '<defaultProxy><proxy usesystemdefault="false"/></defaultProxy>'; shown = 'miiserver.exe.config ' }
        ) {
            Set-Config -Inner $inner
            Format-Proxy (Read-CsiProxyConfig -Path $config) | Should -BeExactly $shown
        }
        It 'absent: without the file or a setting it is left to the account' -ForEach @(
            @{ inner = '' }, @{ inner = '<defaultProxy/>' }, @{ inner = '<defaultProxy><proxy usesystemdefault="true"/></defaultProxy>' }
            @{ inner = '<defaultProxy><proxy usesystemdefault="false" scriptLocation="http://p/x.pac"/></defaultProxy>' }
        ) {
            Set-Config -Inner $inner
            Read-CsiProxyConfig -Path $config | Should -Be $null
            Read-CsiProxyConfig -Path "$config.missing" | Should -Be $null
        }
        It 'broken: a file that is no XML must reach the caller' {
            [IO.File]::WriteAllText($config, '<configuration>')
            { Read-CsiProxyConfig -Path $config } | Should -Throw
        }
    }

    Describe 'Get-CsiAccountProxy' {
        BeforeEach {
            $key = 'Registry::HKEY_USERS\S-1-5-80-1\Software\Microsoft\Windows\CurrentVersion\Internet Settings'
            Mock Test-Path -ParameterFilter { "$LiteralPath" -eq $key } { $true }
        }
        It 'normal: must be the proxy for HTTPS, if it is on: <shown>' -ForEach @(
            @{ settings = @{ ProxyEnable = 1; ProxyServer = 'p:1' }; shown = 'account http://p:1' }
            @{ settings = @{ ProxyEnable = 1; ProxyServer = 'http=a:1;https=b:2' }; shown = 'account http://b:2' }
            @{ settings = @{ ProxyEnable = 1; ProxyServer = 'http=a:1' }; shown = 'account ' }
            @{ settings = @{ ProxyEnable = 0; ProxyServer = 'p:1' }; shown = 'account ' }
            @{ settings = @{ Other = 1 }; shown = 'account ' }
        ) {
            Mock Get-ItemProperty -ParameterFilter { "$LiteralPath" -eq $key } { [pscustomobject] $settings }
            Format-Proxy (Get-CsiAccountProxy -Sid 'S-1-5-80-1') | Should -BeExactly $shown
        }
        It 'absent: settings that are not loaded, and a script, must be unknown' {
            Mock Get-ItemProperty -ParameterFilter { $true } { [pscustomobject] @{ AutoConfigURL = 'http://p/x.pac'; ProxyEnable = 0 } }
            Get-CsiAccountProxy -Sid 'S-1-5-80-1' | Should -Be $null
            Mock Test-Path -ParameterFilter { $true } { $false }
            Get-CsiAccountProxy -Sid 'S-1-5-80-1' | Should -Be $null
        }
        It '<case>: what the registry throws must reach the caller' -ForEach @(
            @{ case = 'denied'; fault = 'registry-denied' }, @{ case = 'broken'; fault = 'broken' }
        ) {
            Mock Get-ItemProperty -ParameterFilter { $true } { throw (New-WindowsError -Kind $fault) }
            { Get-CsiAccountProxy -Sid 'S-1-5-80-1' } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }

    Describe 'Test-CsiAddressAnswer' {
        It 'normal: must be true where a connection is accepted' {
            $listener = New-Object -TypeName Net.Sockets.TcpListener -ArgumentList ([Net.IPAddress]::Loopback, 0)
            $listener.Start()
            try {
                Test-CsiAddressAnswer -Address "http://127.0.0.1:$($listener.LocalEndpoint.Port)" | Should -BeExactly $true
            } finally {
                $listener.Stop()
            }
        }
        It 'absent: must be false where nothing listens' {
            $listener = New-Object -TypeName Net.Sockets.TcpListener -ArgumentList ([Net.IPAddress]::Loopback, 0)
            $listener.Start()
            $port = $listener.LocalEndpoint.Port
            $listener.Stop()
            Test-CsiAddressAnswer -Address "http://127.0.0.1:$port" | Should -BeExactly $false
        }
        It 'broken: an address that is none must be one that does not answer' {
            Test-CsiAddressAnswer -Address 'not an address' | Should -BeExactly $false
        }
    }

    Describe 'Get-CsiServiceProxy' {
        BeforeEach {
            $account = [pscustomobject] @{ source = 'account'; address = $null }
            Mock Get-CsiService { [pscustomobject] @{ imagePath = '"C:\Bin\miiserver.exe"'; accountSid = 'S-1-5-80-1' } }
            Mock Read-CsiProxyConfig { }
            Mock Get-CsiAccountProxy -ParameterFilter { $Sid -eq 'S-1-5-80-1' } { $account }
            Mock Get-CsiProxy { 'http://s:1' }
            Mock Test-CsiAddressAnswer { $false }
        }
        It 'normal: the own file must come before that of all programs, and that before the account' {
            $found = Get-CsiServiceProxy
            "$($found.source) $($found.address) $($found.answers) $($found.session)" | Should -BeExactly 'account   http://s:1'
            Mock Read-CsiProxyConfig -ParameterFilter { $Path -like '*machine.config' } {
                [pscustomobject] @{ source = 'machine.config'; address = 'http://m:1' }
            }
            (Get-CsiServiceProxy).source | Should -BeExactly 'machine.config'
            Mock Read-CsiProxyConfig -ParameterFilter { $Path -eq 'C:\Bin\miiserver.exe.config' } {
                [pscustomobject] @{ source = 'miiserver.exe.config'; address = 'http://o:1' }
            }
            $found = Get-CsiServiceProxy
            "$($found.source) $($found.address) $($found.answers)" | Should -BeExactly 'miiserver.exe.config http://o:1 False'
        }
        It 'normal: must connect to no proxy that this session takes as well' {
            Mock Read-CsiProxyConfig { [pscustomobject] @{ source = 'machine.config'; address = 'http://s:1' } }
            (Get-CsiServiceProxy).answers | Should -Be $null
            Should -Invoke Test-CsiAddressAnswer -Exactly 0
        }
        It 'absent: without the service, or any setting that can be read, nothing is known' {
            Mock Get-CsiAccountProxy -ParameterFilter { $true } { }
            Get-CsiServiceProxy | Should -Be $null
            Mock Get-CsiService { [pscustomobject] @{ imagePath = 'x'; accountSid = $null } }
            Get-CsiServiceProxy | Should -Be $null
            Mock Get-CsiService { }
            Get-CsiServiceProxy | Should -Be $null
        }
        It '<case>: what Windows throws must reach the caller' -ForEach $PassedOn {
            Mock Read-CsiProxyConfig { throw (New-WindowsError -Kind $fault) }
            { Get-CsiServiceProxy } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }
}
