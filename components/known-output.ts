/** What a value is now: a transform decides by it before the engine has planned the resource. */
import * as pulumi from "@pulumi/pulumi";

/** Resolves once an output has its value, or is known to have none in this run. */
export async function settled(value: pulumi.Output<unknown>): Promise<void> {
  await (value as unknown as { promise(): Promise<unknown> }).promise();
}

/** The value, or that of an output; the other one if a preview does not know it. */
export async function knownOr<T, U>(value: pulumi.Output<T> | T, other: U): Promise<T | U> {
  if (!pulumi.Output.isInstance(value)) return value;
  const output = value as unknown as { isKnown: Promise<boolean>; promise(): Promise<T> };
  return (await output.isKnown) ? output.promise() : other;
}
