import { useCallback } from 'react';
import type { Fault, Syntax } from '../../elements/code';
import { firstSample } from './samples';
import { useConsole } from '../../hooks/console';

export interface Rendered {
  output: string;
  faults: Fault[];
}

/** Asks the server to parse and lint a template with the engine that will run it. */
export function useTemplateCheck() {
  const { extension } = useConsole();
  return useCallback(
    async (syntax: Syntax, text: string): Promise<Fault[]> => {
      if (syntax !== 'vtl') return [];
      const answer = await extension.post<Rendered>('/pasarela/render', { template: text, event: firstSample });
      return answer.faults ?? [];
    },
    [extension],
  );
}
