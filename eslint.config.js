"use strict";
const typescript = require("typescript-eslint");

/**
 * Which folder may import which: index -> components -> remote -> model; the sandbox imports model only; operations import
 * remote, model and sandbox, and nothing but tests imports them. The policy pack imports model only, and only scripts it.
 */
const layers = [
  {
    files: ["model/**/*.ts"],
    forbidden: ["**/components/*", "**/remote/*", "**/sandbox/*", "**/sandbox/**", "**/operations/**", "**/policy/**"],
  },
  { files: ["remote/**/*.ts"], forbidden: ["**/components/*", "**/sandbox/**", "**/operations/**", "**/policy/**"] },
  { files: ["components/**/*.ts", "index.ts"], forbidden: ["**/sandbox/**", "**/operations/**", "**/policy/**"] },
  { files: ["sandbox/**/*.ts"], forbidden: ["**/components/*", "**/remote/*", "**/operations/**", "**/policy/**"] },
  { files: ["package/**/*.ts"], forbidden: ["**/sandbox/**", "**/operations/**", "**/policy/**"] },
  { files: ["operations/**/*.ts"], forbidden: ["**/components/*", "**/index", "**/policy/**"] },
  {
    files: ["policy/**/*.ts"],
    forbidden: ["**/components/*", "**/remote/*", "**/sandbox/**", "**/operations/**", "**/scripts/*"],
  },
];

module.exports = typescript.config(
  { ignores: ["node_modules/", ".sandbox/", "dist/"] },
  ...typescript.configs.recommended,
  {
    files: ["**/*.ts"],
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { fixStyle: "inline-type-imports", disallowTypeAnnotations: false },
      ],
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 70, skipBlankLines: true, skipComments: true }],
      "no-console": "off",
      eqeqeq: "error",
    },
  },
  { files: ["test/**/*.ts"], rules: { "max-lines-per-function": "off", "max-lines": ["error", { max: 500 }] } },
  { files: ["**/*.js"], rules: { "@typescript-eslint/no-require-imports": "off" } },
  ...layers.map(({ files, forbidden }) => ({
    files,
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: forbidden, message: "Imports point one way; see CONTRIBUTING.md." }] },
      ],
    },
  })),
);
