/**
 * One situation of a host, an operation on it, and the one written expectation that program and stand-in are held
 * against: error or result word for word, progress, and each effect on Windows in its order.
 */
import assert from "node:assert/strict";
import { isStepLine } from "../../../model/protocol/host-progress";
import { codeOfMessage, HOST_MESSAGES, type HostMessageId } from "../../../model/protocol/host-messages";
import { HOST_ERRORS, type HostError, type HostOperation } from "../../../model/protocol/host-protocol";
import { createCertificate } from "../../../sandbox/server/machine-certificates";
import { setApplication } from "../../../sandbox/server/machine-connector";
import { accessList, keyFilePath } from "../../../sandbox/server/machine-keys";
import { throwAwayKey } from "../../sequences/throw-away-keys";
import { APP_ID, certificateRequest, type ContractHost } from "../contract-host";
import { effectNames, WatchedWindows, type Changes } from "./watched-windows";

/** What a situation's texts may name. */
export interface Facts {
  host: ContractHost;
  /** The newest certificate; the one that a switch is to. Zeros if none was made. */
  sha256: string;
  /** The one before; the one that the connector uses if it is linked. */
  old: string;
}

export interface Expected {
  /** Absent for a good end. */
  error?: {
    /** Id of the sentence, whose first part is the error's code. */
    id: HostMessageId;
    /** What fills the sentence and its remedy. @default any words, the same ones in both */
    detail?: string[];
    expected: string;
    actual: string;
    /** @default null */
    operatorCommand?: string;
  };
  /** Parts of the result. */
  result?: object;
  /** Why the switch is not verified. */
  unverified?: string;
  /** @default false */
  changed?: boolean;
  /** Lines of progress without the server's name. @default none */
  steps?: string[];
  /** What was done to Windows, with `<new>`, `<old>` and `<app>`. @default nothing */
  effects?: string[];
}

export interface Situation {
  title: string;
  /** Number of certificates that are made and uploaded before. @default 1 */
  made?: 0 | 1 | 2;
  /** The connector uses the first certificate that was made. */
  linked?: true;
  given?: (facts: Facts) => void;
  windows?: (facts: Facts) => Changes;
  operation: HostOperation;
  request: (facts: Facts) => unknown;
  expected: (facts: Facts) => Expected;
}

const NOTHING = "0".repeat(64);

/** Makes a certificate with its key as the program does, and uploads it; returns its hash. */
async function made(host: ContractHost, generation: number): Promise<string> {
  const { machine } = host;
  const request = certificateRequest(generation);
  const { keyName: name, keyProvider: provider } = request;
  const access = accessList(machine, [machine.state.service.accountSid]);
  const file = keyFilePath(name, provider);
  const privateKey = throwAwayKey(machine);
  machine.change((state) => state.keys.push({ name, provider, file, privateKey, dead: null, access }));
  const { sha256, certificate } = await createCertificate(machine, host.world.clock.now(), request);
  host.world.tenant.upload(APP_ID, Buffer.from(certificate, "base64"));
  return sha256;
}

export async function play(host: ContractHost, situation: Situation): Promise<void> {
  const hashes: string[] = [];
  for (let index = 1; index <= (situation.made ?? 1); index += 1) hashes.push(await made(host, index));
  if (situation.linked) setApplication(host.machine, APP_ID, hashes[0]);
  const facts: Facts = { host, sha256: hashes.at(-1) ?? NOTHING, old: hashes[0] ?? NOTHING };
  situation.given?.(facts);
  const watched = new WatchedWindows(host, situation.windows?.(facts) ?? {});
  const run = await host.run(situation.operation, situation.request(facts));
  const expected = situation.expected(facts);
  const { answer } = run;

  if (expected.error) {
    assert.ok(!answer.ok, `it went well: ${JSON.stringify(answer)}`);
    isRefusal(answer.error, expected.error);
    assert.equal(run.exitCode, HOST_ERRORS[answer.error.code]);
  } else {
    assert.ok(answer.ok, JSON.stringify(answer));
    assert.deepEqual({ ...(answer.result as object), ...expected.result }, answer.result);
    const { verification } = answer.result as { verification?: { unverified?: string | null } };
    assert.equal(verification?.unverified ?? null, expected.unverified ?? null);
  }
  assert.equal(answer.changed, expected.changed ?? false, "changed");
  const lines = run.stderr.split(/\r?\n/).filter((line) => isStepLine("sync01", line));
  assert.deepEqual(
    lines.map((line) => line.slice("sync01: ".length)),
    expected.steps ?? [],
    "progress",
  );
  assert.deepEqual(watched.effects(effectNames(facts)), expected.effects ?? [], "effects");
  const { record, task } = watched.deadlines;
  if (task !== null) assert.equal(task, record, "the deadline of the task");
  assert.equal(host.state.lockHolder, null, "the lock is left");
}

function isRefusal(error: HostError, { id, detail, ...rest }: NonNullable<Expected["error"]>): void {
  const { message, remedy, ...found } = error;
  assert.deepEqual(found, { code: codeOfMessage(id), operatorCommand: null, ...rest });
  const template = HOST_MESSAGES[id];
  assert.match(message, filled(template.message, detail));
  // The remedy has the same words as the sentence in the same places.
  assert.match(`${message}\n${remedy}`, filled(`${template.message}\n${template.remedy}`, detail));
}

/** A sentence with its words; without them, one that has the same words wherever it names them. */
function filled(template: string, detail?: string[]): RegExp {
  const seen = new Set<string>();
  const pattern = template.split(/\{(\d)\}/).map((part, index) => {
    if (index % 2 === 0) return literally(part);
    if (detail) return literally(detail[Number(part)] ?? "nothing fills this");
    if (seen.has(part)) return `\\k<word${part}>`;
    seen.add(part);
    return `(?<word${part}>.+)`;
  });
  return new RegExp(`^${pattern.join("")}$`, "s");
}

const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
