// What the lives have in common: clients of ENDPOINT, and words to check with.
// The keys in the environment are the administrator's.
const assert = require("node:assert/strict");

const endpoint = process.env.ENDPOINT;
const region = process.env.AWS_REGION;

// speak makes a client and sends commands by their names: gw("GetApi", {ApiId}).
function speak(sdk, name, options = {}) {
  const client = new sdk[name]({ endpoint, region, maxAttempts: 1, ...options });
  const call = (command, input = {}) => client.send(new sdk[command + "Command"](input));
  return Object.assign(call, { client, sdk });
}

// refused wants the SDK's own class of error and a part of its message.
async function refused(Class, text, promise) {
  try {
    await promise;
  } catch (e) {
    assert.ok(e instanceof Class, `${e.name} is no ${Class.name}: ${e.message}`);
    assert.ok(e.message.includes(text), `"${e.message}" has no "${text}"`);
    return e;
  }
  assert.fail(`no ${Class.name} with "${text}"`);
}

// pages collects what a paginator of the SDK yields, and how large each page was.
async function pages(paginate, speaker, member, input, pageSize) {
  const sizes = [];
  const items = [];
  for await (const page of paginate({ client: speaker.client, pageSize }, { ...input })) { // it writes into its input
    sizes.push(page[member].length);
    items.push(...page[member]);
  }
  return { sizes, items };
}

// body is an answer without what the SDK adds.
function body({ $metadata, ...rest }) {
  return rest;
}

function status(answer) {
  return answer.$metadata.httpStatusCode;
}

// live runs the parts one after the other and names the one that failed.
async function live(parts) {
  for (const part of parts) {
    try {
      await part();
    } catch (e) {
      console.error(`${part.name}: ${e.stack}`);
      process.exit(1);
    }
  }
}

module.exports = { assert, speak, refused, pages, body, status, live };
