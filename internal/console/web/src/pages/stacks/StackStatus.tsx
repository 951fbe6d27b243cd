import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { IN_REVIEW, isMoving } from './client';

/** A status of a stack or of a resource in AWS's own word. */
export function StackStatus({ of: status = '' }: { of: string | undefined }) {
  const type = status === IN_REVIEW ? 'pending' : isMoving(status) ? 'in-progress' : /FAILED|ROLLBACK/.test(status) ? 'error' : status.startsWith('DELETE') ? 'stopped' : 'success';
  return <StatusIndicator type={type}><code>{status}</code></StatusIndicator>;
}
