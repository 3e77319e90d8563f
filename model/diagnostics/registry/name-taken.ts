/** What is said of a name that another application has, as a finding and as what stops the first run. */
import { own } from "../remedy";

export const NAME_EXPECTED = 'no other application with the name "{name}"';
export const NAME_ACTUAL = "application {appIds}";
export const NAME_REMEDY = [
  "If it is this server's own, take it over: ",
  own("adopt", "{server}"),
  " ; if it is another one, rename it, or set applicationName to a different name.",
] as const;
