/** A host script that an organisation has signed: what of it is the project's own text. */

const BEGIN = "# SIG # Begin signature block";

/** A script's text as PowerShell reads it: without the mark of its encoding, with line feeds alone. */
export const scriptText = (text: string) => text.replace(/^\u{feff}/u, "").replace(/\r\n/g, "\n");

/** The text without the block that a signature adds at its end, and without what a signing tool changes on the way. */
export function withoutSignature(text: string): string {
  const [own] = scriptText(text).split(`\n${BEGIN}\n`);
  return `${own.trimEnd()}\n`;
}

/** Whether the text ends with the block of a signature; what that is worth, only Windows says. */
export const isSigned = (text: string) => scriptText(text).includes(`\n${BEGIN}\n`);
