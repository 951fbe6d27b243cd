import Alert from '@cloudscape-design/components/alert';
import Badge from '@cloudscape-design/components/badge';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Toggle from '@cloudscape-design/components/toggle';
import { lazy, Suspense, useState } from 'react';
import { failureText } from '../../aws/failure';
import { gatewayArn } from '../../aws/tagging';
import { Confirm } from '../../form/Confirm';
import { Diff } from '../../elements/Diff';
import { useConsole } from '../../hooks/console';
import { useDenied } from '../../hooks/permissions';
import { commonWords } from '../../words/common';
import { useLanguage, useWords, type Words } from '../../words/language';
import { Amount } from '../../words/When';
import { placeOf } from './planned';

const FileChoice = lazy(() => import('../../elements/FileChoice'));

const en = {
  export: 'Export',
  exportWhy: 'One YAML file with every API, key, plan, domain name and identity of this server. It can be applied here or to another server.',
  plain: 'Download without secrets',
  secret: 'Download with secrets',
  secretWhy: 'The file holds access keys, API keys and private keys in plain text. Anyone who has it can act as any of these users.',
  import: 'Import',
  importWhy: 'Choose a file to see what it would change. Nothing changes before you apply it.',
  choose: 'Choose a file',
  prune: 'Also remove what the file does not have',
  nothing: 'The file changes nothing here',
  changes: 'What the file would change',
  apply: 'Apply',
  applyWarning: 'All of these changes are made at once. What is removed takes its connections, keys and permissions with it.',
  applied: 'Applied',
  refused: 'The file was refused',
  deployment: 'Deployment',
  create: 'create',
  update: 'change',
  delete: 'remove',
};
const es: typeof en = {
  export: 'Exportar',
  exportWhy: 'Un archivo YAML con todas las APIs, claves, planes, dominios e identidades de este servidor. Se puede aplicar aquí o en otro servidor.',
  plain: 'Descargar sin secretos',
  secret: 'Descargar con secretos',
  secretWhy: 'El archivo contiene claves de acceso, claves de API y claves privadas en claro. Quien lo tenga puede actuar como cualquiera de esos usuarios.',
  import: 'Importar',
  importWhy: 'Elige un archivo para ver qué cambiaría. No cambia nada hasta que lo apliques.',
  choose: 'Elegir un archivo',
  prune: 'Eliminar también lo que el archivo no contiene',
  nothing: 'El archivo no cambia nada aquí',
  changes: 'Qué cambiaría el archivo',
  apply: 'Aplicar',
  applyWarning: 'Todos estos cambios se hacen a la vez. Con lo que se elimina desaparecen sus conexiones, claves y permisos.',
  applied: 'Aplicado',
  refused: 'Se rechazó el archivo',
  deployment: 'Despliegue',
  create: 'crear',
  update: 'cambiar',
  delete: 'eliminar',
};
const words: Words<typeof en> = { en, es };

interface PlannedChange {
  action: 'create' | 'update' | 'delete';
  resource: string;
  /** What people call it, where that is not in resource. */
  name?: string;
  members?: { member: string; name?: string; before?: string; after?: string }[];
}

interface Plan {
  changes: PlannedChange[];
}

/** Everything that is configured as one file, and back by a plan. */
export default function Backup() {
  const w = useWords(words);
  const shell = useWords(commonWords);
  return (
    <SpaceBetween size="l">
      <Header variant="h1">{shell.backup}</Header>
      <Container header={<Header variant="h2" description={w.exportWhy}>{w.export}</Header>}>
        <Export />
      </Container>
      <Container header={<Header variant="h2" description={w.importWhy}>{w.import}</Header>}>
        <Import />
      </Container>
    </SpaceBetween>
  );
}

const PLAIN = '/pasarela/export';
const SECRETS = '/pasarela/export/secrets';

function Export() {
  const w = useWords(words);
  const { extension, facts, notify } = useConsole();
  const [asking, setAsking] = useState(false);
  const on = (action: string, path: string) => [{ action, resource: gatewayArn(facts.region, path.slice(1)) }];
  const denied = useDenied(on('pasarela:GET', PLAIN));
  const secretsDenied = useDenied(on('pasarela:POST', SECRETS));
  const save = async (asked: Promise<string>, kind: string) => {
    const text = await asked;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
    link.download = `pasarela-${facts.accountId}${kind}-${new Date().toISOString().slice(0, 10)}.yaml`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button iconName="download" disabled={!!denied} disabledReason={denied} onClick={() => save(extension.text(PLAIN), '').catch((error: unknown) => notify('error', failureText(error)))}>{w.plain}</Button>
      <Button iconName="download" disabled={!!secretsDenied} disabledReason={secretsDenied} onClick={() => setAsking(true)}>{w.secret}</Button>
      {asking && <Confirm names={['']} action={w.secret} warning={w.secretWhy} confirm={() => save(extension.postText(SECRETS), '-secrets')} close={() => setAsking(false)} />}
    </SpaceBetween>
  );
}

function Import() {
  const w = useWords(words);
  const { extension, notify } = useConsole();
  const [file, setFile] = useState<{ name: string; text: string }>();
  const [prune, setPrune] = useState(false);
  const [plan, setPlan] = useState<Plan>();
  const [error, setError] = useState<string>();
  const [asking, setAsking] = useState(false);
  const look = async (next: typeof file, pruning: boolean) => {
    setPlan(undefined);
    setError(undefined);
    if (!next) return;
    try {
      setPlan(await extension.sendText<Plan>('/pasarela/plan', { prune: String(pruning) }, next.text));
    } catch (refusal) {
      setError(failureText(refusal));
    }
  };
  const apply = async () => {
    await extension.sendText('/pasarela/apply', { prune: String(prune) }, file!.text);
    notify('success', `${w.applied}: ${file!.name}`);
    await look(file, prune);
  };
  const choose = async (file: File | undefined) => {
    const next = file && { name: file.name, text: await file.text() };
    setFile(next);
    await look(next, prune);
  };
  const turn = (next: boolean) => {
    setPrune(next);
    void look(file, next);
  };
  return (
    <SpaceBetween size="m">
      <SpaceBetween direction="horizontal" size="m">
        <Suspense fallback={<Spinner />}><FileChoice accept=".yaml,.yml,.json" text={w.choose} choose={(file) => void choose(file)} /></Suspense>
        <Toggle checked={prune} onChange={({ detail }) => turn(detail.checked)}>{w.prune}</Toggle>
      </SpaceBetween>
      {file && <Box variant="h3">{file.name}</Box>}
      {error && <Alert type="error" header={w.refused}>{error}</Alert>}
      {plan && plan.changes.length === 0 && <StatusIndicator>{w.nothing}</StatusIndicator>}
      {plan && plan.changes.length > 0 && (
        <>
          <Box variant="h4">{w.changes} ({plan.changes.length})</Box>
          <SpaceBetween direction="horizontal" size="xs">{actions.filter((action) => counted(plan, action) > 0).map((action) => <Badge key={action} color={colors[action]}>{w[action]}: <Amount of={counted(plan, action)} /></Badge>)}</SpaceBetween>
          <ul className="plan">{inOrder(plan).map((change, at) => <PlannedLine key={at} change={change} />)}</ul>
          <Button variant="primary" onClick={() => setAsking(true)}>{w.apply}</Button>
        </>
      )}
      {asking && plan && (
        <Confirm
          names={[file!.name]}
          action={w.apply}
          warning={w.applyWarning}
          impact={async () => ({ uses: [], severe: plan.changes.some((change) => change.action === 'delete') })}
          confirm={apply}
          close={() => setAsking(false)}
        />
      )}
    </SpaceBetween>
  );
}

const colors = { create: 'green', update: 'blue', delete: 'red' } as const;
/** In the order in which they are shown: what is removed breaks most. */
const actions = ['delete', 'update', 'create'] as const;

const counted = ({ changes }: Plan, action: PlannedChange['action']) => changes.filter((change) => change.action === action).length;
const inOrder = ({ changes }: Plan) => actions.flatMap((action) => changes.filter((change) => change.action === action));

function PlannedLine({ change: { action, resource, name, members } }: { change: PlannedChange }) {
  const w = useWords(words);
  return (
    <li>
      <Badge color={colors[action]}>{w[action]}</Badge> <InWords path={resource} name={name} />
      {members?.map((one) => (
        <div key={one.member}>
          <InWords path={one.member} name={one.name} />
          <Diff before={one.before} after={one.after} />
        </div>
      ))}
    </li>
  );
}

/** A place of the file by what it is and what it is called, with its id beside it. */
function InWords({ path, name }: { path: string; name: string | undefined }) {
  const w = useWords(words);
  const { language } = useLanguage();
  const place = placeOf(path, name);
  return (
    <span title={path}>
      {place.deployment && <>{w.deployment} <code>{place.deployment}</code>: </>}
      {place.kind ? <>{place.kind[language]} <b>{place.name}</b></> : <code>{place.name}</code>}
      {place.id && <> <Box variant="span" color="text-body-secondary" fontSize="body-s"><code>{place.id}</code></Box></>}
      {place.member && <>, <code>{place.member}</code></>}
    </span>
  );
}
