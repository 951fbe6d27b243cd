import Alert from '@cloudscape-design/components/alert';
import { useCallback, useState, type ReactNode } from 'react';

/** A node of the cluster whose part is not in an answer, and why. */
export interface Missing {
  node: string;
  text: string;
}

/** What answers of all nodes may carry. */
export interface OfNodes {
  missing?: Missing[];
}

/** A warning that names the nodes that the last answer lacks, and what takes each answer. */
export function useMissing(): [ReactNode, <T extends OfNodes>(answer: T) => T] {
  const [texts, setTexts] = useState('');
  const take = useCallback(<T extends OfNodes>(answer: T): T => {
    setTexts((answer.missing ?? []).map((one) => one.text).join('\n'));
    return answer;
  }, []);
  return [texts && <Alert type="warning">{texts.split('\n').map((text) => <div key={text}>{text}.</div>)}</Alert>, take];
}
