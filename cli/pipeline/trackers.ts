/** Where a drift alarm's issues are stored: GitHub's issues, through its CLI, or Azure DevOps' work items, through REST. */
import { execFile } from "node:child_process";
import { z } from "zod";
import { escapeMarkup } from "../../model/text/encoders/html";
import { CommandError, UsageError } from "../../console/errors";
import { request, type Job } from "./azure-devops";
import { readEntries } from "./alarm-entries";
import { readMarker, type Alarm, type IssueAction, type OpenIssue } from "./drift";

export interface Tracker {
  /** Open issues about this stack's alarm. */
  open(stack: string): Promise<OpenIssue[]>;
  apply(action: IssueAction, alarm: Alarm): Promise<void>;
}

const LIMIT_MILLISECONDS = 60_000;
const LARGEST_ANSWER = 64 * 1024 * 1024;
/** Who a job's own token writes as: an issue of another author is never ours, whatever its text says. */
const BOT = "github-actions[bot]";
const ISSUE = z.object({ number: z.number(), body: z.string().nullable() });
const FILTER = `.[] | select(.pull_request == null and .user.login == "${BOT}") | {number, body}`;

/** Issues of the repository that GITHUB_REPOSITORY names; `gh` takes its token from GH_TOKEN. */
export class GitHubIssues implements Tracker {
  private readonly issues: string;

  constructor(private readonly environment: NodeJS.ProcessEnv) {
    const repository = environment.GITHUB_REPOSITORY ?? "";
    if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) throw new UsageError("GITHUB_REPOSITORY names no <owner>/<repository>");
    this.issues = `repos/${repository}/issues`;
  }

  async open(stack: string): Promise<OpenIssue[]> {
    const query = `${this.issues}?state=open&per_page=100`;
    const lines = (await this.gh(["--paginate", "--method", "GET", query, "--jq", FILTER])).split("\n");
    return lines
      .filter((line) => line.trim() !== "")
      .flatMap((line) => {
        const { number: id, body } = ISSUE.parse(JSON.parse(line));
        const marker = readMarker(body ?? "", stack);
        return marker ? [{ id, ...marker }] : [];
      });
  }

  async apply(action: IssueAction, { title, body }: Alarm): Promise<void> {
    if (action.do === "open") return this.send("POST", this.issues, { title, body });
    const issue = `${this.issues}/${action.id}`;
    const change = action.do === "close" ? { state: "closed", state_reason: "completed" } : { title, body };
    await this.send("PATCH", issue, change);
    await this.send("POST", `${issue}/comments`, { body: action.comment });
  }

  private async send(method: string, path: string, value: unknown): Promise<void> {
    await this.gh(["--method", method, path, "--input", "-", "--silent"], JSON.stringify(value));
  }

  private gh(args: readonly string[], stdin = ""): Promise<string> {
    const options = { env: this.environment, timeout: LIMIT_MILLISECONDS, maxBuffer: LARGEST_ANSWER };
    return new Promise((resolve, reject) => {
      const child = execFile("gh", ["api", ...args], options, (error, stdout, stderr) => {
        if (!error) return resolve(stdout);
        const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
        const said = `gh api ${args.slice(0, 3).join(" ")}: ${stderr.trim().slice(0, 500) || error.message.slice(0, 200)}`;
        reject(new CommandError(missing ? "gh (GitHub's CLI) is not on PATH" : said));
      });
      // A gh that ends early does not read what is piped in.
      child.stdin?.on("error", () => undefined);
      child.stdin?.end(stdin);
    });
  }
}

/** As a page shows it: Azure DevOps takes the text of a work item for HTML. */
export function preformatted(markdown: string): string {
  const escaped = escapeMarkup(markdown).replace(/^&lt;!--.*?--&gt;\s*/, "");
  return `<pre>${escaped}</pre>`;
}

const TAG = "connect-sync-identity";

const WORK_ITEM = z.object({ id: z.number() });
const FOUND = z.object({ workItems: z.array(WORK_ITEM) });
const TAGGED = z.object({
  fields: z.object({ "System.Tags": z.string().optional(), "System.Description": z.string().optional() }),
});

/** Names that differ between processes: Basic has Issue and Done, Agile has Issue and Closed, Scrum has Bug and Done. */
export interface WorkItemNames {
  type: string;
  doneState: string;
}

/** Work items of the job's own project, found again by their tags. */
export class WorkItems implements Tracker {
  constructor(
    private readonly job: Job,
    private readonly names: WorkItemNames,
  ) {}

  async open(stack: string): Promise<OpenIssue[]> {
    const text = (value: string) => `'${value.replaceAll("'", "''")}'`;
    const query =
      `SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project AND [System.Tags] CONTAINS ${text(TAG)} ` +
      `AND [System.Tags] CONTAINS ${text(`stack:${stack}`)} AND [System.State] <> ${text(this.names.doneState)} ORDER BY [System.Id]`;
    const { workItems } = await request(this.job, FOUND, "POST", "_apis/wit/wiql?$top=50", { query });
    const found = await Promise.all(workItems.map(({ id }) => this.read(id, stack)));
    return found.flatMap((issue) => issue ?? []);
  }

  async apply(action: IssueAction, { title, body, stack, fingerprint }: Alarm): Promise<void> {
    const set = (field: string, value: string) => ({ op: "add", path: `/fields/${field}`, value });
    const tags = [TAG, `stack:${stack}`, `alarm:${action.kind}`, `fingerprint:${fingerprint}`].join("; ");
    const content = [
      set("System.Title", title),
      set("System.Description", preformatted(body)),
      set("System.Tags", tags),
    ];
    if (action.do === "open") {
      await request(
        this.job,
        WORK_ITEM,
        "POST",
        `_apis/wit/workitems/$${encodeURIComponent(this.names.type)}`,
        content,
      );
      return;
    }
    const change = action.do === "close" ? [set("System.State", this.names.doneState)] : content;
    // What is added is a list of tags as a whole here; the old fingerprint must not stay beside the new one.
    const operations = [...change, set("System.History", action.comment)].map((entry) =>
      entry.path === "/fields/System.Tags" ? { ...entry, op: "replace" } : entry,
    );
    await request(this.job, WORK_ITEM, "PATCH", `_apis/wit/workitems/${action.id}`, operations);
  }

  private async read(id: number, stack: string): Promise<OpenIssue | null> {
    const path = `_apis/wit/workitems/${id}?fields=System.Tags,System.Description`;
    const { fields } = await request(this.job, TAGGED, "GET", path);
    const tags = (fields["System.Tags"] ?? "").split(";").map((tag) => tag.trim());
    const valueOf = (name: string) => tags.find((tag) => tag.startsWith(`${name}:`))?.slice(name.length + 1) ?? "";
    const kind = valueOf("alarm");
    if (valueOf("stack") !== stack || (kind !== "drift" && kind !== "blind")) return null;
    const described = (fields["System.Description"] ?? "").replaceAll("&#96;", "`");
    return { id, kind, fingerprint: valueOf("fingerprint"), entries: readEntries(described) };
  }
}
