/** The drift alarm's judgement, and what it does about its issues. */
import assert from "node:assert/strict";
import { decide, issueMarker, judge, readMarker, type Alarm, type OpenIssue } from "../../../cli/pipeline/drift";
import { readEntries } from "../../../cli/pipeline/alarm-entries";
import { preformatted } from "../../../cli/pipeline/trackers";
import { report, type Recorded } from "./recorded";

const alarm = (name: string, change?: (preview: Recorded) => void) => judge(report(name, change), "prod");
const open = (id: number, of: Alarm, fingerprint = of.fingerprint): OpenIssue => {
  return { id, kind: of.verdict as "drift", fingerprint, entries: of.entries };
};
const told = (actions: ReturnType<typeof decide>) =>
  actions.map((action) => [action.do, action.kind, ...("id" in action ? [action.id] : [])]);

describe("the drift alarm", () => {
  for (const [preview, verdict] of [
    ["unchanged", "none"],
    ["drift", "drift"],
    ["intrusion", "drift"],
    ["unreachable", "blind"],
    ["no-login", "blind"],
    ["bad-configuration", "blind"],
  ]) {
    it(`the drift alarm must judge the preview "${preview}" as ${verdict}`, () =>
      assert.equal(alarm(preview).verdict, verdict));
  }

  it("the drift alarm must not count notices as drift, however many there are", () => {
    const many = ({ output }: Recorded) => {
      const notice = output.diagnostics.find(({ message }) => message.includes("legacy-account-present"))!;
      output.diagnostics.push({ ...notice }, { ...notice });
    };
    assert.deepEqual(decide(alarm("unchanged", many), []), []);
  });

  it("the drift alarm must report a declaration that is not applied, and say that no one changed anything else", () => {
    const { verdict, title, body } = alarm("writeback", ({ output }) => {
      output.diagnostics = output.diagnostics.filter(({ severity }) => severity !== "warning");
    });
    assert.equal(verdict, "drift");
    assert.match(title, /a declaration that is not applied/);
    assert.match(body, /Nothing was changed outside Pulumi/);
  });

  it("the fingerprint must stay the same while only ports, times and trace ids differ, and change with the findings", () => {
    const later = ({ output }: Recorded) => {
      for (const entry of output.diagnostics) entry.message = entry.message.replaceAll(/\d{4}/g, "9999");
    };
    assert.equal(alarm("no-login", later).fingerprint, alarm("no-login").fingerprint);
    const fewer = ({ output }: Recorded) => {
      output.diagnostics = output.diagnostics.filter(({ message }) => !message.includes("role-holder-foreign"));
    };
    assert.notEqual(alarm("intrusion", fewer).fingerprint, alarm("intrusion").fingerprint);
  });

  it("the drift alarm must find its own issue by the marker in its text, and no other stack's", () => {
    const { body, fingerprint } = alarm("drift");
    assert.deepEqual(readMarker(body, "prod"), { kind: "drift", fingerprint, entries: alarm("drift").entries });
    assert.equal(readMarker(body, "test"), null);
    assert.equal(readMarker("a person's own issue about drift of prod", "prod"), null);
    assert.ok(body.startsWith(issueMarker("prod", "drift", fingerprint)));
  });

  it("the drift alarm must open one issue, and none while one is open", () => {
    const drift = alarm("drift");
    assert.deepEqual(told(decide(drift, [])), [["open", "drift"]]);
    assert.deepEqual(decide(drift, [open(4, drift)]), []);
  });

  it("the drift alarm must update the open issue if the findings changed", () => {
    const drift = alarm("drift");
    assert.deepEqual(told(decide(drift, [open(4, drift, "0000000000000000")])), [["update", "drift", 4]]);
  });

  it("the drift alarm must say which findings are new and which are gone since the last alarm", () => {
    const comment = (now: Alarm, before: OpenIssue) => {
      const [action] = decide(now, [before]);
      assert.equal(action.do, "update");
      return "comment" in action ? action.comment : "";
    };
    const more = alarm("intrusion");
    const fewer = alarm("intrusion", ({ output }) => {
      output.diagnostics = output.diagnostics.filter(({ message }) => !message.includes("role-holder-foreign"));
    });
    const [gone] = more.entries.filter((entry) => !fewer.entries.includes(entry));
    assert.match(gone, /^tenant role-holder-foreign/);
    const words = (what: string) =>
      `The findings changed; the text above is current. Since the last alarm ${what}: \`${gone}\`.`;
    assert.equal(comment(more, open(4, fewer)), words("new"));
    assert.equal(comment(fewer, open(4, more)), words("gone"));
    assert.match(comment(more, open(4, more, "0000000000000000")), /The codes are the same, their details are not\.$/);
    const older = { ...open(4, more, "0000000000000000"), entries: null };
    assert.equal(comment(more, older), "The findings changed; the text above is current.");
  });

  it("the drift alarm must read what it listed from its issue in GitHub and from its work item in Azure DevOps", () => {
    for (const name of ["intrusion", "drift", "writeback", "unreachable", "bad-configuration"]) {
      const { body, entries } = alarm(name);
      assert.ok(entries.length > 0, name);
      assert.deepEqual(readEntries(body), entries);
      assert.deepEqual(readEntries(preformatted(body).replaceAll("&#96;", "`")), entries);
    }
    assert.equal(readEntries("an issue of an earlier version"), null);
    assert.equal(readEntries("In short: <script> x."), null);
  });

  it("the drift alarm must close its issue once nothing differs", () => {
    const issues = [open(4, alarm("drift")), open(5, alarm("unreachable"))];
    assert.deepEqual(told(decide(alarm("unchanged"), issues)), [
      ["close", "drift", 4],
      ["close", "blind", 5],
    ]);
  });

  it("the drift alarm must neither close nor open a drift issue if it could not preview", () => {
    assert.deepEqual(told(decide(alarm("unreachable"), [open(4, alarm("drift"))])), [["open", "blind"]]);
  });

  it("the drift alarm must close the issue about itself once it can preview again, even if there is drift", () => {
    const actions = decide(alarm("drift"), [open(5, alarm("unreachable"))]);
    assert.deepEqual(told(actions), [
      ["open", "drift"],
      ["close", "blind", 5],
    ]);
  });

  it("the drift alarm must keep the oldest of several equal issues and close the others", () => {
    const drift = alarm("drift");
    assert.deepEqual(told(decide(drift, [open(9, drift), open(4, drift)])), [["close", "drift", 9]]);
  });
});
