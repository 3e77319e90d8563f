/**
 * Functions of host/Windows.ps1 that need nothing of Windows, run under PowerShell 7 if it is on PATH: what a failure of a
 * key storage provider becomes, and what is read of certificates and folders. That CNG throws these HRESULTs, only Windows
 * shows.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { describeWithPowerShell } from "../../helpers/powershell";

const WINDOWS = path.join(__dirname, "../../../host/Windows.ps1");

/** Runs lines after Windows.ps1 was loaded; answers what they print as JSON. */
function run(lines: string, environment: Record<string, string> = {}): unknown {
  const script = `. '${WINDOWS}'\n${lines}`;
  const { status, stdout, stderr } = spawnSync(
    "pwsh",
    ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command", script],
    {
      encoding: "utf8",
      timeout: 60_000,
      env: { ...process.env, ...environment },
    },
  );
  assert.equal(status, 0, stderr || stdout);
  return JSON.parse(stdout) as unknown;
}

/** A provider that refuses with an HRESULT, called as a static method, as CngKey is. */
const PROVIDER = `
Add-Type -TypeDefinition 'public static class Provider { public static bool Refuse(int code) {
  throw new System.Security.Cryptography.CryptographicException(code); } }'
function Get-Refusal([int] $Code) {
    try {
        try { [void] [Provider]::Refuse($Code) } catch [Security.Cryptography.CryptographicException] {
            throw (New-CsiKeyException -Exception $_.Exception -Message 'The key k does not open')
        }
    } catch { return , @($_.Exception.Data['CsiKind'], $_.Exception.Data['CsiHResult']) }
}
`;

describeWithPowerShell("Functions of Windows.ps1", function () {
  this.timeout(120_000);
  let folder: string;
  before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "csi-windows-"))));
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  it("a provider's refusal must keep its HRESULT, and a full disk must remain a full disk", () => {
    const codes = "0x80090016, 0x80280921, 0x80070423, 0x80070070";
    const found = run(`${PROVIDER} ConvertTo-Json -Compress @(${codes} | ForEach-Object { , (Get-Refusal -Code $_) })`);
    assert.deepEqual(found, [
      ["key", "0x80090016"],
      ["key", "0x80280921"],
      ["key", "0x80070423"],
      ["disk-full", "0x80070070"],
    ]);
  });

  it("the public key of a certificate must be its own, and that of a certificate without RSA must be empty", () => {
    const found = run(`
$rsa = [Security.Cryptography.RSA]::Create(2048)
$from = [DateTimeOffset]::UtcNow
$hash = [Security.Cryptography.HashAlgorithmName]::SHA256
$pss = [Security.Cryptography.RSASignaturePadding]::Pkcs1
$one = [Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=one', $rsa, $hash, $pss).CreateSelfSigned($from, $from.AddDays(1))
$curve = [Security.Cryptography.ECDsa]::Create()
$two = [Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=two', $curve, $hash).CreateSelfSigned($from, $from.AddDays(1))
$modulus = [Convert]::ToBase64String($rsa.ExportParameters($false).Modulus)
ConvertTo-Json @(((Get-CsiPublicModulus -Certificate $one) -ceq $modulus), (Get-CsiPublicModulus -Certificate $two))`);
    assert.deepEqual(found, [true, ""]);
  });

  it("the program's folder must be listed with first lines, be empty if it is missing, and lose one file by name", () => {
    const program = path.join(folder, "ConnectSyncIdentity");
    const list = "$list = Get-CsiProgramFolder; ConvertTo-Json -InputObject @($list) -Compress";
    assert.deepEqual(run(list, { ProgramFiles: folder }), []);
    fs.mkdirSync(path.join(program, "sub"), { recursive: true });
    fs.writeFileSync(path.join(program, "PROTOCOL.md"), "# Host protocol\r\n\r\nmore\r\n");
    fs.writeFileSync(path.join(program, "empty.txt"), "");
    assert.deepEqual(run(list, { ProgramFiles: folder }), [
      { name: "empty.txt", firstLine: null },
      { name: "PROTOCOL.md", firstLine: "# Host protocol" },
      { name: "sub", firstLine: null },
    ]);
    run("Remove-CsiProgramFile -Name 'PROTOCOL.md'; '[]'", { ProgramFiles: folder });
    assert.deepEqual(fs.readdirSync(program).sort(), ["empty.txt", "sub"]);
    const outside = "try { Remove-CsiProgramFile -Name '..\\x'; 'false' } catch { 'true' }";
    assert.equal(run(outside, { ProgramFiles: folder }), true);
  });
});
