/**
 * A report of Verify-OnServer.ps1 as facts of a sandbox server: what a real server showed becomes a fixture. Every fact of a
 * report may be null; what it does not say stays as the sandbox has it.
 */
import { z } from "zod";
import { SchedulerFacts } from "../../model/protocol/host-facts";
import type { MachineState } from "../../sandbox/server/machine-state";

const fact = <T extends z.ZodType>(value: T) => z.object({ value: value.nullable(), reason: z.string().nullable() });

interface Shape {
  type: string;
  members: { name: string; declared: string; is: Shape }[];
}
const shape: z.ZodType<Shape> = z.lazy(() =>
  z.object({
    type: z.string(),
    members: z.array(z.object({ name: z.string(), declared: z.string(), is: shape })),
  }),
);

const cmdlet = z.object({
  name: z.string(),
  exists: z.boolean(),
  module: z.string().nullable(),
  sets: z.array(
    z.object({
      name: z.string(),
      parameters: z.array(z.object({ name: z.string(), type: z.string(), mandatory: z.boolean() })),
    }),
  ),
});

const answered = z.object({
  cmdlet: z.string(),
  answer: z.object({ count: z.int(), first: shape }).nullable(),
  reason: z.string().nullable(),
});

const Report = z.object({
  report: z.literal("connect-sync-identity/verify-on-server"),
  version: z.literal(1),
  context: z.enum(["desktop", "ssh"]),
  edition: z.string(),
  takenAt: z.string(),
  facts: z.object({
    powershell: fact(z.object({ version: z.string(), languageMode: z.string(), dotnetRelease: z.int().nullable() })),
    sshd: fact(z.object({ defaultShell: z.string().nullable() })),
    product: fact(z.object({ version: z.string().nullable(), status: z.string().nullable() })),
    cmdlets: fact(z.array(cmdlet)),
    shapes: fact(z.array(answered)),
    scheduler: fact(SchedulerFacts),
    passwordWriteback: fact(z.boolean()),
    tpm: fact(z.object({ present: z.boolean(), ready: z.boolean(), specVersion: z.string().nullable() })),
  }),
});

/** What a report says that the sandbox can be given, and what only a test can compare. */
export interface ServerFixture {
  /** False if it was not made by Windows PowerShell: then it shows the form of a report, and nothing of a server. */
  fromServer: boolean;
  context: "desktop" | "ssh";
  /** Written over the state of a new sandbox server. */
  state: Partial<Pick<MachineState, "version" | "defaultShell" | "scheduler" | "passwordWriteback" | "tpm">>;
  /** Parameters of each set of a cmdlet that is there. */
  cmdlets: Record<string, string[][]>;
  /** Type of each property of what a cmdlet returned, by its path. */
  shapes: Record<string, Record<string, string>>;
  /** Facts without a value, with the reason. */
  unread: Record<string, string>;
}

/** The properties of a shape by their paths. */
function typesOf({ members }: Shape, path = ""): [string, string][] {
  return members.flatMap(({ name, declared, is }) => {
    const type = is.type === "null" ? declared : is.type;
    return [[`${path}${name}`, type] as [string, string], ...typesOf(is, `${path}${name}.`)];
  });
}

function stateOf({
  product,
  sshd,
  scheduler,
  passwordWriteback,
  tpm,
}: z.infer<typeof Report>["facts"]): ServerFixture["state"] {
  const version = product.value?.version;
  const shell = sshd.value?.defaultShell;
  const settings = scheduler.value && (({ SyncCycleInProgress: _, ...rest }) => rest)(scheduler.value);
  return {
    ...(version ? { version } : {}),
    ...(shell ? { defaultShell: shell } : {}),
    ...(settings ? { scheduler: settings } : {}),
    ...(passwordWriteback.value === null ? {} : { passwordWriteback: passwordWriteback.value }),
    ...(tpm.value ? { tpm: tpm.value } : {}),
  };
}

/**
 * @param text the JSON of a report
 * @throws if it is no report of this version, or a fact has another form
 */
export function serverFixture(text: string): ServerFixture {
  const raw: unknown = JSON.parse(text);
  const report = Report.parse(raw);
  const { facts } = report;
  const every = (raw as { facts: Record<string, { value: unknown; reason: string | null }> }).facts;
  const unread = Object.entries(every).filter(([, { value }]) => value === null);
  const answers = (facts.shapes.value ?? []).flatMap(({ cmdlet: name, answer }) =>
    answer ? [[name, Object.fromEntries(typesOf(answer.first))] as const] : [],
  );
  return {
    fromServer: report.edition === "Desktop",
    context: report.context,
    state: stateOf(facts),
    cmdlets: Object.fromEntries(
      (facts.cmdlets.value ?? [])
        .filter(({ exists }) => exists)
        .map(({ name, sets }) => [name, sets.map(({ parameters }) => parameters.map((one) => one.name))]),
    ),
    shapes: Object.fromEntries(answers),
    unread: Object.fromEntries(unread.map(([name, { reason }]) => [name, reason ?? "no reason"])),
  };
}
