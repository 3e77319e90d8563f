<# Windows/Product.ps1 #>
. (Join-Path -Path $PSScriptRoot -ChildPath '../Load.ps1')
InModuleScope -ModuleName 'CsiWindows' {
    Describe 'Get-CsiService' {
        BeforeEach {
            $key = 'HKLM:\SYSTEM\CurrentControlSet\Services\ADSync'
            Mock Test-Path -ParameterFilter { "$LiteralPath" -eq $key } { $true }
            Mock Get-ItemProperty -ParameterFilter { "$LiteralPath" -eq $key } {
                [pscustomobject] @{ ObjectName = 'CORP\gmsa$'; ImagePath = '"C:\x\miiserver.exe"' }
            }
            Mock Get-Service -ParameterFilter { "$Name" -eq 'ADSync' } { [pscustomobject] @{ Status = 'StopPending' } }
            Mock Resolve-CsiAccount -ParameterFilter { $Account -eq 'CORP\gmsa$' } {
                [pscustomobject] @{ sid = 'S-1-5-21-9'; problem = $null }
            }
        }
        It 'normal: must have status, account with its SID, and image path' {
            $found = Get-CsiService
            "$($found.status) $($found.account) $($found.accountSid) $($found.imagePath)" |
                Should -BeExactly 'StopPending CORP\gmsa$ S-1-5-21-9 "C:\x\miiserver.exe"'
            $found.accountProblem | Should -Be $null
        }
        It 'absent: without the key there is no service, and nothing else is asked' {
            Mock Test-Path -ParameterFilter { $true } { $false }
            Get-CsiService | Should -Be $null
            Should -Invoke Get-Service -Exactly 0
        }
        It 'absent: a service whose account does not resolve must be without its SID, with the reason' {
            Mock Resolve-CsiAccount -ParameterFilter { $true } {
                [pscustomobject] @{ sid = $null; problem = "$Account does not resolve: x" }
            }
            $found = Get-CsiService
            "$($found.status) $($found.account)" | Should -BeExactly 'StopPending CORP\gmsa$'
            $found.accountSid | Should -Be $null
            $found.accountProblem | Should -BeExactly 'CORP\gmsa$ does not resolve: x'
        }
        It 'denied: what the registry throws must reach the caller' {
            Mock Get-ItemProperty -ParameterFilter { $true } { throw (New-WindowsError -Kind 'registry-denied') }
            Get-Failure { Get-CsiService } | Should -BeOfType ([Security.SecurityException])
        }
        It 'broken: a service that is only in the registry must be a failure' {
            Mock Get-Service -ParameterFilter { $true } { throw (New-WindowsError -Kind 'no-service') }
            { Get-CsiService } | Should -Throw -ErrorId 'NoServiceFoundForGivenName*'
        }
    }

    Describe 'Get-CsiProduct' {
        BeforeAll {
            $bin = Join-Path -Path $TestDrive -ChildPath 'A d/Bin'
            [void] [IO.Directory]::CreateDirectory((Join-Path -Path $bin -ChildPath 'ADSync'))
            $exe = Join-Path -Path $bin -ChildPath 'miiserver.exe'
            [IO.File]::WriteAllText($exe, '')
        }
        BeforeEach {
            [CsiStub.Windows]::Reset('FileVersionInfo.GetVersionInfo')
            $env:CSI_TEST_BIN = $bin
            Mock Get-CsiService { [pscustomobject] @{ imagePath = $image } }
        }
        AfterAll { Remove-Item -Path 'env:CSI_TEST_BIN' }
        It 'normal: the module must be beside the executable of <image>' -ForEach @(
            @{ image = '"{0}"' }, @{ image = '{0}' }, @{ image = ' "{0}" -x' }, @{ image = '{0} -s "a b"' }
            @{ image = '"%CSI_TEST_BIN%/miiserver.exe"' }
        ) {
            $image = $image -f $exe
            $found = Get-CsiProduct
            $found.version | Should -BeExactly '2.5.79.0'
            $found.modulePath | Should -BeExactly ([IO.Path]::Combine($bin, 'ADSync'))
        }
        It 'absent: <why> must be no product' -ForEach @(
            @{ why = 'no path'; image = '' }, @{ why = 'a path of no program'; image = 'C:\x\miiserver' }
            @{ why = 'a program that is gone'; image = '"{0}x.exe"' }
        ) {
            $image = $image -f $exe
            Get-CsiProduct | Should -Be $null
        }
        It 'absent: a program without its module, or no service, must be no product' {
            $lone = Join-Path -Path $TestDrive -ChildPath 'lone.exe'
            [IO.File]::WriteAllText($lone, '')
            $image = $lone
            Get-CsiProduct | Should -Be $null
            Mock Get-CsiService { $null }
            Get-CsiProduct | Should -Be $null
        }
        It 'denied: a file that may not be read must reach the caller' {
            $image = $exe
            [CsiStub.Windows]::Faults['FileVersionInfo.GetVersionInfo'] = (New-WindowsError -Kind 'denied').Exception
            (Get-Failure { Get-CsiProduct }).GetBaseException() | Should -BeOfType ([UnauthorizedAccessException])
        }
        It 'broken: a service that cannot be read must reach the caller' {
            Mock Get-CsiService { throw (New-CsiException -Kind 'failed' -Message 'x') }
            (Get-Failure { Get-CsiProduct }).Data['CsiKind'] | Should -BeExactly 'failed'
        }
    }

    Describe 'Import-CsiModule' {
        BeforeEach {
            Mock Get-Module -ParameterFilter { "$Name" -eq 'ADSync' -and -not $ListAvailable } { }
            Mock Get-CsiProduct { [pscustomobject] @{ modulePath = 'C:\x\ADSync' } }
            Mock Import-Module -ParameterFilter { "$Name" -eq 'C:\x\ADSync' -and $Global -and $UseWindowsPowerShell } { }
        }
        It 'normal: must load the module of the installed product by its path, and only once' {
            Import-CsiModule
            Should -Invoke Import-Module -Exactly 1
            Mock Get-Module -ParameterFilter { $true } { 'loaded' }
            Import-CsiModule
            Should -Invoke Import-Module -Exactly 1
        }
        It 'absent: without the product it must be not-found' {
            Mock Get-CsiProduct { $null }
            (Get-Failure { Import-CsiModule }).Data['CsiKind'] | Should -BeExactly 'not-found'
        }
        It '<case>: what the import throws must reach the caller' -ForEach @(
            @{ case = 'denied'; fault = 'denied' }, @{ case = 'broken'; fault = 'no-module' }
        ) {
            Mock Import-Module -ParameterFilter { $true } { throw (New-WindowsError -Kind $fault) }
            { Import-CsiModule } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }

    Describe 'Get-CsiCmdletParameter' {
        BeforeEach { Mock Import-CsiModule { } }
        It 'normal: must list the parameters of its own, sorted' {
            Mock Get-Command -ParameterFilter { "$Name" -eq 'Add-X' -and "$Module" -eq 'ADSync' } {
                [pscustomobject] @{ Parameters = @{ UserPrincipalName = 1; Verbose = 1; ApplicationAppId = 1; WhatIf = 1; Confirm = 1 } }
            }
            @(Get-CsiCmdletParameter -Cmdlet 'Add-X') | Should -Be @('ApplicationAppId', 'UserPrincipalName')
        }
        It 'absent: a cmdlet that does not exist must have none' {
            Mock Get-Command -ParameterFilter { $true } { }
            @(Get-CsiCmdletParameter -Cmdlet 'Add-X').Count | Should -Be 0
        }
        It '<case>: a module that does not load must reach the caller' -ForEach $PassedOn {
            Mock Import-CsiModule { throw (New-WindowsError -Kind $fault) }
            { Get-CsiCmdletParameter -Cmdlet 'Add-X' } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }

    Describe 'Get-CsiEntraConnector' {
        BeforeEach { Mock Import-CsiModule { } }
        It 'normal: must be the one with the identifier of Entra, whatever its name' {
            Mock Get-ADSyncConnector {
                [pscustomobject] @{ Name = 'corp.example'; Identifier = [Guid]::NewGuid() }
                [pscustomobject] @{ Name = 'contoso - AAD'; Identifier = [Guid] 'b891884f-051e-4a83-95af-2544101c9083' }
            }
            (Get-CsiEntraConnector).Name | Should -BeExactly 'contoso - AAD'
        }
        It 'absent: none, or two, must be not-found' -ForEach @(@{ count = 0 }, @{ count = 2 }) {
            Mock Get-ADSyncConnector {
                for ($number = 0; $number -lt $count; $number++) {
                    [pscustomobject] @{ Name = 'a'; Identifier = 'b891884f-051e-4a83-95af-2544101c9083' }
                }
            }
            $failure = Get-Failure { Get-CsiEntraConnector }
            $failure.Data['CsiKind'] | Should -BeExactly 'not-found'
            $failure.Message | Should -BeLike "$count connectors*"
        }
        It '<case>: what the product throws must reach the caller' -ForEach $PassedOn {
            Mock Get-ADSyncConnector { throw (New-WindowsError -Kind $fault) }
            { Get-CsiEntraConnector } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }

    Describe 'Get-CsiConnectivityParameter' {
        It 'normal: must be the value as text' {
            $connector = [pscustomobject] @{
                ConnectivityParameters = @(@{ Name = 'a'; Value = 'x' }, @{ Name = 'b'; Value = [Guid]::Empty })
            }
            Get-CsiConnectivityParameter -Connector $connector -Name 'b' | Should -BeExactly '00000000-0000-0000-0000-000000000000'
        }
        It 'absent: a missing or blank one must be null' {
            $connector = [pscustomobject] @{ ConnectivityParameters = @(@{ Name = 'a'; Value = ' ' }, @{ Name = 'b'; Value = $null }) }
            foreach ($name in 'a', 'b', 'c') {
                Get-CsiConnectivityParameter -Connector $connector -Name $name | Should -Be $null
            }
        }
    }

    Describe 'Get-CsiConnector' {
        BeforeAll {
            $app = '0A9E8B7C-0000-4000-8000-000000000001'
            $hash = 'AB' * 32
            $parameters = @(
                @{ Name = 'ApplicationManagedBy'; Value = 'Customer' }, @{ Name = 'CertificateManagedBy'; Value = '' }
                @{ Name = 'UserName'; Value = 'Sync_X_1@contoso' }
            )
        }
        BeforeEach {
            Mock Get-CsiEntraConnector { [pscustomobject] @{ Name = 'contoso - AAD'; ConnectivityParameters = $parameters } }
            Mock Get-Command -ParameterFilter { "$Name" -eq 'Get-ADSyncEntraConnectorCredential' } { 'there' }
        }
        It 'normal: an application must have id and hash in lower case, from the name <shown>' -ForEach @(
            @{ shown = '{0A9E8B7C-0000-4000-8000-000000000001}@contoso' }, @{ shown = '0A9E8B7C-0000-4000-8000-000000000001@contoso' }
        ) {
            Mock Get-ADSyncEntraConnectorCredential {
                [pscustomobject] @{
                    ConnectorIdentityType = 'Application'; UserName = $shown
                    CertificateCredential = [pscustomobject] @{ CertificateSHA256Hash = $hash }
                }
            }
            $found = Get-CsiConnector
            $found.appId | Should -BeExactly $app.ToLowerInvariant()
            $found.certificateSha256 | Should -BeExactly $hash.ToLowerInvariant()
            $found.name | Should -BeExactly 'contoso - AAD'
            $found.userName | Should -BeExactly $shown
            $found.parameters.ApplicationManagedBy | Should -BeExactly 'Customer'
            $found.parameters.CertificateManagedBy | Should -Be $null
            $found.parameters.CertificateId | Should -Be $null
        }
        It 'normal: a service account must have neither application nor certificate, and the name that the parameters know' {
            Mock Get-ADSyncEntraConnectorCredential { [pscustomobject] @{ ConnectorIdentityType = 'ServiceAccount' } }
            $found = Get-CsiConnector
            $found.identityType | Should -BeExactly 'ServiceAccount'
            $found.userName | Should -BeExactly 'Sync_X_1@contoso'
            $found.appId | Should -Be $null
            $found.certificateSha256 | Should -Be $null
        }
        It 'absent: what is no application id and no hash must be null' {
            Mock Get-ADSyncEntraConnectorCredential {
                [pscustomobject] @{
                    ConnectorIdentityType = 'Application'; UserName = 'x@contoso'
                    CertificateCredential = [pscustomobject] @{ CertificateSHA256Hash = "$hash`n" }
                }
            }
            (Get-CsiConnector).appId | Should -Be $null
            (Get-CsiConnector).certificateSha256 | Should -Be $null
        }
        It 'absent: a product without the cmdlet must be not-found' {
            Mock Get-Command -ParameterFilter { $true } { }
            (Get-Failure { Get-CsiConnector }).Data['CsiKind'] | Should -BeExactly 'not-found'
        }
        It '<case>: what the product throws must reach the caller' -ForEach $PassedOn {
            Mock Get-ADSyncEntraConnectorCredential { throw (New-WindowsError -Kind $fault) }
            { Get-CsiConnector } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }

    Describe 'Get-CsiPasswordWriteback' {
        BeforeEach {
            Mock Get-CsiEntraConnector { [pscustomobject] @{ Name = 'contoso - AAD' } }
            Mock Get-Command -ParameterFilter { "$Name" -eq 'Get-ADSyncAADPasswordResetConfiguration' } { 'there' }
        }
        It 'normal: must be <value> as the product says' -ForEach @(@{ value = $true }, @{ value = $false }) {
            Mock Get-ADSyncAADPasswordResetConfiguration -ParameterFilter { $Connector -eq 'contoso - AAD' } {
                [pscustomobject] @{ Enabled = $value }
            }
            Get-CsiPasswordWriteback | Should -Be $value
            Get-CsiPasswordWriteback | Should -BeOfType ([bool])
        }
        It 'absent: without cmdlet or value it must be unknown' {
            Mock Get-ADSyncAADPasswordResetConfiguration { [pscustomobject] @{ Other = 1 } }
            Get-CsiPasswordWriteback | Should -Be $null
            Mock Get-Command -ParameterFilter { $true } { }
            Get-CsiPasswordWriteback | Should -Be $null
        }
        It '<case>: it must be unknown' -ForEach $PassedOn {
            Mock Get-ADSyncAADPasswordResetConfiguration { throw (New-WindowsError -Kind $fault) }
            Get-CsiPasswordWriteback | Should -Be $null
        }
    }

    Describe 'Get-CsiMachineIdentifier' {
        BeforeEach {
            $key = 'HKLM:\SOFTWARE\Microsoft\Azure AD Connect'
            Mock Test-Path -ParameterFilter { "$LiteralPath" -eq $key } { $true }
        }
        It 'normal: must be the value of the registry' {
            Mock Get-ItemProperty -ParameterFilter { "$LiteralPath" -eq $key } { [pscustomobject] @{ SyncMachineIdentifier = 'abc' } }
            Get-CsiMachineIdentifier | Should -BeExactly 'abc'
        }
        It 'absent: without key or value there is none' {
            Mock Get-ItemProperty -ParameterFilter { $true } { [pscustomobject] @{ SyncMachineIdentifier = '' } }
            Get-CsiMachineIdentifier | Should -Be $null
            Mock Test-Path -ParameterFilter { $true } { $false }
            Get-CsiMachineIdentifier | Should -Be $null
        }
        It '<case>: what the registry throws must reach the caller' -ForEach @(
            @{ case = 'denied'; fault = 'registry-denied' }, @{ case = 'broken'; fault = 'broken' }
        ) {
            Mock Get-ItemProperty -ParameterFilter { $true } { throw (New-WindowsError -Kind $fault) }
            { Get-CsiMachineIdentifier } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }

    Describe 'Get-CsiAzureInstance' {
        BeforeEach {
            $key = 'HKLM:\SOFTWARE\Microsoft\Azure AD Connect'
            Mock Test-Path -ParameterFilter { "$LiteralPath" -eq $key } { $true }
        }
        It 'normal: must be the number, also where it was written as a text' -ForEach @(@{ value = 4 }, @{ value = '4' }) {
            Mock Get-ItemProperty -ParameterFilter { "$LiteralPath" -eq $key } { [pscustomobject] @{ AzureInstance = $value } }
            Get-CsiAzureInstance | Should -BeExactly 4
            Get-CsiAzureInstance | Should -BeOfType ([int])
        }
        It 'absent: without key, value or number there is none' {
            Mock Get-ItemProperty -ParameterFilter { $true } { [pscustomobject] @{ SyncMachineIdentifier = 'abc' } }
            Get-CsiAzureInstance | Should -Be $null
            Mock Get-ItemProperty -ParameterFilter { $true } { [pscustomobject] @{ AzureInstance = 'four' } }
            Get-CsiAzureInstance | Should -Be $null
            Mock Test-Path -ParameterFilter { $true } { $false }
            Get-CsiAzureInstance | Should -Be $null
        }
        It '<case>: what the registry throws must reach the caller' -ForEach @(
            @{ case = 'denied'; fault = 'registry-denied' }, @{ case = 'broken'; fault = 'broken' }
        ) {
            Mock Get-ItemProperty -ParameterFilter { $true } { throw (New-WindowsError -Kind $fault) }
            { Get-CsiAzureInstance } | Should -Throw -ErrorId (New-WindowsError -Kind $fault).FullyQualifiedErrorId
        }
    }
}
