/** For iCalendar (RFC 5545): values of type TEXT, and lines as they are folded. Pure. */
import { encodeText } from "./text";

/** A value of type TEXT: what ends a value, a list or a line is escaped. */
export function encodeForCalendar(text: string): string {
  return encodeText(text.replaceAll(/\s+/g, " ")).replace(/[\\;,]/g, (character) => `\\${character}`);
}

/** The most that a line may have, in bytes of UTF-8 and without its end. */
const LONGEST_LINE = 75;

/** A character with the blanks and marks behind it that would begin a command of a CI system if they began a line. */
const UNCUT = /[^][\s:#]{0,60}/gu;

/** A content line with its end, in lines of 75 bytes at most; a character is never cut. */
export function calendarLine(line: string): string {
  const folded: string[] = [""];
  let bytes = 0;
  for (const [piece] of line.matchAll(UNCUT)) {
    const size = Buffer.byteLength(piece);
    if (bytes + size > LONGEST_LINE) {
      folded.push(" ");
      bytes = 1;
    }
    folded[folded.length - 1] += piece;
    bytes += size;
  }
  return `${folded.join("\r\n")}\r\n`;
}
