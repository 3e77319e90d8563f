# Generated from the model by tools/host-program; not edited by hand.
@{
    Program = @{
        # Version of request and answer.
        ProtocolVersion = 1
        # In the two lines around an answer.
        AnswerMarker = 'CONNECT SYNC HOST ANSWER'
        # Characters of the longest text of an answer; longer ones are cut.
        TextLimit = 16384
        # Characters of what was found that a failure's sentence repeats.
        SentenceLimit = 300
        # What a run reports while it is at work.
        Steps = @{
            makingKey       = 'making a key and its certificate'
            endingPause     = 'ending the pause of an interrupted run'
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
        }
        # Lines of progress that a run prints at most.
        StepLimit = 12
        # Seconds of a wait at which it is reported again.
        StepSeconds = @(10, 60, 300, 900)
        # For how long a client assertion is valid.
        AssertionSeconds = 600
        # Seconds by which the clock may differ from Entra's.
        MaximumSkew = 300
        # Seconds beyond cycle and cmdlets until a pause is over; after that the restore task steps in.
        PauseMargin = 600
        # Versions before this one may move a server to an application of their own by themselves.
        OnboardingEnds = '2.6.84.0'
        # Files that older versions of this project copied into the program's folder, by their first line.
        EarlierFiles = @{ 'PROTOCOL.md' = '# Host protocol' }
        # Names of other files there that an observation lists at most.
        ForeignLimit = 20
        # Key storage providers by their full names.
        TpmProvider = 'Microsoft Platform Crypto Provider'
        # Taken only if a software key is allowed by name.
        SoftwareProvider = 'Microsoft Software Key Storage Provider'
        # What an HRESULT of a key storage provider proves about a key; any other proves nothing. Only a dead key may go.
        KeyFaults = @{
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
        # Links the connector to an application.
        RegistrationCmdlet = 'Add-ADSyncApplicationRegistration'
        # Moves it to another certificate of its application.
        RotationCmdlet = 'Invoke-ADSyncApplicationCredentialRotation'
        # Puts it back on a service account.
        RollbackCmdlet = 'Add-ADSyncAADServiceAccount'
        # Removes a service account from Entra.
        RemovalCmdlet = 'Remove-ADSyncAADServiceAccount'
    }
    Windows = @{
        # Folder under Program Files and under ProgramData.
        CsiFolderName = 'ConnectSyncIdentity'
        # Held by the one operation that may change something.
        CsiMutexName = 'Global\ConnectSyncIdentity'
        # The task that ends an interrupted pause.
        CsiRestoreTask = 'ConnectSyncIdentity-Restore'
        # The task that proves that SYSTEM may do so.
        CsiProofTask = 'ConnectSyncIdentity-Prove'
        # The provider that keeps keys in the TPM.
        CsiTpmProvider = 'Microsoft Platform Crypto Provider'
        # Providers that keep keys in software.
        CsiSoftwareProviders = @(
            'Microsoft Software Key Storage Provider'
            'Microsoft Enhanced RSA and AES Cryptographic Provider'
            'Microsoft Enhanced Cryptographic Provider v1.0'
            'Microsoft Base Cryptographic Provider v1.0'
            'Microsoft Strong Cryptographic Provider'
            'Microsoft RSA SChannel Cryptographic Provider'
        )
    }
}
