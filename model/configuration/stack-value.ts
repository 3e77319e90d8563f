/** A value of a stack's configuration, as Pulumi hands every value over: as text. Pure. */

/** Maps and lists, which Pulumi writes as JSON; any other text as it is. */
export function stackValue(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
