<# Windows/Network.ps1 #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiWindows' {
    BeforeAll {
        $uri = 'https://login.example/token'
        function Set-Answer {
            param([int] $Status, [string] $Body = '', [object] $Date = $null)
            [CsiStub.Windows]::Http = {
                param($Request)
                if ($null -ne $Request.Content) {
                    [CsiStub.Windows]::Calls.Add($Request.Content.ReadAsStringAsync().GetAwaiter().GetResult())
                }
                $answer = New-Object -TypeName Net.Http.HttpResponseMessage -ArgumentList ([Net.HttpStatusCode] $Status)
                $answer.Content = New-Object -TypeName Net.Http.StringContent -ArgumentList $Body
                if ($null -ne $Date) { $answer.Headers.Date = [DateTimeOffset] $Date }
                return $answer
            }.GetNewClosure()
        }
    }

    Describe 'Send-CsiForm' {
        BeforeEach { [CsiStub.Windows]::Reset('HttpClient.Send') }
        It 'normal: an answer with status <status> must be an answer, with body and date' -ForEach @(
            @{ status = 200 }, @{ status = 401 }, @{ status = 503 }
        ) {
            Set-Answer -Status $status -Body '{"a":1}' -Date '2026-07-01T10:00:00Z'
            $found = Send-CsiForm -Uri $uri -Form ([ordered] @{ scope = 'a b'; n = 'x&y' })
            "$($found.reached) $($found.status) $($found.body) $($found.date) $($found.problem)" |
                Should -BeExactly "True $status {`"a`":1} 2026-07-01T10:00:00.000Z "
            [CsiStub.Windows]::Calls | Should -Be @("HttpClient.Send POST $uri", 'scope=a+b&n=x%26y')
        }
        It 'absent: an answer without a date must have none' {
            Set-Answer -Status 200
            (Send-CsiForm -Uri $uri -Form @{ a = 'b' }).date | Should -Be $null
        }
        It '<case>: <why> must be an endpoint that was not reached' -ForEach @(
            @{
                case = 'denied'; why = 'a refused connection'; type = 'Net.Http.HttpRequestException'; text = 'refused (0x80131500)'
            }
            @{ case = 'broken'; why = 'no answer in time'; type = 'Threading.Tasks.TaskCanceledException'; text = 'no answer within 30 s' }
        ) {
            [CsiStub.Windows]::Faults['HttpClient.Send'] = New-Object -TypeName $type -ArgumentList 'refused'
            $found = Send-CsiForm -Uri $uri -Form @{ a = 'b' }
            "$($found.reached) $($found.status) $($found.problem)" | Should -BeExactly "False 0 $text"
        }
    }

    Describe 'Test-CsiEndpoint' {
        BeforeEach {
            [CsiStub.Windows]::Reset('HttpClient.Send')
            Mock Get-CsiProxy -ParameterFilter { $Uri -eq 'https://login.example/token' } { 'http://proxy:8080' }
        }
        It 'normal: an answer of any status must be an answer, with date and proxy' {
            Set-Answer -Status 404 -Date '2026-07-01T10:00:00Z'
            $found = Test-CsiEndpoint -Uri $uri
            "$($found.reached) $($found.status) $($found.date) $($found.proxy) $($found.problem)" |
                Should -BeExactly 'True 404 2026-07-01T10:00:00.000Z http://proxy:8080 '
            [CsiStub.Windows]::Calls | Should -Be "HttpClient.Send GET $uri"
        }
        It 'absent: an answer without a date must have none' {
            Set-Answer -Status 200
            (Test-CsiEndpoint -Uri $uri).date | Should -Be $null
        }
        It '<case>: <why> must be an endpoint that was not reached' -ForEach @(
            @{
                case = 'denied'; why = 'a refused connection'; type = 'Net.Http.HttpRequestException'; text = 'refused (0x80131500)'
            }
            @{ case = 'broken'; why = 'no answer in time'; type = 'Threading.Tasks.TaskCanceledException'; text = 'no answer within 15 s' }
        ) {
            [CsiStub.Windows]::Faults['HttpClient.Send'] = New-Object -TypeName $type -ArgumentList 'refused'
            $found = Test-CsiEndpoint -Uri $uri
            "$($found.reached) $($found.status) $($found.problem)" | Should -BeExactly "False 0 $text"
        }
    }

    Describe 'Get-CsiProxy' {
        AfterEach { [CsiStub.HttpClient]::DefaultProxy = $null }
        It 'normal: must be the address of the proxy without user, password and path' -ForEach @(
            @{ address = 'http://user:secret@proxy:8080/x'; shown = 'http://proxy:8080' }
            @{ address = 'http://proxy:3128'; shown = 'http://proxy:3128' }
        ) {
            [CsiStub.HttpClient]::DefaultProxy = New-Object -TypeName CsiStub.Proxy -Property @{ Address = $address }
            Get-CsiProxy -Uri $uri | Should -BeExactly $shown
        }
        It 'absent: no proxy, one that is passed by, and the address itself must be none' {
            Get-CsiProxy -Uri $uri | Should -Be $null
            [CsiStub.HttpClient]::DefaultProxy = New-Object -TypeName CsiStub.Proxy -Property @{
                Address = 'http://p:1'; Bypass = 'login.example'
            }
            Get-CsiProxy -Uri $uri | Should -Be $null
            [CsiStub.HttpClient]::DefaultProxy = New-Object -TypeName CsiStub.Proxy
            Get-CsiProxy -Uri $uri | Should -Be $null
        }
        It 'broken: an address that is none must reach the caller' {
            [CsiStub.HttpClient]::DefaultProxy = New-Object -TypeName CsiStub.Proxy -Property @{ Address = 'http://p:1' }
            { Get-CsiProxy -Uri 'not an address' } | Should -Throw
        }
    }
}
