# Generated from the model by tools/host-program; not edited by hand.
@{
    INVALID_REQUEST = @{
        Exit    = 2
        Message = 'The request to {0} cannot be understood.'
        Remedy  = 'Run "pulumi up" with one version of this project for program and component.'
    }
    PROGRAM_MISMATCH = @{
        Exit    = 7
        Message = 'The installed host program is not the expected one.'
        Remedy  = 'Run "pulumi up": it copies the program again.'
    }
    LANGUAGE_MODE = @{
        Exit    = 3
        Message = 'PowerShell is restricted.'
        Remedy  = 'Allow the signed host program in the application control policy.'
    }
    NOT_ADMINISTRATOR = @{
        Exit    = 3
        Message = 'The SSH user may not administer this server.'
        Remedy  = 'Name a local administrator as connection.user, or add this user to the Administrators group.'
    }
    ADSYNC_MISSING = @{
        Exit    = 3
        Message = 'Entra Connect Sync is not installed on this server.'
        Remedy  = 'Check connection.host, or install Entra Connect Sync first.'
    }
    SERVICE_STOPPED = @{
        Exit    = 3
        Message = 'The ADSync service does not run.'
        Remedy  = 'Start it with Start-Service ADSync, then run again.'
    }
    SERVICE_ACCOUNT_UNEXPECTED = @{
        Exit    = 3
        Message = 'The ADSync service runs under another account than the declared one.'
        Remedy  = 'Correct serviceAccount in the configuration, or the account of the service.'
    }
    VERSION_TOO_OLD = @{
        Exit    = 3
        Message = 'Entra Connect Sync is too old.'
        Remedy  = 'Upgrade Entra Connect Sync on this server, then run again.'
    }
    DOTNET_TOO_OLD = @{
        Exit    = 3
        Message = 'The .NET Framework of this server is older than 4.7.2.'
        Remedy  = 'Install .NET Framework 4.8 on the server and restart it, then run again.'
    }
    TPM_MISSING = @{
        Exit    = 3
        Message = 'There is no TPM that could hold the key.'
        Remedy  = 'Give the server a (virtual) TPM, or allow a software key by name.'
    }
    TPM_SIGNATURE_INVALID = @{
        Exit    = 3
        Message = 'The TPM cannot make the signature that Entra requires (PS256).'
        Remedy  = 'Update the firmware of the TPM (revision 1.16 of TPM 2.0 is known for it), or allow a software key by name.'
    }
    CERTIFICATE_MISSING = @{
        Exit    = 3
        Message = 'The certificate "{0}" is not on this server.'
        Remedy  = 'Run "pulumi up" again: it makes a new generation. Where it does not, change rotate of this server in the configuration.'
    }
    'CERTIFICATE_MISSING.adopted' = @{
        Exit    = 3
        Message = 'The certificate that is to be adopted is not on this server.'
        Remedy  = 'Name a certificate of LocalMachine\My in adopt.certificateSha256, or set rotate so that a new one is made.'
    }
    'CERTIFICATE_MISSING.issued' = @{
        Exit    = 3
        Message = 'The certificate that certificate.source names is not on this server.'
        Remedy  = 'Have the CA issue it into LocalMachine\My, or correct its SHA-256 in certificate.source.'
    }
    CERTIFICATE_UNSUITABLE = @{
        Exit    = 3
        Message = 'The certificate of {0} cannot be used for this server.'
        Remedy  = 'Have the CA issue one that can, for a key of its own, and name its SHA-256 in certificate.source.'
    }
    'CERTIFICATE_UNSUITABLE.template' = @{
        Exit    = 3
        Message = 'The certificate that the CA issued by the template {0} cannot be used for this server.'
        Remedy  = @(
            'Correct the template on the CA, or name another one in certificate.source, then run "pulumi up" again: the CA is asked '
            'again.'
        )
    }
    ENROLMENT_PENDING = @{
        Exit    = 3
        Message = 'The CA has the request by the template {0}, but has not issued the certificate yet.'
        Remedy  = @(
            'Approve the request on the CA (its requester is the computer account of this server), then run "pulumi up" again: it '
            'fetches the certificate.'
        )
    }
    ENROLMENT_FAILED = @{
        Exit    = 6
        Message = 'The CA issued no certificate by the template {0}.'
        Remedy  = @(
            'Look whether a CA offers the template, whether the computer account of this server may enrol by it, and whether the CA '
            'answers this server.'
        )
    }
    'ENROLMENT_FAILED.denied' = @{
        Exit    = 6
        Message = 'The CA denied the request by the template {0}; the request and its key were removed.'
        Remedy  = @(
            'Ask the administrator of the CA for the reason (its list of failed requests has it), then run "pulumi up" again: the CA is '
            'asked again.'
        )
    }
    CERTIFICATE_AMBIGUOUS = @{
        Exit    = 3
        Message = 'Several certificates have the same hash.'
        Remedy  = 'Remove the copies from LocalMachine\My.'
    }
    'CERTIFICATE_AMBIGUOUS.label' = @{
        Exit    = 3
        Message = 'Several certificates carry the same label.'
        Remedy  = 'Remove the ones that the connector does not use from LocalMachine\My.'
    }
    CERTIFICATE_IN_USE = @{
        Exit    = 3
        Message = 'The connector uses this certificate.'
        Remedy  = @(
            'Keep the server in the configuration. Before you take it out, let it leave (the name of its stack goes at the end): npx '
            'connect-sync-identity leave {0} --rollback --stack'
        )
    }
    'CERTIFICATE_IN_USE.provider' = @{
        Exit    = 3
        Message = 'The connector uses this certificate, so its key cannot be made again with another provider.'
        Remedy  = 'Set rotate in the configuration of this server: the next generation is made with the declared provider.'
    }
    SWITCH_UNVERIFIED = @{
        Exit    = 3
        Message = 'The connector was switched away from this certificate, but it is not verified that the new one works.'
        Remedy  = @(
            'Look at the Synchronization Service Manager of the server, then run "pulumi up": it verifies the switch, and releases this '
            'certificate once that succeeds.'
        )
    }
    KEY_UNUSABLE = @{
        Exit    = 3
        Message = 'The key of certificate "{0}" cannot be used.'
        Remedy  = 'Run "pulumi up" again: it makes a new generation.'
    }
    'KEY_UNUSABLE.adopted' = @{
        Exit    = 3
        Message = 'The key of the certificate that is to be adopted cannot be used.'
        Remedy  = 'Set rotate in the configuration of this server: a new certificate is made.'
    }
    'KEY_UNUSABLE.issued' = @{
        Exit    = 3
        Message = 'The key of the certificate that certificate.source names cannot be used.'
        Remedy  = @(
            'Have the CA issue a certificate for a key of a key storage provider, that of the TPM first, and name it in '
            'certificate.source.'
        )
    }
    KEY_UNAVAILABLE = @{
        Exit    = 3
        Message = 'A key on this server does not answer at the moment; nothing was removed.'
        Remedy  = 'Look at the TPM of the server (Get-Tpm): a lockout ends by itself. Then run "pulumi up" again.'
    }
    KEY_SHARED = @{
        Exit    = 3
        Message = 'Another certificate on this server has the key {0}, which is to be removed.'
        Remedy  = 'If nothing uses that certificate, remove it from LocalMachine\My, then run again.'
    }
    'KEY_SHARED.making' = @{
        Exit    = 3
        Message = 'Another certificate on this server has the key {0}, which is to be used.'
        Remedy  = 'Set rotate in the configuration of this server: the next key has a name of its own.'
    }
    KEY_NOT_IN_HARDWARE = @{
        Exit    = 3
        Message = 'The key of certificate "{0}" is not in hardware.'
        Remedy  = 'Run "pulumi up" again: it makes a new generation; or allow a software key by name.'
    }
    'KEY_NOT_IN_HARDWARE.provider' = @{
        Exit    = 3
        Message = 'A key outside the TPM was asked for, but is not allowed.'
        Remedy  = 'Leave keyProvider out, or set allowSoftwareKey: true.'
    }
    'KEY_NOT_IN_HARDWARE.issued' = @{
        Exit    = 3
        Message = 'The key of certificate "{0}" is not in the TPM.'
        Remedy  = 'Have the CA issue one for a key in the TPM, or allow a software key by name (allowSoftwareKey: true).'
    }
    'KEY_NOT_IN_HARDWARE.template' = @{
        Exit    = 3
        Message = 'The key of the certificate that the CA issued by the template {0} is not in the TPM.'
        Remedy  = 'Let the template want "Microsoft Platform Crypto Provider", or allow a software key by name (allowSoftwareKey: true).'
    }
    KEY_ACL_NOT_SET = @{
        Exit    = 6
        Message = 'The access rules of the key could not be set.'
        Remedy  = 'Look at the permissions of the key file on the server, then run again.'
    }
    CLOCK_SKEW = @{
        Exit    = 3
        Message = 'The clock of the server is off.'
        Remedy  = 'Correct the time service on the server (w32tm /resync), then run again.'
    }
    TOKEN_ENDPOINT_UNREACHABLE = @{
        Exit    = 3
        Message = 'The token endpoint cannot be reached from this session; this says nothing about the key.'
        Remedy  = 'Let this session reach the token endpoint (proxy, firewall), then run again.'
    }
    TOKEN_REFUSED = @{
        Exit    = 3
        Message = 'Entra does not accept the certificate for application {0}.'
        Remedy  = @(
            'Check that the application holds this certificate, then run again; replication can take minutes. After a run that was '
            'killed: "pulumi up --refresh".'
        )
    }
    ROLE_MISSING = @{
        Exit    = 3
        Message = 'The token for {0} lacks {1}.'
        Remedy  = @(
            'Check the role assignments of the application, then run again; replication can take minutes. After a run that was killed: '
            '"pulumi up --refresh".'
        )
    }
    SCHEDULER_SUSPENDED = @{
        Exit    = 3
        Message = 'The scheduler is suspended: the wizard or an upgrade is at work.'
        Remedy  = 'Close the Entra Connect wizard, or wait for the upgrade, then run again.'
    }
    CONNECTOR_UNEXPECTED = @{
        Exit    = 3
        Message = 'The connector is not on the application that it is to leave.'
        Remedy  = 'Run "pulumi preview" to see where it is; only the application that this server is on can be left.'
    }
    'CONNECTOR_UNEXPECTED.product' = @{
        Exit    = 3
        Message = 'The connector is not on the application of Entra Connect on which it is to be rotated.'
        Remedy  = @(
            'At the server''s desktop, in the Microsoft Entra Connect wizard: Additional tasks, Configure application-based '
            'authentication to Microsoft Entra ID. Then run "pulumi up".'
        )
    }
    ACCOUNT_IN_USE = @{
        Exit    = 3
        Message = 'The connector of this server signs in with the account {0}.'
        Remedy  = 'Run "pulumi up" first: it moves the connector to its application.'
    }
    ACCOUNT_UNEXPECTED = @{
        Exit    = 3
        Message = 'The account {0} is not one of this server.'
        Remedy  = 'Give the name without its domain, on the server that the account was made for.'
    }
    BUSY = @{ Exit = 4; Message = 'Another operation is at work on this server.'; Remedy = 'Wait until it has ended, then run again.' }
    'BUSY.foreign' = @{
        Exit    = 4
        Message = 'Something that is not this program has the name of its lock on this server.'
        Remedy  = 'Find out who runs that program and end it, or restart the server; then run again.'
    }
    DATA_FOLDER_FOREIGN = @{
        Exit    = 3
        Message = 'The folder of this program for its records was made by someone else.'
        Remedy  = 'Find out why, then remove the folder as an administrator: the next run makes it for administrators only.'
    }
    CYCLE_STILL_RUNNING = @{
        Exit    = 3
        Message = 'A synchronisation cycle is still running.'
        Remedy  = 'Run again when the cycle has ended.'
    }
    RESTORE_TASK_UNPROVEN = @{
        Exit    = 3
        Message = 'The task that would end an interrupted pause does not work, so nothing was paused.'
        Remedy  = 'Check that SYSTEM may call ADSync and run the installed program, then run again.'
    }
    SIGNIN_REQUIRED = @{
        Exit    = 5
        Message = 'The cmdlet {0} wants an administrator to sign in, which cannot be done over SSH.'
        Remedy  = @(
            'In an elevated Windows PowerShell at the desktop of the server, as Hybrid Identity Administrator, run: {1} ; then run '
            '"pulumi up" again. The same text is on the server in C:\ProgramData\ConnectSyncIdentity\sign-in.txt.'
        )
    }
    MFA_REQUIRED = @{
        Exit    = 5
        Message = 'The cmdlet {0} wants more than a password from this administrator, which cannot be given over SSH.'
        Remedy  = 'Take a Hybrid Identity Administrator who may sign in with a password alone, then run again.'
    }
    CREDENTIAL_REFUSED = @{
        Exit    = 6
        Message = 'Entra did not accept the credential for {0}.'
        Remedy  = 'Check user name, password and the role Hybrid Identity Administrator, then run again.'
    }
    CMDLET_FAILED = @{ Exit = 6; Message = 'The cmdlet {0} failed.'; Remedy = 'Look at the Application log of the server, then run again.' }
    CMDLET_TIMEOUT = @{
        Exit    = 6
        Message = 'The cmdlet {0} did not end within {1} s.'
        Remedy  = 'It may wait for a sign-in that no one can see. Run it at the desktop of the server: {2} ; then run "pulumi up" again.'
    }
    'CMDLET_TIMEOUT.credential' = @{
        Exit    = 6
        Message = 'The cmdlet {0} did not end within {1} s.'
        Remedy  = @(
            'It may wait for a sign-in that no one can see. Look where the connector is, then run again, with an administrator who may '
            'sign in with a password alone.'
        )
    }
    REPAIR_MODULE_MISSING = @{
        Exit    = 3
        Message = 'The module with the documented repair of connectivity parameters is not installed.'
        Remedy  = 'Install ADSyncTools on the server for all users, then run again.'
    }
    VERIFICATION_FAILED = @{
        Exit    = 6
        Message = 'The connector is not on the new identity.'
        Remedy  = 'Look at Get-ADSyncEntraConnectorCredential on the server, then run again.'
    }
    'VERIFICATION_FAILED.parameters' = @{
        Exit    = 6
        Message = 'The connectivity parameters are still blank after the documented repair.'
        Remedy  = 'Check that ADSyncTools 2.3.0 or later is installed on the server.'
    }
    'VERIFICATION_FAILED.removal' = @{
        Exit    = 6
        Message = 'Certificate or key are still there after their removal.'
        Remedy  = 'Remove them by hand in LocalMachine\My, then run again.'
    }
    'VERIFICATION_FAILED.back' = @{
        Exit    = 6
        Message = '{0} The connector is back on certificate {1}, which works.'
        Remedy  = @(
            'Look at the Application log and at the Synchronization Service Manager of the server, then run "pulumi up": it switches '
            'again.'
        )
    }
    'VERIFICATION_FAILED.stays' = @{
        Exit    = 6
        Message = '{0} The connector stays on the new certificate, as there is no way back: {1}.'
        Remedy  = @(
            'Look at the Application log and at the Synchronization Service Manager of the server, then run "pulumi up": it verifies '
            'again.'
        )
    }
    'VERIFICATION_FAILED.rollback' = @{
        Exit    = 6
        Message = 'The cmdlet ended well, but the connector is not on a service account.'
        Remedy  = 'Look at Get-ADSyncEntraConnectorCredential on the server, then run again.'
    }
    'VERIFICATION_FAILED.identifier' = @{
        Exit    = 6
        Message = 'The server still has the machine identifier that it shares.'
        Remedy  = 'Look at SyncMachineIdentifier under HKLM\SOFTWARE\Microsoft\Azure AD Connect on the server, then run again.'
    }
    SCHEDULER_NOT_RESTORED = @{
        Exit    = 6
        Message = 'The scheduler could not be put back.'
        Remedy  = 'Run on the server: Set-ADSyncScheduler -SyncCycleEnabled ${0} ; the restore task tries it as well.'
    }
    UNEXPECTED = @{
        Exit    = 6
        Message = 'A step failed in a way that this program does not know.'
        Remedy  = 'Look at the Application log of {0}, then run again.'
    }
    'UNEXPECTED.account' = @{
        Exit    = 6
        Message = 'The account of the ADSync service cannot be looked up.'
        Remedy  = 'Let the server reach a domain controller of the account, then run again.'
    }
    'UNEXPECTED.identifier' = @{
        Exit    = 6
        Message = 'The name of the service account cannot be determined.'
        Remedy  = 'Look for SyncMachineIdentifier under HKLM\SOFTWARE\Microsoft\Azure AD Connect on the server.'
    }
    'UNEXPECTED.disk' = @{
        Exit    = 6
        Message = 'The server cannot write files.'
        Remedy  = 'Free space on the system drive of the server, then run again.'
    }
}
