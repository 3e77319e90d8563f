/** `ensure-certificate` and `remove-certificate`: what they refuse, and what they do in which order. */
import { STEPS } from "../../../model/protocol/host-progress";
import { SOFTWARE_PROVIDER, TPM_PROVIDER } from "../../../model/protocol/host-protocol";
import { certificateRequest, label } from "../contract-host";
import type { Facts, Situation } from "./situation";
import { ensure, given, remove, throws } from "./words";

const KEY = certificateRequest(1).keyName;
const SIGNS = "a key whose PS256 signature verifies";
const ANSWERS = "a key that opens and signs, or proof that it is lost";
const ACCESS = "NT SERVICE\\ADSync, SYSTEM and Administrators only";
const REMOVED = [`remove key ${KEY}`, "remove certificate <new>"];

const inStore = (sha256: string) => `one certificate with SHA-256 ${sha256} in LocalMachine\\My`;
const thumbprint = ({ host }: Facts, index: number) => host.state.certificates[index].thumbprint;

/** Another certificate with the key of the first. */
const sharing =
  (changes: { subject?: string }) =>
  ({ host }: Facts) =>
    host.change((state) =>
      state.certificates.push({ ...state.certificates[0], sha256: "d".repeat(64), label: "other", ...changes }),
    );

const upperCase = ({ host }: Facts) =>
  host.change(({ connector }) => {
    connector.appId = connector.appId!.toUpperCase();
    connector.certificateSha256 = connector.certificateSha256!.toUpperCase();
  });

const inUse = ({ sha256 }: Facts) => ({
  error: {
    id: "CERTIFICATE_IN_USE" as const,
    expected: `a connector that does not use "${label(1)}"`,
    actual: `a connector on certificate ${sha256}`,
  },
});

const MADE = [STEPS.makingKey];

export const CERTIFICATES: Situation[] = [
  {
    title: "ensure-certificate must refuse a TPM that is not there",
    ...ensure(),
    made: 0,
    given: given("no-tpm"),
    expected: () => ({
      error: { id: "TPM_MISSING", expected: "a TPM", actual: "none" },
    }),
  },
  {
    title: "ensure-certificate must refuse a software key, however its provider is spelt",
    ...ensure({ keyProvider: SOFTWARE_PROVIDER.toUpperCase() }),
    made: 0,
    expected: () => ({
      error: {
        id: "KEY_NOT_IN_HARDWARE.provider",
        expected: "the provider of the TPM, or allowSoftwareKey true",
        actual: SOFTWARE_PROVIDER.toUpperCase(),
      },
    }),
  },
  {
    title: "ensure-certificate must take an existing key of the declared provider, however that is spelt",
    ...ensure({ keyProvider: TPM_PROVIDER.toLowerCase() }),
    expected: () => ({}),
  },
  {
    title: "ensure-certificate must refuse two certificates with one label",
    ...ensure(),
    made: 2,
    given: ({ host }) =>
      host.change((state) => {
        state.certificates[1].label = state.certificates[0].label;
      }),
    expected: (facts) => ({
      error: {
        id: "CERTIFICATE_AMBIGUOUS.label",
        expected: `one certificate labelled "${label(1)}"`,
        actual: `2: ${thumbprint(facts, 0)}, ${thumbprint(facts, 1)}`,
      },
    }),
  },
  {
    title: "ensure-certificate must refuse another provider for the connector's certificate",
    ...ensure({ keyProvider: SOFTWARE_PROVIDER, allowSoftwareKey: true }),
    linked: true,
    expected: () => ({
      error: {
        id: "CERTIFICATE_IN_USE.provider",
        expected: `the key of "${label(1)}" with ${SOFTWARE_PROVIDER}`,
        actual: TPM_PROVIDER,
      },
    }),
  },
  {
    title: "ensure-certificate must know the connector's certificate in upper case",
    ...ensure({ keyProvider: SOFTWARE_PROVIDER, allowSoftwareKey: true }),
    linked: true,
    given: upperCase,
    expected: () => ({
      error: {
        id: "CERTIFICATE_IN_USE.provider",
        expected: `the key of "${label(1)}" with ${SOFTWARE_PROVIDER}`,
        actual: TPM_PROVIDER,
      },
    }),
  },
  {
    title: "ensure-certificate must keep a certificate whose key is dead: the next run makes another beside it",
    ...ensure(),
    given: ({ host }) => host.server.break("key"),
    expected: () => ({
      error: { id: "KEY_UNUSABLE", expected: SIGNS, actual: "Keyset does not exist (0x80090016)" },
    }),
  },
  {
    title: "ensure-certificate must make a certificate again whose unused key has another provider",
    ...ensure({ keyProvider: SOFTWARE_PROVIDER, allowSoftwareKey: true }),
    expected: () => ({ changed: true, steps: MADE, effects: [...REMOVED, "make certificate", "set access"] }),
  },
  {
    title: "ensure-certificate must refuse a certificate that refers to no key",
    ...ensure(),
    windows: () => ({ getKey: () => () => ({ key: null, problem: "no private key", hresult: null }) }),
    expected: () => ({ error: { id: "KEY_UNUSABLE", expected: SIGNS, actual: "no private key" } }),
  },
  {
    title: "ensure-certificate must refuse a key whose signature does not verify",
    ...ensure(),
    windows: () => ({ verify: () => () => false }),
    expected: () => ({
      error: {
        id: "TPM_SIGNATURE_INVALID",
        expected: "a signature with salt length = hash length that verifies",
        actual: "its PS256 signature does not verify",
      },
    }),
  },
  {
    title: "ensure-certificate must refuse a TPM that does not sign in this way",
    ...ensure(),
    windows: () => ({ sign: throws("key", "Operation not supported.", "0x80070423") }),
    expected: () => ({
      error: {
        id: "TPM_SIGNATURE_INVALID",
        expected: "a signature with salt length = hash length that verifies",
        actual: "Operation not supported (0x80070423)",
      },
    }),
  },
  {
    title: "ensure-certificate must remove the key of a certificate that it could not make",
    ...ensure(),
    made: 0,
    given: given("tpm-locked"),
    expected: () => ({
      error: {
        id: "KEY_UNAVAILABLE",
        expected: ANSWERS,
        actual: "Authorizations for objects subject to DA protection are not allowed at this time (0x80280921)",
      },
      steps: MADE,
      effects: ["make certificate", `remove key ${KEY}`],
    }),
  },
  {
    title: "ensure-certificate must remove key and certificate if the access rules cannot be set",
    ...ensure(),
    made: 0,
    windows: () => ({ setKeyAccess: () => () => undefined }),
    expected: () => ({
      error: {
        id: "KEY_ACL_NOT_SET",
        expected: ACCESS,
        actual: "NT AUTHORITY\\SYSTEM: FullControl, BUILTIN\\Administrators: FullControl",
      },
      steps: MADE,
      effects: ["make certificate", "set access", `remove key ${KEY}`, "remove certificate <made>"],
    }),
  },
  {
    title: "ensure-certificate must report a change if what it made cannot be removed again",
    ...ensure(),
    made: 0,
    windows: () => ({ setKeyAccess: throws("failed", "Sharing violation."), removeKey: throws("failed", "Busy.") }),
    expected: () => ({
      error: { id: "UNEXPECTED", expected: "the step to succeed", actual: "Sharing violation" },
      changed: true,
      steps: MADE,
      effects: ["make certificate", "set access", `remove key ${KEY}`],
    }),
  },
  {
    title: "ensure-certificate must not use a key that another subject's certificate has",
    ...ensure({ label: "another label", subject: "CN=another" }),
    expected: (facts) => ({
      error: {
        id: "KEY_SHARED.making",
        expected: "a key that no other certificate has",
        actual: `certificate ${thumbprint(facts, 0)} "${label(1)}"`,
      },
    }),
  },
  {
    title: "adoption must refuse a certificate that is not there",
    ...ensure({ adoptSha256: "f".repeat(64) }),
    expected: () => ({
      error: { id: "CERTIFICATE_MISSING.adopted", expected: inStore("f".repeat(64)), actual: "none" },
    }),
  },
  {
    title: "adoption must refuse a dead key",
    operation: "ensure-certificate",
    request: ({ sha256 }) => certificateRequest(1, { adoptSha256: sha256 }),
    given: ({ host }) => host.server.break("key"),
    expected: () => ({
      error: { id: "KEY_UNUSABLE.adopted", expected: SIGNS, actual: "Keyset does not exist (0x80090016)" },
    }),
  },
  {
    title: "remove-certificate must remove the key before the certificate",
    ...remove(),
    expected: () => ({
      result: { before: { certificates: 1, keyFile: true }, after: { certificates: 0, keyFile: false } },
      changed: true,
      effects: REMOVED,
    }),
  },
  {
    title: "remove-certificate must remove a key once, however its provider is spelt",
    ...remove({ keyProvider: TPM_PROVIDER.toUpperCase(), keyName: KEY.toUpperCase() }),
    expected: () => ({ changed: true, effects: [`remove key ${KEY.toUpperCase()}`, "remove certificate <new>"] }),
  },
  {
    title: "remove-certificate must keep the connector's certificate",
    ...remove(),
    linked: true,
    expected: inUse,
  },
  {
    title: "remove-certificate must keep the connector's certificate if that shows its identity in upper case",
    ...remove(),
    linked: true,
    given: upperCase,
    expected: inUse,
  },
  {
    title: "remove-certificate must keep a key that another certificate has",
    ...remove(),
    given: sharing({ subject: "CN=other" }),
    expected: (facts) => ({
      error: {
        id: "KEY_SHARED",
        expected: "a key that no other certificate has",
        actual: `certificate ${thumbprint(facts, 0)} "other"`,
      },
    }),
  },
  {
    title: "remove-certificate must report what is left",
    ...remove(),
    windows: () => ({ removeCertificateByHash: () => () => 0, removeKey: () => () => undefined }),
    expected: () => ({
      error: { id: "VERIFICATION_FAILED.removal", expected: "neither", actual: "1 certificate(s), key there: True" },
      changed: true,
      effects: REMOVED,
    }),
  },
  {
    title: "remove-certificate must report a certificate alone that is left",
    ...remove(),
    windows: () => ({ removeCertificateByHash: () => () => 0 }),
    expected: () => ({
      error: { id: "VERIFICATION_FAILED.removal", expected: "neither", actual: "1 certificate(s), key there: False" },
      changed: true,
      effects: REMOVED,
    }),
  },
  {
    title: "remove-certificate must touch nothing if the provider does not say whether the key is there",
    ...remove(),
    windows: () => ({ testKey: throws("key", "Not ready", "0x80090030") }),
    expected: () => ({ error: { id: "KEY_UNAVAILABLE", expected: ANSWERS, actual: "Not ready (0x80090030)" } }),
  },
];
