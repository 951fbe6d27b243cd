// One signed call of a service of the rest-json protocol that needs no client of its own.

import { HttpRequest } from '@smithy/protocol-http';
import type { SignatureV4 } from '@smithy/signature-v4';

/** A refusal: AWS's error name and its sentence. */
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

export interface Body {
  type: string;
  text: string;
}

interface Call {
  method: string;
  path: string;
  query?: Query;
  headers?: Record<string, string>;
  body?: Body;
  signal?: AbortSignal;
}

/** The answer of this server; a refusal is an [ExtensionError]. */
export async function signedFetch(signer: SignatureV4, { method, path, query = {}, headers: more = {}, body, signal }: Call): Promise<Response> {
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined && value !== '')) as Record<string, string>;
  const request = new HttpRequest({
    method,
    protocol: location.protocol,
    hostname: location.hostname,
    port: location.port ? Number(location.port) : undefined,
    path,
    query: given,
    headers: { host: location.host, ...more, ...(body === undefined ? {} : { 'content-type': body.type }) },
    body: body?.text,
  });
  const signed = await signer.sign(request);
  const { host: _host, ...headers } = signed.headers;
  const search = new URLSearchParams(given).toString();
  const response = await fetch(path + (search ? '?' + search : ''), { method, headers, body: body?.text, signal });
  if (!response.ok) throw failure(response, await response.text());
  return response;
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
