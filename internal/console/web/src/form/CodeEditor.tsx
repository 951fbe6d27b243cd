import Spinner from '@cloudscape-design/components/spinner';
import { lazy, Suspense } from 'react';
import type { Syntax } from './field';

/** A fault at a place in the text: lines and columns count from 1. */
export interface Fault {
  line: number;
  column: number;
  message: string;
  severity?: 'error' | 'warning';
}

export interface CodeEditorGiven {
  value: string;
  onChange(value: string): void;
  syntax: Syntax;
  label: string;
  /** Asked a moment after each change; the answers stand under their lines. */
  check?(text: string): Promise<Fault[]>;
  readOnly?: boolean;
  rows?: number;
}

const Mirror = lazy(() => import('./Mirror'));

/** The editor is a third of the console's weight, so it comes only when it is needed. */
export function CodeEditor(given: CodeEditorGiven) {
  return (
    <Suspense fallback={<Spinner />}>
      <Mirror {...given} />
    </Suspense>
  );
}
