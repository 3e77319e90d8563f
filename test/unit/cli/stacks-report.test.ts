/** One report on several stacks: nothing twice, and what only all of them together show. */
import assert from "node:assert/strict";
import { buildStacksReport } from "../../../cli/report/stacks-build";
import { stacksMarkdown } from "../../../cli/report/stacks-markdown";
import { stacksPage } from "../../../cli/report/stacks-page";
import { checkReportOptions } from "../../../cli/report/report";
import type { ReportDocument } from "../../../cli/report/report-document";
import { HOSTILE } from "./report-cases";
import { hostOf, report, reportFacts } from "./report-facts";

const OTHER_TENANT = "88888888-2222-4333-8444-555555555555";

type Change = (document: ReportDocument) => void;

/** A healthy report of a stack of its own: nothing in it is another stack's. */
async function reportOf(stack: string, change: Change = () => undefined): Promise<ReportDocument> {
  const document = JSON.parse(
    JSON.stringify(report(await reportFacts(2)))
      .replace(/"(machine-\d)"/g, `"$1-${stack}"`)
      .replace(/([abc])\1{7}-0000-4000/g, `$1$1$1$1$1$1${stack.repeat(2).slice(0, 2)}-0000-4000`)
      .replace(/"([0-9a-f]{62})[0-9a-f]{2}"/g, `"$1${stack.repeat(2).slice(0, 2)}"`),
  ) as ReportDocument;
  document.stack = stack;
  change(document);
  return document;
}

/** Of a stack whose servers are all in staging mode. */
const staging: Change = ({ servers }) => {
  for (const server of servers) {
    server.role = "staging";
    server.host!.scheduler.staging = true;
  }
};

const together = (...reports: ReportDocument[]) =>
  buildStacksReport(reports.map((one) => ({ report: one, page: `reports/${one.stack}/page.html` })));

const found = (...reports: ReportDocument[]) =>
  together(...reports).findings.map(({ subject, code }) => `${subject} ${code}`);

describe("a report on several stacks", () => {
  it("must be healthy if all stacks are and one server of each tenant exports", async () => {
    const document = together(await reportOf("a"), await reportOf("b", staging));
    assert.deepEqual(document.findings, []);
    assert.equal(document.healthy, true);
    assert.equal(document.sentence, "2 stacks in 1 tenant: 4 of 4 declared servers as declared, 0 findings.");
    const other = await reportOf("b", (one) => void (one.tenantId = OTHER_TENANT));
    assert.deepEqual(found(await reportOf("a"), other), []);
  });

  it("must show servers of two stacks that export into one tenant, once", async () => {
    const document = together(await reportOf("a"), await reportOf("b"));
    assert.deepEqual(
      document.findings.map(({ code, actual, stacks }) => [code, actual, stacks]),
      [["exports-over-stacks", "a/sync01 and b/sync01", ["a", "b"]]],
    );
    assert.equal(document.healthy, false);
  });

  it("must name the stack whose tenant a server belongs to, once", async () => {
    const stray: Change = (one) => {
      const actual = `fabrikam.com, which is tenant ${OTHER_TENANT}`;
      const words = { expected: `tenant ${one.tenantId}, the stack's`, actual, meaning: "blocked", remedy: "move it" };
      const whose = { id: "sync02/TENANT_CONTRADICTED", subject: "sync02", code: "TENANT_CONTRADICTED", object: null };
      one.findings.push({ ...whose, ...words, then: "stops", since: one.takenAt });
    };
    const b = await reportOf("b", (one) => void (one.tenantId = OTHER_TENANT));
    const document = together(await reportOf("a", stray), b);
    assert.deepEqual(
      document.findings.map(({ subject, stacks, actual }) => [subject, stacks, actual]),
      [["a/sync02", ["a"], `fabrikam.com, which is tenant ${OTHER_TENANT}, that of stack b`]],
    );
    const [alone] = together(await reportOf("a", stray), await reportOf("c", staging)).findings;
    assert.equal(alone.actual, `fabrikam.com, which is tenant ${OTHER_TENANT}`);
  });

  it("must leave two servers of one stack that export to that stack's own findings", async () => {
    const twice = await reportOf("a", ({ servers }) => void (servers[1].host!.scheduler.staging = false));
    assert.deepEqual(found(twice, await reportOf("b", staging)), []);
  });

  it("must show that no server exports, unless one could not be observed or is declared to", async () => {
    assert.deepEqual(found(await reportOf("a", staging), await reportOf("b", staging)), ["tenant exports-none"]);
    const unseen = await reportOf("b", (one) => {
      staging(one);
      one.servers[0].host = null;
    });
    assert.deepEqual(found(await reportOf("a", staging), unseen), []);
    const declared = await reportOf("b", (one) => {
      staging(one);
      one.servers[0].role = "active";
    });
    assert.deepEqual(found(await reportOf("a", staging), declared), []);
  });

  const SHARED: [
    what: string,
    change: (own: ReportDocument["servers"][0], other: ReportDocument["servers"][0]) => void,
  ][] = [
    [
      "machine identifier",
      (own, other) => void (own.host!.machineIdentifier = other.host!.machineIdentifier!.toUpperCase()),
    ],
    ["application", (own, other) => void (own.connector!.appId = other.application!.appId)],
    ["certificate", (own, other) => void (own.connector!.certificateSha256 = other.connector!.certificateSha256)],
    [
      "connector account",
      (own, other) => {
        for (const server of [own, other]) {
          Object.assign(server.connector!, {
            identityType: "ServiceAccount",
            userName: "Sync_A@contoso.com",
            appId: null,
          });
          Object.assign(server.connector!, { certificateSha256: null });
        }
      },
    ],
  ];
  for (const [what, change] of SHARED) {
    for (const tenantId of [undefined, OTHER_TENANT]) {
      it(`must show on both servers that they share a ${what} ${tenantId ? "over two tenants" : "in one tenant"}`, async () => {
        const first = await reportOf("a");
        const second = await reportOf("b", tenantId ? (one) => void (one.tenantId = tenantId) : staging);
        change(second.servers[1], first.servers[1]);
        const document = together(first, second);
        assert.deepEqual(
          document.findings.map(({ subject, code, expected }) => [subject, code, expected]),
          ["a/sync02", "b/sync02"].map((subject) => [
            subject,
            "shared-over-stacks",
            `a ${what} that no server of another stack has`,
          ]),
        );
        assert.match(document.findings[0].actual, /, as b\/sync02$/);
      });
    }
  }

  it("must show the first of several things that two servers share, and nothing that servers of one stack share", async () => {
    const first = await reportOf("a");
    const clone = await reportOf("b", (one) => {
      staging(one);
      const { host, connector } = first.servers[1];
      Object.assign(one.servers[1], { connector: { ...connector! } });
      one.servers[1].host!.machineIdentifier = host!.machineIdentifier;
    });
    assert.deepEqual(found(first, clone), ["a/sync02 shared-over-stacks", "b/sync02 shared-over-stacks"]);
    const within = await reportOf("a", ({ servers }) => {
      servers[1].host!.machineIdentifier = servers[0].host!.machineIdentifier;
    });
    assert.deepEqual(found(within, await reportOf("b", staging)), []);
  });

  /** A stack that sees a principal which it does not declare. */
  async function withStranger(stack: string, change: Change): Promise<ReportDocument> {
    const facts = await reportFacts(2);
    const stranger = { id: "99999999-2222-4333-8444-555555555555", name: "Helper", assignmentId: "a", appId: "x" };
    facts.roles.roles!.holders.push(stranger);
    const { findings, tenant } = report(facts);
    return reportOf(stack, (one) => {
      change(one);
      Object.assign(one, { findings, tenant });
    });
  }

  it("must print a finding of the tenant once, with all stacks that have it", async () => {
    const document = together(await withStranger("a", () => undefined), await withStranger("b", staging));
    assert.deepEqual(
      document.findings.map(({ subject, code, stacks }) => [subject, code, stacks]),
      [["tenant", "role-holder-foreign", ["a", "b"]]],
    );
    const markdown = stacksMarkdown(document);
    assert.equal(markdown.match(/role-holder-foreign/g)!.length, 1);
    assert.equal(stacksPage(document).match(/role-holder-foreign/g)!.length, 1);
  });

  it("must not show a principal as undeclared that another stack of the same tenant declares", async () => {
    const declares: Change = (one) => {
      staging(one);
      const holder = { ...one.tenant.holders[0], id: "99999999-2222-4333-8444-555555555555", server: "sync02" };
      one.tenant.holders.push(holder);
    };
    assert.deepEqual(found(await withStranger("a", () => undefined), await reportOf("b", declares)), []);
    const elsewhere = await reportOf("b", (one) => {
      declares(one);
      one.tenantId = OTHER_TENANT;
    });
    assert.deepEqual(found(await withStranger("a", () => undefined), elsewhere), [
      "tenant role-holder-foreign",
      "tenant exports-none",
    ]);
  });

  it("must print a notice of the tenant once, and one of a server with its stack", async () => {
    const notices: Change = (one) => {
      const notice = {
        id: "tenant/x",
        server: "tenant",
        code: "sync-accounts-near-limit",
        meaning: "m",
        text: "18",
        remedy: "",
      };
      one.notices = [notice, { ...notice, id: "sync01/x", server: "sync01", text: "19" }];
    };
    const document = together(
      await reportOf("a", notices),
      await reportOf("b", (one) => [staging, notices].forEach((each) => each(one))),
    );
    assert.deepEqual(
      document.notices.map(({ server, stacks }) => [server, stacks]),
      [
        ["tenant", ["a", "b"]],
        ["a/sync01", ["a"]],
        ["b/sync01", ["b"]],
      ],
    );
  });

  it("must encode the texts of others in page and Markdown", async () => {
    for (const name of HOSTILE.filter((text) => text !== "")) {
      const hostile = await reportOf("b", (one) => {
        one.stack = name;
        one.organization.name = name;
      });
      const document = together(await reportOf("a"), hostile);
      assert.doesNotMatch(stacksPage(document), /<script|<img|onerror='|onmouseover='/);
      assert.doesNotMatch(stacksMarkdown(document).replace(/(`+)[^`][\s\S]*?\1/g, ""), /<script|evil\.example\)/);
    }
  });

  it("must refuse options that are for one stack", () => {
    for (const one of [{ since: "missing.json" }, { short: "comment.md" }]) {
      assert.throws(() => checkReportOptions({ ...one, stack: ["a", "b"] }), /is for one stack, and several are named/);
    }
    checkReportOptions({ short: "comment.md", stack: ["a"] });
  });

  it("must name a server's identifier in the report of its stack", async () => {
    const facts = await reportFacts(1);
    hostOf(facts).machineIdentifier = "machine-x";
    assert.equal(report(facts).servers[0].host!.machineIdentifier, "machine-x");
  });
});
