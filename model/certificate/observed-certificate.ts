/** What a certificate says of itself, without its bytes. */
export interface ObservedCertificate {
  sha256: string;
  /** SHA-1, upper case, as Windows and Entra show it. */
  thumbprint: string;
  subject: string;
  issuer: string;
  /** Upper-case hexadecimal digits. */
  serialNumber: string;
  /** ISO 8601, UTC, seconds. */
  notBefore: string;
  notAfter: string;
}
