/** The stand-in for the command plugin: its two remote resources. */
import { loopbackAddress } from "../loopback";
import {
  NotEmulatedError,
  type Call,
  type CheckAnswer,
  type CheckFailure,
  type CreateRequest,
  type DeleteRequest,
  type Diff,
  type DiffRequest,
  type Provider,
  type ReadRequest,
  type UpdateRequest,
} from "../provider";
import { isMap, revealSecrets, unwrapSecret, type PropertyMap, type PropertyValue } from "../property-values";
import { checkSource, completeSource, CopyToRemote } from "./copy-to-remote";
import { diffInputs } from "./diff";
import { checkInputs, COMMAND_INPUTS, COPY_INPUTS } from "./inputs";
import { RemoteCommand } from "./remote-command";

const COMMAND = "command:remote:Command";
const COPY = "command:remote:CopyToRemote";

/** The real plugin's framework stores its version; without it the provider would differ between real and stand-in. */
const FRAMEWORK = { "__pulumi-go-provider-version": "1.2.0" };

function notEmulated(type: string): never {
  throw new NotEmulatedError(`the command stand-in emulates ${COMMAND} and ${COPY} only, not ${type}`);
}

/** Known hosts other than this machine: reported in a preview, before anything runs. */
async function checkHosts(value: PropertyValue | undefined): Promise<CheckFailure[]> {
  const connection = unwrapSecret(value);
  if (!isMap(connection)) return [];
  const endpoints = [connection, unwrapSecret(connection.proxy)].filter(isMap);
  const hosts = endpoints.map(({ host }) => (host === undefined ? host : revealSecrets(host)));
  const failures: CheckFailure[] = [];
  for (const host of hosts.filter((entry) => typeof entry === "string")) {
    await loopbackAddress("command", host).catch((error: Error) => {
      failures.push({ property: "connection.host", reason: error.message });
    });
  }
  return failures;
}

/** Ignored changes are among the new inputs, but their values in state count. */
function withoutIgnored({ inputs, state, ignoreChanges }: DiffRequest): PropertyMap {
  const kept = ignoreChanges.filter((name) => name in state).map((name) => [name, state[name]]);
  return { ...inputs, ...Object.fromEntries(kept) };
}

export class CommandProvider implements Provider {
  readonly name = "command";
  readonly version = "1.2.1";
  readonly acceptSecrets = true;
  readonly acceptResources = true;
  private readonly command: RemoteCommand;
  private readonly copy: CopyToRemote;

  /** @param environment for SSH_AUTH_SOCK, if a connection names no agent. */
  constructor(environment: NodeJS.ProcessEnv) {
    this.command = new RemoteCommand(environment);
    this.copy = new CopyToRemote(environment);
  }

  async checkConfig(inputs: PropertyMap): Promise<CheckAnswer> {
    return { inputs: { ...inputs, ...FRAMEWORK }, failures: [] };
  }

  async configure(): Promise<void> {}

  async invoke(token: string): Promise<never> {
    return notEmulated(token);
  }

  async check(type: string, inputs: PropertyMap): Promise<CheckAnswer> {
    const known = type === COMMAND ? COMMAND_INPUTS : type === COPY ? COPY_INPUTS : notEmulated(type);
    const answer = checkInputs(inputs, known, type === COMMAND ? "Command" : "CopyToRemote");
    const source = type === COPY ? checkSource(inputs.source) : [];
    const failures = [...answer.failures, ...source, ...(await checkHosts(inputs.connection))];
    if (inputs.source === undefined) return { inputs: answer.inputs, failures };
    return { inputs: { ...answer.inputs, source: completeSource(inputs.source) }, failures };
  }

  async diff(request: DiffRequest): Promise<Diff> {
    return diffInputs(request.oldInputs, withoutIgnored(request));
  }

  async create(request: CreateRequest, call: Call): Promise<{ id: string; outputs: PropertyMap }> {
    if (request.type === COMMAND) return this.command.create(request, call);
    return request.type === COPY ? this.copy.create(request, call) : notEmulated(request.type);
  }

  /** Neither resource can be read: a refresh returns the state. */
  async read(request: ReadRequest): Promise<{ id: string; outputs: PropertyMap; inputs: PropertyMap }> {
    return { id: request.id, outputs: request.state, inputs: request.inputs };
  }

  async update(request: UpdateRequest, call: Call): Promise<PropertyMap> {
    const complete = { ...request, inputs: withoutIgnored(request) };
    if (request.type === COMMAND) return this.command.update(complete, call);
    return request.type === COPY ? this.copy.update(complete, call) : notEmulated(request.type);
  }

  /** Copied files remain: CopyToRemote has no delete. */
  async delete(request: DeleteRequest, call: Call): Promise<void> {
    if (request.type === COMMAND) await this.command.delete(request, call);
  }
}
