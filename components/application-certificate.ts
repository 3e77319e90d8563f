/** ApplicationCertificate: the public part of a server's certificate as a key credential of its application. */
import * as azuread from "@pulumi/azuread";
import type * as pulumi from "@pulumi/pulumi";
import type { PublicCertificate } from "../model/certificate-policy";

export interface ApplicationCertificateArgs {
  application: azuread.Application;
  certificate: pulumi.Output<PublicCertificate>;
  /** Whether it is a hand-made one that was imported; null where none was ever declared. */
  adopted: pulumi.Output<boolean> | null;
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

/** Uploads a certificate; its dates are the certificate's own. Every change replaces: the new key before the old one goes. */
export class ApplicationCertificate extends azuread.ApplicationCertificate {
  constructor(name: string, args: ApplicationCertificateArgs, opts: pulumi.CustomResourceOptions = {}) {
    const { application, certificate, adopted } = args;
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
      adopted ? { ...opts, transforms: [...(opts.transforms ?? []), whileAdopted(adopted)] } : opts,
    );
  }
}
