// What the signed-in key may do, asked before a button is offered (A-CONSOLE-5). The server decides as
// it would decide the call itself, and does nothing (extension.md, CheckPermissions).

import type { Extension } from './extension';
import { gatewayArn } from './tagging';

/** An action on a resource: apigateway:DELETE on an ARN. */
export interface Permission {
  action: string;
  resource: string;
}

export interface Decision extends Permission {
  allowed: boolean;
  /** Of a denial, as the call itself would say it. */
  reason?: string;
}

/** What making, changing and removing an item of a list needs. */
export interface Permits<T> {
  create?: Permission;
  update?(item: T): Permission;
  remove?(item: T): Permission;
}

/** Those of API Gateway, where the action is the verb and the resource the path: "apis/abcdef1234/routes". */
export function gatewayPermits<T>(region: string, path: string, id: (item: T) => string): Permits<T> {
  const on = (verb: string, resource: string): Permission => ({ action: `apigateway:${verb}`, resource: gatewayArn(region, resource) });
  return {
    create: on('POST', path),
    update: (item) => on('PATCH', `${path}/${id(item)}`),
    remove: (item) => on('DELETE', `${path}/${id(item)}`),
  };
}

/** Those of IAM. What a new one will be called is not known before, so its button asks about any. */
export function iamPermits<T>(kind: 'Role' | 'User' | 'Group' | 'Policy', arn: (item: T) => string): Permits<T> {
  return {
    create: { action: `iam:Create${kind}`, resource: '*' },
    ...(kind === 'Policy' ? {} : { update: (item: T) => ({ action: `iam:Update${kind}`, resource: arn(item) }) }),
    remove: (item) => ({ action: `iam:Delete${kind}`, resource: arn(item) }),
  };
}

/** An action of IAM on any user, group or role: what may be done to this one alone is the server's to say. */
export const iamSome = (operation: string): Permission => ({ action: `iam:${operation}`, resource: '*' });

/** At most so many are asked about at once. */
const MOST = 100;

/** Asks about permissions of one session; questions of one moment go together. */
export class Permissions {
  private waiting: { of: Permission; answer(decision: Decision): void; fail(error: unknown): void }[] = [];

  constructor(private readonly extension: Pick<Extension, 'post'>) {}

  ask(of: Permission): Promise<Decision> {
    return new Promise((answer, fail) => {
      this.waiting.push({ of, answer, fail });
      if (this.waiting.length === 1) queueMicrotask(() => this.send());
    });
  }

  private send(): void {
    const all = this.waiting;
    this.waiting = [];
    for (let at = 0; at < all.length; at += MOST) {
      const some = all.slice(at, at + MOST);
      this.extension.post<{ decisions: Decision[] }>('/pasarela/permissions', { calls: some.map((one) => one.of) }).then(
        ({ decisions }) => some.forEach((one, i) => one.answer(decisions[i]!)),
        (error: unknown) => some.forEach((one) => one.fail(error)),
      );
    }
  }
}
