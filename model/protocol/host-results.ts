/** What the host program answers if it succeeds, a schema for each operation that changes something. */
import { z } from "zod";
import { ConnectorFacts, HostCertificateFacts } from "./host-facts";
import { utc } from "./host-formats";

export const CertificateResult = z.object({
  before: HostCertificateFacts.nullable(),
  after: HostCertificateFacts,
});
export const RemovalResult = z.object({
  before: z.object({ certificates: z.int(), keyFile: z.boolean() }),
  after: z.object({ certificates: z.int(), keyFile: z.boolean() }),
});
export const ReleaseResult = z.object({ before: ConnectorFacts, after: ConnectorFacts });
/** One entry of Get-ADSyncRunProfileResult. */
export const RunResult = z.object({
  connector: z.string(),
  runProfile: z.string(),
  /** `success`, `completed-*`, `stopped-*`, `no-start-*` (the product's own words). */
  result: z.string(),
  startedAt: utc,
  endedAt: utc.nullable(),
});
export type RunResult = z.infer<typeof RunResult>;

/** How a switch was verified. */
export const Verification = z.object({
  /** The delta cycle that was run, null if none was. */
  cycle: z.object({ startedAt: utc, results: z.array(RunResult) }).nullable(),
  /** Why no cycle was run, null if one was. */
  skipped: z.string().nullable(),
  /** Why the switch is neither proven nor refused, so that the next registration verifies it; absent from an older host program. */
  unverified: z.string().nullish(),
});
export type Verification = z.infer<typeof Verification>;

const Switched = z.object({ connector: ConnectorFacts, syncCycleEnabled: z.boolean() });

export const RollbackResult = z.object({
  before: Switched,
  after: Switched,
  /** Name of the account that the connector uses now, without its domain. */
  accountName: z.string(),
  restoredInterruptedPause: z.boolean(),
  pausedSeconds: z.number(),
  /** Whether this build onboards a server on a password account again by itself. */
  mayOnboardAgain: z.boolean(),
});
export const LegacyAccountResult = z.object({
  accountName: z.string(),
  before: z.object({ connector: ConnectorFacts }),
  after: z.object({ connector: ConnectorFacts }),
});
/** The machine identifier and the scheduler, at one moment. */
const Identified = z.object({ machineIdentifier: z.string(), syncCycleEnabled: z.boolean() });
export const MachineIdentifierResult = z.object({
  before: Identified,
  after: Identified,
  restoredInterruptedPause: z.boolean(),
  pausedSeconds: z.number(),
});
export const RegistrationResult = z.object({
  before: Switched,
  after: Switched,
  /** What was done: nothing to do, linked with Add-..., rotated with Invoke-...; and whether a pause was undone. */
  action: z.enum(["none", "linked", "rotated"]),
  restoredInterruptedPause: z.boolean(),
  repairedParameters: z.boolean(),
  /** Seconds for which the scheduler was paused by this operation; 0 if it was not. */
  pausedSeconds: z.number(),
  /** Null if nothing was switched and nothing was left to verify. */
  verification: Verification.nullable(),
});
