// What the charts are called and what they show. AWS's metrics stand beside their names by AWS's (aws-dataplane §10.6).

import type { Words } from '../../words/language';

/** A metric as a chart has it. */
export interface MetricText {
  title: string;
  about: string;
}

const en = {
  ConnectCount: { title: 'Connection attempts (ConnectCount)', about: 'Clients that asked to connect, refused ones too.' },
  MessageCount: { title: 'Messages (MessageCount)', about: 'Messages from and to clients; each connection made and ended counts as one.' },
  IntegrationError: { title: 'Integration errors (IntegrationError)', about: 'The backend answered 4xx or 5xx, or did not answer.' },
  ClientError: { title: 'Client errors (ClientError)', about: 'Refused with 4xx before the backend was called (no route, no permission, throttled), or a proxied backend answered 4xx.' },
  ExecutionError: { title: 'Execution errors (ExecutionError)', about: 'By a fault in the definition of the API the gateway could not call the backend, or not map its answer of 1xx to 3xx; or a proxied backend answered 5xx.' },
  Throttled: { title: 'Throttled', about: 'Refused by a rate limit or a quota; they count as client errors too.' },
  Pushes: { title: 'Pushes', about: 'Messages that backends sent through @connections.' },
  Connections: { title: 'Open connections', about: 'Clients that are connected.' },
  p50: { title: 'p50', about: 'Half of the calls took at most this long.' },
  p90: { title: 'p90', about: '90% of the calls took at most this long.' },
  p99: { title: 'p99', about: '99% of the calls took at most this long.' },
} satisfies Record<string, MetricText>;
const es: typeof en = {
  ConnectCount: { title: 'Intentos de conexión (ConnectCount)', about: 'Clientes que pidieron conectarse, también los rechazados.' },
  MessageCount: { title: 'Mensajes (MessageCount)', about: 'Mensajes de clientes y a clientes; cada conexión y cada desconexión cuenta como uno.' },
  IntegrationError: { title: 'Errores de integración (IntegrationError)', about: 'El backend respondió 4xx o 5xx, o no respondió.' },
  ClientError: { title: 'Errores de cliente (ClientError)', about: 'Se rechazó con 4xx antes de llamar al backend (sin ruta, sin permiso o por encima de un límite), o un backend con proxy respondió 4xx.' },
  ExecutionError: { title: 'Errores de ejecución (ExecutionError)', about: 'Por un fallo en la definición de la API, la pasarela no pudo llamar al backend o convertir su respuesta de 1xx a 3xx; o un backend con proxy respondió 5xx.' },
  Throttled: { title: 'Rechazos por límite', about: 'Se rechazó por un límite de frecuencia o una cuota; cuentan también como errores de cliente.' },
  Pushes: { title: 'Envíos', about: 'Mensajes que enviaron los backends por @connections.' },
  Connections: { title: 'Conexiones abiertas', about: 'Clientes que están conectados.' },
  p50: { title: 'p50', about: 'La mitad de las llamadas tardó como mucho este tiempo.' },
  p90: { title: 'p90', about: 'El 90 % de las llamadas tardó como mucho este tiempo.' },
  p99: { title: 'p99', about: 'El 99 % de las llamadas tardó como mucho este tiempo.' },
};

export const metricWords: Words<Record<string, MetricText | undefined>> = { en, es };
