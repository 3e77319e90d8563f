/** What takes the place of a removal while a declared server signs in with what would be removed, or may. */

/** `{by}` names the servers. */
export const KEPT = ["Do not remove it: the connector of {by} signs in with it."] as const;
/** `{why}` is why no one can say. */
export const UNKNOWN_USE = [
  "Do not remove it yet: whether a declared server signs in with it is not known, as {why}.",
] as const;
