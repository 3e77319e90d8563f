/** Which cloud the Azure CLI is set to, from its own file: asking the command takes more than a second. */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** The name after `[cloud]`, before the next section. */
const ACTIVE_CLOUD = /^\[cloud\]\s*$(?:\r?\n(?!\[).*)*?\r?\nname\s*=\s*(\S+)/im;

/** @returns the name that `az cloud set` wrote, or AZURE_CLOUD_NAME; AzureCloud, which is the default, if there is none */
export function azureCliCloud(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.AZURE_CLOUD_NAME) return environment.AZURE_CLOUD_NAME;
  const folder = environment.AZURE_CONFIG_DIR || path.join(os.homedir(), ".azure");
  try {
    return ACTIVE_CLOUD.exec(fs.readFileSync(path.join(folder, "config"), "utf8"))?.[1] ?? "AzureCloud";
  } catch {
    return "AzureCloud";
  }
}
