/**
 * What a preview and an up show of a server: findings, obstacles, the certificate that was seen, and that nothing is
 * planned away. What is not proven here: how the CLI prints it (end-to-end tests do).
 */
import assert from "node:assert/strict";
import type { TenantDirectory } from "../../components/tenant-directory";
import { SOFTWARE_PROVIDER } from "../../model/protocol/host-protocol";
import type { Observation } from "../../model/server/observation";
import { framed, refusal, success } from "../helpers/answers";
import { factsOf, generationFacts, makeCertificate } from "../helpers/certificates";
import {
  byName,
  commands,
  identity,
  namesOf,
  recordIdentity,
  type IdentityOptions,
} from "../helpers/identity-recorder";
import {
  application,
  healthy,
  hostFacts,
  IDENTITY,
  observation,
  OTHER_APP_ID,
  problem,
  untouched,
} from "../helpers/observations";
import { commandOf, newResource, type Mock } from "../helpers/pulumi-recorder";

const preview = (seen: Observation, options: IdentityOptions = {}) =>
  recordIdentity({ seen, preview: true, ...options });
/** A server that was never onboarded and cannot be observed. */
const unobservable: Observation = {
  host: { facts: null, problem: problem() },
  tenant: { application: null, problem: null },
};
/** A server of earlier runs that cannot be observed any more. */
const lost = async (): Promise<Observation> => {
  const { application: seen } = await healthy();
  return { host: { facts: null, problem: problem() }, tenant: { application: seen, problem: null } };
};

/** A host that answers one operation in its own way. */
const answering =
  (operation: string, answer: (stdin: string) => unknown): Mock =>
  async (resource, isPreview) => {
    const made = await newResource(resource, isPreview);
    if (commandOf(resource.inputs as Record<string, unknown>, "create") !== operation) return made;
    return { ...made, state: { ...made.state, stdout: framed(answer(String(resource.inputs.stdin))) } };
  };

describe("a preview", () => {
  it("a preview must show every resource of a new server, although most values are unknown", async () => {
    const [planned, made] = [await preview(observation(await untouched(), null)), await recordIdentity()];
    assert.deepEqual(namesOf(planned), namesOf(made));
    assert.equal(planned.result.ready, undefined);
    assert.deepEqual(planned.log, []);
  });

  it("a preview must register every resource of a server that cannot be observed: otherwise it would be deleted", async () => {
    const made = namesOf(await recordIdentity());
    for (const seen of [unobservable, await lost()]) assert.deepEqual(namesOf(await preview(seen)), made);
  });

  for (const [what, seen] of [
    ["was never onboarded", async () => unobservable],
    ["is known", lost],
  ] as const) {
    it(`a preview must fail once with the reason for a server that ${what} and cannot be observed`, async () => {
      const { log, exitCode } = await preview(await seen());
      // 32 tells the language host that the program failed and has said why.
      assert.equal(exitCode, 32);
      assert.deepEqual(
        log.map(({ severity }) => severity),
        ["error"],
      );
      assert.match(log[0].message, /^sync01: connection\.host: .+ECONNREFUSED.+\[HOST_UNREACHABLE\]$/);
    });
  }

  it("a preview must fail if the tenant cannot be observed", async () => {
    const { facts } = await healthy();
    const tenant = { application: null, problem: problem({ code: "GRAPH_FORBIDDEN" }) };
    const { log } = await preview({ host: { facts, problem: null }, tenant });
    assert.match(log[0].message, /GRAPH_FORBIDDEN/);
    assert.equal(log[0].severity, "error");
  });

  it("a preview must warn of each finding in one line, and not fail because of it", async () => {
    const { facts, application: seen } = await healthy();
    facts.passwordWriteback = true;
    facts.connector.parameters.CertificateId = null;
    const { log, result, exitCode } = await preview(observation(facts, seen));
    assert.equal(exitCode, undefined);
    assert.deepEqual(
      log.map(({ severity, message }) => [severity, /^sync01: ([a-z-]+): expected/.exec(message)?.[1]]),
      [
        ["warning", "writeback-undeclared"],
        ["warning", "connector-parameters-blank"],
      ],
    );
    assert.deepEqual(result.findings?.length, 2);
  });

  it("a preview must fail if something blocks the work", async () => {
    const facts = await untouched();
    facts.scheduler.SchedulerSuspended = true;
    const { log, exitCode } = await preview(observation(facts, null));
    assert.equal(exitCode, 32);
    assert.deepEqual(
      log.map(({ severity, message }) => [severity, /SCHEDULER_SUSPENDED|scheduler-suspended/.exec(message)?.[0]]),
      [
        ["error", "SCHEDULER_SUSPENDED"],
        ["info", "scheduler-suspended"],
      ],
    );
  });

  it("a preview must fail if something blocks the fix of a known server, and still show its findings", async () => {
    const { facts, application: seen } = await healthy();
    facts.certificates = [];
    facts.scheduler.SchedulerSuspended = true;
    const { log, exitCode } = await preview(observation(facts, seen));
    assert.equal(exitCode, 32);
    assert.deepEqual(log.map(({ severity }) => severity).sort(), ["error", "info", "warning"]);
  });

  it("a preview must show a notice as information, without an error or a change", async () => {
    const { facts, application: seen } = await healthy();
    facts.product.cmdlets["Invoke-ADSyncApplicationCredentialRotation"].push("Force");
    const { log, exitCode, result } = await preview(observation(facts, seen));
    assert.deepEqual(
      log.map(({ severity }) => severity),
      ["info"],
    );
    assert.match(log[0].message, /^sync01: cmdlet-parameters-changed: /);
    assert.deepEqual([exitCode, result.findings], [undefined, []]);
  });

  it("a preview must report nothing for a healthy server", async () => {
    const { facts, application: seen } = await healthy();
    const { log, exitCode } = await preview(observation(facts, seen));
    assert.deepEqual([log, exitCode], [[], undefined]);
  });

  it("a preview must know the observed certificate, although a command's output is unknown", async () => {
    const { facts, application: seen, certificate } = await healthy();
    const planned = await preview(observation(facts, seen));
    assert.equal(planned.result.certificateSha256, certificate.sha256);
    assert.equal(byName(planned, "sync01-credential").inputs.startDate, certificate.notBefore);
  });

  it("a preview must not know the certificate of a generation that does not exist yet", async () => {
    const planned = await preview(observation(await untouched(), null));
    assert.equal(planned.result.certificateSha256, undefined);
  });

  it("a preview must not expect a certificate with a dead key to remain", async () => {
    const { facts, application: seen } = await healthy();
    facts.certificates[0].keyUsable = false;
    const planned = await preview(observation(facts, seen));
    assert.equal(planned.result.certificateSha256, undefined);
  });

  it("a preview must not fail if the declared lifetime changed: it takes effect at the next rotation", async () => {
    const { facts, application: seen, certificate } = await healthy();
    const args = { certificate: { lifetime: "400 days" } } as const;
    const planned = await preview(observation(facts, seen), { args });
    assert.equal(planned.result.certificateSha256, certificate.sha256);
  });

  it("a preview must not trust a certificate that differs from the host's claims", async () => {
    const { facts, application: seen } = await healthy();
    facts.certificates[0].notAfter = "2036-10-01T12:00:00Z";
    await assert.rejects(preview(observation(facts, seen)), /certificate notAfter/);
  });
});

describe("a preview of two servers", () => {
  const two = (tenant: TenantDirectory) => {
    identity(tenant, "sync02", { role: "staging" });
    return identity(tenant, "sync01");
  };

  it("two declared servers on one machine must both get an error that names the other", async () => {
    const { log, exitCode } = await preview(observation(await untouched(), null), { program: two, oneMachine: true });
    assert.equal(exitCode, 32);
    const errors = log.filter(({ severity }) => severity === "error").map(({ message }) => message);
    assert.equal(errors.length, 2);
    assert.match(
      errors.find((message) => message.startsWith("sync01: "))!,
      /as sync02\..*\[MACHINE_SHARED\]/,
    );
    assert.match(
      errors.find((message) => message.startsWith("sync02: "))!,
      /as sync01\..*\[MACHINE_SHARED\]/,
    );
  });

  it("two declared servers on two machines must get no error", async () => {
    const { log, exitCode } = await preview(observation(await untouched(), null), { program: two });
    assert.deepEqual([log, exitCode], [[], undefined]);
  });
});

describe("an up", () => {
  it("an up must report the findings from the observation, so that a skipped preview still shows the reason for a fix", async () => {
    const { facts, application: seen } = await healthy();
    facts.certificates[0].keyProvider = SOFTWARE_PROVIDER;
    const { log, result } = await recordIdentity({ seen: observation(facts, seen) });
    assert.deepEqual(
      log.map(({ severity }) => severity),
      ["warning"],
    );
    assert.match(log[0].message, /^sync01: key-not-in-tpm: expected Microsoft Platform Crypto Provider/);
    assert.deepEqual(result.findings, [], "what is acted upon is no output");
  });

  it("an up must stop at a server that cannot be observed, before it changes anything there", async () => {
    let registered: string[] = [];
    const mock: Mock = (resource, isPreview) => {
      registered = [...registered, resource.type];
      return newResource(resource, isPreview);
    };
    await assert.rejects(recordIdentity({ seen: unobservable, mock }), /\[HOST_UNREACHABLE\]/);
    assert.ok(registered.includes("pulumi-nodejs:dynamic/connect-sync-identity:SyncServer"));
    assert.ok(!registered.some((type) => type.startsWith("command:")), registered.join());
  });

  it("an up must continue with the generation that host and Entra hold if state was lost", async () => {
    const four = await generationFacts(IDENTITY, 4);
    const recording = await recordIdentity({ seen: observation(hostFacts(four), application(four)) });
    assert.deepEqual(byName(recording, "sync01-certificate").inputs.triggers, [4]);
    for (const { inputs, name } of commands(recording)) {
      if (inputs.stdin) assert.match(inputs.stdin, /"label":"ConnectSyncIdentity dev\/sync01 g4"/, name);
    }
  });

  const subject = "CN=ConnectSyncIdentity dev/sync01 g1";
  const made = async (options: Parameters<typeof makeCertificate>[0], changes: Parameters<typeof factsOf>[1] = {}) =>
    factsOf(await makeCertificate({ subject, ...options }), changes);
  for (const [what, facts, reason] of [
    ["is of another server", made({ subject: "CN=ConnectSyncIdentity dev/sync02 g1" }), /certificate subject/],
    ["has a key of 1024 bits", made({ key: 1024 }), /certificate key: expected RSA 2048, found RSA 1024/],
    ["is signed with SHA-1", made({ hash: "SHA-1" }), /certificate signature hash/],
    ["has another hash than the host says", made({}, { sha256: "0".repeat(64) }), /certificate SHA-256 hash/],
    ["was made for another lifetime", made({ notAfter: new Date("2036-10-01T12:00:00Z") }), /certificate lifetime/],
  ] as const) {
    it(`an up must not upload a certificate that ${what}`, async () => {
      const after = await facts;
      const types: string[] = [];
      const answer = answering("ensure-certificate", () =>
        success("ensure-certificate", { before: null, after }, true),
      );
      const mock: Mock = (resource, isPreview) => {
        types.push(resource.type);
        return answer(resource, isPreview);
      };
      await assert.rejects(recordIdentity({ mock }), reason);
      assert.ok(!types.includes("azuread:index/applicationCertificate:ApplicationCertificate"));
    });
  }

  it("an up must accept an older certificate with its original lifetime", async () => {
    const after = await made({ notAfter: new Date("2026-12-01T12:00:00Z") });
    const mock = answering("ensure-certificate", () => success("ensure-certificate", { before: after, after }));
    assert.equal((await recordIdentity({ mock })).result.certificateSha256, after.sha256);
  });

  it("an up must check a certificate that replaces a dead one against the lifetime, because it is new", async () => {
    const before = await made({});
    const after = await made({ notAfter: new Date("2026-12-01T12:00:00Z") });
    const mock = answering("ensure-certificate", () => success("ensure-certificate", { before, after }, true));
    await assert.rejects(recordIdentity({ mock }), /certificate lifetime/);
  });

  it("an identity must not be ready if the server reports another application after the switch", async () => {
    const { facts } = await healthy();
    const state = { connector: { ...facts.connector, appId: OTHER_APP_ID }, syncCycleEnabled: true };
    const done = { restoredInterruptedPause: false, repairedParameters: false, pausedSeconds: 1, verification: null };
    const result = { before: state, after: state, action: "linked", ...done };
    const mock = answering("register", () => success("register", result, true));
    await assert.rejects(recordIdentity({ mock }), /REGISTRATION_UNVERIFIED/);
  });

  it("an identity must not be ready if the server reports another certificate after the switch", async () => {
    const { facts } = await healthy();
    const state = { connector: facts.connector, syncCycleEnabled: true };
    const done = { restoredInterruptedPause: false, repairedParameters: false, pausedSeconds: 1, verification: null };
    const result = { before: state, after: state, action: "rotated", ...done };
    const mock = answering("register", () => success("register", result, true));
    await assert.rejects(recordIdentity({ mock }), /REGISTRATION_UNVERIFIED/);
  });

  it("an up must not take a refusal for an answer, even if the host's exit code was lost", async () => {
    const register = answering("register", () => refusal("register", "SIGNIN_REQUIRED"));
    await assert.rejects(recordIdentity({ mock: register }), /REGISTRATION_UNVERIFIED/);
    const ensure = answering("ensure-certificate", () => refusal("ensure-certificate", "TPM_MISSING"));
    await assert.rejects(recordIdentity({ mock: ensure }), /the host program failed/);
  });
});
