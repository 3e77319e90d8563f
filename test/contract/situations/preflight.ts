/** What `register` refuses before the scheduler is touched. */
import { serviceAccount } from "../../../sandbox/server/identities";
import type { Situation } from "./situation";
import { given, register, throws, TRIED_AGAIN } from "./words";

const SERVICE_SID = serviceAccount("ADSync").sid;
const ADMINISTRATOR = "a local administrator with rights in Entra Connect Sync";
const SIGNS = "a key whose PS256 signature verifies";
const ANSWERS = "a key that opens and signs, or proof that it is lost";
const INSTALLED = "the service ADSync and its PowerShell module";

/** A key that does not open. */
const closed = (problem: string, hresult: string | null) => () => ({
  getKey: () => () => ({ key: null, problem, hresult }),
});

const refusal = (
  title: string,
  error: [NonNullable<ReturnType<Situation["expected"]>["error"]>["id"], string, string],
  { effects = [], ...rest }: Partial<Situation> & { effects?: string[] },
): Situation => ({
  title: `register must refuse ${title}`,
  ...register(),
  expected: () => ({ error: { id: error[0], expected: error[1], actual: error[2] }, effects }),
  ...rest,
});

export const PREFLIGHT: Situation[] = [
  refusal("a restricted PowerShell", ["LANGUAGE_MODE", "FullLanguage", "ConstrainedLanguage"], {
    given: given("constrained-language"),
  }),
  refusal("a caller without rights", ["NOT_ADMINISTRATOR", ADMINISTRATOR, "SYNC01\\csi-admin"], {
    given: given("not-administrator"),
  }),
  refusal("a caller whom the product denies access", ["NOT_ADMINISTRATOR", ADMINISTRATOR, "Access is denied"], {
    windows: () => ({ getConnector: throws("access-denied", "Access is denied.") }),
  }),
  refusal("to work beside another run", ["BUSY", "no other operation", "register of CONTOSO\\operator on BUILD02"], {
    given: given("busy"),
  }),
  refusal("to work beside a run that does not show", ["BUSY", "no other operation", "a holder that does not show"], {
    windows: () => ({ enterLock: () => () => ({ acquired: false, abandoned: false, holder: null, foreign: false }) }),
  }),
  refusal("a server without the product", ["ADSYNC_MISSING", INSTALLED, "no service ADSync"], {
    given: given("no-adsync"),
  }),
  refusal("a service without its module", ["ADSYNC_MISSING", INSTALLED, "the service without its module"], {
    windows: () => ({ getProduct: () => () => null }),
  }),
  refusal("an old version", ["VERSION_TOO_OLD", "version 2.5.79.0 or later", "version 2.5.76.0"], {
    given: given("old-version"),
  }),
  refusal("a service that is stopped", ["SERVICE_STOPPED", "Running", "Stopped"], {
    given: ({ host }) =>
      host.change((state) => {
        state.service.status = "Stopped";
      }),
  }),
  refusal(
    "another service account than the declared one",
    ["SERVICE_ACCOUNT_UNEXPECTED", "NT AUTHORITY\\SYSTEM", `NT SERVICE\\ADSync (${SERVICE_SID})`],
    register({ serviceAccount: "NT AUTHORITY\\SYSTEM" }),
  ),
  refusal(
    "a declared account of the same name that has another SID",
    ["SERVICE_ACCOUNT_UNEXPECTED", "NT SERVICE\\ADSync", `NT SERVICE\\ADSync (${SERVICE_SID})`],
    {
      ...register({ serviceAccount: "NT SERVICE\\ADSync" }),
      windows: () => ({
        resolveAccount: () => () => ({ sid: "S-1-5-21-1-2-3-1104", problem: null }),
        getService: (real) => () => ({ ...real()!, accountSid: SERVICE_SID, account: "NT SERVICE\\ADSync" }),
      }),
    },
  ),
  {
    title: "register must accept a declared account of another name with the service's SID",
    ...register({ serviceAccount: "CONTOSO\\renamed" }),
    linked: true,
    windows: () => ({
      resolveAccount: () => () => ({ sid: SERVICE_SID, problem: null }),
      getService: (real) => () => ({ ...real()!, accountSid: SERVICE_SID }),
    }),
    expected: () => ({ result: { action: "none" } }),
  },
  refusal("a suspended scheduler", ["SCHEDULER_SUSPENDED", "SchedulerSuspended False", "SchedulerSuspended True"], {
    given: given("suspended"),
  }),
  refusal(
    "a step that fails for a reason of Windows",
    ["UNEXPECTED", "the step to succeed", "The RPC server is unavailable"],
    {
      windows: () => ({ getScheduler: throws("failed", "The RPC server is unavailable.") }),
    },
  ),
  refusal(
    "a certificate that does not exist",
    ["CERTIFICATE_MISSING", `one certificate with SHA-256 ${"0".repeat(64)} in LocalMachine\\My`, "none"],
    { made: 0 },
  ),
  {
    title: "register must refuse a hash that two certificates have",
    ...register(),
    given: ({ host }) => host.change((state) => state.certificates.push({ ...state.certificates[0] })),
    expected: ({ sha256 }) => ({
      error: {
        id: "CERTIFICATE_AMBIGUOUS",
        expected: `one certificate with SHA-256 ${sha256} in LocalMachine\\My`,
        actual: "2",
      },
    }),
  },
  refusal("a dead key", ["KEY_UNUSABLE", SIGNS, "Keyset does not exist (0x80090016)"], {
    given: ({ host }) => host.server.break("key"),
  }),
  refusal("a certificate that refers to no key", ["KEY_UNUSABLE", SIGNS, "no private key"], {
    windows: closed("no private key.", null),
  }),
  refusal("a key whose device does not answer", ["KEY_UNAVAILABLE", ANSWERS, "Not ready (0x80090030)"], {
    windows: closed("Not ready.", "0x80090030"),
    effects: TRIED_AGAIN,
  }),
  refusal("a key that may not be opened", ["KEY_UNAVAILABLE", ANSWERS, "Access denied (0x80090010)"], {
    windows: closed("Access denied.", "0x80090010"),
  }),
  refusal("a key that fails for a reason that is not known", ["KEY_UNAVAILABLE", ANSWERS, "Odd (0x80090020)"], {
    windows: closed("Odd.", "0x80090020"),
  }),
  refusal("a key that opens and does not sign", ["KEY_UNAVAILABLE", ANSWERS, "Locked out (0x80280921)"], {
    windows: () => ({ sign: throws("key", "Locked out.", "0x80280921") }),
    effects: TRIED_AGAIN,
  }),
  refusal(
    "a key whose signature does not verify",
    [
      "TPM_SIGNATURE_INVALID",
      "a signature with salt length = hash length that verifies",
      "its PS256 signature does not verify",
    ],
    {
      windows: () => ({ verify: () => () => false }),
    },
  ),
  refusal(
    "a signature that fails for another reason than the key",
    ["UNEXPECTED", "the step to succeed", "Out of memory"],
    {
      windows: () => ({ sign: throws("failed", "Out of memory.") }),
    },
  ),
  refusal("a software key", ["KEY_NOT_IN_HARDWARE", "a key in the TPM", "Microsoft Software Key Storage Provider"], {
    given: ({ host }) => host.server.break("key-software"),
  }),
  refusal(
    "a key without a file",
    ["KEY_ACL_NOT_SET", "NT SERVICE\\ADSync, SYSTEM and Administrators only", "a key without a file"],
    {
      windows: () => ({
        getKey: (real) => (hash) => {
          const opened = real(hash);
          return { ...opened, key: opened.key && { ...opened.key, keyFile: null } };
        },
      }),
    },
  ),
  {
    title: "register must refuse access rules that cannot be read back",
    ...register(),
    windows: () => ({ getKeyAccess: () => () => null }),
    expected: () => ({
      error: {
        id: "KEY_ACL_NOT_SET",
        expected: "NT SERVICE\\ADSync, SYSTEM and Administrators only",
        actual: "an access list that cannot be read",
      },
      effects: ["set access"],
    }),
  },
  {
    title: "register must not take a right to synchronise alone for a right to read",
    ...register(),
    windows: () => ({
      getKeyAccess: (real) => (file) =>
        real(file)?.map((rule) =>
          rule.account === "NT SERVICE\\ADSync" ? { ...rule, rights: "Synchronize" } : rule,
        ) ?? null,
    }),
    expected: () => ({
      error: {
        id: "KEY_ACL_NOT_SET",
        expected: "NT SERVICE\\ADSync, SYSTEM and Administrators only",
        actual:
          "NT AUTHORITY\\SYSTEM: FullControl, BUILTIN\\Administrators: FullControl, NT SERVICE\\ADSync: Synchronize",
      },
      effects: ["set access"],
    }),
  },
  {
    title: "register must set access rules again that deny the service account to read",
    ...register({ tokenEndpoint: "https://localhost:1/token" }),
    given: ({ host }) =>
      host.change(({ keys, service }) =>
        keys[0].access.push({ sid: service.accountSid, account: service.account, rights: "Read", allow: false }),
      ),
    windows: () => ({
      postForm: () => async () => ({ reached: false, status: 0, body: "", date: null, problem: "refused" }),
    }),
    expected: () => ({
      error: {
        id: "TOKEN_ENDPOINT_UNREACHABLE",
        expected: "an answer from https://localhost:1/token",
        actual: "refused",
      },
      changed: true,
      steps: ["proving the certificate with a token from Entra"],
      effects: ["set access"],
    }),
  },
];
