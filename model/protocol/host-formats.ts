/** Formats of values in the host protocol. */
import { z } from "zod";

export { guid, sha256, sid, thumbprint } from "../text/identifiers";
export const utc = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/, "a UTC time in ISO 8601");
/** A version of the product, as host/ConnectSyncHost.ps1 takes it. */
export const version = z.string().regex(/^[0-9]{1,9}(\.[0-9]{1,9}){1,3}$/, "a version such as 2.5.79.0");
