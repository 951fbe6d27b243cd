import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorizerUri, functionHere } from '../src/pages/apis/authorizerUri';
import { fileOf, templateCode, writtenIn, zipCommands } from '../src/pages/functions/code';
import { crc32, zipOf } from '../src/pages/functions/zip';

test('a zip file has its checksum, its name, its text as it is, and one entry that everybody may read', () => {
  assert.equal(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
  const zip = zipOf('index.js', 'héllo');
  const view = new DataView(zip.buffer);
  const end = zip.length - 22;
  assert.equal(view.getUint32(end, true), 0x06054b50);
  assert.equal(view.getUint16(end + 10, true), 1);
  const central = view.getUint32(end + 16, true);
  assert.equal(view.getUint32(central, true), 0x02014b50);
  assert.equal(view.getUint32(central + 20, true), 6);
  assert.equal(view.getUint32(central + 38, true) >>> 16, 0o100644);
  assert.equal(new TextDecoder().decode(zip.subarray(30, 44)), 'index.jshéllo');
});

test('code that is written becomes a file, commands, and a template', () => {
  for (const [text, name] of [['exports.handler = 1', 'index.js'], ['import x from "x";\nexport const handler = 1', 'index.mjs']] as const) {
    assert.equal(writtenIn({ NodeCode: text })?.name, name);
  }
  assert.equal(writtenIn({ PythonCode: 'import json' })?.name, 'index.py');
  assert.equal(zipCommands({ PythonCode: 'x = 1' }), "cat > index.py <<'END'\nx = 1\nEND\nzip function.zip index.py\n");
  assert.equal(zipCommands({}), '');
  assert.equal(zipCommands({ PythonCode: 'x = 1', Handler: 'rooms.app.join' }), "mkdir -p rooms/\ncat > rooms/app.py <<'END'\nx = 1\nEND\nzip function.zip rooms/app.py\n");
  assert.deepEqual(templateCode({ PythonCode: 'x = 1' }), { ZipFile: 'x = 1' });
  assert.equal(templateCode({ PythonCode: 'x = 1', Handler: 'app.handler' }), 'function.zip');
  for (const [language, handler, file] of [
    ['nodejs', 'app.handler', 'app.js'], ['nodejs', 'src/app.rooms.join', 'src/app.js'], ['nodejs', '', 'index.js'], ['python', 'app.handler', 'app.py'], ['python', 'handler', 'index.py'],
  ] as const) {
    assert.equal(fileOf(language, handler, ''), file);
  }
});

test('an authorizer\'s function may be typed by its name or its ARN', () => {
  const facts = { region: 'eu-west-1', accountId: '123456789012' };
  const arn = 'arn:aws:lambda:eu-west-1:123456789012:function:door';
  const invocation = `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${arn}/invocations`;
  for (const [typed, uri, here] of [
    ['door', invocation, 'door'], [arn, invocation, 'door'], [invocation, invocation, 'door'],
    ['http://backend/authorize', 'http://backend/authorize', undefined],
    ['arn:aws:lambda:eu-west-1:999999999999:function:door', `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:999999999999:function:door/invocations`, undefined],
    ['', '', undefined],
  ] as const) {
    assert.equal(authorizerUri(typed, facts), uri);
    assert.equal(functionHere(typed, facts), here);
  }
});
