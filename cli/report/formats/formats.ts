/** The formats of other programs in which a report can be written, beside its own three. */
import * as path from "node:path";
import type { ReportDocument } from "../report-document";
import { writeWhole } from "../report-files";
import { defenderOf, sentinelOf } from "./detections";
import { iCalendarOf } from "./icalendar";
import { junitOf } from "./junit";
import { openMetricsOf } from "./openmetrics";
import type { ReportPlace } from "./report-place";
import { sarifOf } from "./sarif";
import type { FormatName } from "./format-names";

interface Format {
  /** The name has no time: what reads it reads the newest one. */
  file: string;
  text: (report: ReportDocument, place: ReportPlace) => string;
}

const FORMATS: Readonly<Record<FormatName, Format>> = {
  sarif: { file: "latest.sarif", text: sarifOf },
  junit: { file: "latest.junit.xml", text: junitOf },
  openmetrics: { file: "latest.prom", text: openMetricsOf },
  icalendar: { file: "latest.ics", text: iCalendarOf },
  sentinel: { file: "latest.sentinel.yaml", text: sentinelOf },
  defender: { file: "latest.defender.kql", text: defenderOf },
};

/** Writes the report in each of these formats. @returns the files, by format */
export function writeFormats(
  folder: string,
  names: readonly FormatName[],
  report: ReportDocument,
  place: ReportPlace,
): Partial<Record<FormatName, string>> {
  const written = names.map((name): [FormatName, string] => {
    const file = path.join(folder, FORMATS[name].file);
    writeWhole(file, FORMATS[name].text(report, place));
    return [name, file];
  });
  return Object.fromEntries(written);
}
