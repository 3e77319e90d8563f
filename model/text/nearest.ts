/** The nearest right spelling, for messages about unknown names. */

/** Number of single-character edits between two words. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const substitution = row[j - 1] + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, substitution));
    }
    row = next;
  }
  return row[right.length];
}

/** Whether two words share so much that one may be meant by the other: at most half of the longer one differs. */
export function isNear(word: string, candidate: string): boolean {
  const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
  return distance * 2 <= Math.max(word.length, candidate.length);
}

/** The candidates, most similar first. */
export function byNearness(word: string, candidates: readonly string[]): string[] {
  const distance = (candidate: string) => editDistance(word.toLowerCase(), candidate.toLowerCase());
  return [...candidates].sort((left, right) => distance(left) - distance(right));
}
