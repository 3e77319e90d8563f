/**
 * A headless browser: CHROME_PATH, else Chromium or Chrome on PATH, else the one in a development dependency (Linux on
 * x64). If there is none, or it does not start, the reason is printed and its tests are skipped.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Browser } from "playwright-core";
import { findOnPath } from "../../console/processes/find-on-path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const LIMIT_MILLISECONDS = 60_000;

export interface TestBrowser {
  browser: Browser;
  /** Where it came from. */
  source: string;
  close(): Promise<void>;
}

interface Candidate {
  source: string;
  executablePath: string;
  environment: NodeJS.ProcessEnv;
  args: string[];
  /** Unpacked for this run; removed after it. */
  folder: string | null;
}

/** The package's own configuration expects fonts in a folder in /tmp; without a font a browser shows no text. */
function nameFonts(folder: string): void {
  const cache = path.join(folder, "cache");
  fs.writeFileSync(
    path.join(folder, "fonts.conf"),
    `<?xml version="1.0"?>\n<fontconfig><dir>${folder}</dir><cachedir>${cache}</cachedir></fontconfig>\n`,
  );
}

/** The browser of the package, unpacked with the libraries that a minimal system lacks. */
async function carried(): Promise<Candidate> {
  if (process.platform !== "linux" || process.arch !== "x64")
    throw new Error("the development dependencies contain one for Linux on x64 only");
  const before = { ...process.env };
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "connect-sync-browser-"));
  // The package reads from its environment where to unpack, and that its libraries are needed.
  Object.assign(process.env, { TMPDIR: folder, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs20.x" });
  try {
    const { default: chromium } = await import("@sparticuz/chromium");
    const executablePath = await chromium.executablePath();
    nameFonts(path.join(folder, "fonts"));
    const environment = { ...process.env, LD_LIBRARY_PATH: path.join(folder, "al2023", "lib") };
    const source = "the package @sparticuz/chromium";
    return { source, executablePath, environment, args: ["--disable-gpu"], folder };
  } catch (error) {
    fs.rmSync(folder, { recursive: true, force: true });
    throw error;
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

async function candidate(): Promise<Candidate> {
  const given = process.env.CHROME_PATH;
  const installed = given || NAMES.map((name) => findOnPath(name)).find((found) => found !== undefined);
  if (!installed) return carried();
  const source = given ? "CHROME_PATH" : installed;
  return { source, executablePath: installed, environment: { ...process.env }, args: [], folder: null };
}

/** @returns the browser, or the reason in one sentence if there is none */
export async function openBrowser(): Promise<TestBrowser | string> {
  let found: Candidate | undefined;
  try {
    found = await candidate();
    const { executablePath, environment, args, source, folder } = found;
    const { chromium } = await import("playwright-core");
    const env = Object.fromEntries(
      Object.entries(environment).filter((entry): entry is [string, string] => !!entry[1]),
    );
    const browser = await chromium.launch({
      ...{ executablePath, args, env, timeout: LIMIT_MILLISECONDS },
      // It shows only this project's own files, and a container cannot provide a sandbox.
      chromiumSandbox: false,
    });
    const close = async () => {
      await browser.close();
      if (folder) fs.rmSync(folder, { recursive: true, force: true });
    };
    return { browser, source, close };
  } catch (error) {
    if (found?.folder) fs.rmSync(found.folder, { recursive: true, force: true });
    const reason = (error as Error).message.split("\n")[0];
    return `no browser (${found?.source ?? "CHROME_PATH, Chromium or Chrome on PATH, or a package"}): ${reason}`;
  }
}
