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
    return this.call('GET', path, { ...query, language: this.language }, undefined, signal).then(parsed<T>);
  }

  post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
    return this.call('POST', path, { language: this.language }, { type: 'application/json', text: JSON.stringify(body) }, signal).then(parsed<T>);
  }

  /** An answer that is no JSON: a file. */
  text(path: string): Promise<string> {
    return this.call('GET', path, {}, undefined);
  }

  /** Sends a file as it is. */
  sendText<T>(path: string, query: Query, text: string): Promise<T> {
    return this.call('POST', path, query, { type: 'application/yaml', text }).then(parsed<T>);
  }

  private async call(method: string, path: string, query: Query, body: { type: string; text: string } | undefined, signal?: AbortSignal): Promise<string> {
    const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined && value !== ''));
    const request = new HttpRequest({
      method,
      protocol: location.protocol,
      hostname: location.hostname,
      port: location.port ? Number(location.port) : undefined,
      path,
      query: given as Record<string, string>,
      headers: { host: location.host, ...(body === undefined ? {} : { 'content-type': body.type }) },
      body: body?.text,
    });
    const signed = await this.signer.sign(request);
    const { host: _host, ...headers } = signed.headers;
    const search = new URLSearchParams(given as Record<string, string>).toString();
    const response = await fetch(path + (search ? '?' + search : ''), { method, headers, body: body?.text, signal });
    const text = await response.text();
    if (!response.ok) throw failure(response, text);
    return text;
  }
}

function parsed<T>(text: string): T {
  return (text ? JSON.parse(text) : undefined) as T;
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
