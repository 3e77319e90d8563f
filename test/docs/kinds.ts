/**
 * Which kind of text a block is. Every kind has its check in test/unit/docs/blocks.test.ts or test/end-to-end/docs.test.ts;
 * a block of no kind fails there. A new kind is a line here and a check there.
 */
import { parse as parseYaml } from "yaml";
import type { Block } from "./blocks";
import { commandLines, commandsIn } from "./shell";

export type Kind =
  | "shell"
  | "powershell"
  | "stack-file"
  | "pipeline"
  | "project-file"
  | "json"
  | "typescript"
  | "mermaid"
  | "output"
  | "drawing"
  | "outside";

/** Programs of others: what they do needs an account, a server or a system of one's own, so they are not run here. */
export const OUTSIDE: Record<string, string> = {
  az: "Azure CLI: needs a tenant",
  gh: "GitHub CLI: needs an account",
  git: "version control of one's own repository",
  eval: "takes an agent's variables into the shell",
  "ssh-agent": "OpenSSH's agent, of the person's own session",
  "ssh-add": "OpenSSH: needs a key of one's own",
  "ssh-keygen": "OpenSSH: makes a key of one's own",
  ssh: "OpenSSH: needs a server",
  scp: "OpenSSH: needs a server",
  jq: "run by test/end-to-end/output.test.ts where it is there",
  export: "a variable of the shell",
  cd: "a folder of the shell",
  mkdir: "makes a folder",
  cp: "copies files of this repository into one's own",
  rm: "removes a file of one's own",
  sed: "fills a file of this repository in; test/unit/docs/pipelines.test.ts holds the files",
  tail: "takes the last line",
  openssl: "run by test/unit/cli/report-origin.test.ts where it is there",
  python3: "run by test/unit/cli/report-origin.test.ts where it is there",
  chromium: "a browser of one's own; test/unit/cli/report-print.test.ts prints",
  curl: "needs the network",
  brew: "changes the machine",
  winget: "changes the machine",
  node: "says its version",
  echo: "prints",
  mv: "renames a file of one's own",
  gzip: "packs a file of one's own",
  base64: "writes a file as text",
  docker: "needs a container engine",
  terraform: "shown for comparison",
};

/** Languages of others, shown as they are; the reason stands beside each. */
export const OUTSIDE_LANGUAGES: Record<string, string> = {
  hcl: "Terraform's language, shown for comparison",
  bicep: "Bicep's language, shown for comparison",
  kusto: "a query of Azure Monitor",
  kql: "a query of Azure Monitor",
  dockerfile: "a container image",
  diff: "a change of a file that is shown elsewhere",
  toml: "a file of another tool",
  ini: "a file of another tool",
  xml: "a file of another tool",
  python: "an example in another language of Pulumi's",
  csharp: "an example in another language of Pulumi's",
  go: "an example in another language of Pulumi's",
};

const OWN = ["npm", "npx", "pulumi", "./.ci/run"];

/** Whether each line runs programs that are known. */
function isShell(text: string): boolean {
  try {
    const commands = commandLines(text).flatMap(commandsIn);
    const known = (program: string) => OWN.includes(program) || program in OUTSIDE;
    return commands.length > 0 && commands.every(({ program }) => known(program));
  } catch {
    return false;
  }
}

const CMDLET =
  /^(\s*\$|\s*\.\\|(& )?"|\s*(Add|Get|Set|New|Remove|Start|Stop|Test|Invoke|Repair|Install|Restart|Import|Confirm)-[A-Z])/;

/** What our programs and Pulumi print: lines that begin as theirs do. */
const OUTPUT = [
  /^\s*(ok|problem|remedy|skipped|error:|warning:|hostKey:|hint:)(\s|$)/,
  /^\s*[a-z][\w-]*: [A-Za-z_-]+(: |\b)/,
  /^<server>: /,
  /^\s*[~+\-]{1,2}\s+\S/,
  /^\s*(Diagnostics|Outputs|Resources|Previewing|Updating|Policies)\b/,
  /^\s+\S/,
  /^[\w-]+:? .*(passed|unchanged|healthy|problems?)/,
];

/** A sentence may go on in the next line. */
const forms = (index: number) => (index === 0 ? OUTPUT : [...OUTPUT, /^[a-z(]/]);

const isOutput = (text: string) =>
  text.split("\n").every((line, index) => line.trim() === "" || forms(index).some((form) => form.test(line)));

function yamlKind(text: string): Kind | null {
  let content: unknown;
  try {
    content = parseYaml(text);
  } catch {
    return null;
  }
  if (content === null || typeof content !== "object" || Array.isArray(content)) return null;
  const keys = Object.keys(content);
  if (keys.some((key) => key === "config" || /^(connect-sync-identity|azuread|pulumi):/.test(key))) return "stack-file";
  if (keys.includes("runtime")) return "project-file";
  const pipeline = ["jobs", "steps", "stages", "trigger", "pool", "on", "permissions", "include", "image", "schedules"];
  return keys.some((key) => pipeline.includes(key)) || /^\S+:\n {2}(stage|script|extends):/m.test(text)
    ? "pipeline"
    : null;
}

/** The kind of a block; null where it is of none. */
export function kindOf({ language, text }: Pick<Block, "language" | "text">): Kind | null {
  switch (language.toLowerCase()) {
    case "yaml":
    case "yml":
      return yamlKind(text);
    case "json":
    case "jsonc":
      return "json";
    case "powershell":
    case "ps1":
      return "powershell";
    case "sh":
    case "bash":
    case "shell":
    case "console":
      return isShell(text) ? "shell" : null;
    case "js":
    case "ts":
    case "typescript":
      return "typescript";
    case "mermaid":
      return "mermaid";
    case "text":
      return isOutput(text) ? "output" : /[\u2500-\u257f]|->|<-|\|-/.test(text) ? "drawing" : null;
    case "":
      if (/[\u2500-\u257f]/.test(text)) return "drawing";
      if (isShell(text)) return "shell";
      if (CMDLET.test(text)) return "powershell";
      if (/^\s*[{[]/.test(text)) return "json";
      return yamlKind(text) ?? (isOutput(text) ? "output" : null);
    default:
      return language.toLowerCase() in OUTSIDE_LANGUAGES ? "outside" : null;
  }
}
