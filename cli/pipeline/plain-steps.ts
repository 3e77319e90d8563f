/** The steps of a preview in a person's words: what happens on the server and in Entra, in which order, and what it interrupts. */
import { CONNECTION_PROPERTIES } from "../../model/certificate/certificate-state";
import { PASSWORD_WRITEBACK_ROLES, SYNC_ROLE } from "../../model/tenant/clouds";
import { quoted } from "./markdown";
import type { PreviewStep } from "./preview-output";
import { partOf, type Part } from "./resource-names";

/** What `up` would do to one server. */
export interface PlainPlan {
  /** In the order in which it happens. */
  actions: string[];
  /** What stops working meanwhile, or that nothing does. */
  interrupts: string;
  /** What a reviewer should look at before it is approved. */
  review: string[];
}

type Op = "create" | "update" | "replace" | "delete";
const OPS: Record<string, Op> = {
  create: "create",
  import: "create",
  update: "update",
  replace: "replace",
  "create-replacement": "replace",
  delete: "delete",
};

/** The steps of one server, by what they work on. */
class Steps {
  private readonly byPart = new Map<Part, { op: Op; step: PreviewStep }[]>();

  constructor(steps: readonly PreviewStep[]) {
    for (const step of steps) {
      const { part } = partOf(step);
      const op = OPS[step.op];
      if (part !== null && op !== undefined) this.byPart.set(part, [...this.all(part), { op, step }]);
    }
  }

  all(part: Part): { op: Op; step: PreviewStep }[] {
    return this.byPart.get(part) ?? [];
  }

  is(part: Part, ...ops: Op[]): boolean {
    return this.all(part).some(({ op }) => ops.includes(op));
  }

  step(part: Part): PreviewStep | undefined {
    return this.all(part)[0]?.step;
  }
}

const ROLES = [SYNC_ROLE, ...PASSWORD_WRITEBACK_ROLES];
/** As EntraApplication names an assignment. */
const slug = (role: string) => role.toLowerCase().replaceAll(/[^a-z]+/g, "-");

function roleNames(steps: Steps, op: Op): string {
  const names = steps.all("role").filter((role) => role.op === op);
  return names
    .map(({ step }) => ROLES.find((role) => step.name.endsWith(`-role-${slug(role)}`)) ?? quoted(step.name))
    .sort()
    .join(", ");
}

/** Which properties differ, in parentheses. */
function reasons(steps: Steps, part: Part): string {
  const names = [...new Set(steps.all(part).flatMap(({ step }) => step.diffReasons))].sort();
  return names.length === 0 ? "" : ` (${names.map(quoted).join(", ")})`;
}

/** How each kind of change is put; in the order in which they happen. */
function forward(steps: Steps): string[] {
  const actions: string[] = [];
  const say = (condition: boolean, text: string) => void (condition && actions.push(text));
  const newKey = steps.is("certificate", "create", "replace");
  const switches = newKey || steps.is("credential", "create", "replace");
  say(
    steps.is("application", "create"),
    "An application for this server is created in Entra, with its service principal.",
  );
  say(steps.is("application", "update"), `The application in Entra is changed${reasons(steps, "application")}.`);
  say(
    steps.is("application", "replace"),
    "**The application is recreated**: another application id, so what refers to the old one does not follow.",
  );
  say(steps.is("principal", "update", "replace"), "The service principal is changed.");
  say(steps.is("role", "create", "replace"), `The application is given: ${roleNames(steps, "create")}.`);
  say(steps.is("program", "create"), "The host program is copied to the server.");
  say(
    steps.is("program", "update", "replace"),
    "The host program on the server, which runs as administrator, is copied again.",
  );
  say(newKey, "A new key is created in the server's TPM, and a certificate for it. The key never leaves the server.");
  say(steps.is("credential", "create", "replace"), "The certificate's public part is uploaded to the application.");
  say(
    switches && steps.is("registration", "create", "update"),
    "The new credential is proven with a token; then the connector is switched to it, and the switch is verified.",
  );
  say(
    !switches && steps.is("registration", "create", "update"),
    "The registration runs again on the server: access to the key, link to the application, scheduler, verification. It changes only what differs.",
  );
  say(steps.is("credential", "replace"), "After the switch the old key credential is removed from the application.");
  say(steps.is("certificate", "replace"), "After that the old certificate and its key are removed from the server.");
  return actions;
}

function backward(steps: Steps): string[] {
  const actions: string[] = [];
  const say = (condition: boolean, text: string) => void (condition && actions.push(text));
  say(
    steps.is("lease", "delete"),
    "The server is asked whether its connector still uses the certificate. **If it does, the run stops here.**",
  );
  say(steps.is("credential", "delete"), "The key credential is removed from the application.");
  say(steps.is("certificate", "delete"), "The certificate and its key are removed from the server.");
  say(steps.is("program-removal", "delete"), "The host program is removed from the server.");
  say(steps.is("role", "delete"), `The application loses: ${roleNames(steps, "delete")}.`);
  say(steps.is("application", "delete"), "The application and its service principal are deleted from Entra.");
  return actions;
}

function interruptionOf(steps: Steps): string {
  if (steps.is("lease", "delete") && !steps.is("registration", "create", "update")) {
    return "Nothing while the connector uses something else already; if it does not, the run stops and nothing is taken away.";
  }
  if (!steps.is("registration", "create", "update")) return "Nothing.";
  if (steps.is("certificate", "create", "replace") || steps.is("credential", "create", "replace")) {
    return (
      "Synchronisation pauses around the switch, after a running cycle has ended. The scheduler is restored as it was " +
      "found; the old credential works until the new one is verified."
    );
  }
  return "Nothing, unless the connector has to be switched: then synchronisation pauses around the switch.";
}

function reviewOf(steps: Steps): string[] {
  const review: string[] = [];
  const say = (condition: boolean, text: string) => void (condition && review.push(text));
  const server = steps.step("server");
  const before = steps.is("server", "update") ? server!.before : {};
  const known = server !== undefined && before.host !== undefined;
  const moved = known ? CONNECTION_PROPERTIES.filter((key) => before[key] !== server.after[key]) : [];
  say(
    steps.is("application", "create"),
    "A new application gets the right to synchronise into the tenant: it is Tier 0 from then on.",
  );
  say(
    moved.length > 0,
    `How the server is reached changes (${moved.join(", ")}). Compare the host key at the server's own console.`,
  );
  say(
    before.programSha256 !== undefined && before.programSha256 !== server?.after.programSha256,
    "**A new host program**: it runs as administrator on a Tier 0 server. Read the change of `host/`.",
  );
  say(before.rotate !== undefined && before.rotate !== server?.after.rotate, "The configuration requests a rotation.");
  say(
    steps.is("application", "delete") || steps.is("lease", "delete"),
    "A server leaves. It must have left its application first: `npx connect-sync-identity leave`.",
  );
  say(steps.is("role", "create") && !steps.is("application", "create"), "The application gets further roles.");
  return review;
}

/** What a preview's steps on one server mean; null if they only note something. */
export function planOf(all: readonly PreviewStep[]): PlainPlan | null {
  const steps = new Steps(all);
  const actions = [...forward(steps), ...backward(steps)];
  const review = reviewOf(steps);
  if (actions.length === 0 && review.length === 0) return null;
  return { actions, interrupts: interruptionOf(steps), review };
}
