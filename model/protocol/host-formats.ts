/** Formats of values in the host protocol. */
import { z } from "zod";

export { guid, sha256, sid, thumbprint } from "../text/identifier-formats";
export const utc = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/, "a UTC time in ISO 8601");
