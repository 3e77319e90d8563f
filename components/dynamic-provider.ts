/** How a dynamic resource of this project names its provider. */

/** What the type of a dynamic resource begins with, which makes the engine start the SDK's own provider for it. */
export const dynamicType = (name: string) => `pulumi-nodejs:dynamic/connect-sync-identity:${name}`;

/**
 * What state holds of a dynamic provider, as text that the SDK's dynamic provider process evaluates: it loads the rules
 * from the program's folder. Written by hand rather than serialised from functions: a fifth of the length, twice in every
 * resource's state, and no TypeScript parser in every run. A change of the rules changes no resource.
 *
 * @param rules file in this folder that exports `provider`
 */
export const providerText = (rules: string) => `exports.handler = () => {
  require("ts-node").register({ transpileOnly: true });
  return require(process.cwd() + "/components/${rules}").provider;
};`;
