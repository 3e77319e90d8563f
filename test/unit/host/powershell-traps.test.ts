/**
 * Traps of PowerShell that neither a parser nor a quick look shows, read from the files' text. What this does not prove
 * is that the files run.
 */
import assert from "node:assert/strict";
import { ALL_SCRIPTS, codeOf, functionsOf, HOST_SCRIPTS, readScript } from "./powershell-source";

/** The blocks that follow a pattern, from brace to brace. */
function blocksAfter(code: string, pattern: RegExp): string[] {
  return [...code.matchAll(pattern)].map(({ 0: match, index }) => {
    const begin = index + match.length;
    let depth = 1;
    let end = begin;
    for (; end < code.length && depth > 0; end += 1) {
      if (code[end] === "{") depth += 1;
      if (code[end] === "}") depth -= 1;
    }
    return code.slice(begin, end - 1);
  });
}

/** Variables whose Count is asked for although nothing makes them arrays or collections. */
function countedScalars(body: string): string[] {
  const counted = [...body.matchAll(/\$(\w+)\.Count\b/g)].map((match) => match[1]);
  return [...new Set(counted)].filter((name) => {
    const array = new RegExp(String.raw`\$${name} = @\(|\[object\[\]\] \$${name}\b`);
    return !array.test(body);
  });
}

/** Variables that a script block sets and its function reads outside: a block that is called sets its own. */
function lostAssignments(body: string): string[] {
  return blocksAfter(body, /-Step \{/g).flatMap((block) => {
    const rest = body.replace(block, "");
    const set = [...block.matchAll(/(?<![.\w])\$(\w+) = /g)].map((match) => match[1]);
    return set.filter((name) => new RegExp(String.raw`\$${name}\b`).test(rest));
  });
}

describe("Traps of PowerShell", () => {
  describe("the rules themselves", () => {
    it("the rules must detect a scalar that is counted", () => {
      assert.deepEqual(countedScalars("$a = Get-A\nif ($a.Count -eq 1) {}"), ["a"]);
      assert.deepEqual(countedScalars("$a = @(Get-A)\nif ($a.Count -eq 1) {}"), []);
    });

    it("the rules must detect a variable that a block loses", () => {
      assert.deepEqual(lostAssignments("Invoke-A -Step {\n $a = 1\n}\nreturn $a"), ["a"]);
      assert.deepEqual(lostAssignments("Invoke-A -Step {\n $a = 1\n $b.C = $a\n}\nreturn $b"), []);
    });

    it("the rules must find a block to its end", () => {
      assert.deepEqual(blocksAfter("x | ForEach-Object { if ($a) { 1 } 2 } 3", /ForEach-Object \{/g), [
        " if ($a) { 1 } 2 ",
      ]);
    });
  });

  for (const file of ALL_SCRIPTS) {
    const code = codeOf(readScript(file));

    describe(file, () => {
      it("PowerShell must not count a value that may be one item or none: 5.1 has no Count for those in strict mode", () => {
        const wrong = functionsOf(readScript(file)).flatMap(({ name, body }) =>
          countedScalars(codeOf(body)).map((variable) => `${name}: $${variable}`),
        );
        assert.deepEqual(wrong, []);
      });

      it("PowerShell must not leave a pipeline's block by return, break or continue", () => {
        for (const block of blocksAfter(code, /\b(?:ForEach|Where)-Object \{/g)) {
          assert.doesNotMatch(block, /\b(?:return|break|continue)\b/);
        }
      });

      it("PowerShell must not compare with $null on the right: that filters an array", () => {
        assert.doesNotMatch(code, /-[ic]?(?:eq|ne) \$null\b/i);
      });

      it("PowerShell must not read a variable that a called block has set", () => {
        const wrong = functionsOf(readScript(file)).flatMap(({ name, body }) =>
          lostAssignments(codeOf(body)).map((variable) => `${name}: $${variable}`),
        );
        assert.deepEqual(wrong, []);
      });
    });
  }

  /** The calls of all scripts of the host that a pattern finds; a rule about none of them would hold for ever. */
  const callsOf = (pattern: RegExp) => {
    const calls = HOST_SCRIPTS.flatMap((file) => codeOf(readScript(file)).match(pattern) ?? []);
    assert.ok(calls.length > 0, String(pattern));
    return calls;
  };

  it("the host's scripts must limit each query of the event log", () => {
    for (const call of callsOf(/Get-WinEvent[^\n]*/g)) assert.match(call, /-MaxEvents /);
  });

  it("the host's scripts must not write what PowerShell nests: ConvertTo-Json cuts at a depth of two", () => {
    for (const call of callsOf(/ConvertTo-Json\b[^\n]*/g)) {
      assert.match(call, /^ConvertTo-Json -InputObject \$Record -Compress/);
    }
  });
});
