/** Rules about password writeback: the roles follow the declaration, and the server's own setting must agree with it. Pure. */
import type { HostObservation } from "../protocol/host-protocol";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import type { ServerFacts } from "./server-facts";

/**
 * Why an identity is not changed: with a declaration that contradicts the server, a switch would put it on an application
 * without the roles that it needs, or with roles that it does not need; taking the roles away would break what works.
 *
 * @param switches whether this run puts the connector on the application
 */
export function writebackContradicted({ declaration, observation, memory }: ServerFacts, switches: boolean) {
  const { server, passwordWriteback: declared } = declaration;
  const actual = observation.host.facts?.passwordWriteback ?? null;
  if (actual === null || actual === declared) return null;
  const refuse = (consequence: string): Diagnostic => {
    const values = { actual: String(actual), expected: String(declared), consequence };
    return diagnose("WRITEBACK_CONTRADICTED", server, values, { remedy: `${actual}` });
  };
  if (switches) {
    return refuse(
      actual
        ? "whose connector would be switched to an application without the three roles"
        : "whose connector would be switched to an application with three roles that it does not need",
    );
  }
  return actual && memory?.passwordWriteback ? refuse("whose application would lose the three roles") : null;
}

/** What the server does against what is declared of it. */
export function writebackUndeclared({
  server,
  host: { passwordWriteback },
  declaration,
}: {
  server: string;
  host: HostObservation;
  declaration: { passwordWriteback: boolean };
}): Diagnostic[] {
  if (passwordWriteback === null || passwordWriteback === declaration.passwordWriteback) return [];
  const [declared, actual] = passwordWriteback ? (["off", "on"] as const) : (["on", "off"] as const);
  return [diagnose("writeback-undeclared", server, { declared, actual }, { remedy: actual })];
}
