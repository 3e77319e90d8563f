/** docs/pipelines: what can be checked of each command and each name on these pages. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { checkConfiguration } from "../../../model/configuration/configuration";
import { PULUMI_VERSION } from "../../../sandbox/toolchain/version";
import { PIPELINE_PERMISSIONS } from "../../../model/tenant/pipeline-permissions";
import { rawServer, rawStack } from "../../helpers/configurations";

const ROOT = path.resolve(__dirname, "../../..");
const FOLDER = path.join(ROOT, "docs", "pipelines");
const PAGES = fs.readdirSync(FOLDER);
const page = (name: string) => fs.readFileSync(path.join(FOLDER, name), "utf8");

/** Each Azure and GitHub command that the pages use, with the options that it has. */
const COMMANDS: Record<string, string[]> = {
  "az ad app create": ["display-name", "sign-in-audience"],
  "az ad app federated-credential create": ["id", "parameters"],
  "az ad app permission add": ["id", "api", "api-permissions"],
  "az ad app permission admin-consent": ["id"],
  "az ad sp create": ["id"],
  "az ad sp show": ["id", "query", "output"],
  "az group create": ["name", "location"],
  "az keyvault create": ["name", "resource-group", "enable-rbac-authorization", "enable-purge-protection"],
  "az keyvault key create": ["vault-name", "name", "kty", "size"],
  "az keyvault secret set": ["vault-name", "name", "file", "output"],
  "az keyvault show": ["name", "query", "output"],
  "az pipelines create": ["name", "yml-path", "skip-first-run"],
  "az pipelines variable-group create": ["name", "variables"],
  "az role assignment create": ["role", "assignee", "scope"],
  "az storage account blob-service-properties update": [
    "account-name",
    "resource-group",
    "enable-versioning",
    "enable-delete-retention",
    "delete-retention-days",
    "enable-container-delete-retention",
    "container-delete-retention-days",
  ],
  "az storage account create": [
    "name",
    "resource-group",
    "sku",
    "kind",
    "allow-shared-key-access",
    "allow-blob-public-access",
    "min-tls-version",
  ],
  "az storage account show": ["name", "query", "output"],
  "az storage container create": ["name", "account-name", "auth-mode"],
  "gh api": ["jq"],
  "gh variable set": ["body"],
  "pulumi cancel": ["stack"],
  "pulumi login": [],
  "pulumi preview": ["stack"],
  "pulumi stack init": ["secrets-provider"],
};

interface Block {
  page: string;
  language: string;
  text: string;
}

const blocks: Block[] = PAGES.flatMap((name) =>
  [...page(name).matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language, text]) => ({ page: name, language, text })),
);

/** Command lines of the blocks without a language, one for each line, continuations joined; substitutions are commands as well. */
const lines = blocks
  .filter(({ language }) => language === "")
  .flatMap((block) =>
    block.text
      .replaceAll(/\\\n\s*/g, "")
      .split("\n")
      .map((text) => ({ page: block.page, text })),
  )
  .flatMap(({ page, text }) =>
    [text, ...[...text.matchAll(/\$\(([^)]+)\)/g)].map(([, inner]) => inner)].map((text) => ({ page, text })),
  );

const known = lines.filter(({ text }) => /^(az|gh|pulumi) /.test(text.trim()));

describe("docs/pipelines", () => {
  it("docs/pipelines must use only known commands and options of Azure, GitHub and Pulumi", () => {
    assert.ok(known.length > 25, "the commands were not found");
    const names = Object.keys(COMMANDS).sort((left, right) => right.length - left.length);
    for (const { page, text } of known) {
      const name = names.find((candidate) => text.trim().startsWith(candidate));
      assert.ok(name, `${page}: ${text}`);
      const quoteless = text.replaceAll(/'[^']*'|"[^"]*"/g, "x").replaceAll(/\$\([^)]*\)/g, "x");
      for (const [, option] of quoteless.matchAll(/ --([a-z-]+)/g)) {
        assert.ok(COMMANDS[name].includes(option), `${page}: ${name} has no --${option}`);
      }
    }
  });

  it("each known command must be in use in docs/pipelines", () => {
    const used = Object.keys(COMMANDS).filter((name) => known.some(({ text }) => text.trim().startsWith(name)));
    assert.deepEqual(used, Object.keys(COMMANDS));
  });

  it("docs/pipelines must show YAML that parses, and valid settings", () => {
    const shown = blocks.filter(({ language }) => language === "yaml");
    assert.ok(shown.length > 0);
    for (const { text } of shown) {
      const { config } = parse(text) as { config: Record<string, unknown> };
      const own = Object.entries(config).map(([key, value]) => [key.replace("connect-sync-identity:", ""), value]);
      const { problems } = checkConfiguration(
        rawStack(rawServer(), Object.fromEntries(own) as Record<string, unknown>),
        {},
      );
      assert.deepEqual(problems, []);
    }
  });

  it("docs/pipelines must request the permissions of a reader by their ids", () => {
    const reading = PIPELINE_PERMISSIONS.filter(({ name }) => !name.includes("ReadWrite"));
    const shown = [...page("identities.md").matchAll(/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})=Role/g)].map(
      ([, id]) => id,
    );
    assert.deepEqual([...shown].sort(), reading.map(({ id }) => id).sort());
  });

  it("docs/pipelines must name every variable, environment and label of the workflows, and no other variable", () => {
    const folder = path.join(ROOT, "pipelines", "github");
    const workflows = fs
      .readdirSync(folder)
      .flatMap((name) => (name.endsWith(".yml") ? fs.readFileSync(path.join(folder, name), "utf8") : []));
    const asked = new Set(
      workflows
        .join("\n")
        .match(/vars\.\w+/g)!
        .map((name) => name.slice(5)),
    );
    const table = page("github.md").split("## 5.")[1].split("## 6.")[0];
    const rows = table.split("\n").filter((line) => /^\| `[A-Z]/.test(line));
    const named = rows.flatMap((row) => [...row.split("|")[1].matchAll(/`(\w+)`/g)].map(([, name]) => name));
    assert.deepEqual(named.sort(), [...asked].sort());
    for (const [, environment] of workflows.join("\n").matchAll(/^ +environment: (.+)$/gm)) {
      assert.match(table, new RegExp(`^\\| \`${environment}\``, "m"));
    }
    assert.match(page("github.md"), /labels `linux` and `sync-servers`/);
    assert.ok(page("github.md").includes(`Pulumi ${PULUMI_VERSION}`));
  });

  it("docs/pipelines must name every file of a pipeline and of an identity", () => {
    const folders: [string, string][] = [
      ["pipelines/github", "github.md"],
      ["pipelines/azure-devops", "azure-devops.md"],
      ["pipelines/identities", "identities.md"],
    ];
    for (const [folder, name] of folders) {
      const files = fs.readdirSync(path.join(ROOT, folder)).filter((file) => /\.(yml|json)$/.test(file));
      assert.ok(files.length > 0);
      for (const file of files) assert.ok(page(name).includes(file), `${name} does not name ${file}`);
    }
  });

  it("docs/pipelines must name the connections, the pool and the variable group of the Azure DevOps pipelines", () => {
    const folder = path.join(ROOT, "pipelines", "azure-devops");
    const files = fs.readdirSync(folder).filter((name) => name.endsWith(".yml"));
    const texts = files.map((name) => fs.readFileSync(path.join(folder, name), "utf8")).join("\n");
    const names = [...texts.matchAll(/(?:azureSubscription|group|- group|pool:\n {2}name): ?(\S+)/g)].map(
      ([, name]) => name,
    );
    assert.ok(names.length > 5);
    for (const name of new Set(names)) assert.ok(page("azure-devops.md").includes(`\`${name}\``), name);
  });
});
