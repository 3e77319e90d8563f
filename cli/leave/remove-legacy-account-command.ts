/** `npm run remove-legacy-account -- <server> --name Sync_...`: removes a password account that nobody uses any more. */
import { runOperation } from "../stack/operation";
import { removeLegacyAccount } from "./remove-legacy-account";

void runOperation(removeLegacyAccount);
