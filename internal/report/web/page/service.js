// Speaking with the service over HTTP, and with the gateway over a WebSocket.

import { knows, say } from './words.js';

// The caller is this browser: a name that nobody can guess, so that its history
// is its own.
const caller = localStorage.getItem('caller') ?? `web-${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;
localStorage.setItem('caller', caller);

async function call(path, method = 'GET') {
  const response = await fetch(path, { method });
  const body = await response.json();
  if (!response.ok) throw new Error(knows(body.code) ? say(body.code) : body.message);
  return body;
}

export const settings = () => call('/page/settings');
export const types = async () => (await call(`/api/reports/types?caller=${caller}`)).types;
export const history = async () => (await call(`/api/reports?limit=20&caller=${caller}`)).reports;
export const status = (id) => call(`/api/reports/${encodeURIComponent(id)}`);
export const preview = (id) => call(`/api/reports/${encodeURIComponent(id)}/preview`);
export const cancel = (id) => call(`/api/reports/${encodeURIComponent(id)}`, 'DELETE');

// wait connects to the gateway, which asks for the report while it connects, and
// calls heard with each frame. A frame that is repeated after a crash is heard
// once. Closed is called with whether the connection had ever been open.
export function wait(gateway, wish, heard, closed) {
  const query = new URLSearchParams({ reportType: wish.type, format: wish.format, language: wish.language, caller, ...wish.parameters });
  const socket = new WebSocket(`${gateway}?${query}`);
  const seen = new Set();
  let opened = false;
  socket.onopen = () => { opened = true; };
  socket.onmessage = (message) => {
    const frame = JSON.parse(message.data);
    if (!frame.event || (frame.event !== 'progress' && seen.has(frame.frameId))) return;
    seen.add(frame.frameId);
    heard(frame);
  };
  socket.onclose = () => closed(opened);
  return socket;
}
