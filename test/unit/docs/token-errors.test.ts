import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import {
  isFederationMismatch,
  TOKEN_ERRORS,
  TOKEN_ERRORS_PAGE,
  tokenErrorIn,
} from "../../../model/tenant/token-errors";

const page = fs.readFileSync(path.resolve(__dirname, "../../../docs", TOKEN_ERRORS_PAGE), "utf8");
const unescaped = (text: string) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">");
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| AADSTS"))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => unescaped(cell.trim())),
  );

describe("the table of Entra's codes", () => {
  it("the page must have every code with its meaning and what helps, and no other", () => {
    const expected = Object.entries(TOKEN_ERRORS).map(([code, { meaning, remedy }]) => [code, meaning, remedy]);
    assert.deepEqual(
      rows.map(([code, meaning, , remedy]) => [code, meaning, remedy]),
      expected,
    );
  });

  it("the page must say whether waiting helps as the table does", () => {
    const words = { passing: /^yes/, replication: /^in minutes/, permanent: /^no$/ };
    for (const [code, , passes] of rows)
      assert.match(passes, words[TOKEN_ERRORS[code as keyof typeof TOKEN_ERRORS].kind]);
  });

  it("a code must be found in Entra's own sentence, and an unknown one must not be judged", () => {
    assert.equal(
      tokenErrorIn("invalid_client: AADSTS7000112: Application is disabled. Trace ID: x")?.kind,
      "permanent",
    );
    assert.equal(tokenErrorIn("AADSTS700016: not found")?.kind, "replication");
    assert.equal(tokenErrorIn("AADSTS9999999: x, then AADSTS53003: y")?.code, "AADSTS53003");
    for (const text of ["AADSTS9999999: x", "AADSTS", "none", "AADSTS530031"]) assert.equal(tokenErrorIn(text), null);
  });

  it("a federated credential that does not match must be distinguished from other refusals", () => {
    const mismatches = Object.keys(TOKEN_ERRORS).filter((code) => isFederationMismatch(tokenErrorIn(code)!));
    assert.deepEqual(mismatches, ["AADSTS70021", "AADSTS700211", "AADSTS700212", "AADSTS700213"]);
  });
});
