/** Which cloud a tenant is in: declared once, by this project's setting or by the provider's, and never twice in two ways. */
import { invalidSetting } from "../configuration/invalid-setting";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import { CLOUDS, type Cloud } from "./clouds";

/** The names that the azuread provider takes for its `environment` (its documentation, "Provider Configuration"). */
const ENVIRONMENTS: Readonly<Record<string, Cloud>> = {
  ...{ global: "global", public: "global", china: "china" },
  ...{ usgovernment: "usgovernment", usgovernmentl4: "usgovernment", usgovernmentl5: "usgovernmentl5" },
  dod: "usgovernmentl5",
};

/** Clouds that exist, and whose endpoints and application ids are not published: no run can be right there. */
const SOVEREIGN = /^(azure)?(german|france|french|bleu|delos)/i;

const SETTING = { remedy: "setting" } as const;
const NAMES = Object.keys(CLOUDS).join(", ");

/** Why a text is no cloud that a run can work in. */
function refused(property: string, text: string): Diagnostic {
  if (SOVEREIGN.test(text)) return diagnose("CLOUD_NOT_SUPPORTED", null, { property, cloud: text, clouds: NAMES });
  const expected = `one of ${Object.keys(ENVIRONMENTS).join(", ")}`;
  return invalidSetting({ server: null, property }, expected, JSON.stringify(text), "Correct it.");
}

/** The cloud that the provider's name for an environment means; undefined if it is none. */
export function cloudNamed(environment: string | undefined): Cloud | undefined {
  const name = environment?.toLowerCase() ?? "";
  return Object.hasOwn(ENVIRONMENTS, name) ? ENVIRONMENTS[name] : undefined;
}

/**
 * Why something else than the stack is set to another cloud.
 *
 * @param property what is set
 * @param azureName how Azure names the cloud that it is set to; a name that is no cloud's contradicts nothing
 * @returns null if both are the same cloud
 */
export function azureCloudProblem(
  property: "az cloud" | "azuread:metadataHost",
  cloud: Cloud,
  azureName: string | undefined,
): Diagnostic | null {
  const known = Object.values(CLOUDS).some((row) => row.azureName === azureName);
  const { azureName: expected } = CLOUDS[cloud];
  if (!known || azureName === expected) return null;
  const values = { property, cloud: `${cloud} (${expected})`, found: azureName!, azureName: expected };
  const remedy = property === "az cloud" ? "cli" : "metadata";
  return diagnose("CLOUD_CONTRADICTED", null, values, { remedy });
}

/** Domains that only tenants of one cloud are given; `onmicrosoft.com` is also that of some older ones of US Government. */
const DOMAINS: readonly [end: string, clouds: readonly Cloud[], name: string][] = [
  [".onmicrosoft.us", ["usgovernment", "usgovernmentl5"], "US Government"],
  [".onmschina.cn", ["china"], "China"],
  [".onmicrosoft.cn", ["china"], "China"],
  [".onmicrosoft.de", [], "Germany"],
];

/**
 * What the registry value AzureInstance is documented to mean: 4, and 2 in editions of the same page before it. Other values
 * are not documented, and most servers have none.
 */
const AZURE_INSTANCES: readonly number[] = [2, 4];

/** What a server says of its cloud. */
export interface ServerCloud {
  connector: {
    /** Its domain is one of the tenant that the wizard signed in to. */
    userName: string;
  };
  azureInstance?: number | null;
}

/**
 * Why a server belongs to another cloud than the stack. Each of the two says so alone: the one that agrees, or says nothing,
 * does not excuse the other.
 *
 * @returns one problem with all that says so; null if nothing does
 */
export function serverCloudProblem(server: string, cloud: Cloud, facts: ServerCloud): Diagnostic | null {
  const domain = facts.connector.userName.split("@").at(-1)!.toLowerCase();
  const ofDomain = DOMAINS.find(([end, clouds]) => domain.endsWith(end) && !clouds.includes(cloud));
  const instance = facts.azureInstance ?? null;
  const government = cloud === "usgovernment" || cloud === "usgovernmentl5";
  const ofInstance = instance !== null && AZURE_INSTANCES.includes(instance) && !government;
  const found = [
    ...(ofDomain ? [`${domain}, a domain of the cloud ${ofDomain[2]}`] : []),
    ...(ofInstance ? [`AzureInstance ${instance} in the registry, the cloud US Government`] : []),
  ];
  if (found.length === 0) return null;
  const property = ofDomain ? "connector" : "AzureInstance";
  return diagnose("CLOUD_CONTRADICTED", server, { property, cloud, found: found.join(", and ") }, { remedy: "server" });
}

/** The refusal of a sovereign cloud by name; null if the text names none. */
export function sovereignCloud(property: string, text: unknown): Diagnostic | null {
  return typeof text === "string" && SOVEREIGN.test(text) ? refused(property, text) : null;
}

/**
 * The cloud of a tenant. One setting is enough, and the other follows; both must name the same cloud.
 *
 * @param declared `cloud` in the stack's configuration; null if it is left out
 * @param environment `azuread:environment` or ARM_ENVIRONMENT; undefined if neither is set
 * @param elsewhere a metadata host names the endpoints, or a program has a provider of its own: no environment is needed
 * @returns the cloud, and why it cannot be used; null if it can
 */
export function chooseCloud(
  declared: Cloud | null,
  environment: string | undefined,
  elsewhere: boolean,
): { cloud: Cloud; problem: Diagnostic | null } {
  const property = "azuread:environment";
  if (environment !== undefined) {
    const named = cloudNamed(environment);
    if (named === undefined) return { cloud: declared ?? "global", problem: refused(property, environment) };
    if (declared === null || declared === named) return { cloud: named, problem: null };
    const values = { property, cloud: declared, found: `${environment}, which is ${named}` };
    return { cloud: declared, problem: diagnose("CLOUD_CONTRADICTED", null, values, SETTING) };
  }
  const cloud = declared ?? "global";
  if (cloud === "global" || elsewhere) return { cloud, problem: null };
  // The provider reads its own setting, and takes the global cloud without one.
  const found = "nothing, so that the azuread provider would take the global cloud";
  return { cloud, problem: diagnose("CLOUD_CONTRADICTED", null, { property, cloud, found }, SETTING) };
}
