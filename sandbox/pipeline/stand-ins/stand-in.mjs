/** Common code of the stand-ins: they announce themselves, support a few exact command lines, and refuse all others. */
import fs from "node:fs";

/** Runs the handler of the first matching pattern; a pattern is a list of words, strings or regular expressions. */
export async function standIn(name, patterns) {
  const args = process.argv.slice(2);
  process.stderr.write(`${name} stand-in: emulated; it contacts no real service\n`);
  for (const [words, handle] of patterns) {
    if (words.length !== args.length) continue;
    const values = words.map((word, index) =>
      typeof word === "string" ? word === args[index] && [] : word.exec(args[index]),
    );
    if (!values.every(Boolean)) continue;
    try {
      const text = await handle(...values.flatMap((value) => [...value].slice(1)));
      if (text !== undefined) process.stdout.write(`${text}\n`);
      process.exit(0);
    } catch (error) {
      process.stderr.write(`${name} stand-in: ${error.message}\n`);
      process.exit(1);
    }
  }
  process.stderr.write(`${name} stand-in: unsupported command line: ${name} ${args.join(" ")}\n`);
  process.exit(64);
}

export function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

export const stdin = () => fs.readFileSync(0, "utf8");

/** A JSON file with the content of the emulated service. */
export function stored(file, change) {
  const data = JSON.parse(fs.readFileSync(file, "utf8"));
  const result = change(data);
  fs.writeFileSync(file, JSON.stringify(data, null, 2));
  return result;
}
