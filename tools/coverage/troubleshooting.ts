/** The troubleshooting page, and the article. */
import { done, person, steps, type Section } from "./row";
import * as T from "./tests";

const IN_COMMON: Parameters<typeof done>[3] = [
  [
    "end-to-end/situations/servers.test.ts",
    "each server must get its own application, and the shared one remain while it is used",
  ],
  ["end-to-end/situations/servers.test.ts", "servers on one password account must each get their own application"],
  T.SHARED[2],
];
const CLONE: Parameters<typeof done>[3] = [
  ["end-to-end/situations/servers.test.ts", "a clone must become a server of its own, also if the command was killed"],
  ["unit/model/identifier-plan.test.ts", "must not count as done while a step had no effect"],
];

export const TROUBLESHOOTING: readonly Section[] = [
  {
    heading: "Troubleshoot Microsoft Entra Connect Sync application-based authentication",
    rows: [
      done(
        "fact",
        "An identity is one application and one certificate for one server",
        "`APPLICATION_SHARED`, `CERTIFICATE_SHARED`; over several stacks `shared-over-stacks`",
        T.SHARED,
      ),
    ],
  },
  {
    heading: "Known issues",
    rows: [
      done(
        "warning",
        "Parameters of the connector become blank after an automatic upgrade",
        "Finding [`connector-parameters-blank`](diagnostics.md#connector-parameters-blank)",
        [T.agreed("parameters")],
      ),
      done(
        "warning",
        "One key for two servers breaks the other at the next rotation",
        "`APPLICATION_SHARED`",
        T.SHARED,
      ),
      done("warning", "A cloned server shares its default account", "`MACHINE_SHARED`", T.SHARED),
    ],
  },
  {
    heading: "Microsoft Entra Connector's Connectivity Parameters missing after upgrade",
    rows: [
      done("procedure", "Find and repair blank parameters", "Finding, and `repairConnectivityParameters`", [
        T.BLANK_PARAMETERS,
      ]),
    ],
  },
  {
    heading: "Symptom",
    rows: [
      done("fact", "Three parameters are blank", "`observe` reads them beside the credential", [T.BLANK_PARAMETERS]),
      done("warning", "Synchronisation goes on until the next rotation fails", "The finding says it", [
        T.finding("connector-parameters-blank"),
      ]),
      person(
        "fact",
        "The wizard fails with its own error",
        "What the wizard shows is not read; its cause is the finding.",
      ),
    ],
  },
  {
    heading: "Cause",
    rows: [
      done(
        "fact",
        "OK in Synchronization Service Manager drops them",
        "A row of [versions](versions.md) until 2.6.1.0",
        [T.KNOWN_ISSUES],
      ),
    ],
  },
  {
    heading: "Resolution",
    steps: 4,
    rows: [
      done(
        "step",
        "An elevated session",
        "The SSH session of an administrator; `NOT_ADMINISTRATOR` otherwise",
        [
          [
            "contract/preflight.contract.ts",
            "register must refuse with ${code} (${fault}) before it touches the scheduler",
            '"NOT_ADMINISTRATOR"',
          ],
        ],
        steps(1),
      ),
      done(
        "step",
        "Install or update ADSyncTools, also without the gallery",
        "A person installs it: the finding names the module that is missing, `up` refuses with `REPAIR_MODULE_MISSING`; [three ways](situations/connector-parameters.md#the-module-is-missing)",
        [
          [
            "contract/situations/switching.ts",
            "a repair without its module must be refused by name, and say that nothing changed",
          ],
          [
            "unit/model/findings.test.ts",
            "blank parameters must name the module that their repair lacks, and no module that is not known",
          ],
          [
            "end-to-end/situations/servers.test.ts",
            "blank parameters must be repaired, once the module is there and the repair was asked for",
          ],
        ],
        steps(2),
      ),
      done(
        "step",
        "Load it and run the repair",
        "`register` runs `Repair-ADSyncToolsEntraAppParameters` if it is asked for by name",
        [
          T.BLANK_PARAMETERS,
          ["contract/situations/switching.ts", "a parameter of blanks must be repaired if that is asked for"],
        ],
        steps(3, 4),
      ),
      person(
        "warning",
        "Do not press OK in Synchronization Service Manager",
        "A habit of people; the finding shows when it was done.",
      ),
    ],
  },
  {
    heading: "Multiple servers sharing the same custom Microsoft Entra Connector account",
    rows: [
      done(
        "procedure",
        "Give each server its own application",
        "`up` moves each declared server to its own; [two servers, one application](situations/shared-application.md)",
        [
          ...IN_COMMON,
          [
            "unit/model/shared-identities.test.ts",
            "two servers on an application that is neither's must be allowed to move away from it",
          ],
        ],
      ),
    ],
  },
  {
    heading: "Symptom",
    rows: [
      done(
        "event",
        "906 with AADSTS700027: the key is not on the application",
        "Finding [`sign-in-refused`](diagnostics.md#sign-in-refused); [sign-in refused](situations/sign-in-refused.md)",
        [T.agreed("sign-in-refused"), T.EVENTS_READ],
      ),
      done(
        "warning",
        "Mending the first server breaks the second",
        "Both are stopped at once, each with the other's name",
        [
          [
            "component/preview.test.ts",
            "two declared servers on one machine must both get an error that names the other",
          ],
        ],
      ),
    ],
  },
  {
    heading: "Cause",
    rows: [
      done("requirement", "One application for one server", "`APPLICATION_SHARED`, `shared-over-stacks`", T.SHARED),
      done(
        "requirement",
        "One connector account for one server",
        "Notice [`account-in-common`](diagnostics.md#account-in-common); `up` moves each to its own application",
        IN_COMMON,
      ),
      done("requirement", "One machine identifier for one server", "`MACHINE_SHARED`, `shared-over-stacks`", T.SHARED),
      done(
        "warning",
        "A Global Administrator must not be the connector's account",
        "[`connector-account-administrator`](diagnostics.md#connector-account-administrator); `up`, then `deprivilege-account --administrator`",
        [
          T.agreed("administrator-account"),
          [
            "end-to-end/situations/servers.test.ts",
            "an administrator's account must be no connector's after an up, and then lose its roles",
          ],
        ],
      ),
    ],
  },
  {
    heading: "Resolution",
    steps: 13,
    rows: [
      done(
        "step",
        "Working server: pause, back to an account, read",
        "`reset-machine-identifier`, if it uses the other's application; `leave --rollback`",
        [T.ROLLED_BACK, ...CLONE],
        steps(1, 3),
      ),
      done("step", "Note its machine identifier", "`observe`; compared over the stack", T.SHARED, steps(4)),
      person(
        "step",
        "Broken server: the wizard rotates",
        "The wizard needs a desktop. A declared server gets its own application by `up` instead.",
        steps(5),
      ),
      done(
        "step",
        "Broken server: pause, compare the identifiers",
        "`observe`; `MACHINE_SHARED`",
        T.SHARED,
        steps(6, 7),
      ),
      done(
        "step",
        "New machine identifier: stop the service, write, start",
        "`reset-machine-identifier`",
        [
          ...CLONE,
          [
            "contract/situations/machines.ts",
            "a machine identifier must be written while the scheduler is off and the service stopped",
          ],
        ],
        steps(8),
      ),
      done("step", "Broken server: back to an account", "`leave --rollback`", [T.ROLLED_BACK], steps(9)),
      person(
        "step",
        "Delete the shared managed application",
        "Notice [`managed-application-left`](diagnostics.md#managed-application-left) has the command as soon as no declared connector uses it, and never before.",
        steps(10),
      ),
      done("step", "Onboard the broken server", "`up`, to an application of its own", [T.ONBOARDED], {
        ...steps(11),
        followed: "`up` instead of the wizard: the server is declared with its own application.",
      }),
      done("step", "Resume the scheduler", "As it was found", [T.RESTORED], steps(12)),
      done(
        "step",
        "The same on the other server, and proof at the end",
        "`reset-machine-identifier` reads all servers again; `up`",
        CLONE,
        {
          ...steps(13),
          followed: "Only the server of a step is paused, so that a kill leaves no server stopped.",
        },
      ),
    ],
  },
];

export const ARTICLE: readonly Section[] = [
  {
    heading: "How to Secure Entra Connect Sync with TPM Backed App Authentication",
    rows: [
      done(
        "fact",
        "The client credential flow with a certificate from a TPM",
        "`register` obtains such a token before it switches",
        [
          [
            "unit/tenant/token-endpoint.test.ts",
            "a client assertion must get a token with the role for either audience",
          ],
          T.ONBOARDED,
        ],
      ),
    ],
  },
  {
    heading: "Features of Application Based Authentication",
    rows: [
      done("fact", "Key in hardware, bound to the machine", "The default provider; not exportable", [
        T.CONFIGURATION_DEFAULTS,
        T.POLICY,
      ]),
      done("fact", "No password is left", "`remove-legacy-account`", [T.LEGACY_REMOVED]),
    ],
  },
  {
    heading: "How to Enable Application Based Authentication",
    rows: [
      done(
        "procedure",
        "A single-tenant application, a certificate, the right to synchronise",
        "`pulumi up`; by the product itself with the wizard",
        [T.APPLICATION, T.UPLOADED, T.ROLE],
      ),
    ],
  },
];
