/** What becomes of errors in the provider's process after the engine has ended the run. */
import { isEngineGone } from "../components/run-failure";

type Listener = (...args: unknown[]) => void;

/**
 * Lets the SDK's handlers of uncaught errors pass over those that say only that the engine is gone: the engine has printed
 * why, and ends this process when it likes. The process goes on, as a guard may be at work in the tenant.
 */
export function quietAfterTheEngine(): void {
  for (const event of ["uncaughtException", "unhandledRejection"]) {
    const listeners = process.rawListeners(event) as Listener[];
    process.removeAllListeners(event);
    process.on(event, (...args: unknown[]) => {
      if (!isEngineGone(args[0])) listeners.forEach((listen) => listen(...args));
    });
  }
}
