// The session: one for all tabs of this browser, until a sign-out or until the console
// was not used for IDLE. The secret is not stored: it becomes a non-extractable HMAC key
// of Web Crypto in IndexedDB (A-CONSOLE-2). Browsers offer Web Crypto over TLS and on
// loopback only; elsewhere the secret stays in the memory of its tab.

import { Sha256 } from '@aws-crypto/sha256-js';
import { forget, remember, remembered } from './keyStore';
import { signingHash, type Hash } from './signingHash';

export interface Session {
  accessKeyId: string;
  /** What the clients sign with; of a kept session it only names the key that does. */
  secretAccessKey: string;
  sessionToken?: string;
  /** When temporary credentials end, in milliseconds since 1970, where that is known. */
  expires?: number;
  region: string;
  sha256: Hash;
}

export interface Secret {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  expires?: number;
}

/** Whether a session is kept when its tab is closed. */
export const canKeep = typeof crypto.subtle !== 'undefined';

/** A session ends when the console was not used for so long, in milliseconds (A-CONSOLE-2). */
const IDLE = 8 * 60 * 60 * 1000;
const USED = 'pasarela.used';

export async function loadSession(): Promise<Session | undefined> {
  if (!canKeep) return undefined;
  const kept = await remembered();
  if (!kept) return undefined;
  if (isIdle() || hasExpired(kept)) {
    await forget();
    return undefined;
  }
  const { key, ...who } = kept;
  const handle = crypto.randomUUID();
  return { ...who, secretAccessKey: handle, sha256: signingHash(handle, key) };
}

/** Makes a session of a secret; nothing is kept before [keepSession]. */
export function sessionOf(secret: Secret, region: string): Session {
  return { ...secret, region, sha256: Sha256 };
}

/** Keeps a session for every tab, and returns what signs from now on. */
export async function keepSession({ accessKeyId, secretAccessKey, sessionToken, expires, region, sha256 }: Session): Promise<Session> {
  noteUse();
  if (!canKeep) return { accessKeyId, secretAccessKey, sessionToken, expires, region, sha256 };
  const bytes = new TextEncoder().encode('AWS4' + secretAccessKey);
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  await remember({ accessKeyId, sessionToken, expires, region, key });
  announce();
  return (await loadSession())!;
}

export async function endSession(): Promise<void> {
  sessionStorage.clear();
  if (canKeep) await forget();
  announce();
}

export function noteUse(): void {
  localStorage.setItem(USED, String(Date.now()));
}

export function isIdle(): boolean {
  return Date.now() - Number(localStorage.getItem(USED) ?? 0) > IDLE;
}

/** Temporary credentials sign until a moment that is known. */
export function hasExpired({ expires }: { expires?: number }): boolean {
  return expires !== undefined && Date.now() >= expires;
}

const channel = new BroadcastChannel('pasarela.session');

function announce(): void {
  channel.postMessage('changed');
}

/** Calls changed when another tab signed in or out; the result unsubscribes. */
export function onSessionChange(changed: () => void): () => void {
  channel.addEventListener('message', changed);
  return () => channel.removeEventListener('message', changed);
}

/** What the server says of itself without a sign-in: there is no secret in it. */
export interface ServerFacts {
  version: string;
  region: string;
  accountId: string;
  endpoint: string;
  /** Settings of stages that AWS does not have; absent on a server that offers only what AWS has. */
  stageSettings?: StageSetting[];
  /** Runtimes of functions that run on this server; absent where it runs none. */
  runtimes?: string[];
}

/** What the tag of a setting may say. */
export interface StageSetting {
  /** The tag's key is "pasarela:" and it. */
  name: string;
  /** Of a number: seconds or bytes; absent: it is a count, or no number. */
  unit?: 'seconds' | 'bytes';
  /** Bounds of a number; no most: it is none. */
  least?: number;
  most?: number;
  /** Of a setting that has one of two values, the default first; absent: any text. */
  choices?: string[];
  /** What holds without the tag. */
  default?: string;
}

export async function serverFacts(): Promise<ServerFacts> {
  const response = await fetch('/console/facts.json', { headers: { 'X-Pasarela-Console': '1' } });
  if (!response.ok) throw new Error(`facts.json: ${response.status}`);
  return (await response.json()) as ServerFacts;
}

/** The token of the address that `pasarela dev` or `pasarela console` printed; it leaves the address bar and the history. */
export function takeToken(): string | undefined {
  const token = /^#token=([\w-]+)$/.exec(location.hash)?.[1];
  if (token) history.replaceState(null, '', '#/');
  return token;
}

/** Exchanges the token, once, for the key that it was made for. */
export async function exchange(token: string): Promise<Secret> {
  const response = await fetch('/console/session', { method: 'POST', headers: { 'X-Pasarela-Console': '1' }, body: JSON.stringify({ token }) });
  if (!response.ok) throw new Error(((await response.text()) || String(response.status)).trim());
  return (await response.json()) as Secret;
}
