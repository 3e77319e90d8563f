/** Who reads what this program shows: whoever ran Pulumi on this stack. */
import * as pulumi from "@pulumi/pulumi";
import { formatDiagnostic, type Diagnostic } from "../model/diagnostics/diagnostic";
import { readerOf } from "../model/diagnostics/reader";
import { cloudNamed } from "../model/tenant/cloud-choice";

/** The tenant's cloud: the provider's setting names every cloud but the global one. */
const thisCloud = () => cloudNamed(pulumi.runtime.allConfig()["azuread:environment"] ?? process.env.ARM_ENVIRONMENT);

export const thisReader = () => readerOf(pulumi.getStack(), process.env, null, thisCloud());

/** One line for the log of this run. */
export const lineOf = (diagnostic: Diagnostic) => formatDiagnostic(diagnostic, thisReader());
