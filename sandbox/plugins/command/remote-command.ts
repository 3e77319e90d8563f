/** command:remote:Command */
import { randomBytes } from "node:crypto";
import type { Call, CreateRequest, DeleteRequest, UpdateRequest } from "../provider";
import {
  containsUnknowns,
  isMap,
  sameValue,
  UNKNOWN,
  unwrapSecret,
  type PropertyMap,
  type PropertyValue,
} from "../property-values";
import { readConnection } from "./connection";
import type { Variable } from "./environment";
import { COMMAND_INPUTS } from "./inputs";
import { runCommand, type CommandOutput, type Logging } from "./run-command";

const INPUT_NAMES = ["connection", ...Object.keys(COMMAND_INPUTS)];

function text(value: PropertyValue | undefined): string | undefined {
  const plain = unwrapSecret(value);
  return typeof plain === "string" ? plain : undefined;
}

/** A new resource's identifier: 8 random hex digits, after the resource's name if one is given. */
export function newId(name = ""): string {
  return `${name}${randomBytes(4).toString("hex")}`;
}

/** The command's own variables, which the server must accept, and the previous output, which it need not. */
function variables(inputs: PropertyMap, previous: CommandOutput): Variable[] {
  const environment = unwrapSecret(inputs.environment);
  const declared = Object.entries(isMap(environment) ? environment : {}).map(([name, value]) => ({
    name,
    value: text(value) ?? "",
    required: true,
  }));
  if (unwrapSecret(inputs.addPreviousOutputInEnv) === false) return declared;
  const outputs = [
    { name: "PULUMI_COMMAND_STDOUT", value: previous.stdout, required: false },
    { name: "PULUMI_COMMAND_STDERR", value: previous.stderr, required: false },
  ];
  return [...declared, ...outputs.filter((variable) => variable.value !== "")];
}

export class RemoteCommand {
  constructor(private readonly environment: NodeJS.ProcessEnv) {}

  async create({ inputs, preview }: CreateRequest, call: Call): Promise<{ id: string; outputs: PropertyMap }> {
    const id = newId(call.urn.split("::").slice(3).join("::"));
    if (preview) return { id, outputs: { ...inputs, stdout: UNKNOWN, stderr: UNKNOWN } };
    const output = await this.run(text(inputs.create), inputs, { stdout: "", stderr: "" }, call);
    return { id, outputs: { ...inputs, ...output } };
  }

  async update({ inputs, state, preview }: UpdateRequest, call: Call): Promise<PropertyMap> {
    const previous = { stdout: text(state.stdout) ?? "", stderr: text(state.stderr) ?? "" };
    if (!preview) {
      const output = await this.run(text(inputs.update) ?? text(inputs.create), inputs, previous, call);
      return { ...inputs, ...output };
    }
    // A new input does not count, only one that changes or is unknown, as in the real plugin's framework.
    const changed = INPUT_NAMES.some(
      (name) => containsUnknowns(inputs[name]) || (name in state && !sameValue(inputs[name], state[name])),
    );
    return { ...inputs, ...(changed ? { stdout: UNKNOWN, stderr: UNKNOWN } : previous) };
  }

  async delete({ state }: DeleteRequest, call: Call): Promise<void> {
    const previous = { stdout: text(state.stdout) ?? "", stderr: text(state.stderr) ?? "" };
    await this.run(text(state.delete), state, previous, call);
  }

  /** Without a command there is nothing to do, and the output remains. */
  private async run(
    command: string | undefined,
    inputs: PropertyMap,
    previous: CommandOutput,
    call: Call,
  ): Promise<CommandOutput> {
    if (command === undefined) return previous;
    const run = {
      connection: readConnection(inputs.connection),
      command,
      stdin: text(inputs.stdin),
      variables: variables(inputs, previous),
      logging: (text(inputs.logging) ?? "stdoutAndStderr") as Logging,
    };
    return runCommand(run, call, this.environment);
  }
}
