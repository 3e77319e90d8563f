/** Parses what Pulumi prints at the end of a run. */

/** The diagnostics of a run: for each resource its lines. */
function blocks(output: string): string[][] {
  const [, diagnostics = ""] = /^Diagnostics:\n([\s\S]*?)(?=^\S|(?![\s\S]))/m.exec(output) ?? [];
  return diagnostics
    .split("\n\n")
    .map((block) => block.split("\n").filter((line) => line.trim() !== ""))
    .filter((lines) => lines.length > 0);
}

/** Each error with the line that names its resource and all related lines, as a person sees it. */
export function errorsOf(output: string): string[] {
  return blocks(output).flatMap(([resource, ...lines]) => {
    const starts = lines.flatMap((line, index) => (/^ {4}(error|warning): /.test(line) ? [index] : []));
    const errors = starts.filter((index) => lines[index].startsWith("    error: "));
    return errors.map((index) => {
      const end = starts.find((start) => start > index) ?? lines.length;
      return [resource, ...lines.slice(index, end)].join("\n");
    });
  });
}
