/** Texts of dynamic providers as they stand in states that older versions wrote. */

/** The text of a provider before it asked for the package by name. */
export const textBefore = (rules: string) => `exports.handler = () => {
  require("ts-node").register({ transpileOnly: true });
  return require(process.cwd() + "/components/${rules}-rules").provider;
};`;
