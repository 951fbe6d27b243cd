// The calls that AWS never offered: explain, live connections, logs, rendering a
// template, what changed since a deployment. They are signed like every AWS call
// (service "pasarela"), so IAM decides who may make them, and any client may.

import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Session } from './session';

export class ExtensionError extends Error {
  constructor(
    readonly name: string,
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

export type Query = Record<string, string | undefined>;

export class Extension {
  private readonly signer: SignatureV4;

  /** Sentences of the answers are asked for in that language. */
  constructor(session: Session, private readonly language: string) {
    this.signer = new SignatureV4({ service: 'pasarela', region: session.region, credentials: session, sha256: session.sha256 });
  }

  get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    return this.call<T>('GET', path, { ...query, language: this.language }, undefined, signal);
  }

  post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
    return this.call<T>('POST', path, { language: this.language }, JSON.stringify(body), signal);
  }

  private async call<T>(method: string, path: string, query: Query, body: string | undefined, signal?: AbortSignal): Promise<T> {
    const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined && value !== ''));
    const request = new HttpRequest({
      method,
      protocol: location.protocol,
      hostname: location.hostname,
      port: location.port ? Number(location.port) : undefined,
      path,
      query: given as Record<string, string>,
      headers: { host: location.host, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body,
    });
    const signed = await this.signer.sign(request);
    const { host: _host, ...headers } = signed.headers;
    const search = new URLSearchParams(given as Record<string, string>).toString();
    const response = await fetch(path + (search ? '?' + search : ''), { method, headers, body, signal });
    const text = await response.text();
    if (!response.ok) throw failure(response, text);
    return (text ? JSON.parse(text) : undefined) as T;
  }
}

function failure(response: Response, text: string): ExtensionError {
  const kind = response.headers.get('x-amzn-ErrorType') ?? `HTTP ${response.status}`;
  let message = text;
  try {
    const body = JSON.parse(text) as { message?: string; Message?: string };
    message = body.message ?? body.Message ?? text;
  } catch {
    // Not JSON: the text itself is what there is to show.
  }
  return new ExtensionError(kind, message, response.status);
}
