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
        StepLimit = 12
        # Seconds of a wait at which it is reported again.
        StepSeconds = @(10, 60, 300, 900)
        # For how long a client assertion is valid.
        AssertionSeconds = 600
        # Seconds by which the clock may differ from Entra's.
        MaximumSkew = 300
        # Seconds beyond cycle and cmdlets until a pause is over; after that the restore task steps in.
        PauseMargin = 600
        # Seconds between the tries to put the scheduler back: three minutes in all, as ADSync may be restarting.
        RestoreWaits = @(1, 2, 3, 4, 5, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15)
        # The operation that stops the service: a record of it means that the service is to be started.
        ServiceStopping = 'reset-machine-identifier'
        # For how long the start of a service that it left may take.
        ServiceSeconds = 300
        # In the record of a pause, for the person who finds it.
        PauseNote = 'A run, or its task, switches the scheduler on again. To keep the scheduler off, switch it off after that.'
        # Event ids of entries in the Application log.
        ChangeEvents = @{
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
        ChangeLimit = 2000
        # Versions before this one may move a server to an application of their own by themselves.
        OnboardingEnds = '2.6.84.0'
        # Files that older versions of this project copied into the program's folder, by their first line.
        EarlierFiles = @{ 'PROTOCOL.md' = '# Host protocol' }
        # Names of other files there that an observation lists at most.
        ForeignLimit = 20
        # Events of the service that the documents name by their ids.
        EventIds = @(906, 1011, 1012, 1014)
        # All of these are in an error of the service that says that the key of an earlier certificate could not be removed.
        OldKeyWords = @('remov|delet', 'certificate|credential|key')
        # Key storage providers by their full names.
        TpmProvider = 'Microsoft Platform Crypto Provider'
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
        # Release of the first .NET Framework with CertificateRequest, 4.7.2.
        DotnetRelease = 461808
        # Entra's codes for a credential that it does not take. Any other may pass, or is about something else.
        RefusalCodes = @('AADSTS50013', 'AADSTS700016', 'AADSTS700027', 'AADSTS7000215', 'AADSTS7000222')
        # Seconds before a key that fails for a passing reason is tried again, once each.
        SignatureWaits = @(0.5, 1)
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
        # The task by which older versions proved that SYSTEM may do so.
        CsiProofTask = 'ConnectSyncIdentity-Prove'
        # After which the restore task runs again.
        CsiRestoreMinutes = 15
        # Source of the program in the Application log.
        CsiEventSource = 'ConnectSyncIdentity'
        # Entries of it that are read at most.
        CsiChangeLimit = 20
        # Characters of one that are read at most.
        CsiReadLimit = 1000
        # The provider that keeps keys in the TPM.
        CsiTpmProvider = 'Microsoft Platform Crypto Provider'
    }
}
