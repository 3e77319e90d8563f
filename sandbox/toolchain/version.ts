/** Which Pulumi the sandbox runs with. */

/** The version that is installed or built if none is available; the same as @pulumi/pulumi in package.json. */
export const PULUMI_VERSION = "3.276.0";

/** What a Pulumi that is found on PATH must be: at least `from`, and before `before`. */
const SUPPORTED_PULUMI = { from: "3.200.0", before: "4.0.0" } as const;

/** The range as text. */
export const SUPPORTED_PULUMI_RANGE = `>=${SUPPORTED_PULUMI.from} <${SUPPORTED_PULUMI.before}`;

/**
 * The three numbers of a version such as `3.259.0`, `v3.259.0-alpha.1+abc` or `go1.25`; undefined for other text. The
 * text after the numbers is ignored, a missing third number is 0.
 */
export function parseVersion(text: string): [number, number, number] | undefined {
  const match = /^(?:v|go)?(\d+)\.(\d+)(?:\.(\d+))?(?![\d.])/.exec(text.trim());
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : undefined;
}

/** Whether `version` is `least` or later; false if either is not a version. */
export function isAtLeast(version: string, least: string): boolean {
  const left = parseVersion(version);
  const right = parseVersion(least);
  if (!left || !right) return false;
  const place = [0, 1, 2].find((index) => left[index] !== right[index]);
  return place === undefined || left[place] > right[place];
}

/** Whether the sandbox supports this version of the Pulumi CLI. */
export function isSupportedPulumi(version: string): boolean {
  return isAtLeast(version, SUPPORTED_PULUMI.from) && !isAtLeast(version, SUPPORTED_PULUMI.before);
}
