import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Link from '@cloudscape-design/components/link';
import { Collection } from '../../form/Collection';
import type { Resource } from '../../form/resource';
import { useConsole } from '../../hooks/console';
import { href } from '../../hooks/router';
import { Named } from '../../names/Named';
import { useWords, type Words } from '../../words/language';
import { sinceWhen } from '../../words/format';
import { When } from '../../words/When';
import { useMissing, type OfNodes } from './Missing';

const en = { live: 'Active', silent: 'Does not answer', gone: 'Gone', stopping: 'Stopping', process: 'process', version: 'version' };
const es: typeof en = { live: 'Activo', silent: 'No responde', gone: 'Terminado', stopping: 'Deteniéndose', process: 'proceso', version: 'versión' };
const words: Words<typeof en> = { en, es };

interface NodesAnswer extends OfNodes {
  nodes: OneNode[];
}

/** A node of the cluster: its lease, and what it says of itself where it answers. */
interface OneNode {
  node: string;
  state: 'live' | 'silent' | 'gone';
  lease?: { renewedAt: string; boot: string; host: string; process: number };
  now?: { address: string; version: string; host: string; process: number; startedAt: string; revision: number; connections: number; draining: boolean; stages: Served[] };
}

/** Where a node can be reached, the process that it is, and its version. */
function Whereabouts({ of: { now, lease } }: { of: OneNode }) {
  const w = useWords(words);
  const run = now ?? lease;
  return <>{now && <div>{now.address}</div>}{run && <div>{run.host}, {w.process} {run.process}</div>}{now && <div>{w.version} {now.version}</div>}</>;
}

interface Served {
  apiId: string;
  stage: string;
  deploymentId?: string;
  problem?: string;
}

interface ServedBy extends Served {
  node: string;
}

/** The nodes of the cluster, and which of them serves which deployment. */
export default function Nodes() {
  const w = useWords(words);
  const { extension } = useConsole();
  const [missing, take] = useMissing();
  const ask = async () => take(await extension.get<NodesAnswer>('/pasarela/nodes')).nodes;
  const nodes: Resource<OneNode> = {
    title: { en: 'Nodes', es: 'Nodos' },
    about: {
      en: 'The servers that make up this gateway. The revision is the number of the last write to the store that a node serves; its lease is its claim on its name, which it renews every few seconds where several share a store.',
      es: 'Los servidores que forman esta pasarela. La revisión es el número de la última escritura del almacén que sirve el nodo; la concesión es su derecho a su nombre, que renueva cada pocos segundos cuando varios comparten almacén.',
    },
    empty: { en: 'There is none.', es: 'No hay ninguno.' },
    columns: [
      { id: 'node', minWidth: 120, header: { en: 'Node', es: 'Nodo' }, cell: (one) => one.node, below: (one) => <Whereabouts of={one} />, sort: 'node' },
      {
        id: 'state',
        minWidth: 110,
        header: { en: 'State', es: 'Estado' },
        cell: (one) => <StatusIndicator type={one.now?.draining ? 'in-progress' : one.state === 'live' ? 'success' : one.state === 'silent' ? 'warning' : 'stopped'}>{one.now?.draining ? w.stopping : w[one.state]}</StatusIndicator>,
      },
      { id: 'since', header: { en: 'Since', es: 'Desde' }, cell: (one) => (one.now ? <When at={one.now.startedAt} /> : '–') },
      { id: 'connections', header: { en: 'Connections', es: 'Conexiones' }, cell: (one) => one.now?.connections ?? '–' },
      { id: 'revision', minWidth: 80, header: { en: 'Revision served', es: 'Revisión servida' }, cell: (one) => one.now?.revision ?? '–' },
      { id: 'lease', header: { en: 'Lease renewed', es: 'Concesión renovada' }, cell: (one) => (one.lease ? <When at={one.lease.renewedAt} part={sinceWhen(one.lease.renewedAt)} /> : '–') },
    ],
    fields: [],
    keys: [extension],
    id: (one) => one.node,
    name: (one) => one.node,
    list: ask,
    every: 5000,
  };
  const served: Resource<ServedBy> = {
    title: { en: 'Deployments by node', es: 'Despliegues por nodo' },
    about: { en: 'Which node serves which deployment of a stage.', es: 'Qué nodo sirve qué despliegue de una etapa.' },
    empty: { en: 'No node has a stage.', es: 'Ningún nodo tiene una etapa.' },
    columns: [
      { id: 'api', header: { en: 'API', es: 'API' }, cell: (one) => <Named kind="api" id={one.apiId} />, sort: 'apiId' },
      { id: 'stage', header: { en: 'Stage', es: 'Etapa' }, cell: (one) => <Link href={href('apis', one.apiId, 'live', one.stage)}>{one.stage}</Link>, sort: 'stage' },
      { id: 'node', header: { en: 'Node', es: 'Nodo' }, cell: (one) => one.node, sort: 'node' },
      { id: 'deployment', header: { en: 'Deployment', es: 'Despliegue' }, cell: (one) => (one.deploymentId ? <Named kind="deployment" id={one.deploymentId} api={one.apiId} /> : '–'), sort: 'deploymentId' },
      { id: 'problem', minWidth: 180, header: { en: 'Problem', es: 'Problema' }, cell: (one) => one.problem ?? '–' },
    ],
    fields: [],
    keys: [extension],
    id: (one) => `${one.apiId}/${one.stage}/${one.node}`,
    name: (one) => `${one.apiId}/${one.stage} · ${one.node}`,
    list: async () => (await extension.get<NodesAnswer>('/pasarela/nodes')).nodes.flatMap(({ node, now }) => (now?.stages ?? []).map((one) => ({ ...one, node }))),
    every: 5000,
  };
  return (
    <SpaceBetween size="l">
      {missing}
      <Collection resource={nodes} />
      <Collection resource={served} section />
    </SpaceBetween>
  );
}
