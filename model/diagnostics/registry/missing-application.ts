/** The remedy for an application that is gone from Entra, whether a finding or an error reports it. */
import { pulumi } from "../remedy";

/** A refresh alone fails: the azuread provider cannot read a certificate whose application is gone. */
export const NEW_APPLICATION = [
  "Look up the URN of {server}-credential: ",
  pulumi("stack", "--show-urns"),
  " ; remove it from state: ",
  pulumi("state", "delete", "--target-dependents", "<URN of {server}-credential>"),
  " ; create a new application: ",
  pulumi("up", "--refresh"),
] as const;
