/** The scripts of the pipelines by themselves: what they refuse, and what never leaves them. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { azureReader, githubReader, LogStream } from "../../../sandbox/pipeline/log-commands";
import { missingTools } from "../../../sandbox/pipeline/pipeline-tools";

const ROOT = path.resolve(__dirname, "../../..");
const LIMIT = 20_000;

describe("the scripts of the pipelines", () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-scripts-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  /** A program on PATH in front of all others. */
  function put(name: string, text: string): void {
    fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }

  function run(script: string, args: string[], env: Record<string, string> = {}) {
    const environment = { ...process.env, PATH: `${folder}:${process.env.PATH}`, ...env };
    return spawnSync("bash", [path.join(ROOT, script), ...args], {
      env: environment,
      encoding: "utf8",
      timeout: LIMIT,
    });
  }

  describe("id-token.mjs", () => {
    const script = path.join(ROOT, "pipelines/github/id-token.mjs");

    it("id-token.mjs must not write a token to a possible log", () => {
      const target = fs.openSync(path.join(folder, "log"), "w");
      const env = {
        ...process.env,
        ACTIONS_ID_TOKEN_REQUEST_URL: "http://127.0.0.1:1/",
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "x",
      };
      const result = spawnSync(process.execPath, [script], {
        env,
        stdio: ["ignore", target, "pipe"],
        encoding: "utf8",
      });
      assert.equal(result.status, 1);
      assert.match(result.stderr, /stdout is no pipe/);
    });

    it("id-token.mjs must name the missing permission if the job has no token service", () => {
      const { ACTIONS_ID_TOKEN_REQUEST_URL: _url, ...env } = process.env;
      const result = spawnSync(process.execPath, [script], { env, encoding: "utf8" });
      assert.match(result.stderr, /id-token: write/);
    });

    it("id-token.mjs must request Entra's audience with the job's bearer in a header, and print neither", async () => {
      const asked: { url?: string; authorization?: string }[] = [];
      const server = http.createServer((request, response) => {
        asked.push({ url: request.url, authorization: request.headers.authorization });
        response.end(JSON.stringify({ value: "a.b.c" }));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      try {
        const { port } = server.address() as AddressInfo;
        const env = {
          ...process.env,
          ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token?api-version=2.0`,
          ACTIONS_ID_TOKEN_REQUEST_TOKEN: "bearer-of-the-job",
        };
        const child = spawn(process.execPath, [script], { env });
        let [stdout, stderr] = ["", ""];
        child.stdout.on("data", (text) => (stdout += String(text)));
        child.stderr.on("data", (text) => (stderr += String(text)));
        const code = await new Promise((resolve) => child.once("close", resolve));
        assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "a.b.c", stderr: "" });
      } finally {
        server.close();
      }
      assert.equal(asked[0].authorization, "Bearer bearer-of-the-job");
      assert.match(asked[0].url ?? "", /api-version=2\.0&audience=api%3A%2F%2FAzureADTokenExchange$/);
    });
  });

  describe("sign-in.sh", () => {
    const SUBJECT = "repo:contoso@5544123/sync-identities@821093847:environment:staging";
    const claims = {
      sub: SUBJECT,
      iss: "https://token.actions.githubusercontent.com",
      aud: "api://AzureADTokenExchange",
    };
    const token = `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.signature`;

    /** Runs it with a token service, which fails as often as asked, and an az that says this. */
    async function signIn(said: string, failures = 0, environment = {}) {
      put(
        "az",
        `echo "$@" >> "${folder}/az-calls"; [ "$1" = cloud ] || cat > /dev/null; echo '${said}' >&2; ${said === "" ? "exit 0" : "exit 1"}`,
      );
      let count = 0;
      const server = http.createServer((_request, response) => {
        count += 1;
        if (count <= failures) response.writeHead(502).end();
        else response.end(JSON.stringify({ value: token }));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      const env = {
        ...{ ...process.env, PATH: `${folder}:${path.dirname(process.execPath)}:${process.env.PATH}` },
        ...{ ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "bearer" },
        ...{ ARM_CLIENT_ID: "client", ARM_TENANT_ID: "tenant", RUNNER_TEMP: folder },
        GITHUB_ENV: path.join(folder, "env"),
        ...environment,
      };
      try {
        const child = spawn("bash", [path.join(ROOT, "pipelines/github/sign-in.sh")], {
          env,
          stdio: ["ignore", "pipe", "pipe"],
          timeout: LIMIT,
        });
        let output = "";
        for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += String(text)));
        const code = await new Promise((resolve) => child.once("close", resolve));
        return { code, output, count };
      } finally {
        server.close();
      }
    }

    it("sign-in.sh must show code, presented and expected subject if no federated credential matches", async () => {
      const { code, output } = await signIn("ERROR: AADSTS700213: No matching federated identity record found.");
      assert.equal(code, 1);
      assert.match(output, /sign-in: AADSTS700213: no federated credential .+ has the subject of the token\./);
      assert.ok(output.includes(`presented: subject ${SUBJECT}, issuer https://token.actions.githubusercontent.com`));
      const repository = SUBJECT.replace(":environment:staging", "");
      for (const end of [":environment:preview", ":environment:production", ":ref:refs/heads/main"]) {
        assert.ok(output.includes(`subject ${repository}${end}, issuer`), output);
      }
      assert.match(output, /docs\/situations\/sign-in-refused\.md/);
      assert.ok(!output.includes(token));
    });

    it("sign-in.sh must say what helps against another refusal, and not speak of subjects", async () => {
      const { code, output } = await signIn("ERROR: AADSTS53003: Access has been blocked.");
      assert.equal(code, 1);
      assert.match(output, /sign-in: AADSTS53003: Conditional Access blocks the application\. Exclude /);
      assert.doesNotMatch(output, /presented/);
    });

    it("sign-in.sh must ask the token service again if it fails for a moment", async () => {
      const { code, output, count } = await signIn("", 2);
      assert.deepEqual([code, count], [0, 3], output);
    });

    for (const [environment, azureName, vault] of [
      ["usgovernment", "AzureUSGovernment", "https://vault.usgovcloudapi.net"],
      ["usgovernmentl5", "AzureUSGovernment", "https://vault.usgovcloudapi.net"],
      ["china", "AzureChinaCloud", "https://vault.azure.cn"],
    ]) {
      it(`sign-in.sh must set the Azure CLI to the cloud before it signs in: ${environment}`, async () => {
        const { code, output } = await signIn("", 0, { ARM_ENVIRONMENT: environment });
        assert.equal(code, 0, output);
        const calls = fs.readFileSync(path.join(folder, "az-calls"), "utf8").split("\n");
        assert.equal(calls[0], `cloud set --name ${azureName} --output none`);
        assert.match(calls[1], /^login /);
        assert.ok(
          calls.some((call) => call.includes(`--resource ${vault} `)),
          calls.join("\n"),
        );
      });
    }
  });

  describe("run-pulumi.sh", () => {
    const KEY = { SSH_KEY_VAULT: "vault", SSH_KEY_SECRET: "secret" };

    it("run-pulumi.sh must refuse to run without the location of the key, before it starts anything", () => {
      const result = run("pipelines/run-pulumi.sh", ["preview"], { SSH_KEY_VAULT: "", SSH_KEY_SECRET: "x" });
      assert.notEqual(result.status, 0);
      assert.match(result.stderr, /SSH_KEY_VAULT/);
    });

    it("run-pulumi.sh must not run Pulumi if the vault returns no key", function () {
      put("pulumi", "echo pulumi ran");
      put("az", "echo denied >&2; exit 1");
      const result = run("pipelines/run-pulumi.sh", ["--to", path.join(folder, "out"), "preview"], KEY);
      if (/there is no (ssh-|timeout)/.test(result.stderr)) return this.skip();
      assert.notEqual(result.status, 0);
      assert.doesNotMatch(result.stdout, /pulumi ran/);
      assert.equal(fs.existsSync(path.join(folder, "out.code")), false);
    });

    it("run-pulumi.sh must write Pulumi's exit code beside its output, and fail itself only without --to", function () {
      put("pulumi", 'echo "{}"; exit 7');
      put("az", "cat key");
      const made = spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path.join(folder, "key")]);
      if (made.error) return this.skip();
      put("az", `cat "${path.join(folder, "key")}"`);
      const kept = run("pipelines/run-pulumi.sh", ["--to", path.join(folder, "out"), "preview"], KEY);
      if (/there is no (ssh-|timeout)/.test(kept.stderr)) return this.skip();
      assert.equal(kept.status, 0, kept.stderr);
      assert.equal(fs.readFileSync(path.join(folder, "out.code"), "utf8"), "7\n");
      assert.equal(fs.readFileSync(path.join(folder, "out"), "utf8"), "{}\n");
      assert.equal(run("pipelines/run-pulumi.sh", ["up"], KEY).status, 7);
      // The report is made beside the same agent, of the same stack, and its exit code is not this run's.
      put("npx", `ssh-add -l > "${path.join(folder, "agent")}"; echo "$@" > "${path.join(folder, "short")}"; exit 1`);
      const out = ["--to", path.join(folder, "out"), "--report", path.join(folder, "short"), "preview"];
      const reported = run("pipelines/run-pulumi.sh", out, { ...KEY, PULUMI_STACK: "prod" });
      assert.equal(reported.status, 0, reported.stderr);
      assert.equal(reported.stdout, "");
      assert.match(fs.readFileSync(path.join(folder, "agent"), "utf8"), /ED25519/);
      assert.match(
        fs.readFileSync(path.join(folder, "short"), "utf8"),
        /^--no connect-sync-identity report --stack prod --short \S+ --format sarif junit openmetrics icalendar$/m,
      );
      run("pipelines/run-pulumi.sh", out, { ...KEY, PULUMI_STACK: "prod", REPORT_FOLDER: "/srv/sync" });
      assert.match(fs.readFileSync(path.join(folder, "short"), "utf8"), / icalendar --output \/srv\/sync\/prod$/m);
      fs.rmSync(path.join(folder, "short"));
      put("npx", "exit 2");
      const without = run("pipelines/run-pulumi.sh", out, { ...KEY, PULUMI_STACK: "prod" });
      assert.deepEqual([without.status, /no report/.test(without.stdout)], [0, true]);
    });
  });

  /** Commands that each reader of a log finds in a text. */
  function commandsIn(text: string): { github: string[]; azure: string[] } {
    const found = { github: [] as string[], azure: [] as string[] };
    const readers = { github: githubReader(), azure: azureReader };
    for (const name of ["github", "azure"] as const) {
      const log = new LogStream((line) => {
        const command = readers[name](line);
        if (command) found[name].push(command.name);
      });
      log.write(text);
      log.end();
    }
    return found;
  }

  const HOSTILE = [
    "name ##vso[task.setvariable variable=x]1",
    "::error::x",
    " ::add-mask::1",
    "##[group]",
    "\\033[31m\\342\\200\\256",
  ];
  const saying = HOSTILE.map((line) => `printf '%b\\n' '${line}'`).join("; ");

  describe("the log of run-pulumi.sh", () => {
    const KEY = { SSH_KEY_VAULT: "vault", SSH_KEY_SECRET: "secret" };
    before(function () {
      if (missingTools().length > 0) this.skip();
    });
    beforeEach(() => {
      spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path.join(folder, "key")]);
      put("az", `(${saying}) >&2; cat "${path.join(folder, "key")}"`);
      put("pulumi", `${saying}; (${saying}) >&2; printf 'no end of line'; exit 7`);
      put("npm", `${saying}; exit 1`);
    });

    it("must hold no command of Azure DevOps, nor anything that cannot be seen, whoever prints it", () => {
      const { status, stdout, stderr } = run("pipelines/run-pulumi.sh", ["up"], { ...KEY, TF_BUILD: "True" });
      assert.equal(status, 7);
      assert.equal(stderr, "");
      assert.deepEqual(commandsIn(stdout), { github: [], azure: [] });
      assert.equal(stdout.split("name #\\u0023vso[task.setvariable variable=x]1").length, 4, stdout);
      assert.match(stdout, /^\\u001b\[31m\\u202e$/m);
      assert.match(stdout, /no end of line\n?$/);
    });

    it("must be closed to commands on GitHub, with another token each time, and be open again after a failure", () => {
      const runs = [1, 2].map(() => run("pipelines/run-pulumi.sh", ["up"], { ...KEY, GITHUB_ACTIONS: "true" }).stdout);
      const tokens = runs.map((stdout) => /^::stop-commands::([0-9a-f]{32})\n/.exec(stdout)?.[1]);
      assert.notEqual(tokens[0], tokens[1]);
      runs.forEach((stdout, index) => assert.ok(stdout.endsWith(`\n::${tokens[index]}::\n`), stdout));
      assert.deepEqual(commandsIn(`${runs[0]}::notice::after\n`).github, ["notice"]);
    });

    it("must leave what goes to a file as it is, and encode what goes beside it", () => {
      const args = ["--to", path.join(folder, "out"), "--report", path.join(folder, "short"), "preview"];
      const { stdout } = run("pipelines/run-pulumi.sh", args, { ...KEY, PULUMI_STACK: "prod" });
      assert.match(fs.readFileSync(path.join(folder, "out"), "utf8"), /^::error::x$/m);
      assert.deepEqual(commandsIn(stdout), { github: [], azure: [] });
    });
  });

  describe("github/stop-commands.sh", () => {
    for (const [ending, last] of Object.entries({ ends: "true", fails: "false", exits: "exit 3" })) {
      it(`must let no command through until a step ${ending}, and every one after it`, () => {
        const text = `source pipelines/github/stop-commands.sh\n${saying}\n${last}\n`;
        const { stdout } = spawnSync("bash", ["-eo", "pipefail", "-c", text], { cwd: ROOT, encoding: "utf8" });
        assert.match(stdout, /::error::x/);
        assert.deepEqual(commandsIn(`${stdout}::notice::after\n`).github, ["notice"]);
      });
    }

    it("must let a step's own command through once it is asked to, once", () => {
      const text = `source pipelines/github/stop-commands.sh\n${saying}\nresume_commands\necho ::error::own\n`;
      const { stdout } = spawnSync("bash", ["-eo", "pipefail", "-c", text], { cwd: ROOT, encoding: "utf8" });
      assert.deepEqual(commandsIn(stdout).github, ["error"]);
      assert.equal(stdout.match(/^::[0-9a-f]{32}::$/gm)?.length, 1);
    });
  });

  describe("install-pulumi.sh", () => {
    const script = "pipelines/azure-devops/install-pulumi.sh";
    const folders = () => ({ AGENT_TOOLSDIRECTORY: path.join(folder, "tools"), AGENT_TEMPDIRECTORY: folder });

    /** A release on a web site that `curl` reaches, with a list of checksums. */
    function publish(checksum: (hash: string) => string): void {
      const site = path.join(folder, "site");
      fs.mkdirSync(path.join(site, "pulumi"), { recursive: true });
      fs.writeFileSync(path.join(site, "pulumi", "pulumi"), "#!/bin/sh\necho v9.9.9\n", { mode: 0o755 });
      const archive = path.join(site, "pulumi-v9.9.9-linux-x64.tar.gz");
      spawnSync("tar", ["-czf", archive, "-C", site, "pulumi"]);
      const hash = createHash("sha256").update(fs.readFileSync(archive)).digest("hex");
      fs.writeFileSync(path.join(site, "pulumi-9.9.9-checksums.txt"), `${checksum(hash)}  ${path.basename(archive)}\n`);
      put("curl", `while [ "$1" != --output ]; do shift; done\ncp "${site}/$(basename "$3")" "$2"`);
    }

    it("install-pulumi.sh must leave an existing installation unchanged", () => {
      put("pulumi", "echo v9.9.9");
      put("curl", "exit 1");
      assert.match(run(script, ["9.9.9"], folders()).stdout, /Pulumi 9\.9\.9 is there/);
    });

    it("install-pulumi.sh must put the release first on PATH for the later steps", () => {
      publish((hash) => hash);
      const result = run(script, ["9.9.9"], folders());
      assert.equal(result.status, 0, result.stderr);
      const [, added] = /##vso\[task\.prependpath\](.+)/.exec(result.stdout)!;
      assert.equal(spawnSync(path.join(added, "pulumi"), { encoding: "utf8" }).stdout, "v9.9.9\n");
    });

    it("install-pulumi.sh must not install anything but the published release", () => {
      publish((hash) => hash.replaceAll(/[0-9]/g, "0"));
      const result = run(script, ["9.9.9"], folders());
      assert.notEqual(result.status, 0);
      assert.equal(fs.existsSync(path.join(folder, "tools")), false);
    });
  });
});
