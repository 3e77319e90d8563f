/** What every encoder begins with: what cannot be seen is shown by its code point, and nothing is without end. Pure. */

/**
 * Control characters (with escape sequences, as they begin with one), format characters (bidirectional marks, zero-width
 * ones), line and paragraph separators, lone surrogates, private use, and what else is drawn as nothing.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}]/gu;
const UNSEEN_WITHIN_LINES = new RegExp(`(?![\\n\\t])${UNSEEN.source}`, "gu");

/** `\u202e` of a character; `\u{e0001}` of one beyond the first plane. */
export function codeOf(character: string): string {
  const hexadecimal = character.codePointAt(0)!.toString(16);
  return hexadecimal.length > 4 ? `\\u{${hexadecimal}}` : `\\u${hexadecimal.padStart(4, "0")}`;
}

/** One line of text in which everything can be seen; a line end in it is shown as well. */
export function visible(text: string): string {
  return text.replace(UNSEEN, codeOf);
}

/** Several lines, whose ends and tabs stay. */
export function visibleLines(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(UNSEEN_WITHIN_LINES, codeOf);
}

/** The beginning of what is too long, in UTF-16 units; never half a character. */
export function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const kept = text.slice(0, longest - 3);
  return `${/[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept}...`;
}
