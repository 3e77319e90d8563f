/** Windows compares names without regard to case. */
export const sameText = (left: string | null, right: string | null): boolean =>
  left !== null && right !== null && left.toLowerCase() === right.toLowerCase();
