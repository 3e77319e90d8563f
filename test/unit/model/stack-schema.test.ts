/**
 * The schema for editors: made from the check of a run, and held against it on values that are made from it. What a schema
 * cannot say is a difference with a name here; there is no other.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { checkConfiguration } from "../../../model/configuration/configuration";
import { NO_SERVERS } from "../../../model/configuration/configuration-rules";
import { formatDiagnostic, type Diagnostic } from "../../../model/diagnostics/diagnostic";
import { rawConnection, rawServer, rawStack, type Raw } from "../../helpers/configurations";
import { mistaken, schemaTakes, SETTINGS, taken } from "../../helpers/stack-schema";

const ENVIRONMENT = { CONNECT_SYNC_NAME: "x" };
const problemsOf = (raw: unknown): Diagnostic[] => {
  if (raw === null || typeof raw !== "object" || Array.isArray(raw)) return [NO_SERVERS];
  return checkConfiguration(raw as Raw, ENVIRONMENT).problems;
};

interface Difference {
  of: (problem: Diagnostic) => boolean;
  example: Raw;
}

const at = (pattern: RegExp) => (problem: Diagnostic) => pattern.test(problem.property);
const server = (changes: Raw) => rawStack(rawServer("sync01", changes));
const twoServers = (first: Raw, second: Raw) => ({
  servers: { sync01: rawServer("sync01", first), sync02: rawServer("sync02", second) },
});

/** What a run refuses and the schema takes, by the reason. */
const DIFFERENCES: Record<string, Difference> = {
  "servers that are in no stack's file, as Pulumi.yaml or an environment of Pulumi may add them": {
    of: at(/^servers$/),
    example: {},
  },
  "what two servers may not share": {
    of: ({ code }) => code === "SERVERS_SHARE",
    example: twoServers({ role: "active" }, { role: "active" }),
  },
  "a certificate policy whose parts contradict each other": {
    of: ({ code }) => code === "CERTIFICATE_POLICY_INVALID",
    example: server({ certificate: { lifetime: "90 days" } }),
  },
  "a day that the calendar does not have": {
    of: at(/expires$/),
    example: rawStack(rawServer(), {
      allowedRoleHolders: [{ id: "6d3b1c52-0f0e-4b5d-9a55-0c0f6a4d2f10", reason: "x", expires: "2027-02-30" }],
    }),
  },
  "the same principal twice": {
    of: at(/allowedRoleHolders\.\d+\.id$/),
    example: rawStack(rawServer(), {
      allowedRoleHolders: Array(2).fill({
        ...{ id: "6d3b1c52-0f0e-4b5d-9a55-0c0f6a4d2f10", reason: "x", expires: "2027-02-20" },
      }) as unknown,
    }),
  },
  "text in which something cannot be seen, or that a CI system obeys": {
    of: at(/(user|keyProvider|serviceAccount|applicationName|reason|minimumVersionReason|rotate)$/i),
    example: server({ serviceAccount: "##vso[task.x]1" }),
  },
  "bytes of a key": {
    of: at(/(sshPublicKey|hostKey)$/),
    example: server({ connection: rawConnection("sync01", { hostKey: "ssh-ed25519 AAAA" }) }),
  },
  "the form of an address": {
    of: at(/host$/),
    example: server({ connection: rawConnection("sync01", { host: "sync01:22" }) }),
  },
  "a port beyond the last one, as text": {
    of: at(/port$/),
    example: server({ connection: rawConnection("sync01", { port: "65536" }) }),
  },
  "a bastion that is the server itself": {
    of: at(/connection\.proxy$/),
    example: server({ connection: { ...rawConnection(), proxy: rawConnection() } }),
  },
  "the name of a secret's variable": {
    of: at(/environmentVariables/),
    example: rawStack(rawServer(), { environmentVariables: ["ARM_CLIENT_SECRET"] }),
  },
  "a version that is too old, and the reason for it": {
    of: at(/minimumVersion(Reason)?$/),
    example: server({ minimumVersion: "2.4.0.0" }),
  },
  "a name that a server of the stack has, or that every object has": {
    of: at(/renamedFrom$|^servers\./),
    example: server({ renamedFrom: "sync01" }),
  },
  "a rotation of a certificate that a CA issued": {
    of: at(/rotate$/),
    example: server({ rotate: "now", certificate: { source: { kind: "issued", sha256: "a".repeat(64) } } }),
  },
  "a variable that is not listed, or not set": {
    of: ({ code }) => code.startsWith("ENVIRONMENT_"),
    example: server({ serviceAccount: "${OTHER}" }),
  },
};

const explained = (problem: Diagnostic) => Object.values(DIFFERENCES).some(({ of }) => of(problem));

/** What schema and check say of settings, if they do not agree and nothing explains it. */
function disagreement(settings: unknown): string | null {
  const problems = problemsOf(settings);
  const takes = schemaTakes(settings);
  if (!takes) return problems.length === 0 ? "the schema refuses what a run takes" : null;
  const left = problems.filter((problem) => !explained(problem));
  return left.length === 0 ? null : `the schema takes: ${left.map((one) => formatDiagnostic(one)).join("; ")}`;
}

describe("the schema of a stack's file", function () {
  this.timeout(60_000);
  // The SSH key is read past the check, as a secret.
  const { sshPrivateKey: _secret, ...properties } = SETTINGS.properties;
  const whole = taken({ ...SETTINGS, properties });

  it("must take and refuse what a run takes and refuses, but for the differences that have a name", () => {
    fc.assert(
      fc.property(fc.oneof(whole, mistaken(whole)), (settings) => assert.equal(disagreement(settings), null)),
      { numRuns: 3000 },
    );
  });

  it("must be tried with values that both take, and with values that both refuse", () => {
    const judged = fc.sample(fc.oneof(whole, mistaken(whole)), 2000).map((settings) => {
      return `${schemaTakes(settings)} ${problemsOf(settings).length === 0}`;
    });
    for (const both of ["true true", "false false"]) {
      assert.ok(judged.filter((one) => one === both).length > 50, both);
    }
  });

  for (const [name, { of, example }] of Object.entries(DIFFERENCES)) {
    it(`must leave to a run: ${name}`, () => {
      assert.equal(schemaTakes(example), true);
      const problems = problemsOf(example);
      assert.ok(problems.length > 0 && problems.every(of), problems.map((one) => formatDiagnostic(one)).join("\n"));
    });
  }

  it("must take an SSH key that is encrypted, and nothing else but a text", () => {
    const judged = [{ secure: "v1:xyz" }, { key: "x" }, ["x"]].map((sshPrivateKey) => schemaTakes({ sshPrivateKey }));
    assert.deepEqual(judged, [true, false, false]);
  });

  it("must take ${NAME} in place of every text that a run takes", () => {
    const texts = (value: unknown): string[] => {
      if (typeof value === "string") return [value];
      return value !== null && typeof value === "object" ? Object.values(value).flatMap(texts) : [];
    };
    const wanted = server({
      ...{ mode: "byoa", minimumVersion: "2.6.1.0", verify: "sync", renamedFrom: "old", applicationName: "An app" },
      connection: { ...rawConnection(), port: "22", proxy: rawConnection("bastion", { port: "2222" }) },
      certificate: { source: { kind: "template", template: "Sync" }, lifetime: "365 days", rotateBefore: "9 days" },
    });
    wanted.cloud = "global";
    wanted.owners = ["pipeline", "6d3b1c52-0f0e-4b5d-9a55-0c0f6a4d2f10"];
    for (const text of texts(wanted)) {
      const settings = JSON.parse(JSON.stringify(wanted), (_key, value: unknown) =>
        value === text ? "${CONNECT_SYNC_TEXT}" : value,
      ) as Raw;
      const { problems } = checkConfiguration(settings, { CONNECT_SYNC_TEXT: text });
      assert.deepEqual([text, schemaTakes(settings), problems], [text, true, []]);
    }
  });
});
