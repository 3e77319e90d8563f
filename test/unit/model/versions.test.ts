import assert from "node:assert/strict";
import { KNOWN_ISSUES, MINIMUM_VERSION } from "../../../model/server/product-table";
import type { Cloud } from "../../../model/tenant/clouds";
import { compareVersions, isVersion, knownIssues } from "../../../model/server/versions";

describe("product versions", () => {
  it("versions must be compared by number, not by text", () => {
    assert.ok(compareVersions("2.5.190.0", "2.5.79.0") > 0);
    assert.ok(compareVersions("2.5.9.0", "2.5.79.0") < 0);
    assert.ok(compareVersions("10.0.0.0", "9.9.9.9") > 0);
    assert.equal(compareVersions("2.5.79.0", "2.5.79.0"), 0);
  });

  it("missing parts of a version must count as 0", () => {
    assert.equal(compareVersions("2.5", "2.5.0.0"), 0);
    assert.ok(compareVersions("2.5", "2.5.0.1") < 0);
    assert.ok(compareVersions("2.5.0.1", "2.5") > 0);
  });

  it("a version must consist of four numbers", () => {
    assert.equal(isVersion("2.6.84.0"), true);
    for (const text of ["2.6.84", "2.6.84.0.1", "v2.6.84.0", "2.6.84.x", "", "2.6.84.0\n"]) {
      assert.equal(isVersion(text), false, JSON.stringify(text));
    }
  });

  it("the minimum version must be the service's cutoff", () => {
    assert.equal(MINIMUM_VERSION, "2.5.79.0");
  });

  it("each known issue must begin and end at its documented versions", () => {
    for (const issue of KNOWN_ISSUES) {
      const has = (version: string) => knownIssues(version, issue.clouds?.[0]).includes(issue);
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
    it(`version ${version} must have the known issues: ${issues.join(", ")}`, () => {
      const known = knownIssues(version).map(({ summary }) => issues.find((word) => summary.includes(word)) ?? summary);
      assert.deepEqual(known, issues);
    });
  }

  it("the defect of the cloud of China must be known there alone, until 2.6.84.0", () => {
    const known = (version: string, cloud: Cloud) =>
      knownIssues(version, cloud).some(({ summary }) => /China/.test(summary));
    assert.deepEqual(
      [known("2.6.3.0", "china"), known("2.6.84.0", "china"), known("2.6.3.0", "usgovernment")],
      [true, false, false],
    );
  });

  it("the emulated version must have no known issue", () => {
    assert.deepEqual(knownIssues("2.6.84.0"), []);
  });
});
