/** ApplicationCertificate: the public part of a server's certificate as a key credential of its application. */
import * as azuread from "@pulumi/azuread";
import type * as pulumi from "@pulumi/pulumi";
import type { PublicCertificate } from "../model/certificate-policy";

export interface ApplicationCertificateArgs {
  application: azuread.Application;
  certificate: pulumi.Output<PublicCertificate>;
}

/** Uploads a certificate; its dates are the certificate's own. Every change replaces: the new key before the old one goes. */
export class ApplicationCertificate extends azuread.ApplicationCertificate {
  constructor(name: string, args: ApplicationCertificateArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      name,
      {
        applicationId: args.application.id,
        type: "AsymmetricX509Cert",
        encoding: "pem",
        value: args.certificate.pem,
        startDate: args.certificate.notBefore,
        endDate: args.certificate.notAfter,
      },
      opts,
    );
  }
}
