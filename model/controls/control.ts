/**
 * A published control, and what a report shows of it. Ids and titles are facts of their sources, which were read for this
 * table; what is said of them here is this project's own. None of it is a statement that a control is met by an organisation.
 */
import type { DiagnosticCode } from "../diagnostics/registry";

/** Where controls are published. */
export const SOURCES = {
  "nist-800-53": {
    name: "NIST SP 800-53",
    title:
      "NIST Special Publication 800-53, Revision 5: Security and Privacy Controls for Information Systems and Organizations",
    version: "Release 5.1.1 (ids and titles as in NIST's OSCAL catalogue)",
    address: "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final",
    /** The form of an id. */
    id: /^[A-Z]{2}-[1-9]\d?(\([1-9]\d?\))?$/,
  },
  scuba: {
    name: "CISA SCuBA",
    title: "CISA M365 Secure Configuration Baseline for Microsoft Entra ID (SCuBA)",
    version: "ScubaGear, commit 4d34e9a4 of 20 Aug 2026, after release 1.8.0",
    address:
      "https://github.com/cisagov/ScubaGear/blob/4d34e9a48e38ce5c2e14c0fdfbaee53e57594ae2/PowerShell/ScubaGear/baselines/aad.md",
    id: /^MS\.AAD\.[1-9]\.[1-9]\d?v[1-9]$/,
  },
  mcsb: {
    name: "Microsoft cloud security benchmark",
    title: "Microsoft cloud security benchmark",
    version: "version 1",
    address: "https://learn.microsoft.com/en-us/security/benchmark/azure/overview",
    id: /^[A-Z]{2}-[1-9]\d?$/,
  },
  microsoft: {
    name: "Microsoft's guidance",
    title: "Microsoft's guidance on Tier 0, privileged access and workload identities",
    version: "pages as of their own dates",
    address: "https://learn.microsoft.com/en-us/entra/",
    /** The last part of the page's address. */
    id: /^[a-z0-9]+(-[a-z0-9]+)*$/,
  },
} as const;
export type SourceId = keyof typeof SOURCES;

/** What a report reads, as far as a control needs it in full. */
export const READINGS = {
  servers: "every declared server, over SSH, with every fact",
  applications: "the application and the service principal of every declared server",
  "key-access": "who may use the key of every current certificate",
  synchronisers: "the applications that may synchronise",
  "directory-roles": "who may synchronise by a directory role",
  "delegated-permissions": "the delegated permissions of the servers' service principals",
  revocation: "whether the CA revoked a certificate",
  declaration: "the commit of the declaration, from which no file differs",
  "earlier-report": "an earlier report to compare with",
} as const;
export type Reading = keyof typeof READINGS;

/** How near a finding is to what the control asks for. `high`: it asks for just that, of other objects as well. */
type Confidence = "high" | "medium" | "low";

export interface Control {
  id: string;
  /** As published; of a baseline that has sentences only, in our own few words. */
  title: string;
  source: SourceId;
  /** Its own page or place; that of the source if there is none. */
  address?: string;
  /** What the report shows of it. */
  shows: string;
  /** What of it the report does not show. */
  notShown: string;
  confidence: Confidence;
  /** Without one of these nothing is said to be without findings. */
  reads: readonly Reading[];
  /** With one of these in the report there are findings. */
  codes: readonly DiagnosticCode[];
  /** Notices to be read with it, which are no findings. */
  notices?: readonly DiagnosticCode[];
  /** Days that no certificate in use may be valid for longer than. */
  longestDays?: number;
  /** Whether what is read is too small a part of the control for anything but findings. @default false */
  findingsOnly?: boolean;
}

/** What a control of one source has in common with the others. */
export const of =
  (source: SourceId) =>
  (id: string, title: string, rest: Omit<Control, "id" | "title" | "source">): Control => ({
    id,
    title,
    source,
    ...rest,
  });
