/** The machine identifier of a clone, and the service that is stopped for it. */
import { mutantsOf } from "../mutant";

const MACHINE = [{ pester: "Decisions-Switch.Tests.ps1", title: "The machine identifier of a clone" }];

export const PROGRAM_MACHINE = [
  ...mutantsOf("host-program/Public/ResetMachineIdentifier.ps1", MACHINE, [
    {
      id: "identifier-of-any-server",
      before: "if ($before.machineIdentifier -eq $RequestBody.resetMachineIdentifier) {",
      after: "if ($true) {",
      meaning: "a server that has an identifier of its own gets another one",
    },
    {
      id: "identifier-not-verified",
      before: "if ($after.machineIdentifier -eq $RequestBody.resetMachineIdentifier) {",
      after: "if ($false) {",
      meaning: "an identifier that stays is taken for replaced",
    },
    {
      id: "identifier-while-service-runs",
      before: "        Stop-CsiService -Seconds $seconds\n",
      after: "",
      meaning: "the service goes on with the former identifier",
    },
  ]),
  ...mutantsOf("host-program/Private/StoppedService.ps1", MACHINE, [
    {
      id: "stopped-service-started",
      before: "if ($null -eq $record -or $record.Operation -ne $script:ServiceStopping) {",
      after: "if ($false) {",
      meaning: "a service that a person stopped starts",
    },
  ]),
];
