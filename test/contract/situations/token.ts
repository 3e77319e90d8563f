/** What `register` makes of the token endpoint's answers. */
import { STEPS } from "../../../model/protocol/host-progress";
import { SYNC_ROLE, SYNC_SERVICE_APP_ID } from "../../../model/tenant/clouds";
import type { HostMessageId } from "../../../model/protocol/host-messages";
import type { FormAnswer } from "../../../sandbox/server/token-client";
import { APP_ID } from "../contract-host";
import type { Situation } from "./situation";
import { BACK, bounds, FORGET, LINK, LINKING, PAUSE, register, REMEMBER } from "./words";

const ROLES = `a token for ${SYNC_SERVICE_APP_ID}`;

const answered = (status: number, body: string, date: string | null = null): FormAnswer => ({
  reached: true,
  status,
  body,
  date,
  problem: null,
});

const token = (claims: string) =>
  answered(200, JSON.stringify({ access_token: `e30.${Buffer.from(claims).toString("base64url")}.c2ln` }));

const says = (what: string, answer: FormAnswer, id: HostMessageId, actual: string): Situation => ({
  title: `the answer of the token endpoint must be read as it is meant: ${what}`,
  ...register(),
  windows: () => ({ postForm: () => async () => answer }),
  expected: ({ host }) => ({
    error: {
      id,
      expected:
        id === "TOKEN_REFUSED" ? ROLES : id === "ROLE_MISSING" ? SYNC_ROLE : `an answer from ${host.world.tenant.url}`,
      actual,
    },
    steps: [STEPS.provingToken],
  }),
});

/** The host's clock is this many seconds from the endpoint's. */
const skewed = (seconds: number, actual: string): Situation => ({
  title: `register must refuse a clock that is ${actual}`,
  ...register(),
  windows: ({ host }) => {
    const date = new Date(Math.floor(host.world.clock.now().getTime() / 1000) * 1000);
    return {
      getTime: () => () => new Date(date.getTime() + seconds * 1000).toISOString(),
      postForm: () => async () => answered(401, "{}", date.toISOString()),
    };
  },
  expected: () => ({
    error: { id: "CLOCK_SKEW", expected: "at most 300 s between it and the token endpoint", actual },
    steps: [STEPS.provingToken],
  }),
});

const LINKED = [...PAUSE, REMEMBER, LINK, ...BACK, FORGET];

export const TOKEN: Situation[] = [
  says("a status of a busy service", answered(429, '{"error":"x"}'), "TOKEN_ENDPOINT_UNREACHABLE", "HTTP 429"),
  says("a proxy's page with its status", answered(502, "<html>"), "TOKEN_ENDPOINT_UNREACHABLE", "HTTP 502"),
  says("a page", answered(200, "<html>"), "TOKEN_ENDPOINT_UNREACHABLE", "HTTP 200 without JSON"),
  says("nothing", answered(200, " "), "TOKEN_ENDPOINT_UNREACHABLE", "HTTP 200 without JSON"),
  says("null", answered(200, "null"), "TOKEN_ENDPOINT_UNREACHABLE", "HTTP 200 without JSON"),
  says("an empty list", answered(200, "[]"), "TOKEN_ENDPOINT_UNREACHABLE", "HTTP 200 without JSON"),
  says("a list", answered(200, '[{"access_token":"a.b.c"}]'), "TOKEN_ENDPOINT_UNREACHABLE", "HTTP 200 without JSON"),
  says("a text", answered(200, '"access_token"'), "TOKEN_ENDPOINT_UNREACHABLE", "HTTP 200 without JSON"),
  says(
    "a description of several lines",
    answered(401, '{"error":"invalid_client","error_description":"AADSTS700027: no.\\r\\nTrace ID: 0"}'),
    "TOKEN_REFUSED",
    "AADSTS700027: no",
  ),
  says(
    "an error without a description",
    answered(400, '{"error":"invalid_client"}'),
    "TOKEN_REFUSED",
    "invalid_client",
  ),
  says(
    "a description that is no text",
    answered(400, '{"error_description":7,"error":"invalid_client"}'),
    "TOKEN_REFUSED",
    "invalid_client",
  ),
  says("an object without any reason", answered(403, "{}"), "TOKEN_REFUSED", "HTTP 403"),
  says(
    "a token of one part",
    answered(200, '{"access_token":"abc"}'),
    "TOKEN_REFUSED",
    "an access token that cannot be read",
  ),
  says("a token whose claims are no JSON", token("claims"), "TOKEN_REFUSED", "an access token that cannot be read"),
  says("a token whose claims are null", token("null"), "TOKEN_REFUSED", "an access token that cannot be read"),
  says("a token whose claims are a list", token("[]"), "TOKEN_REFUSED", "an access token that cannot be read"),
  says("a token without roles", token("{}"), "ROLE_MISSING", "no roles"),
  says("roles that are null", token('{"roles":null}'), "ROLE_MISSING", "no roles"),
  says("roles of which one is no text", token('{"roles":[7,"Other.Role"]}'), "ROLE_MISSING", "Other.Role"),
  says("another role", token('{"roles":["Other.Role","Third.Role"]}'), "ROLE_MISSING", "Other.Role, Third.Role"),
  says(
    "the role in other letters",
    token(`{"roles":["${SYNC_ROLE.toLowerCase()}"]}`),
    "ROLE_MISSING",
    SYNC_ROLE.toLowerCase(),
  ),
  skewed(301, "301 s ahead"),
  skewed(-301, "301 s behind"),
  {
    title: "register must accept roles that come as one text",
    ...register(),
    windows: () => ({ postForm: () => async () => token(`{"roles":"${SYNC_ROLE}"}`) }),
    expected: () => ({ result: { action: "linked" }, changed: true, steps: LINKING, effects: LINKED }),
  },
  {
    title: "register must name the application and the reason if Entra refuses the certificate",
    ...register(),
    given: ({ host }) => host.world.tenant.applications.get(APP_ID)!.certificates.clear(),
    expected: () => ({
      error: {
        id: "TOKEN_REFUSED",
        expected: ROLES,
        actual: "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered",
      },
      steps: [STEPS.provingToken],
    }),
  },
  {
    title: "register must ask Entra again after one, two and three seconds",
    ...register(bounds({ replicationSeconds: 20 })),
    given: ({ host }) => {
      host.world.tenant.unreplicated = 3;
    },
    expected: () => ({
      result: { action: "linked" },
      changed: true,
      steps: [LINKING[0], `${STEPS.awaitingEntra} (0 s of 20 s)`, ...LINKING.slice(1)],
      effects: ["wait 1", "wait 2", "wait 3", ...LINKED],
    }),
  },
];
