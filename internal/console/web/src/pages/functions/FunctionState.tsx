import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useWords, type Words } from '../../words/language';
import type { LambdaFunction } from '../../aws/lambda';

const en = { active: 'Active', failed: 'Failed' };
const es: typeof en = { active: 'Activa', failed: 'Fallida' };
const words: Words<typeof en> = { en, es };

/** Whether a function can be invoked; a state of AWS's without words here stands as AWS has it. */
export function FunctionState({ of: { State, LastUpdateStatus } }: { of: LambdaFunction }) {
  const w = useWords(words);
  if (State === 'Failed' || LastUpdateStatus === 'Failed') return <StatusIndicator type="error">{w.failed}</StatusIndicator>;
  return <StatusIndicator type={State === 'Active' ? 'success' : 'pending'}>{State === 'Active' ? w.active : State}</StatusIndicator>;
}
