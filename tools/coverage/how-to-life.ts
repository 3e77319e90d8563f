/** The how-to page, its third part: accounts, the way back, rotation and revocation. */
import { access } from "./how-to-onboarding";
import { done, outside, person, steps, type Section } from "./row";
import * as T from "./tests";

const BYOC = "`mode: byoc`: [modes](modes.md)";

export const HOW_TO_LIFE: readonly Section[] = [
  {
    heading: "Remove a legacy service account",
    steps: 3,
    rows: [
      done(
        "step",
        "Give an administrator's credential",
        "Asked for by `remove-legacy-account`; it travels on stdin and is not stored",
        [
          T.LEGACY_REMOVED,
          [
            "contract/situations/accounts.ts",
            "remove-legacy-account must not repeat a credential that its cmdlet repeats",
          ],
        ],
        steps(1, 2),
      ),
      done(
        "step",
        "Remove the account by the first part of its name",
        "`remove-legacy-account --name`, after every connector was read",
        [T.LEGACY_NAMED, T.LEGACY_IN_USE, T.LEGACY_REMOVED],
        steps(3),
      ),
      done(
        "procedure",
        "An account that was created by hand and cannot go loses the role instead",
        "`deprivilege-account`, by name, after every connector was read",
        [T.HAND_MADE_ACCOUNT],
      ),
      done(
        "fact",
        "The account is shown until it is gone",
        "Notice [`legacy-account-present`](diagnostics.md#legacy-account-present), finding [`legacy-account-left`](diagnostics.md#legacy-account-left)",
        [T.notice("legacy-account-present"), T.agreed("former-account")],
      ),
    ],
  },
  {
    heading: "Roll back to a legacy service account by using PowerShell",
    steps: 4,
    rows: [
      done("limit", "Access may be denied for up to 15 minutes afterwards", "Said by [leave](situations/leave.md)", [
        T.ROLLED_BACK,
      ]),
      done("step", "Pause the scheduler", "As for a switch", [T.ROLLED_BACK, T.PAUSED], steps(1)),
      done(
        "step",
        "Add the account with an administrator's credential",
        "`leave --rollback`; an account under multifactor authentication is refused",
        [T.ROLLED_BACK, T.ROLLBACK_MFA],
        steps(2),
      ),
      done(
        "step",
        "Read `ConnectorIdentityType` again",
        "The connector is read until it settles",
        [
          T.ROLLED_BACK,
          ["contract/situations/accounts.ts", "rollback must report a cmdlet that ends well without effect"],
        ],
        steps(3),
      ),
      done("step", "Resume the scheduler", "It ends as it was found", [T.ROLLED_BACK, T.RESTORED], {
        ...steps(4),
        followed: "The former value of the scheduler, rather than `$true`.",
      }),
    ],
  },
  {
    heading: "Certificate rotation",
    rows: [
      done(
        "limit",
        "The product warns 150 days before the end",
        "`rotateBefore` is 180 days; shorter is a notice [`rotation-after-warning`](diagnostics.md#rotation-after-warning)",
        [T.notice("rotation-after-warning"), T.CONFIGURATION_DEFAULTS],
        {
          followed: "Newer pages warn at 70 % of the lifetime: the earlier of the two counts.",
        },
      ),
      done("event", "1011: the rotation is due", "Notice [`rotation-reported`](diagnostics.md#rotation-reported)", [
        T.notice("rotation-reported"),
        T.EVENTS_DUE,
      ]),
      done(
        "event",
        "1012: the certificate has expired",
        "Finding [`credential-expired`](diagnostics.md#credential-expired)",
        [T.finding("credential-expired"), T.EVENTS_DUE],
      ),
      done(
        "warning",
        "The events come with the scheduler, unless it is suspended",
        "Dates are judged without events; notice [`scheduler-suspended`](diagnostics.md#scheduler-suspended)",
        [T.finding("rotation-due"), T.notice("scheduler-suspended")],
      ),
    ],
  },
  {
    heading: "Automatic",
    rows: [
      done(
        "procedure",
        "The product rotates its own certificate",
        "`mode: managed`: [modes](modes.md); [`managed-rotation-overdue`](diagnostics.md#managed-rotation-overdue)",
        [
          [
            "end-to-end/modes.test.ts",
            "a managed server whose scheduler stopped rotations must be a finding, and up must change nothing",
          ],
          [
            "unit/model/managed.test.ts",
            "a rotation must be late only once 150 days before the end and 70 % of the lifetime have both passed",
          ],
        ],
      ),
      done(
        "event",
        "An error event if the old key could not be removed",
        "Notice [`managed-key-removal-failed`](diagnostics.md#managed-key-removal-failed): by source, level and words of its text, as the document names no id; low confidence, and only while Entra holds the key",
        [
          [
            "contract/situations/managed.ts",
            "observe must show an error that reads like an old key that was not removed, and no other error of the source",
          ],
          [
            "unit/model/managed.test.ts",
            "an error about a key that is still there must be a notice with the event and the product's own command",
          ],
          ["end-to-end/agreement.test.ts", "must agree on what Entra Connect left undone on a server that it manages"],
        ],
      ),
      done(
        "procedure",
        "Remove the old key: `Remove-EntraApplicationKey -CertificateId`",
        "Notice [`managed-key-left`](diagnostics.md#managed-key-left) prints the command; a person runs it. For own applications `up` removes old keys",
        [
          [
            "unit/model/managed.test.ts",
            "a key of an earlier certificate must be a notice with the product's own command, never the key in use",
          ],
        ],
      ),
    ],
  },
  {
    heading: "Manual",
    rows: [
      done(
        "procedure",
        "Rotate at any time, also after the end",
        "`rotate` in the stack's file; [rotate now](situations/rotate-now.md)",
        [T.ROTATED_ON_DEMAND, T.ROTATED_EXPIRED],
      ),
    ],
  },
  {
    heading: "Default Application",
    steps: 2,
    rows: [
      person(
        "step",
        "The wizard rotates the managed certificate",
        "The wizard needs a desktop and an administrator's sign-in.",
        steps(1, 2),
      ),
    ],
  },
  {
    heading: "BYOC with Default Application",
    steps: 10,
    rows: [
      done("step", "New key, upload, hash", BYOC, [T.BYOC_ROTATED], steps(1, 3)),
      { ...access(4) },
      done("step", "Pause, load, rotate, verify, resume", BYOC, [T.BYOC_ROTATED], steps(5, 9)),
      done("step", "Remove the old certificate", BYOC, [T.BYOC_ROTATED], steps(10)),
    ],
  },
  {
    heading: "BYOA with BYOC",
    steps: 10,
    rows: [
      done(
        "step",
        "New key, upload, hash",
        "A new generation: `ensure-certificate`, then azuread",
        [T.ROTATED],
        steps(1, 3),
      ),
      { ...access(4) },
      done("step", "Pause the scheduler, load the module", "As for a link", [T.PAUSED], steps(5, 6)),
      done(
        "step",
        "Rotate",
        "`Invoke-ADSyncApplicationCredentialRotation`; a link if the old certificate is gone",
        [T.ROTATED, T.ROTATE_CMDLET],
        {
          ...steps(7),
          followed:
            "The cmdlet is this page's; the older page rotates own applications with `Add-EntraApplicationRegistration`.",
        },
      ),
      done(
        "step",
        "Verify and resume",
        "The connector, a delta cycle, and the scheduler as it was",
        [T.ROTATED, T.VERIFIED, T.RESTORED],
        steps(8, 9),
      ),
      done(
        "step",
        "Remove the old certificate, and its key",
        "After the switch: key, then certificate; the old credential in Entra before",
        [T.ROTATED, T.CERTIFICATE_REMOVED],
        steps(10),
      ),
    ],
  },
  {
    heading: "Certificate revocation process",
    rows: [
      done("procedure", "Remove the key credential in Entra", "`revoke`; [revoke](situations/revoke.md)", [T.REVOKED]),
      done("procedure", "Or rotate on demand", "`rotate` ends a revocation", [T.REVOKED_ENDS]),
      person(
        "procedure",
        "Revocation by the CA for a certificate of a CA that Entra trusts",
        "The CA is the organisation's: [certificates](certificates.md) says what is checked where; `revoke` takes the key from Entra all the same.",
      ),
    ],
  },
  {
    heading: "Related content",
    rows: [
      outside(
        "fact",
        "Cloud Sync, and the product's other pages",
        "Cloud Sync has agents with identities of another kind.",
        ["docs/faq.md", "Can it manage Cloud Sync?"],
      ),
    ],
  },
];
