/** The comment on a pull request, from previews recorded in the sandbox. */
import assert from "node:assert/strict";
import { commentMarker, formatComment, LONGEST_COMMENT } from "../../../cli/pipeline/comment";
import { readPreview } from "../../../cli/pipeline/preview-report";
import { report, type Recorded } from "./recorded";

const comment = (name: string, change?: (preview: Recorded) => void) =>
  formatComment(report(name, change), { stack: "prod" });

/** The part of a comment about one server, or the tenant. */
function section(text: string, title: string): string {
  const found = text.split(/^### /m).find((part) => part.startsWith(title));
  assert.ok(found, `no section ${title} in:\n${text}`);
  return found.split("<details>")[0];
}

/** Adds a warning as a server's finding. */
const finding = (message: string) => (preview: Recorded) =>
  void preview.output.diagnostics.push({ severity: "warning", message: `warning: ${message}\n` });

describe("the comment on a pull request", () => {
  it("the comment must begin with its hidden marker, one for each stack", () => {
    assert.ok(comment("unchanged").startsWith(`${commentMarker("prod")}\n`));
    assert.notEqual(commentMarker("prod"), commentMarker("test"));
  });

  it("the comment must say in its first line that there is no work, and then name no server", () => {
    const text = comment("unchanged");
    assert.match(text, /\*\*Nothing to do\.\*\*/);
    assert.doesNotMatch(text, /^### /m);
  });

  it("the comment must separate notices from findings, and list what the identity cannot read", () => {
    const text = comment("unchanged");
    assert.match(text, /2 notices: no immediate action needed/);
    assert.match(text, /\*\*`legacy-account-present`\*\* The password account/);
    assert.match(text, /may not read it: `Directory\.Read\.All`/);
  });

  it("the comment must list the steps of an onboarding in order, and what it interrupts", () => {
    const text = section(comment("onboarding"), "Server `sync01`");
    const order = ["An application for this", "is given: ADSynchronization.ReadWrite.All", "host program is copied"];
    order.push(
      "A new key is created in the server's TPM",
      "is uploaded",
      "proven with a token; then the connector is switched",
    );
    const places = order.map((words) => text.indexOf(words));
    assert.ok(
      places.every((place) => place > 0),
      text,
    );
    assert.deepEqual(
      [...places].sort((left, right) => left - right),
      places,
    );
    assert.match(text, /What it interrupts:\*\* Synchronisation pauses around the switch/);
    assert.match(text, /reviewer\*\*\n\n- A new application gets the right to synchronise/);
  });

  it("the comment must show a finding with code, meaning, expected and actual value, its cure, and the steps that fix it", () => {
    const text = section(comment("drift"), "Server `sync01`");
    assert.match(text, /\*\*`certificate-missing`\*\* The certificate is gone from the server's machine store\./);
    assert.match(text, /expected: `a certificate labelled "ConnectSyncIdentity dev\/sync01 g1"`/);
    assert.match(text, /found: `none in LocalMachine\\My`/);
    const [uploaded, switched, key, certificate] = [
      "uploaded",
      "switched to it",
      "old key credential",
      "old certificate",
    ];
    const places = [uploaded, switched, key, certificate].map((words) => text.lastIndexOf(words));
    assert.ok(
      places.every((place, index) => place > (places[index - 1] ?? 0)),
      text,
    );
  });

  it("the comment must ask who changed the host program, and say that copying it interrupts nothing", () => {
    const text = section(comment("drift"), "Server `sync02`");
    assert.match(
      text,
      /`program-changed`[\s\S]*runs as administrator, is copied again[\s\S]*interrupts:\*\* Nothing\./,
    );
    assert.match(text, /Find out who changed a program that runs as administrator/);
  });

  it("the comment must request a review of a new host program, which is a change of the declaration", () => {
    const text = comment("drift", ({ output }) => {
      const server = output.steps.find(({ urn }) => urn.endsWith("::sync02-server"))!;
      server.newState!.inputs.programSha256 = "f".repeat(64);
    });
    assert.match(section(text, "Server `sync02`"), /A new host program\*\*: .*Read the change of `host\/`/);
    assert.doesNotMatch(comment("drift"), /A new host program/);
  });

  it("the comment must request a comparison of the host key if the connection of a server changes", () => {
    assert.match(comment("moved"), /How the server is reached changes \(host\)\. Compare the host key/);
    assert.doesNotMatch(comment("writeback"), /How the server is reached/);
  });

  it("the comment must name additional roles", () => {
    const text = section(comment("writeback"), "Server `sync02`");
    assert.match(text, /is given: PasswordWriteback\.OffboardClient\.All, PasswordWriteback\.RefreshClient\.All/);
    assert.match(text, /The application gets further roles/);
  });

  it("the comment must list what is removed with a server, and that the run stops while it is in use", () => {
    const text = section(comment("removed"), "Server `sync02`");
    assert.match(text, /\*\*If it does, the run stops here\.\*\*/);
    assert.match(text, /deleted from Entra/);
    assert.match(text, /`npx connect-sync-identity leave`/);
    assert.doesNotMatch(text, /host key|host program\*\*|rotation/);
  });

  it("the comment must call an intrusion an incident, with its author and the command that removes it", () => {
    const text = comment("intrusion");
    const server = section(text, "Server `sync01`");
    assert.match(
      server,
      /`secret-foreign`[\s\S]*mallory@[\s\S]*what to do: `Find out who added it, then remove it: az ad app/,
    );
    assert.match(server, /Treat it as an incident until it is explained/);
    assert.match(section(text, "The tenant"), /`role-holder-foreign`/);
  });

  it("the comment must say that a failed preview is incomplete, and give the reason with its code", () => {
    const text = comment("unreachable");
    assert.match(text, /\*\*This preview is red\.\*\* It is incomplete/);
    assert.match(section(text, "Server `sync02`"), /blocks the run[\s\S]*\[HOST_UNREACHABLE\]/);
  });

  it("the comment must list every error of a configuration, each at its server", () => {
    const text = comment("bad-configuration");
    assert.match(section(text, "Server `sync01`"), /"aktive".*\[CONFIGURATION_INVALID\]/);
    assert.match(section(text, "Server `sync02`"), /"stagging".*\[CONFIGURATION_INVALID\]/);
  });

  it("the comment must find the reason of a failed sign-in in the engine's output, without stack traces", () => {
    const text = comment("no-login");
    assert.match(text, /AADSTS7000215/);
    assert.doesNotMatch(text, /serializing property|node_modules|message severity/);
  });

  it("the comment must report a failure if there is no output at all, or an unknown exit code", () => {
    const nothing = formatComment(readPreview("", 1), { stack: "prod" });
    assert.match(nothing, /This preview is red[\s\S]*exit code 1 before it showed anything/);
    const unexplained = report("unchanged", (preview) => void (preview.exitCode = 8));
    assert.equal(unexplained.outcome, "failed");
    assert.match(formatComment(unexplained, { stack: "prod" }), /exit code 8/);
  });

  it("the comment must not contain text of a server or tenant as markup", () => {
    const evil =
      "sync01: secret-foreign: expected none, found `` @contoso/admins [x](https://evil.example) <img src=x> #12 -->\u202e\u001b[31m";
    const text = comment("unchanged", finding(evil));
    const line = text.split("\n").find((candidate) => candidate.includes("@contoso"))!;
    assert.match(line, /^ {2}- found: ``` `` @contoso\/admins .*-->.* ```$/);
    assert.doesNotMatch(text, /[\u202e\u001b]/);
    const several = comment("unchanged", finding("sync01: secret-foreign: expected none, found a\n\n# b\n```\nc"));
    assert.doesNotMatch(several, /^(# b|```)/m);
  });

  it("the comment must stay within GitHub's limit, and say what it left out", () => {
    const many = (preview: Recorded) => {
      for (let index = 0; index < 400; index += 1) {
        finding(`server${index}: certificate-missing: expected ${"x".repeat(300)}, found none.`)(preview);
      }
    };
    const text = comment("unchanged", many);
    assert.ok(text.length <= LONGEST_COMMENT, String(text.length));
    assert.match(text, /_\d+ sections left out, as this would be too long/);
    assert.match(text, /400 findings/);
  });

  it("the comment must shorten an attached report before it runs out of room", () => {
    const text = formatComment(report("drift"), { stack: "prod", report: "y".repeat(100_000) });
    assert.ok(text.length < LONGEST_COMMENT);
    assert.match(text, /certificate-missing/);
    assert.match(text, /The stack as it is/);
  });

  it("the comment must link to the run and name the commit, and contain no other address", () => {
    const options = { stack: "prod", commit: "3f786850e387550f", run: "https://github.com/contoso/x/actions/runs/1" };
    assert.match(formatComment(report("unchanged"), options), /commit `3f786850e387`, \[log of this run\]\(https:/);
    const wrong = formatComment(report("unchanged"), { ...options, run: "javascript:alert(1)" });
    assert.doesNotMatch(wrong, /javascript/);
  });

  it("the comment must distinguish servers whose names end alike", () => {
    const rename = (preview: Recorded) => {
      for (const step of preview.output.steps) step.urn = step.urn.replaceAll("::sync01", "::eu-server");
    };
    assert.ok(section(comment("onboarding", rename), "Server `eu-server`"));
    assert.doesNotMatch(comment("onboarding", rename), /Server `eu`/);
  });
});
