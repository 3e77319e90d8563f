/** Required servers: those that must be declared. */
import { RESOURCE_TYPES } from "../../model/resources/resource-types";
import { known, type Resource } from "../resource";
import type { StackRule, Violation } from "../rule";
import { ruleRemedy } from "../rule-remedies";

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
