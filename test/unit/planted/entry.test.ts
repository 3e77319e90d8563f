/**
 * Texts that were planted in every answer of a host and of Microsoft Graph, where the answers enter: what is behind travels
 * into resources, which Pulumi prints. What a plugin prints by itself is not covered: pipelines/run-pulumi.sh encodes it.
 */
import assert from "node:assert/strict";
import { z } from "zod";
import { parseAnswer } from "../../../model/protocol/host-answer";
import {
  ANSWER_BEGIN,
  ANSWER_END,
  ANSWERS,
  HOST_OPERATIONS,
  HostObservation,
  type HostOperation,
} from "../../../model/protocol/host-protocol";
import { type ProblemError } from "../../../model/diagnostics/diagnostic";
import { observeAudit } from "../../../remote/audit-log";
import { observeApplication } from "../../../remote/graph";
import { GraphClient } from "../../../remote/graph-client";
import { GraphError } from "../../../remote/graph-error";
import { revokeCredentials } from "../../../remote/revocation";
import { shareToken } from "../../../remote/tenant-access";
import { observeTenantRoles } from "../../../remote/tenant-roles";
import { fakeGraph, tenantWith, tokenWith, type Answers } from "../../helpers/fake-graph";
import { json, withFetch, type Responder } from "../../helpers/fetching";
import { APP_ID, healthy, OBJECT_ID, PRINCIPAL_OBJECT_ID, SYNC_ROLE_ID } from "../../helpers/observations";
import { liveIn, liveWithin, PLANT, plantedFrom } from "../../helpers/planted-texts";

const fetching = async <T>(respond: Responder, work: () => Promise<T>) => (await withFetch(respond, work)).result;
const printed = (answer: unknown) => `noise\n${ANSWER_BEGIN}\n${JSON.stringify(answer)}\n${ANSWER_END}\n`;

describe("planted texts in the answer of a host", () => {
  for (const operation of HOST_OPERATIONS) {
    for (const [index, kind] of ["success", "error"].entries()) {
      it(`must be harmless behind ${operation}, in a ${kind}`, () => {
        const planted = plantedFrom(ANSWERS[operation].options[index] as never);
        assert.ok(liveWithin(planted).length > 0, "nothing was planted");
        const answer = parseAnswer(operation as HostOperation, printed(planted));
        assert.deepEqual(liveWithin(answer), []);
        assert.match(JSON.stringify(answer), /#\\\\u0023vso\[task/);
      });
    }
  }

  it("must be there in every text of an observation that has no format", () => {
    const texts = JSON.stringify(plantedFrom(HostObservation)).split("task.setvariable").length - 1;
    assert.ok(texts > 35, `${texts} texts`);
  });

  it("must leave ordinary texts as they are, to the letter", async () => {
    const { facts } = await healthy();
    const answer = {
      protocol: 1,
      operation: "observe",
      server: "sync01",
      ok: true,
      changed: false,
      result: facts,
      error: null,
    };
    assert.deepEqual(parseAnswer("observe", printed(answer)), answer);
  });

  it("must be harmless in the reason why an answer cannot be read", () => {
    for (const text of ["##vso[a]b", `{"##vso[a]": ${PLANT}`, JSON.stringify({ [PLANT]: PLANT, ok: PLANT })]) {
      assert.throws(
        () => parseAnswer("observe", `${ANSWER_BEGIN}\n${text}\n${ANSWER_END}`),
        (error: Error) => (assert.deepEqual(liveIn(error.message), []), true),
      );
    }
  });
});

const named = (id: string) => ({ id, displayName: PLANT, userPrincipalName: null });
const key = (keyId: string) => ({ keyId, displayName: PLANT, key: null, startDateTime: PLANT, endDateTime: PLANT });
const secret = { keyId: PLANT, displayName: PLANT, startDateTime: PLANT, endDateTime: PLANT };
const principal = `servicePrincipals(appId='${APP_ID}')`;

const APPLICATION: Answers = {
  "GET applications": {
    value: [
      {
        ...{ id: OBJECT_ID, appId: APP_ID, displayName: PLANT, tags: [PLANT], signInAudience: PLANT },
        passwordCredentials: [secret],
        servicePrincipalLockConfiguration: null,
      },
    ],
  },
  [`GET applications/${OBJECT_ID}`]: { keyCredentials: [key(PLANT)] },
  [`GET applications/${OBJECT_ID}/owners`]: { value: [named(PLANT), { id: "1", userPrincipalName: PLANT }] },
  [`GET applications/${OBJECT_ID}/federatedIdentityCredentials`]: {
    value: [{ id: PLANT, name: PLANT, issuer: PLANT, subject: PLANT }],
  },
  [`GET ${principal}`]: {
    ...{ id: PRINCIPAL_OBJECT_ID, accountEnabled: true },
    ...{ keyCredentials: [key("2")], passwordCredentials: [secret] },
  },
  [`GET ${principal}/owners`]: { value: [named("3")] },
  [`GET ${principal}/appRoleAssignments`]: {
    value: [{ id: PLANT, appRoleId: PLANT, resourceId: PLANT, resourceDisplayName: PLANT }],
  },
  [`GET ${principal}/oauth2PermissionGrants`]: { value: [{ resourceId: PLANT, scope: PLANT }] },
};

const SERVICE = "servicePrincipals(appId='6bf85cfa-ac8a-4be5-b5de-425a0d0dc016')";
const ROLES: Answers = {
  [`GET ${SERVICE}`]: {
    appRoles: [{ id: SYNC_ROLE_ID, value: "ADSynchronization.ReadWrite.All", allowedMemberTypes: ["Application"] }],
  },
  [`GET ${SERVICE}/appRoleAssignedTo`]: {
    value: [{ id: PLANT, appRoleId: SYNC_ROLE_ID, principalId: PLANT, principalDisplayName: PLANT }],
  },
  "GET servicePrincipals": { value: [{ id: PLANT, appId: PLANT, displayName: PLANT }] },
  [`GET servicePrincipals/${PLANT}?$select=id,appId`]: { id: PLANT, appId: PLANT },
  "GET users": { value: [{ id: PLANT, userPrincipalName: PLANT }] },
  "GET roleManagement/directory/roleAssignments": {
    value: [{ id: PLANT, principalId: PLANT, principal: { id: PLANT, displayName: PLANT, userPrincipalName: null } }],
  },
};

const AUDIT: Answers = {
  "GET auditLogs/directoryAudits": {
    value: [
      { user: { userPrincipalName: PLANT }, app: null },
      { user: null, app: { displayName: PLANT } },
    ].map((initiatedBy) => ({
      ...{ activityDateTime: PLANT, activityDisplayName: PLANT, initiatedBy },
      targetResources: [{ id: PLANT, modifiedProperties: [{ oldValue: PLANT, newValue: PLANT }] }],
    })),
  },
};

const access = tenantWith(tokenWith(["AuditLog.Read.All"]));

describe("planted texts in what Microsoft Graph answers", () => {
  const read = {
    "an application": [APPLICATION, () => observeApplication(access, "sync01", "marker")],
    "who may synchronise": [ROLES, () => observeTenantRoles(access)],
    "the audit log": [AUDIT, () => observeAudit(access, ["1"])],
  } as const satisfies Record<string, readonly [Answers, () => Promise<unknown>]>;

  for (const [what, [answers, observe]] of Object.entries(read)) {
    it(`must be harmless behind the reading of ${what}`, async () => {
      const seen = await fetching<unknown>(fakeGraph(answers), observe);
      assert.match(JSON.stringify(seen), /#\\\\u0023vso\[task/);
      // Values of the log are joined by line ends of ours, and never shown.
      assert.deepEqual(
        liveWithin(seen).filter((found) => what !== "the audit log" || !found.startsWith("a line end")),
        [],
      );
    });
  }

  it("must be harmless in a refusal", async () => {
    const refusing = () => json({ error: { code: PLANT, message: PLANT } }, 403);
    await assert.rejects(
      fetching(refusing, () => new GraphClient(access).get("x", z.unknown())),
      (error: Error) => {
        assert.ok(error instanceof GraphError);
        assert.deepEqual(liveWithin(error.message), []);
        return true;
      },
    );
  });

  it("must be harmless in the names of keys that were revoked", async () => {
    let written = false;
    const answers: Answers = {
      "GET applications/1": () => ({ tags: written ? tags : [], keyCredentials: written ? [] : [key("4")] }),
      "PATCH applications/1": ({ body }) => ((tags = (body as { tags: string[] }).tags), (written = true), {}),
    };
    let tags: string[] = [];
    const of = { server: "sync01", objectId: "1", appId: APP_ID, generation: 1 };
    const revoked = await fetching(fakeGraph(answers), () => revokeCredentials(access, of, new Date()));
    assert.equal(revoked.removed.length, 1);
    assert.deepEqual(liveWithin(revoked), []);
  });

  it("must be harmless where no token is issued", async () => {
    const credential = shareToken({ getToken: () => Promise.reject(new Error(PLANT)) });
    await assert.rejects(
      credential.getToken("scope"),
      (error: Error) => (assert.deepEqual(liveIn(error.message), []), true),
    );
  });

  it("must be harmless where several applications carry a marker", async () => {
    const value = [1, 2].map(() => ({ appId: PLANT }));
    const asked = fetching(fakeGraph({ "GET applications": { value } }), () =>
      observeApplication(access, "sync01", "x"),
    );
    await assert.rejects(asked, (error: ProblemError) => (assert.deepEqual(liveWithin(error.problems), []), true));
  });
});
