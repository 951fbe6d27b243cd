import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { useWords, type Words } from '../../words/language';

const en = {
  throttlingRateLimit: 'Rate limit (events a second)',
  throttlingBurstLimit: 'Burst limit',
  idleTimeoutSeconds: 'Idle timeout (seconds)',
  connectionDurationSeconds: 'Longest connection (seconds)',
  maxFrameBytes: 'Longest frame (bytes)',
  maxMessageBytes: 'Longest message (bytes)',
  maxConnections: 'Connections on a node',
  route: 'route',
  account: 'the account’s',
};
const es: typeof en = {
  throttlingRateLimit: 'Límite de ritmo (sucesos por segundo)',
  throttlingBurstLimit: 'Límite de ráfaga',
  idleTimeoutSeconds: 'Inactividad permitida (segundos)',
  connectionDurationSeconds: 'Conexión más larga (segundos)',
  maxFrameBytes: 'Trama más larga (bytes)',
  maxMessageBytes: 'Mensaje más largo (bytes)',
  maxConnections: 'Conexiones por nodo',
  route: 'ruta',
  account: 'el de la cuenta',
};
const words: Words<typeof en> = { en, es };

/** Throttles and limits as they act now; "throttlingRateLimit order" is that of one route. */
export function Limits({ limits }: { limits: Record<string, string> }) {
  const w = useWords(words);
  const all = { throttlingRateLimit: w.account, throttlingBurstLimit: w.account, ...limits };
  const items = Object.entries(all).map(([name, value]) => {
    const [limit = '', route] = name.split(' ');
    const label = w[limit as keyof typeof en] ?? limit;
    return { label: route ? `${label} · ${w.route} ${route}` : label, value };
  });
  return <KeyValuePairs columns={4} items={items} />;
}
