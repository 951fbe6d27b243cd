// Starts a pasarela for tests in Node.js: the program that PASARELA_BIN names, or else
// `pasarela` of PATH. No package is needed; `npm install --save-dev` the SDK of your tests.
// container.js has the same as a container.
const { spawn } = require("node:child_process");
const { mkdtempSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

/** What an AWS SDK's client takes. */
const client = (endpoint) => ({ endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } });

/** The variables that AWS SDKs and the AWS CLI read. */
const env = (endpoint) => ({
  AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_REGION: "us-east-1", AWS_DEFAULT_REGION: "us-east-1",
});

/**
 * Resolves to { endpoint, host, client, env, stop }: client is what an AWS SDK's client takes,
 * env the variables that it reads, host the name of this machine in URIs of integrations.
 */
async function start({ timeout = 30_000, program = process.env.PASARELA_BIN ?? "pasarela" } = {}) {
  const data = mkdtempSync(join(tmpdir(), "pasarela-"));
  const child = spawn(program, ["serve", "--local", "--data", data, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const stop = async () => {
    child.kill();
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
  let output = "";
  try {
    await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`pasarela was not ready in ${timeout} ms:\n${output}`)), timeout);
      const read = (text) => {
        output += text;
        if (!/^Ready\.$/m.test(output)) return;
        clearTimeout(timer);
        resolve();
      };
      const fail = (error) => {
        clearTimeout(timer);
        reject(error);
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.once("error", fail);
      child.once("close", (code) => fail(new Error(`pasarela ended with ${code}:\n${output}`)));
    });
  } catch (error) {
    if (child.pid) await stop();
    throw error;
  }
  const endpoint = /serves (http\S+) /.exec(output)[1];
  return { endpoint, host: "127.0.0.1", client: client(endpoint), env: env(endpoint), stop };
}

module.exports = { client, env, start };
