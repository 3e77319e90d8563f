/**
 * Queries as Microsoft's own language service reads them, with the tables that they use: a column that there is not, a wrong
 * type or a wrong call is an error. The columns are those of Microsoft's references of the tables, as of 2026-07.
 */
// Both define globals, the second with the help of the first.
import "@kusto/language-service-next/bridge.js";
import "@kusto/language-service-next";

interface KustoNode {
  readonly Kind?: unknown;
  readonly ConstantValue?: unknown;
}
interface Diagnostics {
  Count: number;
  getItem(index: number): { Message: string; Severity: string; Start: number };
}
interface KustoCode {
  GetDiagnostics(): Diagnostics;
  ResultType: { Columns?: { Count: number; getItem(index: number): { Name: string } } } | null;
  Syntax: { GetDescendants(type: unknown): { Count: number; getItem(index: number): KustoNode } };
}
interface Language {
  KustoCode: { ParseAndAnalyze(text: string, globals: unknown): KustoCode };
  GlobalState: { Default: { WithDatabase(database: unknown): unknown } };
  Symbols: {
    TableSymbol: { $ctor7: new (name: string, schema: string, description: string | null) => unknown };
    DatabaseSymbol: { ctor: new (name: string, members: unknown[]) => unknown };
  };
  Syntax: { LiteralExpression: unknown };
}

/** Microsoft's page of each table, and the columns that these queries may use. */
const TABLES: Record<string, string> = {
  // learn.microsoft.com/azure/azure-monitor/reference/tables/auditlogs
  AuditLogs:
    "AADOperationType:string, AADTenantId:string, ActivityDateTime:datetime, ActivityDisplayName:string, AdditionalDetails:dynamic, Category:string, CorrelationId:string, DurationMs:long, Id:string, Identity:string, InitiatedBy:dynamic, Level:string, Location:string, LoggedByService:string, OperationName:string, OperationVersion:string, Resource:string, ResourceGroup:string, ResourceId:string, ResourceProvider:string, Result:string, ResultDescription:string, ResultReason:string, ResultSignature:string, ResultType:string, SourceSystem:string, TargetResources:dynamic, TimeGenerated:datetime, Type:string",
  // learn.microsoft.com/azure/azure-monitor/reference/tables/aadserviceprincipalsigninlogs
  AADServicePrincipalSignInLogs:
    "AppId:string, AuthenticationContextClassReferences:string, AuthenticationProcessingDetails:string, Category:string, ConditionalAccessPolicies:string, ConditionalAccessStatus:string, CorrelationId:string, DurationMs:long, FederatedCredentialId:string, Id:string, Identity:string, IPAddress:string, Level:string, Location:string, LocationDetails:string, OperationName:string, OperationVersion:string, ResourceDisplayName:string, ResourceGroup:string, ResourceIdentity:string, ResourceServicePrincipalId:string, ResultDescription:string, ResultSignature:string, ResultType:string, ServicePrincipalCredentialKeyId:string, ServicePrincipalCredentialThumbprint:string, ServicePrincipalId:string, ServicePrincipalName:string, SourceSystem:string, TenantId:string, TimeGenerated:datetime, Type:string, UniqueTokenIdentifier:string",
  // learn.microsoft.com/defender-xdr/advanced-hunting-cloudappevents-table
  CloudAppEvents:
    "Timestamp:datetime, ActionType:string, Application:string, ApplicationId:int, AppInstanceId:int, AccountObjectId:string, AccountId:string, AccountDisplayName:string, IsAdminOperation:bool, DeviceType:string, OSPlatform:string, IPAddress:string, IsAnonymousProxy:bool, CountryCode:string, City:string, Isp:string, UserAgent:string, ActivityType:string, ActivityObjects:dynamic, ObjectName:string, ObjectType:string, ObjectId:string, ReportId:string, AccountType:string, IsExternalUser:bool, IsImpersonated:bool, IPTags:dynamic, IPCategory:string, UserAgentTags:dynamic, RawEventData:dynamic, AdditionalFields:dynamic, LastSeenForUser:dynamic, UncommonForUser:dynamic, AuditSource:string, SessionData:dynamic, OAuthAppId:string",
  // learn.microsoft.com/defender-xdr/advanced-hunting-entraidspnsigninevents-table
  EntraIdSpnSignInEvents:
    "Timestamp:datetime, Application:string, ApplicationId:string, IsManagedIdentity:bool, ErrorCode:int, CorrelationId:string, ServicePrincipalName:string, ServicePrincipalId:string, ResourceDisplayName:string, ResourceId:string, ResourceTenantId:string, IPAddress:string, Country:string, State:string, City:string, Latitude:string, Longitude:string, RequestId:string, ReportId:string, IsConfidentialClient:bool, GatewayJA4:string, SessionId:string, UserAgent:string, TenantId:string, Type:string, SourceSystem:string, TimeGenerated:datetime, UniqueTokenId:string",
};

let loaded: { language: Language; globals: unknown } | undefined;

/** The language service, with the tables. */
function load() {
  if (loaded) return loaded;
  const { Language: language } = (globalThis as unknown as { Kusto: { Language: Language } }).Kusto;
  const { TableSymbol, DatabaseSymbol } = language.Symbols;
  const tables = Object.entries(TABLES).map(([name, columns]) => new TableSymbol.$ctor7(name, `(${columns})`, null));
  const globals = language.GlobalState.Default.WithDatabase(new DatabaseSymbol.ctor("logs", tables));
  loaded = { language, globals };
  return loaded;
}

const all = <T>(list: { Count: number; getItem(index: number): T }): T[] =>
  Array.from({ length: list.Count }, (_, index) => list.getItem(index));

export interface ReadQuery {
  /** What the language service says of it: nothing if it is right. */
  problems: string[];
  /** Names of the columns of its result. */
  columns: string[];
  /** Every constant in it, as the service reads it. */
  constants: unknown[];
}

export function readKql(text: string): ReadQuery {
  const { language, globals } = load();
  const code = language.KustoCode.ParseAndAnalyze(text, globals);
  const columns = code.ResultType?.Columns;
  const literals = all(code.Syntax.GetDescendants(language.Syntax.LiteralExpression));
  return {
    problems: all(code.GetDiagnostics()).map(({ Message, Start }) => `${Start}: ${Message}`),
    columns: columns ? all(columns).map(({ Name }) => Name) : [],
    constants: literals.map(({ ConstantValue }) => ConstantValue),
  };
}
