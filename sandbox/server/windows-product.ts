/** Entra Connect Sync in the model of Windows: service, connector, scheduler, cycles, and the cmdlets that switch. */
import {
  addApplicationRegistration,
  CMDLETS,
  repairParameters,
  rotateApplicationCredential,
  type SwitchContext,
} from "./machine-connector";
import { addServiceAccount, removeServiceAccount } from "./machine-accounts";
import { isCycleRunning, runDeltaCycle } from "./machine-cycle";
import { recentEvents } from "./machine-events";
import { startService, stopService, writeIdentifier } from "./machine-service";
import { readScheduler } from "./machine-scheduler";
import { usableCertificate } from "./machine-sign-in";
import { WindowsBase } from "./windows-base";
import { WindowsError, type AccountCredential, type CmdletOutcome } from "./windows";

/** The proxy of the session, for the fault `proxy`. */
export const SESSION_PROXY = "http://proxy.contoso.com:8080";

const OLD_VERSION = "2.5.76.0";
const HOUR = 3_600_000;
const REFUSAL = "AADSTS700027: The key was not found (injected fault).";
const PASSING = "AADSTS90033: A transient error has occurred. Please try again (injected fault).";

export abstract class WindowsProduct extends WindowsBase {
  abstract resolveAccount(account: string): { sid: string | null; problem: string | null };

  getService() {
    if (this.strikes("no-adsync")) return null;
    const { sid, problem } = this.resolveAccount(this.machine.state.service.account);
    return { ...this.machine.state.service, accountSid: sid, accountProblem: problem };
  }

  getProduct() {
    if (this.strikes("no-adsync")) return null;
    const version = this.strikes("old-version") ? OLD_VERSION : this.machine.state.version;
    return { version, modulePath: "C:\\Program Files\\Microsoft Azure AD Sync\\Bin\\ADSync" };
  }

  getCmdletParameters(cmdlet: string): string[] {
    return this.strikes("no-adsync") ? [] : [...(CMDLETS[cmdlet] ?? [])];
  }

  getConnector() {
    this.requireAdSync("Get-ADSyncEntraConnectorCredential");
    // The product shows hash and application in any letter case; Windows.ps1 answers lower case.
    const connector = structuredClone(this.machine.state.connector);
    connector.appId = connector.appId?.toLowerCase() ?? null;
    connector.certificateSha256 = connector.certificateSha256?.toLowerCase() ?? null;
    return connector;
  }

  getScheduler() {
    this.requireAdSync("Get-ADSyncScheduler");
    return readScheduler(this.machine, this.now(), this.strikes("suspended"));
  }

  setSyncCycleEnabled(enabled: boolean): void {
    this.requireAdSync("Set-ADSyncScheduler");
    this.machine.setSyncCycleEnabled(enabled);
  }

  getPasswordWriteback() {
    this.requireAdSync("Get-ADSyncAADPasswordResetConfiguration");
    this.requireAnswer("Get-ADSyncAADPasswordResetConfiguration");
    return this.machine.state.passwordWriteback;
  }

  getMachineIdentifier() {
    this.requireAnswer("SyncMachineIdentifier");
    return this.machine.state.machineIdentifier;
  }

  getAzureInstance() {
    this.requireAnswer("AzureInstance");
    return this.machine.state.azureInstance ?? null;
  }

  getServiceProxy() {
    this.requireAnswer("the configuration of the service");
    const set = this.machine.state.serviceProxy;
    const session = this.options.faults.holds("proxy") ? SESSION_PROXY : null;
    return set
      ? { ...set, answers: false, session }
      : { source: "account" as const, address: null, answers: null, session };
  }

  setMachineIdentifier(identifier: string): void {
    this.requireAdministrator("SyncMachineIdentifier");
    writeIdentifier(this.machine, identifier);
  }

  async stopService(_seconds: number): Promise<void> {
    this.requireAdministrator("the ADSync service");
    stopService(this.machine);
    if (!this.strikes("killed-service-stopped")) return;
    this.options.killProgram();
    await new Promise<void>(() => undefined);
  }

  async startService(_seconds: number): Promise<void> {
    this.requireAdministrator("the ADSync service");
    startService(this.machine);
  }

  getEvents(hours: number) {
    this.requireAnswer("Get-WinEvent");
    return recentEvents(this.machine, this.now(), hours);
  }

  invokeRegistration(appId: string, certificateSha256: string, seconds: number): Promise<CmdletOutcome> {
    return this.invoke("Add-ADSyncApplicationRegistration", seconds, (context) =>
      addApplicationRegistration(context, appId, certificateSha256),
    );
  }

  invokeRotation(certificateSha256: string, seconds: number): Promise<CmdletOutcome> {
    return this.invoke("Invoke-ADSyncApplicationCredentialRotation", seconds, async (context) => {
      const problem = this.oldKeyProblem(context);
      return problem ?? rotateApplicationCredential(context, certificateSha256);
    });
  }

  /** Whether the cmdlet needs the old key is not documented; with the fault it does. */
  private oldKeyProblem({ machine, now }: SwitchContext): CmdletOutcome | null {
    const { certificateSha256 } = machine.state.connector;
    if (certificateSha256 === null || !this.strikes("rotation-needs-old-key")) return null;
    const lockedOut = this.strikes("tpm-locked") ? "the TPM is locked out (0x80280921)" : null;
    const found = lockedOut ?? usableCertificate(machine, certificateSha256, now);
    if (typeof found !== "string") return null;
    return { outcome: "failed", message: `The current credential cannot sign in to replace itself: ${found}` };
  }

  /** A switching cmdlet in its child process: the faults of the switch apply here. */
  private async invoke(
    cmdlet: string,
    seconds: number,
    run: (context: SwitchContext) => Promise<CmdletOutcome>,
  ): Promise<CmdletOutcome> {
    this.requireAdSync(cmdlet);
    if (this.strikes("program-killed")) {
      this.options.killProgram();
      // A killed program never receives its cmdlet's result.
      return new Promise<CmdletOutcome>(() => undefined);
    }
    if (this.strikes("session-lost")) this.options.dropSession();
    if (this.strikes("sign-in")) {
      return { outcome: "sign-in-required", message: `${cmdlet} asked for the sign-in of an administrator.` };
    }
    if (this.strikes("cmdlet-fails")) {
      return { outcome: "failed", message: `${cmdlet}: the sync service answered 0x80230729 (injected fault).` };
    }
    const wrongSalt = (["pss-salt", "pss-none", "pss-unverified"] as const).some((fault) => this.strikes(fault));
    const { machine } = this;
    const begin = performance.now();
    let outcome: CmdletOutcome;
    try {
      outcome = await run({ machine, now: this.now(), caFile: this.options.caFile, seconds, wrongSalt });
    } finally {
      machine.switches.push({ begin, end: performance.now() });
    }
    if (outcome.outcome === "completed") this.logSignIn();
    return outcome;
  }

  /** What the sync service logs of its first sign-in after a switch. */
  private logSignIn(): void {
    const answer = this.strikes("signin-event") ? REFUSAL : this.strikes("signin-passing") ? PASSING : null;
    if (answer === null) return;
    this.machine.addEvent({ time: this.now().toISOString(), id: 906, message: `GetSecurityToken: ${answer}` });
  }

  startSyncCycle() {
    this.requireAdSync("Start-ADSyncSyncCycle");
    const { machine } = this;
    const { caFile, faults } = this.options;
    const now = () => this.now();
    if (isCycleRunning(machine, now())) {
      return { started: false, problem: "A synchronization cycle is in progress already." };
    }
    const isStuck = () => faults.holds("cycle-stuck");
    const refusal = this.strikes("signin-event") ? REFUSAL : null;
    const passing = this.strikes("signin-passing") ? PASSING : null;
    runDeltaCycle({ machine, now, caFile, fails: this.strikes("cycle-fails"), refusal, passing, isStuck });
    return { started: true, problem: null };
  }

  /** A local time without a time zone is read as if it were UTC. */
  getRunResults() {
    this.requireAdSync("Get-ADSyncRunProfileResult");
    if (this.strikes("history-empty")) return [];
    const offset = (this.strikes("history-west") ? -5 : this.strikes("history-east") ? 2 : 0) * HOUR;
    const moved = (time: string) => new Date(new Date(time).getTime() + offset).toISOString();
    return this.machine.state.runHistory.map((run) => {
      const id = run.id ?? `${run.connector}/${run.runProfile}/${run.startedAt}`;
      return { ...run, id, startedAt: moved(run.startedAt), endedAt: run.endedAt === null ? null : moved(run.endedAt) };
    });
  }

  async invokeRollback(accountName: string, credential: AccountCredential): Promise<CmdletOutcome> {
    return addServiceAccount(this.accounts("Add-ADSyncAADServiceAccount"), accountName, credential);
  }

  async invokeLegacyAccountRemoval(accountName: string, credential: AccountCredential): Promise<CmdletOutcome> {
    return removeServiceAccount(this.accounts("Remove-ADSyncAADServiceAccount"), accountName, credential);
  }

  private accounts(cmdlet: string) {
    this.requireAdSync(cmdlet);
    const { directory } = this.options;
    return { machine: this.machine, directory, now: this.now(), wantsMfa: this.strikes("mfa") };
  }

  getRepairModule() {
    return { version: this.options.faults.holds("no-adsync-tools") ? null : "2.3.1" };
  }

  repairConnectorParameters(): void {
    this.requireAdSync("Repair-ADSyncToolsEntraAppParameters");
    if (this.strikes("no-adsync-tools")) {
      throw new WindowsError("not-found", "The module ADSyncTools 2.3.0 or later is not installed.");
    }
    repairParameters(this.machine);
  }
}
