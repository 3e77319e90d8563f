/** That no server is left behind: those that must be declared, and those that synchronise without being declared. */
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import type { GuardFindingCode } from "../../model/diagnostics/registry";
import { known, need, type Resource } from "../resource";
import { ruleRemedy } from "../rule-remedies";
import type { ResourceRule, StackRule, Violation } from "../rule";

const serversIn = (resources: readonly Resource[]) => resources.filter(({ type }) => type === RESOURCE_TYPES.server);

export const abandonRefused: StackRule = {
  name: "abandon-refused",
  description: "A production stack sets environment to production, so none of its servers can be abandoned.",
  level: "mandatory",
  scope: "production",
  judgeStack: (resources, _settings, { name, environment, configured }): Violation[] => {
    if (!configured || environment === "production" || serversIn(resources).length === 0) return [];
    return [
      {
        subject: name,
        property: "environment",
        actual: environment === null ? "nothing" : JSON.stringify(environment),
        expected: '"production"',
        remedy: ruleRemedy("setEnvironment", name),
      },
    ];
  },
};

export const requiredServers: StackRule<{ servers: readonly string[] }> = {
  name: "required-servers",
  description:
    "The servers that an organisation depends on are declared: an abandoned or forgotten server is reported.",
  level: "mandatory",
  scope: "every stack",
  settings: {
    servers: {
      type: "array",
      items: { type: "string", pattern: "^([^/]+/)?[a-z][a-z0-9-]*$" },
      default: [],
      description: "names of servers, for every stack, or <stack>/<server> for one",
    },
  },
  judgeStack: (resources, { servers }, { name }) => {
    const declared = new Set(serversIn(resources).map((server) => known(server, "server")));
    const required = servers.flatMap((entry) => {
      const [server, stack = name] = entry.split("/").reverse();
      return stack === name ? [server] : [];
    });
    const missing = [...new Set(required)].filter((server) => !declared.has(server));
    return missing.map((server) => ({
      subject: server,
      property: "server",
      actual: "none in this stack",
      expected: "a declared server",
      remedy: ruleRemedy("declareAgain", name, { server }),
    }));
  },
};

/** Findings of the tenant's guard which say that an undeclared principal may synchronise. */
const UNDECLARED: readonly GuardFindingCode[] = [
  "role-holder-foreign",
  "role-holder-expired",
  "directory-role-foreign",
];

export const synchronisersDeclared: ResourceRule = {
  name: "synchronisers-declared",
  description:
    "Every identity that may synchronise into the tenant is declared or allowed; an abandoned server is neither.",
  level: "advisory",
  scope: "production",
  types: [RESOURCE_TYPES.roleGuard],
  judge: (resource) => {
    const findings = need(resource, "findings");
    const lines = Array.isArray(findings) ? findings.filter((line) => typeof line === "string") : [];
    return lines.flatMap((line): Violation[] => {
      const [, code = "", actual = ""] = /^[^:]+: ([a-z-]+): expected .*?, found (.*?)\. /.exec(line) ?? [];
      if (!UNDECLARED.includes(code as GuardFindingCode)) return [];
      const remedy =
        "Declare it, remove its role as the finding says, or allow it in allowedRoleHolders with a reason and an expiry date.";
      return [{ subject: "tenant", property: code, actual, expected: "declared servers only", remedy }];
    });
  },
};
