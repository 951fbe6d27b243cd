/** The event that templates are rendered with until real traffic gives a better one. */
export interface SampleEvent {
  eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT';
  body: string;
  querystring: Record<string, string>;
  header: Record<string, string>;
  stageVariables: Record<string, string>;
}

export const firstSample: SampleEvent = {
  eventType: 'CONNECT',
  body: '',
  querystring: { reportType: 'ventas' },
  header: { 'User-Agent': 'console' },
  stageVariables: {},
};

/** An event to try a template with: this tab's test client sent it, or a client of the API did. */
export interface Sent {
  eventType: 'CONNECT' | 'MESSAGE';
  query: string;
  body: string;
}

const KEY = 'pasarela.samples';
const KEPT = 8;

export const guideSample: Sent = { eventType: 'CONNECT', query: 'reportType=ventas', body: '' };

/**
 * What to try a template with first: what the test client sent, before one made up. Where the
 * route is known it is an event of that route, else the newest.
 */
export function newestSample(routeKey?: string): Sent {
  if (!routeKey) return samples()[0] ?? guideSample;
  const own = routeKey.startsWith('$') ? 'hello' : routeKey;
  const message: Sent = { eventType: 'MESSAGE', query: '', body: JSON.stringify({ action: own }) };
  const first = routeKey === '$connect' || routeKey === '$disconnect' ? guideSample : message;
  return samples().find((sent) => sent.eventType === first.eventType && (first !== message || sent.body.includes(own))) ?? first;
}

/** The events of the test client, newest first. They leave with the tab. */
export function samples(): Sent[] {
  return JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as Sent[];
}

export function rememberSample(sent: Sent): void {
  const others = samples().filter((one) => JSON.stringify(one) !== JSON.stringify(sent));
  sessionStorage.setItem(KEY, JSON.stringify([sent, ...others].slice(0, KEPT)));
}

export function asEvent(sent: Sent): SampleEvent {
  return { ...firstSample, eventType: sent.eventType, body: sent.body, querystring: Object.fromEntries(new URLSearchParams(sent.query)) };
}
