import Alert from '@cloudscape-design/components/alert';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import { Copyable } from '../../elements/Copyable';
import { Named } from '../../names/Named';
import { formHref, href } from '../../hooks/router';
import { useWords, type Words } from '../../words/language';
import type { Timeline } from './timeline';

const en = {
  api: 'API',
  apiId: 'API ID',
  stage: 'Stage',
  connection: 'Connection ID',
  withheld: 'Bodies, headers and query strings are not shown: they were not kept. With the stage’s “Data trace” (dataTraceEnabled) they are kept from then on.',
  edit: (stage: string) => `Edit stage ${stage}`,
};
const es: typeof en = {
  api: 'API',
  apiId: 'ID de la API',
  stage: 'Etapa',
  connection: 'ID de la conexión',
  withheld: 'No se ven los cuerpos, las cabeceras ni los parámetros de la URL: no se guardaron. Con la «Traza de datos» (dataTraceEnabled) de la etapa se guardan a partir de entonces.',
  edit: (stage) => `Editar la etapa ${stage}`,
};
const words: Words<typeof en> = { en, es };

/** Where what a timeline tells of happened: the API and the stage with the way to them, and the connection. */
export function Place({ of: { apiId, stage, connectionId } }: { of: Timeline }) {
  const w = useWords(words);
  const items = [
    ...(apiId ? [{ label: w.api, value: <Named kind="api" id={apiId} /> }, { label: w.apiId, value: <Copyable text={apiId} /> }] : []),
    ...(apiId && stage ? [{ label: w.stage, value: <Link href={href('apis', apiId, 'stages', stage)}>{stage}</Link> }] : []),
    ...(connectionId ? [{ label: w.connection, value: <Copyable text={connectionId} /> }] : []),
  ];
  return items.length > 0 ? <KeyValuePairs columns={4} minColumnWidth={150} items={items} /> : null;
}

/** Says which setting of the stage keeps what the timeline lacks, and leads to it. */
export function Withheld({ of: { withheld, apiId, stage } }: { of: Timeline }) {
  const w = useWords(words);
  if (!withheld || !apiId || !stage) return null;
  return <Alert type="info">{w.withheld} <Link href={formHref(['apis', apiId, 'stages', stage], { form: 'stage', field: 'DataTraceEnabled' })}>{w.edit(stage)}</Link></Alert>;
}
