/** The registry holds every code of the sources, and nothing that they do not use. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { AREAS, DIAGNOSTICS, isDiagnosticCode, pageOf, registrationOf } from "../../../model/diagnostics/registry";
import { codeOfMessage, HOST_MESSAGES, type HostMessageId } from "../../../model/protocol/host-messages";
import { HOST_ERRORS } from "../../../model/protocol/host-protocol";

const ROOT = path.join(__dirname, "../../..");
const FOLDERS = ["model", "remote", "components", "cli", "console", "policy"];
const CODES = Object.keys(DIAGNOSTICS);

const read = (file: string) => fs.readFileSync(file, "utf8");
const filesIn = (folder: string, ending: string): string[] =>
  fs
    .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => path.join(ROOT, folder, name));

/** The registry itself, and the controls, which name codes that others use. */
const isRegistry = (file: string) =>
  [path.join("diagnostics", "registry"), path.join("model", "controls")].some((part) => file.includes(part));
const sources = FOLDERS.flatMap((folder) => filesIn(folder, ".ts")).filter((file) => !isRegistry(file));

/** Codes that a text names as text: of errors in capitals, of findings as what `diagnose` takes. */
const named = (text: string) => [...text.matchAll(/diagnose\(\s*"([^"]+)"/g)].map(([, code]) => code);

describe("the registry of diagnostics", () => {
  it("must hold every code that the sources name", () => {
    const used = sources.flatMap((file) => named(read(file)));
    assert.ok(used.length > 50, "the sources were not read");
    assert.deepEqual(
      used.filter((code) => !isDiagnosticCode(code)),
      [],
    );
  });

  it("must hold no code that nothing uses", () => {
    const text = sources.map(read).join("\n");
    const unused = CODES.filter((code) => !text.includes(`"${code}"`) && !(code in HOST_ERRORS));
    assert.deepEqual(unused, []);
  });

  it("must hold every code that a server may answer", () => {
    assert.deepEqual(
      Object.keys(HOST_ERRORS).filter((code) => !(code in AREAS.host)),
      [],
    );
  });

  it("must hold every code of the host program and of its stand-in", () => {
    const codes = (Object.keys(HOST_MESSAGES) as HostMessageId[]).map(codeOfMessage);
    assert.deepEqual(
      codes.filter((code) => !isDiagnosticCode(code)),
      [],
    );
  });

  it("must hold a code once: no area repeats one of another", () => {
    const all = Object.values(AREAS).flatMap((area) => Object.keys(area));
    assert.deepEqual(all.length, CODES.length);
  });

  it("must build every diagnostic: no other source puts one together by hand but what takes a server's own answer", () => {
    const byHand = sources.filter((file) => /\bcode: ["'][A-Za-z_-]+["'],[^}]*\bactual\b/.test(read(file)));
    assert.deepEqual(
      byHand.map((file) => path.relative(ROOT, file)),
      [],
    );
  });

  for (const code of CODES) {
    it(`must say of ${code} what is so, why it matters, and since when, in whole sentences`, () => {
      const { title, why, since, severity, expected } = registrationOf(code as keyof typeof DIAGNOSTICS);
      for (const text of [title, why]) assert.match(text, /^[A-Z`].*\.$/);
      assert.match(since, /^\d+\.\d+\.\d+$/);
      assert.equal(expected === "", severity === "notice");
    });
  }
});

describe("the page of all diagnostics", () => {
  const page = read(path.join(ROOT, "docs/diagnostics.md"));

  it("must have a place for every code, by the address that a diagnostic names", () => {
    const places = [...page.matchAll(/^### `([A-Za-z_-]+)`$/gm)].map(
      ([, code]) => `docs/diagnostics.md#${code.toLowerCase()}`,
    );
    assert.deepEqual(
      places,
      CODES.map((code) => pageOf(code as keyof typeof DIAGNOSTICS)),
    );
  });

  it("must name no guide that is not there", () => {
    for (const code of CODES) {
      const { guide } = registrationOf(code as keyof typeof DIAGNOSTICS);
      if (guide) assert.ok(fs.existsSync(path.join(ROOT, "docs", guide)), `${code}: ${guide}`);
    }
  });
});
