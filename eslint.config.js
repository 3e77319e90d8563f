"use strict";
const typescript = require("typescript-eslint");

/**
 * Which folder may import which. Arrows point one way: index -> components -> remote -> model; cli -> components, remote and
 * model. `console` is what every command needs and knows model only; so does the sandbox, which must not share the code that
 * it checks. Only its subcommand, tools and tests import the sandbox.
 */
const LAYERS = {
  model: [],
  console: ["model"],
  remote: ["model"],
  components: ["model", "remote"],
  policy: ["model"],
  sandbox: ["console", "model"],
  cli: ["components", "console", "model", "policy", "remote"],
  provider: ["components", "model", "remote"],
};

const FOLDERS = [...Object.keys(LAYERS), "tools", "test"];

const layers = Object.entries(LAYERS).map(([folder, allowed]) => ({
  files: [`${folder}/**/*.ts`],
  ignores: ["cli/sandbox/**"],
  forbidden: FOLDERS.filter((other) => other !== folder && !allowed.includes(other)).map(
    (other) => `**/../${other}/**`,
  ),
}));

/** Where texts leave the product: whatever prints goes through an encoder there. */
const PRINTING = {
  files: ["index.ts", ...Object.keys(LAYERS).map((folder) => `${folder}/**/*.ts`)],
  ignores: [
    "console/output.ts",
    "components/log.ts",
    // Tell the engine a port, or the process above them why there is none.
    "sandbox/plugins/launcher.ts",
    "sandbox/plugins/provider-server.ts",
    "sandbox/toolchain/installer.ts",
  ],
  rules: {
    "no-restricted-syntax": [
      "error",
      ...[
        "MemberExpression[object.name='console']",
        "MemberExpression[property.name='write'][object.object.name='process']",
        "VariableDeclarator[init.name='process'] > ObjectPattern > Property[key.name=/^std(out|err)$/]",
        "ImportSpecifier[imported.name=/^std(out|err)$/]",
      ].map((selector) => ({ selector, message: "Print through console/output.ts, which encodes for whoever reads." })),
      ...["MemberExpression[object.name='pulumi'][property.name='log']", "ImportSpecifier[imported.name='log']"].map(
        (selector) => ({ selector, message: "Log through components/log.ts, which encodes." }),
      ),
    ],
  },
};

module.exports = typescript.config(
  { ignores: ["node_modules/", ".sandbox/", "dist/", "dist-plugin/"] },
  ...typescript.configs.recommended,
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: __dirname } },
    rules: {
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
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
  PRINTING,
  { files: ["**/*.js"], rules: { "@typescript-eslint/no-require-imports": "off" } },
  ...layers.map(({ files, ignores, forbidden }) => ({
    files,
    ignores,
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: forbidden, message: "Imports point one way; see CONTRIBUTING.md." }] },
      ],
    },
  })),
);
