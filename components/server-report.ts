/** What a run reports about a server: its findings, its notices, and what prevents changes. */
import * as pulumi from "@pulumi/pulumi";
import { noticesFor } from "../model/fleet/assessment";
import { assessServer } from "../model/server/assessment";
import { settled } from "./known-output";
import { failRun } from "./run-failure";
import type { PreparedServer } from "./server-observation";
import type { SyncServer } from "./sync-server";
import { lineOf } from "./this-reader";
import { logInfo, logWarning } from "./log";

/**
 * Logs findings and notices in every run; in a preview also what would stop the run, which fails the preview.
 * @returns resolves once all of it was said
 */
export async function reportServer(
  { args, identity, files, observation, connection }: PreparedServer,
  server: SyncServer,
): Promise<void> {
  const log = (lines: string[]) => lines.forEach((line) => logWarning(line, server));
  const stop = (problem: string) => {
    if (problem !== "") failRun(problem, server);
  };
  if (pulumi.runtime.isDryRun()) server.findings.apply(log);
  const seen = await observation;
  const asked = { rotate: args.rotate ?? "", adopt: args.adopt?.certificateSha256 ?? "" };
  const { host, port, user } = connection;
  const fixed = {
    ...asked,
    host,
    port,
    user,
    hostKeyFingerprint: "",
    programSha256: args.mode === "managed" ? "" : files.sha256,
  };
  // State is not at hand where the program runs.
  const facts = {
    declaration: { ...args, ...identity, ...fixed },
    observation: seen,
    memory: undefined,
  };
  const { findings, problem } = assessServer(facts);
  const noticed = args.tenant.roles.then(({ roles }) => {
    for (const notice of noticesFor(facts, roles)) {
      logInfo(lineOf(notice), server);
    }
  });
  if (!pulumi.runtime.isDryRun()) log(findings.map(lineOf));
  else if (problem) stop(lineOf(problem));
  // What only state knows comes with the resource, which a preview of a new server does not know. That it could not be
  // registered is an error of its own.
  else await settled(server.problem.apply(stop)).catch(() => undefined);
  await noticed;
}
