/**
 * Says on stderr why Entra refused the job's sign-in: the code and what it means, what the job's token presents and what the
 * federated credentials of this repository expect, and the page.
 *
 *   node explain-sign-in.mjs <file with what az said> <file with what the token presents>
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const HERE = import.meta.dirname;
const IDENTITIES = path.join(HERE, "../identities");
const MISMATCH = ["AADSTS70021", "AADSTS700211", "AADSTS700212", "AADSTS700213"];

const [saidFile, presentedFile] = process.argv.slice(2);

/** A line of others: in one piece, without what moves a cursor. */
const plain = (text) =>
  String(text)
    .replace(/[^ -~]/g, "?")
    .slice(0, 300);
const print = (line) => console.error(line);

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** What the code means; the program's own table, of a package or of a clone. */
async function meaningOf(code) {
  const table = await import("../../model/tenant/token-errors.js").catch(() =>
    import("../../model/tenant/token-errors.ts").catch(() => null),
  );
  return table?.TOKEN_ERRORS[code] ?? null;
}

/** The declared credentials of the repository that the token is of: name, subject, issuer, audience. */
function expected(subject) {
  const repository = /^(.*?):(?:environment:|ref:|pull_request$)/.exec(subject)?.[1] ?? "REPOSITORY_SUBJECT";
  return readdirSync(IDENTITIES)
    .filter((file) => file.startsWith("github-"))
    .map((file) => JSON.parse(readFileSync(path.join(IDENTITIES, file), "utf8")))
    .map(({ name, subject, issuer, audiences }) => ({
      ...{ name, issuer, audience: audiences.join(" ") },
      subject: subject.replace("REPOSITORY_SUBJECT", repository),
    }));
}

const code = /AADSTS\d+/.exec(read(saidFile))?.[0];
if (!code) process.exit(0);
const known = await meaningOf(code);
print(`sign-in: ${code}${known ? `: ${known.meaning}. ${known.remedy}` : ""}`);
if (MISMATCH.includes(code)) {
  const { sub = "none", iss = "none", aud = "none" } = JSON.parse(read(presentedFile) || "null") ?? {};
  print(`  presented: subject ${plain(sub)}, issuer ${plain(iss)}, audience ${plain(aud)}`);
  print("  expected:  one of these, whichever the identity of this job has:");
  for (const { name, subject, issuer, audience } of expected(String(sub))) {
    print(`             subject ${plain(subject)}, issuer ${issuer}, audience ${audience} (${name})`);
  }
}
print("  See docs/situations/sign-in-refused.md and docs/pipelines/identities.md.");
