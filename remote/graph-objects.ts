/** Objects of Microsoft Graph with those of their properties that are read, as `$select` requests them. */
import { z } from "zod";

const text = z.string();
const nullableText = z
  .string()
  .nullish()
  .transform((value) => value ?? null);

export const KEY = z.object({
  keyId: text,
  displayName: nullableText,
  /** Bytes of the certificate in base64; only of single objects. */
  key: nullableText,
  startDateTime: text,
  endDateTime: text,
});

export const SECRET = z.object({
  keyId: text,
  displayName: nullableText,
  startDateTime: nullableText,
  endDateTime: nullableText,
});

/** App instance property lock. */
export const LOCK = z
  .object({ isEnabled: z.boolean().nullish(), allProperties: z.boolean().nullish() })
  .nullish()
  .transform((lock) => lock ?? null);

/** Whether nothing can be added to the service principal behind the application's back. */
export const isLocked = (lock: z.infer<typeof LOCK>) => lock?.isEnabled === true && lock.allProperties === true;

export const APPLICATION = z.object({
  id: text,
  appId: text,
  displayName: text,
  tags: z.array(text),
  signInAudience: text,
  passwordCredentials: z.array(SECRET),
  servicePrincipalLockConfiguration: LOCK,
});

/** Key credentials for a writer, who sends back every property of those that stay. */
export const KEYS_TO_WRITE = z.object({
  keyCredentials: z.array(z.looseObject({ keyId: text, key: z.string().nullish() })),
});

export const KEYS = z.object({ keyCredentials: z.array(KEY) });

export const PRINCIPAL = z.object({
  id: text,
  accountEnabled: z.boolean(),
  keyCredentials: z.array(KEY),
  passwordCredentials: z.array(SECRET),
});

export const DIRECTORY_OBJECT = z.object({ id: text, userPrincipalName: nullableText, displayName: nullableText });

export const FEDERATED_CREDENTIAL = z.object({ id: text, name: text, issuer: text, subject: text });

export const ROLE_ASSIGNMENT = z.object({
  id: text,
  appRoleId: text,
  resourceId: text,
  resourceDisplayName: nullableText,
});

export const GRANT = z.object({ resourceId: text, scope: nullableText });

/** Ids of secrets, for a writer. */
export const SECRET_IDS = z.object({ passwordCredentials: z.array(z.object({ keyId: text })) });
