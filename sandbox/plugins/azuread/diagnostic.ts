/** Failures of a resource's operation, in the words of upstream and its Pulumi bridge. */

export class Diagnostic extends Error {
  constructor(summary: string, detail = "") {
    super(detail ? `${summary}: ${detail}` : summary);
  }
}

/** Adds the current step to the message of a failure. */
export async function during<T>(summary: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Diagnostic(summary, (error as Error).message);
  }
}

export function asList(message: string): string {
  return `1 error occurred:\n\t* ${message}\n\n`;
}

/** A name in double quotes, as upstream shows names. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

const IMPORT_HINT = (resource: string): string =>
  "To be managed via Terraform, this resource needs to be imported into the State. Please see the resource " +
  `documentation for ${quoted(resource)} for more information.`;

/**
 * An object of that name exists already and must not be created twice.
 *
 * @param planning upstream words it slightly differently while it plans.
 */
export function duplicateName(resource: string, id: string, name: string, planning = false): Diagnostic {
  const found = `An existing ${quoted(resource)} with name ${quoted(name)} (ID: ${quoted(id)}) was found`;
  const summary = `${found} and \`prevent_duplicate_names\` was specified`;
  const hint = IMPORT_HINT(resource);
  return planning ? new Diagnostic(`${summary}. ${hint}`) : new Diagnostic(summary, hint);
}

export function alreadyExists(resource: string, id: string): Diagnostic {
  return new Diagnostic(`A resource with the ID ${quoted(id)} already exists`, IMPORT_HINT(resource));
}
