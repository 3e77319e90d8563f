/** Azure DevOps on loopback: threads of one pull request, and work items, as far as a pipeline asks for them. */
import * as http from "node:http";
import type { AddressInfo } from "node:net";

export interface EmulatedThread {
  id: number;
  status: string;
  comments: { id: number; content: string; updates: number }[];
}

export interface EmulatedWorkItem {
  id: number;
  type: string;
  fields: Record<string, string>;
  /** What was said about it, oldest first. */
  history: string[];
}

interface Patch {
  op: string;
  path: string;
  value: string;
}

type Route = [method: string, path: RegExp, handle: (values: string[], body: unknown) => unknown];

/** The only token that the service takes. */
export const JOB_TOKEN = "emulated-job-token";
export const AZURE_PROJECT = "Sync identities";
export const AZURE_REPOSITORY = "0b6a8b9e-5d35-4a0f-8d5a-5f1b7a9f3c11";

export class AzureService {
  readonly threads: EmulatedThread[] = [];
  readonly workItems: EmulatedWorkItem[] = [];
  private readonly server = http.createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    request.on("end", () => {
      const { status, value } = this.answer(request, text);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(0, "127.0.0.1", resolve);
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/contoso/`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(
    { method, url = "/", headers }: http.IncomingMessage,
    text: string,
  ): { status: number; value: unknown } {
    if (headers.authorization !== `Bearer ${JOB_TOKEN}`) return { status: 401, value: { message: "no token" } };
    const { pathname, searchParams } = new URL(url, "http://127.0.0.1");
    if (searchParams.get("api-version") !== "7.1") return { status: 400, value: { message: "no api-version" } };
    const path = decodeURIComponent(pathname);
    const body: unknown = text === "" ? undefined : JSON.parse(text);
    if (Array.isArray(body) !== (headers["content-type"] === "application/json-patch+json")) {
      return { status: 415, value: { message: "content-type" } };
    }
    for (const [wanted, pattern, handle] of this.routes()) {
      const match = wanted === method ? pattern.exec(path) : null;
      if (!match) continue;
      const value = handle(match.slice(1), body);
      return value === null ? { status: 404, value: { message: "not found" } } : { status: 200, value };
    }
    return { status: 501, value: { message: `not emulated: ${method} ${path}` } };
  }

  private routes(): Route[] {
    const project = `/contoso/${AZURE_PROJECT}/_apis`;
    const threads = `${project}/git/repositories/${AZURE_REPOSITORY}/pullRequests/7/threads`;
    return [
      ["GET", new RegExp(`^${threads}$`), () => ({ value: this.threads })],
      ["POST", new RegExp(`^${threads}$`), (_values, body) => this.addThread(body as never)],
      [
        "PATCH",
        new RegExp(`^${threads}/(\\d+)/comments/(\\d+)$`),
        (values, body) => this.update(values, body as never),
      ],
      ["POST", new RegExp(`^${project}/wit/wiql$`), (_values, body) => this.query(body as { query: string })],
      ["GET", new RegExp(`^${project}/wit/workitems/(\\d+)$`), ([id]) => this.item(id) ?? null],
      [
        "POST",
        new RegExp(`^${project}/wit/workitems/\\$(Issue|Bug)$`),
        ([type], body) => this.add(type, body as Patch[]),
      ],
      [
        "PATCH",
        new RegExp(`^${project}/wit/workitems/(\\d+)$`),
        ([id], body) => this.patch(this.item(id), body as Patch[]),
      ],
    ];
  }

  private addThread({ comments, status }: { comments: { content: string }[]; status: string }): EmulatedThread {
    const listed = comments.map(({ content }, index) => ({ id: index + 1, content, updates: 0 }));
    const thread = { id: this.threads.length + 1, status, comments: listed };
    this.threads.push(thread);
    return thread;
  }

  private update([thread, comment]: string[], { content }: { content: string }): unknown {
    const found = this.threads
      .find(({ id }) => id === Number(thread))
      ?.comments.find(({ id }) => id === Number(comment));
    if (!found) return null;
    return Object.assign(found, { content, updates: found.updates + 1 });
  }

  /** Understands conditions of the one form that the drift alarm asks with. */
  private query({ query }: { query: string }): unknown {
    const tags = [...query.matchAll(/\[System\.Tags\] CONTAINS '([^']+)'/g)].map(([, tag]) => tag);
    const [, done] = /\[System\.State\] <> '([^']+)'/.exec(query) ?? [];
    const found = this.workItems.filter(({ fields }) => {
      const own = fields["System.Tags"].split("; ");
      return fields["System.State"] !== done && tags.every((tag) => own.includes(tag));
    });
    return { workItems: found.map(({ id }) => ({ id })) };
  }

  private item(id: string): EmulatedWorkItem | undefined {
    return this.workItems.find((candidate) => candidate.id === Number(id));
  }

  private add(type: string, patches: Patch[]): unknown {
    const item = { id: this.workItems.length + 1, type, fields: { "System.State": "To Do" }, history: [] };
    this.workItems.push(item);
    return this.patch(item, patches);
  }

  private patch(item: EmulatedWorkItem | undefined, patches: Patch[]): unknown {
    if (!item) return null;
    for (const { op, path, value } of patches) {
      const field = path.replace("/fields/", "");
      if (field === "System.History") item.history.push(value);
      // "add" to a list of tags keeps those that are there; "replace" does not.
      else if (field === "System.Tags" && op === "add" && item.fields[field]) item.fields[field] += `; ${value}`;
      else item.fields[field] = value;
    }
    return item;
  }
}
