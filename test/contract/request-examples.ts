/**
 * Requests that program and stand-in take, and requests that both refuse with the same words. A text is what comes on stdin.
 */
import type { HostOperation } from "../../model/protocol/host-protocol";

export interface RequestExample {
  title: string;
  operation: HostOperation;
  text: string;
  /** What was found, the property first; null if the request is taken. */
  refused: string | null;
}

type Properties = Record<string, unknown>;

const hash = "0123456789abcdef".repeat(4);
const guid = "01234567-89ab-cdef-0123-456789abcdef";
const certificate: Properties = {
  protocol: 1,
  server: "sync01",
  label: "ConnectSyncIdentity dev/sync01 g1",
  keyName: "ConnectSyncIdentity-dev-sync01-g1",
  subject: "CN=sync01",
  keyProvider: "Microsoft Platform Crypto Provider",
  allowSoftwareKey: false,
  keyLength: 2048,
  lifetimeDays: 365,
  serviceAccount: null,
  minimumVersion: "2.5.79.0",
  adoptSha256: null,
  issued: false,
  enrolment: { template: "EntraConnectSync", leastDays: 180 },
};
const credential = { userName: "admin@example.com", password: "secret" };

/** A request of each operation that is taken. */
export const GOOD_REQUESTS: Record<HostOperation, Properties> = {
  observe: {
    protocol: 1,
    server: "sync01",
    labelPrefix: "ConnectSyncIdentity dev/sync01",
    eventHours: 24,
    issuedSha256: hash,
  },
  diagnose: { protocol: 1, server: "sync01", endpoints: ["https://login.microsoftonline.com/"] },
  "ensure-certificate": certificate,
  "remove-certificate": certificate,
  release: { protocol: 1, server: "sync01", label: "label", appId: guid, certificateSha256: hash },
  register: {
    protocol: 1,
    server: "sync01",
    label: "label",
    appId: guid,
    certificateSha256: hash,
    revision: 0,
    tokenEndpoint: `https://login.microsoftonline.com/${guid}/oauth2/v2.0/token`,
    requiredRoles: [{ resourceAppId: guid, roles: ["ADSynchronization.ReadWrite.All"] }],
    allowSoftwareKey: false,
    serviceAccount: "CONTOSO\\gmsa$",
    minimumVersion: "2.5.79.0",
    repairConnectivityParameters: true,
    rotateOnly: false,
    verify: "sync",
    bounds: { replicationSeconds: 0, cycleSeconds: 0, cmdletSeconds: 1, verifySeconds: 0 },
  },
  rollback: {
    protocol: 1,
    server: "sync01",
    rollback: "to-service-account",
    appId: guid,
    bounds: { cycleSeconds: 0, cmdletSeconds: 1 },
    credential,
  },
  "remove-legacy-account": {
    protocol: 1,
    server: "sync01",
    removeLegacyAccount: "Sync_SYNC01_0123456789ab",
    bounds: { cmdletSeconds: 1 },
    credential,
  },
  "reset-machine-identifier": {
    protocol: 1,
    server: "sync01",
    resetMachineIdentifier: "0123456789abcdef0123456789abcdef",
    newIdentifier: "fedcba9876543210fedcba9876543210",
    bounds: { cycleSeconds: 0, cmdletSeconds: 1 },
  },
};

/** What is put in the place of a property, by what the property is; with what both say of it, null if they take it. */
const WORDS = {
  text: "a string",
  notEmpty: "a string that is not empty",
  textOrNull: "a string or null",
  truth: "true or false",
  protocol: "the number 1",
  count: "a whole number of 0 or more",
  positive: "a whole number of 1 or more",
  hours: "a whole number from 0 to 720",
  hash: "64 lower-case hexadecimal digits",
  hashOrNull: "64 lower-case hexadecimal digits or null",
  guid: "a lower-case GUID",
  nonce: "32 lower-case hexadecimal digits",
  version: "a version such as 2.5.79.0",
  keyName: "1 to 120 letters, digits and dashes",
  identifier: "1 to 64 letters, digits and dashes",
  template: "1 to 64 letters, digits, spaces, dots, dashes, underscores and parentheses",
  legacy: "Sync_ and 1 to 80 letters, digits, dashes and underscores",
  url: "an http or https URL",
  urls: "a list of URLs",
  texts: "a list of one or more strings",
  objects: "a list of one or more objects",
  object: "an object",
  verify: "sync or switch",
  leaving: "to-service-account",
} as const;
type Kind = keyof typeof WORDS;

/** Each property by its path in a request. */
const PROPERTIES: [HostOperation, string, Kind][] = [
  ["observe", "protocol", "protocol"],
  ["observe", "nonce", "nonce"],
  ["observe", "server", "text"],
  ["observe", "labelPrefix", "text"],
  ["observe", "eventHours", "hours"],
  ["observe", "issuedSha256", "hash"],
  ["diagnose", "endpoints", "urls"],
  ["diagnose", "endpoints.0", "url"],
  ["ensure-certificate", "label", "text"],
  ["ensure-certificate", "keyName", "keyName"],
  ["ensure-certificate", "subject", "text"],
  ["ensure-certificate", "keyProvider", "text"],
  ["ensure-certificate", "allowSoftwareKey", "truth"],
  ["ensure-certificate", "keyLength", "count"],
  ["ensure-certificate", "lifetimeDays", "positive"],
  ["remove-certificate", "serviceAccount", "textOrNull"],
  ["remove-certificate", "minimumVersion", "version"],
  ["remove-certificate", "adoptSha256", "hashOrNull"],
  ["ensure-certificate", "issued", "truth"],
  ["ensure-certificate", "enrolment", "object"],
  ["ensure-certificate", "enrolment.template", "template"],
  ["ensure-certificate", "enrolment.leastDays", "count"],
  ["release", "appId", "guid"],
  ["release", "certificateSha256", "hash"],
  ["register", "certificateSha256", "hash"],
  ["register", "revision", "count"],
  ["register", "tokenEndpoint", "url"],
  ["register", "requiredRoles", "objects"],
  ["register", "requiredRoles.0", "object"],
  ["register", "requiredRoles.0.resourceAppId", "guid"],
  ["register", "requiredRoles.0.roles", "texts"],
  ["register", "requiredRoles.0.roles.0", "text"],
  ["register", "serviceAccount", "textOrNull"],
  ["register", "minimumVersion", "version"],
  ["register", "repairConnectivityParameters", "truth"],
  ["register", "rotateOnly", "truth"],
  ["register", "verify", "verify"],
  ["register", "bounds", "object"],
  ["register", "bounds.replicationSeconds", "count"],
  ["register", "bounds.cycleSeconds", "count"],
  ["register", "bounds.cmdletSeconds", "positive"],
  ["register", "bounds.verifySeconds", "count"],
  ["rollback", "rollback", "leaving"],
  ["rollback", "appId", "guid"],
  ["rollback", "bounds.cycleSeconds", "count"],
  ["rollback", "credential", "object"],
  ["rollback", "credential.userName", "notEmpty"],
  ["rollback", "credential.password", "notEmpty"],
  ["remove-legacy-account", "removeLegacyAccount", "legacy"],
  ["remove-legacy-account", "bounds.cmdletSeconds", "positive"],
  ["reset-machine-identifier", "resetMachineIdentifier", "identifier"],
  ["reset-machine-identifier", "newIdentifier", "nonce"],
  ["reset-machine-identifier", "bounds.cycleSeconds", "count"],
  ["reset-machine-identifier", "bounds.cmdletSeconds", "positive"],
];

/** Texts that look like something else. */
const DATE = '"2026-01-31T12:00:00Z"';
const OLD_DATE = '"\\/Date(1767225600000)\\/"';
const strings = [DATE, OLD_DATE, '"true"', '"1"', '"\\u00e9"', '" x "', '"a\\"b"', '"x\\n"'];
const numbers = ["24.0", "2e1", "1E0", "1.5", "-1", "2147483648", "99999999999999999999", '"1"', "true"];

/** Values as they are written that both take, by kind. */
const TAKEN: Partial<Record<Kind, string[]>> = {
  text: [...strings, '""'],
  notEmpty: strings,
  textOrNull: [...strings, '""', "null"],
  truth: ["true", "false"],
  count: ["0", "-0", "2147483647"],
  positive: ["1", "2147483647"],
  hours: ["0", "720"],
  hashOrNull: [`"${hash}"`],
  version: ['"1.2"', '"2.5.79.0"', '"999999999.0.0.0"'],
  keyName: ['"a"', `"${"a".repeat(120)}"`],
  identifier: ['"a"', '"0123-AF"', `"${"a".repeat(64)}"`],
  template: ['"a"', '"Entra Connect (Sync) 2.0_b-c"', `"${"a".repeat(64)}"`],
  legacy: ['"Sync_a"', `"Sync_${"a_-9".repeat(20)}"`],
  url: ['"http://127.0.0.1:8080/x?y=%20"', '"https://[::1]/"', '"https://a"', '"https://a?b"'],
  urls: ["[]", '["https://a","https://b"]'],
  texts: ['["a"]', '["a","b"]', `[${DATE}]`],
  objects: [`[{"resourceAppId":"${guid}","roles":["a"]},{"resourceAppId":"${guid}","roles":["b"]}]`],
  verify: ['"sync"', '"switch"'],
  nonce: [`"${hash.slice(32)}"`],
};

/** Values as they are written that neither takes, by kind. */
const REFUSED: Record<Kind, string[]> = {
  text: ["null", "1", "true", "[]", '["a"]', "{}"],
  notEmpty: ["null", "1", '""', '["a"]', "{}"],
  textOrNull: ["1", "false", "[]", "{}"],
  truth: ["null", "0", "1", '"true"', "[true]"],
  protocol: ["null", "0", "2", "1.0", "1e0", '"1"', "true", "[1]"],
  count: ["null", ...numbers, "[1]"],
  positive: ["null", "0", "-0", ...numbers, "[1]"],
  hours: ["null", "721", ...numbers.filter((number) => number !== "2147483648")],
  hash: ["null", `"${hash.toUpperCase()}"`, `"${hash}\\n"`, `"${hash.slice(1)}"`, `["${hash}"]`, `" ${hash}"`, "1"],
  hashOrNull: [`"${hash.toUpperCase()}"`, `"${hash}\\n"`, '""', `["${hash}"]`],
  guid: ["null", `"${guid.toUpperCase()}"`, `"${guid}\\n"`, `"{${guid}}"`, `["${guid}"]`, '""'],
  nonce: ["null", '"x"', `"${hash.slice(32)}\\n"`, `"${hash.slice(32).toUpperCase()}"`],
  version: [
    "null",
    '"2"',
    '"2.5.79.0\\n"',
    '"2.5.79.0.1"',
    '"1.0000000000"',
    '"1.\\u0661"',
    '"v1.2"',
    "2.5",
    '["1.2"]',
  ],
  keyName: ["null", '""', `"${"a".repeat(121)}"`, '"a_b"', '"a\\n"', '"\\u212a"', '"..\\\\x"'],
  identifier: ["null", '""', `"${"a".repeat(65)}"`, '"a_b"', '"a\\n"', "1"],
  template: ["null", '""', `"${"a".repeat(65)}"`, '"a\\n"', '"\\u00e9"', '"a;b"', '"$(a)"'],
  legacy: [
    "null",
    '"Sync_"',
    `"Sync_${"a".repeat(81)}"`,
    '"sync_a"',
    '"Sync_a\\n"',
    '"CONTOSO\\\\Sync_a"',
    '"Sync_\\u00e9"',
  ],
  url: [
    "null",
    '"a"',
    '"ftp://a/"',
    '"https:///x"',
    '"https://a b"',
    '"https://a/%zz"',
    '"https://a\\n"',
    '"HTTPS://a"',
    "1",
  ],
  urls: ["null", '"https://a"', "{}"],
  texts: ["null", "[]", '"a"', "{}"],
  objects: ["null", "[]", "{}", `{"resourceAppId":"${guid}","roles":["a"]}`],
  object: ["null", "1", '"x"', "[]", "[{}]"],
  verify: ["null", '"Sync"', '"SWITCH"', '"sync\\n"', '["sync"]'],
  leaving: ["null", '"To-Service-Account"', '"to-service-account\\n"', "true"],
};

const MARK = "\u0001";

/** A request, and the object in it that has the property of a path. */
function taken(operation: HostOperation, path: string): { request: Properties; owner: Properties; name: string } {
  const request = structuredClone(GOOD_REQUESTS[operation]);
  const names = path.split(".");
  const owner = names.slice(0, -1).reduce<Properties>((part, name) => part[name] as Properties, request);
  return { request, owner, name: names.at(-1)! };
}

/** The text of a request with one property as it is written here. */
function textWith(operation: HostOperation, path: string, written: string): string {
  const { request, owner, name } = taken(operation, path);
  owner[name] = MARK;
  return JSON.stringify(request).replace(JSON.stringify(MARK), () => written);
}

/** Examples of one property with each value of a table. */
function ofProperties(table: Partial<Record<Kind, string[]>>, refused: boolean): RequestExample[] {
  return PROPERTIES.flatMap(([operation, path, kind]) =>
    (table[kind] ?? []).map((written) => ({
      title: `${operation} with ${path} ${written.slice(0, 60)}`,
      operation,
      text: textWith(operation, path, written),
      refused: refused ? `${path}: not ${WORDS[kind]}` : null,
    })),
  );
}

/** Requests without one of their properties. */
const OPTIONAL = ["nonce", "issued", "issuedSha256", "enrolment", "rotateOnly"];
const missing = PROPERTIES.filter(([, path]) => !OPTIONAL.includes(path) && !/\d$/.test(path)).map(
  ([operation, path]) => {
    const { request, owner, name } = taken(operation, path);
    delete owner[name];
    const text = JSON.stringify(request);
    return { title: `${operation} without ${path}`, operation, text, refused: `${path}: missing` };
  },
);

const observe = JSON.stringify(GOOD_REQUESTS.observe);
const after = (text: string) => observe.replace("{", `{${text},`);
const example = (title: string, text: string, refused: string | null): RequestExample => ({
  title,
  operation: "observe",
  text,
  refused,
});
const noJson = (title: string, text: string) =>
  example(title, text, `${text.trim().length} characters that are no JSON`);

/** What is about the text as a whole. */
const texts: RequestExample[] = [
  example("white space around everything", `\r\n\t ${observe.replaceAll(",", " ,\n\t")} \r\n`, null),
  example("escapes in names and values", observe.replace("server", "serv\\u0065r"), null),
  example("a property twice, of which the last counts", after('"eventHours":"x"'), null),
  example(
    "a property twice, of which the last is wrong",
    observe.replace("}", ',"eventHours":"x"}'),
    "eventHours: not a whole number from 0 to 720",
  ),
  example("a property of another letter case", observe.replace("server", "Server"), "server: missing"),
  example(
    "a property that another letter case has as well",
    after('"SERVER":"x"'),
    "SERVER: not a property of this request",
  ),
  example("a property that no request has", after('"also":1'), "also: not a property of this request"),
  example("the name of a prototype as a property", after('"__proto__":1'), "__proto__: not a property of this request"),
  example("a property without a name", after('"":1'), ": not a property of this request"),
  example("what was missing before what is too much", '{"also":1}', "protocol: missing"),
  example("a property of another operation", after('"verify":"sync"'), "verify: not a property of this request"),
  example("a list of one request", `[${observe}]`, "request: not an object"),
  example("a list of none", "[]", "request: not an object"),
  example("null", "null", "request: not an object"),
  example("a string", observe.replace(/^.*$/s, '"x"'), "request: not an object"),
  example("an object without properties", "{}", "protocol: missing"),
  example("a character that is not ASCII", after('"also":"\u00e9"'), "characters other than ASCII"),
  example("a control character", `${observe}\u0000`, "characters other than ASCII"),
  noJson("nothing", ""),
  noJson("white space alone", " \n"),
  noJson("a comment after a request", `${observe} // x`),
  noJson("a comment within a request", observe.replace("{", "{/* x */")),
  noJson("single quotes", observe.replaceAll('"', "'")),
  noJson("a name without quotes", observe.replace('"server"', "server")),
  noJson("a comma after the last property", observe.replace("}", ",}")),
  noJson("a comma after the last element", '{"a":[1,]}'),
  noJson("two commas", observe.replace(",", ",,")),
  noJson("two requests", `${observe}${observe}`),
  noJson("half a request", observe.slice(0, -1)),
  noJson("a brace too many", `${observe}}`),
  noJson("a bracket for a brace", `${observe.slice(0, -1)}]`),
  noJson("a number with a zero in front", observe.replace("24", "024")),
  noJson("a number with a plus", observe.replace("24", "+24")),
  noJson("a number of sixteen", observe.replace("24", "0x18")),
  noJson("a number that ends with a point", observe.replace("24", "24.")),
  noJson("no number", observe.replace("24", "NaN")),
  noJson("an infinite number", observe.replace("24", "Infinity")),
  noJson("a minus alone", observe.replace("24", "-")),
  noJson("undefined", observe.replace("24", "undefined")),
  noJson("a word in another letter case", observe.replace("24", "True")),
  noJson("a line break in a string", observe.replace("sync01", "sync\n01")),
  noJson("a tab in a string", observe.replace("sync01", "sync\t01")),
  noJson("an escape that JSON does not have", observe.replace("sync01", "sync\\x3001")),
  noJson("an escape that is cut off", observe.replace("sync01", "sync\\u00")),
  noJson("a string that does not end", observe.replace('sync01"', "sync01")),
  noJson("a value without a name", '{"a":1,2}'),
  noJson("a name without a value", '{"a":}'),
  noJson("a name that is a number", '{1:"a"}'),
  noJson("more levels than a request has", "[".repeat(9) + "]".repeat(9)),
  noJson("far more levels than a request has", "[".repeat(5000) + "]".repeat(5000)),
  example("as many levels as are read", "[".repeat(8) + "]".repeat(8), "request: not an object"),
];

const nested: RequestExample[] = [
  [
    "register",
    "bounds",
    '{"replicationSeconds":0,"cycleSeconds":0,"cmdletSeconds":1,"verifySeconds":0,"more":1}',
    "bounds.more: not a property of this request",
  ],
  [
    "register",
    "requiredRoles",
    `[{"resourceAppId":"${guid}","roles":["a"],"role":"b"}]`,
    "requiredRoles.0.role: not a property of this request",
  ],
  [
    "register",
    "requiredRoles",
    `[{"resourceAppId":"${guid}","roles":["a"]},{"roles":["a"]}]`,
    "requiredRoles.1.resourceAppId: missing",
  ],
  ["diagnose", "endpoints", '["https://a","b"]', "endpoints.1: not an http or https URL"],
  [
    "rollback",
    "credential",
    '{"userName":"a","password":"b","mfa":"c"}',
    "credential.mfa: not a property of this request",
  ],
].map(([operation, path, written, refused]) => ({
  title: `${operation} with ${refused}`,
  operation: operation as HostOperation,
  text: textWith(operation as HostOperation, path, written),
  refused,
}));

const good = Object.entries(GOOD_REQUESTS).map(([operation, request]) => ({
  title: `${operation} as it is sent`,
  operation: operation as HostOperation,
  text: JSON.stringify(request),
  refused: null,
}));

export const REQUEST_EXAMPLES: readonly RequestExample[] = [
  ...good,
  ...ofProperties(TAKEN, false),
  ...ofProperties(REFUSED, true),
  ...missing,
  ...nested,
  ...texts,
];
