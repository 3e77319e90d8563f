/** What an HRESULT of a key storage provider proves about a key. The program has the same table. */
import type { KeyFault } from "../../../model/protocol/host-facts";
import { TPM_PROVIDER } from "../../../model/protocol/host-protocol";

const NOT_SUPPORTED = "0x80090029";
const NO_SALT = "0x80070423";

/** HRESULTs by what they prove; any other proves nothing. */
export const KEY_FAULT_CODES: Record<Exclude<KeyFault, "unknown" | "unlinked">, readonly string[]> = {
  // NTE_BAD_KEYSET, NTE_NOT_FOUND: what a cleared TPM answers.
  dead: ["0x80090016", "0x80090011"],
  // NTE_DEVICE_NOT_READY, TPM_E_PCP_DEVICE_NOT_READY; TPM: yielded, cancelled, testing, NV_RATE, LOCKOUT, RETRY,
  // NV_UNAVAILABLE; TBS: internal error, not running, too many contexts, starting, cancelled, no TPM; RPC: no server.
  passing: [
    ...["0x80090030", "0x80290401"],
    ...["0x80280908", "0x80280909", "0x8028090A", "0x80280920", "0x80280921", "0x80280922", "0x80280923"],
    ...["0x80284001", "0x80284008", "0x80284009", "0x8028400B", "0x8028400D", "0x8028400F", "0x800706BA"],
  ],
  // NTE_PERM, E_ACCESSDENIED.
  denied: ["0x80090010", "0x80070005"],
  // Of a signature only. NTE_NOT_SUPPORTED; and TPM_E_PCP_UNSUPPORTED_PSS_SALT as .NET reports it, of the TPM only.
  unsupported: ["0x80090029", "0x80070423"],
};

/**
 * @param hresult null if the certificate refers to no key
 * @param signedWith the provider that was to sign; null if a key was to be opened, created or deleted
 */
export function keyFault(hresult: string | null, signedWith: string | null = null): KeyFault {
  if (hresult === null) return "unlinked";
  if (hresult === NOT_SUPPORTED && signedWith === null) return "unknown";
  if (hresult === NO_SALT && signedWith !== TPM_PROVIDER) return "unknown";
  const known = Object.entries(KEY_FAULT_CODES).find(([, codes]) => codes.includes(hresult));
  return (known?.[0] as KeyFault | undefined) ?? "unknown";
}
