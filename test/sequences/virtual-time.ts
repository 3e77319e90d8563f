/**
 * Waiting that takes no time: the host program's waits move the world's clock, `performance.now`, and the
 * timers of concurrent work, so that limits take effect and a sequence of hours takes milliseconds.
 */
import { replace } from "../helpers/replaced";

// eslint-disable-next-line @typescript-eslint/no-require-imports -- the module's own object: what importers look up
const timers = require("node:timers/promises") as { setTimeout: (milliseconds: number) => Promise<unknown> };

let skipped = 0;
let sleepers: { due: number; wake: () => void }[] = [];

/** Makes `performance.now` and sleeping follow the skipped time too; the returned function undoes that. */
export function installVirtualTime(): () => void {
  const real = performance.now.bind(performance);
  Object.defineProperty(performance, "now", { value: () => real() + skipped, configurable: true, writable: true });
  const { setTimeout: sleep } = timers;
  const restore = replace(timers, "setTimeout", (milliseconds: number) => {
    const skippedOver = new Promise<void>((wake) => sleepers.push({ due: performance.now() + milliseconds, wake }));
    return Promise.race([skippedOver, sleep(milliseconds)]);
  });
  return () => {
    restore();
    Reflect.deleteProperty(performance, "now");
    sleepers = [];
  };
}

/** @param seconds of skipped waiting; sleeps that are shorter than that end */
export function skip(seconds: number): void {
  skipped += seconds * 1000;
  const now = performance.now();
  const awake = sleepers.filter(({ due }) => due <= now);
  sleepers = sleepers.filter(({ due }) => due > now);
  for (const { wake } of awake) wake();
}
