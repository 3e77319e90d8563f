/** The remedy instead of a removal, while a declared server signs in, or may sign in, with what would be removed. */

/** `{by}` names the servers. */
export const KEPT = ["Do not remove it: the connector of {by} signs in with it."] as const;
/** `{why}` is why no one can say. */
export const UNKNOWN_USE = [
  "Do not remove it yet: it is not known whether a declared server signs in with it, because {why}.",
] as const;
