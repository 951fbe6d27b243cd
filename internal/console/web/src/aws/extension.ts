// The calls that AWS never offered: explain, live connections, logs, rendering a
// template, what changed since a deployment. They are signed like every AWS call
// (service "pasarela"), so IAM decides who may make them, and any client may.

import { SignatureV4 } from '@smithy/signature-v4';
import type { Session } from './session';
import { signedFetch, type Body, type Query } from './signedFetch';

export { ExtensionError } from './signedFetch';


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

  remove(path: string): Promise<unknown> {
    return this.call('DELETE', path, { language: this.language }, undefined);
  }

  /** Reads an answer that goes on, line by line: take gets the whole lines of each piece, until the answer ends. */
  async lines(path: string, query: Query, signal: AbortSignal, take: (lines: string[]) => void): Promise<void> {
    const response = await signedFetch(this.signer, { method: 'GET', path, query: { ...query, language: this.language }, signal });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      const lines = (rest + piece.value).split('\n');
      rest = lines.pop()!;
      if (lines.length > 0) take(lines);
    }
  }

  /** An answer that is no JSON: a file. */
  text(path: string): Promise<string> {
    return this.call('GET', path, {}, undefined);
  }

  /** Like text, of what reading alone does not permit. */
  postText(path: string): Promise<string> {
    return this.call('POST', path, {}, undefined);
  }

  /** Sends a file as it is. */
  sendText<T>(path: string, query: Query, text: string): Promise<T> {
    return this.call('POST', path, query, { type: 'application/yaml', text }).then(parsed<T>);
  }

  private async call(method: string, path: string, query: Query, body: Body | undefined, signal?: AbortSignal): Promise<string> {
    const response = await signedFetch(this.signer, { method, path, query, body, signal });
    return response.text();
  }
}

function parsed<T>(text: string): T {
  return (text ? JSON.parse(text) : undefined) as T;
}
