/** Secrets in a state that was exported with them. */

/** What marks a secret within a state. */
export const SECRET_KEY = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" } as const;
const [MARK] = Object.keys(SECRET_KEY);

/** What is secret in a state, each text in it that is long enough to be told from others. */
export function secretsIn(value: unknown): string[] {
  if (value === null || typeof value !== "object") return [];
  const { plaintext } = value as { plaintext?: unknown };
  if (MARK in value && typeof plaintext === "string") return textsIn(JSON.parse(plaintext));
  return Object.values(value).flatMap(secretsIn);
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return value.length > 20 ? [value] : [];
  return value !== null && typeof value === "object" ? Object.values(value).flatMap(textsIn) : [];
}
