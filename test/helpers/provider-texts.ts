/** Texts of dynamic providers as they are stored in states of older versions. */

/** The text of a provider before it loaded the package by name. */
export const textBefore = (rules: string) => `exports.handler = () => {
  require("ts-node").register({ transpileOnly: true });
  return require(process.cwd() + "/components/${rules}-rules").provider;
};`;
