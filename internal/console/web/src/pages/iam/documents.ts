import type { Fault, Syntax } from '../../elements/code';
import { useCallback } from 'react';
import { trustsGateway } from '../../aws/documents';
import { useConsole } from '../../hooks/console';
import { useWords, type Words } from '../../words/language';

const en = { doubt: 'Integrations cannot use this role: no statement lets apigateway.amazonaws.com assume it' };
const es: typeof en = { doubt: 'Las integraciones no pueden usar este rol: ninguna sentencia deja que apigateway.amazonaws.com lo asuma' };
const words: Words<typeof en> = { en, es };

/** Asks the server's own policy parser while the document is typed. */
export function usePolicyCheck(kind: 'identity' | 'trust') {
  const { extension } = useConsole();
  const { doubt } = useWords(words);
  return useCallback(
    async (_: Syntax, document: string): Promise<Fault[]> => {
      const answer = await extension.post<{ faults: Fault[] }>('/pasarela/policies/check', { kind, document });
      if (kind === 'trust' && answer.faults.length === 0 && !trustsGateway(document)) return [{ line: 1, column: 1, severity: 'warning', message: doubt }];
      return answer.faults;
    },
    [extension, kind, doubt],
  );
}
