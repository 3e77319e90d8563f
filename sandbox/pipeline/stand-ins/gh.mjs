/** GitHub's CLI on an emulated repository: the comments of its pull requests, its issues, and the newest commit of main. */
import fs from "node:fs";
import { required, standIn, stdin, stored } from "./stand-in.mjs";

const BOT = "github-actions[bot]";
const COMMENTS_FILTER = '.[] | select(.user.login == "github-actions[bot]" and (.body | startswith(env.MARKER))) | .id';
const ISSUES_FILTER = '.[] | select(.pull_request == null and .user.login == "github-actions[bot]") | {number, body}';

function repository(change) {
  required("GH_TOKEN");
  return stored(required("STAND_IN_GITHUB"), change);
}

function own(name) {
  if (name !== required("GITHUB_REPOSITORY")) throw new Error(`${name}: Not Found (HTTP 404)`);
}

const body = (text) => ({ user: { login: BOT }, body: text });

function addComment(name, number, text) {
  own(name);
  repository((data) => {
    data.next += 1;
    data.comments.push({ id: data.next, number: Number(number), ...body(text) });
  });
}

function issue(data, number) {
  const found = data.issues.find((candidate) => candidate.number === Number(number));
  if (!found) throw new Error("Not Found (HTTP 404)");
  return found;
}

await standIn("gh", [
  [
    [
      "api",
      "--paginate",
      "--method",
      "GET",
      /^repos\/(.+)\/issues\/(\d+)\/comments\?per_page=100$/,
      "--jq",
      COMMENTS_FILTER,
    ],
    (name, number) => {
      own(name);
      const marker = required("MARKER");
      return repository(({ comments }) => comments)
        .filter(
          (comment) =>
            comment.number === Number(number) && comment.user.login === BOT && comment.body.startsWith(marker),
        )
        .map(({ id }) => id)
        .join("\n");
    },
  ],
  [
    ["api", "--silent", "--method", "PATCH", /^repos\/(.+)\/issues\/comments\/(\d+)$/, "--field", /^body=@(.+)$/],
    (name, id, file) => {
      own(name);
      const text = fs.readFileSync(file, "utf8");
      repository(({ comments }) => {
        const comment = comments.find((candidate) => candidate.id === Number(id));
        if (!comment) throw new Error("Not Found (HTTP 404)");
        Object.assign(comment, { body: text, updates: (comment.updates ?? 0) + 1 });
      });
    },
  ],
  [
    ["api", "--silent", "--method", "POST", /^repos\/(.+)\/issues\/(\d+)\/comments$/, "--field", /^body=@(.+)$/],
    (name, number, file) => addComment(name, number, fs.readFileSync(file, "utf8")),
  ],
  [
    ["api", "--paginate", "--method", "GET", /^repos\/(.+)\/issues\?state=open&per_page=100$/, "--jq", ISSUES_FILTER],
    (name) => {
      own(name);
      return repository(({ issues }) => issues)
        .filter(({ state, user }) => state === "open" && user.login === BOT)
        .map(({ number, body }) => JSON.stringify({ number, body }))
        .join("\n");
    },
  ],
  [
    ["api", "--method", "POST", /^repos\/(.+)\/issues$/, "--input", "-", "--silent"],
    (name) => {
      own(name);
      const { title, body: text } = JSON.parse(stdin());
      repository((data) => {
        data.next += 1;
        data.issues.push({ number: data.next, state: "open", title, ...body(text) });
      });
    },
  ],
  [
    ["api", "--method", "PATCH", /^repos\/(.+)\/issues\/(\d+)$/, "--input", "-", "--silent"],
    (name, number) => {
      own(name);
      const change = JSON.parse(stdin());
      repository((data) => void Object.assign(issue(data, number), change));
    },
  ],
  [
    ["api", "--method", "POST", /^repos\/(.+)\/issues\/(\d+)\/comments$/, "--input", "-", "--silent"],
    (name, number) => addComment(name, number, JSON.parse(stdin()).body),
  ],
  [
    ["api", "--method", "GET", /^repos\/(.+)\/commits\/main$/, "--jq", ".sha"],
    (name) => {
      own(name);
      return repository(({ newest }) => newest);
    },
  ],
]);
