import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment } from '@aws-sdk/client-apigatewayv2';
import { newestBeyond } from '../src/pages/apis/newestDeployment';

test('of what was deployed after the served deployment the newest is offered', () => {
  const made = (DeploymentId: string, hour: number, DeploymentStatus: Deployment['DeploymentStatus'] = 'DEPLOYED'): Deployment => ({ DeploymentId, DeploymentStatus, CreatedDate: new Date(Date.UTC(2026, 0, 1, hour)) });
  const all = [made('failed', 9, 'FAILED'), made('second', 2), made('third', 3), made('first', 1), made('with the third', 3)];
  const beyond = (id: string) => newestBeyond(all.find((one) => one.DeploymentId === id)!, all)?.DeploymentId;
  assert.equal(beyond('first'), 'third');
  assert.equal(beyond('second'), 'third');
  assert.equal(beyond('third'), undefined);
  assert.equal(beyond('with the third'), undefined);
});
