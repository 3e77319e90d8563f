/** What the engine starts as the plugin `pulumi-resource-connect-sync-identity`. */
import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumiProvider from "@pulumi/pulumi/provider";
import { leaveOutDebugging } from "../components/sdk-debugging";
import { quietAfterTheEngine } from "./engine-gone";
import { onConfigured } from "./own-reference";
import { SyncIdentitiesProvider } from "./provider";

const FOLDER = path.resolve(__dirname, "..");
const read = (...parts: string[]) => fs.readFileSync(path.join(FOLDER, ...parts), "utf8");

const { version } = JSON.parse(read("package.json")) as { version: string };
const provider = new SyncIdentitiesProvider(version, read("schema", "package.schema.json"));

leaveOutDebugging();
onConfigured((reference) => (provider.reference = reference));
void pulumiProvider.main(provider, process.argv.slice(2)).then(quietAfterTheEngine);
