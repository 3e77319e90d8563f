/** The one way to say that a setting cannot be used. */
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";

/** A setting: of a server, or of the stack. */
export interface SettingPlace {
  /** Null for a setting of the stack. */
  server: string | null;
  property: string;
}

/** @param help what a person does about it, in whole sentences */
export function invalidSetting(
  { server, property }: SettingPlace,
  expected: string,
  actual: string,
  help: string,
): Diagnostic {
  return diagnose("CONFIGURATION_INVALID", server, { property, expected, actual, help }, { remedy: "setting" });
}
