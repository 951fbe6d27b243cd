import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { useWords, type Words } from '../../words/language';
import { Amount } from '../../words/When';

const en = {
  throttlingRateLimit: 'Rate limit (requests per second)',
  throttlingBurstLimit: 'Burst limit',
  idleTimeoutSeconds: 'Idle timeout (seconds)',
  connectionDurationSeconds: 'Maximum connection duration (seconds)',
  maxFrameBytes: 'Maximum frame size (bytes)',
  maxMessageBytes: 'Maximum message size (bytes)',
  maxConnections: 'Connections per node',
  route: 'route',
  account: 'limit of the account',
};
const es: typeof en = {
  throttlingRateLimit: 'Límite de frecuencia (peticiones por segundo)',
  throttlingBurstLimit: 'Límite de ráfaga',
  idleTimeoutSeconds: 'Inactividad permitida (segundos)',
  connectionDurationSeconds: 'Duración máxima de la conexión (segundos)',
  maxFrameBytes: 'Tamaño máximo de trama (bytes)',
  maxMessageBytes: 'Tamaño máximo de mensaje (bytes)',
  maxConnections: 'Conexiones por nodo',
  route: 'ruta',
  account: 'límite de la cuenta',
};
const words: Words<typeof en> = { en, es };

/** Throttles and limits as they act now; "throttlingRateLimit order" is that of one route. */
export function Limits({ limits }: { limits: Record<string, string> }) {
  const w = useWords(words);
  const all = { throttlingRateLimit: w.account, throttlingBurstLimit: w.account, ...limits };
  const items = Object.entries(all).map(([name, value]) => {
    const [limit = '', route] = name.split(' ');
    const label = w[limit as keyof typeof en] ?? limit;
    return { label: route ? `${label} · ${w.route} ${route}` : label, value: /^\d+(\.\d+)?$/.test(value) ? <Amount of={Number(value)} /> : value };
  });
  return <KeyValuePairs columns={4} items={items} />;
}
