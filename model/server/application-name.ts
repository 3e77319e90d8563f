/** Whether the name that is declared for an application is another one's already. Pure. */
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import type { Observation, ObservedApplication, ObservedNamesake } from "./observation";

/** What another application that has the declared name is called; null if there is none. */
export function nameTaken(
  server: string,
  application: ObservedApplication | null,
  named: readonly ObservedNamesake[] = [],
) {
  const others = named.filter(({ objectId }) => objectId !== application?.objectId);
  if (others.length === 0) return null;
  return { server, name: others[0].displayName, appIds: others.map(({ appId }) => appId).join(", ") };
}

/**
 * Why an application cannot be created, or renamed, as declared: the provider would refuse it, and speak of an import.
 * One that has its name already may keep it, regardless of the names of others.
 */
export function nameRefused({ server }: { server: string }, { tenant, named }: Observation): Diagnostic | null {
  const { application } = tenant;
  const values = nameTaken(server, application, named);
  const has = application?.displayName.toLowerCase() === values?.name.toLowerCase();
  return values && !has ? diagnose("APPLICATION_NAME_TAKEN", server, values) : null;
}
