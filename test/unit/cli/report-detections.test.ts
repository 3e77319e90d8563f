/**
 * The rule for Microsoft Sentinel and the hunting query for Defender XDR: in the form that both take, read by Microsoft's own
 * language service with the columns of the tables, and with the identities of the report. None of them was run here.
 */
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { defenderOf, parametersOf, sentinelOf } from "../../../cli/report/formats/detections";
import type { ReportDocument } from "../../../cli/report/report-document";
import { DIRECTORY_ROLES } from "../../../model/guard/guard-roles";
import { SYNC_ROLE } from "../../../model/tenant/clouds";
import { encodeForKql } from "../../../model/text/encoders/kql";
import { encodeText } from "../../../model/text/encoders/text";
import { readKql } from "../../helpers/kql-reader";
import { HOSTILE, healthyReport, manyServers, troubledReport } from "./report-cases";
import { applicationOf, report, reportFacts } from "./report-facts";

const FOLDER = path.resolve(__dirname, "../../../detections");
const read = (name: string) => fs.readFileSync(path.join(FOLDER, name), "utf8");

/** What Microsoft's repository of rules asks of a scheduled one; its spans of time are of minutes, hours or days. */
const SPAN = z.string().regex(/^[1-9]\d*[mhd]$/);
const Rule = z.strictObject({
  id: z.uuid(),
  name: z.string().min(1).max(256),
  description: z.string().min(1).max(5000),
  severity: z.enum(["Informational", "Low", "Medium", "High"]),
  requiredDataConnectors: z
    .array(z.strictObject({ connectorId: z.literal("AzureActiveDirectory"), dataTypes: z.array(z.string()).min(1) }))
    .min(1),
  queryFrequency: SPAN,
  queryPeriod: SPAN,
  triggerOperator: z.enum(["gt", "lt", "eq", "ne"]),
  triggerThreshold: z.int().min(0).max(10_000),
  tactics: z.array(z.enum(["Persistence", "PrivilegeEscalation", "CredentialAccess"])).min(1),
  relevantTechniques: z.array(z.string().regex(/^T\d{4}(\.\d{3})?$/)).min(1),
  query: z.string().min(1).max(10_000),
  entityMappings: z
    .array(
      z.strictObject({
        entityType: z.enum(["Account", "IP", "CloudApplication"]),
        fieldMappings: z
          .array(z.strictObject({ identifier: z.string(), columnName: z.string() }))
          .min(1)
          .max(3),
      }),
    )
    .min(1)
    .max(5),
  customDetails: z.record(z.string().regex(/^[a-zA-Z]\w{0,19}$/), z.string().regex(/^[a-zA-Z_]\w*$/)),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  kind: z.literal("Scheduled"),
});
const ruleOf = (text: string) => Rule.parse(parse(text));
const IDENTIFIERS: Record<string, string[]> = {
  Account: ["Name", "AadUserId", "FullName", "UPNSuffix"],
  IP: ["Address"],
  CloudApplication: ["Name", "AppId"],
};

/** Both queries of a report. */
const queriesOf = (document: ReportDocument) => ({
  sentinel: ruleOf(sentinelOf(document)).query,
  defender: defenderOf(document),
});

describe("detections", function () {
  // The language service takes a second for each of these queries.
  this.timeout(120_000);

  it("both must be right for Microsoft's language service as they are in the folder, and as a report fills them in", async () => {
    const files = { sentinel: ruleOf(read("sentinel.yaml")).query, defender: read("defender.kql") };
    const unobserved = report(await reportFacts(1));
    unobserved.servers.forEach((server) => Object.assign(server, { application: null, certificates: [] }));
    for (const document of [null, await healthyReport(), await troubledReport(), unobserved]) {
      for (const [name, query] of Object.entries(document ? queriesOf(document) : files)) {
        assert.deepEqual(readKql(query).problems, [], name);
      }
    }
  });

  it("a misspelled column, table, function or type must be an error of the check", () => {
    const { query } = ruleOf(read("sentinel.yaml"));
    const wrong: [string, string][] = [
      ["TargetResources", "TargetResource"],
      ["AADServicePrincipalSignInLogs", "AADServicePrincipalSigninLogs"],
      ["ServicePrincipalCredentialKeyId", "ServicePrincipalKeyCredentialId"],
      ["set_has_element", "set_has"],
      ['ResultType == "0"', "ResultType == 0 or Result"],
    ];
    for (const [right, mistake] of wrong) {
      assert.ok(query.includes(right), right);
      assert.notDeepEqual(readKql(query.replaceAll(right, mistake)).problems, [], mistake);
    }
    assert.notDeepEqual(readKql(read("defender.kql").replaceAll("RawEventData", "RawEvents")).problems, []);
  });

  it("the rule must have every field that Sentinel asks for, and map only columns that the query gives", async () => {
    for (const text of [read("sentinel.yaml"), sentinelOf(await troubledReport())]) {
      const { query, entityMappings, customDetails, queryFrequency, queryPeriod } = ruleOf(text);
      const { columns } = readKql(query);
      for (const { entityType, fieldMappings } of entityMappings) {
        for (const { identifier, columnName } of fieldMappings) {
          assert.ok(columns.includes(columnName), columnName);
          assert.ok(IDENTIFIERS[entityType].includes(identifier), identifier);
        }
      }
      for (const column of Object.values(customDetails)) assert.ok(columns.includes(column), column);
      assert.ok(columns.includes("TimeGenerated"));
      // A period of two days or more wants a frequency of an hour or more.
      assert.deepEqual([queryFrequency, queryPeriod], ["1h", "14d"]);
    }
  });

  it("a rule without one of its fields must be refused by the check", () => {
    for (const field of Object.keys(Rule.shape)) {
      const rule = parse(read("sentinel.yaml")) as Record<string, unknown>;
      delete rule[field];
      assert.equal(Rule.safeParse(rule).success, false, field);
    }
  });

  it("both must have the identities of the report, and the rule an id of its stack that stays the same", async () => {
    const document = await healthyReport();
    for (const query of Object.values(queriesOf(document))) {
      const { constants } = readKql(query);
      const text = JSON.stringify(constants) + query;
      for (const { application, name, certificates } of document.servers) {
        const { appId, objectId, principalId, owners, credentials } = application!;
        const key = credentials.find(({ sha256 }) => certificates.some((one) => one.sha256 === sha256))!;
        for (const part of [appId, objectId, principalId!, owners[0].id, key.keyId, name])
          assert.ok(text.includes(part), part);
      }
      for (const part of [SYNC_ROLE, ...DIRECTORY_ROLES.map(({ id }) => id)]) assert.ok(text.includes(part), part);
    }
    const later = report(await reportFacts(2), document);
    assert.equal(ruleOf(sentinelOf(later)).id, ruleOf(sentinelOf(document)).id);
    const other = ruleOf(sentinelOf({ ...document, stack: "prod" }));
    assert.notEqual(other.id, ruleOf(sentinelOf(document)).id);
    assert.match(other.name, /\(prod\)$/);
    assert.notEqual(ruleOf(read("sentinel.yaml")).id, other.id);
  });

  it("an owner or a key that is not declared must not be expected", async () => {
    const facts = await reportFacts(2);
    const foreign = "99999999-9999-4999-8999-999999999999";
    applicationOf(facts, 2).owners.push({ id: foreign, name: "Mallory" });
    const [own] = applicationOf(facts, 2).keys;
    applicationOf(facts, 2).keys.push({ ...own, keyId: foreign, sha256: "f".repeat(64) });
    const lines = parametersOf(report(facts));
    const line = (name: string) => lines.find((one) => one.startsWith(`let ${name} =`))!;
    for (const name of ["ExpectedInitiators", "KnownKeys"]) assert.ok(!line(name).includes(foreign), line(name));
    assert.ok(line("ExpectedInitiators").includes(applicationOf(facts, 1).owners[0].id));
  });

  it("the rule must keep to Sentinel's limit, without names of servers if need be, or be refused with the reason", async () => {
    const few = ruleOf(sentinelOf(await manyServers(5))).query;
    assert.ok(few.includes('": "sync05"'));
    const many = ruleOf(sentinelOf(await manyServers(20))).query;
    assert.match(many, /let Names = dynamic\(\{\}\);/);
    assert.deepEqual(readKql(many).problems, []);
    const crowd = await manyServers(50);
    assert.throws(() => sentinelOf(crowd), /a rule for 50 servers has more than 10000 characters/);
    assert.deepEqual(readKql(defenderOf(crowd)).problems, [], "Defender takes it");
  });

  it("names of others must be texts of KQL, which end nowhere and say nothing", async () => {
    const all = [...HOSTILE, 'x"]); print "', "x\n| take 1", "\\", '\\"', "// x", "”", "\u2028let A = 1;"];
    for (const name of all) {
      const { problems, constants } = readKql(`print ${encodeForKql(name)}`);
      assert.deepEqual([problems, constants], [[], [encodeText(name)]], name);
      const { problems: inDynamic } = readKql(`print dynamic([${encodeForKql(name)}])`);
      assert.deepEqual(inDynamic, [], name);
    }
    const healthy = await healthyReport();
    // Longer ones would be left out of the rule.
    const names = all.filter(({ length }) => length < 100);
    const document = { ...healthy, stack: names[0] };
    document.servers = names.map((name) => ({ ...healthy.servers[0], name }));
    const [queries, ordinary] = [queriesOf(document), queriesOf(healthy)];
    for (const kind of ["sentinel", "defender"] as const) {
      assert.deepEqual(readKql(queries[kind]).problems, [], kind);
      assert.equal(queries[kind].split("\n").length, ordinary[kind].split("\n").length);
    }
  });
});
