import assert from "node:assert/strict";
import { reasonToRepeat, secondsUntil, waitBeforeNext, type Attempt } from "../../../remote/http-retry";

const attempt = (of: Partial<Attempt>): Attempt => ({
  ...{ repeatable: true, existing: false, count: 1, elapsedSeconds: 0, status: 200 },
  ...of,
});
const repeated = (of: Partial<Attempt>) => waitBeforeNext(attempt(of)) !== null;

describe("the policy of repetitions", () => {
  it("a request whose repetition changes nothing must be sent again after any failure on the way", () => {
    const statuses = [null, 408, 429, 500, 502, 503, 504, 509];
    assert.deepEqual(
      statuses.filter((status) => !repeated({ status })),
      [],
    );
    assert.ok(repeated({ status: 520, page: true }), "a gateway's page");
  });

  it("a request whose repetition could do something twice must be sent again only if nothing was done", () => {
    const again = [null, 408, 429, 500, 502, 503, 504, 509].filter((status) => repeated({ status, repeatable: false }));
    assert.deepEqual(again, [429]);
    assert.ok(repeated({ status: 503, retryAfter: "1", repeatable: false }), "the service asks for it");
    assert.ok(repeated({ status: 409, code: "Directory_ConcurrencyViolation", repeatable: false }));
  });

  it("what was made out of what was read must not be sent again after another write, or if it may have been written", () => {
    assert.ok(!repeated({ status: 409, code: "Directory_ConcurrencyViolation", fromRead: true }));
    for (const status of [null, 500, 502, 503, 504]) assert.ok(!repeated({ status, fromRead: true }), String(status));
    assert.ok(repeated({ status: 429, fromRead: true }));
  });

  it("what is refused for good must not be sent again", () => {
    const statuses = [200, 204, 302, 400, 401, 403, 404, 407, 409, 410, 501];
    assert.deepEqual(
      statuses.filter((status) => repeated({ status })),
      [],
    );
    assert.ok(!repeated({ status: 403, page: true }), "a proxy's page");
    assert.ok(!repeated({ status: 200, page: true }), "a sign-in page");
    assert.ok(!repeated({ status: 409, code: "Request_MultipleObjectsWithSameKeyValue" }));
  });

  it("an object that is known to exist must be asked for again if it is not found", () => {
    assert.ok(repeated({ status: 404, existing: true }));
    assert.ok(repeated({ status: 404, existing: true, repeatable: false }), "nothing was done");
  });

  it("all attempts together must not last longer than a minute", () => {
    assert.equal(waitBeforeNext(attempt({ status: 503, elapsedSeconds: 59 })), 1000);
    assert.equal(waitBeforeNext(attempt({ status: 503, elapsedSeconds: 59.5 })), null);
    assert.equal(waitBeforeNext(attempt({ status: 503, count: 4 })), null);
  });

  it("a reason must name what happened", () => {
    const reason = (of: Partial<Attempt>) => reasonToRepeat(attempt(of));
    assert.equal(reason({ status: 429 }), "the service is busy");
    assert.equal(reason({ status: null }), "no answer");
    assert.equal(reason({ status: 404, existing: true }), "the object is not visible yet");
    assert.equal(reason({ status: 502, page: true }), "502 with a page instead of an answer");
  });
});

describe("the time that a service asks for", () => {
  const NOW = "Wed, 07 Oct 2026 12:00:00 GMT";

  it("seconds must be read as seconds, and a date by the clock of the service", () => {
    assert.equal(secondsUntil("7", null), 7);
    assert.equal(secondsUntil("0.5", null), 0.5);
    assert.equal(secondsUntil("Wed, 07 Oct 2026 12:00:09 GMT", NOW), 9);
    assert.equal(secondsUntil("Wed, 07 Oct 2026 11:59:00 GMT", NOW), 0, "a date that has passed");
  });

  it("a date must be read by this machine's clock if the service does not state its own", () => {
    const seconds = secondsUntil(new Date(Date.now() + 30_000).toUTCString(), undefined)!;
    assert.ok(seconds > 25 && seconds <= 30, String(seconds));
  });

  it("what is no time must count as none", () => {
    for (const text of [null, undefined, "", "soon", "-3", "1e3"]) assert.equal(secondsUntil(text, NOW), null, text!);
  });
});
