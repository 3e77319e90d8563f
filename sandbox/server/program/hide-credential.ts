/** What a cmdlet says may repeat the credential that it was given; an answer never does. */
import type { HostError } from "../../../model/protocol/host-protocol";
import type { AccountCredential } from "../windows";

/** The error without user name and password, however they were escaped. */
export function hideCredential(error: HostError, requestText: string): HostError {
  const credential = credentialOf(requestText);
  if (!credential) return error;
  const forms = [credential.password, credential.userName].flatMap((plain) => [plain, inUrl(plain), inXml(plain)]);
  const hide = (text: string) => forms.reduce((rest, form) => rest.replace(literally(form), "***"), text);
  const { message, expected, actual, remedy } = error;
  return { ...error, message: hide(message), expected: hide(expected), actual: hide(actual), remedy: hide(remedy) };
}

function credentialOf(requestText: string): AccountCredential | null {
  try {
    const { credential } = JSON.parse(requestText) as { credential?: AccountCredential };
    return credential?.userName && credential.password ? credential : null;
  } catch {
    return null;
  }
}

const literally = (text: string) => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "gi");

const hex = (char: string) => `%${char.charCodeAt(0).toString(16)}`;

/** As .NET escapes a text in an address: more than JavaScript does. */
const inUrl = (text: string) => encodeURIComponent(text).replace(/[!'()*]/g, hex);

const XML: Record<string, string> = { "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;", "&": "&amp;" };

const inXml = (text: string) => text.replace(/[<>"'&]/g, (char) => XML[char]);
