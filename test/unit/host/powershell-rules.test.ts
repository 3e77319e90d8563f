/**
 * Rules that the PowerShell files keep, read from their text: they hold where no PowerShell is at hand. What this does
 * not prove is that the files run.
 */
import assert from "node:assert/strict";
import {
  ALL_SCRIPTS,
  codeOf,
  functionsOf,
  HOST_SCRIPTS,
  PROGRAM,
  readScript,
  BRIDGE,
  SETUP,
  SIGN,
  WARM,
  WINDOWS,
} from "./powershell-source";

const APPROVED_VERBS = (
  "Add Assert Complete Confirm ConvertFrom ConvertTo Enter Exit Find Get Hide Import Initialize Invoke Measure Move New Open Read " +
  "Receive Register Remove Rename Repair Request Resolve Restore Send Set Start Stop Switch Test Unregister Wait Write"
).split(" ");

const ALIASES = (
  "ac cat cd chdir clc clear clp cls copy cp cpp cvpa dbp del diff dir ebp echo epal epcsv erase fc fl foreach ft fw gal gc gci gcm " +
  "gcs gdr ghy gi gin gjb gl gm gmo gp gps gpv group gsv gu gv h history icm iex ihy ii inmo ipal ipcsv ipmo irm iwr kill ls " +
  "man md measure mi mount move mp mv nal ndr ni nmo npssc nv oh ogv popd ps pushd pwd r rbp rd ren ri rm rmdir rmo rni rnp rp " +
  "rsn rv rvpa sajb sal saps sasv sbp select set shcm si sl sleep sls sort sp spjb spps spsv start sv tee type where wjb write"
).split(" ");

/** The functions that may touch an administrator's credential, in the order in which they stand. */
const CREDENTIAL_FUNCTIONS: Record<string, string[]> = {
  [PROGRAM]: [
    "Read-Credential",
    "Hide-Credential",
    "Read-Request",
    "Invoke-Program",
    "Switch-ServiceAccount",
    "Invoke-RemoveLegacyAccount",
  ],
  [SETUP]: [],
  [SIGN]: [],
  [WINDOWS]: ["Invoke-CsiCredentialCmdlet", "Invoke-CsiRollback", "Invoke-CsiLegacyAccountRemoval"],
  [BRIDGE]: ["ConvertTo-CsiArgument"],
  [WARM]: [],
};

const TAKES_CREDENTIAL = /\$(?:script:)?Credential\b|-Credential(?!\w)|AADCredential|PSCredential|SecureString/;

/** Code that Windows PowerShell 5.1 does not know. */
const MODERN = [
  /\?\?/,
  /(?<!\$)\?/,
  /&&|\|\|/,
  /ToHexString/,
  /\$Is(?:Windows|Linux|MacOS|CoreCLR)\b/,
  /-AsUTC\b/,
  /-AsHashtable\b/,
  /-AsArray\b/,
  /-Parallel\b/,
  /-SkipHttpErrorCheck\b/,
  /-NoTypeInformation:/,
  /\bGet-Error\b/,
  /^\s*clean\s*\{/m,
];

/** What belongs into Windows.ps1 alone. */
const WINDOWS_ONLY = [
  /Cng/,
  /Cert:/i,
  /HK(?:LM|CU):/i,
  /\b(?:Get|Set)-ItemProperty\b/,
  /\b(?:Get|Set|Add|Invoke|Remove|Start|Repair)-ADSync\w*/,
  /ScheduledTask/,
  /\b\w+-WinEvent\b/,
  /Mutex\b/,
  /X509/,
  /\b\w+-Service\b/,
  /\b\w+-Cim\w+/,
  /WindowsIdentity|WindowsPrincipal/,
  /AccessControl/,
  /\bStart-Process\b|Diagnostics\.Process\b/,
  /\bStart-Sleep\b/,
  /Net\.Http|Invoke-WebRequest|Invoke-RestMethod/,
  /\$env:/i,
  /\bIO\.(?:File|Directory|Path)/,
  /\b(?:Get|Set|Add|Remove)-(?:Content|Item|Acl)\b/,
  /\bImport-Module\b/,
  /\bGet-Date\b|UtcNow|::Now\b/,
];

function offending(code: string, pattern: RegExp): string[] {
  const lines = code.split("\n");
  return lines.flatMap((line, index) => (pattern.test(line) ? [`${index + 1}: ${line.trim()}`] : []));
}

describe("PowerShell files", () => {
  for (const file of ALL_SCRIPTS) {
    const text = readScript(file);
    const code = codeOf(text);

    describe(file, () => {
      it("a PowerShell file must be ASCII with line feeds only: 5.1 reads unmarked files in the ANSI code page", () => {
        assert.deepEqual(offending(text, /[^\n -~]/), []);
      });

      it("a PowerShell file must have lines of at most 140 columns, so that a reviewer sees each whole", () => {
        assert.deepEqual(offending(text, /^.{141,}$/), []);
      });

      it("a PowerShell file must say who does something, and name commands that exist", () => {
        assert.deepEqual(offending(text, /\b(?:nobody|somebody|everybody|told|npm run)\b/i), []);
      });

      it("a PowerShell file must be strict and stop at the first error", () => {
        assert.match(code, /^Set-StrictMode -Version Latest$/m);
        assert.match(code, /^\$ErrorActionPreference = ''$/m);
        assert.match(text, /^\$ErrorActionPreference = 'Stop'$/m);
        assert.match(text, /^\$ProgressPreference = 'SilentlyContinue'$/m);
      });

      it("a PowerShell file must not use aliases", () => {
        const command = new RegExp(String.raw`(?:^|[|;{(&]|=)\s*(?:${ALIASES.join("|")})(?=\s+[-$'"\w{])`, "i");
        const found = offending(code, command).filter(
          (line) => !/^\d+: (?:\} )?foreach \(|[=(]\s*foreach \(/.test(line),
        );
        assert.deepEqual(found, []);
        assert.deepEqual(offending(code, /\|\s*[%?](?:\s|\{)/), []);
      });

      it("a PowerShell file must not use Write-Host or Invoke-Expression", () => {
        assert.deepEqual(offending(code, /Write-Host|Invoke-Expression|\biex\b/i), []);
      });

      it("a PowerShell file must not swallow an error in an empty catch", () => {
        assert.equal(/\bcatch(?:\s*\[[^\]]*\])*\s*\{\s*\}/.exec(code)?.[0], undefined);
      });

      it("a PowerShell file must not prompt for a password, or hold or convert one as plain text", () => {
        assert.deepEqual(
          offending(code, /Get-Credential(?!\w)|Read-Host|ConvertTo-SecureString|ConvertFrom-SecureString/),
          [],
        );
      });

      it("only the PowerShell functions that need a credential must accept one", () => {
        const named = functionsOf(text).filter(({ body }) => TAKES_CREDENTIAL.test(codeOf(body)));
        assert.deepEqual(
          named.map(({ name }) => name),
          CREDENTIAL_FUNCTIONS[file],
        );
      });

      it("a PowerShell function must have an approved verb, a description, and one for each parameter", () => {
        const functions = functionsOf(text);
        assert.ok(
          functions.length > (file === SIGN ? 1 : HOST_SCRIPTS.includes(file) ? (file === SETUP ? 10 : 30) : 2),
        );
        assert.equal(functions.length, code.match(/^function /gm)?.length);
        for (const { name, parameters, help } of functions) {
          assert.ok(APPROVED_VERBS.includes(name.split("-")[0]), `${name}: verb`);
          if (![PROGRAM, SETUP, SIGN].includes(file)) assert.match(name, /^[A-Z][A-Za-z]+-Csi[A-Z]\w+$/);
          assert.match(help, /\.SYNOPSIS\n\s+\S/, `${name}: synopsis`);
          const described = [...help.matchAll(/\.PARAMETER (\w+)\n\s+\S/g)].map((match) => match[1]);
          assert.deepEqual(described, parameters, `${name}: parameters`);
        }
      });

      it("PowerShell files must define every function once, and call only existing ones", () => {
        const names = functionsOf(text).map(({ name }) => name);
        assert.deepEqual(
          names.filter((name, index) => names.indexOf(name) !== index),
          [],
        );
        const known = new Set([
          ...names,
          ...(file === PROGRAM ? functionsOf(readScript(WINDOWS)).map((f) => f.name) : []),
        ]);
        const own = [...code.matchAll(/\b[A-Z][a-z]+-Csi\w+/g)].map((match) => match[0]);
        assert.deepEqual(
          [...new Set(own)].filter((name) => !known.has(name)),
          [],
        );
      });

      it("PowerShell files must pass only parameters that a function has", () => {
        const all = [text, ...(file === PROGRAM ? [readScript(WINDOWS)] : [])].flatMap(functionsOf);
        const parameters = new Map(all.map((entry) => [entry.name, entry.parameters]));
        const wrong: string[] = [];
        const check = (part: string): void => {
          for (const [, name, rest] of part.matchAll(/\b([A-Z][a-z]+-\w+)((?: -\w+(?:[ :][^\s|;{}-][^\s|;{}]*)?)+)/g)) {
            const allowed = parameters.get(name);
            for (const [, given] of allowed ? rest.matchAll(/ -([A-Z]\w+)/g) : []) {
              if (!allowed!.includes(given)) wrong.push(`${name} -${given}`);
            }
          }
        };
        // From the innermost parentheses outwards, so that a command within another's argument is judged by itself.
        let rest = code;
        for (let last = ""; rest !== last;) {
          last = rest;
          rest = rest.replace(/\(([^()]*)\)/g, (_match, inner: string) => (check(inner), "x"));
        }
        check(rest);
        assert.deepEqual(wrong, []);
      });
    });
  }

  for (const file of HOST_SCRIPTS) {
    it(`${file} must not use features that Windows PowerShell 5.1 lacks`, () => {
      const code = codeOf(readScript(file));
      for (const pattern of MODERN) assert.deepEqual(offending(code, pattern), [], String(pattern));
    });
  }

  it("each function of the program must say what it answers", () => {
    for (const file of [PROGRAM, WINDOWS]) {
      const code = codeOf(readScript(file));
      assert.equal(code.match(/^ {4}\[OutputType\(\[/gm)?.length, code.match(/^function /gm)?.length, file);
    }
  });

  it("the program must touch Windows, the network and the clock only through Windows.ps1", () => {
    // Until Windows.ps1 is loaded, the program can only look at its own files.
    const code = codeOf(readScript(PROGRAM)).replace(/function Get-ProgramMismatch \{[\s\S]*?\n\}/, "");
    assert.ok(code.length < codeOf(readScript(PROGRAM)).length);
    for (const pattern of WINDOWS_ONLY) assert.deepEqual(offending(code, pattern), [], String(pattern));
  });

  it("PowerShell files must not set an execution policy", () => {
    for (const file of ALL_SCRIPTS) assert.deepEqual(offending(codeOf(readScript(file)), /ExecutionPolicy/i), []);
    assert.doesNotMatch(readScript(WINDOWS), /'[^'\n]*-ExecutionPolicy|"[^"\n]*-ExecutionPolicy/);
  });

  it("PowerShell files must not export a private key", () => {
    const code = codeOf(readScript(WINDOWS));
    assert.deepEqual(
      offending(
        code,
        /\.Export\(|ExportParameters(?!\(\$false\))|ExportPkcs8|AllowPlaintextExport|AllowExport\b|Pkcs12|Pfx/,
      ),
      [],
    );
    assert.match(code, /ExportPolicy = \[Security\.Cryptography\.CngExportPolicies\]::None/);
  });

  it("PowerShell files must write only SyncCycleEnabled of the scheduler", () => {
    const writes = codeOf(readScript(WINDOWS)).match(/Set-ADSyncScheduler[^\n]*/g);
    assert.deepEqual(writes, ["Set-ADSyncScheduler -SyncCycleEnabled $Enabled | Out-Null"]);
  });

  it("the sandbox's bridge must only call the bridge", () => {
    const code = codeOf(readScript(BRIDGE));
    assert.deepEqual(
      offending(code, /\bIO\.(?:File|Directory)|Start-Process|Import-Module|ADSync\w+ -|Invoke-WebRequest/),
      [],
    );
  });
});
