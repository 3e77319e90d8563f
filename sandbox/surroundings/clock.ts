/** The sandbox's clock: real time plus an offset that survives. It moves tenant and servers, never TLS. */
import { JsonFile } from "../../console/processes/json-file";

export interface Clock {
  now(): Date;
}

export class SandboxClock implements Clock {
  private readonly file: JsonFile<{ offsetSeconds: number }>;
  private offsetSeconds: number;

  constructor(file: string) {
    this.file = new JsonFile(file);
    this.offsetSeconds = this.file.read()?.offsetSeconds ?? 0;
  }

  now(): Date {
    return new Date(Date.now() + this.offsetSeconds * 1000);
  }

  /** Seconds ahead of real time. */
  get offset(): number {
    return this.offsetSeconds;
  }

  /** Moves the clock forward by this number of seconds; cumulative. */
  advance(seconds: number): void {
    this.offsetSeconds += seconds;
    this.file.write({ offsetSeconds: this.offsetSeconds });
  }

  reset(): void {
    this.offsetSeconds = 0;
    this.file.remove();
  }
}
