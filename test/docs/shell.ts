/** Command lines of the documentation, taken apart. */
import { parse } from "shell-quote";

export interface Command {
  program: string;
  args: string[];
}

/** Stands for what a reader fills in. */
const PLACEHOLDER = "placeholder";

/** The lines of a block, with what was continued joined. */
export function commandLines(text: string): string[] {
  return text
    .replace(/\\\n\s*/g, " ")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/** The programs that a command line runs, with their arguments. @throws Error where it is no command line */
export function commandsIn(line: string): Command[] {
  const filled = line
    .replace(/<[A-Za-z][\w .-]*>/g, PLACEHOLDER)
    .replace(/"?\$\(([^)]*)\)[^\s;&|"]*"?/g, "; $1 ;")
    .replace(/\$\?/g, "$STATUS");
  const commands: Command[] = [];
  let words: string[] = [];
  let redirected = false;
  const end = () => {
    const start = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
    if (start >= 0) commands.push({ program: words[start], args: words.slice(start + 1) });
    words = [];
  };
  for (const token of parse(filled, (name) => `$${name}`)) {
    if (typeof token === "string") {
      if (!redirected) words.push(token);
      redirected = false;
    } else if ("comment" in token) break;
    else if (token.op === "glob") words.push("pattern" in token ? token.pattern : "*");
    else if ([">", ">>", "<", ">&"].includes(token.op)) redirected = true;
    else if (["&&", "||", "|", ";", "(", ")"].includes(token.op)) end();
    else throw new Error(`"${token.op}" in: ${line}`);
  }
  end();
  return commands;
}
