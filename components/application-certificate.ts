/** ApplicationCertificate: the public part of a server's certificate as a key credential of its application. */
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import type { PublicCertificate } from "../model/certificate/certificate-policy";
import { keyIdOf } from "../model/certificate/key-id";
import { revocationOf } from "../model/server/labels";
import type { Observation } from "../model/server/observation";
import { diagnose } from "../model/diagnostics/diagnostic";
import { releaseKeyId } from "../remote/unfinished-upload";
import type { TenantAccess } from "../remote/tenant-access";
import { knownOr } from "./known-output";
import { whereRefused } from "./refused-by-policy";
import { lineOf } from "./this-reader";

export interface ApplicationCertificateArgs {
  /** The application's id as the provider writes it: `/applications/<object id>`. */
  applicationId: pulumi.Output<string>;
  certificate: pulumi.Output<PublicCertificate>;
  /** Whether it is a hand-made certificate that was imported; null if none was ever declared. */
  adopted: pulumi.Output<boolean> | null;
  /** Name of the server in the declaration. */
  server: string;
  /** Generation of the certificate: a revoked one is not uploaded again. */
  generation: pulumi.Output<number>;
  /** Whether the credential's id is derived from the certificate: not for what an earlier release uploaded. */
  keyIdDerived: pulumi.Output<boolean | undefined>;
  access: TenantAccess;
  observation: Promise<Observation>;
}

/** What the provider never reads back, so an imported key credential lacks it. */
const UNREAD = ["value", "startDate", "endDate"];

/** Ignores what an imported credential cannot have, until the next certificate is created by this project. */
function whileAdopted(adopted: pulumi.Output<boolean>): pulumi.ResourceTransform {
  return async ({ props, opts }) => {
    // A preview of a server that is not in state yet has no stored value: the declaration counts.
    const ignore = await knownOr(adopted, true);
    return { props, opts: ignore ? { ...opts, ignoreChanges: [...(opts.ignoreChanges ?? []), ...UNREAD] } : opts };
  };
}

/**
 * Stops the upload of a revoked certificate: after a refresh finds it missing in Entra, the engine would recreate it.
 * This runs only for a new resource; one in state remains as it is.
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

/** Before an upload: an entry with its id is what a run that was cut off could not store in state. */
function whereUploadIsUnfinished(name: string, access: TenantAccess) {
  return new pulumi.ResourceHook(`${name}-unfinished-upload`, async ({ newInputs }) => {
    const { applicationId, keyId } = newInputs as { applicationId: string; keyId?: string };
    if (keyId) await releaseKeyId(access, applicationId.replace("/applications/", ""), keyId);
  });
}

/** Uploads a certificate with its own dates. Every change replaces it: the new key is added before the old one goes. */
export class ApplicationCertificate extends azuread.ApplicationCertificate {
  constructor(name: string, args: ApplicationCertificateArgs, opts: pulumi.CustomResourceOptions = {}) {
    const { applicationId, certificate, adopted, keyIdDerived, access } = args;
    // A preview shows the finding and uploads nothing.
    const uploading = () => ({
      beforeCreate: [unlessRevoked(name, args), whereUploadIsUnfinished(name, access)],
      onError: whereRefused(name, args.server),
    });
    const hooks = pulumi.runtime.isDryRun() ? undefined : uploading();
    // Only typed as always present.
    const underived = pulumi.output(undefined as unknown as string);
    // A preview does not know what an earlier release did not store.
    const derives = pulumi.output(knownOr(keyIdDerived, false));
    const keyId = derives.apply((derived) => (derived ? certificate.sha256.apply(keyIdOf) : underived));
    super(
      name,
      {
        applicationId,
        type: "AsymmetricX509Cert",
        encoding: "pem",
        keyId,
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
