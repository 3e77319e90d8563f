/** Previews of the sandbox as `npm run record-previews` recorded them. */
import * as fs from "node:fs";
import * as path from "node:path";
import { readPreview, type PreviewReport } from "../../../cli/pipeline/preview-report";

const FOLDER = path.resolve(__dirname, "../../recorded-previews");

interface RecordedStep {
  op: string;
  urn: string;
  oldState?: { type: string; inputs: Record<string, unknown> };
  newState?: { type: string; inputs: Record<string, unknown> };
}

export interface Recorded {
  exitCode: number;
  output: { steps: RecordedStep[]; diagnostics: { message: string; severity: string; urn?: string }[] };
}

function recorded(name: string): Recorded {
  return JSON.parse(fs.readFileSync(path.join(FOLDER, `${name}.json`), "utf8")) as Recorded;
}

/** Reads a recorded preview, with a change in it. */
export function report(name: string, change: (preview: Recorded) => void = () => undefined): PreviewReport {
  const preview = recorded(name);
  change(preview);
  return readPreview(JSON.stringify(preview.output), preview.exitCode);
}
