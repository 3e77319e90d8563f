/** Who reads what this program shows: whoever ran Pulumi on this stack. */
import * as pulumi from "@pulumi/pulumi";
import { formatDiagnostic, type Diagnostic } from "../model/diagnostics/diagnostic";
import { readerOf } from "../model/diagnostics/reader";

export const thisReader = () => readerOf(pulumi.getStack(), process.env);

/** One line for the log of this run. */
export const lineOf = (diagnostic: Diagnostic) => formatDiagnostic(diagnostic, thisReader());
