/** What must hold for every file of a pipeline, whatever its steps do. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { readAzurePipeline } from "../../../sandbox/pipeline/azure-workflow";
import { federatedCredential, SUBJECT_PREFIX } from "../../../sandbox/pipeline/identities";
import { inOrder, readWorkflow, type WorkflowJob } from "../../../sandbox/pipeline/workflow";
import { dependencies } from "../../../package.json";
import { PULUMI_VERSION } from "../../../sandbox/toolchain/version";

const ROOT = path.resolve(__dirname, "../../..");
const files = (folder: string) =>
  fs.readdirSync(path.join(ROOT, folder)).flatMap((name) => (name.endsWith(".yml") ? [path.join(folder, name)] : []));

const ACTIONS = ["sign-in", "preview"].map((name) => path.join("pipelines/github", name, "action.yml"));
const WORKFLOWS = [...files("pipelines/github"), ...files(".github/workflows")];
const AZURE = files("pipelines/azure-devops");
const IDENTITIES = fs.readdirSync(path.join(ROOT, "pipelines/identities"));

const jobsOf = (file: string) => Object.entries(readWorkflow(path.join(ROOT, file)).jobs);
const stepsOf = (file: string) => jobsOf(file).flatMap(([, job]) => job.steps);
const uses = (job: WorkflowJob) => job.steps.flatMap((step) => step.uses ?? []);

describe("the files of the pipelines", () => {
  it("the files of the pipelines must be found, so that each rule below applies to something", () => {
    assert.deepEqual([WORKFLOWS.length > 3, AZURE.length > 2, IDENTITIES.length > 3], [true, true, true]);
  });
});

for (const file of [...WORKFLOWS, ...ACTIONS]) {
  it(`every action of another repository must be pinned by its full commit, with the version beside it, in ${file}`, () => {
    const lines = fs.readFileSync(path.join(ROOT, file), "utf8").split("\n");
    const used = lines.filter((line) => /\buses: (?!\.\/pipelines\/github\/[\w-]+$)/.test(line));
    assert.ok(used.length > 0 || file.endsWith("preview/action.yml"));
    for (const line of used) assert.match(line, /uses: [\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });
}

it("each action of pipelines/github must be in use, and each step of it run in bash with the action's own scripts", () => {
  const used = new Set(WORKFLOWS.flatMap((file) => stepsOf(file)).flatMap(({ action }) => action?.folder ?? []));
  assert.deepEqual([...used].sort(), ACTIONS.map((file) => path.dirname(file)).sort());
  const steps = WORKFLOWS.flatMap((file) => stepsOf(file)).filter(({ action, run }) => action && run);
  for (const { run, shell } of steps) {
    assert.equal(shell, "bash");
    assert.doesNotMatch(run!, /pipelines\//, "an action would need a clone");
  }
});

for (const file of WORKFLOWS) {
  describe(file, () => {
    it("a workflow must begin with no or the least permission, and never give a job all permissions", () => {
      const { permissions } = readWorkflow(path.join(ROOT, file));
      assert.ok(permissions, "the default token would be used");
      assert.ok(!Object.values(permissions).includes("write"));
    });

    it("a workflow must put no expression into shell text, where a title or a branch could become a command", () => {
      for (const { run = "" } of stepsOf(file)) assert.doesNotMatch(run, /\$\{\{/);
    });

    it("a workflow must keep no secret: its values come from OIDC and variables", () => {
      assert.doesNotMatch(fs.readFileSync(path.join(ROOT, file), "utf8"), /secrets\.(?!GITHUB_TOKEN)/);
    });

    it("a workflow must leave no token in the checkout", () => {
      const checkouts = stepsOf(file).filter(({ uses: action }) => action?.startsWith("actions/checkout@"));
      assert.ok(checkouts.length > 0);
      for (const step of checkouts) assert.equal(step.with?.["persist-credentials"], false);
    });

    it("a workflow must limit every job in time, use Node 24, and order its jobs", () => {
      for (const [, job] of jobsOf(file)) {
        assert.ok(job["timeout-minutes"] > 0);
        for (const step of job.steps) {
          if (step.uses?.startsWith("actions/setup-node@")) assert.equal(step.with?.["node-version"], "24");
        }
      }
      assert.equal(inOrder(readWorkflow(path.join(ROOT, file)).jobs).length, jobsOf(file).length);
    });
  });
}

/** What prints nothing but its own words. */
const SILENT = /^(rm -rf "\$RUNNER_TEMP\/azure"|exit "\$\(cat \w+\.json\.code\)")$/;
/** What stops commands by itself. */
const OWN_STOP =
  /^(exec )?bash (pipelines\/run-pulumi\.sh|"\$GITHUB_ACTION_PATH\/\.\.\/(\.\.\/run-pulumi|sign-in)\.sh")( .*)?$/;
const STOP = ["source pipelines/github/stop-commands.sh", 'source "$GITHUB_ACTION_PATH/../stop-commands.sh"'];

describe("the steps of the GitHub workflows", () => {
  for (const file of files("pipelines/github")) {
    it(`must print no text of others before commands are stopped, in ${path.basename(file)}`, () => {
      for (const { name, run = "" } of stepsOf(file)) {
        const [first, ...rest] = run.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
        if (first === undefined || (rest.length === 0 && (SILENT.test(first) || OWN_STOP.test(first)))) continue;
        const stops = STOP.includes(first) || first.startsWith("stop_token=$(od ");
        assert.ok(stops, `${name}: ${first}`);
        if (first.startsWith("stop_token="))
          assert.match(rest.slice(0, 2).join("\n"), /^trap .* EXIT\necho "::stop-commands::/);
      }
    });
  }
});

describe("the jobs of the GitHub workflows", () => {
  const all = files("pipelines/github").flatMap((file) => jobsOf(file).map(([name, job]) => ({ file, name, job })));

  it("a job must not both request tokens of Entra and write to issues or pull requests", () => {
    for (const { name, job } of all) {
      const { "id-token": token, ...others } = job.permissions ?? {};
      if (token === "write") assert.ok(!Object.values(others).includes("write"), name);
    }
  });

  it("a job that signs in must run on the runner inside the network, and install the project's Pulumi there", () => {
    const signing = all.filter(({ job }) => job.permissions?.["id-token"] === "write");
    assert.equal(signing.length, 4);
    for (const { job } of signing) {
      assert.deepEqual(job["runs-on"], ["self-hosted", "linux", "sync-servers"]);
      const pulumi = job.steps.find((step) => step.uses?.startsWith("pulumi/actions@"));
      assert.equal(pulumi?.with?.["pulumi-version"], PULUMI_VERSION);
    }
  });

  it("a pull request's preview must check origin and environment, so that no fork or unreviewed code gets the key", () => {
    const [, preview] = jobsOf("pipelines/github/pull-request.yml").find(([name]) => name === "preview")!;
    assert.match(preview.if ?? "", /head\.repo\.full_name == github\.repository/);
    assert.equal(preview.environment, "preview");
    const { on } = parse(fs.readFileSync(path.join(ROOT, "pipelines/github/pull-request.yml"), "utf8")) as {
      on: object;
    };
    assert.deepEqual(Object.keys(on), ["pull_request"]);
  });

  it("a job that writes to a pull request must not contain its code", () => {
    const [, comment] = jobsOf("pipelines/github/pull-request.yml").find(([name]) => name === "comment")!;
    assert.deepEqual(comment.permissions, { "pull-requests": "write" });
    assert.deepEqual(
      uses(comment).map((name) => name.replace(/@.*/, "")),
      ["actions/download-artifact"],
    );
  });

  it("up must run in the environment production, one run at a time, and never be cancelled", () => {
    const ups = all.filter(({ job }) => job.steps.some(({ run = "" }) => / up --stack/.test(run)));
    assert.equal(ups.length, 1);
    assert.equal(ups[0].job.environment, "production");
    assert.equal(ups[0].job.concurrency?.["cancel-in-progress"], false);
    assert.match(ups[0].job.concurrency?.group ?? "", /PULUMI_STACK/);
  });

  it("each subject that a job signs in with must have an identity, and no other subject", () => {
    const subjects = all
      .filter(({ job }) => job.permissions?.["id-token"] === "write")
      .map(({ job }) => (job.environment ? `environment:${job.environment}` : "ref:refs/heads/main"));
    const files = IDENTITIES.filter((name) => name.startsWith("github-")).map((name) => name.replace(".json", ""));
    const declared = files.map((name) => String(federatedCredential(name).subject).replace(`${SUBJECT_PREFIX}:`, ""));
    assert.deepEqual([...declared].sort(), [...new Set(subjects)].sort());
  });

  it("the identity of up must accept a sign-in only from the environment production", () => {
    const clients = all.map(({ job }) => [job.env?.ARM_CLIENT_ID ?? "", job.environment ?? ""]);
    const up = clients.filter(([client]) => client.includes("UP_CLIENT_ID"));
    assert.deepEqual(up, [["${{ vars.UP_CLIENT_ID }}", "production"]]);
  });
});

describe("pipelines/identities", () => {
  for (const name of IDENTITIES) {
    it(`${name} must be valid for "az ad app federated-credential create"`, () => {
      const value = JSON.parse(fs.readFileSync(path.join(ROOT, "pipelines/identities", name), "utf8")) as Record<
        string,
        unknown
      >;
      assert.deepEqual(Object.keys(value).sort(), ["audiences", "description", "issuer", "name", "subject"]);
      assert.equal(value.name, name.replace(".json", ""));
      assert.deepEqual(value.audiences, ["api://AzureADTokenExchange"]);
      if (name.startsWith("github-")) assert.equal(value.issuer, "https://token.actions.githubusercontent.com");
    });
  }

  it("an identity must have an immutable subject: owner and repository with their ids", () => {
    assert.match(
      String(federatedCredential("github-production").subject),
      /^repo:[\w-]+@\d+\/[\w.-]+@\d+:environment:production$/,
    );
  });
});

for (const file of AZURE) {
  describe(file, () => {
    const pipeline = () => readAzurePipeline(path.join(ROOT, file));
    const steps = () => pipeline().jobs.flatMap((job) => job.steps);

    it("a pipeline must give the job's token only to the steps that need it, and to none that installs", () => {
      assert.ok(steps().some(({ env }) => env?.SYSTEM_ACCESSTOKEN !== undefined));
      for (const step of steps()) {
        const needs = /run-pulumi|--post|--tracker/.test(
          `${step.bash ?? ""}${String(step.inputs?.inlineScript ?? "")}`,
        );
        assert.equal(step.env?.SYSTEM_ACCESSTOKEN !== undefined, needs, step.displayName);
      }
    });

    it("a script of several lines must stop at its first failure, which bash in pipelines does not do by default", () => {
      const texts = steps().map(({ bash, inputs }) => bash ?? String(inputs?.inlineScript ?? ""));
      const long = texts.filter((text) => text.trim().includes("\n"));
      assert.ok(long.length > 0);
      for (const text of long) assert.match(text, /^set -e/);
    });

    it("a pipeline must use Node 24 and the project's Pulumi, and leave no token in the checkout", () => {
      const texts = JSON.stringify(steps());
      assert.match(texts, /"version":"24\.x"/);
      assert.ok(texts.includes(`install-pulumi.sh ${PULUMI_VERSION}`));
      const checkouts = steps().filter(({ checkout }) => checkout);
      assert.ok(checkouts.length > 0);
      for (const step of checkouts) assert.equal(step.persistCredentials, false);
    });

    it("each service connection must have a file of its identity, and up must use its connection in production only", () => {
      const used = pipeline().jobs.flatMap(({ environment, steps: all }) =>
        all.flatMap(({ inputs }) => (inputs?.azureSubscription ? [[inputs.azureSubscription, environment]] : [])),
      );
      assert.ok(used.length > 0);
      for (const [connection, environment] of used) {
        assert.ok(IDENTITIES.includes(`azure-devops-${String(connection).replace("sync-", "")}.json`));
        assert.equal(connection === "sync-up", environment === "production");
      }
    });
  });
}

describe("the scripts of the pipelines", () => {
  const scripts = [
    "pipelines/run-pulumi.sh",
    "pipelines/github/sign-in.sh",
    "pipelines/azure-devops/install-pulumi.sh",
  ];

  for (const script of scripts) {
    it(`${script} must be valid bash, and stop at its first failure`, () => {
      execFileSync("bash", ["-n", path.join(ROOT, script)]);
      assert.match(fs.readFileSync(path.join(ROOT, script), "utf8"), /^set -euo pipefail$/m);
    });
  }

  it("a pipeline script must put no key and no token into an argument", () => {
    for (const script of scripts) {
      const text = fs.readFileSync(path.join(ROOT, script), "utf8");
      assert.doesNotMatch(text, /--federated-token (?!@-)|ssh-add -q (?!-$)|--password/m);
    }
  });
});

describe("an installation without development dependencies", () => {
  /** Packages that a file needs as it is loaded, through all that it imports. */
  function packagesOf(file: string, seen = new Set<string>()): Set<string> {
    const found = new Set<string>();
    if (seen.has(file)) return found;
    seen.add(file);
    const text = fs.readFileSync(file, "utf8");
    for (const [, clause, name] of text.matchAll(/^(?:import|export) (?!type )(?:([^;]*?) from )?"([^"]+)";/gm)) {
      const onlyTypes = clause !== undefined && /^\{\s*(type [^,]+,?\s*)+\}$/.test(clause);
      if (onlyTypes || name.startsWith("node:")) continue;
      if (!name.startsWith("."))
        found.add(
          name
            .split("/")
            .slice(0, name.startsWith("@") ? 2 : 1)
            .join("/"),
        );
      else if (!name.endsWith(".json")) {
        const target = path.resolve(path.dirname(file), name);
        const source = fs.existsSync(`${target}.ts`) ? `${target}.ts` : path.join(target, "index.ts");
        for (const inner of packagesOf(source, seen)) found.add(inner);
      }
    }
    return found;
  }

  const commands = ["cli"].flatMap((folder) =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts") && !name.startsWith("sandbox/"))
      .map((name) => path.join(ROOT, folder, name)),
  );

  for (const command of [...new Set(commands), path.join(ROOT, "index.ts")]) {
    it(`an installation without development dependencies must be sufficient for ${path.relative(ROOT, command)}`, () => {
      const missing = [...packagesOf(command)].filter((name) => !(name in dependencies));
      assert.deepEqual(missing, []);
    });
  }
});
