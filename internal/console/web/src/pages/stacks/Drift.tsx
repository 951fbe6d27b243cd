import { DescribeStackDriftDetectionStatusCommand, DescribeStackResourceDriftsCommand, DetectStackDriftCommand, type CloudFormationClient, type PropertyDifference, type StackResourceDrift } from '@aws-sdk/client-cloudformation';
import Button from '@cloudscape-design/components/button';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { allPages } from '../../aws/allPages';
import { failureText } from '../../aws/failure';
import { Diff } from '../../elements/Diff';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { useConsole } from '../../hooks/console';
import { nameInArn } from '../../names/texts';
import { useWords, type Words } from '../../words/language';
import { When } from '../../words/When';
import { useCloudFormation } from './client';

const en = {
  detect: 'Detect drift', failed: 'Drift could not be detected', inSync: 'No drift: everything is as the template says', drifted: 'Drifted',
  IN_SYNC: 'As in the template', MODIFIED: 'Changed by hand', DELETED: 'Deleted by hand', NOT_CHECKED: 'Not compared',
};
const es: typeof en = {
  detect: 'Detectar desviaciones', failed: 'No se pudieron detectar desviaciones', inSync: 'Sin desviaciones: todo está como dice la plantilla', drifted: 'Hay desviaciones',
  IN_SYNC: 'Como en la plantilla', MODIFIED: 'Cambiado a mano', DELETED: 'Eliminado a mano', NOT_CHECKED: 'No se compara',
};
const words: Words<typeof en> = { en, es };

/** How often it is asked whether a detection has ended, in milliseconds, and how often at most. */
const EVERY = 500;
const TRIES = 240;

/** The differences between what a stack made and what is there now; asked for by a button. */
export function Drift({ name }: { name: string }) {
  const w = useWords(words);
  const client = useCloudFormation();
  const { notify } = useConsole();
  const [busy, setBusy] = useState(false);
  const resource: Resource<StackResourceDrift> = {
    title: { en: 'Drift', es: 'Desviaciones' },
    about: { en: 'What was edited by hand since the stack created or changed it, as of the last detection of drift.', es: 'Lo que se editó a mano desde que la pila lo creó o cambió, según la última detección.' },
    empty: { en: 'Drift has not been detected yet.', es: 'Todavía no se han detectado desviaciones.' },
    columns: [
      { id: 'logical', header: { en: 'Logical ID', es: 'ID lógico' }, cell: (one) => one.LogicalResourceId, sort: 'LogicalResourceId' },
      { id: 'status', minWidth: 195, header: { en: 'Status', es: 'Estado' }, cell: (one) => <Status of={one.StackResourceDriftStatus} /> },
      { id: 'differences', minWidth: 260, header: { en: 'Differences', es: 'Diferencias' }, cell: (one) => one.PropertyDifferences?.map((property) => <Difference key={property.PropertyPath} of={property} />) ?? '–' },
      { id: 'at', header: { en: 'Compared', es: 'Comparado' }, cell: (one) => <When at={one.Timestamp} /> },
    ],
    fields: [],
    keys: [client, name],
    id: (one) => one.LogicalResourceId!,
    name: (one) => one.LogicalResourceId!,
    list: () => drifts(client, name),
    unselected: true,
    actions: (_, reload) => (
      <Button
        loading={busy}
        onClick={() => {
          setBusy(true);
          detect(client, name)
            .then((status) => (status === 'IN_SYNC' ? notify('success', w.inSync) : notify('warning', `${w.drifted}: ${nameInArn(name)}`)))
            .catch((refusal: unknown) => notify('error', w.failed, failureText(refusal)))
            .finally(() => void reload().then(() => setBusy(false)));
        }}
      >
        {w.detect}
      </Button>
    ),
  };
  return <Collection resource={resource} section />;
}

const drifts = (client: CloudFormationClient, StackName: string) =>
  allPages(async (NextToken) => {
    const answer = await client.send(new DescribeStackResourceDriftsCommand({ StackName, NextToken }));
    return { items: answer.StackResourceDrifts, next: answer.NextToken };
  });

/** Has the stack compared, and waits for what that came to: IN_SYNC or DRIFTED. */
async function detect(client: CloudFormationClient, StackName: string): Promise<string | undefined> {
  const { StackDriftDetectionId } = await client.send(new DetectStackDriftCommand({ StackName }));
  for (let tries = 0; tries < TRIES; tries++) {
    const now = await client.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }));
    if (now.DetectionStatus === 'DETECTION_FAILED') throw new Error(now.DetectionStatusReason ?? now.DetectionStatus);
    if (now.DetectionStatus === 'DETECTION_COMPLETE') return now.StackDriftStatus;
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
  throw new Error('DETECTION_IN_PROGRESS');
}

function Status({ of: status = 'NOT_CHECKED' }: { of: StackResourceDrift['StackResourceDriftStatus'] }) {
  const w = useWords(words);
  const type = status === 'IN_SYNC' ? 'success' : status === 'NOT_CHECKED' ? 'stopped' : 'warning';
  return <StatusIndicator type={type}>{w[status as keyof typeof en] ?? status}</StatusIndicator>;
}

function Difference({ of: { PropertyPath, ExpectedValue, ActualValue } }: { of: PropertyDifference }) {
  return (
    <div>
      <code>{PropertyPath}</code>
      <Diff before={ExpectedValue} after={ActualValue} />
    </div>
  );
}
