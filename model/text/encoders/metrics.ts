/** For the text format of OpenMetrics and Prometheus: values of labels. Pure. */
import { encodeText } from "./text";

/** A label's value, for between its quotes. */
export function encodeForMetrics(text: string): string {
  return encodeText(text.replaceAll(/\s+/g, " ")).replace(/[\\"]/g, (character) => `\\${character}`);
}
