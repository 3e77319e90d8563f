/** Names that are made of a stack's and a server's, held against the limits of what they name. Pure. */
import type { Diagnostic } from "../diagnostics/diagnostic";
import { applicationMarker, certificateLabel, keyName, type ServerIdentity } from "../server/labels";
import { invalidSetting } from "./invalid-setting";

interface ComposedName {
  what: string;
  /** In UTF-16 units. */
  longest: number;
  compose: (identity: ServerIdentity, server: { applicationName: string }, generation: number) => string;
}

/** Every such name, with the limit of what it names. */
export const COMPOSED_NAMES: readonly ComposedName[] = [
  // X.520: a common name has 64 characters at most; Windows makes no certificate with a longer one.
  {
    what: "common name of the certificate",
    longest: 64,
    compose: (identity, _server, generation) => certificateLabel(identity, generation),
  },
  { what: "tag of the application", longest: 256, compose: applicationMarker },
  { what: "display name of the application", longest: 256, compose: (_identity, server) => server.applicationName },
  {
    what: "name of the key container",
    longest: 120,
    compose: (identity, _server, generation) => keyName(identity, generation, true),
  },
];

/**
 * What is too long for a stack's servers.
 *
 * @param generation of the certificate; the first one has the shortest name
 */
export function composedNameProblems(
  stack: string,
  servers: readonly { name: string; applicationName: string }[],
  generation = 1,
): Diagnostic[] {
  return servers.flatMap((server) =>
    COMPOSED_NAMES.flatMap(({ what, longest, compose }): Diagnostic[] => {
      const composed = compose({ stack, server: server.name }, server, generation);
      if (composed.length <= longest) return [];
      const at = { server: null, property: `servers.${server.name}` };
      const help = "Choose a shorter name for the server, or for the stack: both are part of it.";
      return [
        invalidSetting(at, `a ${what} of ${longest} characters at most`, `${composed.length}: ${composed}`, help),
      ];
    }),
  );
}
