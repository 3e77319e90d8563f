/** A finding of the guard: a diagnostic with what `enforce` removes. */
import type { Diagnostic } from "../diagnostics/diagnostic";

/** A credential that may be removed, by its id. */
export interface Removal {
  kind: "key" | "secret" | "federated-credential" | "principal-key" | "principal-secret";
  id: string;
}

/** More than a {@link Diagnostic}, as an `up` acts upon it by id. */
export interface GuardFinding extends Diagnostic {
  /** What `enforce` removes; null if nothing can be removed, or is in use. */
  removal: Removal | null;
  /** Object id of the principal that may synchronise; of findings about the tenant only. */
  object?: string;
}
