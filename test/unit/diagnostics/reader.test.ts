/** Who reads, by environment and folder; and a diagnostic as a program reads it. */
import assert from "node:assert/strict";
import { diagnose, formatDiagnostic, ProblemError } from "../../../model/diagnostics/diagnostic";
import { DiagnosticDocument, documentOf } from "../../../model/diagnostics/diagnostic-document";
import { readerOf } from "../../../model/diagnostics/reader";
import { own, pulumi, renderCommand } from "../../../model/diagnostics/remedy";
import { READER } from "../../helpers/remedies";

describe("the reader of a diagnostic", () => {
  it("must be the sandbox's only on the sandbox's stack and inside a sandbox", () => {
    const inside = { SANDBOX_STARTED: "/tmp/sandbox" };
    assert.equal(readerOf("dev", inside).sandbox, true);
    assert.equal(readerOf("prod", inside).sandbox, false);
    assert.equal(readerOf("dev", {}).sandbox, false);
  });

  it("must get every command for the folder that was named, quoted, if the reader is not in it", () => {
    const there = readerOf("prod", {}, "../it's infra");
    const folder = String.raw`--cwd '../it'\''s infra'`;
    const lines = [renderCommand(own("adopt", "sync01"), there), renderCommand(pulumi("up"), there)];
    assert.deepEqual(lines, [
      `npx connect-sync-identity ${folder} adopt sync01 --stack prod`,
      `pulumi ${folder} up --stack prod`,
    ]);
    const sandbox = readerOf("dev", { SANDBOX_STARTED: "/tmp/sandbox" }, "clone");
    assert.equal(renderCommand(pulumi("up"), sandbox), "npx connect-sync-identity --cwd clone sandbox pulumi -- up");
    assert.equal(renderCommand(pulumi("up"), readerOf("prod", {})), "pulumi up --stack prod");
  });
});

describe("a diagnostic", () => {
  const found = diagnose("APPLICATION_UNKNOWN", "sync01", { appId: "a", name: 'b{appId}"', server: "sync01" });

  it("must take values as they are: a name with braces is no template", () => {
    assert.match(found.actual, /^application a \("b\{appId\}""\) with/);
  });

  it("must be one line that ends with its code if it is an error, and begins with it otherwise", () => {
    assert.match(formatDiagnostic(found, READER), /^sync01: application: .* --stack prod \[APPLICATION_UNKNOWN\]$/);
    const notice = diagnose("version-support-ends", "sync01", {
      version: "2.5",
      ahead: "which has passed",
      end: "2026-01-01",
    });
    const line =
      "sync01: version-support-ends: support for version 2.5 ends on 2026-01-01, which has passed. Upgrade Microsoft";
    assert.ok(formatDiagnostic(notice).startsWith(line));
    const holder = { found: "x", id: "1", assignmentId: "2" };
    const tenant = diagnose("role-holder-foreign", null, holder, { remedy: "other" });
    assert.match(formatDiagnostic(tenant), /^tenant: role-holder-foreign: expected .*, found x\. Remove the role: az /);
  });

  it("must be the same for programs, with its commands apart and its page", () => {
    const document = documentOf(found, READER);
    assert.deepEqual(DiagnosticDocument.parse(document), document);
    assert.deepEqual(document.commands, [
      { shell: "posix", command: "npx connect-sync-identity adopt sync01 --stack prod" },
    ]);
    assert.equal(document.page, "docs/diagnostics.md#application_unknown");
  });

  it("must name the stack as a placeholder in an error of which the reader is not known", () => {
    const error = new ProblemError([found]);
    assert.match(error.message, /adopt sync01 --stack <stack> \[APPLICATION_UNKNOWN\]$/);
    assert.equal(error.code, "APPLICATION_UNKNOWN");
  });
});
