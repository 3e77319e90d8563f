/** `observe` and `diagnose`: what they show, and what they show if it cannot be read. Nothing is changed. */
import { APP_ID, observeRequest } from "../contract-host";
import type { Expected, Facts, Situation } from "./situation";
import { throws, TRIED_AGAIN } from "./words";

const observed = (
  title: string,
  { effects = [], ...situation }: Partial<Situation> & { effects?: string[] },
  result: (facts: Facts) => Expected["result"],
): Situation => ({
  title: `observe must ${title}`,
  operation: "observe",
  request: () => observeRequest(),
  linked: true,
  ...situation,
  expected: (facts) => ({ result: result(facts), effects }),
});

const record = (facts: Facts, changes: object = {}) => ({
  since: "2026-01-01T00:00:00.000Z",
  appId: APP_ID,
  certificateSha256: facts.sha256,
  command: null,
  ...changes,
});

const SERVICE_PROXY = {
  ...{ source: "machine.config" as const, address: "http://proxy.contoso.com:3128" },
  ...{ answers: true, session: null },
};

const FOREIGN = [
  { name: "Windows.PS1", firstLine: "x" },
  { name: "protocol.md", firstLine: "# Host protocol" },
  { name: "PROTOCOL.md", firstLine: "# Another" },
];

export const OBSERVING: Situation[] = [
  observed(
    "show the connector's identity in lower case",
    {
      given: ({ host }) =>
        host.change(({ connector }) => {
          connector.appId = connector.appId!.toUpperCase();
          connector.certificateSha256 = connector.certificateSha256!.toUpperCase();
        }),
    },
    ({ host, sha256 }) => ({ connector: { ...host.state.connector, appId: APP_ID, certificateSha256: sha256 } }),
  ),
  observed(
    "show why a key does not sign, and what that proves",
    { windows: () => ({ sign: throws("key", "Locked out.", "0x80280921") }), effects: TRIED_AGAIN },
    ({ host }) => {
      const [{ keyName: _name, keyProvider, ...entry }] = host.state.certificates;
      const { access: acl } = host.state.keys[0];
      const problem = { keyUsable: false, keyProblem: "Locked out (0x80280921)", keyFault: "passing" };
      return { certificates: [{ ...entry, ...problem, keyProvider, keyInHardware: true, issuance: null, acl }] };
    },
  ),
  observed(
    "list what cannot be read with its reason",
    {
      windows: () => ({
        getTpm: throws("failed", "The RPC server is unavailable."),
        getEvents: throws("access-denied", "Access is denied."),
        getMachineIdentifier: throws("not-found", "No such key."),
      }),
    },
    () => ({
      tpm: null,
      events: [],
      machineIdentifier: null,
      legacyAccountName: null,
      unreadable: [
        { field: "tpm", reason: "The RPC server is unavailable" },
        { field: "machineIdentifier", reason: "No such key" },
        { field: "events", reason: "Access is denied" },
        { field: "legacyAccountName", reason: "No such key" },
      ],
    }),
  ),
  observed("show the cloud that the registry sets", { windows: () => ({ getAzureInstance: () => () => 4 }) }, () => ({
    azureInstance: 4,
  })),
  observed(
    "show that the module of the repair is not there",
    { windows: () => ({ getRepairModule: () => () => ({ version: null }) }) },
    () => ({ adSyncTools: { version: null } }),
  ),
  observed(
    "show the proxy of the service's context beside the session's",
    { windows: () => ({ getServiceProxy: () => () => ({ ...SERVICE_PROXY }) }) },
    () => ({ serviceProxy: SERVICE_PROXY }),
  ),
  observed(
    "show what an interrupted run left",
    {
      windows: () => ({
        readPauseRecord: () => () => ({
          operation: "rollback",
          server: "sync01",
          startedAt: "2026-01-01T00:00:00.000Z",
          deadline: "2026-01-01T00:10:00.000Z",
          syncCycleEnabled: true,
        }),
      }),
    },
    () => ({
      interrupted: {
        operation: "rollback",
        startedAt: "2026-01-01T00:00:00.000Z",
        syncCycleEnabled: true,
        restoreTask: false,
        problem: null,
      },
    }),
  ),
  observed(
    "show a switch to the connector's identity that is not verified, and no sign-in for it",
    { windows: (facts) => ({ readSwitchRecord: () => () => record(facts) }) },
    ({ sha256 }) => ({
      signIn: null,
      unverified: { since: "2026-01-01T00:00:00.000Z", appId: APP_ID, certificateSha256: sha256 },
    }),
  ),
  observed(
    "show a sign-in for another identity, and no switch to it",
    {
      windows: (facts) => ({
        readSwitchRecord: () => () => record(facts, { certificateSha256: "a".repeat(64), command: "Add" }),
      }),
    },
    () => ({
      signIn: {
        since: "2026-01-01T00:00:00.000Z",
        appId: APP_ID,
        certificateSha256: "a".repeat(64),
        command: "Add",
      },
      unverified: null,
    }),
  ),
  observed(
    "know its files and those of earlier versions however their names are spelt",
    {
      windows: () => ({
        getProgramFolder: () => () => FOREIGN,
        getInstalledProgram: () => () => ({ sha256: null, problem: "any" }),
      }),
    },
    () => ({
      program: {
        sha256: null,
        problem: "any",
        foreign: [
          { name: "protocol.md", earlier: true },
          { name: "PROTOCOL.md", earlier: false },
        ],
      },
    }),
  ),
  {
    title: "diagnose must show a server without the product, and an endpoint that does not answer",
    operation: "diagnose",
    request: () => ({ protocol: 1, server: "sync01", endpoints: ["https://localhost:1/any"] }),
    made: 0,
    windows: () => ({
      getService: () => () => null,
      getProduct: throws("failed", "It must not be asked for."),
      getTime: () => () => "2026-01-01T00:00:00.000Z",
      testEndpoint: () => async () => ({
        reached: false,
        status: 0,
        date: null,
        proxy: "http://proxy",
        problem: "refused",
      }),
    }),
    expected: () => ({
      result: {
        service: null,
        product: null,
        endpoints: [
          {
            url: "https://localhost:1/any",
            reached: false,
            status: 0,
            date: null,
            takenAt: "2026-01-01T00:00:00.000Z",
            proxy: "http://proxy",
            problem: "refused",
          },
        ],
      },
    }),
  },
];
