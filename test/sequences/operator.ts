/** What people do with a server by hand: revocation, rollback to a service account, and the sign-in at its desktop. */
import { pipedCommand, pipedStdin } from "../../model/protocol/host-bootstrap";
import { PROTOCOL_VERSION, type RollbackRequest } from "../../model/protocol/host-protocol";
import { applicationMarker, generationOf, revocationTag } from "../../model/server/labels";
import { addApplicationRegistration } from "../../sandbox/server/machine-connector";
import { identityOf } from "./declaration";
import { LineError } from "./host-line";
import type { Stack } from "./stack";
import { ADMINISTRATOR, ADMINISTRATOR_PASSWORD, type ServerName, type World } from "./world";

const applicationOf = (name: ServerName, world: World) =>
  world.store.applicationByTag(applicationMarker(identityOf(name)));

/** The emergency: the key credentials are deleted now, and a tag records it. */
export function revoke(name: ServerName, stack: Stack, world: World): void {
  const application = applicationOf(name, world);
  const generation = stack.memory(name)?.certificateGeneration;
  if (!application || generation === undefined) return;
  world.store.change(() => {
    const tags = (application.properties.tags as string[] | undefined) ?? [];
    application.properties.tags = [...tags, revocationTag(generation, world.clock.now())];
    application.keyCredentials = [];
  });
}

/** Back to a service account, if the connector uses this server's application. */
export async function rollback(name: ServerName, world: World): Promise<void> {
  const application = applicationOf(name, world);
  if (!application || world.hosts[name].machine.state.connector.appId !== application.appId) return;
  const request: RollbackRequest = {
    ...{ protocol: PROTOCOL_VERSION, server: name, rollback: "to-service-account", appId: application.appId },
    bounds: { cycleSeconds: 5, cmdletSeconds: 5 },
    credential: { userName: ADMINISTRATOR, password: ADMINISTRATOR_PASSWORD },
  };
  try {
    await world.hosts[name].run(pipedCommand("rollback"), pipedStdin("#", "#", JSON.stringify(request)));
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
  }
}

/**
 * The registration command at the server's desktop, with the newest certificate of this project. Without a lease on it,
 * run has requested the command, and SECURITY.md says that a certificate linked without request is not protected.
 */
export async function signIn(name: ServerName, stack: Stack, world: World): Promise<void> {
  const { machine, options } = world.hosts[name];
  const application = applicationOf(name, world);
  const generation = (label: string) => generationOf(identityOf(name), label) ?? 0;
  const own = machine.state.certificates.filter(({ label }) => generation(label) > 0);
  const [newest] = own.sort((left, right) => generation(right.label) - generation(left.label));
  if (!application || !newest || !stack.holdsLease(name, newest.sha256)) return;
  const context = { machine, now: options.clock.now(), caFile: "", seconds: 60, wrongSalt: false };
  await addApplicationRegistration(context as never, application.appId, newest.sha256);
}
