/**
 * What `pulumi new` asked for becomes a server in the stack's file. `npm install` runs this; with nothing to do it does
 * nothing, and the file can then be deleted together with "postinstall" in package.json.
 */
const fs = require("node:fs");
const { isMap, parseDocument } = require("yaml");

const SCHEMA = " yaml-language-server: $schema=./node_modules/connect-sync-identity/schema/stack.schema.json";
const ANSWERS = { host: "firstServerHost", user: "firstServerUser", hostKey: "firstServerHostKey" };

for (const file of fs.readdirSync(__dirname).filter((name) => /^Pulumi\..+\.yaml$/.test(name))) {
  const document = parseDocument(fs.readFileSync(`${__dirname}/${file}`, "utf8"));
  const config = document.get("config");
  const first = isMap(config) && config.items.find(({ key }) => String(key).endsWith(":firstServer"));
  if (!first) continue;
  const project = String(first.key).split(":")[0];
  const take = (name) => {
    const value = config.get(`${project}:${name}`);
    config.delete(`${project}:${name}`);
    return value;
  };
  const name = take("firstServer");
  const connection = Object.fromEntries(Object.entries(ANSWERS).map(([setting, answer]) => [setting, take(answer)]));
  config.set(`${project}:servers`, document.createNode({ [name]: { role: "active", connection } }));
  document.commentBefore = SCHEMA;
  fs.writeFileSync(`${__dirname}/${file}`, document.toString({ lineWidth: 0 }));
}
