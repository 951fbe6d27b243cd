import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeOf } from '../src/pages/backup/planned';

test('places of a file are told by what they are and what they are called', () => {
  for (const [path, name, want] of [
    ['apis[7j3z7zhcvd]', 'Orders', 'API|Orders|7j3z7zhcvd|'],
    ['identity.roles[Invoke]', undefined, 'Role|Invoke||'],
    ['identity.account', undefined, 'Account of the identities|||'],
    ['integrations[abc1234].timeoutInMillis', 'POST http://b/x', 'Integration|POST http://b/x|abc1234|timeoutInMillis'],
    ['integrations[abc1234].integrationResponses[x1].responseTemplates.$default', '201', 'Integration response|201|x1|responseTemplates.$default'],
    ['definitions.d1.routes[r1].target', '$connect', 'd1 Route|$connect|r1|target'],
    ['api.name', undefined, '|name||'],
    ['newThings[a]', undefined, '|newThings[a]||'],
  ] as const) {
    const { deployment, kind, name: called, id = '', member = '' } = placeOf(path, name);
    assert.equal(`${deployment ? deployment + ' ' : ''}${kind?.en ?? ''}|${called}|${id}|${member}`, want);
  }
});
