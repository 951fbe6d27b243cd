import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState, type ReactNode } from 'react';
import { failureText } from '../aws/failure';

interface Props {
  title: string;
  /** The button's text. */
  make: string;
  chosen: string;
  disabled?: boolean;
  /** It can be created once. */
  once?: boolean;
  /** Creates the resource and chooses it; false where its fields are not filled in yet. */
  create(): Promise<boolean>;
  children: ReactNode;
}

/** A collapsed form, within another one, for a resource that the other one refers to. */
export function CreateHere({ title, make, chosen, disabled, once, create, children }: Props) {
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState(false);
  const [error, setError] = useState<string>();
  const press = async () => {
    setBusy(true);
    setError(undefined);
    try {
      if (await create()) setMade(true);
    } catch (refusal) {
      setError(failureText(refusal));
    } finally {
      setBusy(false);
    }
  };
  return (
    <ExpandableSection headerText={title}>
      <SpaceBetween size="m">
        {children}
        <Button formAction="none" loading={busy} disabled={disabled || (once && made)} onClick={press}>{make}</Button>
        {made && <StatusIndicator>{chosen}</StatusIndicator>}
        {error && <Alert type="error">{error}</Alert>}
      </SpaceBetween>
    </ExpandableSection>
  );
}
