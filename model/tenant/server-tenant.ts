/** Which tenant a server belongs to, by the domain that its connector signs in to. Pure. */
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import { isGuid } from "../text/identifiers";

const DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/;

/**
 * What a connector's user name says of its tenant: a domain, or the tenant's id.
 * @returns null if it is neither, as the product does not write it
 */
export function tenantNameOf(userName: string): string | null {
  const name = userName.split("@").at(-1)!.toLowerCase();
  return userName.includes("@") && (isGuid(name) || DOMAIN.test(name)) ? name : null;
}

/**
 * Why a server belongs to another tenant than the stack.
 *
 * @param own id of the stack's tenant; null if it is not known
 * @param name what the connector's user name says of its tenant
 * @param found id of the tenant that Entra has under that name; null if it is not known
 * @returns null if both are one tenant, or one of them is not known: only a proof stops the work
 */
export function serverTenantProblem(
  server: string,
  own: string | null,
  name: string,
  found: string | null,
): Diagnostic | null {
  if (own === null || found === null || own === found) return null;
  return diagnose("TENANT_CONTRADICTED", server, { tenantId: own, name, found });
}
