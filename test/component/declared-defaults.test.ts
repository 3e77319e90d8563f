/**
 * What is not declared takes its default from what a refresh read in Entra, and so never returns to it. The properties with
 * a default are those of the stand-in, which follows the real plugin's schema.
 */
import assert from "node:assert/strict";
import { APPLICATION_FIELDS } from "../../sandbox/plugins/azuread/application-fields";
import { AppRoleAssignment } from "../../sandbox/plugins/azuread/app-role-assignment";
import { ApplicationCertificate } from "../../sandbox/plugins/azuread/application-certificate";
import type { Fields } from "../../sandbox/plugins/azuread/field";
import { SERVICE_PRINCIPAL_FIELDS } from "../../sandbox/plugins/azuread/service-principal-fields";
import { recordIdentity } from "../helpers/identity-recorder";

const TYPES: Record<string, Fields> = {
  "azuread:index/application:Application": APPLICATION_FIELDS,
  "azuread:index/servicePrincipal:ServicePrincipal": SERVICE_PRINCIPAL_FIELDS,
  "azuread:index/appRoleAssignment:AppRoleAssignment": new AppRoleAssignment().fields,
  "azuread:index/applicationCertificate:ApplicationCertificate": new ApplicationCertificate().fields,
};

/** The paths of properties with a default that a declaration leaves out, in what it declares at all. */
function undeclared(declared: Record<string, unknown>, fields: Fields, path = ""): string[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const value = declared[name];
    // The plugin fills in no default that is false, 0 or "".
    if (value === undefined) return field.default && field.input ? [`${path}${name}`] : [];
    const { fields: nested } = field;
    if (!nested) return [];
    const entries = (Array.isArray(value) ? value : [value]) as Record<string, unknown>[];
    return entries.flatMap((entry) => undeclared(entry, nested, `${path}${name}.`));
  });
}

describe("the declared resources of Entra", () => {
  for (const [type, fields] of Object.entries(TYPES)) {
    it(`each property of ${type.split(":")[2]} that has a default must be declared`, async () => {
      const { resources } = await recordIdentity();
      const found = resources.filter((resource) => resource.type === type);
      assert.ok(found.length > 0);
      for (const { name, inputs } of found) assert.deepEqual(undeclared(inputs, fields), [], name);
    });
  }
});
