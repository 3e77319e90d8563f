/** Policies of CISA's baseline for Entra ID. It has sentences and no titles: the words here are our own. */
import * as codes from "./code-groups";
import { of, SOURCES, type Control } from "./control";

const policy = (id: string, title: string, rest: Omit<Control, "id" | "title" | "source" | "address">): Control => {
  const place = id.replaceAll(".", "").toLowerCase();
  return of("scuba")(id, title, { ...rest, address: `${SOURCES.scuba.address}#${place}` });
};

const TENANT_WIDE = "The tenant's own restriction, and every application that does not synchronise.";

export const SCUBA: readonly Control[] = [
  policy("MS.AAD.4.1v1", "Security logs go to the people who monitor", {
    shows:
      "Nothing by itself. The detections of docs/auditor.md read the logs that it lists for audit and service principals.",
    notShown: "Whether the tenant exports its logs.",
    confidence: "low",
    reads: [],
    codes: [],
    findingsOnly: true,
  }),
  policy("MS.AAD.5.5v1", "No passwords added to applications", {
    shows: "That neither the servers' applications nor their service principals have a client secret.",
    notShown: TENANT_WIDE,
    confidence: "medium",
    reads: ["applications"],
    codes: codes.SECRETS,
    notices: ["policy-refuses-rotation"],
  }),
  policy("MS.AAD.5.6v1", "Passwords of applications live 180 days at most", {
    shows: "The same as for the policy before it: the servers' applications have none.",
    notShown: TENANT_WIDE,
    confidence: "medium",
    reads: ["applications"],
    codes: codes.SECRETS,
  }),
  policy("MS.AAD.5.7v1", "Certificates of applications live 365 days at most", {
    shows: "First and last day of each certificate of the servers; one that is valid for longer is a finding here.",
    notShown: TENANT_WIDE,
    confidence: "medium",
    reads: ["servers", "applications"],
    codes: ["CERTIFICATE_LIFETIME_REFUSED", "CERTIFICATE_REFUSED_BY_POLICY"],
    notices: ["policy-refuses-rotation"],
    longestDays: 365,
  }),
];
