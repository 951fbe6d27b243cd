import { CreateDeploymentCommand, CreateStageCommand } from '@aws-sdk/client-apigatewayv2';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Autosuggest from '@cloudscape-design/components/autosuggest';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { failureText } from '../../aws/failure';
import { cliCommand } from '../../commands/cli';
import { ShowAs } from '../../commands/ShowAs';
import { useConsole } from '../../shell/console';
import { useLoaded } from '../../shell/loading';
import { useWords, type Words } from '../../words/language';
import { listStages } from './lists';
import { VerdictView } from './VerdictView';

const en = { title: 'Deploy API', stage: 'Stage', newStage: 'A name that does not exist yet makes a new stage.', description: 'Description', cancel: 'Cancel', deploy: 'Deploy', refused: 'Refused', deployed: 'Deployed to' };
const es: typeof en = { title: 'Desplegar la API', stage: 'Etapa', newStage: 'Un nombre que aún no existe crea una etapa nueva.', description: 'Descripción', cancel: 'Cancelar', deploy: 'Desplegar', refused: 'Rechazado', deployed: 'Desplegado en' };
const words: Words<typeof en> = { en, es };

export function DeployDialog({ apiId, close }: { apiId: string; close(): void }) {
  const w = useWords(words);
  const { clients, facts, tell } = useConsole();
  const stages = useLoaded(() => listStages(clients, apiId), [apiId]);
  const names = (stages.value ?? []).map((stage) => stage.StageName!);
  const [chosen, setChosen] = useState<string>();
  const [description, setDescription] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const stage = chosen ?? names[0] ?? 'prod';
  const input = { ApiId: apiId, StageName: stage, ...(description ? { Description: description } : {}) };

  const deploy = async () => {
    setBusy(true);
    setError(undefined);
    try {
      if (!names.includes(stage)) await clients.gateway.send(new CreateStageCommand({ ApiId: apiId, StageName: stage }));
      const deployment = await clients.gateway.send(new CreateDeploymentCommand(input));
      tell('success', `${w.deployed} ${stage}: ${deployment.DeploymentId}`);
      close();
    } catch (refusal) {
      setError(failureText(refusal));
      setBusy(false);
    }
  };

  return (
    <Modal
      visible
      size="large"
      header={w.title}
      onDismiss={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>{w.cancel}</Button>
            <Button variant="primary" loading={busy} disabled={!stage} onClick={deploy}>{w.deploy}</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <FormField label={w.stage} description={w.newStage} stretch>
          <Autosuggest value={stage} options={names.map((value) => ({ value }))} ariaLabel={w.stage} enteredTextLabel={(text) => text} onChange={({ detail }) => setChosen(detail.value)} />
        </FormField>
        <FormField label={w.description} stretch><Input value={description} onChange={({ detail }) => setDescription(detail.value)} /></FormField>
        <VerdictView apiId={apiId} stage={names.includes(stage) ? stage : undefined} leave={close} />
        <ShowAs cli={cliCommand('apigatewayv2', 'CreateDeployment', input, facts.endpoint)} />
        {error && <Alert type="error" header={w.refused}>{error}</Alert>}
      </SpaceBetween>
    </Modal>
  );
}
