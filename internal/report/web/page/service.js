// Speaking with the service over HTTP, and with the gateway over a WebSocket.

import { knows, say, spoken } from './words.js';

// The capability of this browser: it opens the reports that this browser asked for.
let access = localStorage.getItem('access') ?? '';

// reach makes a request with a bearer token. Where no service answers, the error says so in
// place of the browser's own words, and is marked as unreachable.
export async function reach(path, method, token, sent) {
  const headers = { 'Accept-Language': spoken(), ...(token && { Authorization: `Bearer ${token}` }) };
  if (sent) headers['Content-Type'] = 'application/json';
  try {
    const response = await fetch(path, { method, headers, body: sent && JSON.stringify(sent) });
    return { response, body: await response.json() };
  } catch {
    throw Object.assign(new Error(say('noService')), { unreachable: true });
  }
}

// A refusal has the page's words as its message, and the service's with the field that is wrong.
async function call(path, method = 'GET', shown = access, sent = undefined) {
  const { response, body } = await reach(path, method, shown, sent);
  if (response.ok) return body;
  throw Object.assign(new Error(knows(body.code) ? say(body.code) : body.message), { field: body.field, said: body.message });
}

// A report has a capability of its own (shown) where the gateway did not pass this
// browser's on.
const report = (id, rest = '') => `/api/reports/${encodeURIComponent(id)}${rest}`;

// enter gets a capability, or a fresh one for that which this browser has.
export async function enter() {
  ({ access } = await call('/page/client', 'POST'));
  localStorage.setItem('access', access);
}

export const settings = () => call('/page/settings');
export const types = async () => (await call('/api/reports/types')).types;
export const history = async () => (await call('/api/reports?limit=20')).reports;
export const status = ({ id, access: shown }) => call(report(id), 'GET', shown);
export const preview = ({ id, access: shown }) => call(report(id, '/preview'), 'GET', shown);
// causeOf is the database's own words for a failed report, for who may write definitions.
export const causeOf = async ({ id }) => (await call(report(id), 'GET', sessionStorage.getItem('token') ?? '')).cause;
export const cancel = ({ id, access: shown }) => call(report(id), 'DELETE', shown);
export const remove = (id) => call(report(id, '/delete'), 'POST');

const schedule = (id, rest = '') => `/api/schedules/${encodeURIComponent(id)}${rest}`;

export const schedules = () => call('/api/schedules');
export const makeSchedule = (wish) => call('/api/schedules', 'POST', access, wish);
export const changeSchedule = (id, wish) => call(schedule(id), 'PUT', access, wish);
export const runSchedule = (id) => call(schedule(id, '/run'), 'POST');
export const pauseSchedule = (id) => call(schedule(id, '/pause'), 'POST');
export const resumeSchedule = (id) => call(schedule(id, '/resume'), 'POST');
export const removeSchedule = (id) => call(schedule(id), 'DELETE');

// newSession draws the secret by which this page's next socket has the same connection,
// where the gateway's stage keeps sessions.
export const newSession = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

// wait asks for a report through the gateway and calls heard with each frame: by a
// message of that action or, without one, while it connects. A frame that is
// repeated after a crash is heard once. Refused is called with the service's or the
// gateway's refusal, closed with whether the connection had ever been open.
export function wait(gateway, action, wish, session, handlers) {
  const { parameters, ...rest } = wish;
  const query = action ? { 'pasarela-session': session } : { reportType: wish.type, format: wish.format, language: wish.language, client: access, ...parameters };
  const socket = listen(`${gateway}?${new URLSearchParams(query)}`, handlers);
  if (action) socket.addEventListener('open', () => socket.send(JSON.stringify({ action, ...rest, client: access, parameters })));
  return socket;
}

// waitOn goes on with the connection of a session, and asks for nothing.
export const waitOn = (gateway, session, handlers) => listen(`${gateway}?${new URLSearchParams({ 'pasarela-session': session })}`, handlers);

function listen(url, { heard, refused, closed }) {
  const socket = new WebSocket(url);
  const seen = new Set();
  let opened = false;
  socket.onopen = () => { opened = true; };
  socket.onmessage = (message) => {
    const frame = JSON.parse(message.data);
    if (!frame.event) {
      if (frame.code || frame.requestId) refused(frame);
      return;
    }
    if (frame.event !== 'progress' && frame.event !== 'queued' && seen.has(frame.frameId)) return;
    seen.add(frame.frameId);
    heard(frame);
  };
  socket.onclose = () => closed(opened);
  return socket;
}
