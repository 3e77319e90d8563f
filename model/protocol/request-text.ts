/**
 * How a request is written for the host: the one writer for both senders, our own SSH client and the command plugin, whose
 * text is in state. Windows PowerShell decodes stdin with a code page of its own, so only ASCII travels.
 */

/** JSON in ASCII only. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A request as the host program reads it: one line. */
export function requestText(request: object): string {
  return `${asciiJson(request)}\n`;
}
