import { CreateDeploymentCommand, CreateStageCommand } from '@aws-sdk/client-apigatewayv2';
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import Autosuggest from '@cloudscape-design/components/autosuggest';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { gatewayPermits } from '../../aws/permissions';
import { useDenied } from '../../hooks/permissions';
import { failureText } from '../../aws/failure';
import { cliCommand } from '../../commands/cli';
import { cloudFormation } from '../../commands/cloudformation';
import { ShowAs } from '../../commands/ShowAs';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { fieldWords } from '../../words/field';
import { useWords, type Words } from '../../words/language';
import { listStages } from '../../aws/gatewayLists';
import { PreviewView } from './PreviewView';
import { FormPage } from '../../form/FormPage';
import { SubPage } from '../../form/SubPage';
import { useDraft } from '../../hooks/draft';
import { href } from '../../hooks/router';
import { ConnectTo } from './ConnectTo';

const en = { title: 'Deploy API', stage: 'Stage', newStage: 'A name that does not exist yet creates a new stage.', description: 'Description', deploy: 'Deploy', refused: 'Refused', deployed: 'Deployed to', test: 'Test it now', close: 'Close' };
const es: typeof en = { title: 'Desplegar la API', stage: 'Etapa', newStage: 'Un nombre que aún no existe crea una etapa nueva.', description: 'Descripción', deploy: 'Desplegar', refused: 'Rechazado', deployed: 'Desplegado en', test: 'Probarla ahora', close: 'Cerrar' };
const words: Words<typeof en> = { en, es };

interface Props {
  apiId: string;
  /** The API's endpoint, ws://127.0.0.1:4566/abcdef1234. */
  endpoint: string;
  close(): void;
}

/** Deploys, after it said what that changes; then says how clients connect. */
export function DeployPage({ apiId, endpoint, close }: Props) {
  const w = useWords(words);
  const field = useWords(fieldWords);
  const { clients, facts, notify } = useConsole();
  const stages = useLoaded(() => listStages(clients, apiId), [apiId]);
  const denied = useDenied([gatewayPermits(facts.region, `apis/${apiId}/deployments`, String).create!]);
  const names = (stages.value ?? []).map((stage) => stage.StageName!);
  const draft = useDraft<{ stage?: string; description: string }>('deploy', { description: '' });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const [deployed, setDeployed] = useState<string>();
  const { description } = draft.value;
  const stage = draft.value.stage ?? names[0] ?? 'prod';
  const input = { ApiId: apiId, StageName: stage, ...(description ? { Description: description } : {}) };

  const deploy = async () => {
    setBusy(true);
    setError(undefined);
    try {
      if (!names.includes(stage)) await clients.gateway.send(new CreateStageCommand({ ApiId: apiId, StageName: stage }));
      await clients.gateway.send(new CreateDeploymentCommand(input));
      draft.drop();
      setDeployed(stage);
      notify('success', `${w.deployed} ${stage}`);
    } catch (refusal) {
      setError(failureText(refusal));
    } finally {
      setBusy(false);
    }
  };

  if (deployed) {
    return (
      <SubPage
        title={`${w.deployed} ${deployed}`}
        buttons={
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={close}>{w.close}</Button>
            <Button variant="primary" href={href('apis', apiId, 'test', deployed)}>{w.test}</Button>
          </SpaceBetween>
        }
      >
        <ConnectTo apiId={apiId} url={`${endpoint}/${deployed}`} />
      </SubPage>
    );
  }
  return (
    <FormPage title={w.title} draft={draft} startAgain={draft.drop} close={close} action={<Button variant="primary" loading={busy} disabled={!stage || stages.loading || !!denied} disabledReason={denied} onClick={deploy}>{w.deploy}</Button>}>
      <SpaceBetween size="m">
        <ColumnLayout columns={2}>
          <FormField label={w.stage} constraintText={w.newStage} stretch>
            <Autosuggest value={stage} options={names.map((value) => ({ value }))} ariaLabel={w.stage} enteredTextLabel={(text) => text} onChange={({ detail }) => draft.change({ stage: detail.value, description })} />
          </FormField>
          <FormField label={<>{w.description}<i> – {field.optional}</i></>} stretch><Input value={description} onChange={({ detail }) => draft.change((old) => ({ ...old, description: detail.value }))} /></FormField>
        </ColumnLayout>
        <PreviewView apiId={apiId} stage={names.includes(stage) ? stage : undefined} leave={() => undefined} />
        <ShowAs cli={cliCommand('apigatewayv2', 'CreateDeployment', input, facts.endpoint)} template={cloudFormation({ Deployment: { type: 'AWS::ApiGatewayV2::Deployment', properties: input } })} />
        {error && <Alert type="error" header={w.refused}>{error}</Alert>}
      </SpaceBetween>
    </FormPage>
  );
}
