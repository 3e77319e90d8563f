/**
 * The host protocol's rules, held against a host purely from outside: command line and stdin in, stdout and exit code
 * out. The same suite runs against the host program and against its stand-in, so that neither drifts from the other.
 *
 * What it does not prove: that host/Windows.ps1 does on a real Windows what the model of a server does here.
 */
import assert from "node:assert/strict";
import { ContractWorld, type ContractHost } from "./contract-host";
import { describeAccounts } from "./accounts.contract";
import { describeAdoption } from "./adoption.contract";
import { describeCertificates } from "./certificates.contract";
import { describeChanges } from "./changes.contract";
import { describeDestruction } from "./destruction.contract";
import { describeDiagnose } from "./diagnose.contract";
import { describeFraming } from "./framing.contract";
import { describeInterrupted } from "./interrupted.contract";
import { describeEnrolment } from "./enrolment.contract";
import { describeIssued } from "./issued.contract";
import { describeObserve } from "./observe.contract";
import { describePausing } from "./pausing.contract";
import { describePreflight } from "./preflight.contract";
import { describeProgress } from "./progress.contract";
import { describeProgram } from "./program.contract";
import { describeRegister } from "./register.contract";
import { describeSituations } from "./situations.contract";
import { describeVerification } from "./verification.contract";

/** Makes a host that has not been started; the suite starts and stops it. */
export type MakeHost = (world: ContractWorld) => ContractHost;

/** Gives a part of the suite the host of the test that runs. */
export type CurrentHost = () => ContractHost;

const PARTS: ((host: CurrentHost) => void)[] = [
  describeProgram,
  describeProgress,
  describeFraming,
  describeObserve,
  describeDiagnose,
  describeCertificates,
  describeDestruction,
  describePreflight,
  describeRegister,
  describePausing,
  describeInterrupted,
  describeChanges,
  describeVerification,
  describeAdoption,
  describeIssued,
  describeEnrolment,
  describeAccounts,
  describeSituations,
];

/**
 * Defines the suite for one kind of host.
 *
 * @param name shown in the titles
 * @param makeHost called once per test, so that no test depends on another
 */
export function hostProtocolContract(name: string, makeHost: MakeHost): void {
  describe(`host protocol: ${name}`, function () {
    this.timeout(60_000);
    let world: ContractWorld;
    let host: ContractHost | undefined;

    before(async () => {
      world = await ContractWorld.make();
    });
    beforeEach(async () => {
      host = await makeHost(world).start();
    });
    afterEach(async () => {
      await host?.stop();
      host = undefined;
    });
    after(() => world.close());

    const current: CurrentHost = () => {
      assert.ok(host, "a host belongs to each test");
      return host;
    };
    for (const part of PARTS) part(current);
  });
}
