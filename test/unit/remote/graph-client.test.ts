import assert from "node:assert/strict";
import type { TokenCredential } from "@azure/identity";
import { z } from "zod";
import { answered, GraphClient, isForbidden } from "../../../remote/graph-client";
import { GraphError } from "../../../remote/graph-error";
import { shareToken } from "../../../remote/tenant-access";
import { fakeGraph, GRAPH, refused, tenantWith, tokenWith, type Answers } from "../../helpers/fake-graph";
import { json, reset, withFetch } from "../../helpers/fetching";
import { replace } from "../../helpers/replaced";
import { withoutWaiting } from "../../helpers/waiting";

const client = (token?: string | null) => new GraphClient(tenantWith(token));
const soon = { "retry-after": "0.01" };

async function asked(answers: Answers, work: (graph: GraphClient) => Promise<unknown>) {
  const each: string[] = [];
  const { result, requests } = await withFetch(fakeGraph(answers, each), () => work(client()));
  return { result, requests, each };
}

describe("a batch", () => {
  it("a batch must be one request, and put each answer in its place", async () => {
    const answers = { "GET a": { name: "a" }, "GET b": { name: "b" }, "GET c?$top=1": { name: "c" } };
    const { result, requests } = await asked(answers, (graph) => graph.batch(["a", "b", "c?$top=1"]));
    assert.deepEqual(result, [{ name: "a" }, { name: "b" }, { name: "c" }]);
    assert.deepEqual([requests.length, requests[0].method, requests[0].url], [1, "POST", `${GRAPH}$batch`]);
  });

  it("a batch must return a refusal beside the answers", async () => {
    const answers = { "GET a": { name: "a" }, "GET b": () => refused(403) };
    const { result } = await asked(answers, (graph) => graph.batch(["a", "b"]));
    const [first, second] = result as unknown[];
    assert.deepEqual(first, { name: "a" });
    assert.ok(second instanceof GraphError && second.forbidden);
    assert.match(second.message, /^403 Authorization_RequestDenied: because of/);
  });

  it("a batch must repeat only throttled requests, and give up after a while", async () => {
    let count = 0;
    const answers: Answers = {
      "GET a": { name: "a" },
      "GET b": () => ((count += 1) < 3 ? refused(429, "TooManyRequests", soon) : { name: "b" }),
    };
    const { result, each } = await asked(answers, (graph) => graph.batch(["a", "b"]));
    assert.deepEqual(result, [{ name: "a" }, { name: "b" }]);
    assert.deepEqual(each, ["GET a", "GET b", "GET b", "GET b"]);
    const never: Answers = { "GET b": () => refused(503, "ServiceUnavailable", soon) };
    const given = await asked(never, (graph) => graph.batch(["b"]));
    assert.equal(given.requests.length, 4);
    assert.ok((given.result as unknown[])[0] instanceof GraphError);
  });

  it("more reads than Graph takes in one request must be several requests, and one read must be none of a batch", async () => {
    const reads = Array.from({ length: 41 }, (_, index) => `a?${index}`);
    const { result, requests } = await asked(
      { "GET a": (request: { path: string }) => ({ path: request.path }) },
      (graph) => graph.batch(reads),
    );
    assert.deepEqual(
      result,
      reads.map((path) => ({ path })),
    );
    assert.deepEqual(
      requests.map(({ method, url }) => `${method} ${url.slice(GRAPH.length)}`),
      ["POST $batch", "POST $batch", "GET a?40"],
    );
  });

  it("what all clients of a tenant ask for at the same moment must be one request", async () => {
    const access = tenantWith();
    const answers = { "GET a": { name: "a" }, "GET b": () => refused(403), "GET c": { name: "c" } };
    const each: string[] = [];
    const { result, requests } = await withFetch(fakeGraph(answers, each), async () => {
      const [first, second] = [new GraphClient(access), new GraphClient(access)];
      const name = z.object({ name: z.string() });
      return Promise.allSettled([first.get("a", name), first.get("b", name), second.batch(["c"])]);
    });
    assert.deepEqual(each, ["GET a", "GET b", "GET c"]);
    assert.equal(requests.length, 1);
    const [a, b, c] = result as PromiseSettledResult<unknown>[];
    assert.deepEqual(a, { status: "fulfilled", value: { name: "a" } });
    assert.ok(b.status === "rejected" && b.reason instanceof GraphError && b.reason.forbidden);
    assert.deepEqual(c, { status: "fulfilled", value: [{ name: "c" }] });
  });

  it("a read that is answered must not wait for another one of its request that is asked again", async () => {
    let refusals = 0;
    let answeredFirst = false;
    const answers: Answers = {
      "GET a": { name: "a" },
      "GET b": () => ((refusals += 1) < 2 ? refused(429, "TooManyRequests", soon) : { answeredFirst }),
    };
    const { result } = await asked(answers, (graph) => {
      const first = graph.get("a", z.unknown()).then(() => (answeredFirst = true));
      return Promise.all([first, graph.get("b", z.unknown())]);
    });
    assert.deepEqual(result, [true, { answeredFirst: true }]);
  });

  it("a read that the answer leaves out must be an error, and a request without an answer one of all its reads", async () => {
    const { result } = await withFetch(
      () => json({ responses: [{ id: "1", status: 200, body: { name: "b" } }] }),
      () => client().batch(["a", "b"]),
    );
    const [a, b] = result as unknown[];
    assert.ok(a instanceof GraphError && a.status === 504);
    assert.deepEqual(b, { name: "b" });
    const { result: failed } = await withFetch(
      () => refused(400, "BadRequest"),
      async () => Promise.allSettled([client().batch(["a", "b"])]),
    );
    assert.equal((failed as PromiseSettledResult<unknown>[])[0].status, "rejected");
  });

  it("an empty batch must not be sent to Graph", async () => {
    const { result, requests } = await asked({}, (graph) => graph.batch([]));
    assert.deepEqual([result, requests.length], [[], 0]);
  });

  it("any status from 400 on must count as a refusal", async () => {
    const { result } = await asked({ "GET a": () => refused(400, "BadRequest") }, (graph) => graph.batch(["a"]));
    assert.ok((result as unknown[])[0] instanceof GraphError);
  });
});

describe("a collection", () => {
  const next = (path: string) => ({ "@odata.nextLink": `${GRAPH}${path}` });

  it("a collection must be read to its last page", async () => {
    const answers = { "GET p?2": { value: [2], ...next("p?3") }, "GET p?3": { value: [3] } };
    const { result } = await asked(answers, (graph) => graph.rest({ value: [1], ...next("p?2") }, z.number()));
    assert.deepEqual(result, [1, 2, 3]);
  });

  it("a collection must not follow a page to another host, because the token would go with it", async () => {
    const elsewhere = { value: [1], "@odata.nextLink": "https://elsewhere.example/v1.0/p" };
    const { requests } = await asked({}, (graph) => assert.rejects(graph.rest(elsewhere, z.number()), GraphError));
    assert.equal(requests.length, 0);
  });

  it("a collection must end even if its pages do not", async () => {
    const answers: Answers = { "GET p": () => ({ value: [1], ...next("p") }) };
    const { requests } = await asked(answers, (graph) =>
      assert.rejects(graph.rest({ value: [], ...next("p") }, z.number()), GraphError),
    );
    assert.equal(requests.length, 99, "a hundred pages with the first");
  });
});

describe("a wait for Graph", () => {
  const waits = withoutWaiting();
  const read = (answer: (count: number) => Response | object) => {
    let count = 0;
    return asked({ "GET a": () => answer((count += 1)) }, (graph) => graph.get("a", z.object({})));
  };

  it("a wait for Graph must grow by a second with each attempt if Graph sets no time", async () => {
    const { requests } = await read((count) => (count < 4 ? refused(503, "ServiceUnavailable") : {}));
    assert.deepEqual([requests.length, waits()], [4, [1000, 2000, 3000]]);
  });

  it("a wait for Graph must be as long as Graph says, and twenty seconds at most", async () => {
    const seconds = ["5", "300", "soon"];
    await read((count) => (count < 4 ? refused(504, "GatewayTimeout", { "retry-after": seconds[count - 1] }) : {}));
    assert.deepEqual(waits(), [5000, 20_000, 3000]);
  });

  it("a final refusal must not be preceded by a wait for Graph", async () => {
    await assert.rejects(
      read(() => refused(400, "BadRequest")),
      GraphError,
    );
    assert.deepEqual(waits(), []);
  });

  it("the last attempt must not be followed by a wait for Graph", async () => {
    await assert.rejects(
      read(() => refused(503, "ServiceUnavailable")),
      GraphError,
    );
    assert.deepEqual(waits(), [1000, 2000, 3000]);
  });

  it("a wait for Graph must be the longest in any answer of a batch, however its header is written", async () => {
    const busy = (id: string, header: string, seconds: string) => ({ id, status: 429, headers: { [header]: seconds } });
    const first = [busy("0", "Retry-After", "3"), busy("1", "retry-after", "7"), { id: "2", status: 503 }];
    const again = [
      { id: "0", status: 200, body: {} },
      busy("1", "Retry-After", "2"),
      { id: "2", status: 200, body: {} },
    ];
    const last = [{ id: "1", status: 200, body: {} }];
    const { result } = await withFetch(
      (_request, count) => json({ responses: [first, again, last][count - 1] }),
      () => client().batch(["a", "b", "c"]),
    );
    assert.deepEqual(
      [result, waits()],
      [
        [{}, {}, {}],
        [7000, 2000],
      ],
    );
  });

  it("a batch without throttled answers, or its last attempt, must not be followed by a wait for Graph", async () => {
    await asked({ "GET a": {} }, (graph) => graph.batch(["a"]));
    assert.deepEqual(waits(), []);
    await asked({ "GET a": () => refused(504, "GatewayTimeout") }, (graph) => graph.batch(["a"]));
    assert.deepEqual(waits(), [1000, 2000, 3000]);
  });
});

describe("a request to Graph", () => {
  withoutWaiting();

  it("a request to Graph that meets the end of its connection must be sent again, and name the host in the end", async () => {
    const { result, requests } = await asked({ "GET a": () => reset() }, (graph) =>
      graph.get("a", z.object({})).catch((error: GraphError) => [error.kind, error.forbidden, error.message]),
    );
    assert.deepEqual(result, ["silent", false, "graph.example did not answer: socket hang up"]);
    assert.equal(requests.length, 4);
  });

  it("a request to Graph that could do something twice must not be sent again after the end of its connection", async () => {
    const { requests } = await asked({ "POST a/removePassword": () => reset() }, (graph) =>
      assert.rejects(graph.change("POST", "a/removePassword", {}), GraphError),
    );
    assert.equal(requests.length, 1);
  });

  it("a request to Graph must fail with the property that its answer lacks", async () => {
    await asked({ "GET a": { list: [{}] } }, (graph) =>
      assert.rejects(graph.get("a", z.object({ list: z.array(z.object({ id: z.string() })) })), {
        message: /^200: not the answer that was asked for: list\.0\.id: /,
      }),
    );
  });

  it("a request to Graph must end after twenty seconds without an answer", async () => {
    const limits: number[] = [];
    const { timeout } = AbortSignal;
    const restore = replace(AbortSignal, "timeout", (milliseconds) => {
      limits.push(milliseconds);
      return timeout.call(AbortSignal, milliseconds);
    });
    try {
      await asked({ "GET a": {} }, (graph) => graph.get("a", z.object({})));
    } finally {
      restore();
    }
    assert.deepEqual(limits, [20_000]);
  });
});

describe("a refusal of Graph", () => {
  it("a refusal of Graph must count as forbidden only if a permission is missing", () => {
    const forbidden = [400, 401, 403, 404].filter((status) => isForbidden(new GraphError(status, "", "")));
    assert.deepEqual(forbidden, [403]);
    assert.equal(isForbidden({ forbidden: true }), false);
  });

  it("a refusal of Graph must be thrown if its answer is needed, and name itself", () => {
    const error = new GraphError(404, "Request_ResourceNotFound", "gone");
    assert.throws(() => answered(error, z.unknown()), error);
    assert.deepEqual(answered({ name: "a" }, z.object({ name: z.string() })), { name: "a" });
    assert.equal(String(error), "GraphError: 404 Request_ResourceNotFound: gone");
  });

  it("a refusal of Graph must have a message even without a body", async () => {
    for (const body of [null, {}, { error: {} }]) {
      await assert.rejects(
        asked({ "GET a": () => json(body, 400) }, (graph) => graph.get("a", z.object({}))),
        { message: "400: no reason given" },
      );
    }
  });
});

describe("a change", () => {
  it("a change must fail if its object is gone, or if a removal is refused for another reason", async () => {
    const gone = { "PATCH a": () => refused(404, "Request_ResourceNotFound"), "DELETE b": () => refused(403) };
    await asked(gone, async (graph) => {
      await assert.rejects(graph.change("PATCH", "a", {}), { status: 404 });
      await assert.rejects(graph.change("DELETE", "b"), { status: 403 });
    });
  });

  it("a change must send its body, and treat the removal of a missing object as done", async () => {
    const answers: Answers = { "PATCH a": {}, "DELETE b": () => refused(404, "Request_ResourceNotFound") };
    const { requests } = await asked(answers, async (graph) => {
      await graph.change("PATCH", "a", { on: true });
      await graph.change("DELETE", "b");
    });
    assert.deepEqual(requests[0].body, { on: true });
    assert.equal(requests[0].headers["content-type"], "application/json");
  });
});

describe("the pipeline's permissions", () => {
  it("the pipeline's permissions must be those in its token, and unknown if the token does not contain them", async () => {
    assert.deepEqual(await client(tokenWith(["A", "B"])).permissions(), ["A", "B"]);
    assert.equal(await client("opaque").permissions(), null);
    const ofUser = `x.${Buffer.from(JSON.stringify({ scp: "User.Read" })).toString("base64url")}.x`;
    assert.equal(await client(ofUser).permissions(), null);
    await assert.rejects(client(null).permissions(), /no token was issued/);
  });
});

describe("a token", () => {
  const credential = (tokens: (number | Error)[]): TokenCredential & { count: number } => ({
    count: 0,
    async getToken() {
      const next = tokens[this.count];
      this.count += 1;
      if (next instanceof Error) throw next;
      return { token: `token ${this.count}`, expiresOnTimestamp: Date.now() + next * 1000 };
    },
  });

  it("a token must be requested once for all simultaneous and later requests", async () => {
    const source = credential([3600, 3600]);
    const shared = shareToken(source);
    const tokens = await Promise.all([shared.getToken("scope"), shared.getToken("scope")]);
    tokens.push(await shared.getToken("scope"));
    assert.deepEqual(
      tokens.map((token) => token?.token),
      ["token 1", "token 1", "token 1"],
    );
    assert.equal(source.count, 1);
  });

  it("a token must be requested again before it ends, for another scope, and after a failure", async () => {
    const source = credential([60, 3600, new Error("no"), 3600]);
    const shared = shareToken(source);
    assert.equal((await shared.getToken("scope"))?.token, "token 1");
    assert.equal((await shared.getToken("scope"))?.token, "token 2");
    await assert.rejects(shared.getToken("another"), /no/);
    assert.equal((await shared.getToken("another"))?.token, "token 4");
  });
});
