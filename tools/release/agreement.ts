/** A release is one tag: package, changelog, template and tag name one version. */
import * as fs from "node:fs";
import * as path from "node:path";

const json = (root: string, file: string) =>
  JSON.parse(fs.readFileSync(path.join(root, file), "utf8")) as {
    name: string;
    version: string;
    dependencies: Record<string, string>;
  };

/** What of a repository contradicts a tag, one sentence each. */
export function contradictions(root: string, tag: string): string[] {
  const { name, version } = json(root, "package.json");
  const changelog = fs.readFileSync(path.join(root, "CHANGELOG.md"), "utf8");
  const [, heading = "none", entries = ""] = /^## (\S+)\n(.*?)(?=^## |$(?![\s\S]))/ms.exec(changelog) ?? [];
  const found: [what: string, value: string][] = [
    ["package-lock.json", json(root, "package-lock.json").version],
    ["the first heading of CHANGELOG.md", heading],
    ["template/package.json", json(root, "template/package.json").dependencies[name]],
  ];
  return [
    ...(tag === `v${version}`
      ? []
      : [`the tag is ${tag}, and package.json says ${version}: the tag must be v${version}`]),
    ...found.flatMap(([what, value]) => (value === version ? [] : [`${what} says ${value}, package.json ${version}`])),
    ...(/^- /m.test(entries) ? [] : [`CHANGELOG.md says nothing under ${heading}`]),
  ];
}
