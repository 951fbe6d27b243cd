import Spinner from '@cloudscape-design/components/spinner';
import { lazy, Suspense } from 'react';
import type { CodeEditorGiven } from './code';

const CodeMirror = lazy(() => import('./CodeMirror'));

/** The editor is a third of the console's weight, so it comes only when it is needed. */
export function CodeEditor(given: CodeEditorGiven) {
  return (
    <Suspense fallback={<Spinner />}>
      <CodeMirror {...given} />
    </Suspense>
  );
}
