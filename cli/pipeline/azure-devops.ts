/** Azure DevOps as its own pipelines reach it: the REST interface with the job's token, which never leaves a header. */
import { z } from "zod";
import { CommandError, UsageError } from "../../console/errors";
import { send } from "../../remote/http";
import { isPage, jsonOf, succeeded } from "../../remote/http-answer";

const API = "7.1";

/** What a job of Azure Pipelines knows of itself. */
export interface Job {
  /** `https://dev.azure.com/<organization>/<project>/` */
  project: string;
  token: string;
  environment: NodeJS.ProcessEnv;
}

/** @throws UsageError outside of Azure Pipelines, or if the job's token was not handed to the step */
export function azureDevOpsJob(environment: NodeJS.ProcessEnv): Job {
  const required = (name: string, hint = "every job of Azure Pipelines sets it") => {
    const value = environment[name];
    if (!value) throw new UsageError(`${name} is not set; ${hint}`);
    return value;
  };
  const collection = required("SYSTEM_COLLECTIONURI").replace(/\/?$/, "/");
  const project = encodeURIComponent(required("SYSTEM_TEAMPROJECT"));
  const token = required("SYSTEM_ACCESSTOKEN", "pass it to the step: env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)");
  return { project: `${collection}${project}/`, token, environment };
}

/**
 * One request.
 * @param schema what the answer must be
 * @param path below the project, with its query but without the version
 * @throws CommandError with what the service answered, without the token
 */
export async function request<T>(
  job: Job,
  schema: z.ZodType<T>,
  method: "GET" | "POST" | "PATCH",
  path: string,
  body?: unknown,
): Promise<T> {
  const url = new URL(path, job.project);
  url.searchParams.set("api-version", API);
  const isPatch = Array.isArray(body);
  const answer = await send({
    method,
    url: url.href,
    headers: {
      authorization: `Bearer ${job.token}`,
      accept: "application/json",
      ...(body !== undefined && { "content-type": isPatch ? "application/json-patch+json" : "application/json" }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch((error: Error) => {
    throw new CommandError(`${method} ${url.pathname}: ${error.message}`, { cause: error });
  });
  const refuse = (said: string) =>
    new CommandError(`${method} ${url.pathname}: Azure DevOps answered ${answer.status}: ${said}`);
  if (answer.status >= 400) throw refuse(answer.text.slice(0, 300));
  // A sign-in page with status 203, or a way there, is how the service says that a token is not taken.
  if (isPage(answer) || !succeeded(answer)) throw refuse("a page instead of JSON: the job's token is not accepted");
  try {
    return schema.parse(jsonOf(answer));
  } catch {
    throw refuse("not the answer that was asked for");
  }
}

const THREADS = z.object({
  value: z.array(
    z.object({
      id: z.number(),
      comments: z
        .array(z.object({ id: z.number(), content: z.string().nullish(), isDeleted: z.boolean().nullish() }))
        .nullish(),
    }),
  ),
});
const WRITTEN = z.object({ id: z.number() });

/** Adds a comment to the pull request of this job, or updates the one that begins with the marker. */
export async function postComment(job: Job, marker: string, content: string): Promise<"added" | "updated"> {
  const { BUILD_REPOSITORY_ID: repository, SYSTEM_PULLREQUEST_PULLREQUESTID: pullRequest } = job.environment;
  if (!repository || !pullRequest)
    throw new UsageError("this run does not belong to a pull request (SYSTEM_PULLREQUEST_PULLREQUESTID)");
  const threads = `_apis/git/repositories/${encodeURIComponent(repository)}/pullRequests/${encodeURIComponent(pullRequest)}/threads`;
  const { value } = await request(job, THREADS, "GET", threads);
  const found = value.flatMap(({ id, comments }) => {
    const comment = comments?.find(({ content, isDeleted }) => !isDeleted && content?.startsWith(marker));
    return comment ? [{ thread: id, comment: comment.id }] : [];
  })[0];
  if (found) {
    await request(job, WRITTEN, "PATCH", `${threads}/${found.thread}/comments/${found.comment}`, { content });
    return "updated";
  }
  // Closed: a thread that stays open would hold the pull request back.
  await request(job, WRITTEN, "POST", threads, {
    comments: [{ parentCommentId: 0, content, commentType: 1 }],
    status: "closed",
  });
  return "added";
}
