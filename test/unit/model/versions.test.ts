import assert from "node:assert/strict";
import { compareVersions, isVersion, KNOWN_ISSUES, knownIssues, MINIMUM_VERSION } from "../../../model/server/versions";

describe("product versions", () => {
  it("must compare by number, not by text", () => {
    assert.ok(compareVersions("2.5.190.0", "2.5.79.0") > 0);
    assert.ok(compareVersions("2.5.9.0", "2.5.79.0") < 0);
    assert.ok(compareVersions("10.0.0.0", "9.9.9.9") > 0);
    assert.equal(compareVersions("2.5.79.0", "2.5.79.0"), 0);
  });

  it("must count missing parts as 0", () => {
    assert.equal(compareVersions("2.5", "2.5.0.0"), 0);
    assert.ok(compareVersions("2.5", "2.5.0.1") < 0);
    assert.ok(compareVersions("2.5.0.1", "2.5") > 0);
  });

  it("must take four numbers for a version and nothing else", () => {
    assert.equal(isVersion("2.6.84.0"), true);
    for (const text of ["2.6.84", "2.6.84.0.1", "v2.6.84.0", "2.6.84.x", "", "2.6.84.0\n"]) {
      assert.equal(isVersion(text), false, JSON.stringify(text));
    }
  });

  it("must hold the service's cutoff as the floor", () => {
    assert.equal(MINIMUM_VERSION, "2.5.79.0");
  });

  it("must begin and end each known issue's window at its documented versions", () => {
    for (const issue of KNOWN_ISSUES) {
      const has = (version: string) => knownIssues(version).includes(issue);
      assert.equal(has(issue.fixedIn), false, `${issue.summary}: ${issue.fixedIn}`);
      assert.equal(has(issue.since ?? "0.0.0.1"), true, issue.summary);
      if (issue.since === "2.6.79.0") assert.equal(has("2.6.78.0"), false, issue.summary);
    }
  });

  for (const [version, issues] of [
    ["2.5.75.0", ["synchronisation fails", "elevation", "wipes"]],
    ["2.5.78.0", ["synchronisation fails", "elevation", "wipes", "onboards"]],
    ["2.5.79.0", ["elevation", "wipes", "onboards"]],
    ["2.6.1.0", ["elevation", "onboards"]],
    ["2.6.79.0", ["elevation", "onboards", "recalled"]],
    ["2.6.79.1", ["elevation", "onboards"]],
  ] as const) {
    it(`must know the issues of ${version}: ${issues.join(", ")}`, () => {
      const known = knownIssues(version).map(({ summary }) => issues.find((word) => summary.includes(word)) ?? summary);
      assert.deepEqual(known, issues);
    });
  }

  it("must know no issue of the version that the sandbox emulates", () => {
    assert.deepEqual(knownIssues("2.6.84.0"), []);
  });
});
