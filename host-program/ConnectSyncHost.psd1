@{
    RootModule        = 'ConnectSyncHost.psm1'
    ModuleVersion     = '0.1.0'
    GUID              = 'fb199ef8-677d-482e-a07b-0b54f4326c0b'
    Author            = 'ConnectSyncIdentity'
    Description       = 'Observes and changes the application identity of a Microsoft Entra Connect Sync server.'
    PowerShellVersion = '5.1'
    FunctionsToExport = @(
        'Invoke-Diagnose', 'Invoke-EnsureCertificate', 'Invoke-Observe', 'Invoke-Register', 'Invoke-Release',
        'Invoke-RemoveCertificate', 'Invoke-RemoveLegacyAccount', 'Invoke-ResetMachineIdentifier', 'Invoke-Restore',
        'Invoke-Rollback'
    )
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
