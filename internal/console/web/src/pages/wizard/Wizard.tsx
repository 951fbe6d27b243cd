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
import Spinner from '@cloudscape-design/components/spinner';
import type { Role } from '@aws-sdk/client-iam';
import { useRef, useState } from 'react';
import { failureText } from '../../aws/failure';
import { ShowAs } from '../../commands/ShowAs';
import { CodeEditor } from '../../elements/CodeEditor';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { useDenied } from '../../hooks/permissions';
import { gatewayArn } from '../../aws/tagging';
import { go } from '../../hooks/router';
import { useLanguage, useWords } from '../../words/language';
import { useExample } from '../../form/example';
import { readable, trustsGateway } from '../../aws/documents';
import { listApis, listRoutes, listStages } from '../../aws/gatewayLists';
import { listPolicies, listRoles } from '../../aws/iamLists';
import { freeName } from '../../names/distinct';
import { responseKeyFault } from '../../words/responseKey';
import { useTemplateCheck } from '../template/check';
import { guideSample } from '../template/samples';
import { RenderedTemplate } from '../template/TemplatePreview';
import { asCommands, asTemplate, carryOut, guideTarget, guideTemplate, type Existing, type Made, type Plan } from './steps';
import { wizardWords } from '../../words/wizard';
import { Confirm } from '../../form/Confirm';
import { useDraft } from '../../hooks/draft';
import { gatewayTrust } from '../iam/invokeRole';

interface Progress {
  at: number;
  plan: Plan;
  made: Made;
}

interface Props {
  /** The API that gets the integration; absent: one is made first. */
  api?: GetApiResponse;
}

/** The guide, "HTTP integration on $connect", as one form. */
export default function Wizard({ api }: Props) {
  const { clients } = useConsole();
  const known = useLoaded(async () => {
    const apis = await listApis(clients).catch(() => []); // who may not list APIs is offered the guide's name
    return { taken: apis.map((one) => one.Name!), target: await guideTarget(clients, apis) };
  }, [clients]);
  return known.value ? <Steps api={api} {...known.value} /> : <Spinner />;
}

/** What is there already of what the plan makes. */
function useExisting(plan: Plan): { role?: Role; all: Existing } {
  const { clients } = useConsole();
  const roles = useLoaded(() => listRoles(clients), [clients]);
  const policies = useLoaded(() => listPolicies(clients, 'Local'), [clients]);
  const routes = useLoaded(async () => (plan.apiId ? listRoutes(clients, plan.apiId) : []), [clients, plan.apiId]);
  const stages = useLoaded(async () => (plan.apiId ? listStages(clients, plan.apiId) : []), [clients, plan.apiId]);
  const role = roles.value?.find((one) => one.RoleName === plan.roleName);
  const stage = stages.value?.find((one) => one.StageName === plan.stage);
  return {
    role,
    all: {
      role: role?.Arn,
      policy: policies.value?.some((one) => one.PolicyName === plan.policyName),
      connectRoute: routes.value?.find((one) => one.RouteKey === '$connect')?.RouteId,
      stage: stage && { automatic: !!stage.AutoDeploy },
    },
  };
}

function Steps({ api, taken, target }: Props & { taken: string[]; target: string }) {
  const w = useWords(wizardWords);
  const { language } = useLanguage();
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
      apiName: api?.Name ?? freeName('ExcelGeneratorAPI', taken),
      routeSelectionExpression: api?.RouteSelectionExpression ?? '$request.body.action',
      roleName: 'APIGatewayInvokeHTTPRole',
      policyName: 'APIGatewayInvokeHTTPPolicy',
      target,
      method: 'POST',
      template: guideTemplate,
      responseKeys: ['201'],
      stage: 'prod',
    },
    made: { responseKeys: [] },
  });
  const { at, plan } = draft.value;
  const made = useRef<Made>(draft.value.made);
  const { role: existing, all: there } = useExisting(plan);
  const denied = useDenied([
    { action: 'apigateway:POST', resource: gatewayArn(facts.region, api ? `apis/${api.ApiId}/integrations` : 'apis') },
    ...(existing ? [] : [{ action: 'iam:CreateRole', resource: '*' }]),
  ]);
  const put = (change: Partial<Plan>) => draft.change((old) => ({ ...old, plan: { ...old.plan, ...change } }));
  const wrongKeys = plan.responseKeys.filter(responseKeyFault);
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
        <FormField label={w.apiName} warningText={taken.includes(plan.apiName) && w.taken} stretch><Input value={plan.apiName} onChange={({ detail }) => put({ apiName: detail.value })} /></FormField>
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
              <FormField label={w.policyName} constraintText={there.policy && w.policyExists} stretch><Input value={plan.policyName} onChange={({ detail }) => put({ policyName: detail.value })} /></FormField>
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
          {wrongKeys.map((one) => <StatusIndicator key={one} type="warning">{responseKeyFault(one)![language]}</StatusIndicator>)}
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
      <ShowAs cli={asCommands(plan, facts.accountId, facts.endpoint, there)} template={asTemplate(plan, there)} />
      {busy && <StatusIndicator type="loading">{doing}</StatusIndicator>}
      {error && <Alert type="error" header={`${w.refused}: ${doing}`}>{error}</Alert>}
    </SpaceBetween>
  );

  return (
    <>
      {denied && <Box padding={{ bottom: 'm' }}><Alert type="warning">{denied}</Alert></Box>}
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
