/** Look-ups in the tenant on which resources hang: a rejected one ends the run with one problem, and never as noise. */
import assert from "node:assert/strict";
import * as clientConfig from "@pulumi/azuread/getClientConfig";
import * as runFailure from "../../components/run-failure";
import { TenantDirectory } from "../../components/tenant-directory";
import type { Diagnostic } from "../../model/diagnostics/diagnostic";
import { formatDiagnostic } from "../../model/diagnostics/diagnostic";
import { GraphClient } from "../../remote/graph-client";
import { GraphError } from "../../remote/graph-error";
import * as access from "../../remote/tenant-access";
import { replace } from "../helpers/replaced";

const PASSWORD_RESET = "93625bc8-bfe2-437a-97e0-3d0060024faa";

/**
 * Ends of runs that a directory with this answer of Graph brings about, within a second; the plugin always fails.
 * @param declared the pipeline's object id; null if it is looked up
 */
async function ended(graph: () => unknown, declared: string | null = "given"): Promise<Diagnostic[][]> {
  const ends: Diagnostic[][] = [];
  const fail = async () => {
    throw new Error("invocation of azuread:index/getClientConfig:getClientConfig returned an error: 1 error");
  };
  const connected = { endpoints: { login: "https://login/", graph: "https://graph/" }, credential: {} };
  const graphAccess = { tenantId: "tenant", cloud: "global", connect: async () => connected };
  const undo = [
    replace(clientConfig, "getClientConfig", fail as never),
    replace(access, "tenantAccess", () => graphAccess as never),
    replace(GraphClient.prototype, "get", async () => graph() as never),
    replace(runFailure, "endRun", (problems) => void ends.push([...problems])),
  ];
  const rejections: unknown[] = [];
  const note = (error: unknown) => void rejections.push(error);
  process.on("unhandledRejection", note);
  try {
    const tenant = new TenantDirectory({ setting: () => "tenant", pipelineObjectId: declared });
    for (const { objectId, roleIds } of tenant.servicesFor({ passwordWriteback: true })) {
      objectId.apply((id) => id);
      roleIds.apply((ids) => ids);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  } finally {
    process.off("unhandledRejection", note);
    undo.forEach((one) => one());
  }
  assert.deepEqual(rejections, []);
  return ends;
}

const refused = (status: number, code: string) => () => {
  throw new GraphError(status, code, `Graph says ${status}`);
};
const service = (appRoles: object[]) => ({ value: [{ id: "object", appRoles }] });

describe("a look-up in the tenant", () => {
  it("a service that the tenant does not have must be one problem each: which, for what, the command, who may", async () => {
    const [problems, ...others] = await ended(() => ({ value: [] }));
    assert.deepEqual(others, []);
    const lines = problems.map((problem) => formatDiagnostic(problem));
    assert.equal(lines.length, 2);
    assert.match(
      lines[1],
      /password reset service, for password writeback, .*Cloud Application Administrator.* az ad sp create --id 93625bc8-\S+.*\[SERVICE_MISSING\]$/,
    );
    assert.match(lines[1], new RegExp(PASSWORD_RESET));
  });

  for (const [status, code, expected] of [
    [403, "Authorization_RequestDenied", "GRAPH_FORBIDDEN"],
    [404, "Request_ResourceNotFound", "GRAPH_UNAVAILABLE"],
    [500, "InternalServerError", "GRAPH_UNAVAILABLE"],
  ] as const) {
    it(`an answer ${status} to every look-up must be one problem`, async () => {
      const ends = await ended(refused(status, code));
      assert.deepEqual(
        ends.map((problems) => problems.map((problem) => problem.code)),
        [[expected]],
      );
    });
  }

  it("a caller who cannot be found must be a problem too", async () => {
    const ends = await ended(refused(500, "InternalServerError"), null);
    assert.deepEqual(
      ends.map((problems) => problems.map(({ code }) => code).sort()),
      [["GRAPH_UNAVAILABLE", "TENANT_NOT_OBSERVED"]],
    );
  });

  it("a role that the service does not have must be a problem with its name", async () => {
    const [problems] = await ended(() => service([]));
    assert.ok(problems.length > 0 && problems.every(({ code }) => code === "ROLE_UNKNOWN"));
  });
});
