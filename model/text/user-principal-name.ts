/** A user principal name in two parts; the domain is empty if it has none. */
export function partsOf(userName: string): { name: string; domain: string } {
  const at = userName.lastIndexOf("@");
  return at < 0 ? { name: userName, domain: "" } : { name: userName.slice(0, at), domain: userName.slice(at + 1) };
}
