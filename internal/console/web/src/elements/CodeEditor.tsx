import Spinner from '@cloudscape-design/components/spinner';
import { lazy, Suspense } from 'react';
import type { CodeEditorProps } from './code';

const CodeMirror = lazy(() => import('./CodeMirror'));

/** The editor is a third of the console's weight, so it comes only when it is needed. */
export function CodeEditor(props: CodeEditorProps) {
  return (
    <Suspense fallback={<Spinner />}>
      <CodeMirror {...props} />
    </Suspense>
  );
}
