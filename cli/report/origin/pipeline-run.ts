/** The run of a pipeline that a report is created in, as the CI service's own variables name it. Pure. */

export interface PipelineRun {
  service: "GitHub Actions" | "Azure Pipelines";
  /** Its number, with the attempt if it is not the first. */
  id: string;
  /** The page of the run; null if the service does not say where it is. */
  address: string | null;
  /** Who started it, as the service calls them. */
  startedBy: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

function onGitHub(environment: Environment): PipelineRun | null {
  const { GITHUB_RUN_ID: run, GITHUB_RUN_ATTEMPT: attempt, GITHUB_ACTOR: actor } = environment;
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_TRIGGERING_ACTOR: again } = environment;
  if (environment.GITHUB_ACTIONS !== "true" || !run) return null;
  const repeated = attempt && attempt !== "1" ? `/attempts/${attempt}` : "";
  const address = server && repository ? `${server}/${repository}/actions/runs/${run}${repeated}` : null;
  const id = repeated === "" ? run : `${run}, attempt ${attempt}`;
  return { service: "GitHub Actions", id, address, startedBy: again || actor || null };
}

function onAzure(environment: Environment): PipelineRun | null {
  const { BUILD_BUILDID: id, SYSTEM_COLLECTIONURI: collection, SYSTEM_TEAMPROJECT: project } = environment;
  // Azure Pipelines writes its variables as "True".
  if (environment.TF_BUILD?.toLowerCase() !== "true" || !id) return null;
  const root = collection && project ? `${collection.replace(/\/?$/, "/")}${encodeURIComponent(project)}` : null;
  const address = root === null ? null : `${root}/_build/results?buildId=${encodeURIComponent(id)}`;
  return { service: "Azure Pipelines", id, address, startedBy: environment.BUILD_REQUESTEDFOR || null };
}

/** @returns null outside a pipeline */
export const pipelineRun = (environment: Environment): PipelineRun | null =>
  onGitHub(environment) ?? onAzure(environment);
