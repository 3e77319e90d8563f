@{
    # Why a function of Windows has no test of a case. Table.Tests.ps1 holds this list to the functions and the tests.
    Reasons = @(
        @{
            Reason    = 'It asks nothing of Windows: its result follows from its arguments.'
            Cases     = @('absent', 'denied', 'broken')
            Functions = @(
                'ConvertTo-CsiRunTime', 'ConvertTo-CsiTime', 'Get-CsiFailureLine', 'Get-CsiFailureText', 'Get-CsiHResult'
                'Get-CsiInnermostException', 'Get-CsiInnermostMessage', 'Get-CsiSha256', 'Get-CsiSignInText', 'Get-CsiSwitchRecordPath'
                'New-CsiException', 'New-CsiFileException', 'New-CsiFolderSecurity', 'New-CsiKeyException', 'New-CsiSid'
                'Test-CsiCredentialFailure', 'Test-CsiSignInFailure'
            )
        }
        @{
            Reason    = 'It asks nothing of Windows: its result follows from its arguments.'
            Cases     = @('denied', 'broken')
            Functions = @(
                'ConvertTo-CsiCertificateEntry', 'ConvertTo-CsiProxyAddress', 'Get-CsiConnectivityParameter', 'Get-CsiEventText'
                'Get-CsiMember', 'Get-CsiPublicModulus'
            )
        }
        @{
            Reason    = 'A refused connection, and one without an answer, are the case of an address where nothing listens.'
            Cases     = @('denied')
            Functions = @('Test-CsiAddressAnswer')
        }
        @{
            Reason    = 'Every user may read these files; what reading one throws reaches the caller, as of a broken one.'
            Cases     = @('denied')
            Functions = @('Read-CsiProxyConfig')
        }
        @{
            Reason    = 'It asks nothing of Windows: its result follows from its arguments.'
            Cases     = @('absent', 'denied')
            Functions = @('ConvertFrom-CsiTime')
        }
        @{
            Reason    = 'It gives one function, which has the cases, a name or a path.'
            Cases     = @('absent', 'denied', 'broken')
            Functions = @(
                'Get-CsiOutcomePath', 'Get-CsiProgramArgument', 'Invoke-CsiLegacyAccountRemoval', 'Invoke-CsiRegistration'
                'Invoke-CsiRollback', 'Invoke-CsiRotation', 'Register-CsiRestoreTask', 'Request-CsiCertificate', 'Unregister-CsiRestoreTask'
                'Write-CsiProof'
            )
        }
        @{
            Reason    = 'It gives one function, which has the cases, a name or a path.'
            Cases     = @('denied', 'broken')
            Functions = @('Move-CsiBrokenRecord')
        }
        @{
            Reason    = 'It asks only whether a file is there, which .NET answers with no where it may not look.'
            Cases     = @('denied', 'broken')
            Functions = @('Get-CsiProgramPath')
        }
        @{
            Reason    = 'It gives one function, which has the cases, a name or a path.'
            Cases     = @('absent', 'broken')
            Functions = @('Write-CsiPauseRecord', 'Write-CsiSwitchRecord')
        }
        @{
            Reason    = 'Windows answers it to every process.'
            Cases     = @('absent', 'denied', 'broken')
            Functions = @('Get-CsiDataPath', 'Get-CsiHost', 'Get-CsiPowerShellPath', 'Get-CsiTime', 'Wait-CsiTime')
        }
        @{ Reason = 'Windows answers it to every process.'; Cases = @('absent', 'broken'); Functions = @('Get-CsiCaller') }
        @{
            Reason    = 'It makes what is absent, or what it changes is always there.'
            Cases     = @('absent')
            Functions = @('New-CsiCertificate', 'Open-CsiStore', 'Set-CsiSyncCycleEnabled', 'Stop-CsiProcessTree')
        }
        @{
            Reason    = 'Enter-CsiLock, its only caller, has the cases.'
            Cases     = @('absent', 'denied', 'broken')
            Functions = @('New-CsiMutex')
        }
        @{
            Reason    = 'It adds nothing to the failure, or takes it like the case that is tested.'
            Cases     = @('denied', 'broken')
            Functions = @(
                'Find-CsiEnrolmentRequest', 'Get-CsiKeyFilePath', 'Remove-CsiPauseRecord', 'Remove-CsiSwitchRecord'
                'Set-CsiStoredLabel', 'Test-CsiRestoreTask'
            )
        }
        @{
            Reason    = 'It adds nothing to the failure, or takes it like the case that is tested.'
            Cases     = @('denied')
            Functions = @('Get-CsiProxy', 'Stop-CsiProcessTree', 'Test-CsiSignature')
        }
        @{
            Reason    = 'It adds nothing to the failure, or takes it like the case that is tested.'
            Cases     = @('broken')
            Functions = @('Get-CsiLockHolder')
        }
        @{ Reason = 'It asks nothing of Windows but the status that its caller holds.'; Cases = @('absent', 'denied'); Functions = @('Wait-CsiService') }
        @{ Reason = 'It does nothing if nothing is held.'; Cases = @('absent', 'broken'); Functions = @('Exit-CsiLock') }
    )
}
