/** A stack has one SyncIdentities: what two servers may not share, it can only see among its own. */
import * as pulumi from "@pulumi/pulumi";

export class OneForEachStack {
  private readonly known = new Map<string, { name: string; parent: string }>();

  /**
   * Takes the component of a stack. The same one may come again, in another run.
   * @throws Error for a second one
   */
  async add(name: string, parent: pulumi.Resource | undefined): Promise<void> {
    const stack = `${pulumi.getProject()}/${pulumi.getStack()}`;
    const above = parent ? await urnOf(parent) : "";
    const first = this.known.get(stack) ?? { name, parent: above };
    this.known.set(stack, first);
    if (first.name === name && first.parent === above) return;
    throw new pulumi.RunError(
      `stack ${pulumi.getStack()} has a second SyncIdentities, ${name}, in addition to ${first.name}: declare all servers ` +
        "of the tenant in one, as they are compared with each other and switch one after the other",
    );
  }
}

const urnOf = (resource: pulumi.Resource) => new Promise<string>((resolve) => resource.urn.apply(resolve));
