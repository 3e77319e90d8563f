/** Names of the formats of other programs, for the option that asks for them. */
export const FORMAT_NAMES = ["sarif", "junit", "openmetrics", "icalendar", "sentinel", "defender"] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];
