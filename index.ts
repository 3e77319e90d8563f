/** The program of a stack: its configuration, checked as a whole, and one identity per declared server. */
import { leaveOutDebugging } from "./components/sdk-debugging";
import { endWithTheEngine } from "./components/run-failure";
import { readStackConfiguration } from "./components/stack-configuration";
import { declareStack } from "./components/stack-program";

/** Stack outputs: by server, what a person or the next pipeline step asks for. */
const program = () => declareStack(readStackConfiguration()).outputs;

export = async () => {
  endWithTheEngine();
  leaveOutDebugging();
  return program();
};
