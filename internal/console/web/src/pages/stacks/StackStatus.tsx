import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { isMoving } from './client';

/** A status of a stack or of a resource in AWS's own word. */
export function StackStatus({ of: status = '' }: { of: string | undefined }) {
  const type = isMoving(status) ? 'in-progress' : /FAILED|ROLLBACK/.test(status) ? 'error' : status.startsWith('DELETE') ? 'stopped' : 'success';
  return <StatusIndicator type={type}><code>{status}</code></StatusIndicator>;
}
