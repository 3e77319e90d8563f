<#
.SYNOPSIS
    Observes and changes the application identity of a Microsoft Entra Connect Sync server.
.DESCRIPTION
    One request as ASCII JSON, one answer as ASCII JSON between two marker lines, and an exit code: PROTOCOL.md
    describes them. Every operation reads, compares, acts on the difference only, and reads again. Everything of
    Windows is behind the functions of Windows.ps1, which is beside this file or, if the program was piped, has
    been defined already.
.PARAMETER Operation
    observe, diagnose, ensure-certificate, remove-certificate, release, register, rollback, remove-legacy-account or
    reset-machine-identifier;
    restore is for the task that ends an interrupted pause, run-cmdlet for the program's own child process.
.PARAMETER Request
    The request, if it does not come on stdin. Operation restore has none; that of run-cmdlet is the cmdlet, its arguments and
    the name of the file for its outcome.
.PARAMETER Full
    Answers a failure in JSON too. Without it a failure is one sentence on stderr: Pulumi's command plugin repeats in its
    error whatever a failed command has printed.
.PARAMETER Manifest
    SHA-256 of the manifest that is expected beside this file.
.PARAMETER InputObject
    A line of stdin.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidateSet('observe', 'diagnose', 'ensure-certificate', 'remove-certificate', 'release', 'register', 'rollback',
        'remove-legacy-account', 'reset-machine-identifier', 'restore', 'run-cmdlet')]
    [string] $Operation,

    [string] $Request = '',

    [switch] $Full,

    [ValidatePattern('\A[0-9a-f]{64}\z')]
    [string] $Manifest,

    [Parameter(ValueFromPipeline = $true)]
    [AllowEmptyString()]
    [string] $InputObject
)
# One block to the end of the file: what is left of a copy that was cut off does not parse, so that it never ends with 0.
end {
# PowerShell reads stdin for a file only if $input is named here, outside any inner block.
if (-not $PSBoundParameters.ContainsKey('Request')) {
    $Request = @($input) -join "`n"
}
# A scope of its own: powershell.exe -File runs a file in the global scope, whose strict mode and preferences the ADSync
# module would see.
& {
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$ConfirmPreference = 'None'
$ProgressPreference = 'SilentlyContinue'

# Version of request and answer.
$script:ProtocolVersion = 1
# In the two lines around an answer.
$script:AnswerMarker = 'CONNECT SYNC HOST ANSWER'
# Characters of the longest text of an answer; longer ones are cut.
$script:TextLimit = 16384
# Characters of what was found that a failure's sentence repeats.
$script:SentenceLimit = 300
# What a run reports while it is at work.
$script:Steps = @{
    makingKey       = 'making a key and its certificate'
    enrolling       = 'asking the CA for a certificate'
    collecting      = 'asking the CA for the certificate that it was asked for before'
    keepingIssued   = 'leaving the certificate of a CA, and its key, where they are'
    endingPause     = 'ending the pause of an interrupted run'
    movingRecord    = 'moving a record that cannot be read aside'
    lateCmdlet      = 'a cmdlet of an earlier run has ended since'
    provingToken    = 'proving the certificate with a token from Entra'
    awaitingEntra   = 'waiting for Entra to accept the certificate'
    pausing         = 'pausing the scheduler'
    awaitingCycle   = 'waiting for the running synchronisation cycle to end'
    linking         = 'linking the connector to its application'
    rotating        = 'rotating the certificate of the connector'
    settling        = 'waiting for the connector to settle'
    restoring       = 'putting the scheduler back'
    verifying       = 'verifying by a delta cycle'
    goingBack       = 'going back to the certificate before'
    leaving         = 'moving the connector to its service account'
    removingAccount = 'removing the service account from Entra'
    stoppingService = 'stopping the synchronisation service'
    startingService = 'starting the synchronisation service'
    noEvent         = 'the event log of the server took no entry'
}
# Lines of progress that a run prints at most.
$script:StepLimit = 12
# Seconds of a wait at which it is reported again.
$script:StepSeconds = @(10, 60, 300, 900)
# For how long a client assertion is valid.
$script:AssertionSeconds = 600
# Seconds by which the clock may differ from Entra's.
$script:MaximumSkew = 300
# Seconds beyond cycle and cmdlets until a pause is over; after that the restore task steps in.
$script:PauseMargin = 600
# Seconds between the tries to put the scheduler back: three minutes in all, as ADSync may be restarting.
$script:RestoreWaits = @(1, 2, 3, 4, 5, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15)
# The operation that stops the service: a record of it means that the service is to be started.
$script:ServiceStopping = 'reset-machine-identifier'
# For how long the start of a service that it left may take.
$script:ServiceSeconds = 300
# In the record of a pause, for the person who finds it.
$script:PauseNote = 'A run, or its task, switches the scheduler on again. To keep the scheduler off, switch it off after that.'
# Event ids of entries in the Application log.
$script:ChangeEvents = @{
    changed        = 1
    failed         = 2
    paused         = 3
    resumed        = 4
    restoredByTask = 5
    notRestored    = 6
    recordAside    = 7
    lateCmdlet     = 8
}
# Characters of the state before, and of the one after, there.
$script:ChangeLimit = 2000
# Versions before this one may move a server to an application of their own by themselves.
$script:OnboardingEnds = '2.6.84.0'
# Files that older versions of this project copied into the program's folder, by their first line.
$script:EarlierFiles = @{ 'PROTOCOL.md' = '# Host protocol' }
# Names of other files there that an observation lists at most.
$script:ForeignLimit = 20
# Events of the service that the documents name by their ids.
$script:EventIds = @(906, 1011, 1012, 1014)
# All of these are in an error of the service that says that the key of an earlier certificate could not be removed.
$script:OldKeyWords = @('remov|delet', 'certificate|credential|key')
# Key storage providers by their full names.
$script:TpmProvider = 'Microsoft Platform Crypto Provider'
# What an HRESULT of a key storage provider proves about a key; any other proves nothing. Only a dead key may go.
$script:KeyFaults = @{
    '0x80090016' = 'dead'
    '0x80090011' = 'dead'
    '0x80090030' = 'passing'
    '0x80290401' = 'passing'
    '0x80280908' = 'passing'
    '0x80280909' = 'passing'
    '0x8028090A' = 'passing'
    '0x80280920' = 'passing'
    '0x80280921' = 'passing'
    '0x80280922' = 'passing'
    '0x80280923' = 'passing'
    '0x80284001' = 'passing'
    '0x80284008' = 'passing'
    '0x80284009' = 'passing'
    '0x8028400B' = 'passing'
    '0x8028400D' = 'passing'
    '0x8028400F' = 'passing'
    '0x800706BA' = 'passing'
    '0x80090010' = 'denied'
    '0x80070005' = 'denied'
    '0x80090029' = 'unsupported'
    '0x80070423' = 'unsupported'
}
# Release of the first .NET Framework with CertificateRequest, 4.7.2.
$script:DotnetRelease = 461808
# Entra's codes for a credential that it does not take. Any other may pass, or is about something else.
$script:RefusalCodes = @('AADSTS50013', 'AADSTS700016', 'AADSTS700027', 'AADSTS7000215', 'AADSTS7000222')
# Seconds before a key that fails for a passing reason is tried again, once each.
$script:SignatureWaits = @(0.5, 1)
# Links the connector to an application.
$script:RegistrationCmdlet = 'Add-ADSyncApplicationRegistration'
# Moves it to another certificate of its application.
$script:RotationCmdlet = 'Invoke-ADSyncApplicationCredentialRotation'
# Puts it back on a service account.
$script:RollbackCmdlet = 'Add-ADSyncAADServiceAccount'
# Removes a service account from Entra.
$script:RemovalCmdlet = 'Remove-ADSyncAADServiceAccount'
# Id, exit code, sentence and remedy of every refusal.
$script:Messages = @{
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
# What each request may hold.
$script:Requests = @{
    observe = @{
        Kind = 'object'
        Words = 'an object'
        Properties = @(
            @{ Name = 'protocol'; Kind = 'number'; Words = 'the number 1'; Least = 1; Most = 1 }
            @{
                Name     = 'nonce'
                Kind     = 'text'
                Words    = '32 lower-case hexadecimal digits'
                Pattern  = '\A(?:[0-9a-f]{32})\z'
                Optional = $true
            }
            @{ Name = 'server'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'labelPrefix'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'eventHours'; Kind = 'number'; Words = 'a whole number from 0 to 720'; Least = 0; Most = 720 }
            @{
                Name     = 'issuedSha256'
                Kind     = 'text'
                Words    = '64 lower-case hexadecimal digits'
                Pattern  = '\A(?:[0-9a-f]{64})\z'
                Optional = $true
            }
        )
    }
    diagnose = @{
        Kind = 'object'
        Words = 'an object'
        Properties = @(
            @{ Name = 'protocol'; Kind = 'number'; Words = 'the number 1'; Least = 1; Most = 1 }
            @{
                Name     = 'nonce'
                Kind     = 'text'
                Words    = '32 lower-case hexadecimal digits'
                Pattern  = '\A(?:[0-9a-f]{32})\z'
                Optional = $true
            }
            @{ Name = 'server'; Kind = 'text'; Words = 'a string' }
            @{
                Name = 'endpoints'
                Kind = 'list'
                Words = 'a list of URLs'
                Least = 0
                Element = @{
                    Kind    = 'text'
                    Words   = 'an http or https URL'
                    Pattern = @(
                        '\A(?:https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0'
                        '-9]{1,5})?(?:[/?](?:[A-Za-z0-9._~:/?@!$&''()*+,;=-]|%[0-9A-Fa-f]{2})*)?)\z'
                    )
                }
            }
        )
    }
    'ensure-certificate' = @{
        Kind = 'object'
        Words = 'an object'
        Properties = @(
            @{ Name = 'protocol'; Kind = 'number'; Words = 'the number 1'; Least = 1; Most = 1 }
            @{
                Name     = 'nonce'
                Kind     = 'text'
                Words    = '32 lower-case hexadecimal digits'
                Pattern  = '\A(?:[0-9a-f]{32})\z'
                Optional = $true
            }
            @{ Name = 'server'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'label'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'keyName'; Kind = 'text'; Words = '1 to 120 letters, digits and dashes'; Pattern = '\A(?:[A-Za-z0-9-]{1,120})\z' }
            @{ Name = 'subject'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'keyProvider'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'allowSoftwareKey'; Kind = 'truth'; Words = 'true or false' }
            @{ Name = 'keyLength'; Kind = 'number'; Words = 'a whole number of 0 or more'; Least = 0; Most = 2147483647 }
            @{ Name = 'lifetimeDays'; Kind = 'number'; Words = 'a whole number of 1 or more'; Least = 1; Most = 2147483647 }
            @{ Name = 'serviceAccount'; Kind = 'text'; Words = 'a string or null'; Nullable = $true }
            @{
                Name    = 'minimumVersion'
                Kind    = 'text'
                Words   = 'a version such as 2.5.79.0'
                Pattern = '\A(?:[0-9]{1,9}(?:\.[0-9]{1,9}){1,3})\z'
            }
            @{
                Name     = 'adoptSha256'
                Kind     = 'text'
                Words    = '64 lower-case hexadecimal digits or null'
                Pattern  = '\A(?:[0-9a-f]{64})\z'
                Nullable = $true
            }
            @{ Name = 'issued'; Kind = 'truth'; Words = 'true or false'; Optional = $true }
            @{
                Name = 'enrolment'
                Kind = 'object'
                Words = 'an object'
                Properties = @(
                    @{
                        Name    = 'template'
                        Kind    = 'text'
                        Words   = '1 to 64 letters, digits, spaces, dots, dashes, underscores and parentheses'
                        Pattern = '\A(?:[A-Za-z0-9 ._()-]{1,64})\z'
                    }
                    @{ Name = 'leastDays'; Kind = 'number'; Words = 'a whole number of 0 or more'; Least = 0; Most = 2147483647 }
                )
                Optional = $true
            }
        )
    }
    'remove-certificate' = @{
        Kind = 'object'
        Words = 'an object'
        Properties = @(
            @{ Name = 'protocol'; Kind = 'number'; Words = 'the number 1'; Least = 1; Most = 1 }
            @{
                Name     = 'nonce'
                Kind     = 'text'
                Words    = '32 lower-case hexadecimal digits'
                Pattern  = '\A(?:[0-9a-f]{32})\z'
                Optional = $true
            }
            @{ Name = 'server'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'label'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'keyName'; Kind = 'text'; Words = '1 to 120 letters, digits and dashes'; Pattern = '\A(?:[A-Za-z0-9-]{1,120})\z' }
            @{ Name = 'subject'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'keyProvider'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'allowSoftwareKey'; Kind = 'truth'; Words = 'true or false' }
            @{ Name = 'keyLength'; Kind = 'number'; Words = 'a whole number of 0 or more'; Least = 0; Most = 2147483647 }
            @{ Name = 'lifetimeDays'; Kind = 'number'; Words = 'a whole number of 1 or more'; Least = 1; Most = 2147483647 }
            @{ Name = 'serviceAccount'; Kind = 'text'; Words = 'a string or null'; Nullable = $true }
            @{
                Name    = 'minimumVersion'
                Kind    = 'text'
                Words   = 'a version such as 2.5.79.0'
                Pattern = '\A(?:[0-9]{1,9}(?:\.[0-9]{1,9}){1,3})\z'
            }
            @{
                Name     = 'adoptSha256'
                Kind     = 'text'
                Words    = '64 lower-case hexadecimal digits or null'
                Pattern  = '\A(?:[0-9a-f]{64})\z'
                Nullable = $true
            }
            @{ Name = 'issued'; Kind = 'truth'; Words = 'true or false'; Optional = $true }
            @{
                Name = 'enrolment'
                Kind = 'object'
                Words = 'an object'
                Properties = @(
                    @{
                        Name    = 'template'
                        Kind    = 'text'
                        Words   = '1 to 64 letters, digits, spaces, dots, dashes, underscores and parentheses'
                        Pattern = '\A(?:[A-Za-z0-9 ._()-]{1,64})\z'
                    }
                    @{ Name = 'leastDays'; Kind = 'number'; Words = 'a whole number of 0 or more'; Least = 0; Most = 2147483647 }
                )
                Optional = $true
            }
        )
    }
    release = @{
        Kind = 'object'
        Words = 'an object'
        Properties = @(
            @{ Name = 'protocol'; Kind = 'number'; Words = 'the number 1'; Least = 1; Most = 1 }
            @{
                Name     = 'nonce'
                Kind     = 'text'
                Words    = '32 lower-case hexadecimal digits'
                Pattern  = '\A(?:[0-9a-f]{32})\z'
                Optional = $true
            }
            @{ Name = 'server'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'label'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'appId'; Kind = 'text'; Words = 'a lower-case GUID'; Pattern = '\A(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\z' }
            @{ Name = 'certificateSha256'; Kind = 'text'; Words = '64 lower-case hexadecimal digits'; Pattern = '\A(?:[0-9a-f]{64})\z' }
        )
    }
    register = @{
        Kind = 'object'
        Words = 'an object'
        Properties = @(
            @{ Name = 'protocol'; Kind = 'number'; Words = 'the number 1'; Least = 1; Most = 1 }
            @{
                Name     = 'nonce'
                Kind     = 'text'
                Words    = '32 lower-case hexadecimal digits'
                Pattern  = '\A(?:[0-9a-f]{32})\z'
                Optional = $true
            }
            @{ Name = 'server'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'label'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'appId'; Kind = 'text'; Words = 'a lower-case GUID'; Pattern = '\A(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\z' }
            @{ Name = 'certificateSha256'; Kind = 'text'; Words = '64 lower-case hexadecimal digits'; Pattern = '\A(?:[0-9a-f]{64})\z' }
            @{ Name = 'revision'; Kind = 'number'; Words = 'a whole number of 0 or more'; Least = 0; Most = 2147483647 }
            @{
                Name    = 'tokenEndpoint'
                Kind    = 'text'
                Words   = 'an http or https URL'
                Pattern = @(
                    '\A(?:https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9'
                    ']{1,5})?(?:[/?](?:[A-Za-z0-9._~:/?@!$&''()*+,;=-]|%[0-9A-Fa-f]{2})*)?)\z'
                )
            }
            @{
                Name = 'requiredRoles'
                Kind = 'list'
                Words = 'a list of one or more objects'
                Least = 1
                Element = @{
                    Kind = 'object'
                    Words = 'an object'
                    Properties = @(
                        @{
                            Name    = 'resourceAppId'
                            Kind    = 'text'
                            Words   = 'a lower-case GUID'
                            Pattern = '\A(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\z'
                        }
                        @{
                            Name = 'roles'
                            Kind = 'list'
                            Words = 'a list of one or more strings'
                            Least = 1
                            Element = @{ Kind = 'text'; Words = 'a string' }
                        }
                    )
                }
            }
            @{ Name = 'allowSoftwareKey'; Kind = 'truth'; Words = 'true or false' }
            @{ Name = 'serviceAccount'; Kind = 'text'; Words = 'a string or null'; Nullable = $true }
            @{
                Name    = 'minimumVersion'
                Kind    = 'text'
                Words   = 'a version such as 2.5.79.0'
                Pattern = '\A(?:[0-9]{1,9}(?:\.[0-9]{1,9}){1,3})\z'
            }
            @{ Name = 'repairConnectivityParameters'; Kind = 'truth'; Words = 'true or false' }
            @{ Name = 'rotateOnly'; Kind = 'truth'; Words = 'true or false'; Optional = $true }
            @{ Name = 'verify'; Kind = 'text'; Words = 'sync or switch'; Pattern = '\A(?:sync|switch)\z' }
            @{
                Name = 'bounds'
                Kind = 'object'
                Words = 'an object'
                Properties = @(
                    @{ Name = 'replicationSeconds'; Kind = 'number'; Words = 'a whole number of 0 or more'; Least = 0; Most = 2147483647 }
                    @{ Name = 'cycleSeconds'; Kind = 'number'; Words = 'a whole number of 0 or more'; Least = 0; Most = 2147483647 }
                    @{ Name = 'cmdletSeconds'; Kind = 'number'; Words = 'a whole number of 1 or more'; Least = 1; Most = 2147483647 }
                    @{ Name = 'verifySeconds'; Kind = 'number'; Words = 'a whole number of 0 or more'; Least = 0; Most = 2147483647 }
                )
            }
        )
    }
    rollback = @{
        Kind = 'object'
        Words = 'an object'
        Properties = @(
            @{ Name = 'protocol'; Kind = 'number'; Words = 'the number 1'; Least = 1; Most = 1 }
            @{
                Name     = 'nonce'
                Kind     = 'text'
                Words    = '32 lower-case hexadecimal digits'
                Pattern  = '\A(?:[0-9a-f]{32})\z'
                Optional = $true
            }
            @{ Name = 'server'; Kind = 'text'; Words = 'a string' }
            @{ Name = 'rollback'; Kind = 'text'; Words = 'to-service-account'; Pattern = '\A(?:to-service-account)\z' }
            @{ Name = 'appId'; Kind = 'text'; Words = 'a lower-case GUID'; Pattern = '\A(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\z' }
            @{
                Name = 'bounds'
                Kind = 'object'
                Words = 'an object'
                Properties = @(
                    @{ Name = 'cycleSeconds'; Kind = 'number'; Words = 'a whole number of 0 or more'; Least = 0; Most = 2147483647 }
                    @{ Name = 'cmdletSeconds'; Kind = 'number'; Words = 'a whole number of 1 or more'; Least = 1; Most = 2147483647 }
                )
            }
            @{
                Name = 'credential'
                Kind = 'object'
                Words = 'an object'
                Properties = @(
                    @{ Name = 'userName'; Kind = 'text'; Words = 'a string that is not empty'; Least = 1 }
                    @{ Name = 'password'; Kind = 'text'; Words = 'a string that is not empty'; Least = 1 }
                )
            }
        )
    }
    'remove-legacy-account' = @{
        Kind = 'object'
        Words = 'an object'
        Properties = @(
            @{ Name = 'protocol'; Kind = 'number'; Words = 'the number 1'; Least = 1; Most = 1 }
            @{
                Name     = 'nonce'
                Kind     = 'text'
                Words    = '32 lower-case hexadecimal digits'
                Pattern  = '\A(?:[0-9a-f]{32})\z'
                Optional = $true
            }
            @{ Name = 'server'; Kind = 'text'; Words = 'a string' }
            @{
                Name    = 'removeLegacyAccount'
                Kind    = 'text'
                Words   = 'Sync_ and 1 to 80 letters, digits, dashes and underscores'
                Pattern = '\A(?:Sync_[A-Za-z0-9_-]{1,80})\z'
            }
            @{
                Name = 'bounds'
                Kind = 'object'
                Words = 'an object'
                Properties = @(
                    @{ Name = 'cmdletSeconds'; Kind = 'number'; Words = 'a whole number of 1 or more'; Least = 1; Most = 2147483647 }
                )
            }
            @{
                Name = 'credential'
                Kind = 'object'
                Words = 'an object'
                Properties = @(
                    @{ Name = 'userName'; Kind = 'text'; Words = 'a string that is not empty'; Least = 1 }
                    @{ Name = 'password'; Kind = 'text'; Words = 'a string that is not empty'; Least = 1 }
                )
            }
        )
    }
    'reset-machine-identifier' = @{
        Kind = 'object'
        Words = 'an object'
        Properties = @(
            @{ Name = 'protocol'; Kind = 'number'; Words = 'the number 1'; Least = 1; Most = 1 }
            @{
                Name     = 'nonce'
                Kind     = 'text'
                Words    = '32 lower-case hexadecimal digits'
                Pattern  = '\A(?:[0-9a-f]{32})\z'
                Optional = $true
            }
            @{ Name = 'server'; Kind = 'text'; Words = 'a string' }
            @{
                Name    = 'resetMachineIdentifier'
                Kind    = 'text'
                Words   = '1 to 64 letters, digits and dashes'
                Pattern = '\A(?:[A-Za-z0-9-]{1,64})\z'
            }
            @{ Name = 'newIdentifier'; Kind = 'text'; Words = '32 lower-case hexadecimal digits'; Pattern = '\A(?:[0-9a-f]{32})\z' }
            @{
                Name = 'bounds'
                Kind = 'object'
                Words = 'an object'
                Properties = @(
                    @{ Name = 'cycleSeconds'; Kind = 'number'; Words = 'a whole number of 0 or more'; Least = 0; Most = 2147483647 }
                    @{ Name = 'cmdletSeconds'; Kind = 'number'; Words = 'a whole number of 1 or more'; Least = 1; Most = 2147483647 }
                )
            }
        )
    }
}

# Where the language is constrained nothing below works, so the answer is put together from what still does.
$script:Mode = "$($ExecutionContext.SessionState.LanguageMode)"
if ($script:Mode -ne 'FullLanguage') {
    $constrained = ''
    if ($Request -cmatch '"server":\s*"([A-Za-z0-9_ .-]*)"') {
        $constrained = $Matches[1]
    }
    $sentence = $script:Messages['LANGUAGE_MODE']
    if (-not $Full) {
        Write-Output -InputObject ("${constrained}: LANGUAGE_MODE: $($sentence.Message) Expected FullLanguage; found $script:Mode. " +
            $sentence.Remedy)
        exit $sentence.Exit
    }
    $answered = ('{"protocol":' + $script:ProtocolVersion + ',"operation":"' + $Operation + '",' +
        '"server":"' + $constrained + '","ok":false,"changed":false,"result":null,' +
        '"error":{"code":"LANGUAGE_MODE","message":"' + $sentence.Message + '","expected":"FullLanguage","actual":"' + $script:Mode +
        '","remedy":"' + $sentence.Remedy + '","operatorCommand":null}}')
    $begin = "-----BEGIN $script:AnswerMarker"
    $end = "-----END $script:AnswerMarker"
    if ($Request -cmatch '"nonce":\s*"([0-9a-f]{32})"') {
        $begin += " $($Matches[1]) $($answered.Length)"
        $end += " $($Matches[1])"
    }
    Write-Output -InputObject "$begin-----"
    Write-Output -InputObject $answered
    Write-Output -InputObject "$end-----"
    exit $sentence.Exit
}

function Get-ProgramMismatch {
    <#
    .SYNOPSIS
        Why the files in a folder are not those that the manifest beside them lists, or the manifest is not the expected
        one; empty where they are.
    .PARAMETER Folder
        The program's folder.
    .PARAMETER Expected
        SHA-256 of the expected manifest, empty for any.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [string] $Folder,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Expected
    )
    try {
        $path = Join-Path -Path $Folder -ChildPath 'manifest.json'
        $files = (ConvertFrom-Json -InputObject (Get-Content -Raw -LiteralPath $path)).files
        foreach ($name in 'ConnectSyncHost.ps1', 'Windows.ps1') {
            $hash = Get-FileHash -LiteralPath (Join-Path -Path $Folder -ChildPath $name) -Algorithm SHA256 -ErrorAction Stop
            if ($hash.Hash -ne $files.$name) {
                return "another $name"
            }
        }
        $installed = (Get-FileHash -LiteralPath $path -Algorithm SHA256 -ErrorAction Stop).Hash
        if ($Expected -ne '' -and $installed -ne $Expected) {
            return "program $installed"
        }
        return ''
    } catch {
        return $_.Exception.Message
    }
}

# A copy that was cut off, or changed since, must not run as far as Windows. Only the restore of an interrupted pause
# does: a scheduler that stays off is worse, and only an administrator can write here.
$script:Mismatch = ''
if (-not [string]::IsNullOrEmpty($PSScriptRoot)) {
    if ($Operation -ne 'restore') {
        $script:Mismatch = Get-ProgramMismatch -Folder $PSScriptRoot -Expected $Manifest
    }
    if ($script:Mismatch -eq '') {
        . (Join-Path -Path $PSScriptRoot -ChildPath 'Windows.ps1')
    }
}

#region Private/Answer.ps1
# The answer on stdout, the sentence of a failure on stderr. Changes nothing on the server.

function Write-Answer {
    <#
    .SYNOPSIS
        Prints the answer between its markers.
    .PARAMETER Answer
        The answer.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Answer)
    # Straight to the console: PowerShell's own formatting has no part in it.
    $json = ConvertTo-AsciiJson -Value $Answer
    $begin = "-----BEGIN $script:AnswerMarker"
    $end = "-----END $script:AnswerMarker"
    # Only who asks with a nonce knows it: another answer, or one to another request, is not taken for this one.
    if ($script:Nonce -ne '') {
        $begin += " $script:Nonce $($json.Length)"
        $end += " $script:Nonce"
    }
    [Console]::Out.WriteLine("$begin-----")
    [Console]::Out.WriteLine($json)
    [Console]::Out.WriteLine("$end-----")
    [Console]::Out.Flush()
}

function Write-ErrorLine {
    <#
    .SYNOPSIS
        Prints one line of ASCII on stderr.
    .PARAMETER Text
        The line.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text)
    [Console]::Error.WriteLine((($Text -replace '\s+', ' ') -creplace '[^ -~]', '?'))
}
#endregion

#region Private/Assertion.ps1
# The client assertion that proves the key. Signs with the key; changes nothing on the server.

function ConvertTo-Base64Url {
    <#
    .SYNOPSIS
        Base64url without padding.
    .PARAMETER Bytes
        The bytes.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [byte[]] $Bytes)
    return [Convert]::ToBase64String($Bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_')
}

function ConvertFrom-Base64Url {
    <#
    .SYNOPSIS
        Text from base64url.
    .PARAMETER Text
        The encoded text.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Text)
    $padded = $Text.Replace('-', '+').Replace('_', '/')
    $padded = $padded.PadRight($padded.Length + (4 - $padded.Length % 4) % 4, '=')
    return [System.Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($padded))
}

function ConvertTo-UtcTime {
    <#
    .SYNOPSIS
        A time from ISO 8601 or from an HTTP header.
    .PARAMETER Text
        The text.
    #>
    [CmdletBinding()]
    [OutputType([DateTime])]
    param([Parameter(Mandatory = $true)] [string] $Text)
    $styles = [System.Globalization.DateTimeStyles]::AssumeUniversal -bor [System.Globalization.DateTimeStyles]::AdjustToUniversal
    return [DateTime]::Parse($Text, [System.Globalization.CultureInfo]::InvariantCulture, $styles)
}

function New-ClientAssertion {
    <#
    .SYNOPSIS
        A client assertion as the product makes them: PS256, x5t#S256, ten minutes.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $hash = $RequestBody.certificateSha256
    $bytes = New-Object -TypeName 'byte[]' -ArgumentList 32
    for ($index = 0; $index -lt 32; $index++) {
        $bytes[$index] = [Convert]::ToByte($hash.Substring(2 * $index, 2), 16)
    }
    $epoch = New-Object -TypeName DateTime -ArgumentList 1970, 1, 1, 0, 0, 0, ([DateTimeKind]::Utc)
    $now = [long] [Math]::Floor(((ConvertTo-UtcTime -Text (Get-CsiTime)) - $epoch).TotalSeconds)
    $header = [ordered] @{ alg = 'PS256'; typ = 'JWT'; 'x5t#S256' = ConvertTo-Base64Url -Bytes $bytes }
    $claims = [ordered] @{
        aud = $RequestBody.tokenEndpoint
        iss = $RequestBody.appId
        sub = $RequestBody.appId
        jti = [Guid]::NewGuid().ToString()
        nbf = $now
        iat = $now
        exp = $now + $script:AssertionSeconds
    }
    $parts = foreach ($part in $header, $claims) {
        ConvertTo-Base64Url -Bytes ([System.Text.Encoding]::ASCII.GetBytes((ConvertTo-AsciiJson -Value $part)))
    }
    $signed = $parts -join '.'
    $data = [Convert]::ToBase64String([System.Text.Encoding]::ASCII.GetBytes($signed))
    $signature = New-Signature -CertificateHash $hash -Data $data
    return $signed + '.' + (ConvertTo-Base64Url -Bytes ([Convert]::FromBase64String($signature)))
}
#endregion

#region Private/Certificate.ps1
# Finds certificates and judges them. Changes nothing on the server.

function Get-CertificateFact {
    <#
    .SYNOPSIS
        What is known of a certificate, its key and who may use it.
    .PARAMETER Entry
        The certificate.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [object] $Entry)
    $opened = Get-CsiKey -CertificateHash $Entry.sha256
    $problem = Get-KeyProblem -CertificateHash $Entry.sha256
    $text = $null
    $fault = $null
    if ($null -ne $problem) {
        $text = $problem.Text
        $fault = $problem.Fault
    }
    $provider = $null
    $inHardware = $false
    $acl = $null
    $issued = Get-CsiIssuance -CertificateHash $Entry.sha256
    $issuance = $null
    if ($null -ne $issued) {
        $issuance = [ordered] @{
            issuer            = $issued.issuer
            trusted           = $issued.trusted
            problem           = $issued.problem
            revocation        = $issued.revocation
            revocationProblem = $issued.revocationProblem
        }
    }
    if ($null -ne $opened.key) {
        $provider = $opened.key.keyProvider
        $inHardware = $opened.key.keyInHardware
        if ($null -ne $opened.key.keyFile) {
            $acl = Get-CsiKeyAccess -KeyFile $opened.key.keyFile
        }
    }
    return [pscustomobject] @{
        sha256        = $Entry.sha256
        thumbprint    = $Entry.thumbprint
        label         = $Entry.label
        subject       = $Entry.subject
        notBefore     = $Entry.notBefore
        notAfter      = $Entry.notAfter
        certificate   = $Entry.certificate
        keyProvider   = $provider
        keyUsable     = $null -eq $problem
        keyProblem    = $text
        keyFault      = $fault
        keyInHardware = $inHardware
        issuance      = $issuance
        acl           = $acl
    }
}

function Get-LabelledCertificate {
    <#
    .SYNOPSIS
        The certificates that carry a label.
    .PARAMETER Label
        The label.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [string] $Label)
    Get-CsiCertificate | Where-Object { $_.label -ceq $Label }
}

function Get-HashedCertificate {
    <#
    .SYNOPSIS
        The certificates with a hash.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [string] $CertificateHash)
    Get-CsiCertificate | Where-Object { $_.sha256 -eq $CertificateHash }
}

function Get-OnlyHashed {
    <#
    .SYNOPSIS
        The one certificate with a hash; refuses where there is none, or more than one.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    .PARAMETER MissingId
        The refusal where there is none.
    .PARAMETER Detail
        What that refusal names.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [string] $CertificateHash,
        [Parameter(Mandatory = $true)] [string] $MissingId,
        [string[]] $Detail = @()
    )
    $expected = "one certificate with SHA-256 $CertificateHash in LocalMachine\My"
    $entries = @(Get-HashedCertificate -CertificateHash $CertificateHash)
    if ($entries.Count -eq 0) {
        throw (New-Refusal -Id $MissingId -Expected $expected -Actual 'none' -Detail $Detail)
    }
    if ($entries.Count -gt 1) {
        throw (New-Refusal -Id 'CERTIFICATE_AMBIGUOUS' -Expected $expected -Actual "$($entries.Count)")
    }
    return $entries[0]
}

function Get-OnlyLabelled {
    <#
    .SYNOPSIS
        The certificate that carries a label, null where none does; refuses where several do.
    .PARAMETER Label
        The label.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $Label)
    $entries = @(Get-LabelledCertificate -Label $Label)
    if ($entries.Count -gt 1) {
        $actual = "$($entries.Count): " + (@($entries | ForEach-Object { $_.thumbprint }) -join ', ')
        throw (New-Refusal -Id 'CERTIFICATE_AMBIGUOUS.label' -Expected "one certificate labelled `"$Label`"" -Actual $actual)
    }
    if ($entries.Count -eq 0) {
        return $null
    }
    return $entries[0]
}

function Get-RequestedCertificate {
    <#
    .SYNOPSIS
        The certificates that a request is about: those of its label or, where one is adopted, that one alone, whose
        label may be anybody's.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    if ($null -ne $RequestBody.adoptSha256) {
        Get-HashedCertificate -CertificateHash $RequestBody.adoptSha256
    } else {
        Get-LabelledCertificate -Label $RequestBody.label
    }
}

function Get-CredentialProblem {
    <#
    .SYNOPSIS
        Why the connector cannot sign in with a certificate any more as far as this host can see, null if it can.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $CertificateHash)
    $entries = @(Get-HashedCertificate -CertificateHash $CertificateHash)
    if ($entries.Count -ne 1) {
        return "$($entries.Count) certificates with that hash in LocalMachine\My"
    }
    $now = ConvertTo-UtcTime -Text (Get-CsiTime)
    if ($now -lt (ConvertTo-UtcTime -Text $entries[0].notBefore)) {
        return "not valid before $($entries[0].notBefore)"
    }
    if ($now -gt (ConvertTo-UtcTime -Text $entries[0].notAfter)) {
        return "expired on $($entries[0].notAfter)"
    }
    $problem = Get-KeyProblem -CertificateHash $CertificateHash
    if ($null -ne $problem) {
        return $problem.Text
    }
    return $null
}

function Test-LostCertificate {
    <#
    .SYNOPSIS
        Whether a certificate is proven to be of no use any more: gone, expired or its key dead.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [string] $CertificateHash)
    $entries = @(Get-HashedCertificate -CertificateHash $CertificateHash)
    if ($entries.Count -eq 0) {
        return $true
    }
    if ((ConvertTo-UtcTime -Text (Get-CsiTime)) -gt (ConvertTo-UtcTime -Text $entries[0].notAfter)) {
        return $true
    }
    $problem = Get-KeyProblem -CertificateHash $CertificateHash
    return $null -ne $problem -and $problem.Fault -eq 'dead'
}

function New-KeyRefusal {
    <#
    .SYNOPSIS
        The refusal of a certificate whose key does not sign. Only what is proven of a key proposes another one.
    .PARAMETER Fact
        What is known of certificate and key.
    .PARAMETER Source
        Of one that was not made here: adopted, or issued by a CA.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)] [object] $Fact,
        [ValidateSet('adopted', 'issued')] [string] $Source
    )
    $expected = 'a key whose PS256 signature verifies'
    if ($Fact.keyFault -eq 'unsupported' -and $Fact.keyProvider -eq $script:TpmProvider) {
        # Another key in the same TPM would be no better.
        return New-Refusal -Id 'TPM_SIGNATURE_INVALID' -Expected 'a signature with salt length = hash length that verifies' `
            -Actual $Fact.keyProblem
    }
    if (@('dead', 'unlinked', 'unsupported') -notcontains $Fact.keyFault) {
        return New-KeyUnavailableRefusal -Problem $Fact.keyProblem
    }
    if ($Source -eq 'adopted') {
        return New-Refusal -Id 'KEY_UNUSABLE.adopted' -Expected $expected -Actual $Fact.keyProblem
    }
    if ($Source -eq 'issued') {
        return New-Refusal -Id 'KEY_UNUSABLE.issued' -Expected $expected -Actual $Fact.keyProblem
    }
    return New-Refusal -Id 'KEY_UNUSABLE' -Expected $expected -Actual $Fact.keyProblem -Detail $Fact.label
}
#endregion

#region Private/Change.ps1
# What a run changed, for the server's event log: writes entries of this program's own source.

# What all entries of one run have in common: the nonce of its request, else an id of its own.
$script:RunId = [Guid]::NewGuid().ToString('N')

function Write-Change {
    <#
    .SYNOPSIS
        Writes an entry to the event log. A log that takes none ends no operation, but is reported.
    .PARAMETER Kind
        What it is about, in the table of entries.
    .PARAMETER Line
        What happened.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [string] $Kind,
        [Parameter(Mandatory = $true)] [string[]] $Line
    )
    $id = $script:RunId
    if ($script:Nonce -ne '') {
        $id = $script:Nonce
    }
    try {
        $lines = @($Line) + @("Operation: $Operation of $($script:Server)", "By: $((Get-CsiCaller).account)", "Run: $id")
        Write-CsiEvent -Id $script:ChangeEvents[$Kind] -Text ($lines -join "`r`n")
    } catch {
        Write-Verbose -Message (Get-FailureText -Exception $_.Exception)
        Write-Step -Id 'noEvent'
    }
}

function Get-ChangedText {
    <#
    .SYNOPSIS
        A state as text for the event log; the certificate itself is left out, its hashes are there.
    .PARAMETER Value
        The state.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowNull()] [object] $Value)
    $text = (ConvertTo-AsciiJson -Value $Value) -replace '"certificate":"[^"]*"', '"certificate":"..."'
    return $text.Substring(0, [Math]::Min($script:ChangeLimit, $text.Length))
}

function Write-AnswerChange {
    <#
    .SYNOPSIS
        Writes what an operation changed, or changed before it failed, to the event log.
    .PARAMETER Answer
        Its answer.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [Collections.IDictionary] $Answer)
    if (-not $Answer.changed) {
        return
    }
    if (-not $Answer.ok) {
        $text = $Answer.error
        Write-Change -Kind 'failed' -Line 'ConnectSyncIdentity changed this server before it failed.',
        "Error: $($text.code): $($text.message) Expected $($text.expected); found $($text.actual)."
        return
    }
    $lines = @('ConnectSyncIdentity changed this server.')
    foreach ($name in 'before', 'after') {
        if ($Answer.result.Contains($name)) {
            $lines += "${name}: $(Get-ChangedText -Value $Answer.result[$name])"
        }
    }
    Write-Change -Kind 'changed' -Line $lines
}
#endregion

#region Private/Credential.ps1
# An administrator's credential: taken out of the request, hidden in what is printed. Changes nothing on the server.

# An administrator's credential, where the operation takes one.
$script:Credential = $null

function Read-Credential {
    <#
    .SYNOPSIS
        Takes user name and password out of a request's text, keeps them as a credential, and answers the text without.
    .DESCRIPTION
        By operators and methods only: what is bound to a cmdlet's parameter is in the event log where module logging
        is on. So the parsed request never holds them, only whether they are empty.
    .PARAMETER Text
        The request.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text)
    $pattern = '"(userName|password)"\s*:\s*"((?:[^"\\]|\\.)*)"'
    $found = @{ userName = ''; password = '' }
    foreach ($match in [regex]::Matches($Text, $pattern)) {
        # The escapes of JSON are escapes of .NET's expressions as well.
        $found[$match.Groups[1].Value] = [regex]::Unescape($match.Groups[2].Value)
    }
    if ($found.userName -ne '' -and $found.password -ne '') {
        $secret = New-Object -TypeName System.Security.SecureString
        foreach ($char in $found.password.ToCharArray()) {
            $secret.AppendChar($char)
        }
        $script:Credential = [System.Management.Automation.PSCredential]::new($found.userName, $secret)
    }
    $hidden = [regex]::Replace($Text, $pattern, '"$1":"***"')
    foreach ($name in 'userName', 'password') {
        if ($found[$name] -eq '') {
            $hidden = $hidden.Replace("`"$name`":`"***`"", "`"$name`":`"`"")
        }
    }
    return $hidden
}

function Hide-Credential {
    <#
    .SYNOPSIS
        A text without user name and password of the credential, however they were escaped.
    .PARAMETER Text
        The text.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text)
    if ($null -eq $script:Credential) {
        return $Text
    }
    foreach ($plain in $script:Credential.GetNetworkCredential().Password, $script:Credential.UserName) {
        foreach ($form in $plain, [Uri]::EscapeDataString($plain), [System.Security.SecurityElement]::Escape($plain)) {
            $Text = [regex]::Replace($Text, [regex]::Escape($form), '***', [System.Text.RegularExpressions.RegexOptions]::IgnoreCase)
        }
    }
    return $Text
}
#endregion

#region Private/Enrolment.ps1
# A certificate that a CA issues by a template: may ask for one, and removes what this run made where it cannot be used.

function Assert-Enrolled {
    <#
    .SYNOPSIS
        Refuses a certificate that a CA issued by a template unless a connector may use it.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Entry
        The certificate.
    .PARAMETER Fact
        What is known of certificate and key.
    .PARAMETER New
        Whether it was issued just now: then it has to be valid for long enough.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [object] $Entry,
        [Parameter(Mandatory = $true)] [object] $Fact,
        [switch] $New
    )
    $enrolment = $RequestBody.enrolment
    $issuance = Get-CsiIssuance -CertificateHash $Entry.sha256
    $problems = @(Get-IssuedProblem -Entry $Entry -Issuance $issuance -KeyLength $RequestBody.keyLength)
    $days = ((ConvertTo-UtcTime -Text $Entry.notAfter) - (ConvertTo-UtcTime -Text (Get-CsiTime))).TotalDays
    if ($New -and $days -le $enrolment.leastDays) {
        $problems += "it is valid for $([Math]::Floor($days)) days, and is to be replaced $($enrolment.leastDays) days before its end"
    }
    if ($problems.Count -gt 0) {
        throw (New-UnsuitableRefusal -Id 'CERTIFICATE_UNSUITABLE.template' -Problem $problems -Detail $enrolment.template)
    }
    if (-not $Fact.keyUsable) {
        throw (New-KeyRefusal -Fact $Fact)
    }
    if (-not $Fact.keyInHardware -and -not $RequestBody.allowSoftwareKey) {
        throw (New-Refusal -Id 'KEY_NOT_IN_HARDWARE.template' -Expected 'a key in the TPM' -Actual "$($Fact.keyProvider)" `
            -Detail $enrolment.template)
    }
}

function New-EnrolmentRefusal {
    <#
    .SYNOPSIS
        The refusal of a run to which the CA gave no certificate.
    .PARAMETER Outcome
        What the CA answered.
    .PARAMETER Template
        The name of the template.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)] [object] $Outcome,
        [Parameter(Mandatory = $true)] [string] $Template
    )
    $expected = 'a certificate that the CA issued'
    if ($Outcome.status -eq 'pending') {
        return New-Refusal -Id 'ENROLMENT_PENDING' -Expected $expected -Actual 'a request that waits' -Detail $Template
    }
    if ($Outcome.status -eq 'denied') {
        return New-Refusal -Id 'ENROLMENT_FAILED.denied' -Expected $expected -Actual $Outcome.message -Detail $Template
    }
    return New-Refusal -Id 'ENROLMENT_FAILED' -Expected $expected -Actual $Outcome.message -Detail $Template
}

function Request-Enrolment {
    <#
    .SYNOPSIS
        Asks a CA, or asks it again for a request that waits. Refuses unless the certificate was issued.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $label = $RequestBody.label
    $template = $RequestBody.enrolment.template
    $waiting = @(Get-CsiEnrolmentRequest -Label $label)
    if ($waiting.Count -eq 0) {
        Write-Step -Id 'enrolling'
        $outcome = Request-CsiCertificate -Template $template -Label $label
    } else {
        Write-Step -Id 'collecting'
        $outcome = Receive-CsiCertificate -RequestHash $waiting[0] -Label $label
    }
    if ($outcome.status -eq 'issued') {
        return
    }
    if ($outcome.status -eq 'denied') {
        Remove-Enrolment -RequestBody $RequestBody
    } elseif ($outcome.status -eq 'pending' -and $waiting.Count -eq 0) {
        $script:Changed = $true
    }
    throw (New-EnrolmentRefusal -Outcome $outcome -Template $template)
}

function Remove-Enrolment {
    <#
    .SYNOPSIS
        Removes the requests of a label that wait, with their keys.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    foreach ($hash in @(Get-CsiEnrolmentRequest -Label $RequestBody.label)) {
        $script:Changed = $true
        Remove-CsiEnrolmentRequest -RequestHash $hash
    }
}

function Invoke-Enrol {
    <#
    .SYNOPSIS
        The certificate of the label, which a CA is asked for if it is not there.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Service
        The service.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [object] $Service
    )
    $entry = Get-OnlyLabelled -Label $RequestBody.label
    if ($null -ne $entry) {
        $before = Get-CertificateFact -Entry $entry
        Assert-Enrolled -RequestBody $RequestBody -Entry $entry -Fact $before
        if (Set-ExactAccess -CertificateHash $entry.sha256 -Service $Service) {
            $script:Changed = $true
        }
        return [ordered] @{ before = $before; after = Get-CertificateFact -Entry $entry }
    }
    Request-Enrolment -RequestBody $RequestBody
    $wasChanged = $script:Changed
    $script:Changed = $true
    $entry = Get-OnlyLabelled -Label $RequestBody.label
    try {
        Assert-Enrolled -RequestBody $RequestBody -Entry $entry -Fact (Get-CertificateFact -Entry $entry) -New
        [void] (Set-ExactAccess -CertificateHash $entry.sha256 -Service $Service)
    } catch {
        $failure = $_
        # Nothing but this run knows it yet.
        Remove-Planned -Plan (Get-RemovalPlan -RequestBody $RequestBody)
        $script:Changed = $wasChanged
        throw $failure
    }
    return [ordered] @{ before = $null; after = Get-CertificateFact -Entry $entry }
}
#endregion

#region Private/GoingBack.ps1
# The way back after a switch that was refused: may move the connector to the certificate before.

function Restore-Identity {
    <#
    .SYNOPSIS
        Takes the connector back to the certificate that it was on, where it was on the same application and that one
        still works. Null where it is back, else why it is not.
    .PARAMETER Connector
        Where the connector was.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [object] $Connector,
        [Parameter(Mandatory = $true)] [object] $RequestBody
    )
    $hash = $Connector.certificateSha256
    if (Test-OnTarget -Connector $Connector -RequestBody $RequestBody) {
        return 'it was there before this run already'
    }
    if ($Connector.identityType -ne 'Application' -or $Connector.appId -ne $RequestBody.appId -or $null -eq $hash) {
        return "before, it was not on application $($RequestBody.appId)"
    }
    $problem = Get-CredentialProblem -CertificateHash $hash
    if ($null -ne $problem) {
        return "certificate ${hash}: $problem"
    }
    $former = [pscustomobject] @{
        server            = $RequestBody.server
        appId             = $RequestBody.appId
        certificateSha256 = $hash
        tokenEndpoint     = $RequestBody.tokenEndpoint
        requiredRoles     = $RequestBody.requiredRoles
        bounds            = [pscustomobject] @{
            replicationSeconds = 0
            cycleSeconds       = $RequestBody.bounds.cycleSeconds
            cmdletSeconds      = $RequestBody.bounds.cmdletSeconds
        }
    }
    Write-Step -Id 'goingBack'
    try {
        Assert-Token -RequestBody $former
        $way = @{ Attempt = $null }
        [void] (Invoke-WhilePaused -RequestBody $former -Step {
                $way.Attempt = Invoke-SwitchCmdlet -Cmdlet $script:RotationCmdlet -RequestBody $former
            })
    } catch {
        $refusal = ConvertTo-Refusal -Exception $_.Exception
        $text = $refusal.Data['HostError']
        # A scheduler that could not be put back matters more than the switch.
        if ($text.code -eq 'SCHEDULER_NOT_RESTORED') {
            throw
        }
        return "certificate ${hash}: $($text.message) $($text.actual)"
    }
    if (Test-OnTarget -Connector $way.Attempt.Connector -RequestBody $former) {
        return $null
    }
    return "certificate ${hash}: $script:RotationCmdlet ended as $($way.Attempt.Outcome.outcome) $($way.Attempt.Outcome.message)".Trim()
}

function Confirm-Switch {
    <#
    .SYNOPSIS
        Verifies the switch of this run, or one that an earlier run did not verify. Answers how, null where there is
        nothing to verify. A switch to a credential that Entra refuses goes back if it can; one without evidence stays, and
        its record with it, for the next run to verify.
    .PARAMETER Connector
        Where the connector was before this run.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Since
        When the switch of this run began, empty where there was none.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [object] $Connector,
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Since
    )
    Remove-SwitchRecord -Name 'sign-in'
    $verification = $null
    $record = Read-SwitchRecord -Name 'verification'
    $open = Test-SwitchRecord -Record $record -Identity $RequestBody
    if ($null -ne $record -and $record.appId -eq '') {
        # Whether it was of this switch is not known: it is verified, and remembered until that succeeds.
        Write-SwitchRecord -Name 'verification' -RequestBody $RequestBody
        $open = $true
    }
    if ($Since -ne '' -or $open) {
        $verification = [ordered] @{ cycle = $null; skipped = $null; unverified = $null }
        $verdict = Get-SwitchVerdictOrReason -RequestBody $RequestBody -Since $Since -Verification $verification
        if ($verdict.State -eq 'unverified') {
            $verification.unverified = "$($verdict.Sentence) Expected $($verdict.Expected), found $($verdict.Actual.TrimEnd('.'))"
            return $verification
        }
        if ($verdict.State -eq 'refused') {
            $why = Restore-Identity -Connector $Connector -RequestBody $RequestBody
            if ($null -ne $why) {
                $reason = $why.TrimEnd('.')
                throw (New-Refusal -Id 'VERIFICATION_FAILED.stays' -Expected $verdict.Expected -Actual $verdict.Actual `
                    -Detail $verdict.Sentence, $reason)
            }
            Remove-SwitchRecord -Name 'verification'
            throw (New-Refusal -Id 'VERIFICATION_FAILED.back' -Expected $verdict.Expected -Actual $verdict.Actual `
                -Detail $verdict.Sentence, $Connector.certificateSha256)
        }
    }
    Remove-SwitchRecord -Name 'verification'
    return $verification
}
#endregion

#region Private/Issued.ps1
# A certificate that a CA issued: judges it, and takes it as it is; only who may use its key is set right.

# Client authentication, and any purpose.
$script:ClientPurposes = '1.3.6.1.5.5.7.3.2', '2.5.29.37.0'

function Test-OptionalTruth {
    <#
    .SYNOPSIS
        Whether a request says yes to something that it may leave out.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Name
        Name of the property.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [string] $Name
    )
    $property = $RequestBody.PSObject.Properties[$Name]
    return $null -ne $property -and $property.Value -eq $true
}

function Get-IssuedProblem {
    <#
    .SYNOPSIS
        All that keeps a certificate of a CA from being used, each in a few words; nothing where it is good.
    .PARAMETER Entry
        The certificate.
    .PARAMETER Issuance
        What is known of it because a CA issued it; null if none did.
    .PARAMETER KeyLength
        Least length of its key in bits.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [object] $Entry,
        [Parameter(Mandatory = $true)] [AllowNull()] [object] $Issuance,
        [Parameter(Mandatory = $true)] [long] $KeyLength
    )
    $now = ConvertTo-UtcTime -Text (Get-CsiTime)
    if ($now -lt (ConvertTo-UtcTime -Text $Entry.notBefore)) {
        "it is not valid before $($Entry.notBefore)"
    }
    if ($now -gt (ConvertTo-UtcTime -Text $Entry.notAfter)) {
        "it expired on $($Entry.notAfter)"
    }
    if ($null -eq $Issuance) {
        'it signs itself: no CA issued it'
        return
    }
    if (-not $Issuance.trusted) {
        "its chain is not trusted: $($Issuance.problem)"
    }
    if ($Issuance.revocation -eq 'revoked') {
        'its CA revoked it'
    }
    if ($Issuance.keyLength -lt $KeyLength) {
        "its key is not RSA of $KeyLength bits or more: $($Issuance.keyLength)"
    }
    if ($null -ne $Issuance.keyUsages -and $Issuance.keyUsages -notcontains 'DigitalSignature') {
        "its key usage lacks DigitalSignature: $($Issuance.keyUsages -join ', ')"
    }
    if ($null -ne $Issuance.purposes -and @($Issuance.purposes | Where-Object { $script:ClientPurposes -contains $_ }).Count -eq 0) {
        "its extended key usage lacks client authentication: $($Issuance.purposes -join ', ')"
    }
    if ($Issuance.exportable -eq $true) {
        'its key can be exported'
    }
}

function New-UnsuitableRefusal {
    <#
    .SYNOPSIS
        The refusal of a certificate of a CA, with all that is wrong with it.
    .PARAMETER Id
        CERTIFICATE_UNSUITABLE, or the variant of a template.
    .PARAMETER Problem
        What is wrong, each in a few words.
    .PARAMETER Detail
        The subject, or the template.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)] [string] $Id,
        [Parameter(Mandatory = $true)] [string[]] $Problem,
        [Parameter(Mandatory = $true)] [string] $Detail
    )
    return New-Refusal -Id $Id -Expected 'a certificate that a connector may use' -Actual ($Problem -join '; ') -Detail $Detail
}

function Invoke-TakeIssuedCertificate {
    <#
    .SYNOPSIS
        Takes the certificate of a CA that a request names by its hash, if it is good for a connector.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Service
        The service.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [object] $Service
    )
    $hash = $RequestBody.adoptSha256
    $entry = Get-OnlyHashed -CertificateHash $hash -MissingId 'CERTIFICATE_MISSING.issued'
    $before = Get-CertificateFact -Entry $entry
    $issuance = Get-CsiIssuance -CertificateHash $hash
    $problems = @(Get-IssuedProblem -Entry $entry -Issuance $issuance -KeyLength $RequestBody.keyLength)
    if ($problems.Count -gt 0) {
        throw (New-UnsuitableRefusal -Id 'CERTIFICATE_UNSUITABLE' -Problem $problems -Detail $entry.subject)
    }
    if (-not $before.keyUsable) {
        throw (New-KeyRefusal -Fact $before -Source 'issued')
    }
    if (-not $before.keyInHardware -and -not $RequestBody.allowSoftwareKey) {
        throw (New-Refusal -Id 'KEY_NOT_IN_HARDWARE.issued' -Expected 'a key in the TPM' -Actual "$($before.keyProvider)" `
            -Detail $entry.thumbprint)
    }
    if (Set-ExactAccess -CertificateHash $hash -Service $Service) {
        $script:Changed = $true
    }
    return [ordered] @{ before = $before; after = Get-CertificateFact -Entry $entry }
}

function Invoke-KeepIssuedCertificate {
    <#
    .SYNOPSIS
        Removes nothing: what a CA issued by the organisation's own means is the organisation's to remove.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $entries = @(Get-RequestedCertificate -RequestBody $RequestBody)
    $keys = @($entries | Where-Object { $null -ne (Get-CsiKey -CertificateHash $_.sha256).key })
    if ($entries.Count -gt 0) {
        Write-Step -Id 'keepingIssued'
    }
    $found = [ordered] @{ certificates = $entries.Count; keyFile = $keys.Count -gt 0 }
    return [ordered] @{ before = $found; after = $found }
}
#endregion

#region Private/Json.ps1
# Values as ASCII JSON. Changes nothing on the server.

function ConvertTo-JsonString {
    <#
    .SYNOPSIS
        A JSON string in ASCII, of at most as many characters as an answer's text may have.
    .PARAMETER Value
        The text.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Value)
    if ($Value.Length -gt $script:TextLimit) {
        $Value = $Value.Substring(0, $script:TextLimit - 3) + '...'
    }
    if ($Value -cnotmatch '[^ !#-\[\]-~]') {
        return '"' + $Value + '"'
    }
    $builder = New-Object -TypeName System.Text.StringBuilder
    foreach ($char in $Value.ToCharArray()) {
        $code = [int] $char
        if ($code -eq 34 -or $code -eq 92) {
            [void] $builder.Append('\').Append($char)
        } elseif ($code -lt 32 -or $code -gt 126) {
            [void] $builder.Append('\u').Append($code.ToString('x4'))
        } else {
            [void] $builder.Append($char)
        }
    }
    return '"' + $builder.ToString() + '"'
}

function ConvertTo-AsciiJson {
    <#
    .SYNOPSIS
        A value as JSON in ASCII. ConvertTo-Json differs between 5.1 and 7: depth, dates, arrays of one element.
    .PARAMETER Value
        Null, a truth value, a number, a string, an array, a dictionary or an object.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowNull()] [AllowEmptyCollection()] [AllowEmptyString()] [object] $Value)
    if ($null -eq $Value) {
        return 'null'
    }
    if ($Value -is [bool]) {
        return $Value.ToString().ToLowerInvariant()
    }
    if ($Value -is [string]) {
        return ConvertTo-JsonString -Value $Value
    }
    if ($Value -is [ValueType]) {
        return $Value.ToString([System.Globalization.CultureInfo]::InvariantCulture)
    }
    if ($Value -is [System.Collections.IDictionary]) {
        $members = @(foreach ($name in $Value.Keys) {
                (ConvertTo-JsonString -Value $name) + ':' + (ConvertTo-AsciiJson -Value $Value[$name])
            })
        return '{' + ($members -join ',') + '}'
    }
    if ($Value -is [System.Collections.IEnumerable]) {
        $elements = @(foreach ($element in $Value) { ConvertTo-AsciiJson -Value $element })
        return '[' + ($elements -join ',') + ']'
    }
    $members = @(foreach ($property in $Value.PSObject.Properties) {
            (ConvertTo-JsonString -Value $property.Name) + ':' + (ConvertTo-AsciiJson -Value $property.Value)
        })
    return '{' + ($members -join ',') + '}'
}
#endregion

#region Private/KeyAccess.ps1
# Access rules of a key file: may set them to SYSTEM, Administrators and the service's account.

function Test-ExactAccess {
    <#
    .SYNOPSIS
        Whether the access rules are just these: the service account may read, SYSTEM and administrators are there,
        no one else, nothing denied.
    .PARAMETER Acl
        The rules, null where they cannot be read.
    .PARAMETER ServiceSid
        SID of the service account.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [AllowNull()] [AllowEmptyCollection()] [object] $Acl,
        [Parameter(Mandatory = $true)] [string] $ServiceSid
    )
    if ($null -eq $Acl) {
        return $false
    }
    $expected = @($ServiceSid, 'S-1-5-18', 'S-1-5-32-544')
    foreach ($rule in $Acl) {
        if (-not $rule.allow -or $expected -notcontains $rule.sid) {
            return $false
        }
    }
    foreach ($sid in $expected) {
        $rules = @($Acl | Where-Object { $_.sid -eq $sid -and $_.rights -match '\b(Read|ReadAndExecute|Modify|FullControl)\b' })
        if ($rules.Count -eq 0) {
            return $false
        }
    }
    return $true
}

function Set-ExactAccess {
    <#
    .SYNOPSIS
        Lets the service account, SYSTEM and administrators use a key and no one else, and reads the rules back.
        Answers whether anything had to be set.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    .PARAMETER Service
        The service.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [string] $CertificateHash,
        [Parameter(Mandatory = $true)] [object] $Service
    )
    $expected = "$($Service.account), SYSTEM and Administrators only"
    $opened = Get-CsiKey -CertificateHash $CertificateHash
    if ($null -eq $opened.key -or $null -eq $opened.key.keyFile) {
        $actual = 'a key without a file'
        if ($null -ne $opened.problem) {
            $actual = $opened.problem
        }
        throw (New-Refusal -Id 'KEY_ACL_NOT_SET' -Expected $expected -Actual $actual)
    }
    $file = $opened.key.keyFile
    if (Test-ExactAccess -Acl (Get-CsiKeyAccess -KeyFile $file) -ServiceSid $Service.accountSid) {
        return $false
    }
    Set-CsiKeyAccess -KeyFile $file -ReaderSids $Service.accountSid
    $acl = Get-CsiKeyAccess -KeyFile $file
    if (-not (Test-ExactAccess -Acl $acl -ServiceSid $Service.accountSid)) {
        $actual = 'an access list that cannot be read'
        if ($null -ne $acl) {
            $actual = @($acl | ForEach-Object { "$($_.account): $($_.rights)" }) -join ', '
        }
        throw (New-Refusal -Id 'KEY_ACL_NOT_SET' -Expected $expected -Actual $actual)
    }
    return $true
}
#endregion

#region Private/KeyFault.ps1
# What the failure of a key proves. Changes nothing on the server.

$script:InvalidSignature = 'its PS256 signature does not verify'
# The property PSS Salt Size of a key in the TPM: 0 is unknown, 1 the longest possible salt, 2 a salt as long as the hash.
$script:LongestSalt = 1
$script:LongestSaltProblem = 'its TPM salts PSS signatures to the maximum (PSS Salt Size 1), not to the length of the hash'

function Get-KeyFault {
    <#
    .SYNOPSIS
        What an HRESULT proves about a key: dead, passing, denied, unsupported or unknown; unlinked where a certificate
        refers to no key and so no provider was asked.
    .PARAMETER HResult
        0x and eight digits, or null.
    .PARAMETER SignedWith
        The provider that was to sign; empty where a key was to be opened, made or deleted.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [AllowNull()] [object] $HResult,
        [AllowEmptyString()] [string] $SignedWith = ''
    )
    if ($null -eq $HResult) {
        return 'unlinked'
    }
    $ofTpm = $SignedWith -eq $script:TpmProvider
    if (($HResult -eq '0x80090029' -and $SignedWith -eq '') -or ($HResult -eq '0x80070423' -and -not $ofTpm)) {
        return 'unknown'
    }
    if ($script:KeyFaults.ContainsKey($HResult)) {
        return $script:KeyFaults[$HResult]
    }
    return 'unknown'
}

function New-KeyProblem {
    <#
    .SYNOPSIS
        Why a key does not sign: a text with the HRESULT, and what that proves.
    .PARAMETER Text
        What the provider said.
    .PARAMETER HResult
        0x and eight digits, or null.
    .PARAMETER SignedWith
        The provider that was to sign; empty where a key was to be opened.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [string] $Text,
        [AllowNull()] [object] $HResult,
        [AllowEmptyString()] [string] $SignedWith = ''
    )
    $fault = Get-KeyFault -HResult $HResult -SignedWith $SignedWith
    if ($null -ne $HResult) {
        $Text = "$($Text.TrimEnd('.')) ($HResult)"
    }
    return [pscustomobject] @{ Text = $Text; Fault = $fault }
}

function Get-OpenedKey {
    <#
    .SYNOPSIS
        The key of a certificate, tried again where it does not open for a passing reason.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $CertificateHash)
    foreach ($seconds in $script:SignatureWaits) {
        $opened = Get-CsiKey -CertificateHash $CertificateHash
        if ($null -ne $opened.key -or (Get-KeyFault -HResult $opened.hresult) -ne 'passing') {
            return $opened
        }
        Wait-CsiTime -Seconds $seconds
    }
    return Get-CsiKey -CertificateHash $CertificateHash
}

function New-Signature {
    <#
    .SYNOPSIS
        A PS256 signature made with a certificate's key, base64; tried again where it fails for a passing reason: a TPM that
        is testing itself, or was interrupted.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    .PARAMETER Data
        What is signed, base64.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [Parameter(Mandatory = $true)] [string] $CertificateHash,
        [Parameter(Mandatory = $true)] [string] $Data
    )
    foreach ($seconds in $script:SignatureWaits) {
        try {
            return New-CsiSignature -CertificateHash $CertificateHash -Data $Data
        } catch {
            $code = $_.Exception.Data['CsiHResult']
            if ($null -eq $code -or (Get-KeyFault -HResult $code) -ne 'passing') {
                throw
            }
        }
        Wait-CsiTime -Seconds $seconds
    }
    return New-CsiSignature -CertificateHash $CertificateHash -Data $Data
}

function Get-KeyProblem {
    <#
    .SYNOPSIS
        Signs and verifies with PS256: null where the key is good, else why not.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $CertificateHash)
    $opened = Get-OpenedKey -CertificateHash $CertificateHash
    if ($null -eq $opened.key) {
        return New-KeyProblem -Text $opened.problem -HResult $opened.hresult
    }
    $provider = $opened.key.keyProvider
    if ($provider -eq $script:TpmProvider -and $opened.key.pssSaltSize -eq $script:LongestSalt) {
        return [pscustomobject] @{ Text = $script:LongestSaltProblem; Fault = 'unsupported' }
    }
    $data = [Convert]::ToBase64String([Guid]::NewGuid().ToByteArray())
    try {
        $signature = New-Signature -CertificateHash $CertificateHash -Data $data
    } catch {
        if ((Get-FailureKind -Exception $_.Exception) -ne 'key') {
            throw
        }
        return New-KeyProblem -Text $_.Exception.Message -HResult $_.Exception.Data['CsiHResult'] -SignedWith $provider
    }
    if (Test-CsiSignature -CertificateHash $CertificateHash -Data $data -Signature $signature) {
        return $null
    }
    return [pscustomobject] @{ Text = $script:InvalidSignature; Fault = 'unsupported' }
}
#endregion

#region Private/Pause.ps1
# Pauses the scheduler: may switch it off and on, and keeps the record and task that end an interrupted pause.

function Set-SchedulerBack {
    <#
    .SYNOPSIS
        Puts SyncCycleEnabled back and reads it again; tries for three minutes, as the service may still be at work, or be
        restarting.
    .PARAMETER Enabled
        The value that it had.
    .PARAMETER Cause
        What went wrong before, reported with a failure.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [bool] $Enabled,
        [AllowEmptyString()] [string] $Cause = ''
    )
    $actual = ''
    foreach ($seconds in @(0) + $script:RestoreWaits) {
        Wait-CsiTime -Seconds $seconds
        try {
            if ((Get-CsiScheduler).SyncCycleEnabled -eq $Enabled) {
                return
            }
            Set-CsiSyncCycleEnabled -Enabled $Enabled
            if ((Get-CsiScheduler).SyncCycleEnabled -eq $Enabled) {
                return
            }
            $actual = "SyncCycleEnabled $(-not $Enabled)"
        } catch {
            $actual = Get-FailureText -Exception $_.Exception
        }
    }
    if ($Cause -ne '') {
        $actual += "; before that: $Cause"
    }
    $literal = $Enabled.ToString().ToLowerInvariant()
    throw (New-Refusal -Id 'SCHEDULER_NOT_RESTORED' -Expected "SyncCycleEnabled $Enabled" -Actual $actual -Detail $literal)
}

function Remove-PauseTrace {
    <#
    .SYNOPSIS
        Removes record and restore task of a pause that is over. The record first: should the task stay, it finds nothing to
        restore, and a scheduler that a person switches off from now on stays off.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    Remove-CsiPauseRecord
    if (Test-CsiRestoreTask) {
        Unregister-CsiRestoreTask
    }
}

function Get-PauseRecord {
    <#
    .SYNOPSIS
        What is to be put back after a pause, null if nothing is. A record that cannot be read means that the scheduler was
        on, as only one that is on is paused; Problem says why it cannot be read.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    try {
        $record = Read-CsiPauseRecord
    } catch {
        if ((Get-FailureKind -Exception $_.Exception) -ne 'broken-record') {
            throw
        }
        return [pscustomobject] @{
            Operation = 'unknown'; StartedAt = $null; Deadline = $null; Enabled = $true; Problem = Get-FailureText -Exception $_.Exception
        }
    }
    if ($null -eq $record) {
        return $null
    }
    return [pscustomobject] @{
        Operation = $record.operation; StartedAt = $record.startedAt; Deadline = $record.deadline
        Enabled = $record.syncCycleEnabled; Problem = $null
    }
}

function Move-BrokenRecord {
    <#
    .SYNOPSIS
        Moves a record that cannot be read aside, and reports it. One that cannot be moved stays, and costs nothing more.
    .PARAMETER Name
        pause, sign-in or verification.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [string] $Name)
    $script:Changed = $true
    Write-Step -Id 'movingRecord'
    try {
        [void] (Move-CsiBrokenRecord -Name $Name)
    } catch {
        Write-Verbose -Message (Get-FailureText -Exception $_.Exception)
    }
    Write-Change -Kind 'recordAside' -Line "The record $Name.json could not be read, and was moved aside."
}

function Restore-InterruptedPause {
    <#
    .SYNOPSIS
        Ends the pause of a run that did not come back. Answers whether there was one.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param()
    $record = Get-PauseRecord
    if ($null -eq $record) {
        return $false
    }
    $script:Changed = $true
    Write-Step -Id 'endingPause'
    Set-SchedulerBack -Enabled $record.Enabled
    Write-Change -Kind 'resumed' -Line "Scheduler: SyncCycleEnabled is $($record.Enabled) again, after an interrupted run."
    if ($null -ne $record.Problem) {
        Move-BrokenRecord -Name 'pause'
        if (Test-CsiRestoreTask) {
            Unregister-CsiRestoreTask
        }
        return $true
    }
    Remove-PauseTrace
    return $true
}

function Start-Pause {
    <#
    .SYNOPSIS
        Records what is to be put back, and registers and proves the task that does it, before anything is paused.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Enabled
        What SyncCycleEnabled is.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [bool] $Enabled
    )
    $now = ConvertTo-UtcTime -Text (Get-CsiTime)
    # A rotation that fails without the old key is followed by a link: two cmdlets.
    $seconds = $RequestBody.bounds.cycleSeconds + 2 * $RequestBody.bounds.cmdletSeconds + $script:PauseMargin
    $format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"
    $culture = [System.Globalization.CultureInfo]::InvariantCulture
    $deadline = $now.AddSeconds($seconds).ToString($format, $culture)
    Write-CsiPauseRecord -Record ([ordered] @{
            operation        = $Operation
            server           = $RequestBody.server
            startedAt        = $now.ToString($format, $culture)
            deadline         = $deadline
            syncCycleEnabled = $Enabled
            note             = -join $script:PauseNote
        })
    try {
        Register-CsiRestoreTask -Deadline $deadline
        $proof = Confirm-CsiRestoreTask
    } catch {
        Remove-PauseTrace
        throw
    }
    if (-not $proof.proven) {
        Remove-PauseTrace
        throw (New-Refusal -Id 'RESTORE_TASK_UNPROVEN' -Expected 'a task that may call the ADSync module as SYSTEM' `
            -Actual "$($proof.problem)")
    }
}

function Wait-CycleEnd {
    <#
    .SYNOPSIS
        Waits until no synchronisation cycle runs, within bounds: the configuration cannot change while one does.
    .PARAMETER Seconds
        The bound.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [long] $Seconds)
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    while ((Get-CsiScheduler).SyncCycleInProgress) {
        if ($watch.Elapsed.TotalSeconds + 1 -gt $Seconds) {
            throw (New-Refusal -Id 'CYCLE_STILL_RUNNING' -Expected "its end within $Seconds s" -Actual 'SyncCycleInProgress True')
        }
        Write-Step -Id 'awaitingCycle' -Elapsed $watch.Elapsed.TotalSeconds -Seconds $Seconds
        Wait-CsiTime -Seconds 1
    }
}

function Set-SchedulerOff {
    <#
    .SYNOPSIS
        Switches the scheduler off, and reads it again.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    Set-CsiSyncCycleEnabled -Enabled $false
    if ((Get-CsiScheduler).SyncCycleEnabled) {
        throw (New-Refusal -Id 'UNEXPECTED' -Expected 'SyncCycleEnabled False' -Actual 'SyncCycleEnabled True' `
            -Detail (Get-CsiHost).computerName)
    }
    Write-Change -Kind 'paused' -Line 'Scheduler: SyncCycleEnabled True became False for a change of the identity.'
}

function Invoke-WhilePaused {
    <#
    .SYNOPSIS
        Runs a step while the scheduler is off and no cycle runs, and puts the scheduler back whatever happens. A
        scheduler that a person has switched off stays off. Answers for how many seconds it was off.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Step
        What is done meanwhile.
    .PARAMETER Recorded
        Records the step even if the scheduler is off: it stops the service, which has to start again.
    #>
    [CmdletBinding()]
    [OutputType([double])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [scriptblock] $Step,
        [switch] $Recorded
    )
    $enabled = (Get-CsiScheduler).SyncCycleEnabled
    if (-not $enabled -and -not $Recorded) {
        Wait-CycleEnd -Seconds $RequestBody.bounds.cycleSeconds
        [void] (& $Step)
        return 0
    }
    Write-Step -Id 'pausing'
    Start-Pause -RequestBody $RequestBody -Enabled $enabled
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $cause = ''
    try {
        if ($enabled) {
            Set-SchedulerOff
        }
        Wait-CycleEnd -Seconds $RequestBody.bounds.cycleSeconds
        [void] (& $Step)
    } catch {
        $cause = Get-FailureText -Exception $_.Exception
        throw
    } finally {
        # Record and task stay where this fails: the task tries again.
        Write-Step -Id 'restoring'
        Set-SchedulerBack -Enabled $enabled -Cause $cause
        Remove-PauseTrace
        if ($enabled) {
            Write-Change -Kind 'resumed' -Line 'Scheduler: SyncCycleEnabled is True again.'
        }
    }
    if (-not $enabled) {
        return 0
    }
    return [Math]::Round($watch.Elapsed.TotalSeconds, 3)
}
#endregion

#region Private/Preflight.ps1
# What must be true before an operation begins. Changes nothing on the server.

function Assert-Caller {
    <#
    .SYNOPSIS
        Refuses a restricted PowerShell and a caller who is no administrator.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    $mode = (Get-CsiHost).languageMode
    if ($mode -ne 'FullLanguage') {
        throw (New-Refusal -Id 'LANGUAGE_MODE' -Expected 'FullLanguage' -Actual $mode)
    }
    $caller = Get-CsiCaller
    if (-not $caller.administrator) {
        throw (New-Refusal -Id 'NOT_ADMINISTRATOR' -Expected 'a local administrator with rights in Entra Connect Sync' `
            -Actual $caller.account)
    }
}

function Get-Installation {
    <#
    .SYNOPSIS
        Service and product; refuses where either is missing.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $service = Get-CsiService
    $expected = 'the service ADSync and its PowerShell module'
    if ($null -eq $service) {
        throw (New-Refusal -Id 'ADSYNC_MISSING' -Expected $expected -Actual 'no service ADSync')
    }
    $product = Get-CsiProduct
    if ($null -eq $product) {
        throw (New-Refusal -Id 'ADSYNC_MISSING' -Expected $expected -Actual 'the service without its module')
    }
    return [pscustomobject] @{ Service = $service; Product = $product }
}

function Assert-Framework {
    <#
    .SYNOPSIS
        Refuses a .NET Framework that cannot make a certificate request; one that is not known may be able to.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    $release = (Get-CsiHost).dotnetRelease
    if ($null -ne $release -and $release -lt $script:DotnetRelease) {
        throw (New-Refusal -Id 'DOTNET_TOO_OLD' -Expected "release $script:DotnetRelease (4.7.2) or later" -Actual "release $release")
    }
}

function Assert-Running {
    <#
    .SYNOPSIS
        Refuses a service that does not run.
    .PARAMETER Service
        The service.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [object] $Service)
    if ($Service.status -ne 'Running') {
        throw (New-Refusal -Id 'SERVICE_STOPPED' -Expected 'Running' -Actual $Service.status)
    }
}

function Assert-Version {
    <#
    .SYNOPSIS
        Refuses a product that is too old.
    .PARAMETER Version
        The product's version.
    .PARAMETER Minimum
        The least version.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [string] $Version,
        [Parameter(Mandatory = $true)] [string] $Minimum
    )
    if ([Version] $Version -lt [Version] $Minimum) {
        throw (New-Refusal -Id 'VERSION_TOO_OLD' -Expected "version $Minimum or later" -Actual "version $Version")
    }
}

function Assert-ServiceAccount {
    <#
    .SYNOPSIS
        Refuses a service that runs under another account than the declared one, or under one that no one knows. SIDs are
        compared: names are translated.
    .PARAMETER Service
        The service.
    .PARAMETER Declared
        The declared account, null for any.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [object] $Service,
        [Parameter(Mandatory = $true)] [AllowNull()] [object] $Declared
    )
    if ($null -eq $Service.accountSid) {
        throw (New-Refusal -Id 'UNEXPECTED.account' -Expected 'an account that Windows resolves' -Actual "$($Service.accountProblem)")
    }
    if ($null -eq $Declared) {
        return
    }
    $resolved = Resolve-CsiAccount -Account $Declared
    if ($resolved.sid -ne $Service.accountSid) {
        $actual = "$($Service.account) ($($Service.accountSid))"
        if ($null -ne $resolved.problem) {
            $actual += "; $($resolved.problem)"
        }
        throw (New-Refusal -Id 'SERVICE_ACCOUNT_UNEXPECTED' -Expected $Declared -Actual $actual)
    }
}

function Get-ConnectorState {
    <#
    .SYNOPSIS
        Connector and scheduler; this also proves that the caller may call the ADSync cmdlets.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    return [pscustomobject] @{ Connector = Get-CsiConnector; Scheduler = Get-CsiScheduler }
}
#endregion

#region Private/ProgramFolder.ps1
# The program's own folder: may remove a file there that an older version of this project copied.

function Assert-Program {
    <#
    .SYNOPSIS
        Refuses where the program that runs is not the one that was installed.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    if ($script:Mismatch -eq '') {
        return
    }
    if ($Request -cmatch '"server":\s*"([A-Za-z0-9_ .-]*)"') {
        $script:Server = $Matches[1]
    }
    throw (New-Refusal -Id 'PROGRAM_MISMATCH' -Expected 'the files that manifest.json lists' -Actual $script:Mismatch)
}

function Get-ForeignFile {
    <#
    .SYNOPSIS
        What is in the program's folder and not part of it, as one array: name, and whether an older version of this
        project brought it. Null where the folder cannot be listed.
    #>
    [CmdletBinding()]
    [OutputType([object[]])]
    param()
    $entries = Get-CsiProgramFolder
    if ($null -eq $entries) {
        return $null
    }
    $own = 'ConnectSyncHost.ps1', 'Windows.ps1', 'manifest.json'
    $list = @(foreach ($entry in @($entries | Where-Object { $own -notcontains $_.name })) {
            $earlier = $script:EarlierFiles.ContainsKey($entry.name) -and $script:EarlierFiles[$entry.name] -ceq $entry.firstLine
            [ordered] @{ name = $entry.name; earlier = $earlier }
        })
    return , $list
}

function Get-ProgramFact {
    <#
    .SYNOPSIS
        The installed program, and what else is in its folder.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param()
    $installed = Get-CsiInstalledProgram
    $foreign = Get-ForeignFile
    if ($null -ne $foreign) {
        $foreign = @($foreign | Select-Object -First $script:ForeignLimit)
    }
    return [ordered] @{ sha256 = $installed.sha256; problem = $installed.problem; foreign = $foreign }
}

function Remove-EarlierFile {
    <#
    .SYNOPSIS
        Removes what an older version of this project left in the program's folder.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    # Kept first: straight from the function, an empty list would go down the pipe as one object.
    $files = Get-ForeignFile
    if ($null -eq $files) {
        return
    }
    foreach ($file in @($files | Where-Object { $_.earlier })) {
        Remove-CsiProgramFile -Name $file.name
        $script:Changed = $true
    }
}
#endregion

#region Private/Progress.ps1
# Lines of progress on stderr. Changes nothing on the server.

# What has been printed: the lines stay in Pulumi's state, and are part of the error of a run that fails.
$script:Step = @{ Lines = 0; Text = ''; Due = 0 }

function Write-Step {
    <#
    .SYNOPSIS
        Reports what is done now or waited for: one short line on stderr, which never holds anything of a
        credential. A wait is reported when it begins and at a few moments of it only.
    .PARAMETER Id
        What is done or waited for, in the table of steps.
    .PARAMETER Elapsed
        For how many seconds it has been waited for.
    .PARAMETER Seconds
        For how many seconds it may be waited for.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [string] $Id,
        [double] $Elapsed = 0,
        [long] $Seconds = -1
    )
    $text = $script:Steps[$Id]
    $due = @($script:StepSeconds | Where-Object { $_ -le $Elapsed }).Count
    $reported = $text -ceq $script:Step.Text -and $due -le $script:Step.Due
    if ($reported -or $script:Step.Lines -ge $script:StepLimit -or $Operation -eq 'restore') {
        return
    }
    $script:Step = @{ Lines = $script:Step.Lines + 1; Text = $text; Due = $due }
    $line = "$($script:Server): $text"
    if ($Seconds -ge 0) {
        $line += " ($([Math]::Floor($Elapsed)) s of $Seconds s)"
    }
    try {
        Write-ErrorLine -Text $line
    } catch {
        # The reader may be gone; what is under way, the scheduler's return above all, goes on all the same.
        Write-Verbose -Message "No one reads this any more: $($_.Exception.Message)"
    }
}
#endregion

#region Private/Refusal.ps1
# Refusals: any failure as an error of the protocol. Changes nothing on the server.

function New-Refusal {
    <#
    .SYNOPSIS
        Makes the exception that ends an operation with an error of the protocol.
    .PARAMETER Id
        Id in the table of messages.
    .PARAMETER Expected
        What was expected.
    .PARAMETER Actual
        What was found.
    .PARAMETER Detail
        Fills {0}, {1} ... of sentence and remedy.
    .PARAMETER OperatorCommand
        The command that an administrator runs at the desktop of the server.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)] [string] $Id,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Expected,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Actual,
        [string[]] $Detail = @(),
        [AllowNull()] [object] $OperatorCommand = $null
    )
    $entry = $script:Messages[$Id]
    # A long sentence is in parts.
    $message = ($entry.Message -join '') -f $Detail
    $exception = New-Object -TypeName System.InvalidOperationException -ArgumentList $message
    $exception.Data['HostExit'] = $entry.Exit
    $exception.Data['HostError'] = [ordered] @{
        code            = $Id.Split('.')[0]
        message         = $message
        expected        = $Expected
        actual          = $Actual.Trim().TrimEnd('.')
        remedy          = ($entry.Remedy -join '') -f $Detail
        operatorCommand = $OperatorCommand
    }
    return $exception
}

function New-KeyUnavailableRefusal {
    <#
    .SYNOPSIS
        The refusal to do anything about a key of which nothing is proven.
    .PARAMETER Problem
        What the provider said.
    .PARAMETER HResult
        Its HRESULT, null where the text has it already.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)] [string] $Problem,
        [AllowNull()] [object] $HResult = $null
    )
    if ($null -ne $HResult) {
        $Problem = "$Problem ($HResult)"
    }
    return New-Refusal -Id 'KEY_UNAVAILABLE' -Expected 'a key that opens and signs, or proof that it is lost' -Actual $Problem
}

function Read-OptionalFact {
    <#
    .SYNOPSIS
        Reads a fact without which the others still count. If it cannot be read, it is listed with the reason, and unknown.
    .PARAMETER Field
        Its name in the answer.
    .PARAMETER Read
        What reads it.
    .PARAMETER Unreadable
        Where it is listed.
    #>
    [CmdletBinding()]
    [OutputType([object])]
    param(
        [Parameter(Mandatory = $true)] [string] $Field,
        [Parameter(Mandatory = $true)] [scriptblock] $Read,
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [Collections.ArrayList] $Unreadable
    )
    try {
        return & $Read
    } catch {
        [void] $Unreadable.Add([ordered] @{ field = $Field; reason = Get-FailureText -Exception $_.Exception })
        return $null
    }
}

function Get-FailureKind {
    <#
    .SYNOPSIS
        The kind of a failure inside Windows: what Windows.ps1 said, or access-denied where an exception's type says so.
    .PARAMETER Exception
        The exception.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [Exception] $Exception)
    $inner = $Exception
    while ($null -ne $inner) {
        if ($inner.Data.Contains('CsiKind')) {
            return [string] $inner.Data['CsiKind']
        }
        if ($inner.GetType().Name -match 'UnauthorizedAccess|AccessDenied|SecurityException') {
            return 'access-denied'
        }
        $inner = $inner.InnerException
    }
    return 'failed'
}

function Get-FailureText {
    <#
    .SYNOPSIS
        What happened, in the words of the exception that Windows.ps1 made, else of the one at the bottom of the chain, with
        its HRESULT: the text is translated, and what is around it says only which method was called.
    .PARAMETER Exception
        The exception.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [Exception] $Exception)
    $inner = $Exception
    while ($null -ne $inner.InnerException -and -not $inner.Data.Contains('CsiKind')) {
        $inner = $inner.InnerException
    }
    $text = $inner.Message.Trim().TrimEnd('.')
    $code = '0x{0:X8}' -f $inner.HResult
    if ($inner.Data.Contains('CsiKind') -or $inner.Data.Contains('HostError') -or $text.Contains($code)) {
        return $text
    }
    return "$text ($code)"
}

function ConvertTo-Refusal {
    <#
    .SYNOPSIS
        Any failure as an error of the protocol.
    .PARAMETER Exception
        What was thrown.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param([Parameter(Mandatory = $true)] [Exception] $Exception)
    if ($Exception.Data.Contains('HostError')) {
        return $Exception
    }
    $expected = 'the step to succeed'
    $actual = Get-FailureText -Exception $Exception
    switch (Get-FailureKind -Exception $Exception) {
        'access-denied' {
            return New-Refusal -Id 'NOT_ADMINISTRATOR' -Expected 'a local administrator with rights in Entra Connect Sync' `
                -Actual $actual
        }
        'foreign-folder' {
            return New-Refusal -Id 'DATA_FOLDER_FOREIGN' -Expected 'a folder of administrators or SYSTEM' -Actual $actual
        }
        'key' {
            return New-KeyUnavailableRefusal -Problem $actual -HResult $Exception.Data['CsiHResult']
        }
        'disk-full' {
            return New-Refusal -Id 'UNEXPECTED.disk' -Expected $expected -Actual $actual
        }
    }
    return New-Refusal -Id 'UNEXPECTED' -Expected $expected -Actual $actual -Detail (Get-CsiHost).computerName
}
#endregion

#region Private/Removal.ps1
# What a removal would take: may remove a certificate of the label and its key, if nothing uses them.

function Get-RequestedKey {
    <#
    .SYNOPSIS
        Container and provider of each key that a request is about and that exists: those that its certificates point to
        and, but for an adopted one, the fixed name. Refuses where one of them may be there but does not open.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Certificate
        The certificates that the request is about.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [AllowEmptyCollection()] [object[]] $Certificate
    )
    $keys = [ordered] @{}
    foreach ($entry in $Certificate) {
        $opened = Get-CsiKey -CertificateHash $entry.sha256
        if ($null -ne $opened.key) {
            $keys["$($opened.key.keyProvider)/$($opened.key.keyName)"] = [pscustomobject] @{
                Name = $opened.key.keyName; Provider = $opened.key.keyProvider
            }
        } elseif (@('dead', 'unlinked') -notcontains (Get-KeyFault -HResult $opened.hresult)) {
            throw (New-KeyUnavailableRefusal -Problem $opened.problem -HResult $opened.hresult)
        }
    }
    if ($null -eq $RequestBody.adoptSha256) {
        $keys["$($RequestBody.keyProvider)/$($RequestBody.keyName)"] = [pscustomobject] @{
            Name = $RequestBody.keyName; Provider = $RequestBody.keyProvider
        }
    }
    foreach ($key in $keys.Values) {
        if (Test-CsiKey -KeyName $key.Name -KeyProvider $key.Provider) {
            $key
        }
    }
}

function Get-RemovalPlan {
    <#
    .SYNOPSIS
        The certificates and keys that go: those that the request is about, and a certificate of the same subject whose
        label was changed. Refuses where the connector's certificate, or another one, has a key that would go.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $used = (Get-CsiConnector).certificateSha256
    $certificates = @(Get-RequestedCertificate -RequestBody $RequestBody)
    $hashes = @($certificates | ForEach-Object { $_.sha256 })
    $keys = @()
    if ($null -eq $used -or $hashes -notcontains $used) {
        $keys = @(Get-RequestedKey -RequestBody $RequestBody -Certificate $certificates)
    }
    foreach ($key in $keys) {
        foreach ($holder in @(Get-CsiKeyHolder -KeyName $key.Name -KeyProvider $key.Provider)) {
            if ($hashes -contains $holder) {
                continue
            }
            $entry = @(Get-HashedCertificate -CertificateHash $holder)[0]
            if ($holder -ne $used -and ($null -ne $RequestBody.adoptSha256 -or $entry.subject -cne $RequestBody.subject)) {
                $actual = "certificate $($entry.thumbprint) `"$($entry.label)`""
                throw (New-Refusal -Id 'KEY_SHARED' -Expected 'a key that no other certificate has' -Actual $actual -Detail $key.Name)
            }
            $certificates += $entry
            $hashes += $holder
        }
    }
    if ($null -ne $used -and $hashes -contains $used) {
        throw (New-InUseRefusal -Label $RequestBody.label -CertificateHash $used -Server $RequestBody.server)
    }
    return [pscustomobject] @{ Certificates = $certificates; Keys = $keys }
}

function Measure-Planned {
    <#
    .SYNOPSIS
        How many certificates of a plan are there, and whether a key of it is.
    .PARAMETER Plan
        The plan.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $Plan)
    $hashes = @($Plan.Certificates | ForEach-Object { $_.sha256 })
    $left = @($Plan.Keys | Where-Object { Test-CsiKey -KeyName $_.Name -KeyProvider $_.Provider })
    return [ordered] @{
        certificates = @(Get-CsiCertificate | Where-Object { $hashes -contains $_.sha256 }).Count
        keyFile      = $left.Count -gt 0
    }
}

function Remove-Planned {
    <#
    .SYNOPSIS
        Removes what a plan names. The key goes first: a certificate whose key stays must not vanish and leave it behind
        unnamed.
    .PARAMETER Plan
        The plan.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [object] $Plan)
    foreach ($key in $Plan.Keys) {
        Remove-CsiKey -KeyName $key.Name -KeyProvider $key.Provider
    }
    foreach ($entry in $Plan.Certificates) {
        [void] (Remove-CsiCertificateByHash -CertificateHash $entry.sha256)
    }
}

function New-InUseRefusal {
    <#
    .SYNOPSIS
        The refusal to take away what the connector uses.
    .PARAMETER Label
        The certificate's label.
    .PARAMETER CertificateHash
        SHA-256 of the certificate.
    .PARAMETER Server
        Name of the server in the declaration.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)] [string] $Label,
        [Parameter(Mandatory = $true)] [string] $CertificateHash,
        [Parameter(Mandatory = $true)] [string] $Server
    )
    return New-Refusal -Id 'CERTIFICATE_IN_USE' -Detail $Server -Expected "a connector that does not use `"$Label`"" `
        -Actual "a connector on certificate $CertificateHash"
}
#endregion

#region Private/Request.ps1
# Reads the request. Changes nothing on the server.

function Read-Request {
    <#
    .SYNOPSIS
        The request as an object, refused where it is not what the operation takes.
    .PARAMETER Text
        The request as it came.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text)
    if ($Text -cmatch '"server":\s*"([A-Za-z0-9_ .-]*)"') {
        $script:Server = $Matches[1]
    }
    if ($Text -cmatch '[^\t\r\n -~]') {
        throw (New-RequestRefusal -Actual 'characters other than ASCII')
    }
    $shape = $script:Requests[$Operation]
    $takesCredential = @($shape.Properties | Where-Object { $_.Name -eq 'credential' }).Count -gt 0
    try {
        $plain = $Text
        if ($takesCredential) {
            $plain = Read-Credential -Text $Text
        }
        $json = Read-JsonText -Text $plain
    } catch {
        throw (New-RequestRefusal -Actual "$($Text.Trim().Length) characters that are no JSON")
    }
    Assert-Shape -Value $json -Shape $shape -Path ''
    $script:Server = $json['server']
    if ($takesCredential -and $null -eq $script:Credential) {
        throw (New-RequestRefusal -Actual 'credential: user name or password in another form')
    }
    return ConvertTo-RequestBody -Value $json
}

function ConvertTo-RequestBody {
    <#
    .SYNOPSIS
        A request that was held against its shape as objects with properties.
    .PARAMETER Value
        The request, or a value within it.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [AllowNull()] [AllowEmptyString()] [AllowEmptyCollection()] [object] $Value)
    if ($Value -is [System.Collections.IDictionary]) {
        $members = [ordered] @{}
        foreach ($name in $Value.Keys) {
            $members[$name] = ConvertTo-RequestBody -Value $Value[$name]
        }
        return [pscustomobject] $members
    }
    if ($Value -is [array]) {
        $elements = @(foreach ($element in $Value) { ConvertTo-RequestBody -Value $element })
        return , $elements
    }
    return $Value
}
#endregion

#region Private/RequestJson.ps1
# Reads JSON strictly. ConvertFrom-Json differs between versions: comments, dates, single quotes. Changes nothing on the server.

# One token after white space: a mark, a string, a number or a word.
$script:JsonToken = '\G[ \t\r\n]*(?:(?<mark>[\[\]{}:,])|(?<text>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*")' +
    '|(?<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|(?<word>true|false|null))'
# Levels of lists and objects that a request may have.
$script:JsonDepth = 8

function Read-JsonText {
    <#
    .SYNOPSIS
        JSON as one value: objects become ordered dictionaries that know letter case, whole numbers are long. Throws where
        the text is no JSON.
    .PARAMETER Text
        The text.
    #>
    [CmdletBinding()]
    [OutputType([object])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text)
    $reader = @{ Tokens = [regex]::Matches($Text, $script:JsonToken); Next = 0; Depth = 0 }
    $length = 0
    foreach ($token in $reader.Tokens) {
        $length += $token.Length
    }
    if ($length -ne $Text.TrimEnd().Length) {
        throw 'No JSON.'
    }
    $value = Read-JsonValue -Reader $reader
    if ($reader.Next -ne $reader.Tokens.Count) {
        throw 'More than one value.'
    }
    return , $value
}

function Read-JsonToken {
    <#
    .SYNOPSIS
        The next token, and steps over it.
    .PARAMETER Reader
        Where the reading is.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [hashtable] $Reader)
    if ($Reader.Next -ge $Reader.Tokens.Count) {
        throw 'The text ends early.'
    }
    return $Reader.Tokens[$Reader.Next++]
}

function Test-JsonMark {
    <#
    .SYNOPSIS
        Whether the next token is a mark; steps over it where it is.
    .PARAMETER Reader
        Where the reading is.
    .PARAMETER Mark
        The mark.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [hashtable] $Reader, [Parameter(Mandatory = $true)] [string] $Mark)
    if ($Reader.Next -ge $Reader.Tokens.Count -or $Reader.Tokens[$Reader.Next].Groups['mark'].Value -cne $Mark) {
        return $false
    }
    $Reader.Next++
    return $true
}

function Assert-JsonMark {
    <#
    .SYNOPSIS
        Steps over a mark that must be next.
    .PARAMETER Reader
        Where the reading is.
    .PARAMETER Mark
        The mark.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [hashtable] $Reader, [Parameter(Mandatory = $true)] [string] $Mark)
    if (-not (Test-JsonMark -Reader $Reader -Mark $Mark)) {
        throw "No $Mark where one must be."
    }
}

function Read-JsonString {
    <#
    .SYNOPSIS
        A string that must be next.
    .PARAMETER Reader
        Where the reading is.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [hashtable] $Reader)
    $group = (Read-JsonToken -Reader $Reader).Groups['text']
    if (-not $group.Success) {
        throw 'No string where one must be.'
    }
    # The escapes of JSON are escapes of .NET's expressions as well.
    return [regex]::Unescape($group.Value.Substring(1, $group.Length - 2))
}

function Read-JsonNumber {
    <#
    .SYNOPSIS
        A number: long where it is written as a whole number that fits, else double.
    .PARAMETER Text
        The number as it is written.
    #>
    [CmdletBinding()]
    [OutputType([object])]
    param([Parameter(Mandatory = $true)] [string] $Text)
    $culture = [System.Globalization.CultureInfo]::InvariantCulture
    $whole = [long] 0
    if ([long]::TryParse($Text, [System.Globalization.NumberStyles]::AllowLeadingSign, $culture, [ref] $whole)) {
        return $whole
    }
    return [double]::Parse($Text, [System.Globalization.NumberStyles]::Float, $culture)
}

function Read-JsonValue {
    <#
    .SYNOPSIS
        The next value.
    .PARAMETER Reader
        Where the reading is.
    #>
    [CmdletBinding()]
    [OutputType([object])]
    param([Parameter(Mandatory = $true)] [hashtable] $Reader)
    $Reader.Depth++
    if ($Reader.Depth -gt $script:JsonDepth) {
        throw 'Too many levels.'
    }
    if (Test-JsonMark -Reader $Reader -Mark '{') {
        $value = Read-JsonObject -Reader $Reader
    } elseif (Test-JsonMark -Reader $Reader -Mark '[') {
        $value = Read-JsonList -Reader $Reader
    } elseif ($Reader.Next -lt $Reader.Tokens.Count -and $Reader.Tokens[$Reader.Next].Groups['text'].Success) {
        $value = Read-JsonString -Reader $Reader
    } else {
        $token = Read-JsonToken -Reader $Reader
        if ($token.Groups['mark'].Success) {
            throw 'No value where one must be.'
        }
        $value = switch -CaseSensitive ($token.Groups['word'].Value) {
            'true' { $true }
            'false' { $false }
            'null' { $null }
            default { Read-JsonNumber -Text $token.Groups['number'].Value }
        }
    }
    $Reader.Depth--
    return , $value
}

function Read-JsonObject {
    <#
    .SYNOPSIS
        An object after its opening brace. Of two properties of one name the last counts.
    .PARAMETER Reader
        Where the reading is.
    #>
    [CmdletBinding()]
    [OutputType([Collections.IDictionary])]
    param([Parameter(Mandatory = $true)] [hashtable] $Reader)
    $object = New-Object -TypeName System.Collections.Specialized.OrderedDictionary -ArgumentList ([StringComparer]::Ordinal)
    if (-not (Test-JsonMark -Reader $Reader -Mark '}')) {
        do {
            $name = Read-JsonString -Reader $Reader
            Assert-JsonMark -Reader $Reader -Mark ':'
            $object[$name] = Read-JsonValue -Reader $Reader
        } while (Test-JsonMark -Reader $Reader -Mark ',')
        Assert-JsonMark -Reader $Reader -Mark '}'
    }
    return , $object
}

function Read-JsonList {
    <#
    .SYNOPSIS
        A list after its opening bracket.
    .PARAMETER Reader
        Where the reading is.
    #>
    [CmdletBinding()]
    [OutputType([object[]])]
    param([Parameter(Mandatory = $true)] [hashtable] $Reader)
    $list = New-Object -TypeName System.Collections.ArrayList
    if (-not (Test-JsonMark -Reader $Reader -Mark ']')) {
        do {
            [void] $list.Add((Read-JsonValue -Reader $Reader))
        } while (Test-JsonMark -Reader $Reader -Mark ',')
        Assert-JsonMark -Reader $Reader -Mark ']'
    }
    return , $list.ToArray()
}
#endregion

#region Private/RequestShape.ps1
# What a request may hold, and its refusal. Changes nothing on the server.

function New-RequestRefusal {
    <#
    .SYNOPSIS
        The refusal of a request.
    .PARAMETER Actual
        What is wrong with it, the property first.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param([Parameter(Mandatory = $true)] [string] $Actual)
    return New-Refusal -Id 'INVALID_REQUEST' -Expected "a request of protocol $script:ProtocolVersion" -Actual $Actual -Detail $Operation
}

function Test-Kind {
    <#
    .SYNOPSIS
        Whether a value is of its kind and within its bounds; what is within a list or an object is not looked at.
    .PARAMETER Value
        The value.
    .PARAMETER Shape
        Its shape.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [AllowNull()] [AllowEmptyString()] [AllowEmptyCollection()] [object] $Value,
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Shape
    )
    switch ($Shape.Kind) {
        'truth' { return $Value -is [bool] }
        'number' { return $Value -is [long] -and $Value -ge $Shape.Least -and $Value -le $Shape.Most }
        'text' {
            return $Value -is [string] -and (-not $Shape.Contains('Least') -or $Value.Length -ge $Shape.Least) -and
            (-not $Shape.Contains('Pattern') -or $Value -cmatch ($Shape.Pattern -join ''))
        }
        'list' { return $Value -is [array] }
        'object' { return $Value -is [System.Collections.IDictionary] }
    }
    return $false
}

function Assert-Shape {
    <#
    .SYNOPSIS
        Holds a value of a request against its shape: every property there, none more, each of its kind.
    .PARAMETER Value
        The value.
    .PARAMETER Shape
        Its shape.
    .PARAMETER Path
        The value's path in the request, empty for the request itself.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [AllowNull()] [AllowEmptyString()] [AllowEmptyCollection()] [object] $Value,
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Shape,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Path
    )
    if ($null -eq $Value -and $Shape.Contains('Nullable')) {
        return
    }
    $named = 'request'
    $prefix = ''
    if ($Path -ne '') {
        $named = $Path
        $prefix = "$Path."
    }
    if (-not (Test-Kind -Value $Value -Shape $Shape)) {
        throw (New-RequestRefusal -Actual "${named}: not $($Shape.Words)")
    }
    if ($Shape.Kind -eq 'list') {
        for ($index = 0; $index -lt $Value.Length; $index++) {
            Assert-Shape -Value $Value[$index] -Shape $Shape.Element -Path "$prefix$index"
        }
        if ($Value.Length -lt $Shape.Least) {
            throw (New-RequestRefusal -Actual "${named}: not $($Shape.Words)")
        }
    }
    if ($Shape.Kind -eq 'object') {
        Assert-Property -Value $Value -Property $Shape.Properties -Prefix $prefix
    }
}

function Assert-Property {
    <#
    .SYNOPSIS
        Holds the properties of an object against their shapes.
    .PARAMETER Value
        The object.
    .PARAMETER Property
        The shapes.
    .PARAMETER Prefix
        What is before their names in a path.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Value,
        [Parameter(Mandatory = $true)] [object[]] $Property,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Prefix
    )
    $names = @($Value.Keys)
    foreach ($shape in $Property) {
        if ($names -ccontains $shape.Name) {
            Assert-Shape -Value $Value[$shape.Name] -Shape $shape -Path "$Prefix$($shape.Name)"
        } elseif (-not $shape.Contains('Optional')) {
            throw (New-RequestRefusal -Actual "$Prefix$($shape.Name): missing")
        }
    }
    $known = @($Property | ForEach-Object { $_.Name })
    foreach ($name in $names) {
        if ($known -cnotcontains $name) {
            throw (New-RequestRefusal -Actual "$Prefix${name}: not a property of this request")
        }
    }
}
#endregion

#region Private/Run.ps1
# One run: what it has done so far, the operation under its lock, the answer and the exit code.

# What the operation has done so far: a failure reports it too.
$script:Changed = $false
$script:Server = ''
# What the request carries to be repeated in the answer's markers; requests of Pulumi's plugin have none.
$script:Nonce = ''

function Invoke-Operation {
    <#
    .SYNOPSIS
        Runs one operation, those that change something under the host's lock.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param()
    $body = Read-Request -Text $Request
    Assert-Caller
    if ($Operation -eq 'observe') {
        return Invoke-Observe -RequestBody $body
    }
    if ($Operation -eq 'diagnose') {
        return Invoke-Diagnose -RequestBody $body
    }
    $lock = Enter-CsiLock -Operation $Operation
    if ($lock.foreign) {
        throw (New-Refusal -Id 'BUSY.foreign' -Expected 'a lock of administrators or SYSTEM' -Actual $lock.holder)
    }
    if (-not $lock.acquired) {
        $holder = 'a holder that does not show'
        if ($null -ne $lock.holder) {
            $holder = $lock.holder
        }
        throw (New-Refusal -Id 'BUSY' -Expected 'no other operation' -Actual $holder)
    }
    try {
        switch ($Operation) {
            'ensure-certificate' { return Invoke-EnsureCertificate -RequestBody $body }
            'remove-certificate' { return Invoke-RemoveCertificate -RequestBody $body }
            'release' { return Invoke-Release -RequestBody $body }
            'register' { return Invoke-Register -RequestBody $body }
            'rollback' { return Invoke-Rollback -RequestBody $body }
            'remove-legacy-account' { return Invoke-RemoveLegacyAccount -RequestBody $body }
            'reset-machine-identifier' { return Invoke-ResetMachineIdentifier -RequestBody $body }
        }
    } finally {
        Exit-CsiLock
    }
}

function Invoke-Program {
    <#
    .SYNOPSIS
        Runs the operation, prints its answer and answers the exit code.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param()
    $answer = [ordered] @{
        protocol = $script:ProtocolVersion; operation = $Operation; server = ''; ok = $true; changed = $false; result = $null; error = $null
    }
    $exitCode = 0
    if ($Request -cmatch '"nonce":\s*"([0-9a-f]{32})"') {
        $script:Nonce = $Matches[1]
    }
    try {
        Assert-Program
        $answer.result = Invoke-Operation
    } catch {
        $refusal = ConvertTo-Refusal -Exception $_.Exception
        $answer.ok = $false
        $answer.error = $refusal.Data['HostError']
        foreach ($name in 'message', 'expected', 'actual', 'remedy') {
            $answer.error[$name] = Hide-Credential -Text $answer.error[$name]
        }
        $exitCode = $refusal.Data['HostExit']
    }
    $answer.server = $script:Server
    $answer.changed = $script:Changed
    Write-AnswerChange -Answer $answer
    if ($answer.ok -or $Full) {
        Write-Answer -Answer $answer
    }
    # Last, as it is what a person looks for at the end of what Pulumi prints of a failed command.
    if (-not $answer.ok) {
        $text = $answer.error
        $found = $text.actual
        if ($found.Length -gt $script:SentenceLimit) {
            $found = $found.Substring(0, $script:SentenceLimit) + '...'
        }
        Write-ErrorLine -Text "$($answer.server): $($text.code): $($text.message) Expected $($text.expected); found $found. $($text.remedy)"
    }
    return $exitCode
}
#endregion

#region Private/ServiceAccount.ps1
# The way back to a service account: may run the product's cmdlets with an administrator's credential.

function Get-LegacyAccountName {
    <#
    .SYNOPSIS
        The name that the product gives the service account of this server in Entra, as documented; null where the
        machine identifier is not known.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param()
    $identifier = Get-CsiMachineIdentifier
    if ([string]::IsNullOrEmpty($identifier)) {
        return $null
    }
    return "Sync_$((Get-CsiHost).computerName)_$($identifier.Substring(0, [Math]::Min(12, $identifier.Length)))"
}

function New-AccountRefusal {
    <#
    .SYNOPSIS
        The refusal if a cmdlet that takes a credential did not do its work.
    .PARAMETER Outcome
        How it ended.
    .PARAMETER Cmdlet
        Its name.
    .PARAMETER Expected
        What it was to do.
    .PARAMETER Seconds
        How long it could take.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)] [object] $Outcome,
        [Parameter(Mandatory = $true)] [string] $Cmdlet,
        [Parameter(Mandatory = $true)] [string] $Expected,
        [Parameter(Mandatory = $true)] [long] $Seconds
    )
    switch ($Outcome.outcome) {
        'sign-in-required' {
            return New-Refusal -Id 'MFA_REQUIRED' -Expected $Expected -Actual $Outcome.message -Detail $Cmdlet
        }
        'credential-refused' {
            return New-Refusal -Id 'CREDENTIAL_REFUSED' -Expected $Expected -Actual $Outcome.message -Detail $Cmdlet
        }
        'timed-out' {
            return New-Refusal -Id 'CMDLET_TIMEOUT.credential' -Expected $Expected -Actual $Outcome.message -Detail $Cmdlet, "$Seconds"
        }
    }
    return New-Refusal -Id 'CMDLET_FAILED' -Expected $Expected -Actual $Outcome.message -Detail $Cmdlet
}

function Switch-ServiceAccount {
    <#
    .SYNOPSIS
        Moves the connector to a service account. What counts is where the connector is afterwards, not how the cmdlet
        ended.
    .PARAMETER Connector
        Where the connector is.
    .PARAMETER AccountName
        The name of the account.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [object] $Connector,
        [Parameter(Mandatory = $true)] [string] $AccountName,
        [Parameter(Mandatory = $true)] [object] $RequestBody
    )
    $seconds = $RequestBody.bounds.cmdletSeconds
    $wasChanged = $script:Changed
    $script:Changed = $true
    Write-Step -Id 'leaving' -Seconds $seconds
    $outcome = Invoke-CsiRollback -AccountName $AccountName -Credential $script:Credential -Seconds $seconds
    $now = Get-CsiConnector
    if ($outcome.outcome -ne 'completed' -or $now.identityType -ne 'ServiceAccount') {
        $now = Get-SettledConnector
    }
    if ($outcome.outcome -ne 'completed' -and $now.identityType -ne 'ServiceAccount') {
        $script:Changed = $wasChanged -or (ConvertTo-AsciiJson -Value $now) -cne (ConvertTo-AsciiJson -Value $Connector)
        throw (New-AccountRefusal -Outcome $outcome -Cmdlet $script:RollbackCmdlet -Expected "the connector on the account $AccountName" `
            -Seconds $seconds)
    }
}
#endregion

#region Private/StoppedService.ps1
# The ADSync service that an operation stopped: may start it.

function Start-ProductService {
    <#
    .SYNOPSIS
        Starts the service, and waits until it answers: it runs before it does.
    .PARAMETER Seconds
        How long the start may take.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [long] $Seconds)
    Write-Step -Id 'startingService' -Seconds $Seconds
    Start-CsiService -Seconds $Seconds
    $problem = $null
    foreach ($wait in @(0) + $script:RestoreWaits) {
        Wait-CsiTime -Seconds $wait
        try {
            [void] (Get-CsiScheduler)
            return
        } catch {
            $problem = $_.Exception
        }
    }
    throw $problem
}

function Start-InterruptedService {
    <#
    .SYNOPSIS
        Starts the service if a run stopped it that did not come back; one that a person stopped stays. Answers the service.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $service = Get-CsiService
    if ($null -eq $service -or $service.status -eq 'Running') {
        return $service
    }
    $record = Get-PauseRecord
    if ($null -eq $record -or $record.Operation -ne $script:ServiceStopping) {
        return $service
    }
    $script:Changed = $true
    Start-ProductService -Seconds $script:ServiceSeconds
    return Get-CsiService
}
#endregion

#region Private/Switch.ps1
# Moves the connector: may run the product's cmdlets that change its identity.

function Test-OnTarget {
    <#
    .SYNOPSIS
        Whether the connector is on the application and the certificate of the request.
    .PARAMETER Connector
        The connector.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [object] $Connector,
        [Parameter(Mandatory = $true)] [object] $RequestBody
    )
    return $Connector.identityType -eq 'Application' -and $Connector.appId -eq $RequestBody.appId -and
    $Connector.certificateSha256 -eq $RequestBody.certificateSha256
}

function Assert-RotatableApplication {
    <#
    .SYNOPSIS
        Refuses where the connector is to be rotated only, and is not on the application.
    .PARAMETER Connector
        The connector.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [object] $Connector,
        [Parameter(Mandatory = $true)] [object] $RequestBody
    )
    if (-not (Test-OptionalTruth -RequestBody $RequestBody -Name 'rotateOnly')) {
        return
    }
    if ($Connector.identityType -eq 'Application' -and $Connector.appId -eq $RequestBody.appId) {
        return
    }
    throw (New-Refusal -Id 'CONNECTOR_UNEXPECTED.product' -Expected "application $($RequestBody.appId)" `
            -Actual "$($Connector.identityType) $($Connector.userName)")
}

function Test-BlankParameter {
    <#
    .SYNOPSIS
        Whether a connectivity parameter of an application identity is blank.
    .PARAMETER Connector
        The connector.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [object] $Connector)
    $parameters = $Connector.parameters
    return @($parameters.ApplicationManagedBy, $parameters.CertificateManagedBy, $parameters.CertificateId |
            Where-Object { [string]::IsNullOrWhiteSpace($_) }).Count -gt 0
}

function Get-SettledConnector {
    <#
    .SYNOPSIS
        The connector once it has settled: ending a cmdlet does not end what the service is doing. Three equal
        readings in a row are wanted, within a minute.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param()
    $connector = Get-CsiConnector
    $last = ConvertTo-AsciiJson -Value $connector
    $equal = 1
    for ($reading = 0; $reading -lt 60 -and $equal -lt 3; $reading++) {
        Write-Step -Id 'settling' -Elapsed $reading -Seconds 60
        Wait-CsiTime -Seconds 1
        $connector = Get-CsiConnector
        $text = ConvertTo-AsciiJson -Value $connector
        if ($text -ceq $last) {
            $equal++
        } else {
            $equal = 1
            $last = $text
        }
    }
    return $connector
}

function New-SwitchRefusal {
    <#
    .SYNOPSIS
        The refusal if the cmdlet did not bring the connector to the new identity.
    .PARAMETER Outcome
        How the cmdlet ended.
    .PARAMETER Connector
        Where the connector is.
    .PARAMETER Cmdlet
        Name of the cmdlet.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([Exception])]
    param(
        [Parameter(Mandatory = $true)] [object] $Outcome,
        [Parameter(Mandatory = $true)] [object] $Connector,
        [Parameter(Mandatory = $true)] [string] $Cmdlet,
        [Parameter(Mandatory = $true)] [object] $RequestBody
    )
    $expected = "the connector on application $($RequestBody.appId) with certificate $($RequestBody.certificateSha256)"
    $position = "$($Connector.identityType) $($Connector.userName)"
    $command = "$Cmdlet -CertificateSHA256Hash $($RequestBody.certificateSha256.ToUpperInvariant())"
    if ($Cmdlet -eq $script:RegistrationCmdlet) {
        $command += " -ApplicationAppId $($RequestBody.appId)"
    }
    switch ($Outcome.outcome) {
        'sign-in-required' {
            return New-Refusal -Id 'SIGNIN_REQUIRED' -Expected $expected -Actual "a sign-in prompt; $position" -Detail $Cmdlet, $command `
                -OperatorCommand $command
        }
        'timed-out' {
            $seconds = "$($RequestBody.bounds.cmdletSeconds)"
            return New-Refusal -Id 'CMDLET_TIMEOUT' -Expected $expected -Actual $position -Detail $Cmdlet, $seconds, $command
        }
        'failed' {
            return New-Refusal -Id 'CMDLET_FAILED' -Expected $expected -Actual $Outcome.message -Detail $Cmdlet
        }
    }
    return New-Refusal -Id 'VERIFICATION_FAILED' -Expected $expected -Actual $position
}

function Invoke-SwitchCmdlet {
    <#
    .SYNOPSIS
        Runs one of the two cmdlets that switch, and answers how it ended, when it began, and where the connector is once
        it has settled.
    .PARAMETER Cmdlet
        Name of the cmdlet.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [string] $Cmdlet,
        [Parameter(Mandatory = $true)] [object] $RequestBody
    )
    $since = Get-CsiTime
    $hash = $RequestBody.certificateSha256
    if ($Cmdlet -eq $script:RotationCmdlet) {
        Write-Step -Id 'rotating' -Seconds $RequestBody.bounds.cmdletSeconds
        $outcome = Invoke-CsiRotation -CertificateHash $hash -Seconds $RequestBody.bounds.cmdletSeconds
    } else {
        Write-Step -Id 'linking' -Seconds $RequestBody.bounds.cmdletSeconds
        $outcome = Invoke-CsiRegistration -AppId $RequestBody.appId -CertificateHash $hash -Seconds $RequestBody.bounds.cmdletSeconds
    }
    $now = Get-CsiConnector
    if ($outcome.outcome -ne 'completed' -or -not (Test-OnTarget -Connector $now -RequestBody $RequestBody)) {
        $now = Get-SettledConnector
    }
    return [pscustomobject] @{ Outcome = $outcome; Connector = $now; Since = $since }
}

function Test-LostCredential {
    <#
    .SYNOPSIS
        Whether a rotation may have failed for want of the old credential, or of a parameter: it failed plainly, the connector
        is where it was, and a connectivity parameter is blank, the old certificate is gone or expired, or its key is proven
        to be dead.
    .PARAMETER Attempt
        The rotation.
    .PARAMETER Connector
        Where the connector was before.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [object] $Attempt,
        [Parameter(Mandatory = $true)] [object] $Connector
    )
    if ($Attempt.Outcome.outcome -ne 'failed') {
        return $false
    }
    if ((ConvertTo-AsciiJson -Value $Attempt.Connector) -cne (ConvertTo-AsciiJson -Value $Connector)) {
        return $false
    }
    if ($null -eq $Connector.certificateSha256 -or (Test-BlankParameter -Connector $Connector)) {
        return $true
    }
    return Test-LostCertificate -CertificateHash $Connector.certificateSha256
}

function Switch-Identity {
    <#
    .SYNOPSIS
        Links the connector to the application, or rotates where it is on it already; links there too where the rotation
        fails because the old credential is lost or a parameter is blank, unless the application is the product's. Answers
        what was done and since when. What counts is where the connector is afterwards, not how the cmdlet ended.
    .PARAMETER Connector
        Where the connector is.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [object] $Connector,
        [Parameter(Mandatory = $true)] [object] $RequestBody
    )
    # Kept until the switch is verified, also where it has to be done by hand.
    Write-SwitchRecord -Name 'verification' -RequestBody $RequestBody
    $cmdlet = $script:RegistrationCmdlet
    if ($Connector.identityType -eq 'Application' -and $Connector.appId -eq $RequestBody.appId) {
        $cmdlet = $script:RotationCmdlet
    }
    $wasChanged = $script:Changed
    $script:Changed = $true
    $attempt = Invoke-SwitchCmdlet -Cmdlet $cmdlet -RequestBody $RequestBody
    $reached = Test-OnTarget -Connector $attempt.Connector -RequestBody $RequestBody
    $mayLink = $cmdlet -eq $script:RotationCmdlet -and -not (Test-OptionalTruth -RequestBody $RequestBody -Name 'rotateOnly')
    if (-not $reached -and $mayLink -and (Test-LostCredential -Attempt $attempt -Connector $Connector)) {
        $cmdlet = $script:RegistrationCmdlet
        $attempt = Invoke-SwitchCmdlet -Cmdlet $cmdlet -RequestBody $RequestBody
        $reached = Test-OnTarget -Connector $attempt.Connector -RequestBody $RequestBody
    }
    if ($reached) {
        $action = 'linked'
        if ($cmdlet -eq $script:RotationCmdlet) {
            $action = 'rotated'
        }
        return [pscustomobject] @{ Action = $action; Since = $attempt.Since }
    }
    $script:Changed = $wasChanged -or (ConvertTo-AsciiJson -Value $attempt.Connector) -cne (ConvertTo-AsciiJson -Value $Connector)
    $refusal = New-SwitchRefusal -Outcome $attempt.Outcome -Connector $attempt.Connector -Cmdlet $cmdlet -RequestBody $RequestBody
    $command = $refusal.Data['HostError'].operatorCommand
    if ($null -ne $command) {
        Write-SwitchRecord -Name 'sign-in' -RequestBody $RequestBody -Command $command
    }
    throw $refusal
}

function Repair-Parameter {
    <#
    .SYNOPSIS
        Runs the documented repair where parameters are blank and the request asks for it by name. Answers whether.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    if (-not $RequestBody.repairConnectivityParameters -or -not (Test-BlankParameter -Connector (Get-CsiConnector))) {
        return $false
    }
    $wasChanged = $script:Changed
    $script:Changed = $true
    try {
        Repair-CsiConnectorParameter
    } catch {
        if ((Get-FailureKind -Exception $_.Exception) -ne 'not-found') {
            throw
        }
        $script:Changed = $wasChanged
        throw (New-Refusal -Id 'REPAIR_MODULE_MISSING' -Expected 'the module ADSyncTools 2.3.0 or later' -Actual 'none')
    }
    if (Test-BlankParameter -Connector (Get-CsiConnector)) {
        throw (New-Refusal -Id 'VERIFICATION_FAILED.parameters' -Expected 'ApplicationManagedBy, CertificateManagedBy and CertificateId' `
            -Actual 'blank')
    }
    return $true
}
#endregion

#region Private/SwitchRecord.ps1
# What is known of a switch that is not over: may write and remove its record on the server.

function Test-SwitchRecord {
    <#
    .SYNOPSIS
        Whether a record is of an application and a certificate.
    .PARAMETER Record
        The record, or null.
    .PARAMETER Identity
        What has appId and certificateSha256.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [AllowNull()] [object] $Record,
        [Parameter(Mandatory = $true)] [object] $Identity
    )
    return $null -ne $Record -and $Record.appId -eq $Identity.appId -and $Record.certificateSha256 -eq $Identity.certificateSha256
}

function Read-SwitchRecord {
    <#
    .SYNOPSIS
        What is known of a switch that is not over, null if there is none. A record that cannot be read is moved aside, and
        counts as one of no identity.
    .PARAMETER Name
        sign-in or verification.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $Name)
    try {
        return Read-CsiSwitchRecord -Name $Name
    } catch {
        if ((Get-FailureKind -Exception $_.Exception) -ne 'broken-record') {
            throw
        }
        Move-BrokenRecord -Name $Name
        return [pscustomobject] @{ since = Get-CsiTime; appId = ''; certificateSha256 = ''; command = $null }
    }
}

function Write-SwitchRecord {
    <#
    .SYNOPSIS
        Remembers a switch to the identity of a request; since when stays where the record is of it already.
    .PARAMETER Name
        sign-in or verification.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Command
        What an administrator runs at the desktop of the server.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [string] $Name,
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [AllowNull()] [object] $Command = $null
    )
    $since = Get-CsiTime
    $record = Read-SwitchRecord -Name $Name
    if (Test-SwitchRecord -Record $record -Identity $RequestBody) {
        $since = $record.since
    }
    Write-CsiSwitchRecord -Name $Name -Record ([ordered] @{
            since             = $since
            appId             = $RequestBody.appId
            certificateSha256 = $RequestBody.certificateSha256
            command           = $Command
        })
}

function Remove-SwitchRecord {
    <#
    .SYNOPSIS
        Forgets a switch, whatever identity it was to.
    .PARAMETER Name
        sign-in or verification.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [string] $Name)
    if ($null -ne (Read-SwitchRecord -Name $Name)) {
        Remove-CsiSwitchRecord -Name $Name
    }
}

function Write-LateOutcome {
    <#
    .SYNOPSIS
        Reports cmdlets of earlier runs that could not be ended in time, and have ended since. What they did shows in the
        connector, which each run reads.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    foreach ($outcome in @(Remove-CsiLeftOutcome)) {
        Write-Step -Id 'lateCmdlet'
        Write-Change -Kind 'lateCmdlet' -Line "A cmdlet of an earlier run, which could not be ended in time, ended: $outcome"
    }
}
#endregion

#region Private/Token.ps1
# Proof by a token: asks Entra for one with the key. Changes nothing on the server.

function Get-JsonMember {
    <#
    .SYNOPSIS
        A property of parsed JSON, null where it is absent.
    .PARAMETER Json
        What was parsed.
    .PARAMETER Name
        The property's name.
    #>
    [CmdletBinding()]
    [OutputType([object])]
    param(
        [Parameter(Mandatory = $true)] [AllowNull()] [object] $Json,
        [Parameter(Mandatory = $true)] [string] $Name
    )
    if ($Json -isnot [System.Management.Automation.PSCustomObject]) {
        return $null
    }
    $property = $Json.PSObject.Properties[$Name]
    if ($null -eq $property) {
        return $null
    }
    return $property.Value
}

function ConvertFrom-JsonObject {
    <#
    .SYNOPSIS
        An object from JSON, null if the text is anything else. A list of one object is none: 5.1 and 7 differ about it.
    .PARAMETER Text
        The text.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text)
    if (-not $Text.TrimStart().StartsWith('{')) {
        return $null
    }
    try {
        return ConvertFrom-Json -InputObject $Text
    } catch {
        Write-Verbose -Message "Not JSON: $($_.Exception.Message)"
        return $null
    }
}

function Read-TokenAnswer {
    <#
    .SYNOPSIS
        What the token endpoint made of a request: a token's roles, a refusal with its reason, or no answer that says
        anything about the request. The token itself goes no further.
    .PARAMETER Answer
        The endpoint's answer.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [object] $Answer)
    if ($Answer.status -eq 429 -or $Answer.status -ge 500) {
        return [pscustomobject] @{ Kind = 'unavailable'; Reason = "HTTP $($Answer.status)"; Roles = @() }
    }
    $body = ConvertFrom-JsonObject -Text "$($Answer.body)"
    if ($null -eq $body) {
        return [pscustomobject] @{ Kind = 'unavailable'; Reason = "HTTP $($Answer.status) without JSON"; Roles = @() }
    }
    $token = Get-JsonMember -Json $body -Name 'access_token'
    if ($token -isnot [string]) {
        $reason = "HTTP $($Answer.status)"
        foreach ($name in 'error_description', 'error') {
            $text = Get-JsonMember -Json $body -Name $name
            if ($text -is [string] -and $text -ne '') {
                $reason = ($text -split '\r?\n')[0]
                break
            }
        }
        return [pscustomobject] @{ Kind = 'refused'; Reason = $reason; Roles = @() }
    }
    try {
        $segments = @($token.Split('.'))
        $claims = ConvertFrom-JsonObject -Text (ConvertFrom-Base64Url -Text $segments[1])
    } catch {
        $claims = $null
    }
    if ($null -eq $claims) {
        return [pscustomobject] @{ Kind = 'refused'; Reason = 'an access token that cannot be read'; Roles = @() }
    }
    $roles = @(Get-JsonMember -Json $claims -Name 'roles' | Where-Object { $_ -is [string] })
    return [pscustomobject] @{ Kind = 'token'; Reason = ''; Roles = $roles }
}

function Assert-Clock {
    <#
    .SYNOPSIS
        Refuses a clock that is too far from the token endpoint's.
    .PARAMETER Date
        The endpoint's Date header, null where it sent none.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [AllowNull()] [object] $Date)
    if ($null -eq $Date) {
        return
    }
    $skew = [Math]::Round(((ConvertTo-UtcTime -Text (Get-CsiTime)) - (ConvertTo-UtcTime -Text $Date)).TotalSeconds)
    if ([Math]::Abs($skew) -gt $script:MaximumSkew) {
        $direction = 'ahead'
        if ($skew -lt 0) {
            $direction = 'behind'
        }
        $expected = "at most $script:MaximumSkew s between it and the token endpoint"
        throw (New-Refusal -Id 'CLOCK_SKEW' -Expected $expected -Actual "$([Math]::Abs($skew)) s $direction")
    }
}

function Request-Token {
    <#
    .SYNOPSIS
        Asks once for a token with the roles that are needed. Null where it was got, else the refusal, and in Final
        whether asking again is of no use.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Required
        Resource and roles.
    #>
    [CmdletBinding()]
    [OutputType([hashtable])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [object] $Required
    )
    $resource = $Required.resourceAppId
    $form = [ordered] @{
        grant_type            = 'client_credentials'
        client_id             = $RequestBody.appId
        scope                 = "$resource/.default"
        client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
        client_assertion      = New-ClientAssertion -RequestBody $RequestBody
    }
    $answer = Send-CsiForm -Uri $RequestBody.tokenEndpoint -Form $form
    $unreached = "an answer from $($RequestBody.tokenEndpoint)"
    if (-not $answer.reached) {
        return @{ Refusal = New-Refusal -Id 'TOKEN_ENDPOINT_UNREACHABLE' -Expected $unreached -Actual "$($answer.problem)"; Final = $true }
    }
    Assert-Clock -Date $answer.date
    $read = Read-TokenAnswer -Answer $answer
    if ($read.Kind -eq 'unavailable') {
        return @{ Refusal = New-Refusal -Id 'TOKEN_ENDPOINT_UNREACHABLE' -Expected $unreached -Actual $read.Reason; Final = $false }
    }
    if ($read.Kind -eq 'refused') {
        $refusal = New-Refusal -Id 'TOKEN_REFUSED' -Expected "a token for $resource" -Actual $read.Reason -Detail $RequestBody.appId
        return @{ Refusal = $refusal; Final = $false }
    }
    $missing = @($Required.roles | Where-Object { $read.Roles -cnotcontains $_ })
    if ($missing.Count -eq 0) {
        return $null
    }
    $actual = $read.Roles -join ', '
    if ($actual -eq '') {
        $actual = 'no roles'
    }
    $refusal = New-Refusal -Id 'ROLE_MISSING' -Expected ($Required.roles -join ', ') -Actual $actual `
        -Detail $resource, ($missing -join ', ')
    return @{ Refusal = $refusal; Final = $false }
}

function Assert-Token {
    <#
    .SYNOPSIS
        Proves, before anything is switched, that Entra accepts the key for the application and gives it its roles.
        Asks again until Entra has replicated, within bounds.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $pause = 1
    Write-Step -Id 'provingToken'
    foreach ($required in $RequestBody.requiredRoles) {
        while ($true) {
            $failure = Request-Token -RequestBody $RequestBody -Required $required
            if ($null -eq $failure) {
                break
            }
            if ($failure.Final -or $watch.Elapsed.TotalSeconds + $pause -gt $RequestBody.bounds.replicationSeconds) {
                throw $failure.Refusal
            }
            Write-Step -Id 'awaitingEntra' -Elapsed $watch.Elapsed.TotalSeconds `
                -Seconds $RequestBody.bounds.replicationSeconds
            Wait-CsiTime -Seconds $pause
            $pause = [Math]::Min($pause + 1, 10)
        }
    }
}
#endregion

#region Private/Verification.ps1
# Whether the product works with the new identity: may start a synchronisation cycle.

function Test-RefusalText {
    <#
    .SYNOPSIS
        Whether a text of Entra proves that it does not take the credential of the connector. It may name the key that it
        refused: a refusal of another key, as of the one before, is none of this one.
    .PARAMETER Text
        The text.
    .PARAMETER CertificateHash
        SHA-256 of the connector's certificate.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text,
        [Parameter(Mandatory = $true)] [string] $CertificateHash
    )
    if ($Text -notmatch ('\b(' + ($script:RefusalCodes -join '|') + ')\b')) {
        return $false
    }
    if ($Text -notmatch "Thumbprint of key used by client: '([0-9A-Fa-f]+)'") {
        return $true
    }
    $named = $Matches[1]
    $own = @(Get-HashedCertificate -CertificateHash $CertificateHash | ForEach-Object { $_.thumbprint }) + $CertificateHash
    return $own -contains $named
}

function Get-FailedSignIn {
    <#
    .SYNOPSIS
        The sign-ins of the synchronisation service that failed from a time until now, oldest first: when, what Entra said,
        and whether that proves that it does not take the credential.
    .PARAMETER Since
        The time.
    .PARAMETER CertificateHash
        SHA-256 of the connector's certificate.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [string] $Since,
        [Parameter(Mandatory = $true)] [string] $CertificateHash
    )
    $from = ConvertTo-UtcTime -Text $Since
    $hours = [int] [Math]::Ceiling([Math]::Max(0.0, ((ConvertTo-UtcTime -Text (Get-CsiTime)) - $from).TotalHours)) + 1
    $entries = @(Get-CsiEvent -Hours $hours)
    # What was written before a clock that was ahead was set back is in the future now.
    $now = ConvertTo-UtcTime -Text (Get-CsiTime)
    foreach ($entry in $entries) {
        $time = ConvertTo-UtcTime -Text $entry.time
        if ($entry.id -eq 906 -and $entry.message -match 'AADSTS\d' -and $time -ge $from -and $time -le $now) {
            [pscustomobject] @{
                Time    = $time
                # Lines and columns of the event's text are of no use in a sentence.
                Text    = $entry.message -replace '\s+', ' '
                Refuses = Test-RefusalText -Text $entry.message -CertificateHash $CertificateHash
            }
        }
    }
}

function New-Verdict {
    <#
    .SYNOPSIS
        What a verification found. Only a refusal undoes a switch; what is neither proven nor refused stays.
    .PARAMETER State
        verified, refused or unverified.
    .PARAMETER Sentence
        What was wrong.
    .PARAMETER Expected
        What was expected.
    .PARAMETER Actual
        What was found.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [ValidateSet('verified', 'refused', 'unverified')] [string] $State,
        [AllowEmptyString()] [string] $Sentence = '',
        [AllowEmptyString()] [string] $Expected = '',
        [AllowEmptyString()] [string] $Actual = ''
    )
    return [pscustomobject] @{ State = $State; Sentence = $Sentence; Expected = $Expected; Actual = $Actual }
}

function New-RefusedVerdict {
    <#
    .SYNOPSIS
        The verdict of a switch to a credential that Entra does not take.
    .PARAMETER Actual
        What Entra said, and what became of the cycle.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param([Parameter(Mandatory = $true)] [string] $Actual)
    return New-Verdict -State 'refused' -Sentence 'Entra refused a sign-in of the synchronisation service.' `
        -Expected 'no event 906 since the switch that refuses the credential' -Actual $Actual
}

function Get-NewRun {
    <#
    .SYNOPSIS
        The runs that ended and were not in the history before. Their times may be local ones without saying so, or of a
        clock that was set back, so they do not decide.
    .PARAMETER Known
        The ids of the runs that were there before.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [AllowEmptyCollection()] [string[]] $Known)
    Get-CsiRunResult | Where-Object { $Known -notcontains $_.id -and $null -ne $_.endedAt }
}

function Wait-VerificationCycle {
    <#
    .SYNOPSIS
        Waits until no cycle runs and, if one was started, until its runs at the Entra connector are in the history: a
        cycle that was started does not run at once. Answers whether that came within the time.
    .PARAMETER Watch
        For how long the verification goes on.
    .PARAMETER Seconds
        How long it may.
    .PARAMETER Known
        The ids of the runs before a cycle was started, null if none was.
    .PARAMETER ConnectorName
        Name of the Entra connector.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [System.Diagnostics.Stopwatch] $Watch,
        [Parameter(Mandatory = $true)] [long] $Seconds,
        [AllowNull()] [object] $Known = $null,
        [AllowEmptyString()] [string] $ConnectorName = ''
    )
    $pause = 0.25
    $step = 'verifying'
    if ($null -eq $Known) {
        $step = 'awaitingCycle'
    }
    $seen = $null -eq $Known
    while ($true) {
        $running = (Get-CsiScheduler).SyncCycleInProgress
        $seen = $seen -or $running
        if (-not $running -and -not $seen) {
            $seen = @(Get-NewRun -Known $Known | Where-Object { $_.connector -eq $ConnectorName }).Count -gt 0
        }
        if (-not $running -and $seen) {
            return $true
        }
        if ($Watch.Elapsed.TotalSeconds + $pause -gt $Seconds) {
            # One that never showed is reported by its missing runs.
            return -not $running
        }
        Write-Step -Id $step -Elapsed $Watch.Elapsed.TotalSeconds -Seconds $Seconds
        Wait-CsiTime -Seconds $pause
        $pause = [Math]::Min($pause * 1.5, 5.0)
    }
}

function Start-VerificationCycle {
    <#
    .SYNOPSIS
        Starts a delta cycle, behind one that may be running: the scheduler may begin one of its own at any moment.
        Answers when and which runs were there before, or why there is none.
    .PARAMETER Watch
        For how long the verification goes on.
    .PARAMETER Seconds
        How long it may.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [System.Diagnostics.Stopwatch] $Watch,
        [Parameter(Mandatory = $true)] [long] $Seconds
    )
    while (Wait-VerificationCycle -Watch $Watch -Seconds $Seconds) {
        $known = @(Get-CsiRunResult | ForEach-Object { $_.id })
        $startedAt = Get-CsiTime
        $start = Start-CsiSyncCycle
        if ($start.started) {
            return [pscustomobject] @{ StartedAt = $startedAt; Known = $known; Verdict = $null }
        }
        if (-not (Get-CsiScheduler).SyncCycleInProgress) {
            $verdict = New-Verdict -State 'unverified' -Sentence 'A delta cycle could not be started after the switch.' `
                -Expected 'Start-ADSyncSyncCycle to start one' -Actual "$($start.problem)"
            return [pscustomobject] @{ StartedAt = ''; Known = @(); Verdict = $verdict }
        }
    }
    $verdict = New-Verdict -State 'unverified' `
        -Sentence 'A cycle that ran before the one that was to verify the switch did not end in time.' `
        -Expected "its end within $Seconds s" -Actual 'SyncCycleInProgress True'
    return [pscustomobject] @{ StartedAt = ''; Known = @(); Verdict = $verdict }
}

function Get-CycleVerdict {
    <#
    .SYNOPSIS
        Runs a delta cycle and judges its runs at the Entra connector, together with what Entra said since the switch.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Since
        When the switch began.
    .PARAMETER Verification
        Gets the cycle.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [string] $Since,
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Verification
    )
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $seconds = $RequestBody.bounds.verifySeconds
    $name = (Get-CsiConnector).name
    $start = Start-VerificationCycle -Watch $watch -Seconds $seconds
    if ($null -ne $start.Verdict) {
        return $start.Verdict
    }
    Write-Step -Id 'verifying' -Elapsed $watch.Elapsed.TotalSeconds -Seconds $seconds
    if (-not (Wait-VerificationCycle -Watch $watch -Seconds $seconds -Known $start.Known -ConnectorName $name)) {
        return New-Verdict -State 'unverified' -Sentence 'The delta cycle that was to verify the switch did not end in time.' `
            -Expected "its end within $seconds s" -Actual 'SyncCycleInProgress True'
    }
    $runs = @(Get-NewRun -Known $start.Known)
    $Verification.cycle = [ordered] @{
        startedAt = $start.StartedAt
        results   = @($runs | Select-Object -Property 'connector', 'runProfile', 'result', 'startedAt', 'endedAt')
    }
    $failures = @(Get-FailedSignIn -Since $Since -CertificateHash $RequestBody.certificateSha256)
    $runs = @($runs | Where-Object { $_.connector -eq $name })
    # The words of the synchronisation engine for a run that did not do its work; an error of single objects is completed-...
    $bad = @($runs | Where-Object { $_.result -match '^(stopped|no-start)-' })
    $refusals = @($failures | Where-Object { $_.Refuses })
    if ($runs.Count -gt 0 -and $bad.Count -eq 0) {
        # What Entra said before the cycle, the cycle has answered.
        $later = @($refusals | Where-Object { $_.Time -ge (ConvertTo-UtcTime -Text $start.StartedAt) })
        if ($later.Count -eq 0) {
            return New-Verdict -State 'verified'
        }
        return New-Verdict -State 'unverified' -Sentence 'The delta cycle after the switch went well, but Entra refused a sign-in since.' `
            -Expected 'no event 906 since the cycle that refuses the credential' -Actual $later[0].Text
    }
    $actual = 'no run in the history'
    if ($bad.Count -gt 0) {
        $actual = @($bad | ForEach-Object { "$($_.runProfile): $($_.result)" }) -join ', '
        if ($refusals.Count -gt 0) {
            return New-RefusedVerdict -Actual "$($refusals[0].Text) ($actual)"
        }
    }
    if ($failures.Count -gt 0) {
        $actual += "; $($failures[0].Text)"
    }
    return New-Verdict -State 'unverified' -Sentence "The delta cycle after the switch did not succeed at the connector `"$name`"." `
        -Expected 'runs that end with success' -Actual $actual
}

function Get-SwitchVerdict {
    <#
    .SYNOPSIS
        Looks whether synchronisation works on the identity that the connector was switched to.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Since
        When the switch began, empty where that was in an earlier run.
    .PARAMETER Verification
        Gets the cycle, or why there was none.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Since,
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Verification
    )
    if ($Since -eq '') {
        # What was refused before this run is what it is to find cured.
        $Since = Get-CsiTime
    } elseif (Test-BlankParameter -Connector (Get-CsiConnector)) {
        return New-Verdict -State 'unverified' -Sentence 'The connectivity parameters are blank after the switch.' `
            -Expected 'ApplicationManagedBy, CertificateManagedBy and CertificateId' -Actual 'blank'
    }
    if ($RequestBody.verify -eq 'switch') {
        $Verification.skipped = 'only the switch was to be verified (verify: "switch")'
    } elseif (-not (Get-CsiScheduler).SyncCycleEnabled) {
        $Verification.skipped = 'the scheduler is off (SyncCycleEnabled False)'
    } else {
        return Get-CycleVerdict -RequestBody $RequestBody -Since $Since -Verification $Verification
    }
    $refusals = @(Get-FailedSignIn -Since $Since -CertificateHash $RequestBody.certificateSha256 | Where-Object { $_.Refuses })
    if ($refusals.Count -gt 0) {
        return New-RefusedVerdict -Actual $refusals[0].Text
    }
    return New-Verdict -State 'verified'
}

function Get-SwitchVerdictOrReason {
    <#
    .SYNOPSIS
        The verdict; where something of it cannot be read, that is no evidence.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Since
        When the switch began, empty where that was in an earlier run.
    .PARAMETER Verification
        Gets the cycle, or why there was none.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Since,
        [Parameter(Mandatory = $true)] [System.Collections.IDictionary] $Verification
    )
    try {
        return Get-SwitchVerdict @PSBoundParameters
    } catch {
        $reason = $_.Exception.GetBaseException().Message
        return New-Verdict -State 'unverified' -Sentence 'What verifies the switch cannot be read.' `
            -Expected 'scheduler, run history and event log' -Actual $reason
    }
}
#endregion

#region Public/Diagnose.ps1
# diagnose: reads and asks the network, and changes nothing on the server.

function Get-EndpointFact {
    <#
    .SYNOPSIS
        Whether an endpoint answers this session, and the time on both sides at that moment.
    .PARAMETER Uri
        Where to.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [string] $Uri)
    $answer = Test-CsiEndpoint -Uri $Uri
    return [ordered] @{
        url     = $Uri
        reached = $answer.reached
        status  = $answer.status
        date    = $answer.date
        takenAt = Get-CsiTime
        proxy   = $answer.proxy
        problem = $answer.problem
    }
}

function Invoke-Diagnose {
    <#
    .SYNOPSIS
        diagnose: what a server must be able to do before anything is asked of it. Reads, changes nothing, takes no lock;
        a service that is missing or stopped is a fact here.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $hostFacts = Get-CsiHost
    $caller = Get-CsiCaller
    $service = Get-CsiService
    $lost = New-Object -TypeName Collections.ArrayList
    $serviceFact = $null
    $product = $null
    if ($null -ne $service) {
        $serviceFact = [ordered] @{ status = $service.status; account = $service.account; accountSid = $service.accountSid }
        if ($null -eq $service.accountSid) {
            [void] $lost.Add([ordered] @{ field = 'service.accountSid'; reason = $service.accountProblem })
        }
        $product = Get-CsiProduct
    }
    $productFact = $null
    if ($null -ne $product) {
        $productFact = [ordered] @{ version = $product.version; modulePath = $product.modulePath }
    }
    return [ordered] @{
        computerName = $hostFacts.computerName
        powershell   = [ordered] @{
            version       = $hostFacts.powershellVersion
            languageMode  = $hostFacts.languageMode
            dotnetRelease = $hostFacts.dotnetRelease
        }
        caller       = [ordered] @{ account = $caller.account; sid = $caller.sid; administrator = $caller.administrator }
        defaultShell = Read-OptionalFact -Field 'defaultShell' -Unreadable $lost -Read { Get-CsiDefaultShell }
        service      = $serviceFact
        product      = $productFact
        tpm          = Read-OptionalFact -Field 'tpm' -Unreadable $lost -Read { Get-CsiTpm }
        endpoints    = @($RequestBody.endpoints | ForEach-Object { Get-EndpointFact -Uri $_ })
        program      = Get-ProgramFact
        unreadable   = @($lost)
    }
}
#endregion

#region Public/EnsureCertificate.ps1
# ensure-certificate: may make a key and its certificate, set access rules, and remove one with another provider that nothing uses.

function Remove-MadeCertificate {
    <#
    .SYNOPSIS
        Removes what this run made, and nothing that was there before. Answers whether that succeeded.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Entry
        The certificate, null where it was not made.
    .PARAMETER HadKey
        Whether the key was there before.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [AllowNull()] [object] $Entry,
        [Parameter(Mandatory = $true)] [bool] $HadKey
    )
    try {
        if (-not $HadKey -and (Test-CsiKey -KeyName $RequestBody.keyName -KeyProvider $RequestBody.keyProvider)) {
            Remove-CsiKey -KeyName $RequestBody.keyName -KeyProvider $RequestBody.keyProvider
        }
        # A step may fail behind its effect; before this run there was none of the label.
        $made = @(if ($null -ne $Entry) { $Entry } else { Get-LabelledCertificate -Label $RequestBody.label })
        foreach ($one in $made) {
            [void] (Remove-CsiCertificateByHash -CertificateHash $one.sha256)
        }
        return $true
    } catch {
        # The next run finds certificate and key by label and name; what went wrong first is what counts.
        Write-Verbose -Message $_.Exception.Message
        return $false
    }
}

function Assert-OwnKey {
    <#
    .SYNOPSIS
        Refuses a key under the fixed name that a certificate of another subject has: it is another server's.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    foreach ($holder in @(Get-CsiKeyHolder -KeyName $RequestBody.keyName -KeyProvider $RequestBody.keyProvider)) {
        $entry = @(Get-HashedCertificate -CertificateHash $holder)[0]
        if ($entry.subject -cne $RequestBody.subject) {
            throw (New-Refusal -Id 'KEY_SHARED.making' -Expected 'a key that no other certificate has' `
                -Actual "certificate $($entry.thumbprint) `"$($entry.label)`"" -Detail $RequestBody.keyName)
        }
    }
}

function Test-UselessKey {
    <#
    .SYNOPSIS
        Whether the key that is there under the fixed name is of no use to anyone: no certificate has it, and it does not sign
        for a reason that does not pass.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Exception
        How making its certificate failed.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [Exception] $Exception
    )
    if ((Get-FailureKind -Exception $Exception) -ne 'key') {
        return $false
    }
    $fault = Get-KeyFault -HResult $Exception.Data['CsiHResult'] -SignedWith $RequestBody.keyProvider
    if (@('dead', 'unsupported', 'unknown') -notcontains $fault) {
        return $false
    }
    return @(Get-CsiKeyHolder -KeyName $RequestBody.keyName -KeyProvider $RequestBody.keyProvider).Count -eq 0
}

function New-CheckedCertificate {
    <#
    .SYNOPSIS
        Makes key and certificate, sets the access rules, signs and verifies; removes what it made where that fails.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Service
        The service.
    #>
    [CmdletBinding()]
    [OutputType([pscustomobject])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [object] $Service
    )
    Assert-Framework
    $hadKey = Test-CsiKey -KeyName $RequestBody.keyName -KeyProvider $RequestBody.keyProvider
    if ($hadKey) {
        Assert-OwnKey -RequestBody $RequestBody
    }
    $wasChanged = $script:Changed
    $script:Changed = $true
    $entry = $null
    Write-Step -Id 'makingKey'
    try {
        $wanted = @{
            Label = $RequestBody.label; KeyName = $RequestBody.keyName; Subject = $RequestBody.subject
            KeyProvider = $RequestBody.keyProvider; KeyLength = $RequestBody.keyLength; LifetimeDays = $RequestBody.lifetimeDays
        }
        try {
            $entry = New-CsiCertificate @wanted
        } catch {
            if (-not $hadKey -or -not (Test-UselessKey -RequestBody $RequestBody -Exception $_.Exception)) {
                throw
            }
            Remove-CsiKey -KeyName $RequestBody.keyName -KeyProvider $RequestBody.keyProvider
            $hadKey = $false
            $entry = New-CsiCertificate @wanted
        }
        $fact = Get-CertificateFact -Entry $entry
        if (-not $fact.keyUsable) {
            throw (New-KeyRefusal -Fact $fact)
        }
        if (-not $fact.keyInHardware -and -not $RequestBody.allowSoftwareKey) {
            throw (New-Refusal -Id 'KEY_NOT_IN_HARDWARE' -Expected 'a key in the TPM' -Actual "$($fact.keyProvider)" `
                -Detail $RequestBody.label)
        }
        [void] (Set-ExactAccess -CertificateHash $entry.sha256 -Service $Service)
        return $entry
    } catch {
        $failure = $_
        if (Remove-MadeCertificate -RequestBody $RequestBody -Entry $entry -HadKey $hadKey) {
            $script:Changed = $wasChanged
        }
        throw $failure
    }
}

function Invoke-AdoptCertificate {
    <#
    .SYNOPSIS
        Takes the certificate that a request adopts as it is; only who may use its key is set right.
    .PARAMETER RequestBody
        The request.
    .PARAMETER Service
        The service.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param(
        [Parameter(Mandatory = $true)] [object] $RequestBody,
        [Parameter(Mandatory = $true)] [object] $Service
    )
    $hash = $RequestBody.adoptSha256
    $entry = Get-OnlyHashed -CertificateHash $hash -MissingId 'CERTIFICATE_MISSING.adopted'
    $before = Get-CertificateFact -Entry $entry
    if (-not $before.keyUsable) {
        throw (New-KeyRefusal -Fact $before -Source 'adopted')
    }
    if (Set-ExactAccess -CertificateHash $hash -Service $Service) {
        $script:Changed = $true
    }
    return [ordered] @{ before = $before; after = Get-CertificateFact -Entry $entry }
}

function Invoke-EnsureCertificate {
    <#
    .SYNOPSIS
        ensure-certificate: a certificate with this label whose key signs, is where it was asked for, and may be used
        by the service account; or the one that the request adopts, names as one of a CA, or asks a CA for.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $installation = Get-Installation
    $service = $installation.Service
    Assert-Version -Version $installation.Product.version -Minimum $RequestBody.minimumVersion
    Assert-ServiceAccount -Service $service -Declared $RequestBody.serviceAccount
    if (Test-OptionalTruth -RequestBody $RequestBody -Name 'issued') {
        return Invoke-TakeIssuedCertificate -RequestBody $RequestBody -Service $service
    }
    if ($null -ne $RequestBody.adoptSha256) {
        return Invoke-AdoptCertificate -RequestBody $RequestBody -Service $service
    }
    if ($null -ne $RequestBody.PSObject.Properties['enrolment']) {
        return Invoke-Enrol -RequestBody $RequestBody -Service $service
    }
    if ($RequestBody.keyProvider -ne $script:TpmProvider -and -not $RequestBody.allowSoftwareKey) {
        throw (New-Refusal -Id 'KEY_NOT_IN_HARDWARE.provider' -Expected 'the provider of the TPM, or allowSoftwareKey true' `
            -Actual $RequestBody.keyProvider)
    }
    if ($RequestBody.keyProvider -eq $script:TpmProvider) {
        # If Windows does not say, making the key and signing with it decide.
        $tpm = Read-OptionalFact -Field 'tpm' -Unreadable (New-Object -TypeName Collections.ArrayList) -Read { Get-CsiTpm }
        # So they do for one that is not ready: it may lack no more than its owner's authorisation.
        if ($null -ne $tpm -and -not $tpm.present) {
            throw (New-Refusal -Id 'TPM_MISSING' -Expected 'a TPM' -Actual 'none')
        }
    }
    $entry = Get-OnlyLabelled -Label $RequestBody.label
    $before = $null
    if ($null -ne $entry) {
        $before = Get-CertificateFact -Entry $entry
        if ($before.keyUsable -and $before.keyProvider -eq $RequestBody.keyProvider) {
            if (Set-ExactAccess -CertificateHash $before.sha256 -Service $service) {
                $script:Changed = $true
            }
            return [ordered] @{ before = $before; after = Get-CertificateFact -Entry $entry }
        }
        $inUse = (Get-CsiConnector).certificateSha256 -eq $before.sha256
        if ($inUse -and $before.keyUsable) {
            $expected = "the key of `"$($before.label)`" with $($RequestBody.keyProvider)"
            throw (New-Refusal -Id 'CERTIFICATE_IN_USE.provider' -Expected $expected -Actual "$($before.keyProvider)")
        }
        if (-not $before.keyUsable) {
            # A dead one too: the next run sees it, and makes another generation beside it.
            throw (New-KeyRefusal -Fact $before)
        }
        $plan = Get-RemovalPlan -RequestBody $RequestBody
        $script:Changed = $true
        Remove-Planned -Plan $plan
    }
    $entry = New-CheckedCertificate -RequestBody $RequestBody -Service $service
    return [ordered] @{ before = $before; after = Get-CertificateFact -Entry $entry }
}
#endregion

#region Public/Observe.ps1
# observe: reads, and changes nothing on the server.

function Get-InterruptedFact {
    <#
    .SYNOPSIS
        What an interrupted run left, null if nothing.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param()
    $record = Get-PauseRecord
    if ($null -eq $record) {
        return $null
    }
    return [ordered] @{
        operation        = $record.Operation
        startedAt        = $record.StartedAt
        syncCycleEnabled = $record.Enabled
        restoreTask      = Test-CsiRestoreTask
        problem          = $record.Problem
    }
}

function Get-SignInFact {
    <#
    .SYNOPSIS
        A registration that waits for an administrator; null if none does. What was done meanwhile no longer waits.
    .PARAMETER Connector
        Where the connector is.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $Connector)
    $record = Read-CsiSwitchRecord -Name 'sign-in'
    if ($null -eq $record -or (Test-OnTarget -Connector $Connector -RequestBody $record)) {
        return $null
    }
    return [ordered] @{
        since             = $record.since
        appId             = $record.appId
        certificateSha256 = $record.certificateSha256
        command           = "$($record.command)"
    }
}

function Get-UnverifiedFact {
    <#
    .SYNOPSIS
        A switch whose verification did not succeed; null if there is none.
    .PARAMETER Connector
        Where the connector is.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $Connector)
    $record = Read-CsiSwitchRecord -Name 'verification'
    if ($null -eq $record -or -not (Test-OnTarget -Connector $Connector -RequestBody $record)) {
        return $null
    }
    return [ordered] @{ since = $record.since; appId = $record.appId; certificateSha256 = $record.certificateSha256 }
}

function Test-ReportedEvent {
    <#
    .SYNOPSIS
        Whether an event is shown: one with a documented id, or an error whose text reads like a key of an earlier certificate
        that could not be removed. The documents name no id of that one.
    .PARAMETER Entry
        The event.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [object] $Entry)
    if ($script:EventIds -contains $Entry.id) {
        return $true
    }
    $options = [Text.RegularExpressions.RegexOptions] 'IgnoreCase, CultureInvariant'
    return @($script:OldKeyWords | Where-Object { -not [regex]::IsMatch($Entry.message, $_, $options) }).Count -eq 0
}

function Invoke-Observe {
    <#
    .SYNOPSIS
        observe: reads everything, changes nothing, takes no lock. Without the service, the connector or the scheduler nothing
        can be concluded; any other fact that cannot be read costs that fact.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $installation = Get-Installation
    Assert-Running -Service $installation.Service
    $state = Get-ConnectorState
    $hostFacts = Get-CsiHost
    $caller = Get-CsiCaller
    $named = @($state.Connector.certificateSha256)
    if ($null -ne $RequestBody.PSObject.Properties['issuedSha256']) {
        $named += $RequestBody.issuedSha256
    }
    $entries = @(Get-CsiCertificate | Where-Object {
            $_.label.StartsWith($RequestBody.labelPrefix, [StringComparison]::Ordinal) -or $named -contains $_.sha256
        })
    $lost = New-Object -TypeName Collections.ArrayList
    if ($null -eq $installation.Service.accountSid) {
        [void] $lost.Add([ordered] @{ field = 'service.accountSid'; reason = $installation.Service.accountProblem })
    }
    $hours = $RequestBody.eventHours
    return [ordered] @{
        takenAt           = Get-CsiTime
        computerName      = $hostFacts.computerName
        powershell        = [ordered] @{
            version       = $hostFacts.powershellVersion
            languageMode  = $hostFacts.languageMode
            dotnetRelease = $hostFacts.dotnetRelease
        }
        caller            = [ordered] @{ account = $caller.account; sid = $caller.sid; administrator = $caller.administrator }
        product           = [ordered] @{
            version = $installation.Product.version
            cmdlets = [ordered] @{
                $script:RegistrationCmdlet = @(Get-CsiCmdletParameter -Cmdlet $script:RegistrationCmdlet)
                $script:RotationCmdlet     = @(Get-CsiCmdletParameter -Cmdlet $script:RotationCmdlet)
            }
        }
        service           = [ordered] @{
            status     = $installation.Service.status
            account    = $installation.Service.account
            accountSid = $installation.Service.accountSid
        }
        tpm               = Read-OptionalFact -Field 'tpm' -Unreadable $lost -Read { Get-CsiTpm }
        certificates      = @($entries | ForEach-Object { Get-CertificateFact -Entry $_ })
        connector         = $state.Connector
        scheduler         = $state.Scheduler
        passwordWriteback = Read-OptionalFact -Field 'passwordWriteback' -Unreadable $lost -Read { Get-CsiPasswordWriteback }
        machineIdentifier = Read-OptionalFact -Field 'machineIdentifier' -Unreadable $lost -Read { Get-CsiMachineIdentifier }
        azureInstance     = Read-OptionalFact -Field 'azureInstance' -Unreadable $lost -Read { Get-CsiAzureInstance }
        serviceProxy      = Read-OptionalFact -Field 'serviceProxy' -Unreadable $lost -Read { Get-CsiServiceProxy }
        adSyncTools       = Read-OptionalFact -Field 'adSyncTools' -Unreadable $lost -Read { Get-CsiRepairModule }
        events            = @(Read-OptionalFact -Field 'events' -Unreadable $lost -Read { Get-CsiEvent -Hours $hours } |
                Where-Object { $null -ne $_ -and (Test-ReportedEvent -Entry $_) })
        changes           = @(Read-OptionalFact -Field 'changes' -Unreadable $lost -Read { Get-CsiChange -Hours $hours } |
                Where-Object { $null -ne $_ })
        interrupted       = Read-OptionalFact -Field 'interrupted' -Unreadable $lost -Read { Get-InterruptedFact }
        signIn            = Read-OptionalFact -Field 'signIn' -Unreadable $lost -Read { Get-SignInFact -Connector $state.Connector }
        unverified        = Read-OptionalFact -Field 'unverified' -Unreadable $lost -Read {
            Get-UnverifiedFact -Connector $state.Connector
        }
        legacyAccountName = Read-OptionalFact -Field 'legacyAccountName' -Unreadable $lost -Read { Get-LegacyAccountName }
        program           = Get-ProgramFact
        unreadable        = @($lost)
    }
}
#endregion

#region Public/Register.ps1
# register: moves the connector to the declared application, with the scheduler paused.

function Assert-RegisterableCertificate {
    <#
    .SYNOPSIS
        Refuses unless exactly one certificate has the hash and its key signs and is in hardware.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $hash = $RequestBody.certificateSha256
    $entry = Get-OnlyHashed -CertificateHash $hash -MissingId 'CERTIFICATE_MISSING' -Detail $RequestBody.label
    $fact = Get-CertificateFact -Entry $entry
    if (-not $fact.keyUsable) {
        throw (New-KeyRefusal -Fact $fact)
    }
    if (-not $fact.keyInHardware -and -not $RequestBody.allowSoftwareKey) {
        throw (New-Refusal -Id 'KEY_NOT_IN_HARDWARE' -Expected 'a key in the TPM' -Actual "$($fact.keyProvider)" `
            -Detail $fact.label)
    }
}

function Invoke-Register {
    <#
    .SYNOPSIS
        register: preflight, then link or rotate with the scheduler paused, then verify. Finds itself done.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $installation = Get-Installation
    Assert-Version -Version $installation.Product.version -Minimum $RequestBody.minimumVersion
    Assert-Running -Service $installation.Service
    Assert-ServiceAccount -Service $installation.Service -Declared $RequestBody.serviceAccount
    $state = Get-ConnectorState
    if ($state.Scheduler.SchedulerSuspended) {
        throw (New-Refusal -Id 'SCHEDULER_SUSPENDED' -Expected 'SchedulerSuspended False' -Actual 'SchedulerSuspended True')
    }
    $restored = Restore-InterruptedPause
    Write-LateOutcome
    Remove-EarlierFile
    Assert-RegisterableCertificate -RequestBody $RequestBody
    if (Set-ExactAccess -CertificateHash $RequestBody.certificateSha256 -Service $installation.Service) {
        $script:Changed = $true
    }
    $done = Test-OnTarget -Connector $state.Connector -RequestBody $RequestBody
    if (-not $done) {
        Assert-RotatableApplication -Connector $state.Connector -RequestBody $RequestBody
        Assert-Token -RequestBody $RequestBody
    }
    $work = @{ Action = 'none'; Since = ''; Repaired = $false }
    $pausedSeconds = 0
    $wantsRepair = $RequestBody.repairConnectivityParameters -and (Test-BlankParameter -Connector $state.Connector)
    if (-not $done -or $wantsRepair) {
        $pausedSeconds = Invoke-WhilePaused -RequestBody $RequestBody -Step {
            if (-not $done -and (Test-OptionalTruth -RequestBody $RequestBody -Name 'rotateOnly')) {
                # The product rotates only if it knows who manages application and certificate.
                $work.Repaired = Repair-Parameter -RequestBody $RequestBody
            }
            if (-not $done) {
                $switched = Switch-Identity -Connector $state.Connector -RequestBody $RequestBody
                $work.Action = $switched.Action
                $work.Since = $switched.Since
            }
            $work.Repaired = (Repair-Parameter -RequestBody $RequestBody) -or $work.Repaired
        }
    }
    $after = Get-ConnectorState
    if (-not (Test-OnTarget -Connector $after.Connector -RequestBody $RequestBody)) {
        throw (New-SwitchRefusal -Outcome ([pscustomobject] @{ outcome = 'completed' }) -Connector $after.Connector `
            -Cmdlet $script:RegistrationCmdlet -RequestBody $RequestBody)
    }
    $verification = Confirm-Switch -Connector $state.Connector -RequestBody $RequestBody -Since $work.Since
    $after = Get-ConnectorState
    return [ordered] @{
        before                   = [ordered] @{ connector = $state.Connector; syncCycleEnabled = $state.Scheduler.SyncCycleEnabled }
        after                    = [ordered] @{ connector = $after.Connector; syncCycleEnabled = $after.Scheduler.SyncCycleEnabled }
        action                   = $work.Action
        restoredInterruptedPause = $restored
        repairedParameters       = $work.Repaired
        pausedSeconds            = $pausedSeconds
        verification             = $verification
    }
}
#endregion

#region Public/Release.ps1
# release: refuses while a certificate is needed. Changes nothing on the server.

function Assert-SwitchVerified {
    <#
    .SYNOPSIS
        Refuses to release a certificate that the connector was switched away from, until that switch is verified. One that
        is of no use any more is no way back.
    .PARAMETER Connector
        Where the connector is.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param(
        [Parameter(Mandatory = $true)] [object] $Connector,
        [Parameter(Mandatory = $true)] [object] $RequestBody
    )
    $record = Read-CsiSwitchRecord -Name 'verification'
    if ($null -eq $record -or -not (Test-OnTarget -Connector $Connector -RequestBody $record)) {
        return
    }
    if (-not (Test-LostCertificate -CertificateHash $RequestBody.certificateSha256)) {
        throw (New-Refusal -Id 'SWITCH_UNVERIFIED' -Expected "a verified switch to certificate $($record.certificateSha256)" `
            -Actual "a switch at $($record.since) that is not verified yet")
    }
}

function Invoke-Release {
    <#
    .SYNOPSIS
        release: refuses while the connector uses this application with this certificate, or may have to go back to it;
        changes nothing.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    [void] (Get-Installation)
    $connector = (Get-ConnectorState).Connector
    if ($connector.appId -eq $RequestBody.appId -and $connector.certificateSha256 -eq $RequestBody.certificateSha256) {
        throw (New-InUseRefusal -Label $RequestBody.label -CertificateHash $RequestBody.certificateSha256 -Server $RequestBody.server)
    }
    Assert-SwitchVerified -Connector $connector -RequestBody $RequestBody
    return [ordered] @{ before = $connector; after = $connector }
}
#endregion

#region Public/RemoveCertificate.ps1
# remove-certificate: removes one certificate of the label and its key, if nothing uses them.

function Invoke-RemoveCertificate {
    <#
    .SYNOPSIS
        remove-certificate: removes certificate and key of a label, or the adopted one, never those that the connector
        uses, nor one that a CA issued by other means than this program.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    [void] (Get-Installation)
    if (Test-OptionalTruth -RequestBody $RequestBody -Name 'issued') {
        return Invoke-KeepIssuedCertificate -RequestBody $RequestBody
    }
    if ($null -ne $RequestBody.PSObject.Properties['enrolment']) {
        Remove-Enrolment -RequestBody $RequestBody
    }
    # Made now: once the certificates are gone, nothing points to their keys.
    $plan = Get-RemovalPlan -RequestBody $RequestBody
    $before = Measure-Planned -Plan $plan
    if ($before.certificates -gt 0 -or $before.keyFile) {
        $script:Changed = $true
        Remove-Planned -Plan $plan
    }
    $after = Measure-Planned -Plan $plan
    if ($after.certificates -gt 0 -or $after.keyFile) {
        throw (New-Refusal -Id 'VERIFICATION_FAILED.removal' -Expected 'neither' `
            -Actual "$($after.certificates) certificate(s), key there: $($after.keyFile)")
    }
    return [ordered] @{ before = $before; after = $after }
}
#endregion

#region Public/RemoveLegacyAccount.ps1
# remove-legacy-account: removes one former service account from Entra.

function Invoke-RemoveLegacyAccount {
    <#
    .SYNOPSIS
        remove-legacy-account: removes the service account that the request names from Entra. Only one of this server,
        never the one that its connector signs in with.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $installation = Get-Installation
    Assert-Running -Service $installation.Service
    $connector = (Get-ConnectorState).Connector
    $account = $RequestBody.removeLegacyAccount
    $prefix = "Sync_$((Get-CsiHost).computerName)_"
    if (-not $account.StartsWith($prefix, [StringComparison]::OrdinalIgnoreCase)) {
        throw (New-Refusal -Id 'ACCOUNT_UNEXPECTED' -Expected "a name that begins with $prefix" -Actual $account -Detail $account)
    }
    if ($connector.userName.Split('@')[0] -eq $account) {
        throw (New-Refusal -Id 'ACCOUNT_IN_USE' -Expected 'a connector that does not use it' -Actual $connector.userName -Detail $account)
    }
    $seconds = $RequestBody.bounds.cmdletSeconds
    Write-Step -Id 'removingAccount' -Seconds $seconds
    $outcome = Invoke-CsiLegacyAccountRemoval -AccountName $account -Credential $script:Credential -Seconds $seconds
    if ($outcome.outcome -ne 'completed') {
        throw (New-AccountRefusal -Outcome $outcome -Cmdlet $script:RemovalCmdlet -Expected "the account $account removed" `
            -Seconds $seconds)
    }
    $script:Changed = $true
    return [ordered] @{
        accountName = $account
        before      = [ordered] @{ connector = $connector }
        after       = [ordered] @{ connector = (Get-ConnectorState).Connector }
    }
}
#endregion

#region Public/ResetMachineIdentifier.ps1
# reset-machine-identifier: gives a cloned server an identifier of its own.

function Set-MachineIdentifier {
    <#
    .SYNOPSIS
        Writes the identifier while the service is stopped, which reads it when it starts. The service starts again in
        any case.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $seconds = $RequestBody.bounds.cmdletSeconds
    $script:Changed = $true
    try {
        Write-Step -Id 'stoppingService' -Seconds $seconds
        Stop-CsiService -Seconds $seconds
        Set-CsiMachineIdentifier -Identifier $RequestBody.newIdentifier
    } finally {
        Start-ProductService -Seconds $seconds
    }
}

function Get-IdentifiedState {
    <#
    .SYNOPSIS
        The machine identifier and the scheduler.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param()
    $identifier = Get-CsiMachineIdentifier
    if ([string]::IsNullOrEmpty($identifier)) {
        throw (New-Refusal -Id 'UNEXPECTED.identifier' -Expected 'a value SyncMachineIdentifier in the registry' -Actual 'none')
    }
    return [ordered] @{ machineIdentifier = $identifier; syncCycleEnabled = (Get-CsiScheduler).SyncCycleEnabled }
}

function Invoke-ResetMachineIdentifier {
    <#
    .SYNOPSIS
        reset-machine-identifier: replaces the machine identifier that the request names by another one, with the scheduler
        paused and the service stopped. A server that has another identifier is done. Ends what an interrupted run left first.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    [void] (Get-Installation)
    Assert-Running -Service (Start-InterruptedService)
    if ((Get-ConnectorState).Scheduler.SchedulerSuspended) {
        throw (New-Refusal -Id 'SCHEDULER_SUSPENDED' -Expected 'SchedulerSuspended False' -Actual 'SchedulerSuspended True')
    }
    $restored = Restore-InterruptedPause
    Write-LateOutcome
    $before = Get-IdentifiedState
    $pausedSeconds = 0
    if ($before.machineIdentifier -eq $RequestBody.resetMachineIdentifier) {
        $pausedSeconds = Invoke-WhilePaused -RequestBody $RequestBody -Recorded -Step {
            Set-MachineIdentifier -RequestBody $RequestBody
        }
    }
    $after = Get-IdentifiedState
    if ($after.machineIdentifier -eq $RequestBody.resetMachineIdentifier) {
        throw (New-Refusal -Id 'VERIFICATION_FAILED.identifier' -Expected $RequestBody.newIdentifier -Actual $after.machineIdentifier)
    }
    return [ordered] @{
        before                   = $before
        after                    = $after
        restoredInterruptedPause = $restored
        pausedSeconds            = $pausedSeconds
    }
}
#endregion

#region Public/Restore.ps1
# restore, run by the task: switches the scheduler on after an interrupted pause.

# Tries of one run of the task, ten seconds apart and within two hours; then the task's next run goes on.
$script:RestoreTries = 720

function Write-RestoreProof {
    <#
    .SYNOPSIS
        What the restore task does if it is only to prove that it can: reads record and scheduler, writes the value that
        the scheduler has, and answers how that went.
    #>
    [CmdletBinding()]
    [OutputType([void])]
    param()
    $text = 'proven'
    try {
        $record = Get-PauseRecord
        $enabled = (Get-CsiScheduler).SyncCycleEnabled
        Set-CsiSyncCycleEnabled -Enabled $enabled
        if ($null -eq $record -or $null -ne $record.Problem) {
            $text = 'the task does not find the record of the pause'
        } elseif ((Get-CsiScheduler).SyncCycleEnabled -ne $enabled) {
            $text = "SyncCycleEnabled is not $enabled after it was written"
        }
    } catch {
        $text = Get-FailureText -Exception $_.Exception
    }
    Write-CsiProof -Text $text
}

function Test-RestoreTurn {
    <#
    .SYNOPSIS
        Whether the pause may be ended now: the lock is held, or something foreign has its name, which is no run of this
        program, and the deadline of the pause is over.
    .PARAMETER Lock
        How the lock was taken.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param([Parameter(Mandatory = $true)] [object] $Lock)
    if ($Lock.acquired -or -not $Lock.foreign) {
        return $Lock.acquired
    }
    $record = Get-PauseRecord
    return $null -eq $record -or $null -eq $record.Deadline -or
    (ConvertTo-UtcTime -Text $record.Deadline) -le (ConvertTo-UtcTime -Text (Get-CsiTime))
}

function Complete-Restore {
    <#
    .SYNOPSIS
        One try to end an interrupted pause. Answers whether nothing is left to be done.
    #>
    [CmdletBinding()]
    [OutputType([bool])]
    param()
    $service = Get-CsiService
    if ($null -eq $service) {
        return $false
    }
    $lock = Enter-CsiLock -Operation 'restore'
    if (-not (Test-RestoreTurn -Lock $lock)) {
        return $false
    }
    try {
        # Under the lock, as a run that is at work has stopped the service for a moment.
        if ((Start-InterruptedService).status -ne 'Running') {
            return $false
        }
        if (Restore-InterruptedPause) {
            Write-Change -Kind 'restoredByTask' -Line 'The restore task ended an interrupted pause of the scheduler.'
        } else {
            Remove-PauseTrace
        }
    } finally {
        if ($lock.acquired) {
            Exit-CsiLock
        }
    }
    return $true
}

function Invoke-Restore {
    <#
    .SYNOPSIS
        restore, run by the task: ends an interrupted pause once nothing else is at work and the service runs. Answers
        the exit code. Where it does not succeed, the task runs again, also one that an older version registered to run once.
    #>
    [CmdletBinding()]
    [OutputType([int])]
    param()
    $toProve = $false
    try {
        $toProve = Read-CsiProofRequest
    } catch {
        # A request that cannot be read must not keep a scheduler off; the run that asked gives up by its own limit.
        Write-ErrorLine -Text (Get-FailureText -Exception $_.Exception)
    }
    if ($toProve) {
        Write-RestoreProof
        return 0
    }
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $exitCode = 4
    $problem = 'the service does not run, or another operation is at work'
    for ($try = 1; $try -le $script:RestoreTries -and $watch.Elapsed.TotalMinutes -lt 120; $try++) {
        try {
            if (Complete-Restore) {
                return 0
            }
        } catch {
            # After a start-up the service runs before it answers.
            $exitCode = 6
            $problem = Get-FailureText -Exception $_.Exception
            Write-ErrorLine -Text $problem
        }
        Wait-CsiTime -Seconds 10
    }
    Write-Change -Kind 'notRestored' -Line 'The restore task could not end an interrupted pause of the scheduler.', "Error: $problem"
    Register-CsiRestoreTask -Deadline (Get-CsiTime)
    return $exitCode
}
#endregion

#region Public/Rollback.ps1
# rollback: moves the connector to a service account, with the scheduler paused.

function Invoke-Rollback {
    <#
    .SYNOPSIS
        rollback: puts the connector from the application that the request names back on the service account of this
        server, with the scheduler paused. Finds itself done.
    .PARAMETER RequestBody
        The request.
    #>
    [CmdletBinding()]
    [OutputType([System.Collections.Specialized.OrderedDictionary])]
    param([Parameter(Mandatory = $true)] [object] $RequestBody)
    $installation = Get-Installation
    Assert-Running -Service $installation.Service
    $state = Get-ConnectorState
    if ($state.Scheduler.SchedulerSuspended) {
        throw (New-Refusal -Id 'SCHEDULER_SUSPENDED' -Expected 'SchedulerSuspended False' -Actual 'SchedulerSuspended True')
    }
    $restored = Restore-InterruptedPause
    Write-LateOutcome
    $account = $state.Connector.userName.Split('@')[0]
    $pausedSeconds = 0
    if ($state.Connector.identityType -ne 'ServiceAccount') {
        if ($state.Connector.appId -ne $RequestBody.appId) {
            throw (New-Refusal -Id 'CONNECTOR_UNEXPECTED' -Expected "application $($RequestBody.appId)" `
                -Actual "$($state.Connector.identityType) $($state.Connector.userName)")
        }
        $account = Get-LegacyAccountName
        if ($null -eq $account) {
            throw (New-Refusal -Id 'UNEXPECTED.identifier' -Expected 'a value SyncMachineIdentifier in the registry' -Actual 'none')
        }
        $pausedSeconds = Invoke-WhilePaused -RequestBody $RequestBody -Step {
            Switch-ServiceAccount -Connector $state.Connector -AccountName $account -RequestBody $RequestBody
        }
    }
    $after = Get-ConnectorState
    if ($after.Connector.identityType -ne 'ServiceAccount') {
        throw (New-Refusal -Id 'VERIFICATION_FAILED.rollback' -Expected "the account $account" `
            -Actual "$($after.Connector.identityType) $($after.Connector.userName)")
    }
    Remove-SwitchRecord -Name 'sign-in'
    Remove-SwitchRecord -Name 'verification'
    return [ordered] @{
        before                   = [ordered] @{ connector = $state.Connector; syncCycleEnabled = $state.Scheduler.SyncCycleEnabled }
        after                    = [ordered] @{ connector = $after.Connector; syncCycleEnabled = $after.Scheduler.SyncCycleEnabled }
        accountName              = $account
        restoredInterruptedPause = $restored
        pausedSeconds            = $pausedSeconds
        mayOnboardAgain          = [Version] $installation.Product.version -lt [Version] $script:OnboardingEnds
    }
}
#endregion

if ($Operation -eq 'restore') {
    exit (Invoke-Restore)
}
if ($Operation -eq 'run-cmdlet') {
    if ($script:Mismatch -ne '') {
        exit 7
    }
    Invoke-CsiCmdletRequest -Request $Request
    exit 0
}
$ending = Invoke-Program
if ($null -ne $script:Credential) {
    # A cmdlet that did not end in time may be at work in this process still: nothing waits for it.
    [Environment]::Exit($ending)
}
exit $ending
}
}
