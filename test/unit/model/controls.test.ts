/** The table of published controls: complete, in the form of its sources, and judged by what was read and found. */
import assert from "node:assert/strict";
import { READINGS, SOURCES, type Control } from "../../../model/controls/control";
import { assessControl, type Seen } from "../../../model/controls/control-state";
import { CONTROLS, controlsOf } from "../../../model/controls/controls";
import { RULE_CONTROLS } from "../../../model/controls/rule-controls";
import { UNMAPPED } from "../../../model/controls/unmapped";
import { DIAGNOSTICS, isDiagnosticCode } from "../../../model/diagnostics/registry";
import { RULES } from "../../../policy/pack";

const CODES = Object.keys(DIAGNOSTICS);

describe("the table of controls", () => {
  it("must be shown by every code of the registry, or say why not, and never both", () => {
    const isMapped = (code: string) => controlsOf(code).length > 0;
    assert.deepEqual(
      CODES.filter((code) => !isMapped(code) && !(code in UNMAPPED)),
      [],
      "neither a control nor a reason",
    );
    assert.deepEqual(
      CODES.filter((code) => isMapped(code) && code in UNMAPPED),
      [],
      "a control, and a reason why there is none",
    );
    assert.deepEqual(
      Object.keys(UNMAPPED).filter((code) => !isDiagnosticCode(code)),
      [],
    );
  });

  it("must have each control once, with an id in the form of its source, and a page of its source", () => {
    const ids = CONTROLS.map(({ id }) => id);
    assert.deepEqual(ids, [...new Set(ids)]);
    for (const { id, source, address = SOURCES[source].address } of CONTROLS) {
      assert.match(id, SOURCES[source].id, source);
      assert.equal(new URL(address).protocol, "https:");
      if (source === "microsoft") assert.ok(address.endsWith(`/${id}`), `${id} is the end of ${address}`);
      if (source === "scuba") assert.equal(new URL(address).hash, `#${id.replaceAll(".", "").toLowerCase()}`);
      if (source === "mcsb") assert.match(address, /\/mcsb-[a-z-]+$/);
    }
    assert.deepEqual(new Set(CONTROLS.map(({ source }) => source)), new Set(Object.keys(SOURCES)));
  });

  it("must take ids of the form of a source only", () => {
    for (const id of ["AC-02", "AC2", "AC-2(0)", "ac-2", "AC-2 (1)"])
      assert.doesNotMatch(id, SOURCES["nist-800-53"].id);
    for (const id of ["MS.AAD.5.5", "MS.EXO.5.5v1", "MS.AAD.5.5V1"]) assert.doesNotMatch(id, SOURCES.scuba.id);
  });

  it("must say in sentences what is shown and what is not, and need every reading somewhere", () => {
    for (const { id, shows, notShown, codes, findingsOnly, longestDays } of CONTROLS) {
      for (const text of [shows, notShown]) assert.match(text, /^[A-Z].*\.$/, id);
      assert.ok(codes.length > 0 || findingsOnly || longestDays || id === "CA-7", `${id} is judged by nothing`);
      assert.equal(new Set(codes).size, codes.length, `${id} has a code twice`);
    }
    assert.deepEqual(new Set(CONTROLS.flatMap(({ reads }) => reads)), new Set(Object.keys(READINGS)));
  });

  it("must be shown by every rule of the policy pack, and by no other", () => {
    assert.deepEqual(Object.keys(RULE_CONTROLS).sort(), RULES.map(({ name }) => name).sort());
    const known = CONTROLS.map(({ id }) => id);
    for (const [rule, ids] of Object.entries(RULE_CONTROLS)) {
      assert.ok(ids.length > 0 && ids.every((id) => known.includes(id)), rule);
    }
  });
});

describe("the state of a control", () => {
  const control: Control = {
    ...{ id: "AC-2", title: "Account Management", source: "nist-800-53", shows: "", notShown: "", confidence: "high" },
    ...{ reads: ["servers", "synchronisers"], codes: ["owner-foreign"], notices: ["installer-role-left"] },
  };
  const seen = (changes: Partial<Seen> = {}): Seen => {
    return { findings: [], notices: [], unread: new Map(), lifetimes: [], ...changes };
  };
  const state = (changes: Partial<Seen>, of: Partial<Control> = {}) =>
    assessControl({ ...control, ...of }, seen(changes));

  it("must be met only if everything that it needs was read, and nothing was found", () => {
    assert.deepEqual(state({}), { state: "met", evidence: [], notices: [], unread: [], reasons: [] });
    const unread = state({ unread: new Map([["synchronisers", "forbidden"]]) });
    assert.equal(unread.state, "not-shown");
    assert.deepEqual(unread.unread, ["synchronisers"]);
    assert.equal(state({ unread: new Map([["revocation", "not checked"]]) }).state, "met", "what it does not need");
  });

  it("must be findings if one of its codes is there, also if not everything was read", () => {
    const findings = [
      { id: "sync01/owner-foreign/1", code: "owner-foreign" },
      { id: "sync01/key-foreign/2", code: "key-foreign" },
    ];
    const found = state({ findings, unread: new Map([["servers", "sync02: not observed"]]) });
    assert.equal(found.state, "findings");
    assert.deepEqual(found.evidence, ["sync01/owner-foreign/1"]);
    assert.deepEqual(found.unread, ["servers"], "what was not read is said as well");
  });

  it("a notice must count only if the control says so, and else be named", () => {
    const notices = [{ id: "tenant/installer-role-left", code: "installer-role-left" }];
    assert.deepEqual([state({ notices }).state, state({ notices }).notices], ["met", [notices[0].id]]);
    const counted = state({ notices }, { codes: ["installer-role-left"], notices: [] });
    assert.deepEqual([counted.state, counted.evidence], ["findings", [notices[0].id]]);
  });

  it("a control of which too little is read must never be met", () => {
    assert.equal(state({}, { findingsOnly: true }).state, "not-shown");
    const findings = [{ id: "a", code: "owner-foreign" }];
    assert.equal(state({ findings }, { findingsOnly: true }).state, "findings");
  });

  it("a certificate that is valid for longer than the control allows must be a finding of it", () => {
    const days = (number: number) => state({ lifetimes: [{ server: "sync01", days: number }] }, { longestDays: 365 });
    assert.equal(days(365).state, "met");
    assert.equal(days(366).state, "findings");
    assert.match(days(366).reasons[0], /^sync01: a certificate is valid for 366 days, more than 365$/);
  });
});
