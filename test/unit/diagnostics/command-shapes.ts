/**
 * The shape of every command of Pulumi and the Azure CLI that a remedy may name, as their documentation has them. A flag ends with `=` if a value follows.
 */
export interface CommandShape {
  /** Number of arguments without a flag. */
  arguments: number;
  flags: readonly string[];
}

export const PULUMI_COMMANDS: Record<string, CommandShape> = {
  up: { arguments: 0, flags: ["--refresh", "--stack="] },
  preview: { arguments: 0, flags: ["--diff", "--stack="] },
  cancel: { arguments: 0, flags: ["--stack="] },
  destroy: { arguments: 0, flags: ["--stack="] },
  "config set": { arguments: 2, flags: ["--secret", "--path", "--stack="] },
  stack: { arguments: 0, flags: ["--show-urns", "--stack="] },
  "state delete": { arguments: 1, flags: ["--target-dependents", "--stack="] },
};

export const AZ_COMMANDS: Record<string, CommandShape> = {
  "ad app delete": { arguments: 0, flags: ["--id="] },
  "ad app credential list": { arguments: 0, flags: ["--id=", "--cert"] },
  "ad app credential delete": { arguments: 0, flags: ["--id=", "--key-id=", "--cert"] },
  "ad app federated-credential delete": { arguments: 0, flags: ["--id=", "--federated-credential-id="] },
  "ad app owner add": { arguments: 0, flags: ["--id=", "--owner-object-id="] },
  "ad app owner remove": { arguments: 0, flags: ["--id=", "--owner-object-id="] },
  "ad app permission list-grants": { arguments: 0, flags: ["--id="] },
  "ad app permission admin-consent": { arguments: 0, flags: ["--id="] },
  "ad sp create": { arguments: 0, flags: ["--id="] },
  "ad sp credential delete": { arguments: 0, flags: ["--id=", "--key-id=", "--cert"] },
  "cloud set": { arguments: 0, flags: ["--name="] },
  rest: { arguments: 0, flags: ["--method=", "--url="] },
};

/** Holds words against the one command of a table that they begin with. @throws Error if there is none, or they do not fit */
export function parseShape(table: Record<string, CommandShape>, words: readonly string[]): void {
  const name = Object.keys(table)
    .filter((known) => `${words.join(" ")} `.startsWith(`${known} `))
    .sort((left, right) => right.length - left.length)[0];
  if (name === undefined) throw new Error(`no such command: ${words.join(" ")}`);
  const shape = table[name];
  const rest = words.slice(name.split(" ").length);
  let plain = 0;
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index];
    if (!word.startsWith("-")) plain += 1;
    else if (shape.flags.includes(`${word}=`)) {
      index += 1;
      if (rest[index] === undefined || rest[index] === "") throw new Error(`${name}: ${word} has no value`);
    } else if (!shape.flags.includes(word)) throw new Error(`${name}: no flag ${word}`);
  }
  // A secret is asked for where `config set` has no value.
  const secret = name === "config set" && rest.includes("--secret") && plain === 1;
  if (plain !== shape.arguments && !secret) throw new Error(`${name}: ${plain} arguments`);
}
