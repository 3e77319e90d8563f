/** The scheduler's pause, its restore and the lock. */
import { mutantsOf } from "../mutant";

const TASK = [{ pester: "Interrupted.Tests.ps1", title: "A run of the restore task" }];
const RESTORE = [{ pester: "Decisions-Pause.Tests.ps1", title: "An interrupted pause" }, ...TASK];
const WAY_BACK = [{ pester: "Interrupted.Tests.ps1", title: "The way back of the scheduler" }];
const RECORD = [{ pester: "Interrupted.Tests.ps1", title: "A record of a pause" }];
const FILES = [{ pester: "Decisions-Run.Tests.ps1", title: "Files of the program" }];
const PAUSE = [{ pester: "Decisions-Pause.Tests.ps1" }];
const RUN = [{ pester: "Decisions-Run.Tests.ps1", title: "A run" }];

export const PROGRAM_PAUSE = [
  ...mutantsOf("model/protocol/host-constants.ts", PAUSE, [
    {
      id: "pause-margin-0",
      before: "PAUSE_MARGIN_SECONDS = 600",
      after: "PAUSE_MARGIN_SECONDS = 0",
      meaning: "the task steps in while the operation is still within its limits",
    },
  ]),
  ...mutantsOf("host-program/Public/Restore.ps1", RESTORE, [
    {
      id: "restore-does-nothing",
      before: "    for ($try = 1;",
      after: "    return 0\n    for ($try = 1;",
      meaning: "the restore task ends at once; the scheduler stays off",
    },
    {
      id: "restore-without-lock",
      before: "        return $Lock.acquired\n",
      after: "        return $true\n",
      meaning: "the task restores in the middle of a switch",
    },
    {
      id: "restore-keeps-lock",
      before: "        if ($lock.acquired) {\n            Exit-CsiLock",
      after: "        if ($false) {\n            Exit-CsiLock",
      meaning: "the task keeps the lock",
    },
    {
      id: "restore-with-stopped-service",
      before: "(Start-InterruptedService).status -ne 'Running'",
      after: "(Start-InterruptedService).status -eq ''",
      meaning: "the task does not wait for the service",
    },
    {
      id: "restore-gives-up",
      before: "            $exitCode = 6\n",
      after: "            return 6\n",
      meaning: "the task ends at its first failure",
    },
    {
      id: "restore-leaves-task",
      before: "        } else {\n            Remove-PauseTrace\n        }",
      after: "        }",
      meaning: "a task without a record stays for ever",
    },
  ]),
  ...mutantsOf("host-program/Public/Restore.ps1", TASK, [
    {
      id: "restore-no-next-run",
      before: "    Register-CsiRestoreTask -Deadline (Get-CsiTime)\n",
      after: "",
      meaning: "a task that an older version registered to run once does not try again",
    },
    {
      id: "restore-foreign-lock-waits",
      before: "$Lock.acquired -or -not $Lock.foreign",
      after: "$true",
      meaning: "a user who makes the mutex first keeps the scheduler off",
    },
    {
      id: "restore-foreign-lock-at-once",
      before:
        "$null -eq $record.Deadline -or\n    (ConvertTo-UtcTime -Text $record.Deadline) -le (ConvertTo-UtcTime -Text (Get-CsiTime))",
      after: "$true",
      meaning: "what has the lock's name is passed over before the deadline",
    },
    {
      id: "restore-proof-not-written",
      before: "        Set-CsiSyncCycleEnabled -Enabled $enabled\n",
      after: "",
      meaning: "a task that may only read the scheduler is relied on",
    },
  ]),
  ...mutantsOf("host-program/Private/Pause.ps1", PAUSE, [
    {
      id: "pause-one-cmdlet",
      before: "2 * $RequestBody.bounds.cmdletSeconds",
      after: "$RequestBody.bounds.cmdletSeconds",
      meaning: "the deadline leaves no time for a link after a failed rotation",
    },
    {
      id: "pause-trace-removed-first",
      before: "        Set-SchedulerBack -Enabled $enabled -Cause $cause\n        Remove-PauseTrace\n",
      after: "        Remove-PauseTrace\n        Set-SchedulerBack -Enabled $enabled -Cause $cause\n",
      meaning: "record and task go before the scheduler is back",
    },
    {
      id: "interrupted-trace-removed-first",
      before: "    Set-SchedulerBack -Enabled $record.Enabled\n",
      after: "    Remove-PauseTrace\n    Set-SchedulerBack -Enabled $record.Enabled\n",
      meaning: "record and task of an interrupted run go before the scheduler is back",
    },
    {
      id: "pause-not-read-back",
      before: "    if ((Get-CsiScheduler).SyncCycleEnabled) {\n        throw",
      after: "    if ($false) {\n        throw",
      meaning: "a scheduler that stays on is taken for paused",
    },
    {
      id: "proof-ignored",
      before: "    if (-not $proof.proven) {",
      after: "    if ($false) {",
      meaning: "a restore task that does not work is relied on",
    },
    {
      id: "unproven-record-stays",
      before: "    if (-not $proof.proven) {\n        Remove-PauseTrace\n",
      after: "    if (-not $proof.proven) {\n",
      meaning: "record and task stay although nothing was paused",
    },
    {
      id: "failed-task-record-stays",
      before: "    } catch {\n        Remove-PauseTrace\n        throw\n",
      after: "    } catch {\n        throw\n",
      meaning: "a record stays although its task could not be registered",
    },
    {
      id: "restored-not-read-back",
      before:
        "            Set-CsiSyncCycleEnabled -Enabled $Enabled\n            if ((Get-CsiScheduler).SyncCycleEnabled -eq $Enabled) {\n                return\n            }",
      after: "            Set-CsiSyncCycleEnabled -Enabled $Enabled\n            return",
      meaning: "a scheduler that stays off is taken for restored",
    },
    {
      id: "restored-once",
      before: "foreach ($seconds in @(0) + $script:RestoreWaits)",
      after: "foreach ($seconds in @(0))",
      meaning: "one failure leaves the scheduler off",
    },
    {
      id: "restored-cause-lost",
      before: "    if ($Cause -ne '') {",
      after: "    if ($false) {",
      meaning: "the failure before is not reported",
    },
    {
      id: "interrupted-record-value",
      before: "Set-SchedulerBack -Enabled $record.Enabled",
      after: "Set-SchedulerBack -Enabled $true",
      meaning: "a scheduler that a person switched off comes on",
    },
    {
      id: "interrupted-not-reported",
      before: "    $script:Changed = $true\n    Write-Step -Id 'endingPause'",
      after: "    Write-Step -Id 'endingPause'",
      meaning: "the answer says that nothing was changed",
    },
    {
      id: "person-off-ignored",
      before: "    if (-not $enabled -and -not $Recorded) {\n        Wait-CycleEnd",
      after: "    if ($false) {\n        Wait-CycleEnd",
      meaning: "a scheduler that a person switched off comes on after a switch",
    },
    {
      id: "cycle-not-awaited-off",
      before:
        "        Wait-CycleEnd -Seconds $RequestBody.bounds.cycleSeconds\n        [void] (& $Step)\n        return 0",
      after: "        [void] (& $Step)\n        return 0",
      meaning: "the connector changes in the middle of a cycle that a person started",
    },
    {
      id: "cycle-not-awaited",
      before: "        Wait-CycleEnd -Seconds $RequestBody.bounds.cycleSeconds\n        [void] (& $Step)\n    } catch",
      after: "        [void] (& $Step)\n    } catch",
      meaning: "the connector changes in the middle of a cycle",
    },
    {
      id: "cycle-awaited-for-ever",
      before: "$watch.Elapsed.TotalSeconds + 1 -gt $Seconds",
      after: "$watch.Elapsed.TotalSeconds -gt $Seconds + 3600",
      meaning: "a cycle that does not end keeps the scheduler off",
    },
    {
      id: "record-says-off",
      before: "            syncCycleEnabled = $Enabled\n",
      after: "            syncCycleEnabled = $false\n",
      meaning: "an interrupted pause is never ended",
    },
  ]),
  ...mutantsOf("host-program/Private/Pause.ps1", WAY_BACK, [
    {
      id: "task-removed-first",
      before: "    Remove-CsiPauseRecord\n    if (Test-CsiRestoreTask) {\n        Unregister-CsiRestoreTask\n    }\n",
      after: "    if (Test-CsiRestoreTask) {\n        Unregister-CsiRestoreTask\n    }\n    Remove-CsiPauseRecord\n",
      meaning: "a record without a task switches on what a person switched off since",
    },
  ]),
  ...mutantsOf("host-program/Private/Pause.ps1", RECORD, [
    {
      id: "broken-record-says-off",
      before: "Enabled = $true; Problem = Get-FailureText",
      after: "Enabled = $false; Problem = Get-FailureText",
      meaning: "a record that cannot be read keeps the scheduler off",
    },
  ]),
  ...mutantsOf("host-program/Private/Run.ps1", RUN, [
    {
      id: "lock-not-released",
      before: "    } finally {\n        Exit-CsiLock\n    }",
      after: "    } finally {\n        Write-Verbose -Message 'x'\n    }",
      meaning: "the lock is held until the process ends",
    },
    {
      id: "lock-not-taken-for-legacy",
      before: "    $lock = Enter-CsiLock -Operation $Operation\n",
      after:
        "    if ($Operation -eq 'remove-legacy-account') {\n        return Invoke-RemoveLegacyAccount -RequestBody $body\n    }\n" +
        "    $lock = Enter-CsiLock -Operation $Operation\n",
      meaning: "an account goes while another operation is at work",
    },
    {
      id: "lock-ignored",
      before: "    if (-not $lock.acquired) {",
      after: "    if ($false) {",
      meaning: "two operations at once",
    },
    {
      id: "observe-locks",
      before: "    if ($Operation -eq 'observe') {",
      after: "    if ($Operation -eq 'observe' -and (Enter-CsiLock -Operation $Operation).acquired) {",
      meaning: "a preview fails while an operation is at work",
    },
    {
      id: "credential-not-hidden",
      before: "            $answer.error[$name] = Hide-Credential -Text $answer.error[$name]",
      after: "            $answer.error[$name] = $answer.error[$name]",
      meaning: "an administrator's password in answer and log",
    },
    {
      id: "mismatch-ignored",
      before: "        Assert-Program\n",
      after: "",
      meaning: "a changed program runs as administrator",
    },
    {
      id: "caller-ignored",
      before: "    Assert-Caller\n",
      after: "",
      meaning: "a run without rights goes on until something fails",
    },
  ]),
  ...mutantsOf("host-program/Private/Credential.ps1", RUN, [
    {
      id: "credential-hidden-by-case",
      before: "[System.Text.RegularExpressions.RegexOptions]::IgnoreCase",
      after: "[System.Text.RegularExpressions.RegexOptions]::None",
      meaning: "a user name in another spelling is shown",
    },
    {
      id: "credential-hidden-plain-only",
      before: "$plain, [Uri]::EscapeDataString($plain), [System.Security.SecurityElement]::Escape($plain)",
      after: "@($plain)",
      meaning: "a password in a URL or in XML is shown",
    },
    {
      id: "credential-stays-in-request",
      before: "    return $hidden",
      after: "    return $Text",
      meaning: "the password reaches a cmdlet's parameter, so the event log",
    },
    {
      id: "credential-half",
      before: "$found.userName -ne '' -and $found.password -ne ''",
      after: "$found.userName -ne ''",
      meaning: "an empty password is sent",
    },
  ]),
  ...mutantsOf("host-program/ConnectSyncHost.ps1", FILES, [
    {
      id: "manifest-missing-accepted",
      before: "        return $_.Exception.Message\n    }\n}",
      after: "        return ''\n    }\n}",
      meaning: "a program without a manifest runs",
    },
    {
      id: "manifest-hash-ignored",
      before: "            if ($hash.Hash -ne $files.$name) {",
      after: "            if ($null -eq $files.$name) {",
      meaning: "a changed program runs",
    },
    {
      id: "manifest-windows-unchecked",
      before: "        foreach ($name in 'ConnectSyncHost.ps1', 'Windows.ps1') {",
      after: "        foreach ($name in @('ConnectSyncHost.ps1')) {",
      meaning: "a changed Windows.ps1 runs",
    },
  ]),
];
