/** The stand-ins for the readers of a CI log must be as rude as what they stand for. */
import assert from "node:assert/strict";
import { azureReader, githubReader, LogStream, type LineReader } from "../../../sandbox/pipeline/log-commands";

/** What a reader takes out of pieces of output. */
function taken(reader: LineReader, ...pieces: string[]): string[] {
  const found: string[] = [];
  const stream = new LogStream((line) => {
    const command = reader(line);
    if (command) found.push(`${command.name}(${command.properties})${command.data}`);
  });
  for (const piece of pieces) stream.write(piece);
  stream.end();
  return found;
}

const TOKEN = "0123456789abcdef";

describe("the emulated readers of a CI log", () => {
  it("must take GitHub's commands at the beginning of a line, behind blanks, and `##[` anywhere", () => {
    const text = "a ::error::no\n \t::add-mask::x\n::set-output name=a::b\nc ##[warning]d\n::unknown::e\n";
    assert.deepEqual(taken(githubReader(), text), ["add-mask()x", "set-output(name=a)b", "warning()d"]);
  });

  it("must put a command together from several writes, and begin a line at a carriage return", () => {
    assert.deepEqual(taken(githubReader(), "::er", "ror::a\rb\r::notice::c"), ["error()a", "notice()c"]);
    assert.deepEqual(taken(azureReader, "x ##v", "so[a.b c=d]e"), ["a.b(c=d)e"]);
  });

  it("must take none of GitHub's commands until the token comes, and refuse one that can be guessed", () => {
    const lines = [
      "::stop-commands::" + TOKEN,
      "::error::a",
      "##[error]b",
      "::stop-commands::x",
      `::${TOKEN}::`,
      "::error::c",
    ];
    assert.deepEqual(taken(githubReader(), lines.join("\n")), ["error()c"]);
    assert.throws(() => taken(githubReader(), "::stop-commands::x\n"), /too short/);
  });

  it("must take a command of Azure DevOps anywhere in a line, in whatever case, with nothing that stops it", () => {
    const text = `::stop-commands::${TOKEN}\nname "##vso[task.setvariable variable=x]1"\n##VSO[a.b]\n##[group]c\n`;
    assert.deepEqual(taken(azureReader, text), ['task.setvariable(variable=x)1"', "a.b()", "group()c"]);
  });
});
