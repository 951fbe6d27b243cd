// Runs a handler written for Lambda's Node.js runtimes against the Runtime API.
import http from 'node:http';
import https from 'node:https';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { format } from 'node:util';
import { pathToFileURL, urlToHttpOptions } from 'node:url';

const env = process.env;
const [host, ...prefix] = env.AWS_LAMBDA_RUNTIME_API.split('/');
const [hostname, port] = host.split(':');
const base = ['', ...prefix, '2018-06-01', 'runtime'].join('/');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

// Functions written for AWS call https://{domainName}/{stage}. The node that runs them
// may serve http: calls to its own address go there as it serves them, and so do those to
// @connections of an address that is made of an API's id and the region.
const home = new URL(env.AWS_ENDPOINT_URL ?? 'http://localhost');
if (home.protocol === 'http:' && env.PASARELA_ENDPOINT === env.AWS_ENDPOINT_URL) {
  const secure = https.request;
  https.request = function request(first, ...rest) {
    const options = first instanceof URL || typeof first === 'string' ? new URL(first) : first;
    const name = options.hostname ?? (options.host ?? '').split(':')[0];
    const at = String(options.port || 443);
    if (at === '443' && name.endsWith(`.execute-api.${env.AWS_REGION}.amazonaws.com`) && managesConnections(options)) return throughHome(name, options, rest);
    if (name !== home.hostname || at !== (home.port || '80')) return secure.call(https, first, ...rest);
    if (options instanceof URL) {
      options.protocol = 'http:';
      return http.request(options, ...withoutAgent(rest));
    }
    return http.request({ ...options, protocol: 'http:', agent: undefined }, ...rest);
  };
  https.get = function get(...given) {
    const request = https.request(...given);
    request.end();
    return request;
  };
  syncBuiltinESMExports();
}

function managesConnections(options) {
  return /^\/[^/?]+\/(@|%40)connections\//.test(options instanceof URL ? options.pathname : (options.path ?? ''));
}

// throughHome sends a request to the node, with the host that it was signed for.
function throughHome(name, options, rest) {
  const [more, ...after] = rest[0] && typeof rest[0] === 'object' ? rest : [{}, ...rest];
  const given = options instanceof URL ? { ...urlToHttpOptions(options), ...more } : options;
  const request = http.request({ ...given, protocol: 'http:', agent: undefined, hostname: home.hostname, host: home.hostname, port: home.port || 80 }, ...after);
  request.setHeader('Host', name);
  return request;
}

function withoutAgent(given) {
  return given.map((v) => (v && typeof v === 'object' ? { ...v, agent: undefined, protocol: undefined } : v));
}

function call(method, path, body, headers) {
  return new Promise((done, failed) => {
    const request = http.request({ hostname, port, path: base + path, method, agent, headers }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('error', failed);
      response.on('end', () => done({ headers: response.headers, status: response.statusCode, body: Buffer.concat(parts).toString('utf8') }));
    });
    request.on('error', failed);
    if (body !== undefined) request.setHeader('Content-Length', Buffer.byteLength(body));
    request.end(body);
  });
}

// errorOf gives what was thrown the form of Lambda's errors.
function errorOf(thrown) {
  if (thrown instanceof Error || (thrown && typeof thrown === 'object' && 'message' in thrown && 'stack' in thrown)) {
    return { errorType: String(thrown.name ?? 'Error'), errorMessage: String(thrown.message), trace: String(thrown.stack ?? '').split('\n') };
  }
  return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
}

let current;
for (const [name, level] of Object.entries({ log: 'INFO', info: 'INFO', debug: 'DEBUG', trace: 'TRACE', warn: 'WARN', error: 'ERROR' })) {
  console[name] = (...given) => {
    const text = format(...given).replaceAll('\n', '\r');
    process.stdout.write(`${new Date().toISOString()}\t${current?.id ?? 'undefined'}\t${level}\t${text}\n`);
  };
}

async function crash(type, thrown) {
  const problem = errorOf(thrown);
  if (type) problem.errorType = type;
  console.error('Uncaught Exception', JSON.stringify(problem));
  const path = current ? `/invocation/${current.id}/error` : '/init/error';
  try {
    await call('POST', path, JSON.stringify(problem), { 'Lambda-Runtime-Function-Error-Type': problem.errorType });
  } finally {
    process.exit(1);
  }
}
process.on('uncaughtException', (thrown) => crash('', thrown));
process.on('unhandledRejection', (thrown) => crash('Runtime.UnhandledPromiseRejection', thrown));

async function load() {
  const folder = env._HANDLER.lastIndexOf('/') + 1;
  const at = env._HANDLER.indexOf('.', folder); // what follows may lead into objects: app.rooms.join
  const file = resolve(env.LAMBDA_TASK_ROOT, env._HANDLER.slice(0, Math.max(at, 0)));
  const names = env._HANDLER.slice(at + 1).split('.');
  const found = ['.js', '.mjs', '.cjs'].map((end) => file + end).find((path) => existsSync(path));
  if (at <= folder || !found) {
    throw Object.assign(new Error(`Cannot find module '${env._HANDLER.slice(0, Math.max(at, 0))}' (handler ${env._HANDLER}) in the function's code`), { name: 'Runtime.ImportModuleError' });
  }
  let module;
  try {
    module = found.endsWith('.cjs') ? createRequire(import.meta.url)(found) : await import(pathToFileURL(found));
  } catch (thrown) {
    throw Object.assign(thrown instanceof Error ? thrown : new Error(String(thrown)), { name: thrown instanceof SyntaxError ? 'Runtime.UserCodeSyntaxError' : 'Runtime.ImportModuleError' });
  }
  // What a CommonJS module exports is the default of its import, and may have a member of that name.
  const handler = [module, module.default].map((from) => names.reduce((value, name) => value?.[name], from)).find((value) => typeof value === 'function');
  if (!handler) {
    throw Object.assign(new Error(`${env._HANDLER} is undefined or not exported`), { name: 'Runtime.HandlerNotFound' });
  }
  return handler;
}

function contextOf(headers, settle) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const client = headers['lambda-runtime-client-context'];
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    clientContext: client ? JSON.parse(client) : undefined,
    getRemainingTimeInMillis: () => deadline - Date.now(),
    done: settle,
    fail: (problem) => settle(problem),
    succeed: (value) => settle(null, value),
  };
}

function run(handler, event, headers) {
  return new Promise((done, failed) => {
    const settle = (problem, value) => (problem ? failed(problem) : done(value));
    const result = handler(event, contextOf(headers, settle), settle);
    if (result && typeof result.then === 'function') result.then(done, failed);
    else if (handler.length < 3 && handler.constructor.name === 'AsyncFunction') done(result);
  });
}

let handler;
try {
  handler = await load();
} catch (thrown) {
  await crash(thrown?.name?.startsWith('Runtime.') ? thrown.name : '', thrown);
}
for (;;) {
  const next = await call('GET', '/invocation/next');
  if (next.status !== 200) process.exit(0);
  current = { id: next.headers['lambda-runtime-aws-request-id'] };
  env._X_AMZN_TRACE_ID = next.headers['lambda-runtime-trace-id'] ?? '';
  let path = 'response';
  let body;
  let headers = { 'Content-Type': 'application/json' };
  try {
    body = JSON.stringify(await run(handler, JSON.parse(next.body), next.headers)) ?? 'null';
  } catch (thrown) {
    const problem = errorOf(thrown);
    console.error('Invoke Error', JSON.stringify(problem));
    path = 'error';
    body = JSON.stringify(problem);
    headers = { ...headers, 'Lambda-Runtime-Function-Error-Type': problem.errorType.replace(/[^\x21-\x7e]/g, '?') };
  }
  await call('POST', `/invocation/${current.id}/${path}`, body, headers);
  current = undefined;
}
