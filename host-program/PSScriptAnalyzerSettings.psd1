@{
    # Windows PowerShell 5.1 of Server 2016 and later, and PowerShell 7 on Windows.
    IncludeDefaultRules = $true
    ExcludeRules        = @(
        # Nothing prompts: no one is there to answer, and the caller decides by operation what is changed.
        'PSUseShouldProcessForStateChangingFunctions'
    )
    Rules               = @{
        PSUseCompatibleSyntax   = @{ Enable = $true; TargetVersions = @('5.1', '7.4') }
        PSUseCompatibleCommands = @{
            Enable         = $true
            TargetProfiles = @(
                'win-8_x64_10.0.14393.0_5.1.14393.2791_x64_4.0.30319.42000_framework'
                'win-8_x64_10.0.17763.0_5.1.17763.316_x64_4.0.30319.42000_framework'
            )
            # Modules of the server's own roles, which no profile lists.
            IgnoreCommands = @(
                'Get-ADSyncConnector', 'Get-ADSyncScheduler', 'Set-ADSyncScheduler', 'Start-ADSyncSyncCycle', 'Get-Tpm'
            )
        }
        PSUseCompatibleTypes    = @{
            Enable         = $true
            TargetProfiles = @('win-8_x64_10.0.14393.0_5.1.14393.2791_x64_4.0.30319.42000_framework')
        }
        PSAvoidLongLines        = @{ Enable = $true; MaximumLineLength = 140 }
    }
}
