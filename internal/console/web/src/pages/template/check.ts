import { useCallback } from 'react';
import type { Fault } from '../../form/code';
import type { Syntax } from '../../form/field';
import { useConsole } from '../../shell/console';

/** The event that templates are rendered with until real traffic gives a better one. */
export interface SampleEvent {
  eventType: 'CONNECT' | 'MESSAGE' | 'DISCONNECT';
  body: string;
  querystring: Record<string, string>;
  header: Record<string, string>;
  stageVariables: Record<string, string>;
}

export const firstSample: SampleEvent = {
  eventType: 'CONNECT',
  body: '',
  querystring: { reportType: 'ventas' },
  header: { 'User-Agent': 'console' },
  stageVariables: {},
};

export interface Rendered {
  output: string;
  faults: Fault[];
}

/** Asks the server to parse and lint a template: the engine that will run it is the one that judges it. */
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
