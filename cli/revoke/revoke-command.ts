/** `npm run revoke -- <server>`: the emergency, removing a server's key credential now. */
import { runOperation } from "../stack/operation";
import { revoke } from "./revoke";

void runOperation(revoke);
