/** The beginning of a hash, for messages. */
export const shortHash = (sha256: string) => `${sha256.slice(0, 12)}...`;
