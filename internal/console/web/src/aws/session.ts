// Who is signed in. The key lives in the tab's session storage and nowhere else:
// closing the tab signs out.

export interface Session {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  region: string;
}

const KEY = 'pasarela.session';

export function loadSession(): Session | undefined {
  const text = sessionStorage.getItem(KEY);
  return text ? (JSON.parse(text) as Session) : undefined;
}

export function saveSession(session: Session | undefined): void {
  if (session) sessionStorage.setItem(KEY, JSON.stringify(session));
  else sessionStorage.clear();
}

/** What the server says of itself to anybody: no secret is in it. */
export interface ServerFacts {
  version: string;
  region: string;
  accountId: string;
  /** `dev` offers sign-in by one click. */
  oneClick: boolean;
  endpoint: string;
}

export async function serverFacts(): Promise<ServerFacts> {
  const response = await fetch('/console/facts.json', { headers: { 'X-Pasarela-Console': '1' } });
  if (!response.ok) throw new Error(`facts.json: ${response.status}`);
  return (await response.json()) as ServerFacts;
}

/** Signs in on `pasarela dev`; the server refuses anywhere else. */
export async function oneClickSession(region: string): Promise<Session> {
  const response = await fetch('/console/session', { method: 'POST', headers: { 'X-Pasarela-Console': '1' } });
  if (!response.ok) throw new Error((await response.text()) || String(response.status));
  const key = (await response.json()) as { accessKeyId: string; secretAccessKey: string };
  return { ...key, region };
}
