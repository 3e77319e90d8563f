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
  it("must begin with the marker by which it is found again, one for each stack", () => {
    assert.ok(comment("unchanged").startsWith(`${commentMarker("prod")}\n`));
    assert.notEqual(commentMarker("prod"), commentMarker("test"));
  });

  it("must say in its first line that there is nothing to do, and name no server then", () => {
    const text = comment("unchanged");
    assert.match(text, /\*\*Nothing to do\.\*\*/);
    assert.doesNotMatch(text, /^### /m);
  });

  it("must tell notices apart from findings, and what the identity may not read", () => {
    const text = comment("unchanged");
    assert.match(text, /2 notices: worth knowing/);
    assert.match(text, /\*\*`legacy-account-present`\*\* The password account/);
    assert.match(text, /may not read it: `Directory\.Read\.All`/);
  });

  it("must say in the order of their happening what an onboarding does, and what it interrupts", () => {
    const text = section(comment("onboarding"), "Server `sync01`");
    const order = ["An application of this", "is given: ADSynchronization.ReadWrite.All", "host program is copied"];
    order.push(
      "A new key is made in the server's TPM",
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

  it("must show a finding with code, meaning, expected, found and its cure, and the steps that heal it", () => {
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

  it("must ask who changed the host program, and say that copying it interrupts nothing", () => {
    const text = section(comment("drift"), "Server `sync02`");
    assert.match(text, /`program-changed`[\s\S]*runs as administrator, is copied anew[\s\S]*interrupts:\*\* Nothing\./);
    assert.match(text, /Find out who changed a program that runs as administrator/);
  });

  it("must ask for a review of a new host program, which is a change of the declaration", () => {
    const text = comment("drift", ({ output }) => {
      const server = output.steps.find(({ urn }) => urn.endsWith("::sync02-server"))!;
      server.newState!.inputs.programSha256 = "f".repeat(64);
    });
    assert.match(section(text, "Server `sync02`"), /A new host program\*\*: .*Read the change of `host\/`/);
    assert.doesNotMatch(comment("drift"), /A new host program/);
  });

  it("must ask for the host key's comparison where the way to a server changes", () => {
    assert.match(comment("moved"), /How the server is reached changes \(host\)\. Compare the host key/);
    assert.doesNotMatch(comment("writeback"), /How the server is reached/);
  });

  it("must say that further roles are given, by their names", () => {
    const text = section(comment("writeback"), "Server `sync02`");
    assert.match(text, /is given: PasswordWriteback\.OffboardClient\.All, PasswordWriteback\.RefreshClient\.All/);
    assert.match(text, /The application gets further roles/);
  });

  it("must say of a server that leaves what is taken away, and that the run stops while it is in use", () => {
    const text = section(comment("removed"), "Server `sync02`");
    assert.match(text, /\*\*If it does, the run stops here\.\*\*/);
    assert.match(text, /deleted from Entra/);
    assert.match(text, /`npx connect-sync-identity leave`/);
    assert.doesNotMatch(text, /host key|host program\*\*|rotation/);
  });

  it("must call an intrusion an incident, with who it was and what takes it away", () => {
    const text = comment("intrusion");
    const server = section(text, "Server `sync01`");
    assert.match(server, /`secret-foreign`[\s\S]*mallory@[\s\S]*what to do: `Find out who added it, then az ad app/);
    assert.match(server, /Treat it as an incident until it is explained/);
    assert.match(section(text, "The tenant"), /`role-holder-foreign`/);
  });

  it("must say of a red preview that it shows nothing for sure, and give the reason with its code", () => {
    const text = comment("unreachable");
    assert.match(text, /\*\*This preview is red\.\*\* It could not see everything/);
    assert.match(section(text, "Server `sync02`"), /stands in the way[\s\S]*\[HOST_UNREACHABLE\]/);
  });

  it("must tell every problem of a configuration, each at its server", () => {
    const text = comment("bad-configuration");
    assert.match(section(text, "Server `sync01`"), /"aktive".*\[CONFIGURATION_INVALID\]/);
    assert.match(section(text, "Server `sync02`"), /"stagging".*\[CONFIGURATION_INVALID\]/);
  });

  it("must find the reason of a failed sign-in among what the engine could not deliver, without its stack traces", () => {
    const text = comment("no-login");
    assert.match(text, /AADSTS7000215/);
    assert.doesNotMatch(text, /serializing property|node_modules|message severity/);
  });

  it("must be red where there is no output at all, or an exit code that nothing explains", () => {
    const nothing = formatComment(readPreview("", 1), { stack: "prod" });
    assert.match(nothing, /This preview is red[\s\S]*exit code 1 before it showed anything/);
    const unexplained = report("unchanged", (preview) => void (preview.exitCode = 8));
    assert.equal(unexplained.outcome, "failed");
    assert.match(formatComment(unexplained, { stack: "prod" }), /exit code 8/);
  });

  it("must let no text of a server or tenant be read as markup", () => {
    const evil =
      "sync01: secret-foreign: expected none, found `` @contoso/admins [x](https://evil.example) <img src=x> #12 -->\u202e\u001b[31m";
    const text = comment("unchanged", finding(evil));
    const line = text.split("\n").find((candidate) => candidate.includes("@contoso"))!;
    assert.match(line, /^ {2}- found: ``` `` @contoso\/admins .*-->.* ```$/);
    assert.doesNotMatch(text, /[\u202e\u001b]/);
    const several = comment("unchanged", finding("sync01: secret-foreign: expected none, found a\n\n# b\n```\nc"));
    assert.doesNotMatch(several, /^(# b|```)/m);
  });

  it("must keep within what GitHub takes, and say what it left out", () => {
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

  it("must cut another report, however long it is, before it takes the comment's room", () => {
    const text = formatComment(report("drift"), { stack: "prod", report: "y".repeat(100_000) });
    assert.ok(text.length < LONGEST_COMMENT);
    assert.match(text, /certificate-missing/);
    assert.match(text, /The stack as it is/);
  });

  it("must link to the run and name the commit, and take no other address", () => {
    const options = { stack: "prod", commit: "3f786850e387550f", run: "https://github.com/contoso/x/actions/runs/1" };
    assert.match(formatComment(report("unchanged"), options), /commit `3f786850e387`, \[log of this run\]\(https:/);
    const wrong = formatComment(report("unchanged"), { ...options, run: "javascript:alert(1)" });
    assert.doesNotMatch(wrong, /javascript/);
  });

  it("must tell servers apart whose names end like parts of one", () => {
    const rename = (preview: Recorded) => {
      for (const step of preview.output.steps) step.urn = step.urn.replaceAll("::sync01", "::eu-server");
    };
    assert.ok(section(comment("onboarding", rename), "Server `eu-server`"));
    assert.doesNotMatch(comment("onboarding", rename), /Server `eu`/);
  });
});
