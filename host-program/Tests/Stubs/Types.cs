// Types of Windows for the tests of host-program/Windows: no more members than are used, with the parameters of the real ones.
// Every effect is recorded; one that the test does not expect fails, and one with a fault throws what Windows throws.
// C# 5, for the compiler of Windows PowerShell. It does not show that Windows behaves like this.
#pragma warning disable
using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Security.AccessControl;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Principal;
using System.Threading;
using System.Threading.Tasks;
using Real = System.Security.Cryptography;

namespace CsiStub
{
    public static class Windows
    {
        public static List<string> Calls = new List<string>();
        public static HashSet<string> Expected = new HashSet<string>();
        public static Dictionary<string, Exception> Faults = new Dictionary<string, Exception>();
        public static List<X509Certificate2> Store = new List<X509Certificate2>();
        public static List<X509Certificate2> Requests = new List<X509Certificate2>();
        public static Dictionary<string, CngKey> Keys = new Dictionary<string, CngKey>();
        /// <summary>Keys by the thumbprint of a certificate; null for one that is no RSA key.</summary>
        public static Dictionary<string, object> PrivateKeys = new Dictionary<string, object>();
        public static Dictionary<string, string> Accounts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        public static Dictionary<string, FileSystemSecurity> Security = new Dictionary<string, FileSystemSecurity>();
        public static string Mutex = "free";
        public static string MutexOwner = "S-1-5-32-544";
        public static bool EventSource = true;
        public static string Entry;
        public static bool Administrator = true;
        public static Func<HttpRequestMessage, HttpResponseMessage> Http;
        public static object Started;
        public static int[] Version = new int[4];

        public static void Reset(string[] expected)
        {
            Calls.Clear(); Faults.Clear(); Store.Clear(); Requests.Clear(); Keys.Clear(); PrivateKeys.Clear(); Accounts.Clear(); Security.Clear();
            Expected = new HashSet<string>(expected);
            Mutex = "free"; MutexOwner = "S-1-5-32-544"; EventSource = true; Entry = null;
            Administrator = true; Http = null; Started = null; Version = new int[] { 2, 5, 79, 0 };
        }

        public static void Enter(string effect, string detail)
        {
            Calls.Add(detail == "" ? effect : effect + " " + detail);
            if (!Expected.Contains(effect)) throw new InvalidOperationException("not expected: " + effect + " " + detail);
            if (Faults.ContainsKey(effect)) throw Faults[effect];
        }
    }

    public class X509Store
    {
        private readonly string name;
        private bool open, writable;
        private readonly List<X509Certificate2> held;
        public X509Store(string storeName, StoreLocation storeLocation)
        {
            name = storeLocation + "\\" + storeName;
            held = storeName == "REQUEST" ? Windows.Requests : Windows.Store;
        }
        public void Open(OpenFlags flags)
        {
            Windows.Enter("X509Store.Open", name + " " + flags);
            open = true; writable = flags == OpenFlags.ReadWrite;
        }
        public void Close() { if (!open) throw new InvalidOperationException("closed twice"); open = false; Windows.Enter("X509Store.Close", ""); }
        // As the real one: a new collection of new objects at each call.
        public X509Certificate2Collection Certificates
        {
            get
            {
                if (!open) throw new CryptographicException("The X509 certificate store has not been opened.");
                return new X509Certificate2Collection(held.ToArray());
            }
        }
        public void Add(X509Certificate2 certificate) { Change("Add", certificate); held.Add(certificate); }
        public void Remove(X509Certificate2 certificate) { Change("Remove", certificate); held.Remove(certificate); }
        private void Change(string what, X509Certificate2 certificate)
        {
            if (!open || !writable) throw new CryptographicException("Access is denied.");
            Windows.Enter("X509Store." + what, certificate.Subject);
        }
    }

    /// <summary>A certificate with a label, which only the store of Windows keeps.</summary>
    public class LabelledCertificate : X509Certificate2
    {
        private string label = "";
        public LabelledCertificate(byte[] data) : base(data) { }
        public new string FriendlyName { get { return label; } set { label = value; } }
        public bool Linked;
        public new bool HasPrivateKey { get { return Linked; } }
    }

    public class CertificateRequest
    {
        private readonly Real.X509Certificates.CertificateRequest real;
        private readonly RSACng key;
        private readonly RSA signer;
        public Collection<X509Extension> CertificateExtensions { get { return real.CertificateExtensions; } }
        public CertificateRequest(X500DistinguishedName subject, RSACng key, HashAlgorithmName hash, RSASignaturePadding padding)
        {
            this.key = key; signer = key.Key.Rsa;
            real = new Real.X509Certificates.CertificateRequest(subject, signer, hash, padding);
        }
        public X509Certificate2 CreateSelfSigned(DateTimeOffset notBefore, DateTimeOffset notAfter)
        {
            Windows.Enter("CertificateRequest.CreateSelfSigned", key.Key.KeyName);
            return new LabelledCertificate(real.CreateSelfSigned(notBefore, notAfter).RawData);
        }
    }

    public class ChainStatus
    {
        public X509ChainStatusFlags Status;
        public string StatusInformation;
    }

    public class X509Chain
    {
        /// <summary>What the next chains find.</summary>
        public static ChainStatus[] Found = new ChainStatus[0];
        public static X509Chain Last;
        public readonly bool OfMachine;
        public X509ChainPolicy ChainPolicy = new X509ChainPolicy();
        public ChainStatus[] ChainStatus { get; private set; }
        public X509Chain(bool useMachineContext) { OfMachine = useMachineContext; ChainStatus = new ChainStatus[0]; Last = this; }
        public bool Build(X509Certificate2 certificate)
        {
            Windows.Enter("X509Chain.Build", certificate.Subject);
            ChainStatus = Found;
            return Found.Length == 0;
        }
    }

    public class CngKey : IDisposable
    {
        public RSA Rsa = RSA.Create();
        public string KeyName { get; set; }
        public string UniqueName { get; set; }
        public CngProvider Provider { get; set; }
        public CngKeyCreationParameters Parameters { get; set; }
        public CngExportPolicies ExportPolicy { get; set; }
        /// <summary>The value of a property that is asked for; below 0 for none.</summary>
        public int PropertyValue = -1;
        private static CngKey Find(string keyName, CngProvider provider)
        {
            CngKey key;
            return Windows.Keys.TryGetValue(provider.Provider + "/" + keyName, out key) ? key : null;
        }
        public static bool Exists(string keyName, CngProvider provider, CngKeyOpenOptions options)
        {
            Windows.Enter("CngKey.Exists", provider.Provider + "/" + keyName + " " + options);
            return Find(keyName, provider) != null;
        }
        public static CngKey Open(string keyName, CngProvider provider, CngKeyOpenOptions options)
        {
            Windows.Enter("CngKey.Open", provider.Provider + "/" + keyName + " " + options);
            CngKey key = Find(keyName, provider);
            // NTE_BAD_KEYSET
            if (key == null) throw new CryptographicException(unchecked((int)0x80090016));
            return key;
        }
        public static CngKey Create(CngAlgorithm algorithm, string keyName, CngKeyCreationParameters parameters)
        {
            Windows.Enter("CngKey.Create", parameters.Provider.Provider + "/" + keyName + " " + algorithm);
            CngKey key = new CngKey { KeyName = keyName, Provider = parameters.Provider, Parameters = parameters };
            Windows.Keys[parameters.Provider.Provider + "/" + keyName] = key;
            return key;
        }
        public void Delete()
        {
            Windows.Enter("CngKey.Delete", KeyName);
            Windows.Keys.Remove(Provider.Provider + "/" + KeyName);
        }
        public CngProperty GetProperty(string name, CngPropertyOptions options)
        {
            Windows.Enter("CngKey.GetProperty", name);
            // NTE_NOT_FOUND
            if (PropertyValue < 0) throw new CryptographicException(unchecked((int)0x80090011));
            return new CngProperty(name, BitConverter.GetBytes(PropertyValue), options);
        }
        public void Dispose() { }
    }

    public class RSACng : IDisposable
    {
        public CngKey Key { get; private set; }
        public RSACng(CngKey key) { Key = key; }
        public RSAParameters ExportParameters(bool includePrivateParameters)
        {
            if (includePrivateParameters) throw new InvalidOperationException("not expected: the export of a private key");
            return Key.Rsa.ExportParameters(false);
        }
        public byte[] SignData(byte[] data, HashAlgorithmName hash, RSASignaturePadding padding)
        {
            Windows.Enter("RSACng.SignData", hash + " " + padding.Mode);
            return Key.Rsa.SignData(data, hash, padding);
        }
        public void Dispose() { }
    }

    /// <summary>A key of the older interface.</summary>
    public class RSACryptoServiceProvider : IDisposable
    {
        public object CspKeyContainerInfo { get; set; }
        public void Dispose() { }
    }

    public static class RSACertificateExtensions
    {
        public static object GetRSAPrivateKey(X509Certificate2 certificate)
        {
            Windows.Enter("GetRSAPrivateKey", certificate.Subject);
            return Windows.PrivateKeys[certificate.Thumbprint];
        }
        public static RSA GetRSAPublicKey(X509Certificate2 certificate)
        {
            return Real.X509Certificates.RSACertificateExtensions.GetRSAPublicKey(certificate);
        }
    }

    public class IdentityNotMappedException : SystemException
    {
        public IdentityNotMappedException() : base("Some or all identity references could not be translated.") { }
    }

    /// <summary>What a call of the product's service answers to who has no right.</summary>
    public class SecurityAccessDeniedException : Exception
    {
        public SecurityAccessDeniedException(string message) : base(message) { }
    }

    public class SecurityIdentifier
    {
        public string Value { get; private set; }
        public SecurityIdentifier(string sddlForm) { Value = sddlForm; }
        public NTAccount Translate(Type targetType)
        {
            Windows.Enter("SecurityIdentifier.Translate", Value);
            foreach (KeyValuePair<string, string> account in Windows.Accounts)
                if (account.Value == Value) return new NTAccount(account.Key);
            throw new IdentityNotMappedException();
        }
    }

    public class NTAccount
    {
        public string Value { get; private set; }
        public NTAccount(string name) { Value = name; }
        public SecurityIdentifier Translate(Type targetType)
        {
            Windows.Enter("NTAccount.Translate", Value);
            if (Windows.Accounts.ContainsKey(Value)) return new SecurityIdentifier(Windows.Accounts[Value]);
            throw new IdentityNotMappedException();
        }
    }

    public class WindowsIdentity
    {
        public string Name = "CORP\\svc-pulumi";
        public SecurityIdentifier User = new SecurityIdentifier("S-1-5-21-1-2-3-1107");
        public static WindowsIdentity GetCurrent() { Windows.Enter("WindowsIdentity.GetCurrent", ""); return new WindowsIdentity(); }
    }

    public class WindowsPrincipal
    {
        public WindowsPrincipal(WindowsIdentity identity) { }
        public bool IsInRole(WindowsBuiltInRole role) { return role == WindowsBuiltInRole.Administrator && Windows.Administrator; }
    }

    public class FileSystemAccessRule
    {
        public SecurityIdentifier IdentityReference { get; private set; }
        public FileSystemRights FileSystemRights { get; private set; }
        public AccessControlType AccessControlType { get; private set; }
        public InheritanceFlags InheritanceFlags { get; private set; }
        public FileSystemAccessRule(SecurityIdentifier identity, FileSystemRights rights, AccessControlType type)
            : this(identity, rights, InheritanceFlags.None, PropagationFlags.None, type) { }
        public FileSystemAccessRule(
            SecurityIdentifier identity, FileSystemRights rights, InheritanceFlags inheritance, PropagationFlags propagation, AccessControlType type)
        {
            IdentityReference = identity; FileSystemRights = rights; InheritanceFlags = inheritance; AccessControlType = type;
        }
        public override string ToString()
        {
            return AccessControlType + " " + IdentityReference.Value + " " + FileSystemRights + " " + InheritanceFlags;
        }
    }

    public class FileSystemSecurity
    {
        public List<FileSystemAccessRule> Rules = new List<FileSystemAccessRule>();
        public SecurityIdentifier Owner;
        public bool AreAccessRulesProtected { get; set; }
        public void SetAccessRuleProtection(bool isProtected, bool preserveInheritance)
        {
            if (preserveInheritance) throw new InvalidOperationException("not expected: inherited rules are kept");
            AreAccessRulesProtected = isProtected;
        }
        public void AddAccessRule(FileSystemAccessRule rule) { Rules.Add(rule); }
        public List<FileSystemAccessRule> GetAccessRules(bool includeExplicit, bool includeInherited, Type targetType) { return Rules; }
        public SecurityIdentifier GetOwner(Type targetType) { return Owner; }
        public void SetOwner(SecurityIdentifier identity) { Owner = identity; }
    }

    public class FileSecurity : FileSystemSecurity { }
    public class DirectorySecurity : FileSystemSecurity { }

    public static class FileSystemAclExtensions
    {
        public static FileSystemSecurity GetAccessControl(FileSystemInfo item, AccessControlSections sections)
        {
            Windows.Enter("GetAccessControl", item.Name + " " + sections);
            return Windows.Security[item.FullName];
        }
        public static void SetAccessControl(FileSystemInfo item, FileSystemSecurity security)
        {
            Windows.Enter("SetAccessControl", item.Name);
            Windows.Security[item.FullName] = security;
        }
        public static DirectoryInfo CreateDirectory(DirectorySecurity security, string path)
        {
            Windows.Enter("CreateDirectory", "");
            Windows.Security[path] = security;
            return Directory.CreateDirectory(path);
        }
    }

    public class MutexAccessRule
    {
        public string Text;
        public MutexAccessRule(SecurityIdentifier identity, MutexRights rights, AccessControlType type)
        {
            Text = type + " " + identity.Value + " " + rights;
        }
    }

    public class MutexSecurity
    {
        public List<string> Rules = new List<string>();
        public SecurityIdentifier Owner;
        public void AddAccessRule(MutexAccessRule rule) { Rules.Add(rule.Text); }
        public SecurityIdentifier GetOwner(Type targetType) { return Owner; }
        public void SetOwner(SecurityIdentifier identity) { Owner = identity; }
    }

    public class Mutex : IDisposable
    {
        public bool WaitOne(int millisecondsTimeout)
        {
            Windows.Enter("Mutex.WaitOne", millisecondsTimeout.ToString());
            if (Windows.Mutex == "abandoned") { Windows.Mutex = "held"; throw new AbandonedMutexException(); }
            if (Windows.Mutex != "free") return false;
            Windows.Mutex = "held";
            return true;
        }
        public void ReleaseMutex() { Windows.Enter("Mutex.ReleaseMutex", ""); Windows.Mutex = "free"; }
        public void Dispose() { Windows.Calls.Add("Mutex.Dispose"); }
    }

    public static class MutexAcl
    {
        public static MutexSecurity Given;
        public static Mutex Create(bool initiallyOwned, string name, out bool createdNew, MutexSecurity mutexSecurity)
        {
            Windows.Enter("MutexAcl.Create", name);
            createdNew = true; Given = mutexSecurity;
            return new Mutex();
        }
        public static Mutex OpenExisting(string name, MutexRights rights)
        {
            Windows.Enter("MutexAcl.OpenExisting", name + " " + rights);
            return new Mutex();
        }
    }

    public static class ThreadingAclExtensions
    {
        public static MutexSecurity GetAccessControl(Mutex mutex)
        {
            Windows.Enter("Mutex.GetAccessControl", "");
            return new MutexSecurity { Owner = new SecurityIdentifier(Windows.MutexOwner) };
        }
    }

    public enum EventLogEntryType { Information = 4 }

    public static class EventLog
    {
        public static bool SourceExists(string source)
        {
            Windows.Enter("EventLog.SourceExists", source);
            return Windows.EventSource;
        }
        public static void CreateEventSource(string source, string logName)
        {
            Windows.Enter("EventLog.CreateEventSource", source + " " + logName);
            Windows.EventSource = true;
        }
        public static void WriteEntry(string source, string message, EventLogEntryType type, int eventID)
        {
            Windows.Enter("EventLog.WriteEntry", source + " " + type + " " + eventID);
            Windows.Entry = message;
        }
    }

    public class Process : IDisposable
    {
        public int Id = 4711;
        public bool Ends = true;
        public int ExitCode = 0;
        public bool WaitForExit(int milliseconds) { Windows.Calls.Add("Process.WaitForExit " + milliseconds); return Ends; }
        public static Process Start(System.Diagnostics.ProcessStartInfo info)
        {
            Windows.Started = info;
            Windows.Enter("Process.Start", "");
            return new Process();
        }
        public void Dispose() { Windows.Calls.Add("Process.Dispose"); }
    }

    public class FileVersionInfo
    {
        public int ProductMajorPart, ProductMinorPart, ProductBuildPart, ProductPrivatePart;
        public static FileVersionInfo GetVersionInfo(string fileName)
        {
            Windows.Enter("FileVersionInfo.GetVersionInfo", Path.GetFileName(fileName));
            int[] v = Windows.Version;
            return new FileVersionInfo {
                ProductMajorPart = v[0], ProductMinorPart = v[1], ProductBuildPart = v[2], ProductPrivatePart = v[3]
            };
        }
    }

    /// <summary>The real client on a network that is a function.</summary>
    public class HttpClient : System.Net.Http.HttpClient
    {
        public static TimeSpan LastTimeout;
        public static IWebProxy DefaultProxy { get; set; }
        public HttpClient() : base(new Network()) { }
        private class Network : HttpMessageHandler
        {
            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken token)
            {
                Windows.Enter("HttpClient.Send", request.Method + " " + request.RequestUri);
                return Task.FromResult(Windows.Http(request));
            }
        }
    }

    public class Proxy : IWebProxy
    {
        public string Address, Bypass;
        public ICredentials Credentials { get; set; }
        public Uri GetProxy(Uri destination) { return Address == null ? destination : new Uri(Address); }
        public bool IsBypassed(Uri host) { return host.Host == Bypass; }
    }
}
