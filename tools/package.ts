/** Builds the npm package in dist/: `npm run package`, and then `npm publish ./dist`. */
import * as path from "node:path";
import { buildPackage, PACKAGE_FOLDER } from "./packaging/build";

buildPackage();
process.stdout.write(`${path.relative(process.cwd(), PACKAGE_FOLDER)}: "npm pack ./dist" or "npm publish ./dist"\n`);
