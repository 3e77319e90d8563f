/** The operations of the table of faults, each on a server that is ready for it. */
import { createHash } from "node:crypto";
import * as path from "node:path";
import type { CertificateRequest, HostOperation } from "../../model/protocol/host-protocol";
import { parseAnswer } from "../../model/protocol/host-answer";
import { Machine } from "../../sandbox/server/machine";
import { newMachineState } from "../../sandbox/server/machine-state";
import { OperationFaults } from "../../sandbox/server/operation-faults";
import { runHostProgram } from "../../sandbox/server/program/host-program";
import { WindowsModel } from "../../sandbox/server/windows-model";
import {
  APP_ID,
  certificateRequest,
  ContractHost,
  ContractWorld,
  releaseRequest,
  USER_NAME,
} from "../contract/contract-host";
import { installProgram } from "./installed-program";
import type { FaultWorld, Scenario } from "./fault-table";

export const OPERATION_FAULT_SCENARIOS = [
  "ensure-certificate",
  "register from a service account",
  "register with a scheduler that is off",
  "register as a rotation",
  "register after an interrupted pause",
  "rollback",
  "remove-certificate",
  "release",
  "remove-legacy-account",
  "reset-machine-identifier",
  "reset-machine-identifier with a scheduler that is off",
] as const;

export type ScenarioName = (typeof OPERATION_FAULT_SCENARIOS)[number];

/** A short key: a table makes many. */
const SHORT: Partial<CertificateRequest> = { keyLength: 1024 };

export class ScenarioWorld {
  private readonly made = new Map<ScenarioName, Scenario>();

  private constructor(
    private readonly contract: ContractWorld,
    private readonly host: ContractHost,
    readonly surroundings: FaultWorld,
  ) {}

  static async make(): Promise<ScenarioWorld> {
    const contract = await ContractWorld.make();
    const host = new ContractHost(contract, "model");
    const base = Date.now();
    contract.clock.now = () => new Date(base + contract.clock.offset);
    const { directory } = host;
    const surroundings = { folder: contract.folder, caFile: contract.keys.caFile, clock: contract.clock, directory };
    return new ScenarioWorld(contract, host, surroundings);
  }

  close(): Promise<void> {
    return this.contract.close();
  }

  async scenario(name: ScenarioName): Promise<Scenario> {
    const known = this.made.get(name) ?? (await this.build(name));
    this.made.set(name, known);
    return known;
  }

  private async build(name: ScenarioName): Promise<Scenario> {
    const { clock } = this.surroundings;
    clock.offset = 0;
    const machine = new Machine(path.join(this.surroundings.folder, "template"));
    const tenant = { tokenEndpoint: this.contract.tenant.url, domain: "contoso.onmicrosoft.com" };
    const initial = { kind: "password", userName: USER_NAME } as const;
    const seed = { name: "sync01", role: "active", initial, initialCertificateSha256: null, tenant } as const;
    machine.seed(newMachineState({ ...seed, now: clock.now() }));
    installProgram(machine);
    const work = await this.work(name, machine);
    const operation = name.split(" ")[0] as HostOperation;
    const { keyName } = certificateRequest(1);
    return { ...work, operation, keyName, state: structuredClone(machine.state) };
  }

  // Long, as it is a table.
  private async work(
    name: ScenarioName,
    machine: Machine,
  ): Promise<Pick<Scenario, "request" | "prepare" | "done" | "endsAs">> {
    const { directory } = this.surroundings;
    const credential = {
      userName: this.host.directory.administrator.userName,
      password: this.host.directory.administrator.password,
    };
    const isOn = (sha256: string) => (after: Machine) => after.state.connector.certificateSha256 === sha256;
    const register = (sha256: string) => this.host.registerRequest(sha256, { verify: "sync" });
    switch (name) {
      case "ensure-certificate":
        return { request: certificateRequest(1, SHORT), done: hasOne };
      case "register from a service account": {
        const sha256 = await this.certified(machine, 1);
        return { request: register(sha256), done: isOn(sha256) };
      }
      case "register with a scheduler that is off": {
        const sha256 = await this.certified(machine, 1);
        machine.setSyncCycleEnabled(false);
        return { request: register(sha256), done: isOn(sha256) };
      }
      case "register as a rotation": {
        await this.run(machine, "register", register(await this.certified(machine, 1)));
        const sha256 = await this.certified(machine, 2);
        return { request: register(sha256), done: isOn(sha256) };
      }
      case "register after an interrupted pause": {
        const sha256 = await this.certified(machine, 1);
        const deadline = new Date(this.surroundings.clock.now().getTime() + 60_000).toISOString();
        machine.setSyncCycleEnabled(false);
        machine.change((state) => {
          state.restoreTask = { deadline };
        });
        const record = {
          operation: "register",
          server: "sync01",
          startedAt: deadline,
          deadline,
          syncCycleEnabled: true,
        };
        return { request: register(sha256), done: isOn(sha256), prepare: (fresh) => fresh.pauseRecord.write(record) };
      }
      case "rollback": {
        await this.run(machine, "register", register(await this.certified(machine, 1)));
        const request = { protocol: 1, server: "sync01", rollback: "to-service-account", appId: APP_ID, credential };
        return {
          request: { ...request, bounds: { cycleSeconds: 60, cmdletSeconds: 10 } },
          done: ({ state }) => state.connector.identityType === "ServiceAccount",
        };
      }
      case "remove-certificate": {
        await this.certified(machine, 1);
        await this.run(machine, "register", register(await this.certified(machine, 2)));
        return { request: certificateRequest(1, SHORT), done: hasOne };
      }
      case "release":
        return { request: releaseRequest(await this.certified(machine, 1)), done: () => true };
      case "reset-machine-identifier":
      case "reset-machine-identifier with a scheduler that is off": {
        if (name !== "reset-machine-identifier") machine.setSyncCycleEnabled(false);
        const { machineIdentifier: resetMachineIdentifier } = machine.state;
        const newIdentifier = "fedcba9876543210fedcba9876543210";
        const request = { protocol: 1, server: "sync01", resetMachineIdentifier, newIdentifier };
        return {
          request: { ...request, bounds: { cycleSeconds: 60, cmdletSeconds: 10 } },
          done: ({ state }) => state.machineIdentifier === newIdentifier && state.service.status === "Running",
        };
      }
      case "remove-legacy-account": {
        const account = "Sync_SYNC01_abcdefabcdef";
        const request = { protocol: 1, server: "sync01", removeLegacyAccount: account, credential };
        return {
          request: { ...request, bounds: { cmdletSeconds: 10 } },
          prepare: () => void directory.addSyncAccount(account),
          // A cmdlet that finds no account fails, and the directory is not asked for it.
          endsAs: "CMDLET_FAILED",
          done: () => !directory.removeSyncAccount(account),
        };
      }
    }
  }

  /** A certificate of a generation, with its public part at the application. */
  private async certified(machine: Machine, generation: number): Promise<string> {
    await this.run(machine, "ensure-certificate", certificateRequest(generation, SHORT));
    const der = Buffer.from(machine.state.certificates.at(-1)!.certificate, "base64");
    this.contract.tenant.upload(APP_ID, der);
    return createHash("sha256").update(der).digest("hex");
  }

  private async run(machine: Machine, operation: HostOperation, request: unknown): Promise<void> {
    const { clock, caFile, directory } = this.surroundings;
    const faults = new OperationFaults({ holds: () => false, strikes: () => false }, "");
    const hooks = { dropSession: () => undefined, killProgram: () => undefined };
    const windows = new WindowsModel({ machine, clock, faults, user: "deploy", caFile, directory, ...hooks });
    const { stdout } = await runHostProgram(operation, JSON.stringify(request), windows, () => undefined);
    const answer = parseAnswer(operation, stdout);
    if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  }
}

const hasOne = ({ state }: Machine) =>
  state.certificates.length === 1 && state.keys.filter(({ dead }) => dead === null).length === 1;
