/** Steps of the pages that no scenario executes, each with the reason. */
export const NOT_EXECUTED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "tpm-without-pss": {
    'certutil -csp "Microsoft Platform Crypto Provider" -delkey <name>': "a program of Windows, which has no stand-in",
  },
};
