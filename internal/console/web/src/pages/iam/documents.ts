import type { Fault } from '../../form/CodeEditor';
import type { Syntax } from '../../form/field';
import { useCallback } from 'react';
import { useConsole } from '../../shell/console';

/** IAM answers documents percent-encoded; the editor shows them as people write them. */
export function readable(document: string | undefined): string {
  if (!document) return '';
  const text = document.startsWith('%7B') ? decodeURIComponent(document) : document;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Asks the server's own policy parser while the document is typed. */
export function usePolicyCheck(kind: 'identity' | 'trust') {
  const { extension } = useConsole();
  return useCallback(
    async (_: Syntax, document: string): Promise<Fault[]> => {
      const answer = await extension.post<{ faults: Fault[] }>('/pasarela/policies/check', { kind, document });
      return answer.faults ?? [];
    },
    [extension, kind],
  );
}

export const guideTrust = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": { "Service": "apigateway.amazonaws.com" },
      "Action": "sts:AssumeRole"
    }
  ]
}`;

export const guidePolicy = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["execute-api:Invoke"],
      "Resource": ["arn:aws:execute-api:*:*:*"]
    }
  ]
}`;
