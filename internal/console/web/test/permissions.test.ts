import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatewayPermits, Permissions, type Decision } from '../src/aws/permissions';

test('a list of API Gateway needs the verbs on its paths', () => {
  const permits = gatewayPermits<{ id: string }>('eu-west-1', 'apis/a1/routes', (one) => one.id);
  assert.deepEqual(permits.create, { action: 'apigateway:POST', resource: 'arn:aws:apigateway:eu-west-1::/apis/a1/routes' });
  assert.deepEqual(permits.remove!({ id: 'r1' }), { action: 'apigateway:DELETE', resource: 'arn:aws:apigateway:eu-west-1::/apis/a1/routes/r1' });
  assert.deepEqual(permits.update!({ id: 'r1' }), { action: 'apigateway:PATCH', resource: 'arn:aws:apigateway:eu-west-1::/apis/a1/routes/r1' });
});

test('questions of one moment go together, at most a hundred in a call', async () => {
  const sent: number[] = [];
  const asker = new Permissions({
    post: async <T>(_path: string, body: unknown) => {
      const { calls } = body as { calls: Decision[] };
      sent.push(calls.length);
      return { decisions: calls.map((one) => ({ ...one, allowed: one.resource !== '7' })) } as T;
    },
  });
  const answers = await Promise.all(Array.from({ length: 101 }, (_, i) => asker.ask({ action: 'iam:GetRole', resource: String(i) })));
  assert.deepEqual(sent, [100, 1]);
  assert.deepEqual(answers.filter((one) => !one.allowed).map((one) => one.resource), ['7']);
});

test('a question that fails fails for who asked, and the next one is asked', async () => {
  let fails = true;
  const asker = new Permissions({
    post: async <T>(_path: string, body: unknown) => {
      if (fails) throw new Error('away');
      return { decisions: (body as { calls: Decision[] }).calls.map((one) => ({ ...one, allowed: true })) } as T;
    },
  });
  const question = { action: 'iam:GetRole', resource: 'r' };
  await assert.rejects(asker.ask(question), /away/);
  fails = false;
  assert.equal((await asker.ask(question)).allowed, true);
});
