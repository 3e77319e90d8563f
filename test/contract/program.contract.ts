/** How the program is started, and the form of its answers. */
import { installedCommand, observeCommand } from "../../model/protocol/host-bootstrap";
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { removeProgramCommand } from "../../model/protocol/host-bootstrap";
import { ANSWER_BEGIN, ANSWER_END } from "../../model/protocol/host-protocol";
import { refused, result } from "./assertions";
import { APP_ID, certificateRequest, observeRequest, releaseRequest } from "./contract-host";
import { scriptOf } from "../helpers/commands";
import type { CurrentHost } from "./host-protocol.contract";

/** The parameters of the program before `-Manifest`. */
const EARLIER_PROGRAM = `[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)] [ValidateSet('observe', 'register')] [string] $Operation,
    [string] $Request = '',
    [switch] $Full
)
exit 0
`;
const FOLDER = "C/Program Files/ConnectSyncIdentity";

export function describeProgram(host: CurrentHost): void {
  describe("program and answers", () => {
    it("the host program must answer between its markers among the noise of a real host", async () => {
      const { stdout, stderr } = await host().run("observe", observeRequest());
      const begin = stdout.indexOf(ANSWER_BEGIN);
      assert.ok(begin > 0, "no noise before the answer: parsing would not be tried");
      assert.ok(stdout.indexOf(ANSWER_END) > begin);
      assert.equal(stderr, "", "records on stderr although the output format is Text");
    });

    it("the host program must print only ASCII", async () => {
      host().change((state) => {
        state.connector.name = "Zürich – AAD";
      });
      const run = await host().run("observe", observeRequest());
      assert.doesNotMatch(run.stdout, /[^\t\r\n -~]/);
      assert.equal(result(run).connector.name, "Zürich – AAD");
    });

    it("the host program must refuse a request that is not ASCII", async () => {
      host().install();
      const json = JSON.stringify({ ...observeRequest(), server: "zürich" });
      const run = await host().exec(installedCommand("observe"), json);
      assert.equal(run.exitCode, 2);
      assert.match(run.stderr, /: INVALID_REQUEST: /);
    });

    it("the host program must refuse text that is not JSON", async () => {
      refused(await host().run("observe", "{"), "INVALID_REQUEST");
    });

    it("the host program must refuse a request with an unknown property, and name it", async () => {
      const error = refused(await host().run("observe", { ...observeRequest(), color: "red" }), "INVALID_REQUEST");
      assert.match(error.actual, /color/);
    });

    it("the host program must refuse a request with a missing property", async () => {
      const { label: _label, ...request } = certificateRequest();
      refused(await host().run("ensure-certificate", request), "INVALID_REQUEST");
    });

    it("a line break after a value must not be taken for its end", async () => {
      const hash = "a".repeat(64);
      const broken: ["release" | "ensure-certificate", object, string][] = [
        ["release", releaseRequest(`${hash}\n`), "certificateSha256"],
        ["release", releaseRequest(hash, `${APP_ID}\n`), "appId"],
        ["ensure-certificate", certificateRequest(1, { minimumVersion: "2.5.79.0\n" }), "minimumVersion"],
        ["ensure-certificate", certificateRequest(1, { adoptSha256: `${hash}\n` }), "adoptSha256"],
        ["ensure-certificate", certificateRequest(1, { keyName: "ConnectSyncIdentity-prod-sync01-g1\n" }), "keyName"],
      ];
      for (const [operation, request, property] of broken) {
        assert.match(refused(await host().run(operation, request), "INVALID_REQUEST").actual, new RegExp(property));
      }
    });

    it("the host program must refuse a request of another protocol version", async () => {
      refused(await host().run("observe", { ...observeRequest(), protocol: 2 }), "INVALID_REQUEST");
    });

    it("a bootstrap must run the installed program", async () => {
      host().startCold();
      const sha256 = host().install();
      const run = await host().runInstalled("observe", observeRequest());
      assert.deepEqual(result(run).program, { sha256, problem: null, foreign: [] });
    });

    it("a bootstrap must observe with the installed program if it is the expected one", async () => {
      host().startCold();
      const sha256 = host().install();
      assert.deepEqual(result(await host().runObserve(sha256)).program, { sha256, problem: null, foreign: [] });
    });

    it("a signed program must run as it was signed, with the hash of its own manifest", async () => {
      host().startCold();
      const block = "\r\n# SIG # Begin signature block\r\n# MIIFuQYJKoZIhvcNAQcCoII\r\n# SIG # End signature block\r\n";
      const signed = (content: Buffer) =>
        `\ufeff${content.toString("utf8").replaceAll("\n", "\r\n").trimEnd()}${block}`;
      const sha256 = host().install((content) => Buffer.from(signed(content)));
      assert.deepEqual(result(await host().runObserve(sha256)).program, { sha256, problem: null, foreign: [] });
      const { exitCode } = await host().exec(
        installedCommand("release"),
        JSON.stringify(releaseRequest("0".repeat(64))),
      );
      assert.equal(exitCode, 0);
    });

    it("a bootstrap must answer PROGRAM_MISMATCH if another program is installed", async () => {
      host().startCold();
      const sha256 = host().install();
      const error = refused(await host().runObserve("0".repeat(64)), "PROGRAM_MISMATCH");
      assert.match(error.remedy, /pulumi up/);
      assert.equal(error.actual.toLowerCase(), `program ${sha256}`);
    });

    /** A call that ends without an answer, and not with success. */
    async function unanswered(command: string, request: object) {
      const { exitCode, stdout } = await host().exec(command, JSON.stringify(request));
      assert.notEqual(exitCode, 0, command);
      assert.ok(!stdout.includes(ANSWER_BEGIN.slice(0, 20)), stdout);
    }

    it("a bootstrap must not run a program that is not installed", async () => {
      host().startCold();
      await unanswered(observeCommand("0".repeat(64)), observeRequest());
      await unanswered(installedCommand("register"), {});
      await unanswered(installedCommand("release"), releaseRequest("0".repeat(64)));
    });

    it("a program that was cut off must never end with success, and change nothing", async () => {
      host().startCold();
      host().install();
      const file = path.join(host().filesRoot, FOLDER, "ConnectSyncHost.ps1");
      const whole = fs.readFileSync(file);
      for (const share of [0.9, 0.5, 0.05]) {
        fs.writeFileSync(file, whole.subarray(0, Math.floor(whole.length * share)));
        await unanswered(installedCommand("ensure-certificate"), certificateRequest());
      }
      fs.writeFileSync(file, "");
      await unanswered(installedCommand("release"), releaseRequest("0".repeat(64)));
      assert.equal(host().state.certificates.length, 0);
    });

    it("a program of an older version must not answer a call that it does not know", async () => {
      host().startCold();
      host().install();
      const file = path.join(host().filesRoot, FOLDER, "ConnectSyncHost.ps1");
      fs.writeFileSync(file, EARLIER_PROGRAM);
      await unanswered(observeCommand("0".repeat(64)), observeRequest());
    });

    it("a command that an earlier version wrote into a state must run the installed program", async () => {
      host().startCold();
      host().install();
      const earlier = scriptOf(installedCommand("release")).replace(" release ", " ensure-certificate ");
      const encoded = Buffer.from(earlier, "utf16le").toString("base64");
      const command = `powershell.exe -NoLogo -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand ${encoded}`;
      const run = await host().exec(command, JSON.stringify(certificateRequest()));
      assert.equal(run.exitCode, 0, run.stderr);
      assert.equal(host().state.certificates.length, 1);
    });

    it("an execution policy that wants signatures must refuse the program as a file and on stdin", async () => {
      host().startCold();
      const sha256 = host().install();
      host().faults.set("sync01", "all-signed", null);
      await unanswered(observeCommand(sha256), observeRequest());
      const error = refused(await host().run("observe", observeRequest()), "EXECUTION_POLICY");
      assert.equal(error.actual, "AllSigned");
    });

    it("a server whose Program Files has no short name must not start the program, and run it from stdin", async () => {
      host().startCold();
      const sha256 = host().install();
      host().faults.set("sync01", "no-short-names", null);
      const run = await host().exec(observeCommand(sha256), JSON.stringify(observeRequest()));
      assert.deepEqual([run.exitCode, run.stdout.includes("BEGIN CONNECT SYNC HOST")], [0xfffd0000, false]);
      assert.match(run.stderr, /C:\\PROGRA~1\\\S+ to the -File|'C:\\PROGRA~1\\[^']+' to the -File/);
      assert.equal(result(await host().run("observe", observeRequest())).program.sha256, sha256);
    });

    it("a bootstrap must not run an installed program that was changed", async () => {
      host().startCold();
      const sha256 = host().install();
      fs.appendFileSync(path.join(host().filesRoot, FOLDER, "Windows.ps1"), "# changed\n");
      const run = await host().exec(installedCommand("ensure-certificate"), JSON.stringify(certificateRequest()));
      assert.equal(run.exitCode, 7);
      assert.match(run.stderr, /sync01: PROGRAM_MISMATCH: /);
      refused(await host().runObserve(sha256), "PROGRAM_MISMATCH");
      assert.equal(host().state.certificates.length, 0);
    });

    it("observe must report that the installed program was changed", async () => {
      host().install();
      fs.appendFileSync(path.join(host().filesRoot, FOLDER, "Windows.ps1"), "# changed\n");
      const { program } = result(await host().run("observe", observeRequest()));
      assert.equal(program.sha256, null);
      assert.match(program.problem ?? "", /Windows\.ps1/);
    });

    it("a bootstrap must remove the installed program, and succeed if it is already gone", async () => {
      host().startCold();
      host().install();
      for (let run = 0; run < 2; run += 1) {
        assert.equal((await host().exec(removeProgramCommand(), null)).exitCode, 0);
        assert.equal(fs.existsSync(path.join(host().filesRoot, FOLDER)), false);
      }
    });

    it("the program must not be removed while a certificate of the project needs it, whatever the server's name", async () => {
      host().install();
      await host().run("ensure-certificate", certificateRequest(1));
      assert.equal((await host().exec(removeProgramCommand(), null)).exitCode, 0);
      assert.equal(fs.existsSync(path.join(host().filesRoot, FOLDER)), true);
    });

    describe("its folder", () => {
      const put = (name: string, text: string) => fs.writeFileSync(path.join(host().filesRoot, FOLDER, name), text);
      const names = () => fs.readdirSync(path.join(host().filesRoot, FOLDER)).sort();
      const OWN = ["ConnectSyncHost.ps1", "Windows.ps1", "manifest.json"];

      it("observe must list nothing but the program, also where nothing is installed", async () => {
        assert.deepEqual(result(await host().run("observe", observeRequest())).program.foreign, []);
        const sha256 = host().install();
        assert.deepEqual(result(await host().run("observe", observeRequest())).program, {
          ...{ sha256, problem: null, foreign: [] },
        });
      });

      it("observe must list what else is in the program's folder, and which of it an older version brought", async () => {
        host().install();
        put("Helper.ps1", "Get-Date\n");
        put("PROTOCOL.md", "# Host protocol\n\nThe page of an older version.\n");
        const { program } = result(await host().run("observe", observeRequest()));
        assert.deepEqual(program.foreign, [
          { name: "Helper.ps1", earlier: false },
          { name: "PROTOCOL.md", earlier: true },
        ]);
      });

      it("observe must list at most twenty other files", async () => {
        host().install();
        for (let number = 100; number < 130; number += 1) put(`${number}.txt`, "");
        assert.equal(result(await host().run("observe", observeRequest())).program.foreign?.length, 20);
      });

      it("register must remove the page of an older version, and no file that is someone's", async () => {
        const sha256 = await host().registered();
        host().install();
        put("Helper.ps1", "Get-Date\n");
        put("PROTOCOL.md", "# Host protocol\n");
        const run = await host().run("register", host().registerRequest(sha256));
        assert.deepEqual([result(run).action, run.answer.changed], ["none", true]);
        assert.deepEqual(names(), [...OWN, "Helper.ps1"].sort());
      });

      it("register must not remove a page of that name that is not the older version's", async () => {
        const sha256 = await host().registered();
        host().install();
        put("PROTOCOL.md", "Notes of an administrator\n");
        assert.equal((await host().run("register", host().registerRequest(sha256))).answer.changed, false);
        assert.deepEqual(names(), [...OWN, "PROTOCOL.md"].sort());
      });
    });

    it("the program must not be removed while a restore task needs it", async () => {
      host().install();
      host().server.break("scheduler");
      assert.equal((await host().exec(removeProgramCommand(), null)).exitCode, 3);
      assert.equal(fs.existsSync(path.join(host().filesRoot, FOLDER)), true);
    });
  });
}
