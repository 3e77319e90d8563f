/** The faults that affect one operation: each counts once for it, however often the operation meets it. */
import type { Faults, ServerFault } from "../surroundings/faults";

export class OperationFaults {
  private readonly known = new Map<ServerFault, boolean>();

  constructor(
    private readonly faults: Faults,
    private readonly server: string,
  ) {}

  /** Whether the fault is set at this moment; does not count as an operation. */
  holds(name: ServerFault): boolean {
    return this.faults.holds(this.server, name);
  }

  strikes(name: ServerFault): boolean {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const strikes = this.faults.strikes(this.server, name);
    this.known.set(name, strikes);
    return strikes;
  }
}
