/** How the stages of "npm test" share two cores, and what is shown of them. No stage of this repository runs here. */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ONE_PASSED, sum, type Counts } from "../../stages/counts";
import { longestFirst, mocha, slowest } from "../../stages/mocha";
import { Screen } from "../../stages/screen";
import { runSideBySide, type Stage } from "../../stages/side-by-side";

describe("Stages side by side", () => {
  /** Stages that end on request, in a schedule of two cores. */
  class Course {
    readonly began: string[] = [];
    shown = "";
    private readonly ends = new Map<string, (counts: Counts) => void>();
    private readonly screen = new Screen((text) => (this.shown += text));

    stage(name: string, cores: 1 | 2, after?: string): Stage {
      const run: Stage["run"] = (_limit, output) => {
        this.began.push(name);
        output.print(`${name} works`);
        return new Promise((resolve) => this.ends.set(name, resolve));
      };
      return { name, cores, after, limitMinutes: 1, run };
    }

    async run(stages: Stage[]) {
      try {
        return await runSideBySide(stages, 2, this.screen);
      } finally {
        this.screen.close();
      }
    }

    /** Ends a stage, and gives what waits for it a turn. */
    async end(name: string, counts = ONE_PASSED): Promise<void> {
      this.ends.get(name)!(counts);
      await new Promise(setImmediate);
    }
  }

  it("as many stages must run as there are cores, in their order, and one that fits must not wait for one that does not", async () => {
    const course = new Course();
    const all = course.run([
      course.stage("a", 1),
      course.stage("b", 1),
      course.stage("both", 2),
      course.stage("c", 1),
      course.stage("d", 1),
    ]);
    assert.deepEqual(course.began, ["a", "b"]);
    await course.end("b");
    assert.deepEqual(course.began, ["a", "b", "c"]);
    await course.end("a");
    assert.deepEqual(course.began, ["a", "b", "c", "d"]);
    await course.end("c");
    assert.equal(course.began.length, 4, "one core is not enough for a stage of two");
    await course.end("d");
    await course.end("both");
    assert.deepEqual(
      (await all).map(({ name }) => name),
      ["a", "b", "both", "c", "d"],
    );
  });

  it("a stage must wait for the one that it needs, but not for one that was not chosen", async () => {
    const course = new Course();
    const all = course.run([course.stage("needs", 1, "tool"), course.stage("tool", 1), course.stage("x", 1, "other")]);
    assert.deepEqual(course.began, ["tool", "x"]);
    await course.end("tool");
    assert.deepEqual(course.began, ["tool", "x", "needs"]);
    await course.end("needs");
    await course.end("x");
    await all;
  });

  it("failures must be counted, and a stage that breaks must be one of them, with its reason shown", async () => {
    const course = new Course();
    const broken: Stage = { ...course.stage("broken", 1), run: () => Promise.reject(new Error("no such program")) };
    const all = course.run([course.stage("a", 1), broken]);
    await course.end("a", { passes: 3, failures: 2, pending: 1 });
    const results = await all;
    assert.deepEqual(sum(results.map(({ counts }) => counts)), { passes: 3, failures: 3, pending: 1 });
    assert.match(course.shown, /== a: 2 failed, \d+ s\n[^]*no such program[^]*== broken: 1 failed/);
  });

  it("what a stage prints must be in one piece, in the order in which the stages began", async () => {
    const course = new Course();
    const all = course.run([course.stage("a", 1), course.stage("b", 1)]);
    await course.end("b");
    await course.end("a");
    await all;
    assert.match(course.shown, /^\n== a\na works\n== a: ok, \d+ s\n\n== b\nb works\n== b: ok, \d+ s\n$/);
  });
});

describe("A stage of mocha", function () {
  this.timeout(240_000);
  let folder: string;
  before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "mocha-stage-"))));
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  const put = (name: string, text: string) => fs.writeFileSync(path.join(folder, name), text);

  async function run(pattern: string, limitMilliseconds = 100_000, jobs = 1) {
    let shown = "";
    const screen = new Screen((text) => (shown += text));
    try {
      const counts = await mocha({ patterns: [path.join(folder, pattern)], jobs })(limitMilliseconds, screen.open());
      const { passes, failures, pending } = counts;
      screen.close();
      return { counts: { passes, failures, pending }, shown };
    } finally {
      screen.close();
    }
  }

  it("its tests must be counted, side by side too, and the files that took longest be named", async () => {
    put("quick.test.ts", 'it("passes", () => {}); it("is skipped");');
    const body = 'before((done) => setTimeout(done, 600)); it("fails", () => { throw new Error("so it is"); });';
    put("slow.test.ts", `describe("a file with a hook", () => { ${body} });`);
    for (const jobs of [1, 2]) {
      const { counts, shown } = await run("*.test.ts", 100_000, jobs);
      assert.deepEqual(counts, { passes: 1, failures: 1, pending: 1 });
      assert.match(shown, /so it is[^]*slowest: \S*slow\.test\.ts 1 s, \S*quick\.test\.ts 0 s\n$/);
    }
  });

  it("a run that is cut off, and one whose files do not load, must each be one failure", async () => {
    put("endless.ts", 'it("hangs", () => { for (;;); });');
    assert.deepEqual((await run("endless.ts", 3000)).counts, { passes: 0, failures: 1, pending: 0 });
    put("broken.ts", 'throw new Error("does not load");');
    assert.deepEqual((await run("broken.ts")).counts, { passes: 0, failures: 1, pending: 0 });
  });

  it("large files must come first, so that a long one is not begun last", () => {
    put("a.txt", "1");
    put("b.txt", "333");
    put("c.txt", "22");
    assert.deepEqual(longestFirst(["a.txt", "b.txt", "c.txt"], folder), ["b.txt", "c.txt", "a.txt"]);
  });

  it("five files at most must be named", () => {
    const files = Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`${n}.ts`, n * 1000]));
    assert.equal(slowest(files), "   slowest: 6.ts 6 s, 5.ts 5 s, 4.ts 4 s, 3.ts 3 s, 2.ts 2 s");
  });
});
