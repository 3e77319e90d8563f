/** Remedies as a reader of production sees them. */
import { renderRemedy, type Reader, type Remedy } from "../../model/diagnostics/remedy";

export const READER: Reader = { stack: "prod", sandbox: false, folder: null };

export const words = (remedy: Remedy) => renderRemedy(remedy, READER);
