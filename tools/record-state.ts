/**
 * Keeps the state that this version writes, for the versions that come after it:
 * `pulumi stack export --show-secrets` of the sandbox after its first `up` on stdin, the fixture on stdout.
 */
import * as fs from "node:fs";
import { SandboxFolder } from "../sandbox/folder/folder";
import { withNames, worldValues } from "../test/helpers/world-values";

const { root } = new SandboxFolder();
process.stdout.write(withNames(fs.readFileSync(0, "utf8"), worldValues(root)));
