/** `npm run leave -- <server> --rollback | --abandon`: takes a server out of this project's hands. */
import { leave } from "./leave";
import { runOperation } from "../stack/operation";

void runOperation(leave);
