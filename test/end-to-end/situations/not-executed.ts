/** Steps of the pages that no scenario executes, each with the reason. */
export const NOT_EXECUTED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "state-lost": {
    "pulumi import --file": "adopt --yes runs it with the file that it wrote",
  },
  "sync-stopped": {
    "w32tm /resync": "a program of Windows, which has no stand-in",
  },
  "tpm-without-pss": {
    'certutil -csp "Microsoft Platform Crypto Provider" -delkey <name>': "a program of Windows, which has no stand-in",
  },
};
