import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cliCommand, kebab, ShellText, shellQuote } from '../src/commands/cli';
import { cloudFormation, logicalName } from '../src/commands/cloudformation';
import { asCommands, asTemplate, guideTarget, guideTemplate, type Existing } from '../src/pages/wizard/steps';

test('operations and members get the AWS CLI’s names', () => {
  for (const [name, want] of Object.entries({
    CreateRoute: 'create-route', ApiId: 'api-id', IntegrationUri: 'integration-uri', TemplateSelectionExpression: 'template-selection-expression',
    DisableExecuteApiEndpoint: 'disable-execute-api-endpoint', ApiKeyRequired: 'api-key-required', URLPath: 'url-path', Ipv6: 'ipv6',
  })) assert.equal(kebab(name), want);
});

test('words are quoted for a POSIX shell', () => {
  for (const [text, want] of [
    ['arn:aws:iam::1:role/a+b,c=d@e', 'arn:aws:iam::1:role/a+b,c=d@e'],
    ['$connect', `'$connect'`],
    ['', `''`],
    [`it's`, `'it'\\''s'`],
    ['a b\n`c`', `'a b\n\`c\`'`],
  ] as const) assert.equal(shellQuote(text), want);
});

test('a call as an AWS CLI command', () => {
  const input = { ApiId: new ShellText('$API'), RouteKey: '$connect', ApiKeyRequired: true, AutoDeploy: false, Tags: { a: 'b c' }, TimeoutInMillis: 29000 };
  assert.equal(
    cliCommand('apigatewayv2', 'CreateRoute', input, 'http://127.0.0.1:4566').replaceAll(' \\\n  ', ' '),
    `aws --endpoint-url http://127.0.0.1:4566 apigatewayv2 create-route --api-id "$API" --route-key '$connect' --api-key-required --no-auto-deploy --tags '{"a":"b c"}' --timeout-in-millis 29000`,
  );
});

test('a call as a CloudFormation template', () => {
  const text = cloudFormation({ Role: { type: 'AWS::IAM::Role', properties: { AssumeRolePolicyDocument: '{"Version":"2012-10-17"}', Description: '{}' } }, Model: { type: 'AWS::ApiGatewayV2::Model', properties: { Schema: 'no JSON' } } });
  assert.deepEqual(JSON.parse(text), {
    AWSTemplateFormatVersion: '2010-09-09',
    Resources: {
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17' }, Description: '{}' } },
      Model: { Type: 'AWS::ApiGatewayV2::Model', Properties: { Schema: 'no JSON' } },
    },
  });
});

test('logical names are letters and digits, each once', () => {
  assert.deepEqual([logicalName('AWS::ApiGatewayV2::Route', '$connect', 0), logicalName('AWS::ApiGatewayV2::Route', '$$', 0), logicalName('AWS::ApiGatewayV2::Route', '--', 2)], ['Routeconnect', 'Route', 'Route3']);
});

const plan = {
  apiName: 'Orders', routeSelectionExpression: '$request.body.action', roleName: 'Role', policyName: 'Policy', target: 'http://127.0.0.1:8080/x', method: 'POST',
  template: guideTemplate, responseKeys: ['201', '/4\\d\\d/'], stage: 'prod',
};

test('the wizard’s steps as commands go on from what is there', () => {
  const all = asCommands(plan, '123456789012', 'http://127.0.0.1:4566');
  assert.match(all, /^API=\$\(aws .* create-api /);
  assert.equal(all.match(/create-integration-response/g)?.length, 2);
  assert.match(all, /--credentials-arn arn:aws:iam::123456789012:role\/Role/);
  const some = asCommands({ ...plan, apiId: 'abcdef1234' }, '123456789012', 'http://127.0.0.1:4566');
  assert.ok(!some.includes('create-api ') && some.includes('--api-id abcdef1234'));
});

test('a role that exists is used as it is, and not made', () => {
  const arn = 'arn:aws:iam::123456789012:role/path/Role';
  const commands = asCommands(plan, '123456789012', 'http://127.0.0.1:4566', { role: arn });
  assert.ok(!/create-role|create-policy|attach-role-policy/.test(commands) && commands.includes(`--credentials-arn ${arn}`));
  const { Resources } = JSON.parse(asTemplate(plan, { role: arn })!) as { Resources: Record<string, { Properties: Record<string, unknown> }> };
  assert.ok(!('InvokeRole' in Resources));
  assert.equal(Resources.ConnectIntegration!.Properties.CredentialsArn, arn);
});

test('what the API has already is changed, not created again', () => {
  const there = { ...plan, apiId: 'abcdef1234' };
  const said = (existing: Existing) => asCommands(there, '123456789012', 'http://127.0.0.1:4566', existing);
  for (const [existing, has, lacks] of [
    [{}, /create-policy[^]*create-route [^]*create-stage[^]*create-deployment/, /update-route/],
    [{ policy: true }, /create-role[^]*attach-role-policy/, /create-policy/],
    [{ connectRoute: 'abc123' }, /update-route \\\n  --api-id abcdef1234 \\\n  --route-id abc123/, /create-route /],
    [{ stage: { automatic: false } }, /create-deployment/, /create-stage/],
    [{ stage: { automatic: true } }, /create-route /, /create-stage|create-deployment/],
  ] as [Existing, RegExp, RegExp][]) {
    assert.match(said(existing), has);
    assert.doesNotMatch(said(existing), lacks);
  }
  assert.equal(asTemplate(there, { connectRoute: 'abc123' }), undefined);
});

test('the wizard’s steps as a template refer to each other', () => {
  const { Resources } = JSON.parse(asTemplate(plan)!) as { Resources: Record<string, { Properties: Record<string, unknown> }> };
  assert.deepEqual(Object.keys(Resources), ['Api', 'InvokeRole', 'ConnectIntegration', 'ConnectResponse1', 'ConnectResponse2', 'ConnectRoute', 'Stage']);
  assert.deepEqual(Resources.ConnectIntegration!.Properties.CredentialsArn, { 'Fn::GetAtt': ['InvokeRole', 'Arn'] });
  assert.deepEqual(Resources.ConnectRoute!.Properties.Target, { 'Fn::Join': ['/', ['integrations', { Ref: 'ConnectIntegration' }]] });
});

test("the guide's requests go to the backend that pasarela dev has started", async () => {
  const stages = (StageVariables: Record<string, string>) => ({ gateway: { send: async () => ({ Items: [{ StageName: 'prod', StageVariables }] }) } }) as never;
  const apis = [{ ApiId: 'a', Name: 'ExcelGeneratorAPI', ProtocolType: 'WEBSOCKET' as const, RouteSelectionExpression: '' }];
  assert.equal(await guideTarget(stages({ backend: '127.0.0.1:40123' }), apis), 'http://127.0.0.1:40123/api/reports/create');
  assert.equal(await guideTarget(stages({ backend: 'main' }), apis), 'http://127.0.0.1:8080/api/reports/create');
  assert.equal(await guideTarget(stages({ backend: '127.0.0.1:40123' }), []), 'http://127.0.0.1:8080/api/reports/create');
});
