module.exports = require("connect-sync-identity/program");
