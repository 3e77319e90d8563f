/** The Application log of an emulated server, source "Directory Synchronization". */
import type { Machine } from "./machine";
import { certificatesByHash } from "./machine-certificates";
import { isTpm } from "./machine-keys";
import type { MachineEvent } from "./machine-state";

const HOUR = 60 * 60_000;
/** Older builds and the how-to page warn this long before the end; the earlier of the two known moments. */
const WARNING_DAYS = 150;
/** The scheduler's maintenance run, which writes the warnings. */
const MAINTENANCE = HOUR / 2;

/** Recent events: those that were logged, and what each maintenance run reports about the connector's certificate. */
export function recentEvents(machine: Machine, now: Date, hours: number): MachineEvent[] {
  const since = now.getTime() - hours * HOUR;
  const logged = machine.state.events.filter((event) => new Date(event.time).getTime() >= since);
  return hours > 0 ? [...logged, ...maintenanceEvents(machine, now)] : logged;
}

function maintenanceEvents(machine: Machine, now: Date): MachineEvent[] {
  const { connector } = machine.state;
  const [certificate] = connector.certificateSha256 ? certificatesByHash(machine, connector.certificateSha256) : [];
  if (!certificate) return [];
  const time = new Date(Math.floor(now.getTime() / MAINTENANCE) * MAINTENANCE).toISOString();
  const days = Math.floor((new Date(certificate.notAfter).getTime() - now.getTime()) / (24 * HOUR));
  const events: MachineEvent[] = [];
  if (days < 0)
    events.push({ time, id: 1012, message: `The certificate of the connector expired ${-days} day(s) ago.` });
  else if (days <= WARNING_DAYS) {
    events.push({ time, id: 1011, message: `The certificate of the connector expires in ${days} day(s); rotate it.` });
  }
  if (!isTpm(certificate.keyProvider)) {
    events.push({ time, id: 1014, message: "The private key of the connector's certificate is not backed by a TPM." });
  }
  return events;
}
