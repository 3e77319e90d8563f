/** What people, the organisation's CA and the product itself do to an emulated server, beside the host program. */
import type { Clock } from "../surroundings/clock";
import type { DirectoryAdministration } from "../surroundings/directory-administration";
import type { Faults } from "../surroundings/faults";
import { BREAKERS, runUnder, SERVER_BREAKS, type BreakContext, type ServerBreak } from "./breaks";
import { Machine } from "./machine";
import { addApplicationRegistration, BY_PRODUCT, setApplication } from "./machine-connector";
import { issueByHand, type IssuedByHand } from "./machine-authority";
import { makeCertificateByHand } from "./machine-hand-made";
import { productIdentifier } from "./machine-service";
import { OperationFaults } from "./operation-faults";

export interface ServerInUseOptions {
  name: string;
  /** Contains machine.json, journal.json and files/; created if missing. */
  folder: string;
  clock: Clock;
  faults: Faults;
  /** The directory in which the password account cmdlets work. */
  directory: DirectoryAdministration;
  /** The throw-away CA of the emulated tenant. */
  caFile: string;
}

export class ServerInUse<Options extends ServerInUseOptions = ServerInUseOptions> {
  protected readonly machine: Machine;

  constructor(protected readonly options: Options) {
    this.machine = new Machine(options.folder);
  }

  protected newFaults(): OperationFaults {
    return new OperationFaults(this.options.faults, this.options.name);
  }

  /**
   * Changes the server outside Pulumi.
   *
   * @throws Error with a line for the user if it does not apply
   */
  break(what: string, context: Omit<BreakContext, "now" | "directory"> = {}): void {
    const breaker = Object.hasOwn(BREAKERS, what) ? BREAKERS[what as ServerBreak] : undefined;
    if (!breaker)
      throw new Error(`"${what}" is not a break of a server; the breaks are ${Object.keys(SERVER_BREAKS).join(", ")}`);
    const { clock, directory } = this.options;
    breaker(this.machine, { now: clock.now(), directory, ...context });
  }

  /** A person gives the connector an account of the tenant. */
  signInAs(userName: string): void {
    this.break("account");
    this.machine.change(({ connector }) => {
      connector.userName = userName;
    });
  }

  /** The product moves its connector to an application that it manages; the certificate is in the service's own store. */
  setUpByWizard(appId: string, certificateSha256: string): void {
    setApplication(this.machine, appId, certificateSha256, BY_PRODUCT);
  }

  /** Another build of the product is installed. */
  upgrade(version: string): void {
    this.machine.change((state) => void (state.version = version));
  }

  /** By what the product names this server's accounts and applications. */
  get productIdentifier(): string {
    return productIdentifier(this.machine);
  }

  /** Whether its synchronisation service runs. */
  get serviceStatus(): string {
    return this.machine.state.service.status;
  }

  /** The synchronisation service failed to sign in (event 906). */
  logSignIn(message: string): void {
    this.logError(906, message);
  }

  /** An error of the synchronisation service in the Application log. */
  logError(id: number, message: string): void {
    this.machine.addEvent({ time: this.options.clock.now().toISOString(), id, message });
  }

  /** Its connector is that of another server. */
  useConnectorOf({ machine: { state } }: ServerInUse): void {
    this.machine.change((own) => void (own.connector = structuredClone(state.connector)));
  }

  /** The disk of another server, without its TPM and under another name. */
  cloneOf(other: ServerInUse): void {
    this.useConnectorOf(other);
    const { machineIdentifier } = other.machine.state;
    this.machine.change((own) => void Object.assign(own, { machineIdentifier, serviceIdentifier: undefined }));
  }

  /**
   * An administrator sets up the server with Microsoft's steps: certificate, application and registration.
   *
   * @param addApplication creates the application in the tenant, with this certificate (DER)
   */
  async setUpByHand(addApplication: (certificate: Buffer) => { appId: string }): Promise<void> {
    const hasTpm = !this.newFaults().holds("no-tpm");
    const { sha256, certificate } = await makeCertificateByHand(this.machine, this.options.clock.now(), hasTpm);
    setApplication(this.machine, addApplication(Buffer.from(certificate, "base64")).appId, sha256);
  }

  /** The ADSync service runs under another account; returns its SID. A domain of `.` is this computer. */
  runServiceUnder(account: string): string {
    const [given, name] = account.split("\\");
    runUnder(this.machine, name, given === "." ? this.machine.state.computerName : given, given, 1110);
    return this.machine.state.service.accountSid;
  }

  /** The organisation's CA issues a certificate into the store, by its own means; returns its SHA-256. */
  async issueByHand(options: IssuedByHand = {}): Promise<string> {
    return (await issueByHand(this.machine, this.options.clock.now(), options)).sha256;
  }

  /**
   * An administrator runs the registration cmdlet at the desktop and signs in as required.
   *
   * @throws Error with the cmdlet's message
   */
  async linkByHand(appId: string, certificateSha256: string): Promise<void> {
    const { clock, caFile } = this.options;
    const context = { machine: this.machine, now: clock.now(), caFile, seconds: 60, wrongSalt: false };
    const { outcome, message } = await addApplicationRegistration(context, appId, certificateSha256);
    if (outcome !== "completed") throw new Error(message);
  }

  /** Emulates a synchronisation cycle of this length. */
  startCycle(seconds: number): void {
    const endsAt = new Date(this.options.clock.now().getTime() + seconds * 1000).toISOString();
    this.machine.change((state) => {
      state.cycleEndsAt = endsAt;
    });
  }

  /** A person switches the scheduler on or off (Set-ADSyncScheduler -SyncCycleEnabled). */
  setScheduler(enabled: boolean): void {
    this.machine.setSyncCycleEnabled(enabled);
  }
}
