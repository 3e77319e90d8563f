/** Builds the npm package in dist/ and the Pulumi plugin in dist-plugin/: `npm run package`, and then `npm publish ./dist`. */
import * as path from "node:path";
import { buildPackage, PACKAGE_FOLDER } from "./packaging/build";
import { buildPlugin, PLUGIN_FOLDER } from "./packaging/plugin";

buildPackage();
buildPlugin();
process.stdout.write(`${path.relative(process.cwd(), PACKAGE_FOLDER)}: "npm pack ./dist" or "npm publish ./dist"\n`);
process.stdout.write(`${path.relative(process.cwd(), PLUGIN_FOLDER)}: the plugin for programs in other languages\n`);
