import { SignatureV4 } from '@smithy/signature-v4';
import { allPages } from './allPages';
import { signedFetch } from './signedFetch';
import type { Session } from './session';

/** What Lambda says of a function (FunctionConfiguration). */
export interface LambdaFunction {
  FunctionName: string;
  FunctionArn: string;
  Runtime?: string;
  Handler?: string;
  Role: string;
  Description: string;
  Timeout: number;
  MemorySize: number;
  CodeSize: number;
  CodeSha256: string;
  LastModified: string;
  State: string;
  LastUpdateStatus: string;
  Environment?: { Variables: Record<string, string> };
}

/** What an invocation brought. */
export interface Invocation {
  payload: string;
  /** "Handled" or "Unhandled"; absent when the function returned. */
  functionError?: string;
  /** The last 4 KB of what it printed. */
  log: string;
  requestId: string;
  millis: number;
}

const BASE = '/2015-03-31/functions';

/** The calls of Lambda that pages make; AWS's own client would weigh more than they do. */
export class Lambda {
  private readonly signer: SignatureV4;

  constructor(session: Session) {
    this.signer = new SignatureV4({ service: 'lambda', region: session.region, credentials: session, sha256: session.sha256 });
  }

  list(): Promise<LambdaFunction[]> {
    return allPages(async (Marker) => {
      const answer = (await (await signedFetch(this.signer, { method: 'GET', path: BASE, query: { Marker } })).json()) as { Functions?: LambdaFunction[]; NextMarker?: string };
      return { items: answer.Functions, next: answer.NextMarker };
    });
  }

  async get(name: string): Promise<LambdaFunction> {
    return (await signedFetch(this.signer, { method: 'GET', path: `${BASE}/${name}/configuration` })).json() as Promise<LambdaFunction>;
  }

  create(input: object): Promise<LambdaFunction> {
    return this.sends('POST', BASE, input);
  }

  updateCode(name: string, input: object): Promise<LambdaFunction> {
    return this.sends('PUT', `${BASE}/${name}/code`, input);
  }

  updateConfiguration(name: string, input: object): Promise<LambdaFunction> {
    return this.sends('PUT', `${BASE}/${name}/configuration`, input);
  }

  /** Lets a service invoke the function for a resource: a statement of the function's resource policy. */
  permit(name: string, StatementId: string, Principal: string, SourceArn: string): Promise<unknown> {
    return this.sends('POST', `${BASE}/${name}/policy`, { StatementId, Action: 'lambda:InvokeFunction', Principal, SourceArn });
  }

  remove(name: string): Promise<unknown> {
    return signedFetch(this.signer, { method: 'DELETE', path: `${BASE}/${name}` });
  }

  async invoke(name: string, payload: string): Promise<Invocation> {
    const began = performance.now();
    const response = await signedFetch(this.signer, { method: 'POST', path: `${BASE}/${name}/invocations`, headers: { 'x-amz-log-type': 'Tail' }, body: { type: 'application/json', text: payload } });
    const { headers } = response;
    const log = headers.get('X-Amz-Log-Result');
    return {
      payload: await response.text(),
      functionError: headers.get('X-Amz-Function-Error') ?? undefined,
      log: log ? new TextDecoder().decode(Uint8Array.from(atob(log), (c) => c.charCodeAt(0))) : '',
      requestId: headers.get('X-Amzn-Requestid') ?? '',
      millis: performance.now() - began,
    };
  }

  private async sends<T>(method: string, path: string, body: object): Promise<T> {
    return (await signedFetch(this.signer, { method, path, body: { type: 'application/json', text: JSON.stringify(body) } })).json() as Promise<T>;
  }
}
