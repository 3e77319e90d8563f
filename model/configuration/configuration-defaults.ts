/** What a stack's file leaves out. */
import type { z } from "zod";
import { CERTIFICATE_DEFAULTS, type CertificatePolicy } from "../certificate/certificate-policy";
import { MINIMUM_VERSION } from "../server/product-table";
import type { ConnectionConfiguration, ServerConfiguration, StackConfiguration } from "./configuration";
import type { stackSchema } from "./configuration-schema";

/** What is left out of a connection, and of one through a bastion alike. */
function connectionDefaults<C extends { port?: number; sshPublicKey?: string }>(
  given: C,
  publicKey: string | undefined,
) {
  return { ...given, port: given.port ?? 22, sshPublicKey: given.sshPublicKey ?? publicKey ?? null };
}

function connectionOf(
  { proxy, ...own }: z.infer<typeof stackSchema>["servers"][string]["connection"],
  publicKey: string | undefined,
): ConnectionConfiguration {
  const direct = connectionDefaults(own, publicKey);
  return { ...direct, proxy: proxy ? connectionDefaults(proxy, direct.sshPublicKey ?? undefined) : null };
}

/** A self-signed certificate is what a policy without a source means, in the state of earlier releases too. */
function policyOf(...given: (z.infer<typeof stackSchema>["certificate"] | undefined)[]): CertificatePolicy {
  const { source, ...policy } = Object.assign({}, CERTIFICATE_DEFAULTS, ...given) as CertificatePolicy;
  return source === undefined || source.kind === "selfSigned" ? policy : { ...policy, source };
}

/** The configuration, with a value for each setting that has a default. */
export function withDefaults(parsed: z.infer<typeof stackSchema>): StackConfiguration {
  const servers = Object.entries(parsed.servers).map(([name, given]): ServerConfiguration => {
    const ofCertificate: Partial<Extract<typeof given, { mode: "byoc" }>> =
      given.mode === "managed" ? {} : { ...given, mode: "byoc" };
    const own: Partial<Extract<typeof given, { mode?: "byoa" }>> =
      given.mode === undefined || given.mode === "byoa" ? given : {};
    return {
      name,
      mode: given.mode ?? "byoa",
      role: given.role,
      connection: connectionOf(given.connection, parsed.sshPublicKey),
      applicationName: own.applicationName ?? `Entra Connect Sync - ${name}`,
      passwordWriteback: given.passwordWriteback ?? false,
      serviceAccount: given.serviceAccount ?? null,
      // What the product makes follows no policy of the stack.
      certificate: given.mode === "managed" ? policyOf() : policyOf(parsed.certificate, ofCertificate.certificate),
      repairConnectivityParameters: ofCertificate.repairConnectivityParameters ?? false,
      minimumVersion: given.minimumVersion ?? MINIMUM_VERSION,
      minimumVersionReason: given.minimumVersionReason ?? null,
      rotate: ofCertificate.rotate ?? null,
      verify: ofCertificate.verify ?? "sync",
      renamedFrom: given.renamedFrom ?? null,
      adopt: own.adopt ?? null,
    };
  });
  return {
    cloud: parsed.cloud ?? null,
    environment: parsed.environment ?? null,
    owners: parsed.owners ?? ["pipeline"],
    pipelineObjectId: parsed.pipelineObjectId ?? null,
    credentialPolicy: parsed.credentialPolicy ?? "report",
    allowedRoleHolders: parsed.allowedRoleHolders ?? [],
    servers,
  };
}
