/** The pipeline's two identities in the sandbox's tenant, with the federated credentials of pipelines/identities. */
import * as fs from "node:fs";
import * as path from "node:path";
import { randomUUID } from "node:crypto";
import { REPOSITORY } from "../folder/folder";
import type { Settings } from "../folder/settings";
import type { Properties } from "../tenant/directory";
import { GRAPH_ROLES, GRAPH_SERVICE } from "../tenant/services";
import type { TenantStore } from "../tenant/store";

/** The repository that the emulated pipeline belongs to. */
export const GITHUB_REPOSITORY = { owner: "contoso", ownerId: "5544123", name: "sync-identities", id: "821093847" };

const { owner, ownerId, name, id } = GITHUB_REPOSITORY;

/** The prefix of every subject of the repository's jobs. */
export const SUBJECT_PREFIX = `repo:${owner}@${ownerId}/${name}@${id}`;

/** The permissions that a preview needs, and those with which it shows more. */
const READER_ROLES = [
  "Application.Read.All",
  "RoleManagement.Read.Directory",
  "AuditLog.Read.All",
  "User.Read.All",
  "Policy.Read.All",
  "Organization.Read.All",
];
const READER_NAME = "Connect Sync previews";

/** A federated credential as its file declares it, for this repository. */
export function federatedCredential(file: string): Properties {
  const text = fs.readFileSync(path.join(REPOSITORY, "pipelines", "identities", `${file}.json`), "utf8");
  return JSON.parse(text.replaceAll("REPOSITORY_SUBJECT", SUBJECT_PREFIX)) as Properties;
}

export interface PipelineIdentities {
  /** Client id of the identity with read access only. */
  previewClientId: string;
  upClientId: string;
  /** Object id of the service principal that runs `pulumi up`. */
  pipelineObjectId: string;
}

function makeReader(store: TenantStore): string {
  const known = store.data.applications.find(({ properties }) => properties.displayName === READER_NAME);
  if (known) return known.appId;
  const application = store.addApplication({ displayName: READER_NAME, signInAudience: "AzureADMyOrg", tags: [] }, []);
  const principal = store.addPrincipal(application.appId, { displayName: READER_NAME }, []);
  const graph = store.principalByAppId(GRAPH_SERVICE.appId)!;
  for (const value of READER_ROLES) {
    store.assign(principal.id, graph.id, GRAPH_ROLES.find((role) => role.value === value)!.id, new Date());
  }
  return application.appId;
}

/**
 * Creates both identities as described in docs/pipelines/identities.md, and lets the tenant trust the token service.
 *
 * @param issuers public keys of token services, by their issuer
 */
export function makeIdentities(
  store: TenantStore,
  settings: Settings,
  issuers: Record<string, string>,
): PipelineIdentities {
  const previewClientId = makeReader(store);
  const upClientId = settings.pipeline.appId;
  const credentials = { [previewClientId]: ["github-preview", "github-main"], [upClientId]: ["github-production"] };
  store.change((directory) => {
    Object.assign(directory.workloadIssuers, issuers);
    for (const [appId, files] of Object.entries(credentials)) {
      const application = directory.applications.find((candidate) => candidate.appId === appId)!;
      const declared = files.map((file) => ({ id: randomUUID(), ...federatedCredential(file) }));
      application.federatedIdentityCredentials = declared;
    }
  });
  return { previewClientId, upClientId, pipelineObjectId: store.principalByAppId(upClientId)!.id };
}
