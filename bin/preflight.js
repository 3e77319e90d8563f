/**
 * Runs before the first line of TypeScript: what is missing becomes one sentence and exit code 2. Plain JavaScript that
 * Node.js 12 can read, with no package needed.
 */
"use strict";
const fs = require("fs");
const path = require("path");

const manifest = JSON.parse(fs.readFileSync(path.join(__dirname, "..", "package.json"), "utf8"));

function fail(sentence) {
  process.stderr.write(sentence + "\n");
  process.exit(2);
}

/** The installed version of a package, found the way `require` finds it from here; undefined if there is none. */
function installedVersion(name) {
  const file = module.paths.map((folder) => path.join(folder, name, "package.json")).find(fs.existsSync);
  return file && JSON.parse(fs.readFileSync(file, "utf8")).version.replace(/^v/, "");
}

// What the sandbox and the tests need is left out in production: "npm ci --omit=dev".
const isDevelopment = ["start", "test"].includes(process.env.npm_lifecycle_event);
const needed = Object.assign({}, manifest.dependencies, isDevelopment && manifest.devDependencies);
const exact = Object.entries(needed).filter(([, version]) => /^\d/.test(version));
const missing = exact.filter(([name, version]) => installedVersion(name) !== version).map(([name]) => name);
if (missing.length === exact.length) fail('The packages are not installed: run "npm ci".');
if (missing.length > 0) fail("Packages are missing or of another version (" + missing.join(", ") + '): run "npm ci".');

const least = /\d+\.\d+/.exec(manifest.engines.node)[0];
const [leastMajor, leastMinor] = least.split(".").map(Number);
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
  fail("Node " + least + " or newer is needed, this is " + process.version + ".");
}
