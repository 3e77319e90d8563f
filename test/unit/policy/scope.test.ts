/** Which stacks a rule is for, and what an exception does. */
import assert from "node:assert/strict";
import type { Violation } from "../../../policy/rule";
import { concerns, excepted, isProduction, matches } from "../../../policy/scope";
import { DEVELOPMENT, PRODUCTION } from "../../helpers/policy-resources";

const named = (name: string) => ({ ...DEVELOPMENT, name });

describe("the stacks of a rule", () => {
  it("the stacks of a rule must be named by patterns in which only * is special", () => {
    assert.ok(matches("prod", "prod") && matches("PROD-*", "prod-emea") && matches("*", "anything"));
    assert.ok(!matches("prod", "prod2") && !matches("prod-*", "preprod-1") && !matches("p.od", "prod"));
    assert.ok(matches("a*c*e", "abcde") && !matches("a*c*e", "abcd"));
  });

  it("a stack must be production by its configuration or by its name", () => {
    assert.ok(isProduction({ ...DEVELOPMENT, environment: "production" }));
    for (const name of ["prod", "prod-emea", "emea-prod", "production", "Production-1"]) {
      assert.ok(isProduction(named(name)), name);
    }
    for (const name of ["dev", "preprod", "product", "nonprod"]) assert.ok(!isProduction(named(name)), name);
  });

  it("a rule must apply to all stacks, to production stacks, or to those that the setting names", () => {
    assert.ok(concerns({ scope: "every stack" }, {}, DEVELOPMENT));
    assert.ok(concerns({ scope: "production" }, {}, PRODUCTION));
    assert.ok(!concerns({ scope: "production" }, {}, DEVELOPMENT));
    assert.ok(concerns({ scope: "production" }, { stacks: ["d*"] }, DEVELOPMENT));
    assert.ok(!concerns({ scope: "every stack" }, { stacks: ["d*"] }, PRODUCTION));
    assert.ok(!concerns({ scope: "every stack" }, { stacks: [] }, PRODUCTION));
  });
});

describe("an exception", () => {
  const violation: Violation = { subject: "sync01", property: "a", actual: "b", expected: "c", remedy: "D." };
  const entry = { server: "sync01", reason: "no TPM until March", expires: "2027-03-31" };
  const judge = (exceptions: (typeof entry)[], today = "2027-03-31") =>
    excepted(violation, { exceptions }, PRODUCTION, today);

  it("an exception must exempt its server until the end of its last day", () => {
    assert.deepEqual(judge([entry]), { violation: null, exception: entry });
    assert.equal(judge([entry], "2027-04-01").violation?.remedy, "D. Its exception ended on 2027-03-31.");
    assert.equal(judge([entry], "2027-04-01").exception, null);
  });

  it("an exception must apply to its server only, and to its stack if one is named", () => {
    assert.deepEqual(judge([{ ...entry, server: "sync02" }]), { violation, exception: null });
    assert.deepEqual(judge([{ ...entry, server: "test/sync01" }]), { violation, exception: null });
    assert.equal(judge([{ ...entry, server: "prod/sync01" }]).violation, null);
    assert.deepEqual(judge([]), { violation, exception: null });
  });

  it("a later exception must count after an earlier one ended", () => {
    const later = { ...entry, expires: "2027-12-31" };
    assert.deepEqual(judge([entry, later], "2027-06-01").exception, later);
    assert.match(judge([entry, later], "2028-01-01").violation!.remedy, /ended on 2027-12-31\.$/);
  });
});
