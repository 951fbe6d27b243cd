import Spinner from '@cloudscape-design/components/spinner';
import { lazy, Suspense } from 'react';
import { useConsole } from '../../hooks/console';
import { useLoaded } from '../../hooks/loading';
import { firstEvents } from './firstEvents';
import type { Connection } from './ConnectPanel';

// Its texts in six languages are loaded when they are shown.
const Panel = lazy(() => import('./ConnectPanel'));

/** How a client connects to a stage and a backend pushes to it. */
export const ConnectPanel = (connection: Connection) => <Suspense fallback={<Spinner />}><Panel {...connection} /></Suspense>;

/** The same with the query string and the message that the API can use. */
export function ConnectTo({ apiId, url }: { apiId: string; url: string }) {
  const { clients } = useConsole();
  const first = useLoaded(() => firstEvents(clients, apiId), [clients, apiId]);
  // Who may not read routes may still connect.
  const { query = '', message, routed } = first.value ?? {};
  return <ConnectPanel url={query ? `${url}?${query}` : url} message={routed ? message : undefined} />;
}
