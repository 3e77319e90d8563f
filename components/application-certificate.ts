/** ApplicationCertificate: the public part of a server's certificate as a key credential of its application. */
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import type { PublicCertificate } from "../model/certificate/certificate-policy";
import { revocationOf } from "../model/server/labels";
import type { Observation } from "../model/server/observation";
import { diagnose } from "../model/diagnostics/diagnostic";
import { lineOf } from "./this-reader";

export interface ApplicationCertificateArgs {
  application: azuread.Application;
  certificate: pulumi.Output<PublicCertificate>;
  /** Whether it is a hand-made one that was imported; null where none was ever declared. */
  adopted: pulumi.Output<boolean> | null;
  /** Name of the server in the declaration. */
  server: string;
  /** Generation of the certificate: one that was revoked is not uploaded again. */
  generation: pulumi.Output<number>;
  observation: Promise<Observation>;
}

/** What the provider never reads back, so that an imported key credential lacks it. */
const UNREAD = ["value", "startDate", "endDate"];

/** Leaves out of the comparison what an imported credential cannot have, until the next certificate is made here. */
function whileAdopted(adopted: pulumi.Output<boolean>): pulumi.ResourceTransform {
  return async ({ props, opts }) => {
    // A preview of a server that state does not know yet has no memory: what is declared counts.
    const ignore = await new Promise<boolean>((resolve) => {
      const unknown = adopted as unknown as { isKnown: Promise<boolean> };
      void unknown.isKnown.then((known) => (known ? adopted.apply(resolve) : resolve(true)));
    });
    return { props, opts: ignore ? { ...opts, ignoreChanges: [...(opts.ignoreChanges ?? []), ...UNREAD] } : opts };
  };
}

/**
 * Stops the upload of a certificate that was revoked: a refresh sees that it is gone from Entra, and would have the
 * engine make it again. A new resource is all that this is asked for; one in state is left as it is.
 */
function unlessRevoked(name: string, { server, generation, observation }: ApplicationCertificateArgs) {
  return new pulumi.ResourceHook(`${name}-not-revoked`, async () => {
    const { tenant } = await observation;
    const revocation = revocationOf(tenant.application?.tags ?? []);
    if (!revocation) return;
    const current = await new Promise<number>((resolve) => void generation.apply(resolve));
    if (current > revocation.generation) return;
    throw new Error(lineOf(diagnose("CREDENTIAL_REVOKED", server, { generation: current, at: revocation.at })));
  });
}

/** Uploads a certificate; its dates are the certificate's own. Every change replaces: the new key before the old one goes. */
export class ApplicationCertificate extends azuread.ApplicationCertificate {
  constructor(name: string, args: ApplicationCertificateArgs, opts: pulumi.CustomResourceOptions = {}) {
    const { application, certificate, adopted } = args;
    // A preview shows the finding; it uploads nothing.
    const hooks = pulumi.runtime.isDryRun() ? undefined : { beforeCreate: [unlessRevoked(name, args)] };
    super(
      name,
      {
        applicationId: application.id,
        type: "AsymmetricX509Cert",
        encoding: "pem",
        value: certificate.pem,
        startDate: certificate.notBefore,
        endDate: certificate.notAfter,
      },
      {
        ...opts,
        ...(hooks ? { hooks } : {}),
        ...(adopted ? { transforms: [...(opts.transforms ?? []), whileAdopted(adopted)] } : {}),
      },
    );
  }
}
