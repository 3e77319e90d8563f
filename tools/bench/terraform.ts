/**
 * The Entra half alone by Terraform, if it and its azuread provider are on the machine: the same four resources for each server,
 * in the same tenant. It has no half on the servers, so this shows what a plan of Entra costs elsewhere, and is no competitor.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { UsageError } from "../../console/errors";
import { findOnPath, isExecutable } from "../../console/processes/find-on-path";
import { runLimited } from "../../console/processes/run-limited";
import type { Sandbox } from "../../sandbox/sandbox";
import { BenchError } from "./failure";
import { INPUTS_VARIABLE, type ProgramInputs } from "./inputs";
import type { Program } from "./program";

/** Names the file of Terraform's azuread provider, which is used instead of the registry's. */
const PROVIDER_VARIABLE = "TERRAFORM_AZUREAD";
const PROVIDER = "terraform-provider-azuread";
const LIMIT_SECONDS = 1800;

/** Seconds of real time. */
export interface TerraformTimes {
  apply: number;
  /** A plan that finds no change; it reads every resource. */
  plan: number;
}

interface Tools {
  terraform: string;
  /** The folder of the provider. */
  providers: string;
}

/**
 * @returns null where Terraform or its provider is missing
 * @throws UsageError if the variable names no program, or there is no Terraform for it
 */
export function findTerraform(): Tools | null {
  const terraform = findOnPath("terraform");
  const named = process.env[PROVIDER_VARIABLE];
  if (named && !isExecutable(named)) throw new UsageError(`${PROVIDER_VARIABLE} is ${named}, which is no program`);
  if (named && !terraform) throw new UsageError(`${PROVIDER_VARIABLE} is set, but terraform is not on PATH`);
  const provider = named ?? findOnPath(PROVIDER);
  if (!terraform || !provider) return null;
  return { terraform, providers: path.dirname(path.resolve(provider)) };
}

/** @returns null where Terraform or its provider is missing */
export async function measureTerraform(sandbox: Sandbox, { environment }: Program): Promise<TerraformTimes | null> {
  const tools = findTerraform();
  if (!tools) return null;
  const folder = path.join(sandbox.folder.root, "terraform");
  fs.mkdirSync(folder);
  const inputs = JSON.parse(environment[INPUTS_VARIABLE]) as ProgramInputs;
  fs.writeFileSync(path.join(folder, "main.tf.json"), JSON.stringify(configuration(inputs)));
  const settings = path.join(folder, "settings.tfrc");
  const overrides = `dev_overrides { "hashicorp/azuread" = ${JSON.stringify(tools.providers)} }`;
  fs.writeFileSync(settings, `provider_installation {\n  ${overrides}\n  direct {}\n}\n`);
  const env = {
    ...sandbox.environment(),
    ...{ TF_CLI_CONFIG_FILE: settings, TF_IN_AUTOMATION: "true", CHECKPOINT_DISABLE: "true" },
  };
  const run = async (...args: string[]) => {
    const began = performance.now();
    const result = await runLimited(tools.terraform, args, { cwd: folder, env, limitSeconds: LIMIT_SECONDS });
    if (result.exitCode !== 0) {
      throw BenchError.of(`terraform ${args[0]}`, LIMIT_SECONDS, { ...result, code: result.exitCode });
    }
    return (performance.now() - began) / 1000;
  };
  const apply = await run("apply", "-auto-approve", "-input=false", "-no-color");
  return { apply, plan: await run("plan", "-detailed-exitcode", "-input=false", "-no-color") };
}

/** Terraform's configuration in its JSON syntax. */
function configuration({ servers, pipelineObjectId, service, certificate }: ProgramInputs): object {
  const each = <T>(make: (server: string) => T) => Object.fromEntries(servers.map((server) => [server, make(server)]));
  const access = { id: service.roleId, type: "Role" };
  return {
    terraform: { required_providers: { azuread: { source: "hashicorp/azuread" } } },
    resource: {
      azuread_application: each((server) => ({
        display_name: `Terraform - ${server}`,
        owners: [pipelineObjectId],
        required_resource_access: [{ resource_app_id: service.appId, resource_access: [access] }],
      })),
      azuread_service_principal: each((server) => ({
        client_id: `\${azuread_application.${server}.client_id}`,
        owners: [pipelineObjectId],
      })),
      azuread_app_role_assignment: each((server) => ({
        app_role_id: service.roleId,
        principal_object_id: `\${azuread_service_principal.${server}.object_id}`,
        resource_object_id: service.objectId,
      })),
      azuread_application_certificate: each((server) => ({
        application_id: `\${azuread_application.${server}.id}`,
        ...{ type: "AsymmetricX509Cert", encoding: "pem", value: certificate.pem },
        ...{ start_date: certificate.notBefore, end_date: certificate.notAfter },
      })),
    },
  };
}
