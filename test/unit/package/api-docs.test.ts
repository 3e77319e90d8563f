/** The reference that is built from the docstrings, and the docstrings against what a reader looks for in them. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const ROOT = path.resolve(__dirname, "../../..");
const TYPEDOC = path.join(ROOT, "node_modules", "typedoc", "bin", "typedoc");

/** TypeDoc's numbers of the kinds that need a docstring. */
const KINDS = { variable: 32, function: 64, class: 128, interface: 256, property: 1024, alias: 2097152 };

/** Tables of codes: each row says its meaning itself. */
const TABLES = ["DIAGNOSTICS", "FINDINGS", "GUARD_FINDINGS", "NOTICES"];

interface Reflection {
  name: string;
  kind: number;
  flags: { isOptional?: boolean };
  comment?: { summary: { text: string }[]; blockTags?: { tag: string }[] };
  signatures?: Reflection[];
  children?: Reflection[];
  inheritedFrom?: unknown;
}

describe("the API's documentation", function () {
  this.timeout(120_000);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "api-docs-"));
  let root: Reflection;

  before(() => {
    const outputs = ["--out", path.join(folder, "api"), "--json", path.join(folder, "api.json")];
    // TypeDoc fails where a link leads nowhere or a type is used and not explained.
    execFileSync(process.execPath, [TYPEDOC, ...outputs], { cwd: ROOT, stdio: "pipe", timeout: 110_000 });
    root = JSON.parse(fs.readFileSync(path.join(folder, "api.json"), "utf8")) as Reflection;
  });

  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  it("the API documentation must be one page that has an entry for everything that the package exports", async () => {
    assert.deepEqual(fs.readdirSync(path.join(folder, "api")), ["README.md"]);
    const page = fs.readFileSync(path.join(folder, "api", "README.md"), "utf8").replaceAll("\\_", "_");
    const library = await import("../../../components/index");
    const missing = Object.keys(library).filter((name) => !new RegExp(`^### ${name}\\b`, "m").test(page));
    assert.deepEqual(missing, []);
  });

  /** Everything public by its path, what is another package's left out. */
  function* everything(parent = root, prefix = ""): Generator<{ at: string; reflection: Reflection }> {
    for (const child of parent.children ?? []) {
      if (child.inheritedFrom) continue;
      const at = `${prefix}${child.name}`;
      yield { at, reflection: child };
      if (!TABLES.includes(at)) yield* everything(child, `${at}.`);
    }
  }

  const commentOf = ({ comment, signatures }: Reflection) => comment ?? signatures?.[0]?.comment;

  it("each public export must have a description", () => {
    const all = [...everything()].filter(({ reflection }) => Object.values(KINDS).includes(reflection.kind));
    assert.ok(all.length > 100, "what is public was not found");
    const silent = all.filter(({ reflection }) => (commentOf(reflection)?.summary ?? []).length === 0);
    assert.deepEqual(
      silent.map(({ at }) => at),
      [],
    );
  });

  const hasTag = (reflection: Reflection, tag: string) =>
    commentOf(reflection)?.blockTags?.some((block) => block.tag === tag) ?? false;

  it("each optional argument must have a documented default", () => {
    const optional = [...everything()].filter(
      ({ at, reflection }) =>
        /^(\w+Args|ConnectSyncConnection|ConnectSyncProxy)\./.test(at) && reflection.flags.isOptional,
    );
    assert.ok(optional.length > 15, "the arguments were not found");
    assert.deepEqual(
      optional
        .filter(({ reflection }) => !hasTag(reflection, "@defaultValue") && !hasTag(reflection, "@default"))
        .map(({ at }) => at),
      [],
    );
  });

  it("each class that a program creates must have an example", () => {
    const classes = [...everything()].filter(({ at, reflection }) => {
      return reflection.kind === KINDS.class && !at.endsWith("Error");
    });
    assert.deepEqual(classes.map(({ at }) => at).sort(), ["ConnectSyncIdentity", "SyncRoleGuard", "TenantDirectory"]);
    assert.deepEqual(
      classes.filter(({ reflection }) => !hasTag(reflection, "@example")).map(({ at }) => at),
      [],
    );
  });
});
