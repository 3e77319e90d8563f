import assert from "node:assert/strict";
import { CERTIFICATE_DEFAULTS } from "../../../model/certificate/certificate-policy";
import { checkConfiguration } from "../../../model/configuration/configuration";
import { formatDiagnostic, type Diagnostic } from "../../../model/diagnostics/diagnostic";
import { rawConnection, rawServer, rawStack, type Raw } from "../../helpers/configurations";
import { hostKeyLine, makeRsaLine } from "../../helpers/host-keys";

const check = (raw: Raw, environment: Record<string, string> = {}) => checkConfiguration(raw, environment);
const summary = (problems: Diagnostic[]) =>
  problems.map(({ subject, property, code }) => `${subject ?? "-"} ${property} ${code}`).sort();

/** Problems of a stack whose one server is changed. */
const ofServer = (changes: Raw) => check(rawStack(rawServer("sync01", changes))).problems;
const ofCertificate = (certificate: Raw) => ofServer({ certificate });

describe("a stack's configuration", () => {
  it("a configuration must be accepted with its required settings, and get the documented defaults", () => {
    const { configuration, problems } = check(rawStack());
    assert.deepEqual(problems, []);
    assert.deepEqual(configuration, {
      cloud: null,
      environment: null,
      owners: ["pipeline"],
      pipelineObjectId: null,
      credentialPolicy: "report",
      allowedRoleHolders: [],
      servers: [
        {
          name: "sync01",
          mode: "byoa",
          role: "staging",
          connection: {
            host: "sync01.contoso.com",
            port: 22,
            user: "Administrator",
            hostKey: hostKeyLine("sync01"),
            sshPublicKey: null,
            proxy: null,
          },
          applicationName: "Entra Connect Sync - sync01",
          passwordWriteback: false,
          serviceAccount: null,
          certificate: CERTIFICATE_DEFAULTS,
          repairConnectivityParameters: false,
          minimumVersion: "2.5.79.0",
          minimumVersionReason: null,
          rotate: null,
          verify: "sync",
          renamedFrom: null,
          adopt: null,
        },
      ],
    });
  });

  it("a configuration must default to a lifetime of 365 days, rotation after 185, and a key in the TPM", () => {
    assert.deepEqual(CERTIFICATE_DEFAULTS, {
      lifetime: "365 days",
      rotateBefore: "180 days",
      keyProvider: "Microsoft Platform Crypto Provider",
      allowSoftwareKey: false,
    });
  });

  it("each certificate setting of a server must override the stack's", () => {
    const server = rawServer("sync01", { certificate: { lifetime: "300 days" } });
    const { configuration } = check(
      rawStack(server, { certificate: { lifetime: "400 days", rotateBefore: "200 days" } }),
    );
    const expected = { ...CERTIFICATE_DEFAULTS, lifetime: "300 days", rotateBefore: "200 days" };
    assert.deepEqual(configuration?.servers[0].certificate, expected);
  });

  it("the public key of a server must come before the stack's, and be one line or a fingerprint", () => {
    const print = `SHA256:${"a".repeat(43)}`;
    const check = (own: Raw, ofStack: Raw) => {
      const server = rawServer("sync01", { connection: rawConnection("sync01", own) });
      const { configuration, problems } = checkConfiguration(rawStack(server, ofStack), {});
      return configuration?.servers[0].connection.sshPublicKey ?? problems.map(({ property }) => property).join();
    };
    assert.equal(check({}, { sshPublicKey: print }), print);
    assert.equal(check({ sshPublicKey: hostKeyLine("key") }, { sshPublicKey: print }), hostKeyLine("key"));
    for (const wrong of ["SHA256:short", "ssh-ed25519", "/home/someone/key.pub", "ssh-rsa AAAA"]) {
      assert.equal(check({ sshPublicKey: wrong }, {}), "connection.sshPublicKey", wrong);
    }
  });

  it("the check must not modify a configuration", () => {
    const raw = rawStack(rawServer("sync01", { conection: 1, role: "both" }));
    const before = structuredClone(raw);
    check(raw);
    assert.deepEqual(raw, before);
  });

  it("a configuration must name at least one server", () => {
    assert.deepEqual(summary(check({ servers: {} }).problems), ["- servers CONFIGURATION_INVALID"]);
    assert.deepEqual(summary(check({}).problems), ["- servers CONFIGURATION_INVALID"]);
  });
});

describe("a configuration's problems", () => {
  it("errors of all servers and all kinds must be reported together", () => {
    const raw = {
      clowd: "global",
      owners: ["not-an-id"],
      servers: {
        sync01: rawServer("sync01", {
          rol: "active",
          role: "both",
          connection: rawConnection("sync01", { hostKey: makeRsaLine(), port: 0 }),
          minimumVersion: "2.5.3.0",
        }),
        sync02: rawServer("sync02", { certificate: { lifetime: "20 days" }, applicationName: "One" }),
        sync03: rawServer("sync03", { connection: rawConnection("sync02"), applicationName: "one" }),
        sync04: rawServer("sync04", { connection: rawConnection("sync04", { user: "${CONNECT_SYNC_ADMIN}" }) }),
      },
    };
    assert.deepEqual(summary(check(raw).problems), [
      "- clowd CONFIGURATION_UNKNOWN_KEY",
      "- owners.0 CONFIGURATION_INVALID",
      "sync01 connection.hostKey HOST_KEY_TYPE",
      "sync01 connection.port CONFIGURATION_INVALID",
      "sync01 minimumVersion CONFIGURATION_INVALID",
      "sync01 rol CONFIGURATION_UNKNOWN_KEY",
      "sync01 role CONFIGURATION_INVALID",
      "sync02 certificate.lifetime CERTIFICATE_POLICY_INVALID",
      "sync02 certificate.rotateBefore CERTIFICATE_POLICY_INVALID",
      "sync03 applicationName SERVERS_SHARE",
      "sync03 connection.host SERVERS_SHARE",
      "sync04 connection.user ENVIRONMENT_MISSING",
    ]);
  });

  it("each error must be reported once: a variable that is not set is not a bad value as well", () => {
    const connection = rawConnection("sync01", { port: "${CONNECT_SYNC_PORT}", hostKey: "${CONNECT_SYNC_KEY}" });
    assert.deepEqual(summary(ofServer({ connection })), [
      "sync01 connection.hostKey ENVIRONMENT_MISSING",
      "sync01 connection.port ENVIRONMENT_MISSING",
    ]);
  });

  it("no error must follow from another: servers of one host do not share it while their ports are unknown", () => {
    const behind = (name: string, port: string) =>
      rawServer(name, { connection: rawConnection(name, { host: "127.0.0.1", port }) });
    const { problems } = check({
      servers: { sync01: behind("sync01", "${CONNECT_SYNC_PORT1}"), sync02: behind("sync02", "${CONNECT_SYNC_PORT2}") },
    });
    assert.deepEqual(summary(problems), [
      "sync01 connection.port ENVIRONMENT_MISSING",
      "sync02 connection.port ENVIRONMENT_MISSING",
    ]);
  });

  it("each error must be reported once: the contents of a missing connection are not reported as well", () => {
    assert.deepEqual(summary(ofServer({ connection: undefined })), ["sync01 connection CONFIGURATION_INVALID"]);
  });

  it("a server that is not a map must be reported without any other error", () => {
    assert.deepEqual(summary(check({ servers: { sync01: "x" } }).problems), [
      "sync01 configuration CONFIGURATION_INVALID",
    ]);
    assert.deepEqual(summary(check({ servers: { sync01: null } }).problems), [
      "sync01 configuration CONFIGURATION_INVALID",
    ]);
  });

  it("errors must be right for servers whose names are also names of properties", () => {
    const names = ["role", "certificate", "connection", "servers", "owner"];
    for (const name of names) {
      const { problems } = check({ servers: { [name]: { ...rawServer(name), rool: 1 } } });
      assert.deepEqual(summary(problems), [`${name} rool CONFIGURATION_UNKNOWN_KEY`]);
      assert.equal(problems[0].expected, '"role"');
      assert.match(check({ servers: { [name]: 5 } }).problems[0].expected, /a map with role and connection/);
    }
  });

  it("a name that every object has must be no server's, as tables by names of servers would hold it already", () => {
    for (const name of ["constructor", "__proto__"]) {
      const { problems } = check(JSON.parse(`{"servers":{"${name}":${JSON.stringify(rawServer())}}}`) as Raw);
      assert.deepEqual(summary(problems), [`- servers.${name} CONFIGURATION_INVALID`]);
      const renamed = ofServer({ renamedFrom: name });
      assert.deepEqual(summary(renamed), ["sync01 renamedFrom CONFIGURATION_INVALID"]);
    }
  });

  for (const key of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
    it(`a key that every object has must be refused like any unknown one: ${key}`, () => {
      const withKey = (value: object) => JSON.parse(JSON.stringify(value).replace('"KEY"', JSON.stringify(key))) as Raw;
      const connection = rawConnection("sync01", { KEY: 1 });
      for (const [raw, where] of [
        [{ ...rawStack(), KEY: { a: 1 } }, `- ${key}`],
        [rawStack(rawServer("sync01", { KEY: { a: 1 } })), `sync01 ${key}`],
        [rawStack(rawServer("sync01", { connection })), `sync01 connection.${key}`],
        [rawStack(rawServer("sync01", { certificate: { KEY: 1 } })), `sync01 certificate.${key}`],
      ] as const) {
        assert.deepEqual(summary(check(withKey(raw)).problems), [`${where} CONFIGURATION_UNKNOWN_KEY`]);
      }
    });
  }

  it("a server whose name no map can have must be reported, and not vanish", () => {
    const servers = JSON.parse('{"sync01":{},"__proto__":{"role":"active"}}') as Raw;
    servers.sync01 = rawServer();
    const { configuration, problems } = checkConfiguration({ servers }, {});
    assert.equal(configuration, undefined);
    assert.deepEqual(
      problems.map(({ property }) => property),
      ["servers.__proto__"],
    );
  });

  it("a host must be a name or an address: brackets of an address are taken off, a port is refused", () => {
    const hostOf = (host: string) => {
      const server = rawServer("sync01", { connection: rawConnection("sync01", { host }) });
      const { configuration, problems } = checkConfiguration(rawStack(server), {});
      return configuration?.servers[0].connection.host ?? problems[0].expected;
    };
    assert.equal(hostOf("[FE80::1%Ethernet0]"), "fe80::1%Ethernet0");
    assert.equal(hostOf("2001:db8::1"), "2001:db8::1");
    for (const wrong of ["sync01:22", "[::1]:22", "[sync01]", "a:b", "10.0.0.1:22"]) {
      assert.match(hostOf(wrong), /a port belongs into connection\.port/, wrong);
    }
  });

  it("each error must name value, expectation and remedy in one line", () => {
    for (const problem of ofServer({ role: "both", port: 22, minimumVersion: "2.5.3.0" })) {
      const line = formatDiagnostic(problem);
      assert.ok(!line.includes("\n"));
      assert.match(line, /^sync01: [\w.]+: expected .+, found .+\. .+ \[[A-Z_]+\]$/);
    }
  });
});

describe("unknown keys", () => {
  for (const [where, raw, property, nearest] of [
    ["the stack", rawStack(rawServer(), { owner: [] }), "owner", "owners"],
    ["a server", rawStack(rawServer("sync01", { aplicationName: "x" })), "aplicationName", "applicationName"],
    [
      "a connection",
      rawStack(rawServer("sync01", { connection: rawConnection("sync01", { hostkey: "x" }) })),
      "connection.hostkey",
      "hostKey",
    ],
    [
      "a certificate",
      rawStack(rawServer("sync01", { certificate: { rotateBfore: "180 days" } })),
      "certificate.rotateBfore",
      "rotateBefore",
    ],
    [
      "the stack's certificate",
      rawStack(rawServer(), { certificate: { life: "1 day" } }),
      "certificate.life",
      "lifetime",
    ],
  ] as const) {
    it(`an unknown key must be refused in ${where} with the nearest valid one`, () => {
      const [problem, ...others] = check(raw as Raw).problems;
      assert.deepEqual(others, []);
      assert.equal(problem.code, "CONFIGURATION_UNKNOWN_KEY");
      assert.equal(problem.property, property);
      assert.equal(problem.expected, `"${nearest}"`);
    });
  }

  it("sshPrivateKey must not be reported as unknown: it is read as a secret", () => {
    assert.deepEqual(check(rawStack(rawServer(), { sshPrivateKey: "x" })).problems, []);
  });
});

describe("no secret", () => {
  const SECRET = "hunter2";
  for (const [where, raw] of [
    ["an unknown key of a connection", { connection: rawConnection("sync01", { password: SECRET }) }],
    ["an unknown key of a server", { password: SECRET }],
    ["a connection that is a list", { connection: [rawConnection("sync01", { password: SECRET })] }],
    ["a host that is a map", { connection: rawConnection("sync01", { host: { password: SECRET } }) }],
    ["a certificate that is a list", { certificate: [SECRET] }],
  ] as [string, Raw][]) {
    it(`a secret must not be shown from ${where}`, () => {
      const problems = ofServer(raw);
      assert.notEqual(problems.length, 0);
      for (const problem of problems) assert.ok(!JSON.stringify(problem).includes(SECRET), formatDiagnostic(problem));
    });
  }

  it("a secret must not be shown from an unknown key of the stack", () => {
    const { problems } = check(rawStack(rawServer(), { sshPrivateKy: SECRET }));
    assert.equal(problems.length, 1);
    assert.ok(!JSON.stringify(problems).includes(SECRET));
  });

  it("a secret must not be shown from servers that are not a map", () => {
    const { problems } = check({ servers: [SECRET], sshPrivateKey: SECRET });
    assert.deepEqual(summary(problems), ["- servers CONFIGURATION_INVALID"]);
    assert.ok(!JSON.stringify(problems).includes(SECRET));
  });
});

describe("values from the environment", () => {
  it("a value from the environment must be converted to the type of its property", () => {
    const connection = rawConnection("sync01", { port: "${CONNECT_SYNC_PORT}", hostKey: "${CONNECT_SYNC_KEY}" });
    const { configuration, problems } = check(rawStack(rawServer("sync01", { connection })), {
      CONNECT_SYNC_PORT: "2222",
      CONNECT_SYNC_KEY: hostKeyLine("sync01"),
    });
    assert.deepEqual(problems, []);
    assert.equal(configuration?.servers[0].connection.port, 2222);
    assert.equal(configuration?.servers[0].connection.hostKey, hostKeyLine("sync01"));
  });

  it("a value from the environment must follow the same rules as a written one", () => {
    const connection = rawConnection("sync01", { port: "${CONNECT_SYNC_PORT}" });
    const { problems } = check(rawStack(rawServer("sync01", { connection })), { CONNECT_SYNC_PORT: "70000" });
    assert.deepEqual(summary(problems), ["sync01 connection.port CONFIGURATION_INVALID"]);
  });
});

describe("two servers", () => {
  const two = (first: Raw, second: Raw) =>
    check({ servers: { sync01: rawServer("sync01", first), sync02: rawServer("sync02", second) } }).problems;

  it("two servers must not share host and port, regardless of case", () => {
    const shared = { connection: rawConnection("sync02", { host: "SYNC01.contoso.com" }) };
    const problems = two({}, shared);
    assert.deepEqual(summary(problems), ["sync02 connection.host SERVERS_SHARE"]);
    assert.match(problems[0].actual, /sync01/);
  });

  it("two servers may share an address with two ports, as behind a jump host", () => {
    const shared = { connection: rawConnection("sync01", { port: 2222 }) };
    assert.deepEqual(two({}, shared), []);
  });

  it("two servers must not share an application name, declared or by default", () => {
    assert.deepEqual(summary(two({ applicationName: "Sync" }, { applicationName: "sync" })), [
      "sync02 applicationName SERVERS_SHARE",
    ]);
    assert.deepEqual(summary(two({ applicationName: "Entra Connect Sync - sync02" }, {})), [
      "sync02 applicationName SERVERS_SHARE",
    ]);
  });

  it("three servers that share a value must each be reported", () => {
    const shared = { applicationName: "Sync" };
    const names = ["sync01", "sync02", "sync03"];
    const { problems } = check({ servers: Object.fromEntries(names.map((name) => [name, rawServer(name, shared)])) });
    assert.deepEqual(summary(problems), [
      "sync02 applicationName SERVERS_SHARE",
      "sync03 applicationName SERVERS_SHARE",
    ]);
  });
});

describe("a server's properties", () => {
  for (const name of ["Sync01", "1sync", "sync_01", "sync01.contoso.com", "a".repeat(32), ""]) {
    it(`a server must not have a name like "${name}", which labels and key containers could not carry`, () => {
      const { problems } = check({ servers: { [name]: rawServer() } });
      assert.deepEqual(
        problems.map(({ code }) => code),
        ["CONFIGURATION_INVALID"],
      );
    });
  }

  for (const [property, value] of [
    ["role", "primary"],
    ["role", undefined],
    ["applicationName", ""],
    ["applicationName", "x".repeat(121)],
    ["passwordWriteback", "yes"],
    ["serviceAccount", ""],
    ["repairConnectivityParameters", 1],
    ["minimumVersion", "2.6"],
    ["minimumVersion", "2.5.78.0"],
    ["connection", "sync01"],
  ] as const) {
    it(`a server must not have ${property} ${JSON.stringify(value)?.slice(0, 20) ?? "left out"}`, () => {
      assert.deepEqual(summary(ofServer({ [property]: value })), [`sync01 ${property} CONFIGURATION_INVALID`]);
    });
  }

  for (const [property, value] of [
    ["host", ""],
    ["host", undefined],
    ["port", 65536],
    ["port", 22.5],
    ["port", "ssh"],
    ["user", ""],
    ["user", 5],
    ["hostKey", undefined],
  ] as const) {
    it(`a server must not have a connection.${property} of ${JSON.stringify(value) ?? "left out"}`, () => {
      const connection = rawConnection("sync01", { [property]: value });
      assert.deepEqual(summary(ofServer({ connection })), [`sync01 connection.${property} CONFIGURATION_INVALID`]);
    });
  }

  it("a server must have a host key that can be pinned", () => {
    const keyed = (hostKey: string) => summary(ofServer({ connection: rawConnection("sync01", { hostKey }) }));
    assert.deepEqual(keyed(makeRsaLine()), ["sync01 connection.hostKey HOST_KEY_TYPE"]);
    assert.deepEqual(keyed("garbage"), ["sync01 connection.hostKey HOST_KEY_INVALID"]);
  });
});

describe("a certificate's settings", () => {
  for (const lifetime of ["30 days", "730 days"]) {
    it(`a lifetime of ${lifetime} must be accepted`, () => {
      assert.deepEqual(ofCertificate({ lifetime, rotateBefore: "29 days" }), []);
    });
  }

  for (const lifetime of ["29 days", "731 days"]) {
    it(`a lifetime of ${lifetime} must be refused`, () => {
      const problems = ofCertificate({ lifetime, rotateBefore: "20 days" });
      assert.deepEqual(summary(problems), ["sync01 certificate.lifetime CERTIFICATE_POLICY_INVALID"]);
    });
  }

  for (const rotateBefore of ["365 days", "400 days"]) {
    it(`a rotation ${rotateBefore} before an end that is 365 days away must be refused`, () => {
      const problems = ofCertificate({ rotateBefore });
      assert.deepEqual(summary(problems), ["sync01 certificate.rotateBefore CERTIFICATE_POLICY_INVALID"]);
    });
  }

  it("a rotation on the second day must be accepted", () => {
    assert.deepEqual(ofCertificate({ rotateBefore: "364 days" }), []);
  });

  for (const lifetime of ["1 year", "365", 365, "P365D", "365 hours"]) {
    it(`a duration must be in days, not ${JSON.stringify(lifetime)}`, () => {
      assert.deepEqual(summary(ofCertificate({ lifetime })), ["sync01 certificate.lifetime CONFIGURATION_INVALID"]);
    });
  }

  it("a software key must be allowed by name before it can be chosen", () => {
    const keyProvider = "Microsoft Software Key Storage Provider";
    assert.deepEqual(summary(ofCertificate({ keyProvider })), [
      "sync01 certificate.keyProvider CERTIFICATE_POLICY_INVALID",
    ]);
    assert.deepEqual(ofCertificate({ keyProvider, allowSoftwareKey: true }), []);
  });

  it("another provider than the TPM's must be allowed by name, as nothing proves that its keys are in hardware", () => {
    const keyProvider = "nCipher Security World Key Storage Provider";
    assert.deepEqual(summary(ofCertificate({ keyProvider })), [
      "sync01 certificate.keyProvider CERTIFICATE_POLICY_INVALID",
    ]);
    assert.deepEqual(ofCertificate({ keyProvider, allowSoftwareKey: true }), []);
    assert.deepEqual(ofCertificate({ keyProvider: "microsoft platform crypto provider" }), []);
  });

  it("certificate settings of the stack must follow the same rules as those of a server", () => {
    const { problems } = check(rawStack(rawServer(), { certificate: { lifetime: "10 days", rotateBefore: "5 days" } }));
    assert.deepEqual(summary(problems), ["sync01 certificate.lifetime CERTIFICATE_POLICY_INVALID"]);
  });
});

describe("settings of the stack", () => {
  for (const cloud of ["global", "usgovernment", "usgovernmentl5", "china"]) {
    it(`a stack may name the cloud ${cloud}`, () => {
      assert.equal(check(rawStack(rawServer(), { cloud })).configuration?.cloud, cloud);
    });
  }

  it("a cloud that is not supported must be refused", () => {
    for (const [cloud, code] of [
      ["france", "CLOUD_NOT_SUPPORTED"],
      ["mars", "CONFIGURATION_INVALID"],
    ]) {
      assert.deepEqual(summary(check(rawStack(rawServer(), { cloud })).problems), [`- cloud ${code}`]);
    }
  });

  it("the pipeline's object id must be accepted in one form, and anything else refused", () => {
    const id = "0F3C1A52-0F0E-4B5D-9A55-0C0F6A4D2F10";
    assert.equal(check(rawStack(rawServer())).configuration?.pipelineObjectId, null);
    const given = check(rawStack(rawServer(), { pipelineObjectId: id })).configuration;
    assert.equal(given?.pipelineObjectId, id.toLowerCase());
    assert.deepEqual(summary(check(rawStack(rawServer(), { pipelineObjectId: "svc" })).problems), [
      "- pipelineObjectId CONFIGURATION_INVALID",
    ]);
  });

  it("a stack may name no owner at all", () => {
    assert.deepEqual(check(rawStack(rawServer(), { owners: [] })).configuration?.owners, []);
  });
});
