/** The program of a stack: its configuration, checked as a whole, and one identity per declared server. */
import { endWithTheEngine } from "./components/run-failure";
import { readStackConfiguration } from "./components/stack-configuration";
import { declareStack } from "./components/stack-program";

/** Stack outputs: by server, what a person or the next pipeline step asks for. */
const program = () => declareStack(readStackConfiguration()).outputs;

/**
 * On a stack of its own: state keeps the stack trace of every resource, and what the SDK and ts-node have on theirs
 * would be the larger part of it.
 */
export = () =>
  new Promise<ReturnType<typeof program>>((resolve, reject) => {
    setImmediate(() => {
      endWithTheEngine();
      try {
        resolve(program());
      } catch (error) {
        reject(error as Error);
      }
    });
  });
