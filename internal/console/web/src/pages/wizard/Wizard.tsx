import type { GetApiResponse } from '@aws-sdk/client-apigatewayv2';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import TokenGroup from '@cloudscape-design/components/token-group';
import Select from '@cloudscape-design/components/select';
import WizardSteps from '@cloudscape-design/components/wizard';
import type { Role } from '@aws-sdk/client-iam';
import { useRef, useState } from 'react';
import { failureText } from '../../aws/failure';
import { ShowAs } from '../../commands/ShowAs';
import { CodeEditor } from '../../elements/CodeEditor';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { go } from '../../hooks/router';
import { useWords } from '../../words/language';
import { useExample } from '../../form/example';
import { readable, trustsGateway } from '../../aws/documents';
import { listRoles } from '../../aws/iamLists';
import { useTemplateCheck } from '../template/check';
import { guideSample } from '../template/samples';
import { RenderedTemplate } from '../template/TemplatePreview';
import { asCommands, asTemplate, carryOut, guideTemplate, type Made, type Plan } from './steps';
import { wizardWords } from '../../words/wizard';
import { Confirm } from '../../form/Confirm';
import { useDraft } from '../../hooks/draft';
import { gatewayTrust } from '../iam/invokeRole';

interface Progress {
  at: number;
  plan: Plan;
  made: Made;
}

/** The guide, "HTTP integration on $connect", as one form; without an API it makes one first. */
export default function Wizard({ api }: { api?: GetApiResponse }) {
  const w = useWords(wizardWords);
  const exampleKey = useExample('/4\\d\\d/');
  const { clients, facts, notify } = useConsole();
  const check = useTemplateCheck();
  const [busy, setBusy] = useState(false);
  const [doing, setDoing] = useState('');
  const [error, setError] = useState<string>();
  const [key, setKey] = useState('');
  const [leaving, setLeaving] = useState(false);
  const draft = useDraft<Progress>('wizard', {
    at: 0,
    plan: {
      apiId: api?.ApiId,
      apiName: api?.Name ?? 'ExcelGeneratorAPI',
      routeSelectionExpression: api?.RouteSelectionExpression ?? '$request.body.action',
      roleName: 'APIGatewayInvokeHTTPRole',
      policyName: 'APIGatewayInvokeHTTPPolicy',
      target: 'http://127.0.0.1:8080/api/reports/create',
      method: 'POST',
      template: guideTemplate,
      responseKeys: ['201'],
      stage: 'prod',
    },
    made: { responseKeys: [] },
  });
  const { at, plan } = draft.value;
  const made = useRef<Made>(draft.value.made);
  const roles = useLoaded(() => listRoles(clients), [clients]);
  const existing = roles.value?.find((one) => one.RoleName === plan.roleName);
  const put = (change: Partial<Plan>) => draft.change((old) => ({ ...old, plan: { ...old.plan, ...change } }));
  const leave = () => (api ? go('apis', api.ApiId!, 'routes') : go('apis'));
  const addKey = () => {
    const next = key.trim();
    if (next && !plan.responseKeys.includes(next)) put({ responseKeys: [...plan.responseKeys, next] });
    setKey('');
  };
  const finish = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const apiId = await carryOut(clients, facts.accountId, plan, made.current, setDoing);
      draft.drop();
      notify('success', w.done);
      go('apis', apiId, 'test', plan.stage);
    } catch (refusal) {
      setError(failureText(refusal));
      draft.change((old) => ({ ...old, made: made.current }));
    } finally {
      setBusy(false);
    }
  };

  const first = (
    <Container>
      <SpaceBetween size="m">
        <FormField label={w.apiName} stretch><Input value={plan.apiName} onChange={({ detail }) => put({ apiName: detail.value })} /></FormField>
        <FormField label={w.expression} description={w.expressionHint} stretch><Input value={plan.routeSelectionExpression} spellcheck={false} onChange={({ detail }) => put({ routeSelectionExpression: detail.value })} /></FormField>
      </SpaceBetween>
    </Container>
  );
  const role = (
    <SpaceBetween size="m">
      <Alert type="info">{w.roleWhy}</Alert>
      <Container>
        <SpaceBetween size="m">
          <FormField label={w.roleName} stretch><Input value={plan.roleName} onChange={({ detail }) => put({ roleName: detail.value })} /></FormField>
          {/* Of a role that exists nothing is written, and neither is a policy. */}
          {existing ? (
            <Existing role={existing} />
          ) : (
            <>
              <FormField label={w.policyName} stretch><Input value={plan.policyName} onChange={({ detail }) => put({ policyName: detail.value })} /></FormField>
              <FormField label={w.trust} stretch><pre className="frame-text">{JSON.stringify(JSON.parse(gatewayTrust), null, 2)}</pre></FormField>
            </>
          )}
        </SpaceBetween>
      </Container>
    </SpaceBetween>
  );
  const integration = (
    <Container>
      <SpaceBetween size="m">
        <ColumnLayout columns={2}>
          <FormField label={w.method} stretch>
            <Select selectedOption={{ value: plan.method }} options={['POST', 'PUT', 'GET'].map((value) => ({ value }))} onChange={({ detail }) => put({ method: detail.selectedOption.value! })} />
          </FormField>
          <FormField label={w.target} stretch><Input value={plan.target} spellcheck={false} onChange={({ detail }) => put({ target: detail.value })} /></FormField>
        </ColumnLayout>
      </SpaceBetween>
    </Container>
  );
  const template = (
    <Container>
      <SpaceBetween size="m">
        <CodeEditor value={plan.template} syntax="vtl" label={w.template} onChange={(text) => put({ template: text })} check={(text) => check('vtl', text)} />
        <RenderedTemplate template={plan.template} sample={guideSample} />
      </SpaceBetween>
    </Container>
  );
  const responses = (
    <SpaceBetween size="m">
      <Alert type="warning">{w.responsesWhy}</Alert>
      <Container>
        <SpaceBetween size="m">
          <FormField label={w.key} description={w.keyHint} stretch>
            <Input
              value={key}
              placeholder={exampleKey}
              onChange={({ detail }) => setKey(detail.value)}
              onKeyDown={({ detail, ...event }) => {
                if (detail.key === 'Enter') {
                  event.preventDefault();
                  addKey();
                }
              }}
              onBlur={addKey}
            />
          </FormField>
          <TokenGroup
            items={plan.responseKeys.map((label) => ({ label, dismissLabel: `${w.remove} ${label}` }))}
            onDismiss={({ detail }) => put({ responseKeys: plan.responseKeys.filter((_, index) => index !== detail.itemIndex) })}
          />
          {plan.responseKeys.length === 0 && <StatusIndicator type="error">{w.noKeys}</StatusIndicator>}
        </SpaceBetween>
      </Container>
    </SpaceBetween>
  );
  const deploy = (
    <SpaceBetween size="m">
      <Container>
        <SpaceBetween size="m">
          <FormField label={w.stage} stretch><Input value={plan.stage} onChange={({ detail }) => put({ stage: detail.value })} /></FormField>
          <Box>
            {w.url}: <code>{api?.ApiEndpoint ?? `${location.origin.replace(/^http/, 'ws')}/<api-id>`}/{plan.stage}?reportType=ventas</code>
          </Box>
        </SpaceBetween>
      </Container>
      <ShowAs cli={asCommands(plan, facts.accountId, facts.endpoint, existing?.Arn)} template={asTemplate(plan, existing?.Arn)} />
      {busy && <StatusIndicator type="loading">{doing}</StatusIndicator>}
      {error && <Alert type="error" header={`${w.refused}: ${doing}`}>{error}</Alert>}
    </SpaceBetween>
  );

  return (
    <>
      {leaving && (
        <Confirm
          names={[plan.apiName]}
          action={w.discard}
          warning={w.discardWarning}
          confirm={async () => {
            draft.drop();
            leave();
          }}
          close={() => setLeaving(false)}
        />
      )}
      <WizardSteps
        activeStepIndex={at}
        onNavigate={({ detail }) => draft.change((old) => ({ ...old, at: detail.requestedStepIndex }))}
        onSubmit={finish}
        onCancel={() => (draft.dirty ? setLeaving(true) : leave())}
        isLoadingNextStep={busy}
        i18nStrings={{ submitButton: w.submit, stepNumberLabel: (n) => `${w.step} ${n}` }}
        steps={[
          ...(api ? [] : [{ title: w.api, content: first }]),
          { title: w.role, content: role },
          { title: w.integration, content: integration },
          { title: w.template, description: w.templateWhy, content: template },
          { title: w.responses, content: responses },
          { title: w.deploy, content: deploy },
        ]}
      />
    </>
  );
}

function Existing({ role }: { role: Role }) {
  const w = useWords(wizardWords);
  const trusts = trustsGateway(readable(role.AssumeRolePolicyDocument));
  return <StatusIndicator type={trusts ? 'info' : 'error'}>{trusts ? w.exists : w.existsWithoutTrust}</StatusIndicator>;
}
