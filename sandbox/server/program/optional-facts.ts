/** Facts without which the others still count: one that cannot be read is listed with the reason, and unknown. */
import type { HostObservation } from "../../../model/protocol/host-protocol";
import { withoutEnd } from "./refusal";

export class OptionalFacts {
  readonly unreadable: NonNullable<HostObservation["unreadable"]> = [];

  /** Lists the SID of the service's account if it is not known. */
  requireSid({ accountSid, accountProblem }: { accountSid: string | null; accountProblem: string | null }): void {
    if (accountSid === null) this.unreadable.push({ field: "service.accountSid", reason: accountProblem ?? "" });
  }

  read<T, Otherwise>(field: string, read: () => T, otherwise: Otherwise): T | Otherwise {
    try {
      return read();
    } catch (error) {
      this.unreadable.push({ field, reason: withoutEnd((error as Error).message.trim()) });
      return otherwise;
    }
  }
}
