/**
 * A page of docs/situations as a person follows it: the situation is made, its message leads to the page, the page's steps
 * are executed as printed, and what the page promises is checked. The stack is the sandbox's, and values of a person's own
 * are filled in. A page's last test fails for a step that no scenario executed.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { parse } from "yaml";
import { registrationOf, type DiagnosticCode } from "../../../model/diagnostics/registry";
import { stepsOf, type Step } from "../../docs/steps";
import { loadParser, syntaxErrors } from "../../unit/host/powershell-parser";
import type { TestSandbox } from "../support";
import { NOT_EXECUTED } from "./not-executed";
import { SituationProject, type Result, type Running, type Start } from "./project";

interface Doing {
  /** What the page says beside the line: an option, for instance, that it names. */
  also?: string;
  stdin?: string;
  /** What a reader fills in, by what the page has in its place. */
  values?: Readonly<Record<string, string>>;
}

const SANDBOX_COMMAND = /^npx connect-sync-identity sandbox (?!pulumi)/;

export class Situation {
  private readonly steps: (Step & { done?: boolean })[];
  private at = 0;

  constructor(
    readonly name: string,
    private readonly opened: () => SituationProject,
  ) {
    this.steps = stepsOf(name);
  }

  get project(): SituationProject {
    return this.opened();
  }

  get test(): TestSandbox {
    return this.project.test;
  }

  /** The page is read from its beginning, in a sandbox before or after the first up. */
  async begin(start: Start): Promise<void> {
    this.at = 0;
    await this.project.begin(start);
  }

  /** Reads the page from its beginning once more. */
  again(): void {
    this.at = 0;
  }

  /** A scenario of the page. */
  scenario(title: string, start: Start, follow: () => Promise<void>): void {
    it(title, async () => {
      await this.begin(start);
      await follow();
    });
  }

  /** Executes a step of the page, which must succeed. @returns what it printed */
  async run(text: string, doing: Doing = {}): Promise<string> {
    const { code, output } = await this.attempt(text, doing);
    assert.equal(code, 0, `${text}: exit code ${code}\n${output}`);
    return output;
  }

  /** Executes a step of the page, which must fail. @returns what it printed */
  async fails(text: string, doing: Doing = {}): Promise<string> {
    const { code, output } = await this.attempt(text, doing);
    assert.notEqual(code, 0, `${text}: succeeded\n${output}`);
    return output;
  }

  /** Executes a step of the page, which may fail. */
  async attempt(text: string, doing: Doing = {}): Promise<Result> {
    if (SANDBOX_COMMAND.test(text)) {
      this.take("command", text);
      await this.inSandbox(text.split(" ").slice(3));
      return { code: 0, output: "" };
    }
    return this.start(text, doing).result;
  }

  /** Starts a step of the page. */
  start(text: string, { also = "", stdin, values = {} }: Doing = {}): Running {
    this.take("command", text);
    let line = text.replace(/--stack (prod|production)\b/, "--stack dev");
    line = pulumiItself(line);
    for (const [shown, value] of Object.entries(values)) {
      assert.ok(line.includes(shown), `${shown} is not in ${line}`);
      line = line.replace(shown, value);
    }
    return this.project.start(`${line} ${also}`, stdin);
  }

  /** Ends a run by the page's command, at once, and no process of another run. */
  end(text: string, { pid }: Running): void {
    this.take("command", text);
    assert.match(text, /^pkill /);
    spawnSync("bash", ["-c", text.replace("pkill", `pkill -s ${pid}`)]);
  }

  /** Puts the page's next settings into the stack's file. @param edit what a reader fills in. @default as they are */
  configure(edit: (servers: Record<string, Record<string, unknown>>) => void = () => undefined): void {
    const step = this.take("settings", null);
    const shown = parse(step.text) as Record<string, Record<string, Record<string, unknown>>>;
    for (const servers of Object.values(shown)) edit(servers);
    this.project.change((config) => Object.assign(config, merged(config, shown)));
  }

  /** PowerShell that a person enters on a server: here it is parsed. */
  async onServer(text: string): Promise<void> {
    this.take("powershell", text);
    const parser = await loadParser();
    // As in test/unit/docs/blocks.test.ts: the grammar takes no digits in the name of a parameter.
    const filled = text.replace(/<[A-Za-z][\w ]*>/g, "value").replace("SHA256Hash", "Hash");
    if (parser) assert.deepEqual(syntaxErrors(parser(filled)), []);
  }

  /** The output must hold a code that names this page. */
  leadsHere(output: string, ...codes: DiagnosticCode[]): void {
    for (const code of codes) {
      assert.match(output, new RegExp(`\\b${code}\\b`));
      assert.equal(registrationOf(code).guide, `situations/${this.name}.md`, code);
    }
  }

  /** Servers synchronise with their applications, and nothing is left to do. */
  async expectHealthy(...servers: string[]): Promise<void> {
    for (const server of servers) {
      this.test.expectOnboarded(server);
      this.test.expectSchedulerOn(server);
    }
    await this.test.expectUnchanged();
  }

  /** Steps that were neither executed nor are known as not to be. */
  left(): string[] {
    const known = Object.keys(NOT_EXECUTED[this.name] ?? {});
    const left = this.steps.filter(({ done, text }) => !done && !known.includes(text));
    const needless = known.filter((text) => !this.steps.some((step) => step.text === text && !step.done));
    return [
      ...left.map(({ line, text }) => `${this.name}.md:${line}: not executed: ${text}`),
      ...needless.map((text) => `not-executed.ts: executed, or not on the page: ${text}`),
    ];
  }

  /** Finds a step behind the last one; a command that is only named within a line may be done at any point. */
  private take(kind: Step["kind"], text: string | null): Step {
    const same = (step: Step) => step.kind === kind && (text === null || step.text === text);
    const found = this.steps.findIndex((step, index) => index >= this.at && !step.inline && same(step));
    const inline = this.steps.filter((step) => step.inline && text !== null && isNamed(step.text, text));
    assert.ok(found >= 0 || inline.length > 0, `${this.name}.md has no such step here: ${text ?? kind}`);
    for (const step of inline) step.done = true;
    if (found < 0) return inline[0];
    this.steps[found].done = true;
    this.at = found + 1;
    return this.steps[found];
  }

  /** The sandbox's own commands, in this process, as it holds the sandbox. */
  private async inSandbox([command, target, what, times, count]: string[]): Promise<void> {
    const { faults } = this.test.sandbox;
    switch (command) {
      case "reset":
        return this.project.begin("nothing");
      case "break":
        return this.test.sandbox.break(target, what);
      case "sign-in":
        await this.test.sandbox.signIn(target);
        return;
      case "fault":
        if (what === "clear") return faults.clear(target);
        return faults.set(target, what, times === "--times" ? Number(count) : null);
      default:
        assert.fail(`sandbox ${command} is not known here`);
    }
  }
}

const pulumiItself = (text: string) => text.replace(/^npx connect-sync-identity sandbox pulumi --/, "pulumi");

/** Whether a command that is named within a line is this one, as it is or with further arguments. */
const isNamed = (name: string, text: string) => `${pulumiItself(text)} `.startsWith(`${pulumiItself(name)} `);

type Values = Record<string, unknown>;
const isMap = (value: unknown): value is Values => value !== null && typeof value === "object" && !Array.isArray(value);

function merged(old: unknown, shown: Values): Values {
  const from = isMap(old) ? old : {};
  const values = Object.entries(shown).map(([key, value]) => [key, isMap(value) ? merged(from[key], value) : value]);
  return { ...from, ...(Object.fromEntries(values) as Values) };
}

/** The scenarios of a page. */
export type Follow = (page: Situation) => void;

/** The pages of a file share a sandbox, which each scenario finds as it asks for. */
export function situations(title: string, pages: Readonly<Record<string, Follow>>): void {
  describe(title, function () {
    this.timeout(600_000);
    let project: SituationProject;
    before(async () => {
      project = await SituationProject.open();
    });
    after(() => project?.close());
    for (const [name, follow] of Object.entries(pages)) {
      describe(`docs/situations/${name}.md`, () => {
        const page = new Situation(name, () => project);
        follow(page);
        it("each step of the page must be executed by a scenario", () => assert.deepEqual(page.left(), []));
      });
    }
  });
}
